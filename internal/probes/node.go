// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// Node describes the node that a probe runs on, as far as predictions depend on it. Get one
// from [NewNode]. The zero Node has no name, so it can't have pods.
type Node struct {
	// Name is that of the Node.
	Name string
	// Target is its container runtime, the mode that the library predicts, and its kubelet.
	Target validate.Target
	// Build is its Windows build.
	Build volumes.WindowsBuild
	// Architecture is that of status.nodeInfo, such as amd64.
	Architecture string
	// Image is the image of the pods, by default hostprocess.BaseImage. It must not contain
	// files.
	Image string
}

// NewNode reads a Node. It returns an error if the node doesn't run Windows, if its runtime
// can't run HostProcess pods, or if it doesn't report enough for a prediction.
func NewNode(node *corev1.Node) (Node, error) {
	if node == nil {
		return Node{}, errors.New("node is nil: pass a Windows node")
	}
	said, ok := survey.Read(node)
	targets := said.Targets()
	switch {
	case !ok:
		return Node{}, fmt.Errorf("node %s doesn't run Windows", quote.Text(node.Name))
	case len(targets) == 0:
		return Node{}, fmt.Errorf("node %s can't run HostProcess pods: %w", quote.Text(node.Name), cmp.Or(said.Err, errRuntime))
	case len(targets) > 1:
		return Node{}, fmt.Errorf("node %s doesn't report enough for a prediction: %w", quote.Text(node.Name), said.Err)
	}
	return Node{Name: node.Name, Target: targets[0], Build: said.Build, Architecture: node.Status.NodeInfo.Architecture}, nil
}

var errRuntime = errors.New("requires containerd 1.6 or newer")

func (n Node) mode() volumes.Mode { return n.Target.Mode() }

func (n Node) image() string { return cmp.Or(n.Image, hostprocess.BaseImage) }

// deadline limits how long a pod can take. It is short, because a hanging pod is an answer.
const deadline = 4 * time.Minute

// task returns a task for the node whose command is the control.
func (n Node) task(account accounts.Account, command hostprocess.Command, containers ...hostprocess.Container) task.Task {
	return task.New(n.Name, account, command).WithImage(n.image()).WithActiveDeadline(deadline).
		With(func(p hostprocess.Pod) hostprocess.Pod { return p.For(n.Target).WithContainers(containers...) })
}

// container returns a container whose output is in its status if it ends with an error.
func (n Node) container(name string, command hostprocess.Command) hostprocess.Container {
	return hostprocess.NewContainer(name, n.image()).WithCommand(command).
		Edit(func(c *corev1.Container) { c.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError })
}
