// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// texts are targets as ParseTarget reads them.
func texts(targets []validate.Target) (all []string) {
	for _, t := range targets {
		text, err := t.MarshalText()
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	return all
}

// Nodes of one group can have kubelets of several minors, as in the middle of an upgrade.
func TestTargetsOfEachKubelet(t *testing.T) {
	var nodes []*corev1.Node
	for i, version := range []string{"v1.36.1", "v1.35.2", "v1.37.0", "", "v1.36.0"} {
		nodes = append(nodes, withKubelet(node(fmt.Sprint("n", i), "containerd://2.3.4", "10.0.20348.1"), version))
	}
	want := []string{"2.3.4/kubelet-1.35", "2.3.4/kubelet-1.37", "2.3.4"}
	s := of(nodes...)
	if diff := cmp.Diff(want, texts(s.Targets(nil))); diff != "" {
		t.Errorf("Targets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2.3.4/kubelet-1.35", "2.3.4"}, texts(s.Split(0)[0].Targets)); diff != "" {
		t.Errorf("the strictest (-want +got):\n%s", diff)
	}
}
