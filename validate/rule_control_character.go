// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// controlCharacter: YAML interprets backslashes in double quotes.
var controlCharacter = rule[podCheck]{
	Rule: Rule{
		ID:    "control-character",
		Title: "a backslash in double quotes has become a control character",
		Doc: `In double quotes, YAML and JSON take a backslash and a letter for a single character: "C:\backup" is C:, a backspace and ackup; "C:\temp" contains a tab, "C:\new" a line feed and "C:\var" a vertical tab. \a, \e, \f, \r, \0, \N, \_, \L and \P are further ones. The API server accepts the text, and the program gets a path that doesn't exist.

Write paths in single quotes or without quotes, or double the backslashes in double quotes.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://yaml.org/spec/1.2.2/#57-escaped-characters",
		},
		Fix: `write the text in single quotes, as in 'C:\backup', or double the backslashes`,
	},
	about: hasControl | hasOddPath,
	check: func(p pod) []problem {
		var problems []problem
		for i := range p.spec.Volumes {
			if v := &p.spec.Volumes[i]; v.HostPath != nil {
				if meant := unescaped(v.HostPath.Path); meant != "" {
					problems = append(problems, problem{list: "volumes", index: i, field: "hostPath.path", message: escapedMessage(v.HostPath.Path), fix: escapedFix(meant)})
				}
			}
		}
		for c := range p.containers {
			if meant := unescaped(c.WorkingDir); meant != "" {
				problems = append(problems, problem{container: c, field: "workingDir", message: escapedMessage(c.WorkingDir), fix: escapedFix(meant)})
			}
			for i := range c.VolumeMounts {
				m := &c.VolumeMounts[i]
				if meant := unescaped(m.MountPath); meant != "" {
					problems = append(problems, problem{container: c, list: "volumeMounts", index: i, field: "mountPath", message: escapedMessage(m.MountPath), fix: escapedFix(meant)})
				}
			}
			for t := range c.texts {
				if meant := unescaped(t.string); meant != "" {
					found := t.problem(escapedMessage(t.string), escapedFix(meant))
					found.container = c
					problems = append(problems, found)
				}
			}
		}
		return problems
	},
}

func escapedMessage(text string) string {
	return fmt.Sprintf("is %s, with a control character that YAML makes of a backslash and a letter in double quotes: the path is wrong", quoted(text))
}

func escapedFix(meant string) string {
	if !quote.Plain(meant) || strings.Contains(meant, "'") {
		return ""
	}
	return "write '" + meant + "', in single quotes"
}

// escapes are YAML's escape sequences of a backslash and a letter: the character and the
// letter.
var escapes = [...]struct {
	character, letter string
}{
	{"\x00", "0"}, {"\a", "a"}, {"\b", "b"}, {"\t", "t"}, {"\n", "n"}, {"\v", "v"}, {"\f", "f"}, {"\r", "r"}, {"\x1b", "e"},
	{"\u0085", "N"}, {"\u00a0", "_"}, {"\u2028", "L"}, {"\u2029", "P"},
}

// unescaped returns the intended text if such a character is where a path has a
// backslash: after a drive or the sandbox variable, or, for characters that no text has
// otherwise, between a name and a letter. It returns "" for any other text.
func unescaped(text string) string {
	if !hasEscape(text) {
		return ""
	}
	for _, e := range escapes {
		text = strings.ReplaceAll(text, e.character, `\`+e.letter)
	}
	return text
}

// endsInDrive reports whether a text ends in a drive, as in C: or --log=C:.
func endsInDrive(text string) bool {
	n := len(text)
	return n > 1 && text[n-1] == ':' && cmdline.IsLetter(text[n-2]) && (n == 2 || classOf[text[n-3]]&startsPath != 0)
}

func hasEscape(text string) bool {
	for i := range len(text) {
		if text[i] >= ' ' && text[i] < 0x7f {
			continue
		}
		for _, e := range escapes {
			if !strings.HasPrefix(text[i:], e.character) {
				continue
			}
			rest := text[i+len(e.character):]
			if rest == "" || !cmdline.IsNameByte(rest[0]) {
				continue
			}
			switch e.character {
			case "\x00", "\n", "\r", "\t", "\u00a0":
				// Scripts and lists of names have them. After a drive or the sandbox variable, in a text
				// without spaces, they aren't part of a script.
				if (endsInDrive(text[:i]) || strings.HasSuffix(text[:i], cmdline.CmdToken)) && strings.IndexByte(text, ' ') < 0 {
					return true
				}
			default:
				if i > 0 && (cmdline.IsNameByte(text[i-1]) || text[i-1] == ':' || text[i-1] == '%' || text[i-1] == '\\') {
					return true
				}
			}
		}
	}
	return false
}
