// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
)

// pools returns nodes as a lister would: an old pool and a new one.
func pools() []*corev1.Node {
	return []*corev1.Node{
		node("win-a", "containerd://1.6.8", "10.0.17763.6414", "agentpool", "winold"),
		node("win-b", "containerd://1.7.13+azure", "10.0.20348.2849", "agentpool", "winnew"),
		node("win-c", "containerd://1.7.13+azure", "10.0.20348.2762", "agentpool", "winnew"),
	}
}

func Example() {
	var s survey.Survey
	for _, n := range pools() {
		s.Add(n)
	}
	for _, g := range s.Groups() {
		fmt.Println(g.Nodes, g.Node.Runtime, g.Newest, g.Node.Mode)
	}
	whole := s.Split(0)[0]
	fmt.Println("on all of them:", whole.Can)
	// Output:
	// 1 containerd://1.6.8 10.0.17763.6414 symlink16
	// 2 containerd://1.7.13+azure 10.0.20348.2849 bind
	// on all of them: host-process,env-tokens
}

// An agent that runs as a local group can't run on all nodes. Split returns parts of the
// nodes, each with its node selector.
func ExampleSurvey_Split() {
	nodes := pools()
	var s survey.Survey
	for _, node := range nodes {
		s.Add(node)
	}
	for _, part := range s.Split(survey.CapabilityLocalGroups) {
		fmt.Println(part.Nodes, part.Can, part.Selector)
	}
	// Output:
	// 2 host-process,local-groups,in-cluster-config,read-only-mounts,env-tokens [{kubernetes.io/os In [windows]} {node.kubernetes.io/windows-build In [10.0.20348]}]
	// 1 host-process,env-tokens [{kubernetes.io/os In [windows]} {node.kubernetes.io/windows-build In [10.0.17763]}]
}

// A pod is validated for the nodes on which it may run.
func ExampleSurvey_Targets() {
	var s survey.Survey
	for _, n := range pools() {
		s.Add(n)
	}
	agent := hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").WithCommand(hostprocess.RawCommand("agent.exe"))
	pod, err := hostprocess.NewPod(accounts.LocalGroup("agents"), agent).Pod(metav1.ObjectMeta{Name: "agent"})
	if err != nil {
		log.Fatal(err)
	}
	judge := func() {
		targets := s.Targets(&pod.Spec)
		fmt.Println(len(targets), "targets, account wrong:", slices.ContainsFunc(validate.Validator{Targets: targets}.Pod(pod), func(f validate.Finding) bool {
			return f.Rule == "account-local-group"
		}))
	}
	judge()
	pod.Spec.NodeSelector[corev1.LabelWindowsBuild] = "10.0.20348"
	judge()
	// Output:
	// 2 targets, account wrong: true
	// 1 targets, account wrong: false
}

// The nodes of a large cluster needn't be in memory at once.
func ExampleSurvey_Add_stream() {
	stream := `{"metadata": {"name": "win-a", "labels": {"kubernetes.io/os": "windows"}}, "status": {"nodeInfo": {"containerRuntimeVersion": "containerd://2.1.1", "kernelVersion": "10.0.26100.1742"}}}
	{"metadata": {"name": "linux-a", "labels": {"kubernetes.io/os": "linux"}}}`
	var s survey.Survey
	for decoder := json.NewDecoder(strings.NewReader(stream)); ; {
		var n corev1.Node
		if err := decoder.Decode(&n); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		s.Add(&n)
	}
	fmt.Println(s.Split(0)[0].Nodes, "with Windows,", s.NotWindows(), "without")
	// Output: 1 with Windows, 1 without
}

func ExampleRead() {
	n, windows := survey.Read(node("win-a", "containerd://1.7.13+azure", "10.0.17763"))
	fmt.Println(windows, n.Runtime, n.Build, n.Mode)
	fmt.Println("can:", n.Can)
	fmt.Println("may be able to:", n.Unknown)
	fmt.Println(n.Err)
	for _, target := range n.Targets() {
		fmt.Println("judge for:", target)
	}
	// Output:
	// true containerd://1.7.13+azure 10.0.17763 unknown
	// can: host-process,local-groups,env-tokens
	// may be able to: in-cluster-config,read-only-mounts
	// the revision of Windows Server 2019 isn't known: status.nodeInfo.kernelVersion should be like 10.0.17763.3165
	// judge for: containerd 1.7.13+azure
	// judge for: containerd 1.7.13+azure without the bind filter
}

func ExampleParseCapabilities() {
	need, err := survey.ParseCapabilities("local-groups, read-only-mounts")
	fmt.Println(need.Has(survey.CapabilityLocalGroups), need.Has(survey.CapabilityPortForward), err)
	// Output: true false <nil>
}
