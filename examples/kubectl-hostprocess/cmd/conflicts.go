// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"context"
	"fmt"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/fleet"
)

func newConflicts(s streams) *cobra.Command {
	var (
		f      files
		c      cluster
		format string
	)
	command := &cobra.Command{
		Use:   "conflicts [-f FILE|FOLDER|-]...",
		Short: "Find conflicts between workloads on the same node",
		Long: `Find conflicts between workloads on the same node. All HostProcess pods on a node share its
network, disk and sockets, and no single manifest shows that two of them claim the same
port, socket, file, local group or firewall rule.

Custom resources that contain pods, such as Argo Rollouts, are treated as Deployments.

If the input contains nodes, two workloads conflict if both can run on one of them.
Otherwise they conflict if such a node can exist. Without files, reads workloads and nodes
of the current cluster, which requires permission to list both.

Exit codes: 0 if no conflict is an error, 1 if one is, 2 if any input can't be read or the
command line is invalid.`,
		Example: `  kubectl hostprocess conflicts
  kubectl hostprocess conflicts -R -f deploy/

  # Check for the nodes in a dump of a cluster
  kubectl get nodes,daemonsets,deployments -A -o json | kubectl hostprocess conflicts -f -`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			everything := func(l *live, ctx context.Context, r *input.Reader) []error {
				return append(l.listNodes(ctx, r), l.workloads(ctx, r)...)
			}
			var all fleet.Fleet
			code, err := s.inspect(command, &f, &c, everything, &input.Reader{Visit: func(o input.Object) {
				_ = all.Add(claimant(o)) // fails for objects without a pod
			}})
			if err != nil {
				return err
			}
			out := bufio.NewWriter(s.out)
			p := output.Palette{On: wantsColor(s.out)}
			found := all.Conflicts()
			for _, conflict := range found {
				if conflict.Severity == validate.SeverityError {
					code = max(code, 1)
				}
				printConflict(out, p, format, conflict)
			}
			if len(found) == 0 && code == 0 {
				fmt.Fprintln(s.err, "No conflicts")
			}
			if err := out.Flush(); err != nil {
				return err
			}
			return exit(code)
		},
	}
	f.add(command)
	c.add(command)
	addFormat(command, &format, []string{"text", "json"})
	return command
}

// claimant returns an object in a form that a Fleet accepts.
func claimant(o input.Object) runtime.Object {
	if o.Template == nil {
		return o.Object
	}
	return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: o.Namespace, Name: o.Name}, Spec: appsv1.DeploymentSpec{Template: *o.Template}}
}

// printConflict prints one conflict; Flush returns the error.
func printConflict(to *bufio.Writer, p output.Palette, format string, c fleet.Conflict) {
	if format == "json" {
		output.JSONLine(to, c)
		return
	}
	fmt.Fprintf(to, "%s %s\n", p.Severity(c.Severity, c.Severity.String()), p.Bold(output.OneLine(c.What)))
	for _, claim := range c.Claims {
		fmt.Fprintf(to, "  %s, %s\n", output.OneLine(claim.Workload), output.OneLine(claim.Field))
	}
	fmt.Fprintf(to, "  %s\n  %s %s\n", output.OneLine(c.Message), p.Dim("fix:"), output.OneLine(c.Fix))
}
