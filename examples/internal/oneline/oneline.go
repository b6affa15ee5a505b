// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package oneline prints what others wrote.
package oneline

import (
	"strconv"
	"strings"
)

// Of keeps a text of others in one line: what isn't printed, or what a terminal
// would obey, is escaped.
func Of(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
