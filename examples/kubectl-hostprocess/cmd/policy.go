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
		Short: "Print an admission policy for HostProcess pods",
		Long: `Print a ValidatingAdmissionPolicy and its binding. With them, the API server rejects
HostProcess pods whose account, namespace, service account or image you don't allow, and
pods that break a rule. The cluster isn't contacted; to see which accounts are in use, run
kubectl hostprocess privileges.

Exit codes: 0 if the policy was printed, 2 if the command line is invalid.`,
		Example: `  # Allow one agent in its namespace
  kubectl hostprocess policy --account 'NT AUTHORITY\Local Service' --namespace agents \
    --image registry.example.com/agents/ | kubectl apply -f -

  # List the rules in the policy, and why the others aren't in it
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
	flags.StringArrayVar(&names, "account", nil, "allow containers to run as this `account`: a built-in service account or a local group")
	flags.StringSliceVar(&o.Namespaces, "namespace", nil, "allow HostProcess pods in this `namespace` (default: all)")
	flags.StringSliceVar(&o.ServiceAccounts, "service-account", nil, "allow this Kubernetes service account, as `namespace/name` (default: all)")
	flags.StringSliceVar(&o.Images, "image", nil, "allow this `image`, without a tag, or all images below a prefix that ends with a slash (default: all)")
	flags.StringSliceVar(&actions, "action", nil, "`action` of the API server on other pods: Deny, Warn or Audit (default: Deny)")
	flags.StringVar(&o.Name, "name", "hostprocess", "`name` of the policy and its binding")
	flags.BoolVar(&rules, "rules", false, "list the rules that the policy can and can't express")
	return command
}

// printPolicy prints the policy and its binding as YAML; Flush returns the error.
func printPolicy(to *bufio.Writer, o policy.Options) error {
	vap, binding, err := o.Build()
	if err != nil {
		return err
	}
	// Omit the empty status.
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
