// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountDomainSpelling: the shim compares the domain case-sensitively.
var accountDomainSpelling = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-domain-spelling",
		Title: "the domain NT AUTHORITY must be in upper case, with one space",
		Doc: `The shim (hcsshim, the part of the runtime that starts HostProcess containers) logs an account on as a service account only if the text before the backslash is exactly NT AUTHORITY. For nt authority, NTAUTHORITY and other spellings, it attempts an interactive logon without a password, as for a user of a domain with that name, and the container doesn't start: "failed to create user process token: failed to logon user". The part after the backslash is not case-sensitive.

The same happens to every name that needs a password; see account-needs-password.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L129-L159",
			logonSource16,
			"https://github.com/microsoft/hcsshim/pull/1286",
		},
		Fix: "write NT AUTHORITY in upper case, with one space",
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonDomainSpelling)
	},
}
