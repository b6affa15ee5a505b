// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountDomainSpelling: the shim compares the domain with its case.
var accountDomainSpelling = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-domain-spelling",
		Title: "NT AUTHORITY must be spelled exactly so",
		Doc: `The shim logs an account on as a service only where the text before the backslash is exactly NT AUTHORITY: upper case, one space. With nt authority, NTAUTHORITY and the like it tries an interactive logon without a password, as for a user of a domain of that name: "failed to create user process token: failed to logon user". What comes after the backslash is not case-sensitive.

The shim does the same with every name that needs a password; see account-needs-password.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L129-L159",
			logonSource16,
			"https://github.com/microsoft/hcsshim/pull/1286",
		},
		Fix: `write NT AUTHORITY in upper case with one space`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonDomainSpelling)
	},
}
