// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// ParseError says why no HostProcess container can run as a name. [Parse] and
// [Account.Validate] return it as a pointer. Two are equal if their fields are.
// The wording of its texts may change; a program should look at Reason.
type ParseError struct {
	// Input is the name as it was given.
	Input string

	// Reason is why it doesn't work. A name with more than one fault has the
	// reason that comes first: the API server's in its order, then the node's.
	Reason Reason

	// Suggestion is the runAsUserName to write instead, which [Parse] accepts
	// and returns with the same spelling. It is "" if what was meant isn't
	// certain.
	Suggestion string
}

func newParseError(input string, reason Reason) *ParseError {
	e := &ParseError{Input: input, Reason: reason}
	if s := suggest(input); s != input {
		e.Suggestion = s
	}
	return e
}

// Error returns the input, quoted and shortened if it is very long, what is
// wrong with it, what would happen, and what to write instead.
func (e *ParseError) Error() string {
	return "account " + quoted(e.Input) + " " + e.Problem() + "; " + e.Fix()
}

// APIServer reports whether the API server itself rejects the input. If not, the
// pod is created, and its container fails to start on the node.
func (e *ParseError) APIServer() bool {
	return apiServerReason(e.Input) != ""
}

// Problem returns what is wrong with the input and what would happen, as a
// phrase whose subject is the input, like `is empty, which the API server
// rejects`.
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
			return fmt.Sprintf("has %d bytes before the backslash, and the API server accepts at most %d", len(domain), maxDomain)
		}
		return fmt.Sprintf("has a user or group name of %d bytes, and the API server accepts at most %d", len(user), maxUser)
	case ReasonDomainFormat:
		return "has " + quoted(domain) + " before the backslash, which is neither a NetBIOS name of 1 to 15 characters nor a DNS name, and the API server rejects it"
	case ReasonDotsAndSpaces:
		return "has a user or group name of dots and spaces only, which the API server rejects"
	case ReasonIllegalCharacter:
		return e.illegalProblem(user)
	case ReasonContainerUser:
		return "is an account that exists only inside containers of other kinds: the node can't log it on"
	case ReasonUnknownService:
		return "is none of the service accounts that a HostProcess container can run as, and the node fails to log it on"
	case ReasonDomainSpelling:
		return `must have the domain "NT AUTHORITY" in exactly this spelling: the node can't log on any other`
	case ReasonMissingDomain:
		return `is a service account without its domain "NT AUTHORITY": the node takes it for a local group or a user, and can't log it on`
	case ReasonLocalPrefix:
		if e.APIServer() {
			return `has a prefix, and the API server rejects "." as a domain`
		}
		return "has a prefix, and no local group has such a name: the node can't log it on"
	case ReasonNeedsPassword:
		return "is a user, a managed service account, or a group with a domain or host in front: the node can't log it on without a password"
	case ReasonNumber:
		return "is a number, which containerd takes for the user ID of a Linux user, and the container fails to start"
	case ReasonTrailingPeriod:
		return "ends in a period, as the name of no local group does: the node can't log it on"
	case ReasonInvalidUTF8:
		return "isn't valid UTF-8, and a manifest has to be"
	case ReasonNotCanonical:
		return "isn't the value that accounts.Parse returns for this name"
	}
	return "is no account that a HostProcess container can run as"
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
		problem += ", which between double quotes YAML makes of " + quote.Text(`\`+string(yamlEscape(r)))
	}
	if e.APIServer() {
		return problem + "; the API server rejects it"
	}
	return problem + "; the node looks for an account with that in its name and finds none"
}

func (e *ParseError) illegalProblem(user string) string {
	i := strings.IndexAny(user, illegalInUser)
	if i < 0 {
		return "contains an illegal character"
	}
	problem := fmt.Sprintf("contains %s, and the API server rejects a user or group name with any of %s", quote.Text(user[i:i+1]), illegalInUser)
	if user[i] == '@' {
		problem += " (a node couldn't log on a user of a domain without a password either)"
	}
	return problem
}

// Fix returns what to write instead, as a phrase that starts with a verb, like
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

// quoted quotes s, of which it leaves out all but the first bytes if s is longer
// than any name.
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
