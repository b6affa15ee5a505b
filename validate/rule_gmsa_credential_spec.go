// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

var gmsaCredentialSpec = rule[optionsCheck]{
	Rule: Rule{
		ID:    "gmsa-credential-spec",
		Title: "gmsaCredentialSpec must have 1 byte to 64 KiB",
		Doc: `The API server rejects a gmsaCredentialSpec that is empty or larger than 64 KiB.

HostProcess containers ignore the field anyway; see gmsa-ignored.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L8895-L8902",
		},
		Fix: "remove gmsaCredentialSpec",
	},
	about: hasGMSA,
	check: func(_ pod, o options) []problem {
		if o.GMSACredentialSpec == nil {
			return nil
		}
		size := len(*o.GMSACredentialSpec)
		if size > 0 && size <= 64<<10 {
			return nil
		}
		return []problem{{
			field:   "gmsaCredentialSpec",
			message: fmt.Sprintf("has %d bytes, but the API server accepts only 1 to 65536", size),
		}}
	},
}
