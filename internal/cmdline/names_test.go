// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"testing"
)

func TestNames(t *testing.T) {
	eachIs(t, "IsBare", IsBare, map[string]bool{"agent": true, "agent.exe": true, `C:\agent`: false, "/agent": false, "C:agent": false, ":agent": false})
	eachIs(t, "Ext", Ext, map[string]string{
		"": "", "agent": "", "agent.EXE": ".exe", "a.b/agent": "", `C:\x.y\agent.Ps1`: ".ps1", ".exe": ".exe", ".": ".", "a.b.C": ".C",
	})
}

func TestHasWord(t *testing.T) {
	for text, want := range map[string]bool{
		"":            false,
		"cp":          true,
		"CP a":        true,
		"a|cp":        true,
		"xcp":         false,
		"cpx":         false,
		"cp-x":        false,
		"cpx;cp":      true,
		"xcp cp":      true,
		"cpcpcp":      false,
		"cpx_cp":      false,
		"cpy":         false,
		"(cp)":        true,
		"cpé cp":      true,
		"écp":         false,
		"cp\\x":       true,
		"c":           false,
		"cpz cp_ cp.": true,
	} {
		if HasWord(text, "cp") != want {
			t.Errorf("HasWord(%q, cp) is %t", text, !want)
		}
	}
	line := Line{Command: []string{"a", "mv b"}}
	if !line.HasAnyWord("cp", "mv") || !line.HasAnyWord("a") || line.HasAnyWord("cp") || line.HasAnyWord() {
		t.Error("HasAnyWord")
	}
	if !HasPrefixFold("ABC", "abc") || !HasPrefixFold("abcd", "ABC") || HasPrefixFold("ab", "abc") || HasPrefixFold("xabc", "abc") {
		t.Error("HasPrefixFold")
	}
}

func TestIsNameByte(t *testing.T) {
	var got []byte
	for c := range 0x81 {
		if IsNameByte(byte(c)) {
			got = append(got, byte(c))
		}
	}
	want := []byte("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz\x80")
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for c := range 256 {
		if IsLetter(byte(c)) != ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			t.Errorf("IsLetter(%q)", rune(c))
		}
	}
}

func eachIs[In, Out comparable](t *testing.T, name string, f func(In) Out, want map[In]Out) {
	t.Helper()
	for in, out := range want {
		if got := f(in); got != out {
			t.Errorf("%s(%#v) is %#v, want %#v", name, in, got, out)
		}
	}
}
