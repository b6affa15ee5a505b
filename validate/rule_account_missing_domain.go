// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

var accountMissingDomain = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-missing-domain",
		Title: "a service account must be named with NT AUTHORITY in front",
		Doc: `SYSTEM, LocalSystem, LocalService and similar names are service accounts only with NT AUTHORITY\ in front. Without it, the shim (hcsshim) looks for a local group of that name, finds none, and attempts an interactive logon without a password. The container doesn't start: "failed to create user process token: failed to logon user".

The same happens to every name that needs a password; see account-needs-password. SYSTEM isn't a user name that Windows knows.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L101-L160",
			logonSource16,
			"https://github.com/microsoft/hcsshim/pull/1286",
			"https://github.com/MicrosoftDocs/win32/blob/0180b6dbcaa133e58745702bf0ebefa871ee151b/desktop-src/Services/localsystem-account.md",
		},
		Fix: "put NT AUTHORITY and a backslash in front of the name",
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonMissingDomain)
	},
}
