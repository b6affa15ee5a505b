// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// suggest returns the valid runAsUserName that name is a misspelling of, or "" if
// that isn't certain.
func suggest(name string) string {
	if !utf8.ValidString(name) {
		return ""
	}
	domain, user, _ := splitDomain(clean(name))
	user = strings.TrimSpace(user)
	if service := meantService(user); service != "" {
		if domain == "" || domain == "." || equalFold(domain, "BUILTIN") || meansNTAuthority(domain) {
			return string(service)
		}
	}
	if domain != "" && domain != "." && !equalFold(domain, "BUILTIN") {
		return ""
	}
	if service, reason := classify(user); service != "" || reason != "" {
		return string(service)
	}
	return user
}

// clean undoes typical damage to a name in a manifest: spaces, line breaks and
// quotes around it, backslashes doubled or not doubled against YAML's rules, and
// slashes in their place.
func clean(name string) string {
	name = strings.TrimFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || r == '"' || r == '\''
	})
	var b strings.Builder
	for _, r := range name {
		if r == '/' {
			r = '\\'
		}
		if letter := yamlEscape(r); letter != 0 {
			b.WriteByte('\\')
			r = letter
		}
		b.WriteRune(r)
	}
	name = b.String()
	for strings.Contains(name, `\\`) {
		name = strings.ReplaceAll(name, `\\`, `\`)
	}
	return name
}

// yamlEscape returns the letter that, after a backslash in a double-quoted
// string, YAML turns into r, or 0. So "NT AUTHORITY\Local Service" becomes NT
// AUTHORITY, U+2028, ocal Service. Source:
// https://yaml.org/spec/1.2.2/#57-escaped-characters
func yamlEscape(r rune) rune {
	switch r {
	case '\a':
		return 'a'
	case '\b':
		return 'b'
	case '\t':
		return 't'
	case '\n':
		return 'n'
	case '\v':
		return 'v'
	case '\f':
		return 'f'
	case '\r':
		return 'r'
	case '\x1b':
		return 'e'
	case '\u0085':
		return 'N'
	case '\u2028':
		return 'L'
	case '\u2029':
		return 'P'
	}
	return 0
}
