// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
)

func newLint(s streams) *cobra.Command {
	var (
		f      files
		n      nodes
		c      cluster
		choice selection
		format string
	)
	command := &cobra.Command{
		Use:   "lint [-f FILE|FOLDER|-]... [-k FOLDER]",
		Short: "Check HostProcess pods for mistakes",
		Long: `Check HostProcess pods for mistakes: in manifests, in dumps of clusters or, without
arguments, in the current cluster.

Files are YAML or JSON, with any number of documents and lists, and of any size. Pods are
found in workloads, in pod templates of custom resources, and in manifests embedded in
ConfigMaps and other objects. Objects that don't mention HostProcess are skipped.

Manifests are checked for nodes with containerd 2.x. Set --nodes or --containerd if your
nodes are different, because other rules apply to them. In a cluster, each pod is checked
for the node that it runs on, and each workload for the nodes that its pods may run on; a
finding that pods of one workload share is reported once. Custom resources that contain
pods, such as Argo Rollouts, are detected by their schemas. ConfigMaps and Secrets in the
cluster aren't read.

Requires permission to list pods, workloads, such custom resources, namespaces and nodes.

To suppress a rule for one object, list it in the annotation ` + validate.IgnoreAnnotation + `.
To disable it for all objects, list it in ` + configName + `:

  disable: [local-system-unneeded]
  failOn: warning
  containerd: ["1.7.20", "2.1"]

Exit codes: 0 if no finding reaches --fail-on, 1 if one does, 2 if any input can't be read
or the command line is invalid.`,
		Example: `  # Check the cluster, or one namespace
  kubectl hostprocess lint
  kubectl hostprocess lint -n kube-system

  # Check a file, or a folder and its subfolders
  kubectl hostprocess lint -f agent.yaml
  kubectl hostprocess lint -R -f deploy/

  # Check the output of Helm or kustomize
  helm template agent ./chart | kubectl hostprocess lint -f -
  kubectl hostprocess lint -k overlays/production

  # Check a dump of a cluster, each pod for the node that it runs on
  kubectl get nodes -o json > nodes.json
  kubectl get pods,daemonsets -A -o json | kubectl hostprocess lint --nodes nodes.json -f -

  # In CI
  kubectl hostprocess lint -R -f deploy/ -o sarif --fail-on warning > lint.sarif`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			l := &lint.Linter{WithEdits: format == "sarif"}
			var failOn *validate.Severity
			var err error
			if l.Selection, failOn, err = choice.configure(command, &n); err != nil {
				return err
			}
			show := newProgress(s.err)
			out, err := output.New(format, s.out, output.Options{Color: wantsColor(s.out), FailOn: failOn, Version: version()})
			if err != nil {
				return err
			}
			if err := n.configure(l, &f, s.in); err != nil {
				return err
			}
			report := func(found lint.Finding) {
				show.clear()
				out.Finding(found)
			}
			l.Report = report
			reader := &input.Reader{Wanted: input.MayMatter, Stdin: s.in}
			reader.Visit = func(o input.Object) {
				l.Object(o)
				show.update(l.Checked, reader.Bytes)
			}
			var problems []error
			if f.given() {
				problems = f.read(reader)
			} else {
				var all repeated
				problems = lintCluster(command.Context(), &c, l, reader, &all)
				all.report(report)
			}
			l.End()
			show.clear()
			l.Unreadable += len(problems)
			s.fail("lint", problems...)
			if err := out.End(problems, l.Clean); err != nil {
				return err
			}
			output.Summary(s.err, l, reader.Others, reader.Foreign, wantsColor(s.err))
			return exit(lintCode(l, failOn))
		},
	}
	f.add(command)
	n.add(command)
	c.add(command)
	choice.add(command)
	addFormat(command, &format, output.Formats)
	return command
}

// lintCluster checks a cluster. It adds findings about pods with an owner to all, and
// returns the errors.
func lintCluster(ctx context.Context, c *cluster, l *lint.Linter, reader *input.Reader, all *repeated) (problems []error) {
	cluster, err := c.connect()
	if err != nil {
		return []error{err}
	}
	if l.Cluster == nil && len(l.Validator.Targets) == 0 {
		if l.Cluster, err = cluster.nodes(ctx); err != nil {
			problems = append(problems, err)
			l.Cluster = nil
		}
	}
	visit, report := reader.Visit, l.Report
	reader.Visit = func(o input.Object) {
		owner := ownerOf(o)
		l.Report = func(f lint.Finding) {
			if owner != "" && f.Kind == "Pod" {
				all.add(owner, unplaced(f))
			} else {
				report(unplaced(f))
			}
		}
		visit(o)
	}
	problems = append(problems, cluster.pods(ctx, reader)...)
	return append(problems, cluster.listNamespaces(ctx, reader)...)
}

// unplaced returns a finding without its place, for an object that isn't in a file.
func unplaced(f lint.Finding) lint.Finding {
	f.Line, f.Document = 0, 0
	return f
}

func lintCode(l *lint.Linter, failOn *validate.Severity) int {
	switch {
	case l.Unreadable > 0:
		return 2
	case failOn == nil:
		return 0
	}
	for _, count := range l.Rules {
		if count.Found > 0 && count.Severity <= *failOn {
			return 1
		}
	}
	return 0
}
