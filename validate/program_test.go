// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"testing"
)

func TestShell(t *testing.T) {
	for _, test := range []struct {
		command, args []string
		want          shell
	}{
		{nil, nil, unknownShell},
		{nil, []string{"agent.exe"}, unknownShell},
		{nil, []string{"cmd", "/c", "ver"}, cmdShell},
		{nil, []string{"powershell"}, powerShell},
		{[]string{"agent.exe"}, nil, noShell},
		{[]string{"agent.exe"}, []string{"cmd"}, noShell},
		{[]string{`C:\Windows\System32\CMD.EXE`}, nil, cmdShell},
		{[]string{"pwsh"}, nil, powerShell},
		{[]string{"cmd.ex"}, nil, noShell},
		{[]string{".exe"}, nil, noShell},
	} {
		if got := (command{command: test.command, args: test.args}).shell(); got != test.want {
			t.Errorf("%q %q: %d, want %d", test.command, test.args, got, test.want)
		}
	}
}

// TestPrograms says which words of a line are programs, by their index.
func TestPrograms(t *testing.T) {
	type program struct {
		at   int
		name string
	}
	type found []program
	for _, test := range []struct {
		words []string
		want  found
	}{
		{[]string{"agent.exe", "-v"}, found{{0, "agent.exe"}}},
		{[]string{"agent.exe -v"}, nil}, // a whole line
		{[]string{cmdToken + `\agent.exe`}, nil},
		{[]string{"cmd", "/c", "agent.exe -v"}, found{{0, "cmd"}, {2, "agent.exe"}}},
		{[]string{"cmd", "/d", "/K", "agent"}, found{{0, "cmd"}, {3, "agent"}}},
		{[]string{"cmd", "/c"}, found{{0, "cmd"}}},
		{[]string{"cmd", "/d", "/c"}, found{{0, "cmd"}}},
		{[]string{"cmd", "/c", `C:\my agent\agent`}, found{{0, "cmd"}}}, // can't be told
		{[]string{"cmd", "/c", `C:\my agent\agent.bat`}, found{{0, "cmd"}, {2, `C:\my agent\agent.bat`}}},
		{[]string{"cmd", "/c", " agent"}, found{{0, "cmd"}, {2, "agent"}}},
		{[]string{"cmd", "/c", `a\b --x`}, found{{0, "cmd"}, {2, `a\b`}}},
		{[]string{"powershell", "-Command", "agent.exe -v"}, found{{0, "powershell"}, {2, "agent.exe"}}},
		{[]string{"powershell", "-c", "a;b"}, found{{0, "powershell"}, {2, "a"}}},
		{[]string{"powershell", "-Command"}, found{{0, "powershell"}}},
		{[]string{"powershell", "-NoProfile", "-ep", "Bypass", "agent"}, found{{0, "powershell"}, {4, "agent"}}},
		{[]string{"powershell", "agent", "-x"}, found{{0, "powershell"}, {1, "agent"}}},
		{[]string{"powershell", "-File", `.\x.ps1`}, found{{0, "powershell"}}},
		{[]string{"powershell", `.\x.ps1`, "-f"}, found{{0, "powershell"}}},
		{[]string{"powershell"}, found{{0, "powershell"}}},
		{[]string{"agent", "/c", "other"}, found{{0, "agent"}}},
	} {
		var got found
		for i, word := range commandOf("", test.words, nil).programs {
			got = append(got, program{i, word})
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("programs of %q are %v, want %v", test.words, got, test.want)
		}
	}
	for range commandOf("", []string{"cmd", "/c", "a"}, nil).programs {
		break // must not be asked for more
	}
	for range commandOf("", nil, []string{"cmd", "/c", "a"}).programs {
		t.Error("the image's entrypoint has no name")
	}
}

func TestFirstWord(t *testing.T) {
	eachIs(t, "firstWord", firstWord, map[string]string{
		"":                     "",
		" \t":                  "",
		"agent.exe -v":         "agent.exe",
		"& 'C:\\a b\\x.exe' y": `C:\a b\x.exe`,
		`"C:\a b\x.exe" y`:     `C:\a b\x.exe`,
		`"C:\a`:                `C:\a`,
		"@echo off":            "echo",
		"a;b":                  "a",
		"a\nb":                 "a",
		"{a}":                  "",
		"a'b'":                 "a",
	})
}

func TestWholeLine(t *testing.T) {
	eachIs(t, "wholeLine", wholeLine, map[string]bool{
		"":                                   false,
		"agent":                              false,
		`C:\Program Files\x.exe`:             false,
		"agent.exe run":                      true,
		"AGENT.EXE; run":                     true,
		"pwsh x":                             true,
		"agent -v":                           true,
		"agent /v":                           true,
		"agent run --verbose":                true,
		"agent --":                           true,
		"agent --\"":                         true,
		"agent -":                            false,
		"agent /":                            false,
		"agent -\\":                          false,
		"agent - x":                          false,
		"agent xv":                           false,
		"agent  -v":                          true,
		" agent ":                            false,
		"powershell -Command Get-Date":       true,
		"agent --verbose":                    true,
		`C:\Program Files\x.exe --verbose`:   true,
		"cmd /c dir":                         true,
		`C:\Program Files (x86)\a - b\x.exe`: false,
		"agent.exe ":                         false,
		`%CONTAINER_SANDBOX_MOUNT_POINT%\a b.exe`: false,
	})
}

func TestScript(t *testing.T) {
	for _, test := range []struct {
		words []string
		at    int
		want  string
	}{
		{[]string{"powershell", "-File", "x.ps1"}, 2, "x.ps1"},
		{[]string{"powershell", "-NoProfile", "-f", "x"}, 3, "x"},
		{[]string{"powershell", "-File"}, 0, ""},
		{[]string{"powershell", "x.PS1", "y.ps1"}, 1, "x.PS1"},
		{[]string{"powershell", "-x.ps1", "y.ps1"}, 2, "y.ps1"},
		{[]string{"powershell", "cp a b.ps1"}, 0, ""},
		{[]string{"powershell", " b.ps1"}, 0, ""},
		{[]string{"powershell", "agent"}, 0, ""},
		{[]string{"cmd", "x.ps1"}, 0, ""},
	} {
		if at, got := (command{command: test.words}).script(); at != test.at || got != test.want {
			t.Errorf("the script of %q is %q at %d, want %q at %d", test.words, got, at, test.want, test.at)
		}
	}
}

func TestNames(t *testing.T) {
	eachIs(t, "bare", bare, map[string]bool{"agent": true, "agent.exe": true, `C:\agent`: false, "/agent": false, "C:agent": false, ":agent": false})
	eachIs(t, "extension", extension, map[string]string{
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
		if hasWord(text, "cp") != want {
			t.Errorf("hasWord(%q, cp) is %t", text, !want)
		}
	}
	line := command{command: []string{"a", "mv b"}}
	if !line.hasAnyWord("cp", "mv") || !line.hasAnyWord("a") || line.hasAnyWord("cp") || line.hasAnyWord() {
		t.Error("hasAnyWord")
	}
	if !hasPrefixFold("ABC", "abc") || !hasPrefixFold("abcd", "ABC") || hasPrefixFold("ab", "abc") || hasPrefixFold("xabc", "abc") {
		t.Error("hasPrefixFold")
	}
}

func TestIsNameByte(t *testing.T) {
	var got []byte
	for c := range 0x81 {
		if isNameByte(byte(c)) {
			got = append(got, byte(c))
		}
	}
	want := []byte("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz\x80")
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for c := range 256 {
		if isLetter(byte(c)) != ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			t.Errorf("isLetter(%q)", rune(c))
		}
	}
}
