// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// FuzzParse checks two properties of every name: an account round-trips through its own
// name, and an error contains its input and what to write instead.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		``,                                // nothing
		`NT AUTHORITY\SYSTEM`,             // a constant
		`NT AUTHORITY\local service`,      // a service account in another spelling
		`nt authority\system`,             // the domain in another spelling
		`NT AUTHORITY\SYTEM`,              // no service account
		`NT AUTHORITY\\SYSTEM`,            // two backslashes
		`NT AUTHORITY/SYSTEM`,             // a slash
		"NT AUTHORITY\u2028ocal Service",  // what YAML makes of "NT AUTHORITY\Local Service"
		"NT AUTHORITY\u0085etworkService", // and of "NT AUTHORITY\NetworkService"
		`System`,                          // a service account without its domain
		`Hyper-V Administrators`,          // a built-in group
		`BUILTIN\Administrators`,          // a built-in group with its domain
		`.\hpc-localgroup`,                // a group with a prefix
		"hpc-localgroup\n",                // a line break from a YAML block
		`"hpc-localgroup"`,                // quotes that became part of the name
		`CORP\webapp01$`,                  // a managed service account
		`svc@corp.example.com`,            // a user principal name
		`User Manager\ContainerUser`,      // an account of an ordinary container
		`-1`,                              // a number
		`. .`,                             // dots and spaces
		"\xff\\\xfe",                      // no UTF-8
		strings.Repeat("é", 60),           // 60 characters, 120 bytes
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		account, err := accounts.Parse(name)
		if (account == nil) == (err == nil) {
			t.Fatalf("Parse(%q) = %#v, %v", name, account, err)
		}
		checkAgreement(t, accounts.ServiceAccount(name), account)
		checkAgreement(t, accounts.LocalGroup(name), account)
		if err != nil {
			checkError(t, name, err)
			return
		}
		again, err := accounts.Parse(account.RunAsUserName())
		if again != account || err != nil {
			t.Errorf("Parse(%q) = %#v, whose name parses as %#v, %v", name, account, again, err)
		}
		if err := account.Validate(); err != nil {
			t.Errorf("Parse(%q) = %#v, which isn't valid: %v", name, account, err)
		}
		if _, isGroup := account.(accounts.LocalGroup); isGroup && account.RunAsUserName() != name {
			t.Errorf("Parse(%q) changes the name to %q", name, account.RunAsUserName())
		}
	})
}

// checkAgreement checks that value is valid exactly if it is what Parse returned
// for its name.
func checkAgreement(t *testing.T, value, parsed accounts.Account) {
	t.Helper()
	err := value.Validate()
	if (err == nil) != (value == parsed) {
		t.Errorf("%#v: Validate() = %v, but Parse returns %#v", value, err, parsed)
	}
	if err != nil {
		checkError(t, value.RunAsUserName(), err)
	}
}

// checkError checks what must hold of every error for name.
func checkError(t *testing.T, name string, err error) {
	t.Helper()
	var e *accounts.ParseError
	if !errors.As(err, &e) {
		t.Fatalf("%q: error is a %T", name, err)
	}
	if e.Input != name || e.Reason == "" {
		t.Errorf("%q: error = %#v", name, e)
	}
	if len(name) < 100 && !strings.HasPrefix(e.Error(), "account "+quote.Text(name)+" ") {
		t.Errorf("%q: the error doesn't name it: %s", name, e)
	}
	if !strings.HasPrefix(e.Fix(), "write ") && !strings.HasPrefix(e.Fix(), "use ") {
		t.Errorf("%q: the error doesn't say what to write: %s", name, e)
	}
	if len(e.Error()) > 4000 || !utf8.ValidString(e.Error()) {
		t.Errorf("%q: the error can't be printed: %q", name, e)
	}
	if e.Suggestion == "" {
		return
	}
	suggested, err := accounts.Parse(e.Suggestion)
	if err != nil || suggested.RunAsUserName() != e.Suggestion || e.Suggestion == name {
		t.Errorf("%q: suggests %q, which parses as %#v, %v", name, e.Suggestion, suggested, err)
	}
}

// FuzzAPIServer compares the rules that are written by hand in this package with
// the regular expressions that the API server uses for them:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L8862
func FuzzAPIServer(f *testing.F) {
	for _, seed := range []string{
		``,                             // empty
		`a`,                            // the shortest
		`a\b`,                          // the shortest with a domain
		`\b`,                           // no domain
		`a\`,                           // no user
		`a\b\c`,                        // two backslashes
		".\\b",                         // a dot for a domain
		".\r",                          // control characters
		"a\u0085\u2028b",               // control characters outside ASCII
		`fifteen letters\b`,            // the longest NetBIOS name
		`sixteen letters!\b`,           // one more
		"ÄÖÜäöüßÄÖÜäöüß!\\b",           // 15 characters of 29 bytes
		"\xff\xfe\xfd\\b",              // bytes that are no characters
		`corp.example.com\b`,           // a DNS name
		`-corp.example.com\b`,          // no DNS name
		`corp..example.com-intranet\b`, // neither
		strings.Repeat("d", 63) + "." + strings.Repeat("d", 63) + `\b`, // the longest labels
		strings.Repeat("d", 64) + `\b`,                                 // one more
		strings.Repeat("d.", 127) + `d\b`,                              // the longest domain
		strings.Repeat("d.", 128) + `d\b`,                              // one more
		strings.Repeat("u", 104),                                       // the longest user
		strings.Repeat("ü", 52) + "u",                                  // one more
		". .",                                                          // dots and spaces
		`a[b]`,                                                         // illegal characters
	} {
		f.Add(seed)
	}
	oracle := newAPIServerOracle()
	f.Fuzz(func(t *testing.T, name string) {
		// An error can be had for every name: one type or the other refuses it.
		err := accounts.ServiceAccount(name).Validate()
		if err == nil {
			err = accounts.LocalGroup(name).Validate()
		}
		var e *accounts.ParseError
		if !errors.As(err, &e) {
			t.Fatalf("%q is both a service account and a group", name)
		}
		want := oracle.reasons(name)
		if e.APIServer() != (len(want) > 0) {
			t.Errorf("%q: APIServer() = %t, and the API server's reasons are %q", name, e.APIServer(), want)
		}
		if e.APIServer() && e.Reason != want[0] && e.Reason != accounts.ReasonLocalPrefix {
			t.Errorf("%q: reason = %q, and the API server's are %q", name, e.Reason, want)
		}
	})
}

// apiServerOracle judges names as the API server does.
type apiServerOracle struct {
	control, netBIOS, dns, illegal, dotsAndSpaces *regexp.Regexp
}

func newAPIServerOracle() apiServerOracle {
	const label = `[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?`
	return apiServerOracle{
		control:       regexp.MustCompile(`[[:cntrl:]]+`),
		netBIOS:       regexp.MustCompile(`^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}$`),
		dns:           regexp.MustCompile(`^` + label + `(?:\.` + label + `)*$`),
		illegal:       regexp.MustCompile(`["/\\:;|=,\+\*\?<>@\[\]]`),
		dotsAndSpaces: regexp.MustCompile(`^[\. ]+$`),
	}
}

// reasons returns all reasons for which the API server rejects name.
func (o apiServerOracle) reasons(name string) []accounts.Reason {
	parts := strings.Split(name, `\`)
	switch {
	case name == "":
		return []accounts.Reason{accounts.ReasonEmpty}
	case o.control.MatchString(name):
		return []accounts.Reason{accounts.ReasonControlCharacter}
	case len(parts) > 2:
		return []accounts.Reason{accounts.ReasonBackslashes}
	}
	var reasons []accounts.Reason
	add := func(failed bool, reason accounts.Reason) {
		if failed {
			reasons = append(reasons, reason)
		}
	}
	user := parts[len(parts)-1]
	if len(parts) == 2 {
		domain := parts[0]
		add(len(domain) >= 256, accounts.ReasonTooLong)
		add(!o.netBIOS.MatchString(domain) && !o.dns.MatchString(domain), accounts.ReasonDomainFormat)
	}
	add(user == "", accounts.ReasonEmpty)
	add(len(user) > 104, accounts.ReasonTooLong)
	add(o.dotsAndSpaces.MatchString(user), accounts.ReasonDotsAndSpaces)
	add(o.illegal.MatchString(user), accounts.ReasonIllegalCharacter)
	return reasons
}
