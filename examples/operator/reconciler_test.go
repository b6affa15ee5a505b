// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"reflect"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
)

func windowsNode(name, runtime, kernel string) *corev1.Node {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
		corev1.LabelOSStable: "windows", corev1.LabelWindowsBuild: kernel[:10],
	}}}
	node.Status.NodeInfo.OperatingSystem = "windows"
	node.Status.NodeInfo.ContainerRuntimeVersion = runtime
	node.Status.NodeInfo.KernelVersion = kernel
	return node
}

// accountsOf runs the reconciler, and returns the account of each DaemonSet that is
// there afterwards.
func accountsOf(t *testing.T, c client.Client) map[string]string {
	t.Helper()
	if _, err := (reconciler{c, "registry.example.com/agent:1.4"}).Reconcile(t.Context(), ctrl.Request{}); err != nil {
		t.Fatal(err)
	}
	var sets appsv1.DaemonSetList
	if err := c.List(t.Context(), &sets); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i := range sets.Items {
		set := &sets.Items[i]
		findings, err := validate.Validator{}.Object(set)
		if err != nil || findings.Err() != nil {
			t.Errorf("%s: %v, %v", set.Name, err, findings)
		}
		got[set.Name] = *set.Spec.Template.Spec.SecurityContext.WindowsOptions.RunAsUserName
	}
	return got
}

func TestReconcile(t *testing.T) {
	old := windowsNode("win-old", "containerd://1.6.8", "10.0.17763.6414")
	c := fake.NewClientBuilder().WithObjects(
		old,
		windowsNode("win-new", "containerd://1.7.20", "10.0.20348.2849"),
		windowsNode("win-docker", "docker://20.10.9", "10.0.14393.5000"),
		&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "linux", Labels: map[string]string{corev1.LabelOSStable: "linux"}}},
		&appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "others", Namespace: "agents"}, Spec: appsv1.DaemonSetSpec{
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{
				WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: new(string)},
			}}},
		}},
	).Build()
	want := map[string]string{"agent": `NT AUTHORITY\Local Service`, "agent-group": "agents", "others": ""}
	for range 2 { // the second run changes nothing
		if got := accountsOf(t, c); len(got) != 3 || got["agent"] != want["agent"] || got["agent-group"] != want["agent-group"] {
			t.Errorf("with old and new nodes: %v, want %v", got, want)
		}
	}
	if err := c.Delete(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if got := accountsOf(t, c); len(got) != 2 || got["agent-group"] != "agents" {
		t.Errorf("with new nodes only: %v", got)
	}
}

// TestRegisterController registers the controller with a manager without connections.
func TestRegisterController(t *testing.T) {
	mgr, err := ctrl.NewManager(&rest.Config{Host: "127.0.0.1:1"}, manager.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := (reconciler{mgr.GetClient(), "agent"}).register(mgr); err != nil {
		t.Fatal(err)
	}
}

// TestNodeChanged starts the reconciler for what it reads of a node, and only for that.
func TestNodeChanged(t *testing.T) {
	for name, test := range map[string]struct {
		change func(node *corev1.Node)
		want   bool
	}{
		"health": {func(node *corev1.Node) {
			node.ResourceVersion, node.Status.Conditions = "2", []corev1.NodeCondition{{}}
		}, false},
		"label":   {func(node *corev1.Node) { node.Labels["a"] = "b" }, true},
		"runtime": {func(node *corev1.Node) { node.Status.NodeInfo.ContainerRuntimeVersion = "containerd://2.0.0" }, true},
	} {
		before := windowsNode("win", "containerd://1.7.20", "10.0.20348.2849")
		before.Status.NodeInfo.Swap = &corev1.NodeSwapStatus{}
		after := before.DeepCopy()
		test.change(after)
		if got := nodeChanged.Update(event.UpdateEvent{ObjectOld: before, ObjectNew: after}); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestSlim keeps in the cache what the reconciler and the webhook read.
func TestSlim(t *testing.T) {
	node := windowsNode("win", "containerd://1.7.20", "10.0.20348.2849")
	node.ResourceVersion, node.Status.Images = "1", []corev1.ContainerImage{{}}
	kept, err := slim(node)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := survey.Read(node)
	if got, ok := survey.Read(kept.(*corev1.Node)); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if k := kept.(*corev1.Node); k.Status.Images != nil || k.Name != node.Name || k.ResourceVersion != node.ResourceVersion || k.Labels[corev1.LabelOSStable] != "windows" {
		t.Errorf("%+v", k)
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "baseline", Labels: map[string]string{"pod-security.kubernetes.io/enforce": "baseline"}, ManagedFields: []metav1.ManagedFieldsEntry{{}}}}
	kept, err = slim(namespace)
	if k := kept.(*corev1.Namespace); err != nil || k.ManagedFields != nil || k.Name != namespace.Name || k.Labels["pod-security.kubernetes.io/enforce"] != "baseline" {
		t.Errorf("%+v, %v", k, err)
	}
	set := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "agent", Labels: agents}}
	if kept, err := slim(set); err != nil || kept != any(set) {
		t.Errorf("%+v, %v", kept, err)
	}
}
