// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
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
single DaemonSet can serve them all. Similar nodes are grouped. Versions that are no longer
supported are listed. Without files, reads the nodes of the current cluster, which requires
permission to list nodes.

Exit codes: 0 if one DaemonSet that needs the capabilities in --need can serve all Windows
nodes, 1 if not, 2 if any input can't be read or the command line is invalid.`,
		Example: `  kubectl hostprocess survey
  kubectl get nodes -o json | kubectl hostprocess survey -f -

  # For an agent that runs as a local group and calls the API server
  kubectl hostprocess survey -f nodes.json --need local-groups,in-cluster-config

  # List every node
  kubectl hostprocess survey -f nodes.json --each`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			at, err := parseDate(date)
			if err != nil {
				return err
			}
			capabilities, err := survey.ParseCapabilities(strings.Join(need, ","))
			if err != nil {
				return fmt.Errorf("--need: %w", err)
			}
			var nodes survey.Survey
			out := bufio.NewWriter(s.out)
			code, err := s.inspect(command, &f, &c, (*live).listNodes, &input.Reader{Visit: func(o input.Object) {
				if node, ok := o.Object.(*corev1.Node); ok {
					nodes.Add(node)
					if read, isWindows := survey.Read(node); each && isWindows {
						printNode(out, format, node.Name, read)
					}
				}
			}})
			if err != nil {
				return err
			}
			r := newReport(&nodes, capabilities|survey.CapabilityHostProcess, at)
			if format == "json" {
				encoder := json.NewEncoder(out)
				encoder.SetIndent("", "  ")
				_ = encoder.Encode(r) // Flush returns the error
			} else {
				r.print(out)
			}
			if err := out.Flush(); err != nil {
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
	command.Flags().StringSliceVar(&need, "need", nil, "`capabilities` that the DaemonSet needs: "+survey.Capabilities(0xff).String())
	command.Flags().StringVar(&date, "date", "", "list versions that are no longer supported on this `day`, such as 2027-03-31 (default: today)")
	command.Flags().BoolVar(&each, "each", false, "also print each Windows node, first")
	return command
}

// report is the output, as it is printed with -o json.
type report struct {
	Windows    int                 `json:"windows"`
	NotWindows int                 `json:"notWindows"`
	Need       survey.Capabilities `json:"need"`
	Groups     []group             `json:"groups"`
	// Unsupported lists versions on the nodes that are no longer supported.
	Unsupported []survey.Unsupported `json:"unsupported,omitempty"`
	// Strictest are the nodes to check pods for that may run on any node.
	Strictest []validate.Target `json:"strictest"`
	Parts     []part            `json:"parts"`
}

// parseDate returns the day of a flag --date; now, if it isn't set.
func parseDate(date string) (time.Time, error) {
	if date == "" {
		return time.Now(), nil
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return day, fmt.Errorf("--date %q: must be a day such as 2027-03-31", date)
	}
	return day, nil
}

// group describes nodes that are alike.
type group struct {
	Nodes   int                 `json:"nodes"`
	Others  int                 `json:"others,omitempty"`
	Runtime string              `json:"runtime"`
	Oldest  string              `json:"oldestBuild"`
	Newest  string              `json:"newestBuild"`
	Mode    string              `json:"mode"`
	Can     survey.Capabilities `json:"can"`
	Unknown survey.Capabilities `json:"unknown"`
	Problem string              `json:"problem,omitempty"`
	Names   []string            `json:"names"`
}

// part describes nodes that one DaemonSet can serve.
type part struct {
	Nodes    int                              `json:"nodes"`
	Can      survey.Capabilities              `json:"can"`
	Unknown  survey.Capabilities              `json:"unknown"`
	Targets  []validate.Target                `json:"targets"`
	Selector []corev1.NodeSelectorRequirement `json:"selector"`
}

func newReport(s *survey.Survey, need survey.Capabilities, at time.Time) report {
	r := report{NotWindows: s.NotWindows(), Need: need, Unsupported: s.Unsupported(at)}
	for _, g := range s.Groups() {
		r.Windows += g.Nodes
		r.Groups = append(r.Groups, group{g.Nodes, g.Others, g.Node.Runtime.String(), g.Oldest.String(), g.Newest.String(), g.Node.Mode.String(), g.Node.Can, g.Node.Unknown, problemOf(g.Node), g.Names})
	}
	for _, whole := range s.Split(0) {
		r.Strictest = whole.Targets
	}
	for _, p := range s.Split(need) {
		r.Parts = append(r.Parts, part{p.Nodes, p.Can, p.Unknown, p.Targets, p.Selector})
	}
	return r
}

// problemOf describes missing information about a node; empty if there is none.
func problemOf(n survey.Node) string {
	if n.Err == nil {
		return ""
	}
	return n.Err.Error()
}

// printNode prints a node in a line; Flush returns the error.
func printNode(to *bufio.Writer, format, name string, n survey.Node) {
	if format == "json" {
		_ = json.NewEncoder(to).Encode(struct {
			Node    string              `json:"node"`
			Runtime string              `json:"runtime"`
			Build   string              `json:"build"`
			Mode    string              `json:"mode"`
			Can     survey.Capabilities `json:"can"`
			Unknown survey.Capabilities `json:"unknown"`
			Problem string              `json:"problem,omitempty"`
		}{name, n.Runtime.String(), n.Build.String(), n.Mode.String(), n.Can, n.Unknown, problemOf(n)})
		return
	}
	fmt.Fprintf(to, "%s: %s on Windows %s, mode %s: can %s", output.OneLine(name), cmp.Or(n.Runtime.String(), "-"), cmp.Or(n.Build.String(), "-"), n.Mode, orNothing(n.Can))
	if n.Unknown != 0 {
		fmt.Fprintf(to, "; may %s: %v", n.Unknown, n.Err)
	}
	fmt.Fprintln(to)
}

func orNothing(c survey.Capabilities) string { return cmp.Or(c.String(), "nothing") }

// columns are the capabilities in the order of the table.
var columns = []survey.Capabilities{survey.CapabilityHostProcess, survey.CapabilityLocalGroups, survey.CapabilityInClusterConfig, survey.CapabilityReadOnlyMounts, survey.CapabilityPortForward, survey.CapabilityEnvTokens}

// print prints the report as text; Flush returns the error.
func (r report) print(to *bufio.Writer) {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "NODES\tRUNTIME\tWINDOWS\tMODE")
	for _, c := range columns {
		fmt.Fprint(table, "\t", strings.ToUpper(c.String()))
	}
	fmt.Fprintln(table, "\tEXAMPLES")
	for _, g := range r.Groups {
		g.line(table)
	}
	if r.Windows > 0 {
		table.Flush()
		fmt.Fprintln(to)
	}
	for _, g := range r.Groups {
		if g.Problem != "" {
			fmt.Fprintf(to, "Incomplete information about %s: %s\n", g.names(), g.Problem)
		}
		if g.Others > 0 {
			fmt.Fprintf(to, "%d of the nodes counted with %s have a different runtime or build: too many groups\n", g.Others, g.names())
		}
	}
	for _, u := range r.Unsupported {
		names := group{Names: u.Names}.names()
		if more := u.Nodes - len(u.Names); more > 0 {
			names += fmt.Sprintf(" and %d more", more)
		}
		fmt.Fprintf(to, "%s: %s\n", u, names)
	}
	r.conclusion(to)
}

// line prints a line of the table.
func (g group) line(table io.Writer) {
	build := g.Oldest
	if g.Newest != g.Oldest {
		build += "-" + g.Newest[strings.LastIndex(g.Newest, ".")+1:]
	}
	fmt.Fprintf(table, "%d\t%s\t%s\t%s", g.Nodes, cmp.Or(g.Runtime, "-"), cmp.Or(build, "-"), g.Mode)
	for _, c := range columns {
		answer := "no"
		switch {
		case g.Can.Has(c):
			answer = "yes"
		case g.Unknown.Has(c):
			answer = "?"
		}
		fmt.Fprint(table, "\t", answer)
	}
	fmt.Fprintln(table, "\t"+g.names())
}

func (g group) names() string { return output.OneLine(strings.Join(g.Names, ", ")) }

// served reports whether one DaemonSet can serve all Windows nodes.
func (r report) served() bool { return len(r.Parts) == 1 && r.Parts[0].Can.Has(r.Need) }

// conclusion prints the required DaemonSets.
func (r report) conclusion(to io.Writer) {
	nodes := output.Count(r.Windows, "Windows node")
	fmt.Fprintf(to, "%s; skipped %s\n", nodes, output.Count(r.NotWindows, "other node"))
	switch {
	case r.Windows == 0:
		fmt.Fprintln(to, "No node can run HostProcess pods.")
	case len(r.Parts) == 0:
		fmt.Fprintln(to, "No node is known to run HostProcess pods.")
	case r.served():
		fmt.Fprintf(to, "A single DaemonSet can serve all %s.\n", nodes)
	case len(r.Parts) == 1:
		fmt.Fprintf(to, "No node is known to have all required capabilities: %s.\n", r.Need)
	default:
		fmt.Fprintf(to, "The nodes differ in %[2]s: a single DaemonSet can't serve all of them (%[1]d kinds).\n", len(r.Parts), orNothing(r.Need))
	}
	if len(r.Parts) > 1 && len(r.Strictest) > 0 {
		fmt.Fprintf(to, "Check pods that may run on any of them for the strictest nodes: %s\n", targetList(r.Strictest))
	}
	for _, p := range r.Parts {
		fmt.Fprintf(to, "\n%s%s\n", output.Count(p.Nodes, "node"), p.heading(r.Need))
		fmt.Fprintf(to, "  all of them can  %s\n", orNothing(p.Can))
		if p.Unknown != 0 {
			fmt.Fprintf(to, "  unknown for some %s\n", p.Unknown)
		}
		if len(p.Targets) > 0 {
			fmt.Fprintf(to, "  strictest        lint --containerd %s\n", targetList(p.Targets))
		}
		fmt.Fprintf(to, "  select with      %s\n", p.selector())
	}
}

// targetList formats targets for lint --containerd.
func targetList(targets []validate.Target) string {
	var texts []string
	for _, t := range targets {
		text, _ := t.MarshalText() // never an error
		texts = append(texts, string(text))
	}
	return strings.Join(texts, ",")
}

// heading describes how to serve the nodes of the part.
func (p part) heading(need survey.Capabilities) string {
	switch {
	case p.Can.Has(need):
		return ": a DaemonSet"
	case p.Unknown.Has(need &^ p.Can):
		return ": unknown if a DaemonSet can serve them"
	case p.Can.Has(survey.CapabilityHostProcess):
		return ": a separate DaemonSet, or none"
	}
	return ": no DaemonSet"
}

// selector formats the expressions for kubectl get nodes -l.
func (p part) selector() string {
	var words []string
	for _, e := range p.Selector {
		if len(e.Values) == 1 {
			words = append(words, e.Key+"="+e.Values[0])
		} else {
			words = append(words, e.Key+" in ("+strings.Join(e.Values, ",")+")")
		}
	}
	if len(words) == 0 {
		return "your own labels: no existing label distinguishes these nodes"
	}
	return output.OneLine(strings.Join(words, ","))
}
