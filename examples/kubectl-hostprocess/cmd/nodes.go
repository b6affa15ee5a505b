// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
)

// nodes are the flags that set the nodes to check for.
type nodes struct {
	containerd []string
	file       string
	kubernetes string
}

func (n *nodes) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringSliceVar(&n.containerd, "containerd", nil, "check for nodes with these containerd `versions`, such as 1.6.8,1.7 or 1.7@symlinkHPC (default: 2.x with the bind filter)")
	flags.StringVar(&n.file, "nodes", "", "check for the nodes in this `file`, the output of kubectl get nodes -o json")
	flags.StringVar(&n.kubernetes, "kubernetes", "", fmt.Sprintf("Kubernetes `version`, such as 1.33 (default: 1.%d)", validate.NewestKubernetesMinor))
	_ = command.MarkFlagFilename("nodes", "json", "yaml") // which was just added
}

// configure sets the nodes of a linter.
func (n *nodes) configure(l *lint.Linter, f *files, stdin io.Reader) error {
	if len(n.containerd) > 0 && n.file != "" {
		return errors.New("--containerd and --nodes can't be combined")
	}
	if n.file == "-" && slices.Contains(f.names, "-") {
		return errors.New("--nodes - and -f - can't be combined: standard input can be read only once")
	}
	var err error
	if l.Validator, err = n.validator("containerd", "kubernetes"); err != nil || n.file == "" {
		return err
	}
	if l.Cluster, err = readNodes(n.file, stdin); err != nil {
		return fmt.Errorf("--nodes: %w", err)
	}
	return nil
}

// validator returns a Validator for the flags with these names.
func (n *nodes) validator(containerd, kubernetes string) (v validate.Validator, err error) {
	for _, text := range n.containerd {
		target, err := validate.ParseTarget(text)
		if err != nil {
			return v, fmt.Errorf("--%s: %w", containerd, err)
		}
		v.Targets = append(v.Targets, target)
	}
	if n.kubernetes == "" {
		return v, nil
	}
	v.KubernetesMinor, err = strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(n.kubernetes, "v"), "1."))
	if err != nil || v.KubernetesMinor < 1 {
		err = fmt.Errorf("--%s %q: must be a version such as 1.33", kubernetes, n.kubernetes)
	}
	return v, err
}

// readNodes reads the nodes of a file.
func readNodes(file string, stdin io.Reader) (*lint.Cluster, error) {
	cluster, err := nodesOf(&input.Reader{Stdin: stdin}, func(r *input.Reader) error { return errors.Join(r.Path(file)...) })
	if err == nil && cluster.Nodes() == 0 {
		err = fmt.Errorf("%s contains no nodes: pass the output of kubectl get nodes -o json", file)
	}
	return cluster, err
}

// nodesOf returns the nodes that a function reads.
func nodesOf(reader *input.Reader, read func(*input.Reader) error) (*lint.Cluster, error) {
	cluster := &lint.Cluster{}
	var problem error // the first object that can't be read
	reader.Visit = func(o input.Object) {
		if node, ok := o.Object.(*corev1.Node); ok {
			cluster.Add(node)
		} else if problem == nil {
			problem = o.Problem()
		}
	}
	if err := read(reader); err != nil {
		return nil, err
	}
	return cluster, problem
}
