// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate/survey"
)

// daemonSets returns DaemonSets that run an agent on all nodes: as a local group on nodes
// that support it, and as LocalService elsewhere.
func daemonSets(nodes []*corev1.Node) ([]*appsv1.DaemonSet, error) {
	var s survey.Survey
	for _, node := range nodes {
		s.Add(node)
	}
	var sets []*appsv1.DaemonSet
	for _, part := range s.Split(survey.CapabilityLocalGroups) {
		if !part.Can.Has(survey.CapabilityHostProcess) {
			continue // no DaemonSet can serve these nodes
		}
		name := "agent"
		account := accounts.Account(accounts.LocalGroup("agents"))
		if !part.Can.Has(survey.CapabilityLocalGroups) {
			name, account = "agent-old-nodes", accounts.LocalService
		}
		set, err := hostprocess.NewPod(account,
			hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").WithCommand(hostprocess.RawCommand("agent.exe"))).
			For(part.Targets...).
			Edit(func(spec *corev1.PodSpec) {
				spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
					RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
						NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: part.Selector}},
					},
				}}
			}).
			DaemonSet(metav1.ObjectMeta{Name: name, Namespace: "agents"})
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// An operator creates one DaemonSet for each kind of node that matters to its agent.
func Example_daemonSets() {
	sets, err := daemonSets(clusterNodes())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, set := range sets {
		spec := set.Spec.Template.Spec
		fmt.Println(set.Name, "as", *spec.SecurityContext.WindowsOptions.RunAsUserName)
		for _, e := range spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchExpressions {
			fmt.Println(" ", e.Key, e.Operator, e.Values)
		}
	}
	// Output:
	// agent as agents
	//   kubernetes.io/os In [windows]
	//   node.kubernetes.io/windows-build In [10.0.20348]
	// agent-old-nodes as NT AUTHORITY\Local Service
	//   kubernetes.io/os In [windows]
	//   node.kubernetes.io/windows-build In [10.0.17763]
}

func clusterNodes() []*corev1.Node {
	node := func(name, runtime, kernel string) *corev1.Node {
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelOSStable:     "windows",
			corev1.LabelWindowsBuild: kernel[:10],
		}}}
		n.Status.NodeInfo.OperatingSystem = "windows"
		n.Status.NodeInfo.ContainerRuntimeVersion = runtime
		n.Status.NodeInfo.KernelVersion = kernel
		return n
	}
	return []*corev1.Node{
		node("win-a", "containerd://1.6.8", "10.0.17763.6414"),
		node("win-b", "containerd://1.7.13+azure", "10.0.20348.2849"),
		node("win-c", "containerd://1.7.13+azure", "10.0.20348.2762"),
		node("win-d", "docker://20.10.9", "10.0.14393.5989"),
	}
}
