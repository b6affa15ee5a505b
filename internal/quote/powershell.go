// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package quote

import "strings"

// PowerShell returns a string literal that PowerShell reads as the text. PowerShell
// takes typographic single quotes for single quotes.
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/parser/CharTraits.cs
func PowerShell(text string) string {
	return "'" + powerShellQuotes.Replace(text) + "'"
}

var powerShellQuotes = strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019", "\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b")
