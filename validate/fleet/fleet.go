// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"fmt"
	"maps"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
)

// Fleet collects what workloads claim on the nodes that they can run on. The zero Fleet is
// empty and ready to use. It isn't safe for concurrent use.
type Fleet struct {
	workloads  []string         // their names
	known      map[string]int32 // the index of a name in workloads
	selections selections
	texts      texts
	claims     map[thing]*claims
	nodes      map[string]*corev1.Node
	hasNodes   bool
}

// claims are all claims to one thing.
type claims struct {
	shown string
	list  []claim
}

// claim is a claim of a workload. It is small, because there are many.
type claim struct {
	workload  int32
	selection int32
	field     int32 // an index in texts, as is detail
	detail    int32 // what claims to one thing differ in
	fixed     bool  // the workload has a pod on every node that it can be on
}

// detailed is a claim as thing.consequenceOf sees it.
type detailed struct {
	detail string
	fixed  bool
}

// Add adds a workload, which is anything that validate.Validator.Object takes, or a
// *corev1.Node. It returns a *validate.KindError for any other object and for nil. It
// skips workloads without HostProcess pods, and nodes that can't run them. A node replaces
// an earlier one of the same name. The Fleet keeps only some strings of the object.
func (f *Fleet) Add(object runtime.Object) error {
	if node, ok := object.(*corev1.Node); ok && node != nil {
		f.addNode(node)
		return nil
	}
	spec, err := validate.PodSpecOf(object)
	if err != nil {
		return err
	}
	if !validate.IsHostProcess(spec) || !runs(object) {
		return nil
	}
	meta := object.(metav1.Object) // as every object with a pod is
	if isControlled(meta) {
		return nil
	}
	c := collector{
		fleet:  f,
		spec:   spec,
		prefix: workload.PartsOf(object).Prefix,
		claim: claim{
			workload:  f.workload(object, meta),
			selection: f.selections.add(spec),
			fixed:     isFixed(object, spec),
		},
	}
	c.collect()
	return nil
}

// workload returns the index of a workload. One without a name is different from all
// others.
func (f *Fleet) workload(object runtime.Object, meta metav1.Object) int32 {
	_, name, _ := strings.Cut(fmt.Sprintf("%T", object), ".")
	name += " "
	if meta.GetNamespace() != "" {
		name += quoted(meta.GetNamespace()) + "/"
	}
	if meta.GetName() == "" {
		f.workloads = append(f.workloads, name+quoted(meta.GetGenerateName())+"*")
		return int32(len(f.workloads) - 1)
	}
	name += quoted(meta.GetName())
	if i, ok := f.known[name]; ok {
		return i
	}
	i := int32(len(f.workloads))
	f.workloads = append(f.workloads, name)
	if f.known == nil {
		f.known = map[string]int32{}
	}
	f.known[name] = i
	return i
}

// runs reports whether a workload has pods, or will have some without a change.
func runs(object runtime.Object) bool {
	replicas := func(n *int32) bool { return n == nil || *n != 0 }
	on := func(suspend *bool) bool { return suspend == nil || !*suspend }
	switch o := object.(type) {
	case *corev1.Pod:
		return o.Status.Phase != corev1.PodSucceeded && o.Status.Phase != corev1.PodFailed
	case *corev1.PodTemplate:
		return false
	case *corev1.ReplicationController:
		return replicas(o.Spec.Replicas)
	case *appsv1.Deployment:
		return replicas(o.Spec.Replicas)
	case *appsv1.ReplicaSet:
		return replicas(o.Spec.Replicas)
	case *appsv1.StatefulSet:
		return replicas(o.Spec.Replicas)
	case *batchv1.Job:
		for _, c := range o.Status.Conditions {
			if (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue {
				return false
			}
		}
		return on(o.Spec.Suspend)
	case *batchv1.CronJob:
		return on(o.Spec.Suspend)
	}
	return true
}

// isControlled reports whether an object belongs to a workload that Add takes.
func isControlled(meta metav1.Object) bool {
	owner := metav1.GetControllerOfNoCopy(meta)
	if owner == nil {
		return false
	}
	gv, err := schema.ParseGroupVersion(owner.APIVersion)
	if err != nil {
		return false
	}
	switch owner.Kind {
	case "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet":
		return gv.Group == appsv1.GroupName
	case "Job", "CronJob":
		return gv.Group == batchv1.GroupName
	case "ReplicationController":
		return gv.Group == corev1.GroupName
	}
	return false
}

// isFixed reports whether a workload has a pod on every node that it can run on.
func isFixed(object runtime.Object, spec *corev1.PodSpec) bool {
	_, isDaemonSet := object.(*appsv1.DaemonSet)
	return isDaemonSet || spec.NodeName != ""
}

// addNode keeps what validate.Validator.Node checks, and skips nodes that no workload can
// run on.
func (f *Fleet) addNode(node *corev1.Node) {
	f.hasNodes = true
	delete(f.nodes, node.Name)
	kept := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: node.Name, Labels: maps.Clone(node.Labels)}}
	for _, taint := range node.Spec.Taints {
		kept.Spec.Taints = append(kept.Spec.Taints, corev1.Taint{Key: taint.Key, Value: taint.Value, Effect: taint.Effect})
	}
	info := node.Status.NodeInfo
	kept.Status.NodeInfo = corev1.NodeSystemInfo{OperatingSystem: info.OperatingSystem, Architecture: info.Architecture, ContainerRuntimeVersion: info.ContainerRuntimeVersion}
	if !canBeOn(undemanding, kept) {
		return
	}
	if f.nodes == nil {
		f.nodes = map[string]*corev1.Node{}
	}
	f.nodes[kept.Name] = kept
}

// texts is a set of strings, each kept once.
type texts struct {
	list  []string
	known map[string]int32
}

// add returns the index of a text.
func (t *texts) add(text string) int32 {
	i, ok := t.known[text]
	if !ok {
		if t.known == nil {
			t.known = map[string]int32{}
		}
		i = int32(len(t.list))
		text = strings.Clone(text) // it may be a part of something large
		t.known[text] = i
		t.list = append(t.list, text)
	}
	return i
}
