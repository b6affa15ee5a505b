// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"strings"
	"testing"
)

// ofLength makes a text of n UTF-16 units from a character that has one or two of
// them, and fills up with x.
func ofLength(n int, character string) string {
	units := UTF16Len(character)
	return strings.Repeat(character, n/units) + strings.Repeat("x", n%units)
}

func TestUTF16Len(t *testing.T) {
	eachIs(t, "UTF16Len", UTF16Len, map[string]int{"": 0, "a": 1, "é": 1, "日本": 2, "😀": 2, "a😀b": 4, "\xff": 1, "\U0010ffff": 2})
}

// TestLengthAtTheLimit tries lines that are as long as they may be, and longer by
// one: of characters that have one byte, two, three, and four, which are two for
// Windows.
func TestLengthAtTheLimit(t *testing.T) {
	const program = "a.exe "
	for _, character := range []string{"x", "é", "日", "😀"} {
		for _, over := range []int{0, 1} {
			want := Reason(0)
			if over > 0 {
				want = TooLong
			}
			shellArg := ofLength(MostForCmd-len("cmd /c "+program)+over, character)
			if _, err := Cmd(program + shellArg); reasonOf(err) != want {
				t.Errorf("Cmd of %q, %d over the limit: %v", character, over, err)
			}
			if _, err := (Route{Root: BindRoot, Shell: true}).Arguments([]string{"a.exe", shellArg}); reasonOf(err) != want {
				t.Errorf("cmd's arguments of %q, %d over the limit: %v", character, over, err)
			}
			if _, err := Encode("a.exe", []string{shellArg}, Nodes{Shell: true}); reasonOf(err) != want {
				t.Errorf("Encode of %q for cmd, %d over the limit: %v", character, over, err)
			}
			length, tooLong := Line{Command: []string{"a.exe"}, Args: []string{shellArg}}.TooLongForCmd()
			if tooLong != (over > 0) || tooLong && length != MostForCmd+over {
				t.Errorf("the line of %q, %d over the limit, is %d long: %t", character, over, length, tooLong)
			}

			directArg := ofLength(mostForWindows-len(program)+over, character)
			if _, err := (Route{Root: BindRoot}).Arguments([]string{"a.exe", directArg}); reasonOf(err) != want {
				t.Errorf("the arguments of %q, %d over the limit: %v", character, over, err)
			}
			if _, err := Encode("a.exe", []string{directArg}, Nodes{Direct: true}); reasonOf(err) != want {
				t.Errorf("Encode of %q, %d over the limit: %v", character, over, err)
			}
		}
	}
}

// TestLengthOfWhatIsPutIn: the length is measured after the shim's replacements.
func TestLengthOfWhatIsPutIn(t *testing.T) {
	fits := func(words ...string) bool {
		_, tooLong := Line{Command: words}.TooLongForCmd()
		return !tooLong
	}
	const room = MostForCmd - len("cmd /c ")
	for name, test := range map[string]struct {
		words func(n int) []string
		unit  int // how much longer the line is with n+1
		fixed int // how long it is with n = 0
	}{
		"quotes":         {func(n int) []string { return []string{" " + strings.Repeat(`"`, n)} }, 2, 3},
		"backslashes":    {func(n int) []string { return []string{" " + strings.Repeat(`\`, n)} }, 2, 3},
		"empty words":    {func(n int) []string { return append(make([]string, n), "a") }, 3, 1},
		"tokens":         {func(n int) []string { return []string{strings.Repeat(CmdToken, n)} }, len(BindRoot), 0},
		"PowerShell's":   {func(n int) []string { return []string{strings.Repeat(PowerShellToken, n)} }, len(BindRoot), 0},
		"no such things": {func(n int) []string { return []string{strings.Repeat("a", n)} }, 1, 0},
	} {
		n := (room - test.fixed) / test.unit
		if !fits(test.words(n)...) || fits(test.words(n+1)...) {
			t.Errorf("%s: %d fit: %t, one more fits: %t", name, n, fits(test.words(n)...), fits(test.words(n+1)...))
		}
	}
	// Encode leaves room for the longest root there is, C:\hpc\ and an ID.
	const token = len(`C:\hpc\`) + 64
	n := (mostForWindows - len("a.exe ")) / token
	fill := mostForWindows - len("a.exe ") - n*token
	for over, want := range []Reason{0, TooLong} {
		arg := strings.Repeat(CmdToken, n) + strings.Repeat("a", fill+over)
		if _, err := Encode("a.exe", []string{arg}, Nodes{Direct: true}); reasonOf(err) != want {
			t.Errorf("Encode of %d tokens, %d over the limit: %v", n, over, err)
		}
	}
}
