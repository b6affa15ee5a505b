// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountNeedsPassword: Kubernetes has no field for a password.
var accountNeedsPassword = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-needs-password",
		Title: "runAsUserName can't be an account that needs a password",
		Doc: `Kubernetes and CRI have no field for a password, so the shim (hcsshim) logs users on without one. Windows refuses this for every domain account, for every managed service account, such as a gMSA (its name ends in $), and for every local user that has a password. It refuses it even for a local user without a password, unless an administrator has turned off the policy "Limit local account use of blank passwords to console logon only". The API server accepts the name, and the container doesn't start: "failed to create user process token: failed to logon user".

The Kubernetes documentation says that any user of the host or its domain can be used. The shim's code has no way to do that.

To run as anything but the three service accounts, create a local group on the node, grant it the rights, and write its name without a host or domain in front: the shim creates a user in the group for as long as the container runs (containerd 1.7 or newer).`,
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
