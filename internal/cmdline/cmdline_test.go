// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpand(t *testing.T) {
	env := map[string]string{"A": "1", "B": "$(A)"}
	for in, want := range map[string]string{
		"":           "",
		"plain":      "plain",
		"$(A)":       "1",
		"x$(A)y$(A)": "x1y1",
		"$(B)":       "$(A)", // values aren't expanded again
		"$(C)":       "$(C)",
		"$$(A)":      "$(A)",
		"$$$(A)":     "$1",
		"$$":         "$",
		"$":          "$",
		"$a$":        "$a$",
		"$(A":        "$(A",
		"$($(A)":     "$($(A)", // the name is $(A
		"$()":        "$()",
		"$env:A":     "$env:A",
	} {
		if got := Expand(in, env); got != want {
			t.Errorf("Expand(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"a.exe", "b"}, `a.exe b`},
		{[]string{"a.exe", ""}, `a.exe ""`},
		{[]string{"a b.exe", "c\td"}, "\"a b.exe\" \"c\td\""},
		{[]string{"a", `b"c`}, `a b\"c`},
		{[]string{"a", `b\`, `c \`}, `a b\ "c \\"`},
		{[]string{"a", `b\"c`}, `a b\\\"c`},
		{[]string{"a", "b&c\nd"}, "a b&c\nd"},
	} {
		if got := Join(test.words); got != test.want {
			t.Errorf("Join(%q) = %s, want %s", test.words, got, test.want)
		}
	}
}

func TestSplit(t *testing.T) {
	for line, want := range map[string][]string{
		"":                  nil,
		"a.exe":             {"a.exe"},
		"a.exe  b\tc ":      {"a.exe", "b", "c"},
		`"C:\a b\c.exe" d`:  {`C:\a b\c.exe`, "d"},
		`"C:\a\" b`:         {`C:\a\`, "b"}, // no escapes in the program
		`a "b c" d`:         {"a", "b c", "d"},
		`a "" b`:            {"a", "", "b"},
		`a b\"c d\\"e f" g`: {"a", `b"c`, `d\e f`, "g"},
		`a "b\\" "c\\\"d"`:  {"a", `b\`, `c\"d`},
		`a b\c\\d`:          {"a", `b\c\\d`},
		`a "b""c" d`:        {"a", `b"c`, "d"},
		`a b"c d"e`:         {"a", "bc de"},
		`a "open b`:         {"a", "open b"},
		" a b":              {"", "a", "b"}, // white space ends the program's name, also an empty one
	} {
		if diff := cmp.Diff(want, Split(line)); diff != "" {
			t.Errorf("Split(%s) (-want +got)\n%s", line, diff)
		}
	}
}

func TestCmd(t *testing.T) {
	longest := "a.exe " + strings.Repeat("é", 8191-len("cmd /c a.exe ")) // characters count, not bytes
	for line, want := range map[string]string{
		`a.exe b`:                        `a.exe b`,
		`a.exe "b c" d"e`:                `a.exe "b c" d"e`,
		`a.exe "b & c" ^&d ^^ ^"e`:       `a.exe "b & c" &d ^ "e`,
		`C:\a\b.com --c=d,e;f {g} [h] !`: `C:\a\b.com --c=d,e;f {g} [h] !`,
		`"C:\a b\c.exe" d`:               `"C:\a b\c.exe" d`,
		`"C:\a\c.exe" d`:                 `C:\a\c.exe d`, // no space: the quotes go
		`a:\b.exe`:                       `a:\b.exe`,
		`A:\b.exe`:                       `A:\b.exe`,
		`z:\b.exe`:                       `z:\b.exe`,
		`Z:\b.exe`:                       `Z:\b.exe`,
		`.exe b`:                         `.exe b`,
		longest:                          longest,
	} {
		if got, err := Cmd(line); err != nil || got != want {
			t.Errorf("Cmd(%s) = %s, %v; want %s", line, got, err, want)
		}
	}
	for line, want := range map[string]Reason{
		"a.exe\nb":                               Control,
		"a.exe \x1a":                             Control,
		"a.exe %PATH%":                           Percent,
		"a.exe 100%":                             Percent,
		"a.exe b & c.exe":                        Live,
		"a.exe b | c.exe":                        Live,
		"a.exe >b":                               Live,
		"a.exe (b)":                              Live,
		`a.exe "b" & c`:                          Live,
		"a.exe ^":                                Live,
		`"C:\a b\c.exe" "d e"`:                   QuotedTwice,
		`"C:\a (b)\c.exe" d`:                     Live, // the quotes go, and the parentheses are bare
		"a b":                                    Extension,
		"a.cmd b":                                Extension,
		"echo.exe b":                             InternalCommand,
		"":                                       Extension,
		"a=b.exe":                                ProgramCharacter,
		"./a.exe":                                ProgramCharacter,
		"C:a.exe":                                ProgramCharacter,
		"C:":                                     ProgramCharacter,
		`1:\a.exe`:                               ProgramCharacter,
		`[:\a.exe`:                               ProgramCharacter,
		`{:\a.exe`:                               ProgramCharacter,
		"\xe9:\\a.exe":                           ProgramCharacter,
		"a\u00a0b.exe":                           ProgramCharacter, // a space that is none to the parser
		"a.exe " + strings.Repeat("b", 8191-7-5): TooLong,
		longest + "é":                            TooLong,
	} {
		_, err := Cmd(line)
		if got := reasonOf(err); got != want {
			t.Errorf("Cmd(%.50q): %q, want %q", line, got, want)
		}
	}
}

func reasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return 0
}

func TestEncode(t *testing.T) {
	bind, direct, both := Nodes{Shell: true}, Nodes{Direct: true}, Nodes{Shell: true, Direct: true}
	long := strings.Repeat("x", 9000)
	for _, test := range []struct {
		program string
		args    []string
		nodes   Nodes
		want    []string
		reason  Reason
	}{
		{"a.exe", []string{"b c", `d"e`}, both, []string{"a.exe", "b c", `d"e`}, 0},
		{"a.exe", []string{"b&c"}, bind, []string{"a.exe", "b^&c"}, 0},
		{"a.exe", []string{"b&c"}, direct, []string{"a.exe", "b&c"}, 0},
		{"a.exe", []string{"b&c"}, both, nil, Mixed},
		{"a.exe", []string{"b & c"}, both, []string{"a.exe", "b & c"}, 0},
		{"a.exe", []string{`b" & "c d`}, bind, []string{"a.exe", `b" ^& "c d`}, 0},
		{"a.exe", []string{`b" & "c d`}, both, nil, Mixed},
		{"a.exe", []string{"100%"}, direct, []string{"a.exe", "100%"}, 0},
		{"a.exe", []string{"100%"}, both, nil, Percent},
		{"a.exe", []string{"%CONTAINER_SANDBOX_MOUNT_POINT%\\b"}, both, []string{"a.exe", "%CONTAINER_SANDBOX_MOUNT_POINT%\\b"}, 0},
		{"a.exe", []string{"b\nc"}, direct, []string{"a.exe", "b\nc"}, 0},
		{"a.exe", []string{"b\nc"}, bind, nil, Control},
		{"a.exe", []string{"b\x00"}, direct, nil, ZeroByte},
		{"a.exe", []string{"b\xff"}, direct, nil, NotUTF8},
		{"a.exe", []string{long}, direct, []string{"a.exe", long}, 0},
		{"a.exe", []string{long}, both, nil, TooLong},
		{"a.exe", slices.Repeat([]string{""}, 3000), both, nil, TooLong}, // quotes and spaces only
		{"a.exe", []string{long + long + long + long}, direct, nil, TooLong},
		{`C:\a b\c.exe`, []string{"d"}, both, []string{`C:\a b\c.exe`, "d"}, 0},
		{`C:\a b\c.exe`, []string{"d e"}, direct, []string{`C:\a b\c.exe`, "d e"}, 0},
		{`C:\a b\c.exe`, []string{"d e"}, both, nil, QuotedTwice},
		{`C:\a b\c.exe`, []string{`d"`}, both, nil, QuotedTwice},
		{`C:\a b\c.exe`, []string{""}, both, nil, QuotedTwice},
		{`%CONTAINER_SANDBOX_MOUNT_POINT%\a.exe`, nil, both, []string{`%CONTAINER_SANDBOX_MOUNT_POINT%\a.exe`}, 0},
		{"%CONTAINER_SANDBOX_MOUNT_POINT%", nil, both, nil, ProgramCharacter},
		{"", nil, both, nil, ProgramCharacter},
		{"a", nil, both, nil, Extension},
		{"a.bat", nil, direct, nil, Extension},
		{"SET.EXE", nil, both, nil, InternalCommand},
		{"a(b).exe", nil, both, nil, ProgramCharacter},
		{"a\x01b.exe", nil, direct, nil, ProgramCharacter},
		{"a\nb.exe", nil, direct, nil, ProgramCharacter},
		{"a.exe", []string{"$(A) $$ $b $"}, Nodes{Direct: true, Expand: true}, []string{"a.exe", "$$(A) $$$$ $b $"}, 0},
		{"a.exe", []string{"$(A) $b"}, Nodes{Direct: true, Expand: true, Variables: true}, []string{"a.exe", "$(A) $b"}, 0},
		{"a.exe", []string{"$(A)"}, Nodes{Direct: true, Variables: true}, nil, NoVariables},
		{"a.exe", []string{"$(A)$(B) (c) $(d"}, Nodes{Shell: true, Expand: true, Variables: true}, []string{"a.exe", "$(A)$(B) (c) $(d"}, 0},
		{"a.exe", []string{"$(A)(c)$(d"}, Nodes{Shell: true, Expand: true, Variables: true}, []string{"a.exe", "$(A)^(c^)$^(d"}, 0},
		{"a.exe", []string{"$$(A)"}, Nodes{Shell: true, Expand: true, Variables: true}, nil, TwoDollars},
	} {
		got, err := Encode(test.program, test.args, test.nodes)
		if diff := cmp.Diff(test.want, got); diff != "" || reasonOf(err) != test.reason {
			t.Errorf("Encode(%q, %.60q, %+v) = %.60q, %v", test.program, test.args, test.nodes, got, err)
		}
	}
}

func TestReferences(t *testing.T) {
	for word, want := range map[string][]string{
		"": nil, "$": nil, "$(": nil, "$(A": nil, "a$(A)b$(B)": {"A", "B"}, "$()": {""}, "$(A)$(": {"A"},
	} {
		if diff := cmp.Diff(want, References(word)); diff != "" {
			t.Errorf("References(%q) (-want +got)\n%s", word, diff)
		}
	}
}

func TestErrors(t *testing.T) {
	for reason := ZeroByte; reason <= NoVariables; reason++ {
		e := &Error{Word: 1, Reason: reason}
		if !strings.HasPrefix(e.Error(), "argument 1 ") || len(reason.String()) < 20 {
			t.Errorf("%d says %q", reason, e.Error())
		}
	}
	for _, unknown := range []Reason{0, NoVariables + 1, 255} {
		if (&Error{Reason: unknown}).Error() == "" {
			t.Errorf("the unknown reason %d says nothing", unknown)
		}
	}
}

// roundTrip encodes the words and sends them along every route. They must arrive
// unchanged. Encode may refuse them, but then its error must name the word.
func roundTrip(t testing.TB, program string, args []string, nodes Nodes) (encoded bool) {
	words, err := Encode(program, args, nodes)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Reason == 0 || e.Word > len(args) {
			t.Fatalf("Encode(%q, %q, %+v): %v", program, args, nodes, err)
		}
		return false
	}
	var routes []Route
	if nodes.Shell {
		routes = append(routes, Route{Root: `C:\hpc`, Shell: true})
	}
	if nodes.Direct {
		routes = append(routes, Route{Root: `C:\C\0123`}, Route{Root: `C:\hpc\0123`})
	}
	for _, route := range routes {
		route.Expand = nodes.Expand
		route.Env = map[string]string{"A": "altered", "a": "altered", "": "altered"}
		want := []string{Substitute(program, route.Root)}
		for _, arg := range args {
			want = append(want, Substitute(arg, route.Root))
		}
		got, err := route.Arguments(words)
		if err != nil || !slices.Equal(want, got) {
			t.Fatalf("%q %q became\n%q %v\non %+v with the words\n%q", program, args, got, err, route, words)
		}
	}
	return true
}

// pieces are texts that are special in command lines.
var pieces = []string{
	"", " ", "\t", "\"", "\\", "\\\\", "&", "|", "<", ">", "(", ")", "^", "%", "!", "$", "$(", "$(A)", "$$", ")", "=", ",", ";", "'", "`",
	"a", "A", "b.exe", "/c", "-x", "--y=z", "%PATH%", "%CONTAINER_SANDBOX_MOUNT_POINT%", "$env:CONTAINER_SANDBOX_MOUNT_POINT",
	"ä", "日本", "😀", "\u00a0", "\n", "\r", "\x00", "\xff", "C:\\", "C:/a", "..", "*", "?", "{}", "[]", "@", "~", "#",
}

func randomWord(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(6) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func TestRandomRoundTrips(t *testing.T) {
	programs := []string{"a.exe", `C:\a\b.exe`, `C:\a b\c d.exe`, `%CONTAINER_SANDBOX_MOUNT_POINT%\a.exe`, `%CONTAINER_SANDBOX_MOUNT_POINT%\a b.exe`, "a$$.exe"}
	r := rand.New(rand.NewPCG(1, 2))
	lists := 1_000_000
	if testing.Short() {
		lists /= 100
	}
	encoded := 0
	for range lists {
		args := make([]string, r.IntN(5))
		for i := range args {
			args[i] = randomWord(r)
		}
		bits := r.IntN(12)
		nodes := Nodes{Shell: bits%3 != 1, Direct: bits%3 != 0, Expand: bits/3%2 == 0}
		if roundTrip(t, programs[r.IntN(len(programs))], args, nodes) {
			encoded++
		}
	}
	if encoded < lists/4 {
		t.Errorf("only %d of %d lists could be encoded: the test shows little", encoded, lists)
	}
	t.Logf("%d of %d lists encoded, none altered", encoded, lists)
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("a.exe", "b c", `d"e`, "f&g", uint8(1))                           // caret outside of quotes
	f.Add(`C:\a b\c.exe`, "d", "e", "f", uint8(3))                          // quoted program
	f.Add("a.exe", `b\`, `c \`, `"`, uint8(3))                              // backslashes before quotes
	f.Add("a.exe", "", " ", "\t", uint8(2))                                 // white space only
	f.Add("a.exe", `"^`, "^&", `" "`, uint8(1))                             // carets around quotes
	f.Add("a.exe", "$(A)", "$$(A)", "$$$", uint8(7))                        // the kubelet's references
	f.Add("a.exe", "%CONTAINER_SANDBOX_MOUNT_POINT%\\", `"`, "%", uint8(3)) // the root, then a quote
	f.Add("echo.exe", "%%", "\n", "\x00", uint8(3))                         // what can't be encoded
	f.Fuzz(func(t *testing.T, program, a, b, c string, bits uint8) {
		roundTrip(t, program, []string{a, b, c}, Nodes{Shell: bits&1 != 0, Direct: bits&2 != 0, Expand: bits&4 != 0})
	})
}
