// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// selections are the different node selections of workloads, which are few.
type selections struct {
	list  []*selection
	known map[string]int32
	key   []byte // of the last one
}

// selection is a pod's requirements for its nodes.
type selection struct {
	// key is equal for pods with the same selection; see appendKey.
	key string
	// spec is a HostProcess pod with the same requirements, and nothing else.
	spec *corev1.PodSpec
	// terms are the alternatives of the selection, each a list of requirements that must
	// all be met. They don't include taints, because a node may have none.
	terms []term
	// text describes it; see describe.
	text string
}

// term is a list of requirements for the labels and fields of a node.
type term []requirement

type requirement struct {
	corev1.NodeSelectorRequirement
	field bool
}

// nodeNameField is the only field that nodes can be selected by.
const nodeNameField = "metadata.name"

// undemanding is a pod that can run on any node that supports HostProcess pods.
var undemanding = selecting(&corev1.PodSpec{Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}}})

// canBeOn reports whether a pod can run on a node, ignoring the node's temporary state.
func canBeOn(spec *corev1.PodSpec, node *corev1.Node) bool {
	return len(validate.Validator{}.Node(node, spec).With(validate.SeverityError)) == 0
}

// add returns the index of a pod's selection.
func (s *selections) add(spec *corev1.PodSpec) int32 {
	s.key = appendKey(s.key[:0], spec)
	if i, ok := s.known[string(s.key)]; ok {
		return i
	}
	i := int32(len(s.list))
	if s.known == nil {
		s.known = map[string]int32{}
	}
	key := string(s.key)
	s.known[key] = i
	kept := selecting(spec)
	s.list = append(s.list, &selection{key: key, spec: kept, terms: termsOf(kept), text: describe(kept)})
	return i
}

// selecting returns a HostProcess pod that selects nodes like spec, and shares nothing
// with it.
func selecting(spec *corev1.PodSpec) *corev1.PodSpec {
	kept := &corev1.PodSpec{
		NodeName:        spec.NodeName,
		NodeSelector:    maps.Clone(spec.NodeSelector),
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true)}},
	}
	for i := range spec.Tolerations {
		kept.Tolerations = append(kept.Tolerations, *spec.Tolerations[i].DeepCopy())
	}
	if required := requiredNodes(spec); required != nil {
		kept.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: required.DeepCopy()}}
	}
	return kept
}

// requiredNodes is the required node affinity of a pod, or nil.
func requiredNodes(spec *corev1.PodSpec) *corev1.NodeSelector {
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil {
		return nil
	}
	return spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
}

// appendKey appends a text that is equal for pods with the same selection.
func appendKey(key []byte, spec *corev1.PodSpec) []byte {
	text := func(s string) {
		key = strconv.AppendInt(key, int64(len(s)), 10)
		key = append(key, ':')
		key = append(key, s...)
	}
	list := func(n int) { key = strconv.AppendInt(append(key, '['), int64(n), 10) }
	text(spec.NodeName)
	list(len(spec.NodeSelector))
	for _, label := range slices.Sorted(maps.Keys(spec.NodeSelector)) {
		text(label)
		text(spec.NodeSelector[label])
	}
	list(len(spec.Tolerations))
	for i := range spec.Tolerations {
		t := &spec.Tolerations[i]
		text(t.Key)
		text(string(t.Operator))
		text(t.Value)
		text(string(t.Effect))
	}
	required := requiredNodes(spec)
	if required == nil {
		return key
	}
	list(len(required.NodeSelectorTerms))
	for i := range required.NodeSelectorTerms {
		for _, requirements := range [...][]corev1.NodeSelectorRequirement{required.NodeSelectorTerms[i].MatchExpressions, required.NodeSelectorTerms[i].MatchFields} {
			list(len(requirements))
			for j := range requirements {
				text(requirements[j].Key)
				text(string(requirements[j].Operator))
				list(len(requirements[j].Values))
				for _, value := range requirements[j].Values {
					text(value)
				}
			}
		}
	}
	return key
}

// termsOf returns the alternatives of a selection. Each requires Windows, because
// HostProcess pods run nowhere else.
func termsOf(spec *corev1.PodSpec) []term {
	var base term
	add := func(t term, r requirement) term { return append(append(t, r), implied(r)...) }
	base = add(base, label(corev1.LabelOSStable, string(corev1.Windows)))
	for _, key := range slices.Sorted(maps.Keys(spec.NodeSelector)) {
		base = add(base, label(key, spec.NodeSelector[key]))
	}
	if spec.NodeName != "" {
		base = append(base, requirement{corev1.NodeSelectorRequirement{Key: nodeNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{spec.NodeName}}, true})
	}
	required := requiredNodes(spec)
	if required == nil {
		return []term{base}
	}
	var terms []term
	for i := range required.NodeSelectorTerms {
		one := &required.NodeSelectorTerms[i]
		if len(one.MatchExpressions)+len(one.MatchFields) == 0 {
			continue // matches no node
		}
		t := slices.Clone(base)
		for _, e := range one.MatchExpressions {
			t = add(t, requirement{e, false})
		}
		for _, e := range one.MatchFields {
			t = append(t, requirement{e, true})
		}
		terms = append(terms, t)
	}
	return terms
}

func label(key string, values ...string) requirement {
	return requirement{corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}, false}
}

// implied returns what a requirement means for another label with the same information.
func implied(r requirement) []requirement {
	if r.Operator != corev1.NodeSelectorOpIn {
		return nil
	}
	switch r.Key {
	case nodes.LabelBetaOS:
		return []requirement{label(corev1.LabelOSStable, r.Values...)}
	case nodes.LabelAzureSKU:
		var builds []string
		for _, sku := range r.Values {
			year, ok := strings.CutPrefix(sku, "Windows")
			build, err := volumes.ParseWindowsBuild("Windows Server " + year)
			if !ok || err != nil {
				return nil
			}
			builds = append(builds, build.String())
		}
		return []requirement{label(corev1.LabelWindowsBuild, builds...)}
	}
	return nil
}

// String returns the requirement for messages.
func (r requirement) String() string {
	values := shortenedList(r.Values)
	switch {
	case r.Operator == corev1.NodeSelectorOpIn && len(r.Values) == 1:
		return shortened(r.Key) + "=" + values
	case len(r.Values) == 0:
		return shortened(r.Key) + " " + shortened(string(r.Operator))
	case len(r.Values) == 1:
		return shortened(r.Key) + " " + shortened(string(r.Operator)) + " " + values
	}
	return shortened(r.Key) + " " + shortened(string(r.Operator)) + " (" + values + ")"
}

func shortenedList(values []string) string {
	const most = 5
	var shown []string
	for i, value := range values {
		if i == most {
			shown = append(shown, "…")
			break
		}
		shown = append(shown, shortened(value))
	}
	return strings.Join(shown, ", ")
}

// describe returns what a pod selects besides Windows, such as "pool=gpu"; "" if nothing.
func describe(spec *corev1.PodSpec) string {
	var parts []string
	if spec.NodeName != "" {
		parts = append(parts, "the name "+shortened(spec.NodeName))
	}
	for _, key := range slices.Sorted(maps.Keys(spec.NodeSelector)) {
		parts = appendUnlessWindows(parts, label(key, spec.NodeSelector[key]))
	}
	if required := requiredNodes(spec); required != nil {
		var terms []string
		for i := range required.NodeSelectorTerms {
			var one []string
			for _, e := range required.NodeSelectorTerms[i].MatchExpressions {
				one = appendUnlessWindows(one, requirement{e, false})
			}
			for _, e := range required.NodeSelectorTerms[i].MatchFields {
				one = append(one, requirement{e, true}.String())
			}
			terms = append(terms, strings.Join(first(one), " and "))
		}
		if !slices.Contains(terms, "") {
			parts = append(parts, strings.Join(first(terms), ", or "))
		}
	}
	return strings.Join(first(parts), " and ")
}

func appendUnlessWindows(list []string, r requirement) []string {
	if text := r.String(); text != corev1.LabelOSStable+"="+string(corev1.Windows) {
		list = append(list, text)
	}
	return list
}

// first keeps a text readable.
func first(list []string) []string {
	const most = 4
	if len(list) > most {
		return append(list[:most:most], "…")
	}
	return list
}

// mostTerms limits the pairs of alternatives that are compared, and mostOfKey the
// requirements for one label. Beyond that, some node is assumed to meet them.
const (
	mostTerms = 1024
	mostOfKey = 64
)

// canMeet reports whether one node can match both selections.
func (s *selection) canMeet(t *selection) bool {
	if len(s.terms)*len(t.terms) > mostTerms {
		return true
	}
	for _, a := range s.terms {
		for _, b := range t.terms {
			if canHold(a, b) {
				return true
			}
		}
	}
	return false
}

// isWithin reports whether t matches every node that s matches, as far as that follows
// from equal requirements.
func (s *selection) isWithin(t *selection) bool {
	if s == t {
		return true
	}
	if len(s.terms)*len(t.terms) > mostTerms {
		return false
	}
	return !slices.ContainsFunc(s.terms, func(a term) bool {
		return !slices.ContainsFunc(t.terms, func(b term) bool { return a.hasAll(b) })
	})
}

func (t term) hasAll(others term) bool {
	if len(t)*len(others) > mostTerms {
		return false
	}
	return !slices.ContainsFunc(others, func(o requirement) bool {
		return !slices.ContainsFunc(t, func(r requirement) bool {
			return r.field == o.field && r.Key == o.Key && r.Operator == o.Operator && slices.Equal(r.Values, o.Values)
		})
	})
}

// canHold reports whether one node can meet all requirements of two terms. Labels are
// independent of each other, so they are checked one by one.
func canHold(a, b term) bool {
	type place struct {
		key   string
		field bool
	}
	byPlace := map[place]term{}
	for _, t := range [...]term{a, b} {
		for _, r := range t {
			// Every field except the name is empty, and doesn't match together with others.
			p := place{r.Key, r.field}
			byPlace[p] = append(byPlace[p], r)
		}
	}
	for _, requirements := range byPlace {
		if !requirements.canHold() {
			return false
		}
	}
	return true
}

// canHold reports whether requirements for one label, or one field, can be met together.
// If so, one of a few values meets them: none, one that a requirement names, the numbers
// next to it, or one that none names.
func (t term) canHold() bool {
	if len(t) > mostOfKey {
		return true
	}
	holds := func(node *corev1.Node) bool {
		for _, r := range t {
			one := corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{r.NodeSelectorRequirement}}
			if r.field {
				one = corev1.NodeSelectorTerm{MatchFields: one.MatchExpressions}
			}
			if !nodes.MatchesTerm(&one, node) {
				return false
			}
		}
		return true
	}
	node := &corev1.Node{}
	if holds(node) {
		return true
	}
	unnamed := "other"
	try := func(value string) bool {
		node.Name, node.Labels = value, map[string]string{t[0].Key: value}
		return holds(node)
	}
	for _, r := range t {
		for _, value := range r.Values {
			if try(value) {
				return true
			}
			if value == unnamed {
				unnamed += "."
			}
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || r.Operator != corev1.NodeSelectorOpGt && r.Operator != corev1.NodeSelectorOpLt {
				continue
			}
			for distance := int64(1); distance <= mostOfKey; distance++ {
				if try(strconv.FormatInt(n+distance, 10)) || try(strconv.FormatInt(n-distance, 10)) {
					return true
				}
			}
		}
	}
	return try(unnamed)
}
