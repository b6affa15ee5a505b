// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

var accountImpossible = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-impossible",
		Title: "runAsUserName must be a name that a Windows account can have",
		Doc: `The API server accepts names that no Windows account can have: names with non-ASCII control characters or line separators, names that end in a period, and names that aren't valid UTF-8. The node finds neither a group nor a user with such a name, and the container doesn't start: "failed to create user process token: failed to logon user".

The most common cause is YAML: in double quotes, "NT AUTHORITY\Local Service" means NT AUTHORITY, a line separator (U+2028), ocal Service. Use single quotes, no quotes, or two backslashes.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L101-L160",
			"https://yaml.org/spec/1.2.2/#57-escaped-characters",
			"https://github.com/MicrosoftDocs/sdk-api/blob/01397c928b240d956b80a22d04fdf80910c6aede/sdk-api-src/content/lmaccess/nf-lmaccess-netlocalgroupadd.md",
		},
		Fix: "write the name of an account, in YAML in single quotes",
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonControlCharacter, accounts.ReasonTrailingPeriod, accounts.ReasonInvalidUTF8)
	},
}
