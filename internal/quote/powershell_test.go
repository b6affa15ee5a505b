// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"
	"testing"
)

// A literal is read back as the text that it was made of, and ends where it should.
func TestPowerShell(t *testing.T) {
	const quotes = "'\u2018\u2019\u201a\u201b"
	for _, text := range []string{"", "a", `C:\a b`, "it's", "''", quotes, "\u2018'\u2019", `"$x" $(y) %z%` + "`", "a\nb", "\u201c"} {
		runes := []rune(PowerShell(text))
		var read []rune
		at := 1
		for ; at < len(runes); at++ {
			if strings.ContainsRune(quotes, runes[at]) {
				if at+1 == len(runes) || !strings.ContainsRune(quotes, runes[at+1]) {
					break
				}
				at++
			}
			read = append(read, runes[at])
		}
		if string(read) != text || runes[0] != '\'' || at != len(runes)-1 {
			t.Errorf("PowerShell(%q) = %s, which reads as %q up to character %d of %d", text, string(runes), string(read), at, len(runes))
		}
	}
}
