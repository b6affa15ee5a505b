// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// change is a finding that an upgrade causes or resolves.
type change struct {
	Change    string            `json:"change"`
	File      string            `json:"file"`
	Kind      string            `json:"kind"`
	Namespace string            `json:"namespace,omitempty"`
	Name      string            `json:"name"`
	Severity  validate.Severity `json:"severity"`
	Rule      validate.RuleID   `json:"rule"`
	Field     string            `json:"field"`
	Message   string            `json:"message"`
	Fix       string            `json:"fix"`
}

func newDiff(s streams) *cobra.Command {
	var (
		f        files
		c        cluster
		format   string
		from, to nodes
	)
	command := &cobra.Command{
		Use:   "diff --to VERSION [--from VERSION] [-f FILE|FOLDER|-]...",
		Short: "Show what an upgrade of containerd or Kubernetes changes",
		Long: `Show which findings of lint appear and which disappear when you upgrade containerd on the
nodes, or Kubernetes.

Without --from, the upgrade starts from the nodes of the current cluster: each workload is
checked for the nodes that its pods may run on. Without files, the workloads of the
cluster are checked. Reading the cluster requires permission to list nodes, pods,
workloads, and custom resources that contain pods, such as Argo Rollouts.

Exit codes: 0 if the upgrade causes no new error, 1 if it does, 2 if any input can't be
read or the command line is invalid.`,
		Example: `  # Check the workloads of the cluster before its nodes get containerd 2.3
  kubectl hostprocess diff --to 2.3.4

  # Check manifests before a move from Server 2019 without updates to Server 2025
  kubectl hostprocess diff --from 2.3.4@symlinkHPC --to 2.3.4 -R -f deploy/

  # Upgrade only Kubernetes
  kubectl hostprocess diff --from 2.1 --to 2.1 --from-kubernetes 1.30 --to-kubernetes 1.37 -f agent.yaml`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			if len(to.containerd) == 0 {
				return errors.New("--to is required: the containerd versions after the upgrade")
			}
			before, err := from.validator("from", "from-kubernetes")
			if err != nil {
				return err
			}
			after, err := to.validator("to", "to-kubernetes")
			if err != nil {
				return err
			}
			nodes, err := c.surveyFor(command.Context(), before.Targets, after.Targets)
			if err != nil {
				return err
			}
			var brought, cured, worst int
			out := bufio.NewWriter(s.out)
			p := output.Palette{On: wantsColor(s.out)}
			code, err := s.inspect(command, &f, &c, (*live).workloads, &input.Reader{Wanted: input.MayHoldHostProcess, Visit: func(o input.Object) {
				changes := upgrade{before, after, nodes}.of(o)
				if changes.New.Err() != nil {
					worst = 1
				}
				for _, finding := range changes.New {
					printChange(out, p, format, newChange("new", o, finding))
				}
				for _, finding := range changes.Cured {
					printChange(out, p, format, newChange("cured", o, finding))
				}
				brought, cured = brought+len(changes.New), cured+len(changes.Cured)
			}})
			if err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
			fmt.Fprintf(s.err, "The upgrade causes %s and resolves %d\n", output.Count(brought, "finding"), cured)
			return exit(max(code, worst))
		},
	}
	f.add(command)
	c.add(command)
	addFormat(command, &format, []string{"text", "json"})
	flags := command.Flags()
	flags.StringSliceVar(&from.containerd, "from", nil, "containerd `versions` before the upgrade, such as 1.6.8,1.7@symlinkHPC (default: those of the cluster)")
	flags.StringSliceVar(&to.containerd, "to", nil, "containerd `versions` after the upgrade")
	flags.StringVar(&from.kubernetes, "from-kubernetes", "", fmt.Sprintf("Kubernetes `version` before the upgrade, such as 1.33 (default: 1.%d)", validate.NewestKubernetesMinor))
	flags.StringVar(&to.kubernetes, "to-kubernetes", "", fmt.Sprintf("Kubernetes `version` after the upgrade (default: 1.%d)", validate.NewestKubernetesMinor))
	return command
}

// upgrade is an upgrade of the nodes of a survey or, without one, of the targets of before.
type upgrade struct {
	before, after validate.Validator
	nodes         *survey.Survey
}

// of returns what the upgrade changes for an object.
func (u upgrade) of(o input.Object) validate.Changes {
	spec := lint.PodSpec(o)
	if u.nodes != nil {
		targets := u.after.Targets
		u.before.Targets, u.after.Targets = u.nodes.Targets(spec), nil
		for _, target := range targets {
			u.after.Targets = append(u.after.Targets, u.nodes.TargetsAfter(survey.Node{Runtime: target.Runtime()}, spec)...)
		}
		if len(u.before.Targets) == 0 || len(u.after.Targets) == 0 {
			return validate.Changes{} // it may run on no node
		}
	}
	earlier, _ := lint.Judge(u.before, o) // fails for objects without a pod
	later, _ := lint.Judge(u.after, o)
	return validate.Diff(earlier, later)
}

// checkWhole returns an error if a version after an upgrade isn't a full version, as nodes
// report it. flag is the alternative that sets the nodes before the upgrade.
func checkWhole(after []validate.Target, flag string) error {
	for _, target := range after {
		if target.Runtime() == (volumes.Runtime{}) {
			return fmt.Errorf("--to: use a full version such as 2.3.4 for the nodes of a cluster, or set %s", flag)
		}
	}
	return nil
}

// surveyFor returns the survey of the cluster's nodes; nil if before is set.
func (c *cluster) surveyFor(ctx context.Context, before, after []validate.Target) (*survey.Survey, error) {
	if len(before) > 0 {
		return nil, nil
	}
	if err := checkWhole(after, "--from"); err != nil {
		return nil, err
	}
	cluster, err := c.connect()
	if err != nil {
		return nil, err
	}
	nodes, err := cluster.nodes(ctx)
	if err != nil {
		return nil, err
	}
	return &nodes.Survey, nil
}

func newChange(what string, o input.Object, f validate.Finding) change {
	return change{what, o.File, o.Kind, o.Namespace, o.Name, f.Severity, f.Rule, o.PathOf(f.Field), f.Message, f.Fix}
}

// printChange prints one change; Flush returns the error.
func printChange(to *bufio.Writer, p output.Palette, format string, c change) {
	if format == "json" {
		output.JSONLine(to, c)
		return
	}
	fmt.Fprintf(to, "%-5s %s  %s %s: %s %s\n", c.Change, p.Bold(output.OneLine(output.Subject(c.Kind, c.Namespace, c.Name))), p.Severity(c.Severity, c.Severity.String()), c.Rule, output.OneLine(c.Field), output.OneLine(c.Message))
	if c.Change == "new" {
		fmt.Fprintf(to, "      %s %s\n", p.Dim("fix:"), output.OneLine(c.Fix))
	}
}
