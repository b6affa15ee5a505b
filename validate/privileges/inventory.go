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

// Workload is what one workload may do to its nodes. The zero Workload says nothing.
type Workload struct {
	// Group is the API group of Kind; empty for Pods and others of Kubernetes' core.
	Group, Kind, Namespace, Name string
	// Source is what Add was told of where it comes from.
	Source string
	// Owner is its controller; nil if it has none.
	Owner *metav1.OwnerReference
	// Pods is how many pods were added that are as this says: pods of the workload, or,
	// for a Pod, itself and others of the same controller.
	Pods int
	// ServiceAccount is the name of the service account, "default" where none is named.
	ServiceAccount string
	// Enforce is the level of Pod Security that its namespace enforces: the value of the
	// label pod-security.kubernetes.io/enforce, EnforceNone or EnforceUnknown.
	Enforce string
	// Rules are the rules that it breaks, or one of its Pods, the worst first.
	Rules []BrokenRule
	// Containers are its containers, in the order of the spec. Fields start at the
	// object.
	Containers []Container
}

// What is known of the level of a namespace without a label that names it. No label has such
// a value.
const (
	// EnforceNone: the namespace has no such label, so what the API server is configured
	// with holds, which is privileged if nothing else was chosen. Source:
	// https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/pod-security-admission/admission/api/v1/defaults.go#L28-L31
	EnforceNone = "(none)"
	// EnforceUnknown: the namespace wasn't added.
	EnforceUnknown = "(unknown)"
)

// BrokenRule is a rule that a workload breaks. The zero BrokenRule names none.
type BrokenRule struct {
	// Rule and Severity are those of a validate.Finding.
	Rule     validate.RuleID
	Severity validate.Severity
	// Ignored is set if an annotation of the object or of its pod template accepts it
	// wherever it is broken: see validate.IgnoreAnnotation.
	Ignored bool
}

// Inventory collects the workloads that run HostProcess pods. The zero Inventory is empty and
// ready to use. It isn't safe for concurrent use.
//
// It keeps some kilobytes of each workload, of each pod without a controller, and of pods
// that differ from their workload, but nothing of the pods that don't: their number
// doesn't matter.
type Inventory struct {
	// Validator finds the rules that a workload breaks. It may be changed before each
	// Add, to that of the nodes the workload is meant for.
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

// entry is what is kept of a workload, or of pods that are alike.
type entry struct {
	Workload
	owner    key
	evidence evidence
	rules    map[BrokenRule]bool
}

// enforceLabel is the label of a namespace for the level of Pod Security.
const enforceLabel = "pod-security.kubernetes.io/enforce"

// Add adds a workload or a pod, which is anything that validate.Validator.Object takes, or a
// *corev1.Namespace. Any other object, and nil, is a *validate.KindError. What asks for
// no HostProcess pod is skipped. The source is for the caller: the name of a file, or
// nothing. Objects may come in any order.
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

// AddTemplate adds a workload of a kind that isn't Kubernetes' own. The template stands at
// fldPath in the object; nil is skipped, as is one that asks for no HostProcess pod.
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

// entryOf returns what is kept of an object. Its spec isn't nil.
func entryOf(kind schema.GroupKind, meta metav1.Object, parts workload.Parts, source string, found validate.Findings, admits bool) *entry {
	e := &entry{Workload: Workload{
		Group: kind.Group, Kind: kind.Kind, Namespace: meta.GetNamespace(), Name: meta.GetName(), Source: source, Owner: metav1.GetControllerOf(meta),
		ServiceAccount: cmp.Or(parts.Spec.ServiceAccountName, "default"), Containers: containers(parts.Spec, admits),
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

// breaks notes the rules of findings.
func (e *entry) breaks(found validate.Findings, ignored bool) {
	for _, f := range found {
		if e.rules == nil {
			e.rules = map[BrokenRule]bool{}
		}
		e.rules[BrokenRule{f.Rule, f.Severity, ignored}] = true
	}
}

// evidenceOf returns a checksum of what makes two pods alike. The automounted token doesn't
// count: a template doesn't have it yet.
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

// add keeps an entry, or what it adds to one of pods that are alike.
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
	known.join(e.rules)
}

func (e *entry) key() key {
	return key{schema.GroupKind{Group: e.Group, Kind: e.Kind}, e.Namespace, e.Name}
}

// join adds the rules of another entry.
func (e *entry) join(rules map[BrokenRule]bool) {
	if e.rules == nil && rules != nil {
		e.rules = map[BrokenRule]bool{}
	}
	maps.Copy(e.rules, rules)
}

// maxOwners limits how far an owner of an owner is looked for.
const maxOwners = 8

// root returns the workload that an object belongs to in the end: the owner, or the owner's
// owner, and so on, as far as they were added. It returns nil if there is none, and for
// objects that own each other.
func (i *Inventory) root(of, owner key) []*entry {
	for range maxOwners {
		found := i.workloads[owner]
		if len(found) == 0 || owner == of {
			return nil
		}
		next := found[0].owner
		if len(i.workloads[next]) == 0 {
			return found
		}
		owner = next
	}
	return nil
}

// Workloads returns what was added, sorted by namespace, kind and name, in an order that
// doesn't depend on that of Add. What belongs to a workload that was added, too, isn't
// listed, such as the ReplicaSets of a Deployment. Pods are listed, after the workload
// that they belong to, if they differ from it: they were made of an older template, or
// changed when they were admitted, or have an ephemeral container. Pods of one controller
// that are alike are one Workload of the Kind Pod, with the name of the first.
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
			of.join(e.rules)
		case root != nil:
			rows = append(rows, newRow(e, root[0].key()))
		default:
			rows = append(rows, newRow(e, k.owner))
		}
	}
	slices.SortFunc(rows, compareRows)
	all := make([]Workload, len(rows))
	for at, r := range rows {
		r.Rules = slices.SortedFunc(maps.Keys(r.rules), compareRules)
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
	return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Rule, b.Rule), compareBools(a.Ignored, b.Ignored))
}
