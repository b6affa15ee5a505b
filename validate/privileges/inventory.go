// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
)

// Workload is what the containers of one workload can do to their nodes. The zero Workload
// describes none.
type Workload struct {
	// Group is the API group of Kind. It is empty for the core group, as of Pods.
	Group, Kind, Namespace, Name string
	// Source is what was passed to Add, such as the name of a file.
	Source string
	// Owner is the controller of the object. It is nil if there is none.
	Owner *metav1.OwnerReference
	// Pods is the number of pods added that match: those of the workload, or, for a
	// Pod, itself and others of the same controller.
	Pods int
	// ServiceAccount is the name of the service account, "default" if none is set.
	ServiceAccount string
	// Enforce is the Pod Security level that the namespace enforces: the value of its
	// label pod-security.kubernetes.io/enforce, EnforceNone or EnforceUnknown.
	Enforce string
	// Rules are the rules that the workload or one of its Pods breaks, by severity.
	Rules []BrokenRule
	// Containers are in the order of Of.
	Containers []Container
}

// Values of Workload.Enforce for a namespace whose label isn't known. No label can have them.
const (
	// EnforceNone: the namespace doesn't have the label. The default in the API server's
	// configuration applies, which is privileged unless it was changed. Source:
	// https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/pod-security-admission/admission/api/v1/defaults.go#L28-L31
	EnforceNone = "(none)"
	// EnforceUnknown: the namespace wasn't added.
	EnforceUnknown = "(unknown)"
)

// BrokenRule is a rule that a workload breaks. The zero BrokenRule is none.
type BrokenRule struct {
	// Rule and Severity are those of a validate.Finding.
	Rule     validate.RuleID   `json:"rule"`
	Severity validate.Severity `json:"severity"`
	// Ignored reports whether the validate.IgnoreAnnotation of the object or of its pod
	// template names the rule, or, for Pods, those of all of them.
	Ignored bool `json:"ignored,omitempty"`
}

// Inventory collects the workloads that run HostProcess pods. The zero Inventory is empty and
// ready to use. It isn't safe for concurrent use.
//
// It keeps a few kilobytes for each workload, for each pod without a controller, and for
// each set of pods that have the same controller and are alike, however many they are.
type Inventory struct {
	// Validator finds the rules that a workload breaks. Set its Targets before each call
	// of Add if workloads run on different nodes.
	Validator validate.Validator

	workloads  map[key][]*entry // and pods without a controller
	pods       map[podKey]*entry
	namespaces map[string]string // to Workload.Enforce
}

// key names an object. The zero key names none.
type key struct {
	schema.GroupKind
	namespace, name string
}

// podKey names pods of one controller that are alike.
type podKey struct {
	owner    key
	evidence evidence
}

// evidence is a checksum of what makes two pods alike.
type evidence [sha256.Size]byte

// entry is the record of a workload, or of equal pods.
type entry struct {
	Workload
	owner    key
	evidence evidence
	rules    map[validate.RuleID]BrokenRule
}

// enforceLabel is the label of a namespace for the level of Pod Security.
const enforceLabel = "pod-security.kubernetes.io/enforce"

// Add adds a workload or a pod, which is anything that validate.Validator.Object takes, or a
// *corev1.Namespace. Objects without a HostProcess pod are skipped. The order of objects
// doesn't matter. The source is kept in Workload.Source. Add returns a *validate.KindError
// for any other object, and for nil.
func (i *Inventory) Add(object runtime.Object, source string) error {
	if ns, ok := object.(*corev1.Namespace); ok && ns != nil {
		if i.namespaces == nil {
			i.namespaces = map[string]string{}
		}
		level, ok := ns.Labels[enforceLabel]
		if !ok {
			level = EnforceNone
		}
		i.namespaces[ns.Name] = level
		return nil
	}
	spec, err := validate.PodSpecOf(object)
	if err != nil {
		return err
	}
	if !validate.IsHostProcess(spec) {
		return nil
	}
	meta := object.(metav1.Object) // as every object with a pod is
	parts := workload.PartsOf(object)
	_, isPod := object.(*corev1.Pod)
	isLive := isPod && meta.GetUID() != ""
	found, _ := i.Validator.Object(object) // which holds a pod
	i.add(entryOf(kindOf(object), meta, parts, source, found, !isLive), isPod)
	return nil
}

// AddTemplate adds a workload of a custom kind, whose pod template is at fldPath. It skips a
// nil template, and one without a HostProcess pod.
func (i *Inventory) AddTemplate(kind schema.GroupKind, meta metav1.ObjectMeta, template *corev1.PodTemplateSpec, fldPath *field.Path, source string) {
	if template == nil || !validate.IsHostProcess(&template.Spec) {
		return
	}
	parts := workload.PartsOf(template)
	if fldPath != nil {
		parts.Prefix = fldPath.String() + "." + parts.Prefix
	}
	i.add(entryOf(kind, &meta, parts, source, i.Validator.PodTemplateSpec(template, nil), true), false)
}

// kindOf returns the kind of an object that holds a pod.
func kindOf(object runtime.Object) schema.GroupKind {
	_, kind, _ := strings.Cut(fmt.Sprintf("%T", object), ".")
	switch kind {
	case "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet":
		return schema.GroupKind{Group: "apps", Kind: kind}
	case "CronJob", "Job":
		return schema.GroupKind{Group: "batch", Kind: kind}
	}
	return schema.GroupKind{Kind: kind}
}

// entryOf returns what is kept of an object with a spec. isNew is that of containers. The
// deprecated serviceAccount is an alias. Source:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/v1/defaults.go#L249-L256
func entryOf(kind schema.GroupKind, meta metav1.Object, parts workload.Parts, source string, found validate.Findings, isNew bool) *entry {
	e := &entry{Workload: Workload{
		Group: kind.Group, Kind: kind.Kind, Namespace: meta.GetNamespace(), Name: meta.GetName(), Source: source, Owner: metav1.GetControllerOf(meta),
		ServiceAccount: cmp.Or(parts.Spec.ServiceAccountName, parts.Spec.DeprecatedServiceAccount, "default"), Containers: containers(parts.Spec, isNew),
	}}
	if e.Name == "" && meta.GetGenerateName() != "" {
		e.Name = meta.GetGenerateName() + "*"
	}
	if e.Owner != nil {
		version, _ := schema.ParseGroupVersion(e.Owner.APIVersion) // one that can't be read names no workload
		e.owner = key{schema.GroupKind{Group: version.Group, Kind: e.Owner.Kind}, e.Namespace, e.Owner.Name}
	}
	e.evidence = evidenceOf(&e.Workload)
	for at := range e.Containers {
		if c := &e.Containers[at]; c.AccountField != "" {
			c.AccountField = parts.Prefix + c.AccountField
		}
	}
	kept, ignored, _ := validate.Ignore(found, meta.GetAnnotations())
	if parts.Meta != nil {
		var more validate.Findings
		kept, more, _ = validate.Ignore(kept, parts.Meta.Annotations)
		ignored = append(ignored, more...)
	}
	e.breaks(kept, false)
	e.breaks(ignored, true)
	return e
}

// breaks adds the rules of findings.
func (e *entry) breaks(found validate.Findings, ignored bool) {
	for _, f := range found {
		e.add(BrokenRule{f.Rule, f.Severity, ignored})
	}
}

// add adds a rule. It is ignored if it is wherever it is broken.
func (e *entry) add(r BrokenRule) {
	if e.rules == nil {
		e.rules = map[validate.RuleID]BrokenRule{}
	}
	if known, ok := e.rules[r.Rule]; ok {
		r.Ignored = r.Ignored && known.Ignored
	}
	e.rules[r.Rule] = r
}

// evidenceOf returns a checksum of what makes two pods alike. It leaves out the automounted
// token, which a template doesn't have yet, and where fields are.
func evidenceOf(w *Workload) (sum evidence) {
	h := sha256.New()
	write := func(texts ...string) {
		for _, t := range texts {
			fmt.Fprintf(h, "%d:%s", len(t), t)
		}
	}
	write(w.ServiceAccount)
	for at := range w.Containers {
		c := &w.Containers[at]
		write("container", c.Name, string(c.Role), c.RunAsUserName, c.Image)
		for _, p := range c.HostPaths {
			write("path", p.Path, string(p.Type), p.MountPath, p.SubPath, strconv.FormatBool(p.ReadOnly))
		}
		for _, g := range c.Credentials {
			if !g.Automounted {
				write("credential", string(g.Kind), g.Name, g.Audience, strconv.FormatInt(g.ExpirationSeconds, 10), g.MountPath, g.Env)
			}
		}
	}
	h.Sum(sum[:0])
	return sum
}

// add keeps an entry, or joins it to one of pods that are alike.
func (i *Inventory) add(e *entry, isPod bool) {
	if !isPod || e.Owner == nil {
		if isPod {
			e.Pods = 1
		}
		if i.workloads == nil {
			i.workloads = map[key][]*entry{}
		}
		k := e.key()
		i.workloads[k] = append(i.workloads[k], e)
		return
	}
	if i.pods == nil {
		i.pods = map[podKey]*entry{}
	}
	k := podKey{e.owner, e.evidence}
	known := i.pods[k]
	if known == nil {
		e.Pods = 1
		i.pods[k] = e
		return
	}
	if cmp.Or(cmp.Compare(e.Name, known.Name), cmp.Compare(e.Source, known.Source)) < 0 {
		e.Pods = known.Pods
		known.Workload = e.Workload
	}
	known.Pods++
	for _, r := range e.rules {
		known.add(r)
	}
}

func (e *entry) key() key {
	return key{schema.GroupKind{Group: e.Group, Kind: e.Kind}, e.Namespace, e.Name}
}

// maxOwners limits how far an owner of an owner is looked for.
const maxOwners = 8

// root returns the workload at the end of the chain of owners, as far as they were added. It
// returns nil if the owner wasn't added, and for objects that own each other.
func (i *Inventory) root(of, owner key) []*entry {
	for range maxOwners {
		found := i.named(owner)
		if found == nil || owner == of {
			return nil
		}
		next := found[0].owner
		if i.named(next) == nil {
			return found
		}
		owner = next
	}
	return nil
}

// named returns the workloads of a name; nil for the zero key.
func (i *Inventory) named(k key) []*entry {
	if k == (key{}) {
		return nil
	}
	return i.workloads[k]
}

// Workloads returns the workloads sorted by namespace, kind and name, whatever the order in
// which they were added.
//
// It omits objects whose owner was added, too, such as the ReplicaSets of a Deployment. But
// it returns Pods that differ from their owner: Pods of an older template, Pods that
// admission has changed, and Pods with an ephemeral container. Pods that have the same
// controller and are alike are one Workload with the name of the first. Pods are sorted by
// the kind and name of their owner, and follow it.
func (i *Inventory) Workloads() []Workload {
	for _, entries := range i.workloads {
		slices.SortFunc(entries, compareEntries)
	}
	var rows []*row
	listed := map[*entry]*row{}
	for k, entries := range i.workloads {
		for _, e := range entries {
			if i.root(k, e.owner) == nil {
				listed[e] = newRow(e, k)
				rows = append(rows, listed[e])
			}
		}
	}
	for k, e := range i.pods {
		root := i.root(key{}, k.owner)
		alike := slices.IndexFunc(root, func(w *entry) bool { return listed[w] != nil && w.evidence == k.evidence })
		switch {
		case alike >= 0:
			of := listed[root[alike]]
			of.Pods += e.Pods
			for _, r := range e.rules {
				if _, own := root[alike].rules[r.Rule]; !own { // the workload's annotations count
					of.add(r)
				}
			}
		case root != nil:
			rows = append(rows, newRow(e, root[0].key()))
		default:
			rows = append(rows, newRow(e, k.owner))
		}
	}
	slices.SortFunc(rows, compareRows)
	all := make([]Workload, len(rows))
	for at, r := range rows {
		r.Rules = slices.SortedFunc(maps.Values(r.rules), compareRules)
		r.Enforce = EnforceUnknown
		if level, ok := i.namespaces[r.Namespace]; ok {
			r.Enforce = level
		}
		all[at] = r.Workload
	}
	return all
}

// row is a Workload that is listed.
type row struct {
	entry
	of key // itself, or what it belongs to
}

// newRow copies an entry, to which others are joined.
func newRow(e *entry, of key) *row {
	r := &row{*e, of}
	r.rules = maps.Clone(e.rules)
	return r
}

func compareRows(a, b *row) int {
	return cmp.Or(
		cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(a.of.Kind, b.of.Kind), cmp.Compare(a.of.name, b.of.name), cmp.Compare(a.of.Group, b.of.Group),
		compareBools(a.key() != a.of, b.key() != b.of), // the workload first
		compareEntries(&a.entry, &b.entry),
	)
}

func compareEntries(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Source, b.Source), bytes.Compare(a.evidence[:], b.evidence[:]))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func compareRules(a, b BrokenRule) int {
	return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Rule, b.Rule))
}
