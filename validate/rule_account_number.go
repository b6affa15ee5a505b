// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"math"
	"strconv"

	"github.com/hostprocess-go/sdk/accounts"
)

// accountNumber: containerd treats a number as a Linux user ID.
var accountNumber = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-number",
		Title: "runAsUserName can't be a number",
		Doc: `containerd takes a runAsUserName from 0 to 2147483647 for the user ID of a Linux user. The container doesn't start, and containerd itself and the node's other containers can be disturbed. The API server accepts the number.

Negative and larger numbers depend on the version of containerd. From 1.7.32, 2.0.9, 2.1.8, 2.2.4 and 2.3.1 on, the container fails with "invalid USER value: uid out of range". Before 1.6.38, 1.7.27 and 2.0.4, they are taken for a user ID as well. In the versions between, they are ordinary names: the name of a local group if the node has one, otherwise of a user who can't be logged on.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/containerd/containerd/blob/v1.7.35/oci/spec_opts.go#L635",
			"https://github.com/containerd/containerd/blob/v1.7.26/oci/spec_opts.go#L614-L619",
			"https://github.com/containerd/containerd/blob/v1.7.31/oci/spec_opts.go#L629-L634",
			"https://github.com/containerd/containerd/blob/v2.3.4/pkg/oci/spec_opts.go#L640-L646",
		},
		Fix: `write 'NT AUTHORITY\Local Service', or the name of a local group that isn't a number`,
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
