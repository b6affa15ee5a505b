// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// accountLocalGroup: containerd 1.6 doesn't support local groups.
var accountLocalGroup = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-local-group",
		Title: "a local group as runAsUserName requires containerd 1.7 or newer",
		Doc: `A runAsUserName without a domain can be the name of a local group of the node. From containerd 1.7 on, the shim (hcsshim) then creates a user in that group for as long as the container runs. The shim of containerd 1.6 takes the name for a user, attempts to log it on without a password, and fails: "failed to create user process token: failed to logon user".

The group must exist on the node before the container starts, which this rule can't check.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource16,
			logonSource + "#L101-L160",
			docSource,
		},
		Fix: `write 'NT AUTHORITY\Local Service', or keep the pod away from nodes with containerd 1.6`,
	},
	when:  noLocalGroups,
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		if o.overridden || !o.group {
			return nil
		}
		return []problem{{
			field:   "runAsUserName",
			message: fmt.Sprintf("is %s, a local group, but containerd 1.6 takes it for a user and can't log it on without a password", quoted(*o.RunAsUserName)),
		}}
	},
}
