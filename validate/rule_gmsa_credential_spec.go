// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// gmsaCredentialSpec: gmsaCredentialSpec has a size.
var gmsaCredentialSpec = rule[optionsCheck]{
	Rule: Rule{
		ID:    "gmsa-credential-spec",
		Title: "gmsaCredentialSpec must hold between 1 byte and 64 KiB",
		Doc: `The API server rejects an empty gmsaCredentialSpec and one of more than 64 KiB.

A HostProcess container ignores it in any case; see gmsa-ignored.`,
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
			message: fmt.Sprintf("has %d bytes: the API server accepts 1 to 65536", size),
		}}
	},
}
