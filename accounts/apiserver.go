// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

import (
	"strings"
	"unicode/utf8"
)

// Limits of the API server, in bytes.
const (
	maxDomain = 255
	maxUser   = 104
)

// The characters that the API server forbids, all of them ASCII.
const (
	illegalInUser    = `"/\:;|=,+*?<>@[]`
	illegalInNetBIOS = `\/:*?"<>|`
)

// apiServerReason returns the first reason, in the API server's order, for which
// it rejects name as a runAsUserName, or "" if it accepts it. Source:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L8904
func apiServerReason(name string) Reason {
	domain, user, hasDomain := splitDomain(name)
	switch {
	case name == "":
		return ReasonEmpty
	case strings.ContainsFunc(name, isASCIIControl):
		return ReasonControlCharacter
	case strings.Contains(user, `\`):
		return ReasonBackslashes
	case len(domain) > maxDomain:
		return ReasonTooLong
	case hasDomain && !isNetBIOSName(domain) && !isDNSName(domain):
		return ReasonDomainFormat
	case user == "":
		return ReasonEmpty
	case len(user) > maxUser:
		return ReasonTooLong
	case strings.Trim(user, ". ") == "":
		return ReasonDotsAndSpaces
	case strings.ContainsAny(user, illegalInUser):
		return ReasonIllegalCharacter
	}
	return ""
}

// isASCIIControl reports whether r is a control character to the API server,
// whose [[:cntrl:]] is ASCII only.
func isASCIIControl(r rune) bool {
	return r < 0x20 || r == 0x7f
}

// isNetBIOSName reports whether s is a domain of the short form: 1 to 15 characters
// (not bytes) that don't start with a dot.
func isNetBIOSName(s string) bool {
	return s != "" && s[0] != '.' &&
		utf8.RuneCountInString(s) <= 15 &&
		!strings.ContainsAny(s, illegalInNetBIOS)
}

// isDNSName reports whether s is a domain of the long form: labels of letters,
// digits and hyphens, separated by dots.
func isDNSName(s string) bool {
	for more := true; more; {
		var label string
		label, s, more = strings.Cut(s, ".")
		if !isDNSLabel(label) {
			return false
		}
	}
	return true
}

func isDNSLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		alnum := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !alnum && c != '-' {
			return false
		}
	}
	return true
}
