// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

func TestScriptCommands(t *testing.T) {
	power := func(words ...string) []string { return append([]string{"powershell", "-Command"}, words...) }
	for _, test := range []struct {
		words []string
		want  []string // the words of each command, and after > its outputs
	}{
		{power("a b; c"), []string{"a|b", "c"}},
		{power("a", "b | c", "d"), []string{"a|b", "c|d"}},
		{power("a (b c) d"), []string{"b|c", "a|(|d"}},
		{power("a { b; c } d"), []string{"b", "c", "a|{|d"}},
		{power(`a "x$(b c)y" 'z''z'`), []string{"b|c", "a|xy|z'z"}},
		{power("$x = a b"), []string{"a|b"}},
		{power("if (a b) { c } else { d }"), []string{"a|b", "c", "d"}},
		{power("& 'a b' c > d 2>&1"), []string{"a b|c>d"}},
		{power("'a' > b"), []string{">b"}},
		{power("a `b`\" c"), []string{`a|b"|c`}},
		{power("a # b; c\nd"), []string{"a", "d"}},
		{power("a b, c -d e, f"), []string{"a|b|,c|-d|e|,f"}},
		{power("'a b'.c(d)"), nil},
		{[]string{"powershell", "-File", "a b"}, nil},
		{[]string{"powershell"}, nil},
		{[]string{"cmd", "/c", `a "b c" > d & e ^& f 2>&1`}, []string{"a|b c>d", "e|&|f"}},
		{[]string{"cmd", "/c", "a", "b c", ">", "d"}, []string{"a|b c>d"}},
		{[]string{"cmd", "/d"}, nil},
		{[]string{"a", "b", "1>>c"}, []string{"a|b>c"}},
	} {
		var got []string
		for s := range (command{Line: cmdline.Line{Command: test.words}}).scriptCommands {
			var words, outputs []string
			for _, w := range s.words {
				if w.more {
					w.text = "," + w.text
				}
				words = append(words, w.text)
			}
			text := strings.Join(words, "|")
			for _, w := range s.outputs {
				outputs = append(outputs, w.text)
			}
			if len(outputs) > 0 {
				text += ">" + strings.Join(outputs, "|")
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.words, diff)
		}
	}
	for _, words := range [][]string{power("a; b"), power("(a) b"), {"cmd", "/c", "a & b"}} {
		for range (command{Line: cmdline.Line{Command: words}}).scriptCommands {
			break // must not be asked for more
		}
	}
}

func TestScriptArguments(t *testing.T) {
	for _, test := range []struct {
		script string
		names  []string
		index  int
		want   string
	}{
		{"a b c", nil, 1, "c"},
		{"a b, c d", nil, 1, "d"},
		{"a b, c d", nil, everyArgument, "b c d"},
		{"a -To x, y -Force z", []string{"-to"}, everyArgument, "x y z"},
		{"a -Path b c", []string{"-to"}, 1, "c"},
		{"a -To:x b", []string{"-to"}, 0, "x"},
		{"a -Other x, y b", []string{"-to"}, 0, "b"},
		{"a (b) c", nil, 1, "c"},
	} {
		var got []string
		for s := range (command{Line: cmdline.Line{Command: []string{"powershell", "-Command", test.script}}}).scriptCommands {
			if !s.isNamed("a") {
				continue
			}
			for _, w := range s.arguments(test.names, test.index) {
				got = append(got, w.text)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q %d are %q, want %q", test.script, test.names, test.index, got, test.want)
		}
	}
}
