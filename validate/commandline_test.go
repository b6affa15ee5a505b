// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// TestWhatCmdReads holds the three questions that rules ask of a line.
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
		c := command{command: test.words}
		if got := c.stripsQuotes(); got != test.strips {
			t.Errorf("%q: cmd strips quotes: %t", test.words, got)
		}
		if i, j, ok := c.live(test.carets); ok != (test.live != "") || ok && c.word(i)[j:] != test.live {
			t.Errorf("%q: live at %d:%d (%t), want %q", test.words, i, j, ok, test.live)
		}
		wantCut := test.cut != "" || slices.Contains(test.words[:len(test.words)-1], "a\n")
		if i, j, ok := c.cutAt(); ok != wantCut || ok && c.word(i)[j+1:] != test.cut {
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
		if got := (command{command: words[:1], args: words[1:]}).quotes(); got != want {
			t.Errorf("%q has %d quotes, want %d", words, got, want)
		}
	}
}

func TestTextsInMessages(t *testing.T) {
	for _, test := range []struct {
		length         int
		clipped, whole bool
	}{{80, false, true}, {81, true, true}, {400, true, true}, {401, true, false}} {
		text := strings.Repeat("x", test.length)
		if got := clip(text); (got != text) != test.clipped || len(got) > 80+len("…") {
			t.Errorf("%d bytes are clipped to %q", test.length, got)
		}
		if got := exact("write %s", text); (got == "write "+text) != test.whole || !test.whole && got != "" {
			t.Errorf("the fix for %d bytes is %q", test.length, got)
		}
	}
}

// FuzzCommandLine compares what is read in the words with what is read in the
// line that they make, once here and once by package cmdline, which knows only
// lines that cmd leaves alone.
func FuzzCommandLine(f *testing.F) {
	f.Add("agent.exe\x00--config\x00C:\\some dir\\") // a backslash before the closing quote
	f.Add("C:\\Program Files\\x.exe\x00a b")         // the quotes are stripped
	f.Add("powershell\x00-c\x00echo \"a | b\"")      // live between escaped quotes
	f.Add("x\x00a\nb\x00c & d")                      // cut before it comes to the &
	f.Add("x.exe\x00a^&b\x00^(a|b)$")                // carets of both kinds
	f.Add("\x00\x00\"")                              // empty words
	f.Add("x.exe ^y")                                // a whole line, whose quotes cmd removes to its good
	f.Fuzz(func(t *testing.T, joined string) {
		words := strings.Split(joined, "\x00")
		c := commandOf("", words, nil)
		line := c.line()
		_, _, live := c.live(false)
		if want := cmdReads(line); live != want {
			t.Errorf("live in %q is %t, but cmd's reading of it says %t", line, live, want)
		}
		_, _, liveWithCarets := c.live(true)
		_, _, cut := c.cutAt()
		if cut != newlineCuts(words) {
			t.Errorf("%q: cut is %t", words, cut)
		}
		if _, err := cmdline.Cmd(line); err == nil && (liveWithCarets && !strings.Contains(line, "^") || cut || c.stripsQuotes() && c.quotes() != 2 && strings.Contains(words[0], " ")) {
			t.Errorf("cmd reads %q as it is, but live is %t, cut %t, and quotes are stripped %t", line, liveWithCarets, cut, c.stripsQuotes())
		}
		if (live && c.special&meta == 0) || (c.stripsQuotes() && c.special&program == 0) || (cut && c.special&newline == 0) {
			t.Errorf("%q: commandOf has missed what is special", words)
		}
		if utf16Length(cmdPrefix+line) > cmdLimit && c.special&long == 0 {
			t.Errorf("commandOf has missed that %d characters are many", len(line))
		}
	})
}

// TestEncodedLinesAreQuiet holds that no rule finds fault with a line that
// package cmdline has written for the nodes.
func TestEncodedLinesAreQuiet(t *testing.T) {
	pieces := []string{
		"", " ", "\t", `"`, `\`, "&", "|", "<", ">", "(", ")", "^", "%", "$", "$(", "=", "'", "a", "--b=", "c d",
		"%CONTAINER_SANDBOX_MOUNT_POINT%", "$env:CONTAINER_SANDBOX_MOUNT_POINT/", "ä", "\n", "/", ".",
	}
	programs := []string{"a.exe", `C:\tools\b.exe`, `C:\my tools\c d.exe`, `%CONTAINER_SANDBOX_MOUNT_POINT%\a b.exe`}
	r := rand.New(rand.NewPCG(1, 2))
	quiet := 0
	for range 100_000 {
		args := make([]string, r.IntN(4))
		for i := range args {
			for range r.IntN(6) {
				args[i] += pieces[r.IntN(len(pieces))]
			}
		}
		nodes := cmdline.Nodes{Shell: r.IntN(3) > 0}
		nodes.Direct = !nodes.Shell || r.IntN(2) == 0
		words, err := cmdline.Encode(programs[r.IntN(len(programs))], args, nodes)
		if err != nil {
			continue
		}
		p := pod{spec: &corev1.PodSpec{}}
		if nodes.Shell {
			p.nodes |= bindMounts
		}
		if nodes.Direct {
			p.nodes |= symlinkMounts
		}
		c := commandOf("", words, nil)
		for _, rule := range []*rule[commandCheck]{&commandLength, &commandMetacharacter, &commandNewline, &commandProgram, &commandQuotes} {
			if problems := rule.check(p, container{Container: &corev1.Container{}}, c); (rule.when == 0 || rule.when&p.nodes != 0) && problems != nil {
				t.Fatalf("%s finds fault with %q on %+v: %v", rule.ID, words, nodes, problems)
			}
		}
		quiet++
	}
	if quiet < 20_000 {
		t.Errorf("only %d lines could be written: the test shows little", quiet)
	}
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
