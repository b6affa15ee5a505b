// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// ParseError is the error for a name that no HostProcess container can run as.
// [Parse] and [Account.Validate] return it as a pointer. Two are equal if their
// fields are. The wording of its texts may change; programs should check Reason.
type ParseError struct {
	// Input is the name as it was given.
	Input string

	// Reason is why the name doesn't work. If there are several reasons, it is
	// the first: the API server's in its order, then the node's.
	Reason Reason

	// Suggestion is the runAsUserName to write instead, which [Parse] accepts
	// and returns with the same spelling. It is "" if the intended account
	// isn't certain.
	Suggestion string
}

func newParseError(input string, reason Reason) *ParseError {
	e := &ParseError{Input: input, Reason: reason}
	if s := suggest(input); s != input {
		e.Suggestion = s
	}
	return e
}

// Error describes the problem, its consequence and the fix. It quotes the input, and
// shortens it if it is very long.
func (e *ParseError) Error() string {
	return "account " + quoted(e.Input) + " " + e.Problem() + "; " + e.Fix()
}

// APIServer reports whether the API server itself rejects the input. Otherwise the
// pod is created, and its container fails to start on the node.
func (e *ParseError) APIServer() bool {
	return apiServerReason(e.Input) != ""
}

// Problem describes the problem and its consequence in a phrase whose subject is the
// input, such as `is empty, which the API server rejects`.
func (e *ParseError) Problem() string {
	domain, user, hasDomain := splitDomain(e.Input)
	switch e.Reason {
	case ReasonEmpty:
		if hasDomain {
			return "has nothing after the backslash, which the API server rejects"
		}
		return "is empty, which the API server rejects"
	case ReasonControlCharacter:
		return e.controlProblem()
	case ReasonBackslashes:
		return "has more than one backslash, which the API server rejects"
	case ReasonTooLong:
		if len(domain) > maxDomain {
			return fmt.Sprintf("has %d bytes before the backslash, but the API server accepts at most %d", len(domain), maxDomain)
		}
		return fmt.Sprintf("has a user or group name of %d bytes, but the API server accepts at most %d", len(user), maxUser)
	case ReasonDomainFormat:
		return "has " + quoted(domain) + " before the backslash, which the API server rejects: it is neither a NetBIOS name of 1 to 15 characters nor a DNS name"
	case ReasonDotsAndSpaces:
		return "has a user or group name of dots and spaces only, which the API server rejects"
	case ReasonIllegalCharacter:
		return e.illegalProblem(user)
	case ReasonContainerUser:
		return "exists only in ordinary containers, not on the host: the node can't log it on"
	case ReasonUnknownService:
		return "isn't one of the three service accounts for HostProcess containers: the node can't log it on"
	case ReasonDomainSpelling:
		return `doesn't spell its domain exactly "NT AUTHORITY": the node can't log it on`
	case ReasonMissingDomain:
		return `lacks the domain "NT AUTHORITY" of service accounts: the node takes it for a local group or a user, and can't log it on`
	case ReasonLocalPrefix:
		if e.APIServer() {
			return `has the domain ".", which the API server rejects`
		}
		return "has a prefix, unlike the name of any local group: the node can't log it on"
	case ReasonNeedsPassword:
		return "needs a password (or is a group with a domain or host in front): the node can't log it on"
	case ReasonNumber:
		return "is a number: containerd takes it for the ID of a Linux user, and the container doesn't start"
	case ReasonTrailingPeriod:
		return "ends in a period, unlike the name of any local group: the node can't log it on"
	case ReasonInvalidUTF8:
		return "isn't valid UTF-8, which a manifest must be"
	case ReasonNotCanonical:
		return "isn't the value that accounts.Parse returns for this name"
	}
	return "isn't an account that a HostProcess container can run as"
}

func (e *ParseError) controlProblem() string {
	i := strings.IndexFunc(e.Input, isASCIIControl)
	if i < 0 {
		i = strings.IndexFunc(e.Input, isControl)
	}
	if i < 0 {
		return "contains a control character"
	}
	r, _ := utf8.DecodeRuneInString(e.Input[i:])
	problem := fmt.Sprintf("contains the control character %U", r)
	if yamlEscape(r) != 0 {
		problem += " (YAML's " + quote.Text(`\`+string(yamlEscape(r))) + " in double quotes)"
	}
	if e.APIServer() {
		return problem + ", which the API server rejects"
	}
	return problem + ": the node finds no account with that name"
}

func (e *ParseError) illegalProblem(user string) string {
	i := strings.IndexAny(user, illegalInUser)
	if i < 0 {
		return "contains an illegal character"
	}
	problem := fmt.Sprintf("contains %s: the API server rejects names with any of %s", quote.Text(user[i:i+1]), illegalInUser)
	if user[i] == '@' {
		problem += ", and no node can log on a domain user"
	}
	return problem
}

// Fix describes what to write instead, in a phrase that starts with a verb, such as
// `write "NT AUTHORITY\SYSTEM"`.
func (e *ParseError) Fix() string {
	const groups = ", or the name of a local group alone (containerd 1.7 or later)"
	service, _ := classify(e.Suggestion)
	switch {
	case e.Reason == ReasonNotCanonical:
		return "use the value that accounts.Parse(" + quoted(e.Input) + ") returns"
	case service != "":
		return "write " + quoted(e.Suggestion)
	case LocalGroup(e.Suggestion).SID() != "":
		return "write " + quoted(e.Suggestion) + " (containerd 1.7 or later)"
	case e.Suggestion != "":
		return "write " + quoted(e.Suggestion) + " if that is a local group (containerd 1.7 or later)"
	}
	return "write " + quoted(string(LocalService)) + ", " + quoted(string(NetworkService)) + " or " + quoted(string(LocalSystem)) + groups
}

// quoted quotes s, and shortens it if it is longer than any name.
func quoted(s string) string {
	const most = 2 * maxUser
	if len(s) <= most {
		return quote.Text(s)
	}
	head := s[:most]
	for len(head) > most-utf8.UTFMax && !utf8.RuneStart(s[len(head)]) {
		head = head[:len(head)-1]
	}
	return fmt.Sprintf("%s... (%d bytes)", quote.Text(head), len(s))
}
