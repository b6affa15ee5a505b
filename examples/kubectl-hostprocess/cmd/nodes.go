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

// nodes are the flags that say which nodes pods are meant for.
type nodes struct {
	containerd []string
	file       string
	kubernetes string
}

func (n *nodes) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringSliceVar(&n.containerd, "containerd", nil, "check for nodes with these `versions` of containerd, such as 1.6.8,1.7 or 1.7@symlinkHPC (default 2.x with the bind filter)")
	flags.StringVar(&n.file, "nodes", "", "check for the nodes in this `file`, as kubectl get nodes -o json prints them")
	flags.StringVar(&n.kubernetes, "kubernetes", "", fmt.Sprintf("the `version` of the API server, such as 1.33 (default 1.%d)", validate.NewestKubernetesMinor))
	_ = command.MarkFlagFilename("nodes", "json", "yaml") // which was just added
}

// configure gives a linter what the flags say.
func (n *nodes) configure(l *lint.Linter, f *files, stdin io.Reader) error {
	if len(n.containerd) > 0 && n.file != "" {
		return errors.New("--containerd and --nodes: write one of them")
	}
	if n.file == "-" && slices.Contains(f.names, "-") {
		return errors.New("--nodes -: standard input can be read only once, and -f - reads it too")
	}
	var err error
	if l.Validator.Targets, err = parseTargets("containerd", n.containerd); err != nil {
		return err
	}
	if l.Validator.KubernetesMinor, err = parseMinor("kubernetes", n.kubernetes); err != nil {
		return err
	}
	if n.file == "" {
		return nil
	}
	if l.Cluster, err = readNodes(n.file, stdin); err != nil {
		return fmt.Errorf("--nodes: %w", err)
	}
	return nil
}

// parseTargets reads the values of a flag that names versions of containerd.
func parseTargets(flag string, texts []string) ([]validate.Target, error) {
	var targets []validate.Target
	for _, text := range texts {
		target, err := validate.ParseTarget(text)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flag, err)
		}
		targets = append(targets, target)
	}
	return targets, nil
}

// parseMinor reads the value of a flag that names a version of Kubernetes; 0 if it is
// empty.
func parseMinor(flag, text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	minor, err := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(text, "v"), "1."))
	if err != nil || minor < 1 {
		return 0, fmt.Errorf("--%s %q: write a version such as 1.33", flag, text)
	}
	return minor, nil
}

// readNodes reads the nodes of a file.
func readNodes(file string, stdin io.Reader) (*lint.Cluster, error) {
	cluster, err := nodesOf(&input.Reader{Stdin: stdin}, func(r *input.Reader) error { return errors.Join(r.Path(file)...) })
	if err == nil && cluster.Nodes() == 0 {
		err = fmt.Errorf("%s has no nodes: write what kubectl get nodes -o json prints", file)
	}
	return cluster, err
}

// nodesOf returns the nodes among what a function reads.
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
