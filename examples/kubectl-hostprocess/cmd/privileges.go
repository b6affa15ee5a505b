// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

// privilege is what one container may do.
type privilege struct {
	File          string   `json:"file"`
	Kind          string   `json:"kind"`
	Namespace     string   `json:"namespace,omitempty"`
	Name          string   `json:"name"`
	Container     string   `json:"container"`
	RunAsUserName string   `json:"runAsUserName"`
	Privilege     string   `json:"privilege"`
	May           string   `json:"may,omitempty"`
	Less          []string `json:"less,omitempty"`
	Problem       string   `json:"problem,omitempty"`
}

func newPrivileges(s streams) *cobra.Command {
	var (
		f      files
		c      cluster
		format string
	)
	command := &cobra.Command{
		Use:   "privileges [-f FILE|FOLDER|-]...",
		Short: "Show what HostProcess containers may do, and how to give them less",
		Long: `Show which account each HostProcess container runs as, what that may do to the node,
and what has to change for the container to run with fewer rights. If no file is named,
the pods are those of the cluster of the kubeconfig; it takes the right to list pods,
workloads, and other kinds that hold pods, such as Argo's Rollouts.

Exit codes: 0 if no container runs as LocalSystem or as what can't be an account, 1 if
one does, 2 if something can't be read or the command line is wrong.`,
		Example: `  kubectl hostprocess privileges
  kubectl hostprocess privileges -R -f deploy/
  kubectl get daemonsets -A -o json | kubectl hostprocess privileges -f -`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			worst := 0
			out := bufio.NewWriter(s.out)
			p := output.Palette{On: wantsColor(s.out)}
			code, err := s.inspect(command, &f, &c, (*live).workloads, &input.Reader{Wanted: input.MayHoldHostProcess, Visit: func(o input.Object) {
				spec := lint.PodSpec(o)
				if !validate.IsHostProcess(spec) {
					return
				}
				for _, c := range privileges.Of(spec) {
					line := privilege{
						File: o.File, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Container: c.Name, RunAsUserName: c.RunAsUserName,
						Privilege: c.Level.String(), Less: c.Less,
					}
					account, err := accounts.Parse(c.RunAsUserName)
					if err != nil {
						line.Problem = err.Error()
					} else {
						line.May = account.Description()
					}
					if err != nil || c.Level == accounts.PrivilegeLocalSystem {
						worst = 1
					}
					printPrivilege(out, p, format, line)
				}
			}})
			if err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
			return exit(max(code, worst))
		},
	}
	f.add(command)
	c.add(command)
	addFormat(command, &format, []string{"text", "json"})
	return command
}

// printPrivilege prints one container; Flush returns the error.
func printPrivilege(to *bufio.Writer, p output.Palette, format string, c privilege) {
	if format == "json" {
		output.JSONLine(to, c)
		return
	}
	account := cmp.Or(c.RunAsUserName, "(no runAsUserName)")
	fmt.Fprintf(to, "%s\n  %s: %s\n", p.Bold(output.OneLine(fmt.Sprintf("%s, container %s: %s", output.Subject(c.Kind, c.Namespace, c.Name), c.Container, account))), c.Privilege, output.OneLine(cmp.Or(c.May, c.Problem)))
	for _, less := range c.Less {
		fmt.Fprintf(to, "  - %s\n", output.OneLine(less))
	}
}
