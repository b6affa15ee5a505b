// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"math"
	"strconv"

	"github.com/hostprocess-go/sdk/accounts"
)

// accountNumber: a number is a Linux user.
var accountNumber = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-number",
		Title: "a number is taken for the user ID of a Linux user",
		Doc: `containerd takes a runAsUserName that is a number from 0 to 2147483647 for the ID of a Linux user. The container doesn't start, and containerd itself can be disturbed, with the other containers of the node. The API server accepts it.

Of a negative or larger number, containerd says "invalid USER value: uid out of range" from 1.7.32, 2.0.9, 2.1.8, 2.2.4 and 2.3.1 on, and the container doesn't start either. Before 1.6.38, 1.7.27 and 2.0.4 it was taken for an ID as well. To the versions between it is a name: that of a local group, if the node has it, or else that of a user, who can't be logged on.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v1.7.35/oci/spec_opts.go#L635",
			"https://github.com/containerd/containerd/blob/v1.7.26/oci/spec_opts.go#L614-L619",
			"https://github.com/containerd/containerd/blob/v1.7.31/oci/spec_opts.go#L629-L634",
			"https://github.com/containerd/containerd/blob/v2.3.4/pkg/oci/spec_opts.go#L640-L646",
		},
		Fix: `write 'NT AUTHORITY\Local Service', or the name of a local group that is not a number`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		problems := o.fails(accounts.ReasonNumber)
		for i := range problems {
			if n, err := strconv.Atoi(*o.RunAsUserName); err != nil || n < 0 || n > math.MaxInt32 {
				problems[i].when = noNumberedGroups
			}
		}
		return problems
	},
}
