// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"testing"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

func TestValueOpener(t *testing.T) {
	for _, test := range []struct {
		before   string
		inString bool
		want     string
	}{
		{"", false, ""}, {"x", false, ""}, {"f (", false, "("}, {"f $(", false, "$("}, {"f $(", true, "$("}, {"f (", true, ""}, {"$x =", true, ""},
		{"$x =", false, "$x ="}, {"a; $x+=", false, "$x+="}, {"$env:A =", false, "$env:A ="},
		{"x =", false, ""}, {"=", false, ""}, {"$=", false, ""}, {"@x =", false, ""}, {"a$ =", false, ""},
	} {
		if n := valueOpener(test.before, test.inString); test.before[len(test.before)-n:] != test.want {
			t.Errorf("%q, in a string %t: %d, want %q", test.before, test.inString, n, test.want)
		}
	}
	eachIs(t, "pathLength", pathLength, map[string]int{"": 0, "abc": 3, "abc d": 3, `a"`: 1, "a)": 1, "a}": 1, cmdline.CmdToken + "\\x y": len(cmdline.CmdToken) + 2})
}
