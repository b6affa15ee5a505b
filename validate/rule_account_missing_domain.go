// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountMissingDomain: a service account has a domain.
var accountMissingDomain = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-missing-domain",
		Title: "a service account needs NT AUTHORITY before its name",
		Doc: `SYSTEM, LocalSystem, LocalService and the like, without NT AUTHORITY\ before them, are not logged on as service accounts. The shim looks for a local group of that name, finds none, and tries an interactive logon without a password: "failed to create user process token: failed to logon user".

The shim does the same with every name that needs a password; see account-needs-password. Windows doesn't know SYSTEM as the name of a user.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L101-L160",
			logonSource16,
			"https://github.com/microsoft/hcsshim/pull/1286",
			"https://github.com/MicrosoftDocs/win32/blob/0180b6dbcaa133e58745702bf0ebefa871ee151b/desktop-src/Services/localsystem-account.md",
		},
		Fix: `put NT AUTHORITY and a backslash before the name`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonMissingDomain)
	},
}
