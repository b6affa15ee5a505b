// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate/policy"
)

func newPolicy(s streams) *cobra.Command {
	var (
		o              policy.Options
		names, actions []string
		rules          bool
	)
	command := &cobra.Command{
		Use:   "policy --account ACCOUNT...",
		Short: "Print a policy that admits only the HostProcess pods that you name",
		Long: `Print a ValidatingAdmissionPolicy, and its binding: the API server then refuses
HostProcess pods that run as other accounts, in other namespaces, with other service
accounts or images than those that you name, and those that break a rule. The cluster
isn't asked: kubectl hostprocess privileges shows which accounts are in use.

Exit codes: 0 if the policy was printed, 2 if the command line is wrong.`,
		Example: `  # One agent, in its namespace
  kubectl hostprocess policy --account 'NT AUTHORITY\Local Service' --namespace agents \
    --image registry.example.com/agents/ | kubectl apply -f -

  # Which rules the policy has, and why it lacks the others
  kubectl hostprocess policy --rules`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			out := bufio.NewWriter(s.out)
			if rules {
				printRules(out)
				return out.Flush()
			}
			for _, name := range names {
				account, err := accounts.Parse(name)
				if err != nil {
					return fmt.Errorf("--account: %w", err)
				}
				o.Accounts = append(o.Accounts, account)
			}
			for _, action := range actions {
				o.Actions = append(o.Actions, admissionregistrationv1.ValidationAction(action))
			}
			if err := printPolicy(out, o); err != nil {
				return err
			}
			return out.Flush()
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&names, "account", nil, "an `account` that containers may run as: a service account or a local group")
	flags.StringSliceVar(&o.Namespaces, "namespace", nil, "a `namespace` that may have HostProcess pods (default all)")
	flags.StringSliceVar(&o.ServiceAccounts, "service-account", nil, "a service account that they may have, as `namespace/name` (default all)")
	flags.StringSliceVar(&o.Images, "image", nil, "an `image` without a tag that they may have, or the start of some, which ends with a slash (default all)")
	flags.StringSliceVar(&actions, "action", nil, "the `action` of the API server on another pod: Deny, Warn or Audit (default Deny)")
	flags.StringVar(&o.Name, "name", "hostprocess", "the `name` of the policy and of its binding")
	flags.BoolVar(&rules, "rules", false, "list which rules the policy has")
	return command
}

// printPolicy prints two documents of YAML; Flush returns the error.
func printPolicy(to *bufio.Writer, o policy.Options) error {
	vap, binding, err := o.Build()
	if err != nil {
		return err
	}
	// The status is the API server's.
	for i, object := range []any{struct {
		*admissionregistrationv1.ValidatingAdmissionPolicy
		Status *struct{} `json:"status,omitempty"`
	}{ValidatingAdmissionPolicy: vap}, binding} {
		text, err := yaml.Marshal(object)
		if err != nil {
			return fmt.Errorf("policy: %w", err)
		}
		if i > 0 {
			fmt.Fprintln(to, "---")
		}
		_, _ = to.Write(text)
	}
	return nil
}

// printRules lists the rules.
func printRules(to *bufio.Writer) {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, id := range policy.Expressed() {
		fmt.Fprintf(table, "%s\tyes\n", id)
	}
	for _, gap := range policy.NotExpressed() {
		fmt.Fprintf(table, "%s\tno: %s\n", gap.Rule, gap.Why)
	}
	table.Flush()
}
