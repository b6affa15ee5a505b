// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatCmdReads(t *testing.T) {
	for _, test := range []struct {
		words  []string
		strips bool
		live   string // the byte and what follows it in its word
		carets bool
		cut    string // what follows the line feed in its word
	}{
		{words: []string{"foo.exe", "a b"}},
		{words: []string{`C:\Program Files\x.exe`, "-v"}},
		{words: []string{`C:\Program Files\x.exe`, "a b"}, strips: true},
		{words: []string{`C:\Program Files\x.exe`, `a"b`}, strips: true},
		{words: []string{`C:\Program Files (x86)\x.exe`}, strips: true},
		{words: []string{"", "x"}, strips: true},
		// The last one ends a quoted part as it is, and as it is gone starts none.
		{words: []string{`C:\My Tools\x.exe`, "x", "c d", "&y"}, strips: true, live: "&y"},
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
		{words: []string{"a", "x^&y", "^(z^)", "^^"}, carets: true},
		{words: []string{"a", "x^&y"}, live: "^&y"},
		{words: []string{"a", "^(x)$"}, carets: true, live: "^(x)$"},
		{words: []string{"a", "^x"}, carets: true, live: "^x"},
		{words: []string{"a", "x^"}, carets: true, live: "^"},
		{words: []string{"a", "^^|"}, carets: true, live: "|"},
		{words: []string{"a", "^&(x)"}, carets: true},
		{words: []string{"a", "^(^(x)"}, carets: true, live: "^(^(x)"},
		{words: []string{"a", "^)x("}, carets: true, live: "^)x("},
		// The kinds of lines that upstream's own end-to-end tests run.
		{words: []string{"powershell", "-Command", `& { if ($env:X -ne "$(whoami)") { exit 3 } }`}},
		{words: []string{"cmd", "/c", "ren", "a", "b", "&&", "b"}, live: "&&"},
	} {
		c := Line{Command: test.words}
		if got := c.StripsQuotes(); got != test.strips {
			t.Errorf("%q: cmd strips quotes: %t", test.words, got)
		}
		if i, j, ok := c.LiveAt(test.carets); ok != (test.live != "") || ok && c.Word(i)[j:] != test.live {
			t.Errorf("%q: live at %d:%d (%t), want %q", test.words, i, j, ok, test.live)
		}
		wantCut := test.cut != "" || slices.Contains(test.words[:len(test.words)-1], "a\n")
		if i, j, ok := c.CutAt(); ok != wantCut || ok && c.Word(i)[j+1:] != test.cut {
			t.Errorf("%q: cut at %d:%d (%t), want %q", test.words, i, j, ok, test.cut)
		}
	}
}

func TestQuotesOfALine(t *testing.T) {
	for want, words := range map[int][]string{
		0: {"a", "b"},
		2: {"a b"},
		3: {`a"b`, "c d"},
		6: {"", `"a b"`},
	} {
		if got := (Line{Command: words[:1], Args: words[1:]}).Quotes(); got != want {
			t.Errorf("%q has %d quotes, want %d", words, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("agent.exe\x00--config\x00C:\\some dir\\") // a backslash before the closing quote
	f.Add("C:\\Program Files\\x.exe\x00a b")         // the quotes are stripped
	f.Add("powershell\x00-c\x00echo \"a | b\"")      // live between escaped quotes
	f.Add("x\x00a\nb\x00c & d")                      // cut before it comes to the &
	f.Add("x.exe\x00a^&b\x00^(a|b)$")                // carets of both kinds
	f.Add("\x00\x00\"")                              // empty words
	f.Add("x.exe ^y")                                // a whole line, whose quotes cmd removes to its good
	f.Fuzz(func(t *testing.T, joined string) {
		words := strings.Split(joined, "\x00")
		c := Line{Command: words}
		line := c.String()
		_, _, live := c.LiveAt(false)
		if want := cmdReads(line); live != want {
			t.Errorf("live in %q is %t, but cmd's reading of it says %t", line, live, want)
		}
		_, _, liveWithCarets := c.LiveAt(true)
		_, _, cut := c.CutAt()
		if cut != newlineCuts(words) {
			t.Errorf("%q: cut is %t", words, cut)
		}
		if _, err := Cmd(line); err == nil && (liveWithCarets && !strings.Contains(line, "^") || cut || c.StripsQuotes() && c.Quotes() != 2 && strings.Contains(words[0], " ")) {
			t.Errorf("cmd reads %q as it is, but live is %t, cut %t, and quotes are stripped %t", line, liveWithCarets, cut, c.StripsQuotes())
		}
		length := UTF16Len(shell + line)
		if got, tooLong := c.TooLongForCmd(); tooLong != (length > MostForCmd) || tooLong && got != length {
			t.Errorf("the line has %d characters, not %d (%t)", length, got, tooLong)
		}
	})
}

func newlineCuts(words []string) bool {
	_, after, _ := strings.Cut(strings.Join(words, "\x00"), "\n")
	return strings.Trim(after, "\r\n\t ") != ""
}

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
