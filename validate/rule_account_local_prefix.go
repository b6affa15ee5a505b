// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

var accountLocalPrefix = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-local-prefix",
		Title: "a local group must be named without BUILTIN in front",
		Doc: `BUILTIN\Administrators is how Windows displays the group Administrators. The shim (hcsshim) asks Windows for a local group with the whole text as its name. There is none, because a group name has no backslash, so the shim attempts to log on a user without a password, and the container doesn't start: "failed to create user process token: failed to logon user". The same happens to HOST\group; see account-needs-password. The API server rejects .\group; see run-as-user-name.

BUILTIN\Administrators itself is a group, which can't log on in any case.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L101-L160",
			"https://github.com/microsoft/hcsshim/pull/1286",
		},
		Fix: "write the group's name alone",
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonLocalPrefix)
	},
}
