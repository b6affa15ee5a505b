// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// runAsUserName: the API server checks the form of the name.
var runAsUserName = rule[optionsCheck]{
	Rule: Rule{
		ID:    "run-as-user-name",
		Title: "runAsUserName must have the form of an account name",
		Doc: `The API server accepts a runAsUserName of the form USER or DOMAIN\USER. USER has 1 to 104 bytes, doesn't consist of dots and spaces only, and contains none of "/\:;|=,+*?<>@[]. DOMAIN has at most 255 bytes and is a NetBIOS name (1 to 15 characters, not starting with a dot) or a DNS name. The name contains no control character and at most one backslash.

A control character usually comes from YAML: in double quotes, "NT AUTHORITY\networkservice" contains a line break. Use single quotes, no quotes, or two backslashes.

The API server doesn't check whether a node can run a container as that account; the rules account-… do.`,
		Outcome: OutcomeRejected,
		Since:   "v0.1.0",
		Sources: []string{
			validationSource + "#L8904-L8957",
		},
		Fix: `write the name of an account, such as 'NT AUTHORITY\Local Service'`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		if o.fault == nil || !o.fault.APIServer() {
			return nil
		}
		return o.faulty()
	},
}
