// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// IsNamed reports whether a word is one of some programs: in any directory, in
// any case of letters, with or without .exe.
func IsNamed(word string, names ...string) bool {
	name := Base(word)
	for _, n := range names {
		extension := len(name) - len(n)
		if (extension == 0 || extension == len(".exe") && strings.EqualFold(name[len(n):], ".exe")) && strings.EqualFold(name[:len(n)], n) {
			return true
		}
	}
	return false
}

// IsBare reports whether a program is a name without a directory.
func IsBare(word string) bool {
	return len(Base(word)) == len(word) && strings.IndexByte(word, ':') < 0
}

// Base returns the last element of a path.
func Base(path string) string {
	for i := len(path); i > 0; i-- {
		if winpath.IsSeparator(path[i-1]) {
			return path[i:]
		}
	}
	return path
}

// Ext returns the extension of the last element of a path: known ones, such as ".exe",
// in lower case, and others unchanged.
func Ext(path string) string {
	name := Base(path)
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return ""
	}
	for _, known := range [...]string{".exe", ".com", ".cmd", ".bat", ".ps1", ".psm1", ".sh", ".py", ".pl", ".rb", ".js", ".vbs", ".jar"} {
		if strings.EqualFold(name[dot:], known) {
			return known
		}
	}
	return name[dot:]
}

// HasWord reports whether text contains a word, ignoring case, that isn't part of a
// longer name.
func HasWord(text, word string) bool {
	for text != "" {
		i := IndexFold(text, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || !IsNameByte(text[i-1])) && (end == len(text) || !IsNameByte(text[end])) {
			return true
		}
		// What follows is inside of a longer name up to its end.
		for end < len(text) && IsNameByte(text[end]) {
			end++
		}
		text = text[end:]
	}
	return false
}

// IndexFold is strings.Index without regard to the case of ASCII letters. The
// part is in lower case, and starts with a letter.
func IndexFold(text, part string) int {
	for i := range len(text) - len(part) + 1 {
		if text[i]|0x20 == part[0] && strings.EqualFold(text[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

// HasPrefixFold is strings.HasPrefix without regard to the case of letters.
func HasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// IsNameByte reports whether a byte can be part of the name of a variable, a
// command or a file; a dot can't.
func IsNameByte(c byte) bool {
	return IsLetter(c) || '0' <= c && c <= '9' || c == '_' || c == '-' || c >= 0x80
}

// IsLetter reports whether a byte is an ASCII letter.
func IsLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
