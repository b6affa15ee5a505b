// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLine(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"foo.exe", "a b"}, `foo.exe "a b"`},
		{[]string{`C:\Program Files\x.exe`, "a b"}, `"C:\Program Files\x.exe" "a b"`},
		{[]string{""}, `""`},
		{[]string{"a\tb"}, "\"a\tb\""},
		{[]string{`say "hi"`}, `"say \"hi\""`},
		{[]string{`"x"`}, `\"x\"`},
		{[]string{`a\"b`}, `a\\\"b`},
		{[]string{`C:\some dir\`}, `"C:\some dir\\"`},
		{[]string{`C:\dir\`}, `C:\dir\`},
		{[]string{"a&b|c<d>e^f%g%"}, "a&b|c<d>e^f%g%"},
		{[]string{"x", "a\nb"}, "x a\nb"},
		{[]string{`%CONTAINER_SANDBOX_MOUNT_POINT%\x.exe`, "$env:CONTAINER_SANDBOX_MOUNT_POINT/y z"}, `C:\hpc\x.exe "C:\hpc/y z"`},
		{[]string{`%container_sandbox_mount_point%\x`}, `%container_sandbox_mount_point%\x`},
	} {
		if got := (command{command: test.words}).line(); got != test.want {
			t.Errorf("the line of %q is %q, want %q", test.words, got, test.want)
		}
	}
}

// TestWhatCmdReads holds the three questions that rules ask of a line.
func TestWhatCmdReads(t *testing.T) {
	for _, test := range []struct {
		words  []string
		strips bool
		live   string // the byte and what follows it in its word
		cut    string // what follows the line feed in its word
	}{
		{words: []string{"foo.exe", "a b"}},
		{words: []string{`C:\Program Files\x.exe`, "-v"}},
		{words: []string{`C:\Program Files\x.exe`, "a b"}, strips: true},
		{words: []string{`C:\Program Files\x.exe`, `a"b`}, strips: true},
		{words: []string{`C:\Program Files (x86)\x.exe`}, strips: true},
		{words: []string{"", "x"}, strips: true},
		{words: []string{"a", "&&", "b"}, live: "&&"},
		{words: []string{"a", "x&y"}, live: "&y"},
		{words: []string{"a", "x & y"}},
		{words: []string{"a", "^(x|y)$"}, live: "^(x|y)$"},
		{words: []string{"powershell", "-c", `"a" | b`}},
		{words: []string{"powershell", "-c", `echo "a | b"`}, live: `| b"`},
		{words: []string{"powershell", "-c", `echo "a" | "b" | c`}},
		// The quote that isn't closed turns round what comes after.
		{words: []string{"powershell", `x"`, "a | b"}, live: "| b"},
		{words: []string{"powershell", `x"`, "a|b"}},
		// Without the first quote, the second one starts a quoted part.
		{words: []string{`C:\My Tools\x&y.exe`, "a b"}, strips: true, live: "&y.exe"},
		{words: []string{`C:\My Tools\x.exe`, "a|b", "c d"}, strips: true},
		{words: []string{"x", "a\nb | c"}, cut: "b | c"},
		{words: []string{"x", "a\n", "b"}, cut: ""},
		{words: []string{"x", "a|b\nc"}, live: "|b\nc", cut: "c"},
		{words: []string{"x", "a b\n"}},
		{words: []string{"x", "a b\r\n \n"}},
		{words: []string{"x", "\na"}, cut: "a"},
		// What upstream's own end-to-end tests run.
		{words: []string{"powershell.exe", "-Command", `& {if ('node' -ine "$(hostname)") { exit -1 }}`}},
		{words: []string{"cmd", "/C", "copy", `c:\hpc\agnhost`, `c:\hpc\agnhost.exe`, "&&", `c:\hpc\agnhost.exe`}, live: "&&"},
	} {
		c := command{command: test.words}
		if got := c.stripsQuotes(); got != test.strips {
			t.Errorf("%q: cmd strips quotes: %t", test.words, got)
		}
		if i, j, ok := c.live(); ok != (test.live != "") || ok && c.word(i)[j:] != test.live {
			t.Errorf("%q: live at %d:%d (%t), want %q", test.words, i, j, ok, test.live)
		}
		wantCut := test.cut != "" || slices.Contains(test.words[:len(test.words)-1], "a\n")
		if i, j, ok := c.cutAt(); ok != wantCut || ok && c.word(i)[j+1:] != test.cut {
			t.Errorf("%q: cut at %d:%d (%t), want %q", test.words, i, j, ok, test.cut)
		}
	}
}

// FuzzCommandLine compares the model with two that are written another way: the
// line is read back as a C program does, and cmd's reading is done on the line
// itself.
func FuzzCommandLine(f *testing.F) {
	f.Add("agent.exe\x00--config\x00C:\\some dir\\") // a backslash before the closing quote
	f.Add("C:\\Program Files\\x.exe\x00a b")         // the quotes are stripped
	f.Add("powershell\x00-c\x00echo \"a | b\"")      // live between escaped quotes
	f.Add("x\x00a\nb\x00c & d")                      // cut before it comes to the &
	f.Add("\x00\x00\"")                              // empty words
	f.Fuzz(func(t *testing.T, joined string) {
		words := strings.Split(joined, "\x00")
		c := commandOf("", words, nil)
		for _, word := range words {
			if strings.Contains(word, "CONTAINER_SANDBOX") {
				return // the line is not that of the words alone
			}
		}
		line := c.line()
		if diff := cmp.Diff(words, readArguments(line)); diff != "" {
			t.Errorf("the words don't come back from %q (-want +got):\n%s", line, diff)
		}
		_, _, live := c.live()
		if want := cmdReads(line); live != want {
			t.Errorf("live in %q is %t, but cmd's reading of it says %t", line, live, want)
		}
		if (live && c.special&meta == 0) || (c.stripsQuotes() && c.special&program == 0) {
			t.Errorf("%q: commandOf has missed what is special", words)
		}
		if _, _, cut := c.cutAt(); cut != newlineCuts(words) {
			t.Errorf("%q: cut is %t", words, cut)
		}
		if len(cmdPrefix+line) > cmdLimit && c.special&long == 0 {
			t.Errorf("commandOf has missed that %d characters are many", len(line))
		}
	})
}

// newlineCuts says whether a word, or anything but blanks, follows a line feed.
func newlineCuts(words []string) bool {
	_, after, _ := strings.Cut(strings.Join(words, "\x00"), "\n")
	return strings.Trim(after, "\r\n\t ") != ""
}

// cmdReads removes quotes from a line as cmd documents it, and looks for a
// special character outside of the quotes that are left.
func cmdReads(line string) bool {
	if strings.HasPrefix(line, `"`) {
		first, last := 0, strings.LastIndexByte(line, '"')
		inner := line[1:max(last, 1)]
		keep := strings.Count(line, `"`) == 2 && strings.ContainsAny(inner, " \t") && !strings.ContainsAny(inner, "&<>()@^|")
		if !keep {
			line = line[first+1:last] + line[last+1:]
		}
	}
	line, _, _ = strings.Cut(line, "\n")
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 && strings.ContainsAny(part, "&|<>^") {
			return true
		}
	}
	return false
}

// readArguments reads a line as the C run time of Windows does.
func readArguments(line string) []string {
	var words []string
	var word []byte
	started, inQuotes := false, false
	flush := func() {
		if started {
			words = append(words, string(word))
		}
		word, started = nil, false
	}
	for i := 0; i < len(line); i++ {
		backslashes := 0
		for i < len(line) && line[i] == '\\' {
			backslashes++
			i++
			started = true
		}
		if i < len(line) && line[i] == '"' {
			started = true
			word = append(word, strings.Repeat(`\`, backslashes/2)...)
			if backslashes%2 == 1 {
				word = append(word, '"')
			} else {
				inQuotes = !inQuotes
			}
			continue
		}
		word = append(word, strings.Repeat(`\`, backslashes)...)
		switch {
		case i == len(line):
		case !inQuotes && (line[i] == ' ' || line[i] == '\t'):
			flush()
		default:
			word = append(word, line[i])
			started = true
		}
	}
	flush()
	return words
}
