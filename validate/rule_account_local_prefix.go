// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountLocalPrefix: a local group is named alone.
var accountLocalPrefix = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-local-prefix",
		Title: "a local group is named without BUILTIN before it",
		Doc: `BUILTIN\Administrators is how Windows shows the group Administrators. The shim asks Windows for a local group with the whole text as its name, and there is none, because a name has no backslash. Then it tries to log a user on without a password: "failed to create user process token: failed to logon user". The same holds for .\group, which the API server doesn't accept at all (see run-as-user-name), and for HOST\group (see account-needs-password).

The shim does the same with every name that needs a password; see account-needs-password. And Administrators is a group, which can't be logged on.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L101-L160",
			"https://github.com/microsoft/hcsshim/pull/1286",
		},
		Fix: `write the name of the group alone`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonLocalPrefix)
	},
}
