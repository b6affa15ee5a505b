// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostpath

import "testing"

func TestResolve(t *testing.T) {
	for path, want := range map[string]string{
		`C:\a\b.exe`:   `C:\a\b.exe`,
		"c:/a b//it's": `c:\a b\it's`,
		`D:\a\..\b\`:   `D:\b`,
	} {
		if got, err := Resolve(path); err != nil || got != want {
			t.Errorf("Resolve(%q) = %s, %v, want %s", path, got, err, want)
		}
	}
	for _, path := range []string{"", "a", "C:", "C:a", `C:\`, `\a`, "/a", `\\server\share\a`, `\\.\pipe\a`, `C:\a*`, `C:\a?`, `C:\"a"`, `C:\a<`, `C:\a|b`, "C:\\a\n", "C:\\a\x7f", "C:\\\xff", "C:\\a\x00"} {
		if got, err := Resolve(path); err == nil {
			t.Errorf("Resolve(%q) = %s, and no error", path, got)
		}
	}
}
