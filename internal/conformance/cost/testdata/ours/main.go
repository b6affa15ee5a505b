// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Ours builds a pod, judges it, and says where its mount is: all four packages.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

func main() {
	pod := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
			WithCommand(hostprocess.RawCommand("agent.exe")).
			WithMount(hostprocess.ConfigMap("agent-config"), "/etc/agent"))
	daemonSet, err := pod.DaemonSet(metav1.ObjectMeta{Name: "agent"})
	if err != nil {
		fmt.Println(err)
		return
	}
	location, err := volumes.ModeBind.Resolve("/etc/agent")
	fmt.Println(location, err, validate.Validator{}.PodTemplateSpec(&daemonSet.Spec.Template, nil))
	if err := json.NewEncoder(os.Stdout).Encode(daemonSet); err != nil {
		os.Exit(1)
	}
}
