// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

var accountContainerUser = rule[optionsCheck]{
	Rule: Rule{
		ID:      "account-container-user",
		Title:   "ContainerUser and ContainerAdministrator don't exist on the host",
		Doc:     `Windows creates ContainerUser and ContainerAdministrator inside ordinary containers only. A HostProcess container runs on the host, which has neither account, so the container doesn't start: "failed to create user process token: failed to logon user". The API server accepts both names.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L101-L160",
			"https://github.com/microsoft/hcsshim/issues/1050",
		},
		Fix: `write 'NT AUTHORITY\Local Service', or another account of the host`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonContainerUser)
	},
}
