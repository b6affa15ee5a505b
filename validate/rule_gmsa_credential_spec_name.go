// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

var gmsaCredentialSpecName = rule[optionsCheck]{
	Rule: Rule{
		ID:    "gmsa-credential-spec-name",
		Title: "gmsaCredentialSpecName must be a DNS name",
		Doc: `gmsaCredentialSpecName is the name of a GMSACredentialSpec object, so it must be a lower-case DNS-1123 subdomain. The API server rejects any other value.

HostProcess containers ignore the field anyway; see gmsa-ignored.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L8888-L8893",
		},
		Fix: "remove gmsaCredentialSpecName",
	},
	about: hasGMSA,
	check: func(_ pod, o options) []problem {
		if o.GMSACredentialSpecName == nil {
			return nil
		}
		var problems []problem
		for _, message := range validation.IsDNS1123Subdomain(*o.GMSACredentialSpecName) {
			message, _, _ = strings.Cut(message, " (e.g.") // an example and the regular expression
			problems = append(problems, problem{
				field:   "gmsaCredentialSpecName",
				message: fmt.Sprintf("is %s, which the API server rejects: %s", quoted(*o.GMSACredentialSpecName), message),
			})
		}
		return problems
	},
}
