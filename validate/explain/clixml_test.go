// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"slices"
	"strings"
	"testing"
)

// TestCLIXML: PowerShell's errors in XML are explained like text, wherever lines are
// broken.
func TestCLIXML(t *testing.T) {
	const before, after = "failed to logon user\n#< CLIXML\r\n" + `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj S="progress" RefId="0"><MS><S N="x">modify</S></MS></Obj>`, "</Objs>\nfailed to start host process"
	for _, test := range []struct{ xml, matched string }{
		{`<S S="Error">'bin' is not recognized as an internal or external command,_x000D__x000A_</S>`, "is not recognized as an internal or external command"},
		{`<S S="Error">&apos;bin&apos; is not recognized as an_x000D__x000A_</S><S S="Error">internal or external command,_x000D__x000A_</S>`, `is not recognized as an_x000D__x000A_</S><S S="Error">internal or external command`},
		{`<S S="Error">User &quot;system:node:win-1&quot; cannot get &lt;nodes&gt; &amp; pods_x000A_</S>`, `User &quot;system:node:win-1&quot; cannot`},
	} {
		causes := Explain(before + test.xml + after)
		want := []string{"failed to logon user", "CLIXML", test.matched, "failed to start host process"}
		if got := matches(causes); !slices.Equal(got, want) {
			t.Errorf("%s\nmatched %q, want %q", test.xml, got, want)
		}
		// A log can be cut off at any byte.
		cut := before + strings.TrimSuffix(test.xml, "</S>")
		if got := matches(Explain(cut)); !slices.Equal(got, want[:3]) {
			t.Errorf("%s\nmatched %q, want %q", cut, got, want[:3])
		}
	}
	for _, xml := range []string{"<", "<S S=", "<S>", "<S>_x", "<S>_x00", "<S>_xZZZZ_", "<S>&", "<S>&l", "<S>\xff", "</Objs>", "</Objs>#< CLIXML"} {
		if got := matches(Explain("#< CLIXML" + xml)); !slices.Equal(got, []string{"CLIXML"}) {
			t.Errorf("%q matched %q", xml, got)
		}
	}
}
