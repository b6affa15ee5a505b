// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/internal/probes"
)

// run stands for what runs a pod on a cluster and waits for its end.
func run(pod *corev1.Pod) (ended *corev1.Pod) { return pod }

func Example() {
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "win-3"}, Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{
		OperatingSystem: "windows", Architecture: "amd64", KernelVersion: "10.0.20348.3932",
		ContainerRuntimeVersion: "containerd://2.1.4", KubeletVersion: "v1.34.1",
	}}}
	node, err := probes.NewNode(object)
	if err != nil {
		log.Fatal(err)
	}
	for _, probe := range probes.All() {
		pods, err := probe.Pods(node)
		if err != nil {
			log.Fatal(err)
		}
		var answers []probes.Answer
		for _, pod := range pods {
			answer, _ := probes.Read(run(pod))
			answers = append(answers, answer)
		}
		if verdict := probe.Judge(node, answers); probe.Name == "container-root" {
			fmt.Println(verdict.Status) // nothing ran
		}
	}
	// Output: Unclear
}
