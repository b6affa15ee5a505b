// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// runAsUserNameMissing: somebody has to say who the process runs as.
var runAsUserNameMissing = rule[containerCheck]{
	Rule: Rule{
		ID:    "run-as-user-name-missing",
		Title: "runAsUserName is required",
		Doc: `A HostProcess container must be told which account it runs as, by itself or by the pod. The API server does not ask for it.

Without it containerd takes the user of the image. If that is empty, hcsshim refuses to start the container: "empty username or group name passed" ("empty user string passed" on containerd 1.6). If it is ContainerUser or ContainerAdministrator, as in most Windows images, the logon fails, because a host has no such account.`,
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
			message: "is set neither for the container nor for the pod: the node falls back to the image's user and fails to start the container",
		}}
	},
}
