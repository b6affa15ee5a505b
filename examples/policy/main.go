// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Policy prints a ValidatingAdmissionPolicy for HostProcess pods, and its binding:
//
//	go run ./examples/policy -account 'NT AUTHORITY\Local Service' -namespace agents \
//		-image registry.example.com/agents/ | kubectl apply -f -
//
// Each flag but -name can be given more than once. With -rules it prints instead
// which rules the policy has, and of every other one why it doesn't.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate/policy"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("policy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: policy -account ACCOUNT... [-namespace NAMESPACE...] [-service-account NAMESPACE/NAME...] [-image IMAGE...]\n       policy -rules")
		flags.PrintDefaults()
	}
	var o policy.Options
	flags.Func("account", "an `account` that containers may run as: a service account or a local group", func(text string) error {
		account, err := accounts.Parse(text)
		if err == nil {
			o.Accounts = append(o.Accounts, account)
		}
		return err
	})
	list := func(to *[]string, name, usage string) {
		flags.Func(name, usage, func(text string) error { *to = append(*to, text); return nil })
	}
	list(&o.Namespaces, "namespace", "a `namespace` that may have HostProcess pods (default every one)")
	list(&o.ServiceAccounts, "service-account", "a service account that they may have, as `namespace/name` (default every one)")
	list(&o.Images, "image", "an `image` without a tag that they may have, or the start of some, with a slash at its end (default every one)")
	flags.Func("action", "what the API server does with another pod: `Deny`, Warn or Audit (default Deny)", func(text string) error {
		o.Actions = append(o.Actions, admissionregistrationv1.ValidationAction(text))
		return nil
	})
	flags.StringVar(&o.Name, "name", "hostprocess", "the `name` of the policy and of its binding")
	rules := flags.Bool("rules", false, "print which rules the policy has")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "policy: argument %q: there are flags only\n", flags.Arg(0))
		return 2
	}
	out := bufio.NewWriter(stdout)
	if *rules {
		printRules(out)
	} else if err := printPolicy(out, o); err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintf(stderr, "policy: %v\n", err)
		return 1
	}
	return 0
}

// printPolicy prints two documents of YAML; whoever flushes the writer sees its
// error.
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
