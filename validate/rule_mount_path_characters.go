// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

var mountPathCharacters = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-characters",
		Title: "a mountPath can't contain characters that Windows reserves",
		Doc: `Windows reserves < > " | ? * and the control characters: no name of a file or directory can contain them. The API server doesn't check this.

On nodes without the bind filter, a link with that name would have to be created. No source shows what the bind filter does, so the rule only warns.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/MicrosoftDocs/win32/blob/3fc85af06980c2bb6d61c628d403d2e9ebcf2170/desktop-src/FileIO/naming-a-file.md",
			mountsSource + "#L54-L60",
		},
		Fix: "remove the character",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		reserved := reservedIn(m.MountPath)
		if m.refused() != "" || reserved == 0 {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, but names on Windows can't contain %s: the container probably doesn't start", quoted(m.MountPath), quoted(string(reserved))),
		}}
	},
}

// reservedIn returns the first character of a path that no file name on Windows can
// contain, except for separators, colons and zero bytes; zero if there is none.
//
// Source: https://github.com/MicrosoftDocs/win32/blob/3fc85af06980c2bb6d61c628d403d2e9ebcf2170/desktop-src/FileIO/naming-a-file.md
func reservedIn(path string) byte {
	for i := range len(path) {
		if b := path[i]; strings.IndexByte(`<>"|?*`, b) >= 0 || 0 < b && b < ' ' {
			return b
		}
	}
	return 0
}
