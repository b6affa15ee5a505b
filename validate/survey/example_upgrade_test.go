// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"fmt"
	"log"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// Before an upgrade to containerd 2.3, each workload is validated for the current and for
// the future nodes.
func ExampleSurvey_TargetsAfter() {
	var s survey.Survey
	for _, n := range pools() {
		s.Add(n)
	}
	agent := hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
		WithCommand(hostprocess.RawCommand("powershell.exe", "-Command", "$x = 1\nWrite-Output $x"))
	old, err := validate.ParseTarget("1.6.8")
	if err != nil {
		log.Fatal(err)
	}
	set, err := hostprocess.NewPod(accounts.LocalService, agent).For(old).DaemonSet(metav1.ObjectMeta{Name: "agent"})
	if err != nil {
		log.Fatal(err)
	}
	set.Spec.Template.Spec.NodeSelector["agentpool"] = "winold"

	runtime, err := volumes.ParseRuntime("containerd://2.3.4")
	if err != nil {
		log.Fatal(err)
	}
	today, upgraded := s.Targets(&set.Spec.Template.Spec), s.TargetsAfter(survey.Node{Runtime: runtime}, &set.Spec.Template.Spec)
	if today == nil || upgraded == nil {
		log.Fatal("no nodes for the agent")
	}
	before, err := validate.Validator{Targets: today}.Object(set)
	if err != nil {
		log.Fatal(err)
	}
	after, err := validate.Validator{Targets: upgraded}.Object(set)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("from", today, "to", upgraded)
	for _, f := range validate.Diff(before, after).New {
		fmt.Println("new:", f.Severity, f.Rule, f.Field)
	}
	// Output:
	// from [containerd 1.6.8] to [containerd 2.3.4]
	// new: error command-newline spec.template.spec.containers[0].command[2]
}

// A report lists the software on the nodes that is no longer supported.
func ExampleSurvey_Unsupported() {
	var s survey.Survey
	for _, n := range pools() {
		s.Add(n)
	}
	today := time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC) // time.Now() in a program
	for _, u := range s.Unsupported(today) {
		fmt.Println(u)
	}
	fmt.Println(len(s.Unsupported(today.AddDate(3, 0, 0))), "in three years")
	// Output:
	// 1 node runs containerd 1.6.8, unsupported since August 23, 2025
	// 2 nodes run containerd 1.7.13+azure, unsupported since September 2026
	// 3 in three years
}
