// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/recorded"
)

// hasLocalGroups reports whether a version of hcsshim knows local groups: those that
// come with containerd 1.7, 2.0 and 2.4 do, that of 1.6 doesn't.
func hasLocalGroups(t *testing.T, version string) bool {
	t.Helper()
	if _, known := recorded.Versions[version]; !known {
		t.Fatalf("hcsshim %s isn't known", version)
	}
	return version != "0.9.12"
}

const noLogon = "failed to logon user: Logon failure."

// logon is what the package documentation says a node does with a name.
func logon(name string, localGroups bool) (calls []string, err string) {
	if name == "" {
		if localGroups {
			return nil, "empty username or group name passed"
		}
		return nil, "empty user string passed"
	}
	if localGroups {
		calls = append(calls, fmt.Sprintf("NetLocalGroupGetInfo %q", name))
		if slices.Contains(recorded.Groups, name) {
			return append(calls,
				`NetUserAdd "0123456789abcdef0123" flags 0x10200 priv 1 password 36`,
				fmt.Sprintf("NetLocalGroupAddMembers %q", name),
				`LogonUser "0123456789abcdef0123" "<nil>" <set> 2`), ""
		}
	}
	domain, user, qualified := strings.Cut(name, `\`)
	switch {
	case !qualified:
		domain, user = "", name
	case strings.Contains(user, `\`):
		return calls, "invalid user string `" + name + "`"
	}
	if domain == "NT AUTHORITY" {
		calls = append(calls, fmt.Sprintf("LogonUser %q %q <nil> 5", user, domain))
		if account, _ := accounts.Parse(name); account == nil || account.SID() == "" {
			return calls, noLogon
		}
		return calls, ""
	}
	return append(calls, fmt.Sprintf("LogonUser %q %q <nil> 2", user, domain)), noLogon
}

func agrees(r recorded.Logon, localGroups bool) bool {
	calls, err := logon(r.User, localGroups)
	return slices.Equal(calls, r.Calls) && err == r.Err
}

// A model of another version disagrees with each record.
func TestRecordedLogons(t *testing.T) {
	compared, others := 0, 0
	for _, r := range recorded.Logons(t) {
		for _, version := range r.Versions {
			localGroups := hasLocalGroups(t, version)
			if !agrees(r, localGroups) {
				calls, err := logon(r.User, localGroups)
				t.Errorf("hcsshim %s does otherwise: %+v\nwant %q, %s", version, r, calls, err)
			}
			compared++
			for other := range recorded.Versions {
				if hasLocalGroups(t, other) == localGroups {
					continue
				}
				if agrees(r, !localGroups) {
					t.Errorf("as a record of hcsshim %s it agrees as well: %+v", other, r)
				}
				others++
			}
		}
	}
	t.Logf("%d comparisons; %d with another version, and none agrees", compared, others)
	if compared < 324 {
		t.Error("fewer than there were")
	}
}

// What Parse takes for a service account starts. What it takes for a group starts where
// there is such a group, and only where the shim knows groups. What it refuses never
// starts. If the API server lets it through, the shim logs on a user without a
// password: as a service below NT AUTHORITY, and else interactively, whatever the
// reason.
func TestParseAgreesWithRecordedLogons(t *testing.T) {
	const group = accounts.Reason("")
	seen := map[accounts.Reason]int{}
	for _, r := range recorded.Logons(t) {
		account, err := accounts.Parse(r.User)
		reason := group
		var refused *accounts.ParseError
		if errors.As(err, &refused) {
			reason = refused.Reason
		}
		seen[reason]++
		last := ""
		if len(r.Calls) > 0 {
			last = r.Calls[len(r.Calls)-1]
		}
		logonType := " <nil> 2"
		if reason == accounts.ReasonUnknownService {
			logonType = " <nil> 5"
		}
		_, service := account.(accounts.ServiceAccount)
		isGroup := hasLocalGroups(t, r.Versions[0]) && slices.Contains(recorded.Groups, r.User)
		switch {
		case r.Err == "":
			if _, ok := account.(accounts.LocalGroup); !service && !(ok && isGroup) {
				t.Errorf("%q starts, and Parse returns %#v, %v", r.User, account, err)
			}
		case service, reason == group && isGroup:
			t.Errorf("%q doesn't start: %s", r.User, r.Err)
		case reason == group, !refused.APIServer():
			if r.Err != noLogon || !strings.HasSuffix(last, logonType) {
				t.Errorf("%q (%s): %s, %s", r.User, reason, last, r.Err)
			}
		}
	}
	// The reasons of a node; the API server's don't get there.
	for _, reason := range []accounts.Reason{group, accounts.ReasonContainerUser, accounts.ReasonMissingDomain,
		accounts.ReasonUnknownService, accounts.ReasonNeedsPassword, accounts.ReasonNumber, accounts.ReasonTrailingPeriod, accounts.ReasonDomainSpelling, accounts.ReasonLocalPrefix} {
		if seen[reason] == 0 {
			t.Errorf("no record is about the reason %q", reason)
		}
	}
	t.Logf("records by reason: %v", seen)
}

func TestRecordedLogonsCanFail(t *testing.T) {
	for _, r := range recorded.Logons(t) {
		for i, change := range []func(*recorded.Logon){
			func(r *recorded.Logon) { r.Err += "!" },
			func(r *recorded.Logon) { r.Calls = append(slices.Clone(r.Calls), "LogonUser") },
			func(r *recorded.Logon) { r.User += "x" },
		} {
			changed := r
			change(&changed)
			if agrees(changed, hasLocalGroups(t, r.Versions[0])) {
				t.Errorf("change %d isn't noticed: %+v", i, changed)
			}
		}
	}
}
