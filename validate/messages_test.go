// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"
	"testing"
)

func TestTextsInMessages(t *testing.T) {
	for _, test := range []struct {
		length         int
		clipped, whole bool
	}{{80, false, true}, {81, true, true}, {400, true, true}, {401, true, false}} {
		text := strings.Repeat("x", test.length)
		if got := clip(text); (got != text) != test.clipped || len(got) > 80+len("…") {
			t.Errorf("%d bytes are clipped to %q", test.length, got)
		}
		if got := exact("write %s", text); (got == `write "`+text+`"`) != test.whole || !test.whole && got != "" {
			t.Errorf("the fix for %d bytes is %q", test.length, got)
		}
	}
	if got := exact("write %s or %s", `C:\a`, "b"); got != `write "C:\a" or "b"` {
		t.Errorf("the fix is %q", got)
	}
	for _, text := range []string{"a\nb", `a"b`, "\xff", "<U+000A>"} {
		if got := exact("write %s or %s", "x", text); got != "" {
			t.Errorf("the fix %q can't be followed to the letter", got)
		}
	}
}
