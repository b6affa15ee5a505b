// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/validate"
)

func TestIgnore(t *testing.T) {
	one := validate.Finding{Rule: "os-missing", Field: "spec.os"}
	two := validate.Finding{Rule: "host-network", Field: "spec.hostNetwork"}
	three := validate.Finding{Rule: "os-missing", Field: "os"}
	unlisted := validate.Finding{Rule: "of-a-tool", Field: "spec"}
	type findings = validate.Findings
	for _, c := range []struct {
		name          string
		findings      findings
		value         string
		kept, ignored findings
		unknown       []string
	}{
		{"nothing", nil, "", nil, nil, nil},
		{"no annotation", findings{one, two}, "", findings{one, two}, nil, nil},
		{"one rule", findings{one, two, three}, "os-missing", findings{two}, findings{one, three}, nil},
		{"spaces and empty words", findings{one, two}, " , host-network ,,\tos-missing\n", nil, findings{one, two}, nil},
		{"a rule that found nothing", findings{one}, "host-port", findings{one}, nil, nil},
		{"unknown ids", findings{one}, "os-mising, OS-MISSING, os missing", findings{one}, nil, []string{"os-mising", "OS-MISSING", "os missing"}},
		{"an id of no rule of ours", findings{unlisted}, "of-a-tool", nil, findings{unlisted}, []string{"of-a-tool"}},
		{"no wildcard", findings{one}, "*", findings{one}, nil, []string{"*"}},
	} {
		kept, ignored, unknown := validate.Ignore(c.findings, map[string]string{validate.IgnoreAnnotation: c.value})
		if diff := cmp.Diff(c.kept, kept); diff != "" {
			t.Errorf("%s: kept (-want +got):\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.ignored, ignored); diff != "" {
			t.Errorf("%s: ignored (-want +got):\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.unknown, unknown); diff != "" {
			t.Errorf("%s: unknown (-want +got):\n%s", c.name, diff)
		}
	}
	if kept, ignored, unknown := validate.Ignore(findings{one}, nil); len(kept) != 1 || ignored != nil || unknown != nil {
		t.Errorf("without annotations: kept %v, ignored %v, unknown %v", kept, ignored, unknown)
	}
}

// A tool lets the author of a pod suppress a finding.
func ExampleIgnore() {
	pod := representative()
	pod.Spec.OS = nil
	pod.Spec.HostNetwork = false
	pod.ObjectMeta = metav1.ObjectMeta{Annotations: map[string]string{
		validate.IgnoreAnnotation: "os-missing, os-mising",
	}}

	kept, ignored, unknown := validate.Ignore(validate.Validator{}.Pod(pod), pod.Annotations)
	for _, f := range kept {
		fmt.Println(f.Severity, f.Field)
	}
	for _, f := range ignored {
		fmt.Println("ignored:", f.Rule, f.Field)
	}
	for _, id := range unknown {
		fmt.Println("no such rule:", id)
	}
	// Output:
	// error spec.hostNetwork
	// ignored: os-missing spec.os
	// no such rule: os-mising
}

// An operator checks the namespace before it creates its DaemonSet there.
func ExampleValidator_Namespace() {
	agent := representative()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name:   "agents",
		Labels: map[string]string{"pod-security.kubernetes.io/enforce": "baseline"},
	}}
	for _, f := range (validate.Validator{}).Namespace(namespace, &agent.Spec) {
		fmt.Println(f.Field)
		fmt.Println("fix:", f.Fix)
	}
	// Output:
	// metadata.labels[pod-security.kubernetes.io/enforce]
	// fix: label the namespace pod-security.kubernetes.io/enforce: privileged
}

// An operator finds out why its pod isn't scheduled to a node.
func ExampleValidator_Node() {
	agent := representative()
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "win-1", Labels: map[string]string{corev1.LabelOSStable: "windows"}},
		Spec:       corev1.NodeSpec{Taints: []corev1.Taint{{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}}},
		Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{
			OperatingSystem: "windows", Architecture: "amd64", ContainerRuntimeVersion: "docker://20.10.9",
		}},
	}
	for _, f := range (validate.Validator{}).Node(node, &agent.Spec) {
		fmt.Println(f.Severity, f.Field)
	}
	// Output:
	// error status.nodeInfo.containerRuntimeVersion
	// error spec.taints[0]
}
