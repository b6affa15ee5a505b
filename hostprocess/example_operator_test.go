// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// LogAgent is the spec of an operator's custom resource.
type LogAgent struct {
	Image     string
	ConfigMap string
	Memory    string // empty for no limit
	Logs      string // directory of the node
}

// base is the common part of all agents. It is never changed, so any number of goroutines
// may use it.
var base = hostprocess.NewPod(accounts.LocalService).
	WithPriorityClass("system-node-critical").
	WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists})

// daemonSet returns the DaemonSet of an agent. The error lists all mistakes of the user.
func (a LogAgent) daemonSet(meta metav1.ObjectMeta) (*appsv1.DaemonSet, error) {
	agent := hostprocess.NewContainer("agent", a.Image).
		WithCommand(hostprocess.ImageProgram("agent.exe", `--config=%CONTAINER_SANDBOX_MOUNT_POINT%\etc\agent\config.yaml`)).
		WithMount(hostprocess.ConfigMap(a.ConfigMap), "/etc/agent").
		WithMount(hostprocess.HostPath(a.Logs), "/logs", hostprocess.ReadOnly())
	if a.Memory != "" {
		agent = agent.WithLimit(corev1.ResourceMemory, a.Memory)
	}
	return base.WithContainers(agent).DaemonSet(meta)
}

// An operator builds a DaemonSet from a custom resource.
func Example_operator() {
	meta := metav1.ObjectMeta{Name: "logs", Namespace: "agents"}
	set, err := LogAgent{Image: "registry.example.com/agent:1.4", ConfigMap: "logs", Memory: "200Mi", Logs: `C:\app\logs`}.daemonSet(meta)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Kind, set.Name, set.Spec.Template.Spec.Containers[0].Command)

	_, err = LogAgent{Image: "registry.example.com/agent:1.4", ConfigMap: "Logs", Memory: "lots", Logs: `\\.\pipe\agent`}.daemonSet(meta)
	var failed *hostprocess.BuildError
	if errors.As(err, &failed) {
		for _, m := range failed.Mistakes {
			fmt.Println(m.Container, m.Method, m.Argument)
		}
	}
	// Output:
	// DaemonSet logs [%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe --config=%CONTAINER_SANDBOX_MOUNT_POINT%\etc\agent\config.yaml]
	// agent ConfigMap name "Logs"
	// agent HostPath path "\\.\pipe\agent"
	// agent WithLimit quantity "lots"
}
