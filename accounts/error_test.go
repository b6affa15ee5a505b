// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/accounts"
)

func TestParseErrorText(t *testing.T) {
	tests := []struct {
		name string
		want string
	}{
		{
			`nt authority\system`,
			`account "nt authority\system" doesn't spell its domain exactly "NT AUTHORITY": the node can't log it on; ` +
				`write "NT AUTHORITY\SYSTEM"`,
		},
		{
			`BUILTIN\Administrators`,
			`account "BUILTIN\Administrators" has a prefix, unlike the name of any local group: the node can't log it on; ` +
				`write "Administrators" (containerd 1.7 or later)`,
		},
		{
			`.\hpc-localgroup`,
			`account ".\hpc-localgroup" has the domain ".", which the API server rejects; ` +
				`write "hpc-localgroup" if that is a local group (containerd 1.7 or later)`,
		},
		{
			"NT AUTHORITY\u2028ocal Service",
			`account "NT AUTHORITY<U+2028>ocal Service" contains the control character U+2028 (YAML's "\L" in double quotes): ` +
				`the node finds no account with that name; ` +
				`write "NT AUTHORITY\Local Service"`,
		},
		{
			"svc@corp.example.com",
			`account "svc@corp.example.com" contains "@": the API server rejects names with any of "/\:;|=,+*?<>@[], ` +
				`and no node can log on a domain user; ` +
				`write "NT AUTHORITY\Local Service", "NT AUTHORITY\NetworkService" or "NT AUTHORITY\SYSTEM", ` +
				`or the name of a local group alone (containerd 1.7 or later)`,
		},
	}
	for _, tt := range tests {
		_, err := accounts.Parse(tt.name)
		if err == nil || err.Error() != tt.want {
			t.Errorf("Parse(%q) error:\n got %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

// TestParseErrorYAML: of each character that YAML makes of a backslash and a
// letter, the error names the letter, and no other character is explained so.
func TestParseErrorYAML(t *testing.T) {
	letters := map[rune]string{'\a': "a", '\b': "b", '\t': "t", '\n': "n", '\v': "v", '\f': "f", '\r': "r", 0x1b: "e", 0x85: "N", 0x2028: "L", 0x2029: "P"}
	for r := rune(0); r < 0x2030; r++ {
		_, err := accounts.Parse("CORP" + string(r) + "bob")
		want := ""
		if letter := letters[r]; letter != "" {
			want = `(YAML's "\` + letter + `" in double quotes)`
		}
		if err == nil {
			if want != "" {
				t.Errorf("%U: no error", r)
			}
			continue
		}
		if got := strings.Contains(err.Error(), "YAML"); got != (want != "") || !strings.Contains(err.Error(), want) {
			t.Errorf("%U: %v, want %s", r, err, want)
		}
	}
}

// TestParseErrorTextMentions checks the texts for what a reader needs to see.
func TestParseErrorTextMentions(t *testing.T) {
	tests := []struct {
		name string
		want []string
	}{
		{"", []string{`""`, "empty", "API server"}},
		{`CORP\`, []string{"nothing after the backslash", "API server"}},
		{"a\x00b", []string{`"a<U+0000>b"`, "U+0000", "API server"}},
		{"\u2028a\x01", []string{"U+0001", "API server"}}, // the one that the API server rejects
		{"\x01ab", []string{"U+0001", "API server"}},
		{"a\u0080b", []string{"U+0080", "node"}},
		{"\u0080ab", []string{"U+0080", "node"}},
		{`a\b\c`, []string{"more than one backslash", "API server"}},
		{strings.Repeat("g", 105), []string{"105 bytes", "at most 104"}},
		{strings.Repeat("d", 256) + `\u`, []string{"256 bytes", "at most 255"}},
		{longestDomain + `\` + strings.Repeat("u", 105), []string{"105 bytes", "at most 104"}},
		{`a:b\u`, []string{`"a:b"`, "NetBIOS", "DNS"}},
		{`. `, []string{"dots and spaces", "API server"}},
		{`a;b`, []string{`";"`, "API server"}},
		{`;ab`, []string{`";"`, "API server"}},
		{"a\xffb", []string{`"a<0xFF>b"`, "UTF-8"}},
		{`ContainerUser`, []string{"ordinary containers", "NT AUTHORITY"}},
		{`NT AUTHORITY\IUSR`, []string{"three service accounts", "Local Service"}},
		{`System`, []string{"lacks the domain", `NT AUTHORITY\SYSTEM`}},
		{`CORP\gmsa$`, []string{"password", "can't log it on", "local group"}},
		{`1000`, []string{"number", "containerd"}},
		{`group.`, []string{"period"}},
	}
	for _, tt := range tests {
		_, err := accounts.Parse(tt.name)
		if err == nil {
			t.Errorf("Parse(%.80q) returns no error", tt.name)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("Parse(%.80q) error doesn't mention %q: %v", tt.name, want, err)
			}
		}
	}
}

// longestDomain has the 255 bytes that a DNS name may have.
var longestDomain = strings.Repeat(strings.Repeat("d", 63)+".", 3) + strings.Repeat("d", 63)

func TestParseErrorShortensInput(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{strings.Repeat("g", 208), `"` + strings.Repeat("g", 208) + `" `},
		{strings.Repeat("g", 209), `"` + strings.Repeat("g", 208) + `"... (209 bytes)`},
		{strings.Repeat("\x80", 209), `"` + strings.Repeat(`<0x80>`, 204) + `"... (209 bytes)`}, // no start of a character anywhere
	} {
		if _, err := accounts.Parse(tt.name); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("the error doesn't contain %q: %v", tt.want, err)
		}
	}
	name := strings.Repeat("ü", 1<<20)
	_, err := accounts.Parse(name)
	if err == nil || len(err.Error()) > 1000 {
		t.Fatalf("the error has %d bytes", len(fmt.Sprint(err)))
	}
	for _, want := range []string{`"üüü`, "(2097152 bytes)"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error doesn't contain %q: %v", want, err)
		}
	}
	// A cut in the middle of a character would show as \x escapes.
	for _, pad := range []string{"", "a", "ab", "abc"} {
		_, err := accounts.Parse(pad + strings.Repeat("\U0001F600", 1000))
		if err == nil || strings.Contains(err.Error(), `\x`) {
			t.Errorf("the error cuts a character: %v", err)
		}
	}
}

// TestParseErrorByHand checks that errors which no function here returns can be
// printed all the same.
func TestParseErrorByHand(t *testing.T) {
	for _, reason := range []accounts.Reason{
		"", "unheard-of", accounts.ReasonEmpty, accounts.ReasonControlCharacter, accounts.ReasonIllegalCharacter,
		accounts.ReasonDomainFormat, accounts.ReasonTooLong, accounts.ReasonLocalPrefix, accounts.ReasonNotCanonical,
	} {
		for _, input := range []string{"", "Users", `A\B\C`, "\xff", "\u2028"} {
			e := &accounts.ParseError{Input: input, Reason: reason}
			if e.Problem() == "" || e.Fix() == "" || !strings.Contains(e.Error(), e.Problem()) {
				t.Errorf("%#v prints as %q", e, e.Error())
			}
		}
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		account    accounts.Account
		reason     accounts.Reason // "" if valid
		suggestion string
	}{
		{accounts.LocalSystem, "", ""},
		{accounts.LocalService, "", ""},
		{accounts.NetworkService, "", ""},
		{accounts.ServiceAccount(""), accounts.ReasonEmpty, ""},
		{accounts.ServiceAccount(`NT AUTHORITY\system`), accounts.ReasonNotCanonical, `NT AUTHORITY\SYSTEM`},
		{accounts.ServiceAccount(`NT AUTHORITY\LocalService`), accounts.ReasonNotCanonical, `NT AUTHORITY\Local Service`},
		{accounts.ServiceAccount(`nt authority\system`), accounts.ReasonDomainSpelling, `NT AUTHORITY\SYSTEM`},
		{accounts.ServiceAccount(`Administrators`), accounts.ReasonNotCanonical, ""},
		{accounts.ServiceAccount(`CORP\bob`), accounts.ReasonNeedsPassword, ""},

		{accounts.Administrators, "", ""},
		{accounts.LocalGroup("administrators"), "", ""},
		{accounts.LocalGroup("hpc-localgroup"), "", ""},
		{accounts.LocalGroup(""), accounts.ReasonEmpty, ""},
		{accounts.LocalGroup(`NT AUTHORITY\SYSTEM`), accounts.ReasonNotCanonical, ""},
		{accounts.LocalGroup(`NT AUTHORITY\system`), accounts.ReasonNotCanonical, `NT AUTHORITY\SYSTEM`},
		{accounts.LocalGroup(`BUILTIN\Users`), accounts.ReasonLocalPrefix, "Users"},
		{accounts.LocalGroup("12"), accounts.ReasonNumber, ""},
	}
	for _, tt := range tests {
		err := tt.account.Validate()
		if tt.reason == "" {
			if err != nil {
				t.Errorf("%#v isn't valid: %v", tt.account, err)
			}
			continue
		}
		var got *accounts.ParseError
		if !errors.As(err, &got) {
			t.Errorf("%#v: Validate() = %v, want a *ParseError", tt.account, err)
			continue
		}
		want := accounts.ParseError{Input: tt.account.RunAsUserName(), Reason: tt.reason, Suggestion: tt.suggestion}
		if *got != want {
			t.Errorf("%#v: Validate() = %#v, want %#v", tt.account, *got, want)
		}
	}
}
