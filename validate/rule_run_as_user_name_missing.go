// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

var runAsUserNameMissing = rule[containerCheck]{
	Rule: Rule{
		ID:    "run-as-user-name-missing",
		Title: "runAsUserName must be set",
		Doc: `The pod or the container must set the account that a HostProcess container runs as. The API server doesn't require it.

Without runAsUserName, containerd uses the image's user. If that is empty, the shim (hcsshim) refuses to start the container: "empty username or group name passed" ("empty user string passed" on containerd 1.6). If it is ContainerUser or ContainerAdministrator, as in most Windows images, the logon fails, because the host has no such account.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource,
			docSource,
		},
		Fix: `set securityContext.windowsOptions.runAsUserName, for least privilege to NT AUTHORITY\Local Service`,
	},
	about: hasOwnOptions,
	check: func(p pod, c container) []problem {
		if !p.hostProcess(c) || p.runAsUserName(c) != nil {
			return nil
		}
		return []problem{{
			field:   "securityContext.windowsOptions.runAsUserName",
			kind:    required,
			message: "is set neither for the container nor for the pod: the node uses the image's user and fails to start the container",
		}}
	},
}
