// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/accounts"

// accountImpossible: no account can have the name.
var accountImpossible = rule[optionsCheck]{
	Rule: Rule{
		ID:    "account-impossible",
		Title: "no account can have the name",
		Doc: `The API server accepts names that no account of Windows can have: with control characters and line separators that are not ASCII, with a period at the end, or with bytes that are no text. The node finds no such group and no such user, and the container doesn't start: "failed to create user process token: failed to logon user".

The most common cause is YAML: between double quotes "NT AUTHORITY\Local Service" is NT AUTHORITY, a line separator (U+2028), ocal Service. Write it between single quotes, without quotes, or with two backslashes.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			logonSource + "#L101-L160",
			"https://yaml.org/spec/1.2.2/#57-escaped-characters",
			"https://github.com/MicrosoftDocs/sdk-api/blob/01397c928b240d956b80a22d04fdf80910c6aede/sdk-api-src/content/lmaccess/nf-lmaccess-netlocalgroupadd.md",
		},
		Fix: `write the name of an account; in YAML between single quotes`,
	},
	about: hasUncommonAccount,
	check: func(_ pod, o options) []problem {
		return o.fails(accounts.ReasonControlCharacter, accounts.ReasonTrailingPeriod, accounts.ReasonInvalidUTF8)
	},
}
