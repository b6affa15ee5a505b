// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/internal/winpath"

// spelling is what can be seen at a glance of how a mountPath is written, so
// that most paths need no closer look.
type spelling struct {
	// initial is the first letter of the first name in the path, in lower case;
	// zero for a path that starts with a dot.
	initial byte
	// untidy is true for a path with two separators in a row or with "..".
	untidy bool
	// reserved is a character that no name on Windows can contain, or zero. It is
	// never a separator, a colon or a zero byte.
	reserved byte
	// variable is true for a path with a % or a $, which may start a variable.
	variable bool
}

// spellingOf looks at a path once.
func spellingOf(path string) spelling {
	var s spelling
	start := 0
	if len(path) > 1 && path[1] == ':' {
		start = 2
		if reservedInNames[path[0]] {
			s.reserved = path[0]
		}
	}
	for i := start; i <= len(path); i++ {
		if i < len(path) && !winpath.IsSeparator(path[i]) {
			switch b := path[i]; {
			case b == '%' || b == '$':
				s.variable = true
			case reservedInNames[b] && s.reserved == 0:
				s.reserved = b
			}
			continue
		}
		element := path[start:i]
		s.untidy = s.untidy || element == ".." || element == "" && start > 2 && i < len(path)
		if s.initial == 0 && element != "" {
			s.initial = element[0] | 0x20
		}
		start = i + 1
	}
	if s.initial == '.'|0x20 {
		s.initial = 0
	}
	return s
}

// odd says whether there is anything remarkable.
func (s spelling) odd() bool { return s.untidy || s.reserved != 0 || s.variable }

// mayStartWith says whether the first name of the path, when it is cleaned, may
// start with a lower-case letter, in any case.
func (s spelling) mayStartWith(letter byte) bool {
	return s.initial == letter || s.initial == 0 || s.untidy
}

// reservedInNames are the characters that no name of a file can contain, but for
// separators, colon and zero byte.
//
// Source: https://github.com/MicrosoftDocs/win32/blob/3fc85af06980c2bb6d61c628d403d2e9ebcf2170/desktop-src/FileIO/naming-a-file.md
var reservedInNames = [256]bool{
	'<': true, '>': true, '"': true, '|': true, '?': true, '*': true,
	1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true,
	9: true, 10: true, 11: true, 12: true, 13: true, 14: true, 15: true, 16: true,
	17: true, 18: true, 19: true, 20: true, 21: true, 22: true, 23: true, 24: true,
	25: true, 26: true, 27: true, 28: true, 29: true, 30: true, 31: true,
}
