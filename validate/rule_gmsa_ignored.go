// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// gmsaIgnored: the shim does not look at the credential spec.
var gmsaIgnored = rule[optionsCheck]{
	Rule: Rule{
		ID:    "gmsa-ignored",
		Title: "a gMSA credential spec does nothing for a HostProcess container",
		Doc: `gmsaCredentialSpec and gmsaCredentialSpecName give an ordinary Windows container the identity of a group managed service account. The kubelet and containerd pass it on for a HostProcess container too, but the shim never reads it, in no version: the container is on the network what its runAsUserName is. NT AUTHORITY\SYSTEM and NT AUTHORITY\NetworkService are the computer itself, if the node is a member of a domain.

A webhook that resolves gmsaCredentialSpecName, where there is one, may still refuse the pod if the ServiceAccount may not use it.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/tree/v0.15.0-rc.4/internal/jobcontainers",
			kepSource,
		},
		Fix: "remove the credential spec, and choose an account by runAsUserName that has the rights",
	},
	about: hasGMSA,
	check: func(p pod, o options) []problem {
		const message = "is ignored: the container runs, and is on the network, as its runAsUserName"
		var problems []problem
		if o.GMSACredentialSpec != nil && gmsaCredentialSpec.check(p, o) == nil {
			problems = append(problems, problem{field: "gmsaCredentialSpec", message: message})
		}
		if o.GMSACredentialSpecName != nil && gmsaCredentialSpecName.check(p, o) == nil {
			problems = append(problems, problem{field: "gmsaCredentialSpecName", message: fmt.Sprintf("is %s, which %s", quoted(*o.GMSACredentialSpecName), message)})
		}
		return problems
	},
}
