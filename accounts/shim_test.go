// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/accounts"
)

// recordedLogon is what the code of the shim itself, run as a Windows program with
// recorders in place of Windows' functions, did with a runAsUserName:
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go
//
// testdata/shim.jsonl holds 124 of 520 different records: for the shim of containerd
// 1.6 and for the later ones, each sequence of calls; no backslash, one and two; and
// twice, if it was recorded so often, each of 26 names (of service accounts, groups,
// domains, users, numbers) as the whole, as the domain, as the user, at the start
// and at the end. In no record is the domain exactly NT AUTHORITY.
//
// ACCOUNTS_VECTORS may name another file of the same form, to be tested as well.
type recordedLogon struct {
	Shim   []string // versions of hcsshim that gave this answer
	User   string
	Groups []string // that the node had
	// Calls are what the shim asked of Windows. Those of LogonUser have the user, the
	// domain, the password and the type: 2 is interactive, 5 a service.
	Calls []string
	Err   string
}

func recordedLogons(t *testing.T) []recordedLogon {
	t.Helper()
	var all []recordedLogon
	for _, name := range []string{"testdata/shim.jsonl", os.Getenv("ACCOUNTS_VECTORS")} {
		if name == "" {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var r recordedLogon
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			if r.Groups != nil { // the other file may have starts too
				all = append(all, r)
			}
		}
	}
	if len(all) < 124 {
		t.Fatalf("only %d records", len(all))
	}
	return all
}

// hasLocalGroups says which versions of hcsshim know local groups: those that come
// with containerd 1.7, 2.0 and 2.4, and not that of 1.6.
var hasLocalGroups = map[string]bool{"0.9.12": false, "0.11.7": true, "0.12.9": true, "0.15.0": true}

const noLogon = "failed to logon user: Logon failure."

// logon is what the package documentation says a node does with a name.
func logon(name string, groups []string, localGroups bool) (calls []string, err string) {
	if name == "" {
		if localGroups {
			return nil, "empty username or group name passed"
		}
		return nil, "empty user string passed"
	}
	if localGroups {
		calls = append(calls, fmt.Sprintf("NetLocalGroupGetInfo %q", name))
		if slices.Contains(groups, name) {
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
	return append(calls, fmt.Sprintf("LogonUser %q %q <nil> 2", user, domain)), noLogon
}

func (r recordedLogon) agrees(localGroups bool) bool {
	calls, err := logon(r.User, r.Groups, localGroups)
	return slices.Equal(calls, r.Calls) && err == r.Err
}

func TestRecordedLogons(t *testing.T) {
	compared := 0
	for _, r := range recordedLogons(t) {
		for _, version := range r.Shim {
			localGroups, known := hasLocalGroups[version]
			if !known {
				t.Fatalf("hcsshim %s isn't known", version)
			}
			if !r.agrees(localGroups) {
				calls, err := logon(r.User, r.Groups, localGroups)
				t.Errorf("hcsshim %s does otherwise: %+v\nwant %q, %s", version, r, calls, err)
			}
			if r.agrees(!localGroups) {
				t.Errorf("another version agrees as well: %+v", r)
			}
			compared++
		}
	}
	t.Logf("%d comparisons", compared)
	if compared < 256 {
		t.Error("fewer than there were")
	}
}

// What Parse takes for a group starts where there is such a group, and only where
// the shim knows groups. What it refuses never starts. If the API server lets it
// through, the shim logs on a user without a password, interactively, whatever the
// reason.
func TestParseAgreesWithRecordedLogons(t *testing.T) {
	const group = accounts.Reason("")
	seen := map[accounts.Reason]int{}
	for _, r := range recordedLogons(t) {
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
		switch {
		case r.Err == "":
			if _, ok := account.(accounts.LocalGroup); !ok || !hasLocalGroups[r.Shim[0]] || !slices.Contains(r.Groups, r.User) {
				t.Errorf("%q starts, and Parse returns %#v, %v", r.User, account, err)
			}
		case reason == group && hasLocalGroups[r.Shim[0]] && slices.Contains(r.Groups, r.User):
			t.Errorf("%q doesn't start: %s", r.User, r.Err)
		case reason == group, !refused.APIServer():
			if r.Err != noLogon || !strings.HasSuffix(last, " <nil> 2") {
				t.Errorf("%q (%s): %s, %s", r.User, reason, last, r.Err)
			}
		}
	}
	// The reasons of a node; the API server's don't get there.
	for _, reason := range []accounts.Reason{group, accounts.ReasonContainerUser, accounts.ReasonMissingDomain,
		accounts.ReasonNeedsPassword, accounts.ReasonNumber, accounts.ReasonTrailingPeriod, accounts.ReasonDomainSpelling, accounts.ReasonLocalPrefix} {
		if seen[reason] == 0 {
			t.Errorf("no record is about the reason %q", reason)
		}
	}
	t.Logf("records by reason: %v", seen)
}

func TestRecordedLogonsCanFail(t *testing.T) {
	for _, r := range recordedLogons(t) {
		for i, change := range []func(*recordedLogon){
			func(r *recordedLogon) { r.Err += "!" },
			func(r *recordedLogon) { r.Calls = append(slices.Clone(r.Calls), "LogonUser") },
			func(r *recordedLogon) { r.User += "x" },
		} {
			changed := r
			change(&changed)
			if changed.agrees(hasLocalGroups[r.Shim[0]]) {
				t.Errorf("change %d isn't noticed: %+v", i, changed)
			}
		}
	}
}
