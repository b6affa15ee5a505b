// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// gmsaIgnored: the shim doesn't read the credential spec.
var gmsaIgnored = rule[optionsCheck]{
	Rule: Rule{
		ID:    "gmsa-ignored",
		Title: "a gMSA credential spec has no effect on a HostProcess container",
		Doc: `gmsaCredentialSpec and gmsaCredentialSpecName give an ordinary Windows container the identity of a group managed service account (gMSA). The kubelet and containerd pass them on for HostProcess containers too, but no version of the shim (hcsshim) reads them: on the network, the container acts as its runAsUserName. NT AUTHORITY\SYSTEM and NT AUTHORITY\NetworkService act as the computer account if the node is a member of a domain.

A webhook that resolves gmsaCredentialSpecName may still reject the pod if its ServiceAccount may not use the spec.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/tree/v0.15.0-rc.4/internal/jobcontainers",
			kepSource,
		},
		Fix: "remove the credential spec, and set runAsUserName to an account that has the rights",
	},
	about: hasGMSA,
	check: func(p pod, o options) []problem {
		const message = "is ignored: the container runs and acts on the network as its runAsUserName"
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
