// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse returns the account that a node runs a HostProcess container as for a value
// of runAsUserName.
//
// It accepts the three service accounts, with the part after "NT AUTHORITY\" in
// any case and with or without the space in "Local Service" and "Network
// Service", and returns the constant, whose spelling may differ. It accepts any
// other name that a local group can have and returns it unchanged as a
// [LocalGroup]. It can't know whether the node has such a group, so it accepts
// "Adminstrators", "bob" and a name with a trailing space too.
//
// For any other text it returns nil and a *[ParseError], which describes what the
// node or the API server would do and what to write instead.
//
// Parse(a.RunAsUserName()) returns a for every account a that is valid.
func Parse(runAsUserName string) (Account, error) {
	service, reason := classify(runAsUserName)
	switch {
	case reason != "":
		return nil, newParseError(runAsUserName, reason)
	case service == LocalSystem:
		return LocalSystem, nil // a constant, unlike service, converts without allocating
	case service == LocalService:
		return LocalService, nil
	case service == NetworkService:
		return NetworkService, nil
	}
	return LocalGroup(runAsUserName), nil
}

// classify returns the service account that a node takes name for, or the reason why
// the node can't use it, or neither if it is a local group.
func classify(name string) (ServiceAccount, Reason) {
	switch service := ServiceAccount(name); service {
	case LocalSystem, LocalService, NetworkService: // most names by far
		return service, ""
	}
	if reason := apiServerReason(name); reason != "" {
		if group, ok := strings.CutPrefix(name, `.\`); ok && apiServerReason(group) == "" {
			return "", ReasonLocalPrefix
		}
		return "", reason
	}
	if !utf8.ValidString(name) {
		return "", ReasonInvalidUTF8
	}
	if strings.ContainsFunc(name, isControl) {
		return "", ReasonControlCharacter
	}
	domain, user, ok := splitDomain(name)
	if ok {
		return classifyQualified(domain, user)
	}
	return "", classifyBare(user)
}

// classifyQualified is classify for DOMAIN\user.
func classifyQualified(domain, user string) (ServiceAccount, Reason) {
	service := serviceAccount(user)
	switch {
	case domain == ntAuthority && service != "":
		return service, ""
	case domain == ntAuthority:
		return "", ReasonUnknownService
	case meansNTAuthority(domain):
		return "", ReasonDomainSpelling
	case equalFold(domain, "User Manager") && isContainerUser(user):
		return "", ReasonContainerUser
	case equalFold(domain, "BUILTIN"):
		return "", ReasonLocalPrefix
	}
	return "", ReasonNeedsPassword
}

// classifyBare is classify for a name without a backslash. It returns "" if the name
// can be a local group.
func classifyBare(name string) Reason {
	switch {
	case isContainerUser(name):
		return ReasonContainerUser
	case meantService(name) != "":
		return ReasonMissingDomain
	case isNumber(name):
		return ReasonNumber
	case strings.HasSuffix(name, "$"), isBuiltinUser(name):
		return ReasonNeedsPassword
	case strings.HasSuffix(name, "."):
		return ReasonTrailingPeriod
	}
	return ""
}

// splitDomain splits DOMAIN\user at the first backslash. Without one, ok is
// false and user is the whole name.
func splitDomain(name string) (domain, user string, ok bool) {
	if domain, user, ok = strings.Cut(name, `\`); ok {
		return domain, user, true
	}
	return "", name, false
}

// meansNTAuthority reports whether domain is a misspelling of NT AUTHORITY, such as
// nt authority, NTAUTHORITY or NT-AUTHORITY.
func meansNTAuthority(domain string) bool {
	letters := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_.", r) {
			return -1
		}
		return r
	}, domain)
	return equalFold(letters, "NTAUTHORITY")
}

// isContainerUser reports whether user is one of the two accounts that Windows
// creates inside an ordinary container.
func isContainerUser(user string) bool {
	return equalFold(user, "ContainerUser") || equalFold(user, "ContainerAdministrator")
}

// isBuiltinUser reports whether name is a user that Windows creates on every
// host, although an administrator can rename it. No group can have the name of a
// user:
// https://github.com/MicrosoftDocs/sdk-api/blob/01397c928b240d956b80a22d04fdf80910c6aede/sdk-api-src/content/lmaccess/nf-lmaccess-netlocalgroupadd.md
func isBuiltinUser(name string) bool {
	return equalFold(name, "Administrator") || equalFold(name, "Guest") || equalFold(name, "DefaultAccount")
}

// isNumber reports whether strconv.Atoi would parse name or find it out of
// range. A leading plus sign, which Atoi accepts too, has been rejected before.
func isNumber(name string) bool {
	digits := strings.TrimPrefix(name, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isControl reports whether r is a control character or one of the two
// separators of lines and paragraphs, U+2028 and U+2029.
func isControl(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}
