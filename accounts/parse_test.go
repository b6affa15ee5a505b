// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/accounts"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		want accounts.Account
	}{
		{`NT AUTHORITY\SYSTEM`, accounts.LocalSystem},
		{`NT AUTHORITY\System`, accounts.LocalSystem},
		{`NT AUTHORITY\system`, accounts.LocalSystem},
		{`NT AUTHORITY\Local Service`, accounts.LocalService},
		{`NT AUTHORITY\Local service`, accounts.LocalService},
		{`NT AUTHORITY\local service`, accounts.LocalService},
		{`NT AUTHORITY\LOCAL SERVICE`, accounts.LocalService},
		{`NT AUTHORITY\LocalService`, accounts.LocalService},
		{`NT AUTHORITY\localservice`, accounts.LocalService},
		{`NT AUTHORITY\NetworkService`, accounts.NetworkService},
		{`NT AUTHORITY\networkservice`, accounts.NetworkService},
		{`NT AUTHORITY\Network Service`, accounts.NetworkService},
		{`NT AUTHORITY\NETWORK SERVICE`, accounts.NetworkService},

		{`Administrators`, accounts.Administrators},
		{`administrators`, accounts.LocalGroup("administrators")}, // case is kept
		{`Hyper-V Administrators`, accounts.HyperVAdministrators},
		{`IIS_IUSRS`, accounts.IISUsers},
		{`hpc-localgroup`, accounts.LocalGroup("hpc-localgroup")},
		{`SQLServerMSSQLUser$HOST$MSSQLSERVER`, accounts.LocalGroup("SQLServerMSSQLUser$HOST$MSSQLSERVER")},
		{`Administratoren`, accounts.LocalGroup("Administratoren")}, // German
		{`Администраторы`, accounts.LocalGroup("Администраторы")},   // Russian
		{`Benutzer mit Zugriff!#%&'(){}~^_-`, accounts.LocalGroup(`Benutzer mit Zugriff!#%&'(){}~^_-`)},
		{`group.with.dots`, accounts.LocalGroup("group.with.dots")},
		{` spaces around `, accounts.LocalGroup(" spaces around ")},
		{`System1`, accounts.LocalGroup("System1")},
		{`1st`, accounts.LocalGroup("1st")},
		{`1-2`, accounts.LocalGroup("1-2")},
		{`-`, accounts.LocalGroup("-")},
		{`1_000`, accounts.LocalGroup("1_000")},
		{`S-1-5-32-544`, accounts.LocalGroup("S-1-5-32-544")},
		{`ſystem`, accounts.LocalGroup("ſystem")}, // folds to system outside ASCII only
		{strings.Repeat("g", 104), accounts.LocalGroup(strings.Repeat("g", 104))},
		{strings.Repeat("é", 52), accounts.LocalGroup(strings.Repeat("é", 52))}, // 104 bytes
	}
	for _, tt := range tests {
		got, err := accounts.Parse(tt.name)
		if err != nil || got != tt.want {
			t.Errorf("Parse(%q) = %#v, %v; want %#v", tt.name, got, err, tt.want)
		}
	}
}

func TestParseError(t *testing.T) {
	const (
		system  = `NT AUTHORITY\SYSTEM`
		service = `NT AUTHORITY\Local Service`
		network = `NT AUTHORITY\NetworkService`
	)
	tests := []struct {
		name       string
		reason     accounts.Reason
		apiServer  bool
		suggestion string
	}{
		{"", accounts.ReasonEmpty, true, ""},
		{`CORP\`, accounts.ReasonEmpty, true, ""},
		{`NT AUTHORITY\`, accounts.ReasonEmpty, true, ""},

		{"NT AUTHORITY\\SYSTEM\n", accounts.ReasonControlCharacter, true, system},
		{"hpc-localgroup\r\n", accounts.ReasonControlCharacter, true, "hpc-localgroup"},
		{"hpc\x00group", accounts.ReasonControlCharacter, true, ""},
		{"hpc\x7fgroup", accounts.ReasonControlCharacter, true, ""},
		{"CORP\bob", accounts.ReasonControlCharacter, true, ""}, // "CORP\bob" in YAML
		{"BUILTIN\\Users\t", accounts.ReasonControlCharacter, true, "Users"},
		{".\netadmins", accounts.ReasonControlCharacter, true, "netadmins"}, // ".\netadmins" in YAML
		{"NT AUTHORITY\u2028ocal Service", accounts.ReasonControlCharacter, false, service},
		{"NT AUTHORITY\u0085etworkService", accounts.ReasonControlCharacter, false, network},
		{"BUILTIN\u2029ower Users", accounts.ReasonControlCharacter, false, "Power Users"},
		{"hpc\u0080group", accounts.ReasonControlCharacter, false, ""},
		{"\u2028hpc\x01group", accounts.ReasonControlCharacter, true, ""},

		{`A\B\C`, accounts.ReasonBackslashes, true, ""},
		{`NT AUTHORITY\\SYSTEM`, accounts.ReasonBackslashes, true, system}, // doubled where YAML doesn't unescape
		{`BUILTIN\\\\Administrators`, accounts.ReasonBackslashes, true, "Administrators"},
		{`\\HOST\Users`, accounts.ReasonBackslashes, true, ""},

		{strings.Repeat("g", 105), accounts.ReasonTooLong, true, ""},
		{strings.Repeat("é", 53), accounts.ReasonTooLong, true, ""}, // 53 characters, 106 bytes
		{`CORP\` + strings.Repeat("u", 105), accounts.ReasonTooLong, true, ""},
		{strings.Repeat("d", 256) + `\u`, accounts.ReasonTooLong, true, ""},
		{strings.Repeat("a very long name ", 100_000), accounts.ReasonTooLong, true, ""},

		{`\SYSTEM`, accounts.ReasonDomainFormat, true, system},
		{`a:b\u`, accounts.ReasonDomainFormat, true, ""},
		{`.corp\u`, accounts.ReasonDomainFormat, true, ""},
		{`sixteencharacter-\u`, accounts.ReasonDomainFormat, true, ""},
		{strings.Repeat("d", 64) + `\u`, accounts.ReasonDomainFormat, true, ""},

		{`.`, accounts.ReasonDotsAndSpaces, true, ""},
		{` `, accounts.ReasonDotsAndSpaces, true, ""},
		{`. .`, accounts.ReasonDotsAndSpaces, true, ""},
		{`CORP\..`, accounts.ReasonDotsAndSpaces, true, ""},
		{`.\..`, accounts.ReasonDomainFormat, true, ""},

		{`svc@corp.example.com`, accounts.ReasonIllegalCharacter, true, ""},
		{`CORP\a[b]`, accounts.ReasonIllegalCharacter, true, ""},
		{`NT AUTHORITY/SYSTEM`, accounts.ReasonIllegalCharacter, true, system},
		{`CORP/bob`, accounts.ReasonIllegalCharacter, true, ""},
		{`"NT AUTHORITY\Local Service"`, accounts.ReasonDomainFormat, true, service},
		{`"Administrators"`, accounts.ReasonIllegalCharacter, true, "Administrators"},
		{`+5`, accounts.ReasonIllegalCharacter, true, ""},

		{"hpc\xffgroup", accounts.ReasonInvalidUTF8, false, ""},

		{`ContainerUser`, accounts.ReasonContainerUser, false, ""},
		{`containeradministrator`, accounts.ReasonContainerUser, false, ""},
		{`User Manager\ContainerAdministrator`, accounts.ReasonContainerUser, false, ""},
		{`CORP\ContainerUser`, accounts.ReasonNeedsPassword, false, ""},

		{`NT AUTHORITY\SYTEM`, accounts.ReasonUnknownService, false, ""},
		{`NT AUTHORITY\IUSR`, accounts.ReasonUnknownService, false, ""},
		{`NT AUTHORITY\ANONYMOUS LOGON`, accounts.ReasonUnknownService, false, ""},
		{`NT AUTHORITY\LocalSystem`, accounts.ReasonUnknownService, false, system},
		{`NT AUTHORITY\SYSTEM `, accounts.ReasonUnknownService, false, system},
		{`NT AUTHORITY\ Local Service`, accounts.ReasonUnknownService, false, service},
		{`NT AUTHORITY\ſYSTEM`, accounts.ReasonUnknownService, false, ""},

		{`nt authority\system`, accounts.ReasonDomainSpelling, false, system},
		{`Nt Authority\Local Service`, accounts.ReasonDomainSpelling, false, service},
		{`NT Authority\Network Service`, accounts.ReasonDomainSpelling, false, network},
		{`NTAUTHORITY\SYSTEM`, accounts.ReasonDomainSpelling, false, system},
		{`NT-AUTHORITY\LocalSystem`, accounts.ReasonDomainSpelling, false, system},
		{`NT_AUTHORITY\SYSTEM`, accounts.ReasonDomainSpelling, false, system},
		{`NT.AUTHORITY\SYSTEM`, accounts.ReasonDomainSpelling, false, system},
		{` NT AUTHORITY\SYSTEM`, accounts.ReasonDomainSpelling, false, system},
		{`NT AUTHORITY \SYSTEM`, accounts.ReasonDomainSpelling, false, system},
		{`nt authority\bob`, accounts.ReasonDomainSpelling, false, ""},

		{`SYSTEM`, accounts.ReasonMissingDomain, false, system},
		{`System`, accounts.ReasonMissingDomain, false, system},
		{`LocalSystem`, accounts.ReasonMissingDomain, false, system},
		{`Local System`, accounts.ReasonMissingDomain, false, system},
		{`LocalService`, accounts.ReasonMissingDomain, false, service},
		{`LOCAL SERVICE`, accounts.ReasonMissingDomain, false, service},
		{`NetworkService`, accounts.ReasonMissingDomain, false, network},
		{`network service`, accounts.ReasonMissingDomain, false, network},

		{`BUILTIN\Administrators`, accounts.ReasonLocalPrefix, false, "Administrators"},
		{`builtin\Users`, accounts.ReasonLocalPrefix, false, "Users"},
		{`BUILTIN\SYSTEM`, accounts.ReasonLocalPrefix, false, system},
		{`BUILTIN\ContainerUser`, accounts.ReasonLocalPrefix, false, ""},
		{`.\hpc-localgroup`, accounts.ReasonLocalPrefix, true, "hpc-localgroup"},
		{`.\LocalSystem`, accounts.ReasonLocalPrefix, true, system},
		{`.\Administrator`, accounts.ReasonLocalPrefix, true, ""},

		{`CORP\bob`, accounts.ReasonNeedsPassword, false, ""},
		{`corp.example.com\bob`, accounts.ReasonNeedsPassword, false, ""},
		{`CORP\webapp01$`, accounts.ReasonNeedsPassword, false, ""},
		{`webapp01$`, accounts.ReasonNeedsPassword, false, ""},
		{`HOST\hpc-localgroup`, accounts.ReasonNeedsPassword, false, ""},
		{`NT SERVICE\kubelet`, accounts.ReasonNeedsPassword, false, ""},
		{`NT-AUTORITÄT\SYSTEM`, accounts.ReasonNeedsPassword, false, ""}, // German
		{`Administrator`, accounts.ReasonNeedsPassword, false, ""},
		{`guest`, accounts.ReasonNeedsPassword, false, ""},
		{`DefaultAccount`, accounts.ReasonNeedsPassword, false, ""},

		{`1000`, accounts.ReasonNumber, false, ""},
		{`0`, accounts.ReasonNumber, false, ""},
		{`-5`, accounts.ReasonNumber, false, ""},
		{`99999999999999999999`, accounts.ReasonNumber, false, ""},

		{`hpc-localgroup.`, accounts.ReasonTrailingPeriod, false, ""},
	}
	for _, tt := range tests {
		account, err := accounts.Parse(tt.name)
		if account != nil {
			t.Errorf("Parse(%.80q) returns %#v with an error", tt.name, account)
		}
		var got *accounts.ParseError
		if !errors.As(err, &got) {
			t.Errorf("Parse(%.80q) error = %v, want a *ParseError", tt.name, err)
			continue
		}
		want := &accounts.ParseError{Input: tt.name, Reason: tt.reason, Suggestion: tt.suggestion}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%.80q) error (-want +got):\n%.1000s", tt.name, diff)
		}
		if got.APIServer() != tt.apiServer {
			t.Errorf("Parse(%.80q) error: APIServer() = %t, want %t", tt.name, got.APIServer(), tt.apiServer)
		}
	}
}

// TestParseErrorEachIllegalCharacter refuses each character on its own, and no
// other printable ASCII character.
func TestParseErrorEachIllegalCharacter(t *testing.T) {
	const illegal = `"/:;|=,+*?<>@[]`
	for c := byte(' '); c <= '~'; c++ {
		if c == '\\' {
			continue
		}
		name := "a" + string(c) + "b"
		_, err := accounts.Parse(name)
		var e *accounts.ParseError
		refused := errors.As(err, &e) && e.Reason == accounts.ReasonIllegalCharacter && e.APIServer()
		if want := strings.IndexByte(illegal, c) >= 0; refused != want || (err != nil) != want {
			t.Errorf("Parse(%q) error = %v, want an illegal character: %t", name, err, want)
		}
	}
}

// TestParseErrorEachDomainCharacter looks at domains that are too long for a
// NetBIOS name, so that they have to be DNS names.
func TestParseErrorEachDomainCharacter(t *testing.T) {
	const allowed = "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for c := byte(' '); c <= '~'; c++ {
		if c == '\\' {
			continue
		}
		name := "a" + string(c) + `b.corp.example.com\bob`
		want := accounts.ReasonDomainFormat
		if strings.IndexByte(allowed, c) >= 0 {
			want = accounts.ReasonNeedsPassword
		}
		_, err := accounts.Parse(name)
		var e *accounts.ParseError
		if !errors.As(err, &e) || e.Reason != want {
			t.Errorf("Parse(%q) error = %v, want the reason %s", name, err, want)
		}
	}
}

// TestParseErrorEachNetBIOSCharacter looks at domains that are short enough for a
// NetBIOS name, and no DNS names.
func TestParseErrorEachNetBIOSCharacter(t *testing.T) {
	const illegal = `/:*?"<>|`
	for c := byte(' '); c <= '~'; c++ {
		if c == '\\' {
			continue
		}
		name := "a" + string(c) + `_b\bob`
		want := accounts.ReasonNeedsPassword
		if strings.IndexByte(illegal, c) >= 0 {
			want = accounts.ReasonDomainFormat
		}
		_, err := accounts.Parse(name)
		var e *accounts.ParseError
		if !errors.As(err, &e) || e.Reason != want {
			t.Errorf("Parse(%q) error = %v, want the reason %s", name, err, want)
		}
	}
}

// TestParseErrorEachControlCharacter refuses each control character on its own.
func TestParseErrorEachControlCharacter(t *testing.T) {
	runes := []rune{0x7f, 0x2028, 0x2029}
	for r := rune(0); r < 0x20; r++ {
		runes = append(runes, r, 0x80+r)
	}
	for _, r := range runes {
		name := "a" + string(r) + "b"
		_, err := accounts.Parse(name)
		var e *accounts.ParseError
		if !errors.As(err, &e) || e.Reason != accounts.ReasonControlCharacter || e.APIServer() != (r < 0x80) {
			t.Errorf("Parse(%q) error = %v", name, err)
		}
	}
}

func TestParseAllocs(t *testing.T) {
	for _, name := range []string{
		`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\system`, `NT AUTHORITY\LOCAL SERVICE`, `NT AUTHORITY\NetworkService`,
	} {
		if n := testing.AllocsPerRun(100, func() { sink, _ = accounts.Parse(name) }); n != 0 {
			t.Errorf("Parse(%q) allocates %v times", name, n)
		}
	}
	group := accounts.LocalGroup(strings.Repeat("g", 100))
	if n := testing.AllocsPerRun(100, func() { sinkErr = group.Validate() }); n != 0 {
		t.Errorf("LocalGroup.Validate allocates %v times", n)
	}
}

// sink and sinkErr keep the compiler from leaving out what is measured.
var (
	sink    accounts.Account
	sinkErr error
)

func BenchmarkParse(b *testing.B) {
	for name, input := range map[string]string{
		"service":         `NT AUTHORITY\SYSTEM`,
		"service-no-case": `NT AUTHORITY\local service`,
		"group":           `hpc-localgroup`,
		"error":           `nt authority\system`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				sink, sinkErr = accounts.Parse(input)
			}
		})
	}
}
