// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// mountPathCharacters: some characters can't be part of a file's name.
var mountPathCharacters = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-characters",
		Title: "a mountPath should hold only characters that a file name can have",
		Doc: `Windows reserves < > " | ? * and the control characters: no file or directory can have them in its name. The API server doesn't look.

On nodes without the bind filter a link of that name would have to be made, with it a directory. What the bind filter does is not settled by any source, so it is a warning only.`,
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
			message: fmt.Sprintf("is %s, but no name on Windows can contain %s: the container likely doesn't start", quoted(m.MountPath), quoted(string(reserved))),
		}}
	},
}

// reservedIn returns the first character of a path that no name of a file on
// Windows can contain, but for separators, colons and zero bytes; or zero.
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
