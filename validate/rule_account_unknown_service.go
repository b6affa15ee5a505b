// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

var accountUnknownService = rule[optionsCheck]{
	Rule: Rule{
		ID:      "account-unknown-service",
		Title:   `NT AUTHORITY\ must be followed by SYSTEM, Local Service or NetworkService`,
		Doc:     `HostProcess containers support three accounts of NT AUTHORITY: NT AUTHORITY\SYSTEM, NT AUTHORITY\Local Service and NT AUTHORITY\NetworkService. The part after the backslash is not case-sensitive. With any other name, the container doesn't start: "failed to create user process token: failed to logon user". The API server accepts the name.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			docSource,
			logonSource + "#L129-L159",
		},
		Fix: `write 'NT AUTHORITY\SYSTEM', 'NT AUTHORITY\Local Service' or 'NT AUTHORITY\NetworkService'`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonUnknownService)
	},
}
