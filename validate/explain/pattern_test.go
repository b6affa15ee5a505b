// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
)

func TestPattern(t *testing.T) {
	for _, tt := range []struct {
		name    string
		pattern pattern
		text    string
		end     int // -1 for no match
	}{
		{"the whole text", pattern{"ab"}, "ab", 2},
		{"either case", pattern{"aB"}, "Ab", 2},
		{"cut off", pattern{"abc"}, "ab", -1},
		{"another letter", pattern{"abc"}, "abd", -1},

		{"a space", pattern{"a b"}, "a b", 3},
		{"many spaces", pattern{"a b"}, "a \t\r\n  b", 8},
		{"a tab", pattern{"a b"}, "a\tb", 3},
		{"a carriage return", pattern{"a b"}, "a\rb", 3},
		{"a line feed", pattern{"a b"}, "a\nb", 3},
		{"no space", pattern{"a b"}, "ab", -1},
		{"a vertical tab is no space", pattern{"a b"}, "a\vb", -1},
		{"spaces to the end", pattern{"a b"}, "a  ", -1},

		{"a word", pattern{"a *b"}, "a x b", -1}, // a space ends it
		{"a word before a quote", pattern{`a *" b`}, `a x" b`, 6},
		{"a word before an escaped quote", pattern{`a *" b`}, `a x\" b`, 7},
		{"a word of one mark", pattern{`a *"`}, `a !"`, 4},
		{"a word that isn't ASCII", pattern{`a *"`}, `a é"`, 5},
		{"a word ends at a backslash", pattern{`a * c`}, `a x\ c`, -1},
		{"no word", pattern{`a *"`}, `a "`, -1},
		{"a word to the end", pattern{"a *"}, "a x", 3},

		{"a quote", pattern{`a"b`}, `a"b`, 3},
		{"an escaped quote", pattern{`a"b`}, `a\"b`, 4},
		{"a quote escaped twice", pattern{`a"b`}, `a\\\"b`, 6},
		{"a quote that isn't doubled", pattern{`a"b`}, `a""b`, -1},
		{"another quote", pattern{`a"b`}, `a'b`, -1},
		{"no quote", pattern{`a"b`}, `ab`, -1},
		{"backslashes to the end", pattern{`a"b`}, `a\`, -1},
		{"an apostrophe", pattern{`a'b`}, `a'b`, 3},
		{"a doubled apostrophe", pattern{`a'b`}, `a''b`, 4},
		{"three apostrophes", pattern{`a'b`}, `a'''b`, -1},
		{"an escaped apostrophe", pattern{`a'b`}, `a\'b`, 4},
		{"a quote at the end", pattern{`a'`}, `a'`, 2},

		{"two parts", pattern{"ab", "cd"}, "ab: cd", 6},
		{"two parts, no gap", pattern{"ab", "cd"}, "abcd", 4},
		{"the second part begins twice", pattern{"ab", "cd"}, "ab c cd", 7},
		{"the first of two places", pattern{"ab", "cd"}, "ab cd cd", 5},
		{"parts don't overlap", pattern{"ab", "bc"}, "abc", -1},
		{"the other order", pattern{"ab", "cd"}, "cd ab", -1},
		{"three parts", pattern{"ab", "cd", "ef"}, "ab cd ef", 8},
		{"the last of three is missing", pattern{"ab", "cd", "ef"}, "ab cd", -1},
		{"the second of three is missing", pattern{"ab", "cd", "ef"}, "ab ef", -1},

		{"a folded line", pattern{"ab", "cd"}, "ab\n  cd", 7},
		{"a line folded with a tab", pattern{"ab", "cd"}, "ab x\r\n\tcd", 9},
		{"the next line", pattern{"ab", "cd"}, "ab\ncd", -1},
		{"a line after an empty one", pattern{"ab", "cd"}, "ab\n\n cd", 7},
		{"the end of the last line", pattern{"ab", "cd"}, "ab\n", -1},

		// maxGap, in numbers: the last place where a part can start, and the next.
		{"the widest gap", pattern{"ab", "cd"}, "ab" + strings.Repeat("-", 4096) + "cd", 4100},
		{"too wide a gap", pattern{"ab", "cd"}, "ab" + strings.Repeat("-", 4097) + "cd", -1},
		{"two of the widest gaps", pattern{"ab", "cd", "ef"}, "ab" + strings.Repeat("-", 4096) + "cd" + strings.Repeat("-", 4096) + "ef", 8198},
	} {
		got, ok := tt.pattern.match(tt.text, 0)
		if !ok {
			got = -1
		}
		if got != tt.end {
			t.Errorf("%s: %q in %.20q ends at %d, want %d", tt.name, tt.pattern, tt.text, got, tt.end)
		}
	}
	if got, ok := (pattern{"ab", "cd"}).match("ab ab cd", 3); got != 8 || !ok {
		t.Errorf("a match that starts later ends at %d", got)
	}
}

// TestWords: a text is only found where a word starts.
func TestWords(t *testing.T) {
	const text = "failed to logon user"
	for before, want := range map[string]bool{
		"": true, " ": true, ":": true, "\"": true, "1": true, "\n": true, "é": true,
		`\n`: true, `\t`: true, `x\n`: true, `\\n`: true, // as logs write a line end
		"n": false, "N": false, "nn": false, `\nn`: false, "a": false, "z": false, "A": false, "Z": false,
		"@": true, "[": true, "`": true, "{": true, // the neighbours of letters
	} {
		if got := Explain(before + text); (len(got) == 1) != want {
			t.Errorf("%q means %q", before+text, matches(got))
		}
	}
}

func TestLetters(t *testing.T) {
	for i := range 256 {
		c := byte(i)
		isASCII := c <= unicode.MaxASCII
		if want := isASCII && unicode.IsLetter(rune(c)); isLetter(c) != want {
			t.Errorf("%q is a letter: %t", c, !want)
		}
		if want := bytes.ToLower([]byte{c})[0]; isASCII && lower(c) != want {
			t.Errorf("%q in lower case is %q, want %q", c, lower(c), want)
		}
		if !isASCII && lower(c) != c {
			t.Errorf("%q in lower case is %q", c, lower(c))
		}
	}
}
