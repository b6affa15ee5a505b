// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// refuseName returns the reason why name, relative to a directory, may not be looked up
// below it, or "".
func refuseName(name string) Reason {
	switch {
	case name == "" || winpath.IsSeparator(name[0]):
		return ReasonLeavesMount
	case strings.Contains(name, "\x00"):
		return ReasonNULByte
	case len(name) > 1 && name[1] == ':' && (len(name) == 2 || winpath.IsSeparator(name[2])):
		return ReasonLeavesMount
	case strings.Contains(name, ":"):
		return ReasonColonInName
	}
	for _, elem := range strings.FieldsFunc(name, isSeparator) {
		// Windows drops dots and spaces at the end of a name.
		if elem != "." && strings.Trim(elem, ". ") == "" {
			return ReasonLeavesMount
		}
		if reserved(elem) {
			return ReasonReservedName
		}
	}
	return ""
}

func isSeparator(r rune) bool { return r == '\\' || r == '/' }

// reserved reports whether Windows takes name for a device, with any extension: before
// Windows 11, NUL.txt is the same as NUL.
//
// Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func reserved(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(base, "COM")
	if !ok {
		port, ok = strings.CutPrefix(base, "LPT")
	}
	switch {
	case !ok:
		return false
	case len(port) == 1:
		return '1' <= port[0] && port[0] <= '9'
	}
	return port == "\u00b9" || port == "\u00b2" || port == "\u00b3"
}
