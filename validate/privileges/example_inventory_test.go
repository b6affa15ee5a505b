// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate/privileges"
)

// runAs returns the spec of an agent that runs as an account.
func runAs(runAsUserName string) corev1.PodSpec {
	return corev1.PodSpec{
		HostNetwork: true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: &runAsUserName,
		}},
		Containers: []corev1.Container{{Name: "agent", Image: "registry.example.com/agent:2"}},
	}
}

// An Inventory lists a DaemonSet once, and a pod of an older template that still runs with more
// rights.
func ExampleInventory() {
	set := appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: "agents", Name: "agent", UID: "1"}}
	set.Spec.Template.Spec = runAs(`NT AUTHORITY\Local Service`)
	pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "agents", Name: "agent-x7k2p", UID: "2"}}
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(&set, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))}
	pod.Spec = runAs(`NT AUTHORITY\SYSTEM`)
	namespace := corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "agents", Labels: map[string]string{"pod-security.kubernetes.io/enforce": "privileged"}}}

	var inventory privileges.Inventory
	for _, object := range []runtime.Object{&pod, &set, &namespace} {
		if err := inventory.Add(object, "cluster"); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, w := range inventory.Workloads() {
		fmt.Printf("%s %s/%s, where Pod Security enforces %s\n", w.Kind, w.Namespace, w.Name, w.Enforce)
		for _, c := range w.Containers {
			fmt.Printf("  %s: %s, set in %s\n", c.Name, c.Level, c.AccountField)
		}
	}
	// Output:
	// DaemonSet agents/agent, where Pod Security enforces privileged
	//   agent: local service, set in spec.template.spec.securityContext.windowsOptions.runAsUserName
	// Pod agents/agent-x7k2p, where Pod Security enforces privileged
	//   agent: local system, set in spec.securityContext.windowsOptions.runAsUserName
}
