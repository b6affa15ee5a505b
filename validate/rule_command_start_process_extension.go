// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// commandStartProcessExtension: Start-Process opens files by their extension.
var commandStartProcessExtension = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-start-process-extension",
		Title:   "Start-Process needs the program's file extension",
		Doc:     `Start-Process opens a file by its extension. For a path without one, it tries the name with .exe and so on. If the file in the image really has no extension, as in images built the same way for Linux, Windows looks for a program that opens such files and fails: "Class not registered" or "no application is associated". On nodes without the bind filter, the runtime and PowerShell's & can start the same file, so the problem often shows up late when a manifest is ported.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/Windows-Containers/issues/371",
			"https://github.com/kubernetes/kubernetes/issues/104562",
			e2eSource + "#L690-L701",
		},
		Fix: "name the file NAME.exe in the image, and write the extension in the command",
	},
	about: hasHostProgram,
	check: func(_ pod, _ container, c command) []problem {
		if c.Shell() != cmdline.PowerShell || !c.mayStartBare() {
			return nil
		}
		for s := range c.scriptCommands {
			if !s.isNamed(startProcess...) {
				continue
			}
			for _, file := range s.arguments([]string{"-filepath"}, 0) {
				name := cmdline.Base(file.text)
				if cmdline.IsBare(file.text) || name == "" || strings.ContainsAny(name, ".$%()*{}") || winpath.IsSeparator(file.text[len(file.text)-1]) {
					continue
				}
				return []problem{{
					field:   c.field(file.word),
					message: fmt.Sprintf("passes %s to Start-Process, without an extension: it can start only a file named %s", quoted(file.text), quoted(clip(name)+".exe")),
					fix:     exact("name the file %s in the image, and write the extension in the command", name+".exe"),
				}}
			}
		}
		return nil
	},
}

// startProcess are the names of Start-Process in lower case.
var startProcess = []string{"start-process", "start", "saps"}

// mayStartBare reports whether the line has a Start-Process whose next word isn't an
// .exe, which saves reading the others as scripts.
func (c command) mayStartBare() bool {
	for i := range c.Len() {
		for _, name := range startProcess {
			rest := c.Word(i)
			for at := cmdline.IndexFold(rest, name); at >= 0; at = cmdline.IndexFold(rest, name) {
				rest = rest[at+len(name):]
				if rest != "" && cmdline.IsNameByte(rest[0]) {
					continue // a longer name
				}
				file := strings.TrimLeft(rest, " \t\"'")
				if end := strings.IndexAny(file, " \t\"';|\n"); end >= 0 {
					file = file[:end]
				}
				if cmdline.Ext(file) != ".exe" {
					return true
				}
			}
		}
	}
	return false
}
