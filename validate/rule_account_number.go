// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountNumber: a number is a Linux user.
var accountNumber = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-number",
		Title: "a number is taken for the user ID of a Linux user",
		Doc: `containerd takes a runAsUserName that is a number for the ID of a Linux user, and looks for the files of a Linux image to find out more. On Windows there is no such thing: by its code containerd would use a nil pointer there, and the name never gets to Windows. The API server accepts it.

What really happens on a node has not been tried.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v1.7.35/oci/spec_opts.go#L635",
		},
		Fix: `write 'NT AUTHORITY\Local Service', or the name of a local group that is not a number`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonNumber)
	},
}
