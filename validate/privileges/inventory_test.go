// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate/privileges"
)

// agent is a HostProcess pod with an image.
func agent(image string) corev1.PodSpec {
	return corev1.PodSpec{
		HostNetwork: true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`),
		}},
		Containers: []corev1.Container{{Name: "agent", Image: image}},
	}
}

// named is the metadata of an object, with a controller if its kind isn't empty.
func named(name, apiVersion, kind, owner string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{Namespace: "agents", Name: name}
	if kind != "" {
		m.OwnerReferences = []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: owner, Controller: ptr.To(true)}}
	}
	return m
}

// cluster is objects of a cluster that belong together, in some order.
func cluster() []runtime.Object {
	template := corev1.PodTemplateSpec{Spec: agent("agent:2")}
	all := []runtime.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "agents", Labels: map[string]string{"pod-security.kubernetes.io/enforce": "privileged"}}},
		&appsv1.Deployment{ObjectMeta: named("web", "", "", ""), Spec: appsv1.DeploymentSpec{Template: template}},
		&appsv1.ReplicaSet{ObjectMeta: named("web-2", "apps/v1", "Deployment", "web"), Spec: appsv1.ReplicaSetSpec{Template: template}},
		&appsv1.ReplicaSet{ObjectMeta: named("web-1", "apps/v1", "Deployment", "web"), Spec: appsv1.ReplicaSetSpec{Template: corev1.PodTemplateSpec{Spec: agent("agent:1")}}},
		&appsv1.DaemonSet{ObjectMeta: named("agent", "operator.example.com/v1", "Installation", "default"), Spec: appsv1.DaemonSetSpec{Template: template}},
		&corev1.Pod{ObjectMeta: named("alone", "", "", ""), Spec: agent("alone")},
		&corev1.Pod{ObjectMeta: named("linux", "", "", "")},
	}
	for i := range 3 {
		all = append(all,
			&corev1.Pod{ObjectMeta: named(fmt.Sprint("web-2-", i), "apps/v1", "ReplicaSet", "web-2"), Spec: agent("agent:2")},
			&corev1.Pod{ObjectMeta: named(fmt.Sprint("web-1-", i), "apps/v1", "ReplicaSet", "web-1"), Spec: agent("agent:1")},
			&corev1.Pod{ObjectMeta: named(fmt.Sprint("other-", i), "apps/v1", "DaemonSet", "other"), Spec: agent("other")},
		)
	}
	return all
}

// lines writes workloads as KIND NAME PODS IMAGE OWNER.
func lines(workloads []privileges.Workload) (all []string) {
	for _, w := range workloads {
		line := fmt.Sprintf("%s %s/%s %d %s", w.Kind, w.Namespace, w.Name, w.Pods, w.Containers[0].Image)
		if w.Owner != nil {
			line += " of " + w.Owner.Kind + " " + w.Owner.Name
		}
		all = append(all, line)
	}
	return all
}

// TestInventory: what belongs together is listed once, and what differs is.
func TestInventory(t *testing.T) {
	want := []string{
		"DaemonSet agents/agent 0 agent:2 of Installation default",
		"Pod agents/other-0 3 other of DaemonSet other",
		"Deployment agents/web 3 agent:2",
		"Pod agents/web-1-0 3 agent:1 of ReplicaSet web-1",
		"Pod agents/alone 1 alone",
	}
	forward := cluster()
	backward := cluster()
	slices.Reverse(backward)
	var results [][]privileges.Workload
	for _, objects := range [][]runtime.Object{forward, backward} {
		var i privileges.Inventory
		for _, o := range objects {
			if err := i.Add(o, "cluster"); err != nil {
				t.Fatal(err)
			}
		}
		got := i.Workloads()
		if diff := cmp.Diff(want, lines(got)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(got, i.Workloads()); diff != "" {
			t.Errorf("asked again (-before +now)\n%s", diff)
		}
		results = append(results, got)
	}
	if diff := cmp.Diff(results[0], results[1]); diff != "" {
		t.Errorf("in another order (-forward +backward)\n%s", diff)
	}
	for _, w := range results[0] {
		if w.Enforce != "privileged" || w.ServiceAccount != "default" || w.Source != "cluster" || len(w.Rules) == 0 {
			t.Errorf("%+v", w)
		}
	}
}
