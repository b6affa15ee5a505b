// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package quote quotes untrusted text in a message. Unlike strconv.Quote, it doesn't
// double the backslashes of a Windows path.
package quote

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text returns s in double quotes, with its backslashes as they are. The result is a
// single line, and different texts have different results: a quote in s gets a backslash
// before it, and an unprintable character is replaced with its code point, as in
// "C:<U+000A>ew", because \n would be part of many paths. A byte that isn't UTF-8 is
// written as <0xFF>.
func Text(s string) string {
	if Plain(s) {
		return `"` + s + `"`
	}
	var b strings.Builder
	b.WriteByte('"')
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "<0x%02X>", s[i])
		case r == '"':
			b.WriteString(`\"`)
		case !strconv.IsPrint(r) || startsName(s[i:]):
			fmt.Fprintf(&b, "<%U>", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Plain reports whether Text returns s between quotes as it is.
func Plain(s string) bool {
	for i, r := range s {
		if r == '"' || !strconv.IsPrint(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) || startsName(s[i:]) {
			return false
		}
	}
	return true
}

// startsName reports whether s starts like the name of something that can't be shown.
func startsName(s string) bool { return strings.HasPrefix(s, "<U+") || strings.HasPrefix(s, "<0x") }
