// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/validate/survey"
)

func newSurvey(s streams) *cobra.Command {
	var (
		f      files
		c      cluster
		format string
		date   string
		each   bool
		need   []string
	)
	command := &cobra.Command{
		Use:   "survey [-f FILE|FOLDER|-]...",
		Short: "Show what the Windows nodes can do for HostProcess pods",
		Long: `Show what the Windows nodes of a cluster can do for HostProcess pods, and whether a
single DaemonSet can serve them all. Nodes that are alike are shown as one. What they run
that its project no longer supports is named, too. If no file is named, the nodes are
those of the cluster of the kubeconfig; it takes the right to list them.

Exit codes: 0 if one DaemonSet that needs the capabilities of --need can serve all
Windows nodes, 1 if not, 2 if something can't be read or the command line is wrong.`,
		Example: `  kubectl hostprocess survey
  kubectl get nodes -o json | kubectl hostprocess survey -f -

  # For an agent that runs as a local group and calls the API server
  kubectl hostprocess survey -f nodes.json --need local-groups,in-cluster-config

  # Every node
  kubectl hostprocess survey -f nodes.json --each`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			out, ok := map[string]surveyPrinter{"text": surveyText{}, "json": surveyJSON{}}[format]
			if !ok {
				return checkFormat(format, "text", "json")
			}
			at := time.Now()
			if date != "" {
				var err error
				if at, err = time.Parse(time.DateOnly, date); err != nil {
					return fmt.Errorf("--date %q: write a day such as 2027-03-31", date)
				}
			}
			capabilities := survey.CapabilityHostProcess
			for _, name := range need {
				capability, err := survey.ParseCapabilities(name)
				if err != nil {
					return fmt.Errorf("--need: %w", err)
				}
				capabilities |= capability
			}
			var nodes survey.Survey
			buffered := bufio.NewWriter(s.out)
			code, err := s.inspect(command, &f, &c, (*live).listNodes, &input.Reader{Visit: func(o input.Object) {
				if node, ok := o.Object.(*corev1.Node); ok {
					nodes.Add(node)
					if read, isWindows := survey.Read(node); each && isWindows {
						out.node(buffered, node.Name, read)
					}
				}
			}})
			if err != nil {
				return err
			}
			r := newReport(&nodes, capabilities, at)
			out.report(buffered, r)
			if err := buffered.Flush(); err != nil {
				return err
			}
			if code == 0 && !r.served() {
				code = 1
			}
			return exit(code)
		},
	}
	f.add(command)
	c.addWithout(command)
	addFormat(command, &format, []string{"text", "json"})
	command.Flags().StringSliceVar(&need, "need", nil, "the `capabilities` that the DaemonSet needs: "+survey.Capabilities(0xff).String())
	command.Flags().StringVar(&date, "date", "", "tell what isn't supported on this `day`, such as 2027-03-31 (default today)")
	command.Flags().BoolVar(&each, "each", false, "show each Windows node, before the rest")
	return command
}
