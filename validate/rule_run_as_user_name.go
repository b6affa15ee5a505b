// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// runAsUserName: the API server looks at the form of the name.
var runAsUserName = rule[optionsCheck]{
	Rule: Rule{
		ID:    "run-as-user-name",
		Title: "runAsUserName must have the form of an account",
		Doc: `The API server accepts a runAsUserName of the form USER or DOMAIN\USER. The user has 1 to 104 bytes, is more than dots and spaces, and has none of "/\:;|=,+*?<>@[] in it; the domain has at most 255 bytes and the form of a NetBIOS name (1 to 15 characters, not starting with a dot) or of a DNS name. There is at most one backslash, and no control character.

A control character comes from YAML more often than not: between double quotes "NT AUTHORITY\networkservice" has a line break in it. Write it between single quotes, without quotes, or with two backslashes.

Whether a node can run such an account is another question, which the API server does not ask.`,
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
