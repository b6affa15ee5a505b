// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountNumber: a number is a Linux user.
var accountNumber = rule[optionsCheck]{
	Rule: Rule{
		ID:      "account-number",
		Title:   "a number is taken for the user ID of a Linux user",
		Doc:     `containerd takes a runAsUserName that is a number for the ID of a Linux user. The container doesn't start, and with a number from 0 to 2147483647 containerd itself can be disturbed, with the other containers of the node. Of a negative or larger number some versions say "invalid USER value: uid out of range"; the others take it for the name of a user, who can't be logged on; see account-needs-password. The API server accepts all of them.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v1.7.35/oci/spec_opts.go#L635",
			"https://github.com/containerd/containerd/blob/v2.3.4/pkg/oci/spec_opts.go#L640-L646",
		},
		Fix: `write 'NT AUTHORITY\Local Service', or the name of a local group that is not a number`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonNumber)
	},
}
