// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

var commandConsole = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-console",
		Title: "a program that reads the keyboard exits at once without stdin",
		Doc: `A container without stdin: true has no console to read from. timeout fails with "Input redirection is not supported". pause reaches the end of its input and exits. So does a shell that is meant to keep reading commands, such as cmd without /c or powershell -NoExit, as soon as it has run its script. None of them keeps a container running.

No source shows what they do in a HostProcess container in particular. To wait, use powershell -Command "while ($true) { Start-Sleep 3600 }" or ping.exe -t localhost.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			cmdSource,
			"https://github.com/MicrosoftDocs/windowsserverdocs/blob/ca6cf9ccb90198aa73a3331c4e93d058e8e16b0c/WindowsServerDocs/administration/windows-commands/timeout.md",
		},
		Fix: "run the program itself; to wait, run powershell with -Command and while ($true) { Start-Sleep 3600 }",
	},
	about: hasHostProgram,
	check: func(_ pod, at container, c command) []problem {
		if at.Stdin || len(c.Command) == 0 {
			return nil
		}
		if i, word := c.waitsForKey(); word != "" {
			return []problem{{field: c.field(i), message: fmt.Sprintf("runs %s, which needs a console: without stdin it exits at once", clip(word))}}
		}
		switch shell := c.Shell(); {
		case shell != cmdline.NoShell && c.Len() == 1:
			return []problem{{field: c.field(0), message: fmt.Sprintf("is %s alone, which reads commands from a console: without stdin it exits at once", clip(c.Word(0)))}}
		case shell == cmdline.CmdShell && c.ScriptStart() > 0 && strings.EqualFold(c.Word(c.ScriptStart()-1), "/k"):
			return []problem{{field: c.field(c.ScriptStart() - 1), message: "is /k, which makes cmd read more commands from a console: without stdin it exits after its line, as with /c", fix: "write /c, and let the program that it runs wait"}}
		case shell == cmdline.PowerShell:
			if i := c.noExit(); i > 0 {
				return []problem{{field: c.field(i), message: fmt.Sprintf("is %s, which makes PowerShell read more commands from a console: without stdin it exits after its script", c.Word(i)), fix: "remove it, and let the script wait"}}
			}
		}
		return nil
	},
}

// waitsForKey returns the first program of the line that waits for a key, and its
// word.
func (c command) waitsForKey() (int, string) {
	if !c.hasName(isKeyWaiter) {
		return 0, ""
	}
	if i, word := c.CmdTarget(); cmdline.IsBare(word) && isKeyWaiter(word) {
		return i, word
	}
	for s := range c.startedLater {
		if cmdline.IsBare(s.text) && isKeyWaiter(s.text) {
			return s.word, s.text
		}
	}
	return 0, ""
}

// isKeyWaiter reports whether a name is that of a program or command that waits for a
// key. pause is a command of cmd; pause.exe is the program of a sandbox image.
func isKeyWaiter(name string) bool {
	return cmdline.IsNamed(name, "timeout") || strings.EqualFold(name, "pause")
}

// noExit returns the index of a -NoExit among the parameters of a PowerShell, or zero.
func (c command) noExit() int {
	end := c.ScriptStart()
	if end == 0 {
		end, _ = c.Script()
	}
	if end == 0 {
		end = c.Len()
	}
	for i := 1; i < end; i++ {
		if word := c.Word(i); len(word) > len("-no") && len(word) <= len("-noexit") && strings.EqualFold(word, "-noexit"[:len(word)]) {
			return i
		}
	}
	return 0
}
