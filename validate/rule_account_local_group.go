// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// accountLocalGroup: containerd 1.6 knows no local groups.
var accountLocalGroup = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-local-group",
		Title: "a local group needs containerd 1.7 or newer",
		Doc: `From containerd 1.7 on, a runAsUserName without a domain that is the name of a local group of the node makes the shim create a user in that group for as long as the container runs. The shim of containerd 1.6 takes the name for that of a user, tries to log it on without a password, and fails: "failed to create user process token: failed to logon user".

The group must exist on the node before the container starts; that can't be seen from the pod.`,
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
			message: fmt.Sprintf("is %s, a local group: containerd 1.6 takes it for a user, and fails to log it on without a password", quoted(*o.RunAsUserName)),
		}}
	},
}
