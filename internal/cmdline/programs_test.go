// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"testing"
)

func TestShell(t *testing.T) {
	for _, test := range []struct {
		command, args []string
		want          Shell
	}{
		{nil, nil, UnknownShell},
		{nil, []string{"agent.exe"}, UnknownShell},
		{nil, []string{"cmd", "/c", "ver"}, CmdShell},
		{nil, []string{"powershell"}, PowerShell},
		{[]string{"agent.exe"}, nil, NoShell},
		{[]string{"agent.exe"}, []string{"cmd"}, NoShell},
		{[]string{`C:\Windows\System32\CMD.EXE`}, nil, CmdShell},
		{[]string{"pwsh"}, nil, PowerShell},
		{[]string{"cmd.ex"}, nil, NoShell},
		{[]string{".exe"}, nil, NoShell},
	} {
		if got := (Line{Command: test.command, Args: test.args}).Shell(); got != test.want {
			t.Errorf("%q %q: %d, want %d", test.command, test.args, got, test.want)
		}
	}
}

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
		{[]string{CmdToken + `\agent.exe`}, found{{0, CmdToken + `\agent.exe`}}},
		{[]string{"cmd", "/c", "agent.exe -v"}, found{{0, "cmd"}, {2, "agent.exe"}}},
		{[]string{"cmd", "/d", "/K", "agent"}, found{{0, "cmd"}, {3, "agent"}}},
		{[]string{"cmd", "/c"}, found{{0, "cmd"}}},
		{[]string{"cmd", "/d", "/c"}, found{{0, "cmd"}}},
		{[]string{"cmd", "/c", `C:\my agent\agent`}, found{{0, "cmd"}}}, // ambiguous
		{[]string{"cmd", "/c", `C:\my agent\agent.bat`}, found{{0, "cmd"}, {2, `C:\my agent\agent.bat`}}},
		{[]string{"cmd", "/c", " agent"}, found{{0, "cmd"}, {2, "agent"}}},
		{[]string{"cmd", "/c", `a\b --x`}, found{{0, "cmd"}, {2, `a\b`}}},
		{[]string{"powershell", "-Command", "agent.exe -v"}, found{{0, "powershell"}, {2, "agent.exe"}}},
		{[]string{"powershell", "-c", "a;b"}, found{{0, "powershell"}, {2, "a"}}},
		{[]string{"powershell", "-Command"}, found{{0, "powershell"}}},
		{[]string{"powershell", "-NoProfile", "-ep", "Bypass", "agent"}, found{{0, "powershell"}, {4, "agent"}}},
		{[]string{"powershell", "agent", "-x"}, found{{0, "powershell"}, {1, "agent"}}},
		{[]string{"powershell", "-File", `.\x.ps1`}, found{{0, "powershell"}}},
		{[]string{"powershell", `.\x.ps1`, "-f"}, found{{0, "powershell"}, {1, `.\x.ps1`}}},
		{[]string{"powershell"}, found{{0, "powershell"}}},
		{[]string{"agent", "/c", "other"}, found{{0, "agent"}}},
	} {
		var got found
		for i, word := range (Line{Command: test.words}).Programs {
			got = append(got, program{i, word})
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("programs of %q are %v, want %v", test.words, got, test.want)
		}
	}
	for range (Line{Command: []string{"cmd", "/c", "a"}}).Programs {
		break // must not be asked for more
	}
	for range (Line{Args: []string{"cmd", "/c", "a"}}).Programs {
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

func TestHoldsLine(t *testing.T) {
	eachIs(t, "HoldsLine", HoldsLine, map[string]bool{
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
		{[]string{"pwsh", "-unknown"}, 0, ""},
		{[]string{"powershell", "x.PS1", "y.ps1"}, 1, "x.PS1"},
		{[]string{"powershell", "-x.ps1", "y.ps1"}, 2, "y.ps1"},
		{[]string{"powershell", "cp a b.ps1"}, 0, ""},
		{[]string{"powershell", " b.ps1"}, 0, ""},
		{[]string{"powershell", "agent"}, 0, ""},
		{[]string{"cmd", "x.ps1"}, 0, ""},
	} {
		if at, got := (Line{Command: test.words}).Script(); at != test.at || got != test.want {
			t.Errorf("the script of %q is %q at %d, want %q at %d", test.words, got, at, test.want, test.at)
		}
	}
}

func TestScriptStart(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  int
	}{
		{[]string{"powershell", "x", "y"}, 1},
		{[]string{"powershell", "-NoProfile", "-Command", "x", "y"}, 3},
		{[]string{"agent", "-c", "x"}, 0},
	} {
		if got := (Line{Command: test.words}).ScriptStart(); got != test.want {
			t.Errorf("%q: %d, want %d", test.words, got, test.want)
		}
	}
}

// TestPowerShellArguments compares the model with results of PowerShell 7.6. Windows
// PowerShell differs in the first word that isn't a parameter.
func TestPowerShellArguments(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  powerShellRuns
		at    int
	}{
		{[]string{"-c", "x"}, runsCommand, 2},
		{[]string{"-co", "x"}, runsCommand, 2},
		{[]string{"-COMMAND", "x"}, runsCommand, 2},
		{[]string{"/c", "x"}, runsCommand, 2},
		{[]string{"--command", "x"}, runsCommand, 2},
		{[]string{"-cwa", "x"}, runsCommand, 2},
		{[]string{"\u2013Command", "x"}, runsCommand, 2},
		{[]string{"\u2014c", "x"}, runsCommand, 2},
		{[]string{"\u2015Command", "x"}, runsCommand, 2},
		{[]string{"-Command"}, runsCommand, 0},
		{[]string{"-NoProfile", "-ExecutionPolicy", "Bypass", "-Command", "Remove-Item", "x", "-f"}, runsCommand, 5},
		{[]string{"-ep", "Bypass", "-f", "x"}, runsFile, 4},
		{[]string{"-f", "x"}, runsFile, 2},
		{[]string{"-fi", "x", "-c"}, runsFile, 2},
		{[]string{"/File", "x"}, runsFile, 2},
		{[]string{"-e", "x"}, runsEncoded, 2},
		{[]string{"-ec", "x"}, runsEncoded, 2},
		{[]string{"-enc", "x"}, runsEncoded, 2},
		{[]string{"-ea", "x", "y"}, runsFile, 3},
		{[]string{"-e", "x", "y"}, runsEncoded, 2},
		{[]string{"-v", "x"}, runsNothing, 0},
		{[]string{"-x", "y"}, runsFile, 1}, // PowerShell 7 knows no -x
		{[]string{"-nop", "-noni", "x"}, runsFile, 3},
		{[]string{"-wd", `C:\x`, "x"}, runsFile, 3},
		{[]string{"-", "x"}, runsFile, 1},
		{[]string{"x", "-Command", "y"}, runsFile, 1},
		{[]string{"-NoExit"}, runsNothing, 0},
		{nil, runsNothing, 0},
	} {
		if runs, at := (Line{Command: append([]string{"pwsh"}, test.words...)}).powerShell(); runs != test.want || at != test.at {
			t.Errorf("pwsh %q runs %d at %d, want %d at %d", test.words, runs, at, test.want, test.at)
		}
	}
	for _, words := range [][]string{{"x"}, {"-NoProfile", "x"}, {"-ep", "Bypass", "x"}, {"-Version", "5.1", "x"}, {"-psc", "x.psc1", "x"}} {
		if runs, at := (Line{Command: append([]string{"powershell.exe"}, words...)}).powerShell(); runs != runsCommand || at != len(words) {
			t.Errorf("powershell %q runs %d at %d", words, runs, at)
		}
	}
}
