// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountNeedsPassword: there is nowhere to put a password.
var accountNeedsPassword = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-needs-password",
		Title: "a user, a domain account or a gMSA would need a password",
		Doc: `The shim logs a user on without a password, because Kubernetes and CRI have no field for one. Windows refuses that for every account of a domain, for every managed service account (its name ends in a $), and for every user of the host that has a password; a user of the host without one it refuses unless an administrator has turned off the policy "Limit local account use of blank passwords to console logon only". The container doesn't start: "failed to create user process token: failed to logon user". The API server accepts the name.

The documentation says that any user of the host or its domain can be used. The code of the shim has no way to do that.

A local group is named alone, without the host or a domain before it. To run as something else than the three service accounts, make a local group on the node, give it the rights, and name the group: the shim makes a user in it for as long as the container runs (containerd 1.7 or newer).`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L129-L159",
			logonSource16,
			"https://github.com/microsoft/hcsshim/pull/1286",
			"https://github.com/MicrosoftDocs/windows-itpro-docs/blob/20ef709c8381cff55b0d0c36049677b7992c1add/windows/security/threat-protection/security-policy-settings/accounts-limit-local-account-use-of-blank-passwords-to-console-logon-only.md#default-values",
		},
		Fix: `write 'NT AUTHORITY\Local Service', or the name of a local group alone (containerd 1.7 or newer)`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonNeedsPassword)
	},
}
