// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{``, `""`},
		{`NT AUTHORITY\SYSTEM`, `"NT AUTHORITY\SYSTEM"`},
		{`C:\new\`, `"C:\new\"`},
		{"C:\new", `"C:<U+000A>ew"`},
		{`"C:\a b\c.exe" -x`, `"\"C:\a b\c.exe\" -x"`},
		{`\"`, `"\\""`},
		{"\x00\xff\xc3", `"<U+0000><0xFF><0xC3>"`},
		{"é 世界 \U0001F600", "\"é 世界 \U0001F600\""},
		{"\u00a0\u202e\u2028\x7f\x1b[31m", `"<U+00A0><U+202E><U+2028><U+007F><U+001B>[31m"`},
		{"\ufffd", "\"\ufffd\""},
		{"<U+000A>", `"<U+003C>U+000A>"`},
		{"a<0xFF>", `"a<U+003C>0xFF>"`},
		{"a<b>", `"a<b>"`},
	} {
		if got := Text(test.in); got != test.want {
			t.Errorf("Text(%q) = %s, want %s", test.in, got, test.want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", `C:\new`, "C:\new", `"`, `\"`, `\\"\`, "<U+000A>", "<0xff", "\xff", "\ufffd", "\u202e", "<<U+"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if strings.ContainsFunc(got, func(r rune) bool { return !strconv.IsPrint(r) }) || !utf8.ValidString(got) {
			t.Errorf("Text(%q) = %q has what can't be shown", s, got)
		}
		if back := unquote(t, got); back != s {
			t.Errorf("Text(%q) = %s, which reads as %q", s, got, back)
		}
		if Plain(s) != (got == `"`+s+`"`) {
			t.Errorf("Plain(%q) = %v, but Text returns %s", s, Plain(s), got)
		}
	})
}

var name = regexp.MustCompile(`<U\+[0-9A-F]{4,6}>|<0x[0-9A-F]{2}>`)

// unquote reads what Text has written, as a person would.
func unquote(t *testing.T, text string) string {
	t.Helper()
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		t.Fatalf("%s isn't in quotes", text)
	}
	text = strings.ReplaceAll(text[1:len(text)-1], `\"`, `"`)
	return name.ReplaceAllStringFunc(text, func(name string) string {
		n, err := strconv.ParseUint(name[3:len(name)-1], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		if name[1] == '0' {
			return string([]byte{byte(n)})
		}
		return string(rune(n))
	})
}
