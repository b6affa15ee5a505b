// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
)

func newRules(s streams) *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:   "rules [NAME]...",
		Short: "List the rules of lint, or explain some of them",
		Long: `List the rules that lint checks, or explain the named ones: what happens to a pod that
breaks the rule, on which nodes, how to fix it, and the sources.

Exit codes: 0 if the rules were printed, 2 if a rule doesn't exist or the command line is
invalid.`,
		Example: `  kubectl hostprocess rules
  kubectl hostprocess rules host-network os-missing`,
		ValidArgsFunction: completeRules,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			rules := lint.Rules()
			if len(args) > 0 {
				rules = nil
			}
			for _, arg := range args {
				rule, err := lint.RuleOf(validate.RuleID(arg))
				if err != nil {
					return err
				}
				rules = append(rules, rule)
			}
			out := bufio.NewWriter(s.out)
			p := output.Palette{On: wantsColor(s.out)}
			switch {
			case format == "json":
				for _, rule := range rules {
					printJSONRule(out, rule)
				}
			case len(args) == 0:
				table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
				for _, rule := range rules {
					fmt.Fprintf(table, "%s\t%s\t%s\n", rule.ID, rule.Severity(), rule.Title)
				}
				table.Flush()
			default:
				for i, rule := range rules {
					if i > 0 {
						fmt.Fprintln(out)
					}
					printRule(out, p, rule)
				}
			}
			return out.Flush()
		},
	}
	addFormat(command, &format, []string{"text", "json"})
	return command
}

// printRule explains a rule; Flush returns the error.
func printRule(to *bufio.Writer, p output.Palette, r validate.Rule) {
	fmt.Fprintf(to, "%s  %s\n%s\n\n%s\n\n", p.Bold(string(r.ID)), p.Severity(r.Severity(), r.Severity().String()), r.Title, r.Doc)
	if r.Unverified {
		fmt.Fprint(to, "UNVERIFIED: no source confirms this.\n\n")
	}
	if r.Nodes != "" {
		fmt.Fprintf(to, "Nodes: %s\n", r.Nodes)
	}
	fmt.Fprintf(to, "Fix:   %s\n", r.Fix)
	for _, source := range r.Sources {
		fmt.Fprintf(to, "See:   %s\n", source)
	}
}

// printJSONRule prints a rule as one line of JSON; Flush returns the error.
func printJSONRule(to *bufio.Writer, r validate.Rule) {
	output.JSONLine(to, struct {
		ID         validate.RuleID   `json:"id"`
		Title      string            `json:"title"`
		Doc        string            `json:"doc"`
		Severity   validate.Severity `json:"severity"`
		Outcome    validate.Outcome  `json:"outcome"`
		Unverified bool              `json:"unverified,omitempty"`
		Nodes      string            `json:"nodes,omitempty"`
		Since      string            `json:"since"`
		Sources    []string          `json:"sources,omitempty"`
		Fix        string            `json:"fix"`
	}{r.ID, r.Title, strings.TrimSpace(r.Doc), r.Severity(), r.Outcome, r.Unverified, r.Nodes, r.Since, r.Sources, r.Fix})
}
