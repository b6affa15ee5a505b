// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package winpath

import (
	"unicode"
	"unicode/utf8"
)

// AfterCommon returns what follows the start that two paths have in common, case
// aside, and how the first characters there compare: 0 if one of the paths ends.
func AfterCommon(a, b string) (order int, restA, restB string) {
	for i := 0; ; i = 0 {
		for i < len(a) && i < len(b) && a[i] == b[i] {
			i++
		}
		// Go back to the start of a character if only a part of it is the same.
		for back := 1; back < utf8.UTFMax && i > 0 && (continues(a, i) || continues(b, i)); back++ {
			i--
		}
		a, b = a[i:], b[i:]
		if a == "" || b == "" {
			return 0, a, b
		}
		x, m := fold(a)
		y, n := fold(b)
		if x != y {
			return int(x) - int(y), a, b
		}
		a, b = a[m:], b[n:]
	}
}

// continues reports whether the byte of s at i isn't the first one of a character.
func continues(s string, i int) bool { return i < len(s) && !utf8.RuneStart(s[i]) }

// fold returns the first character of s, which isn't empty, with its length in
// bytes. Letters that differ in case only have the same result, and a separator
// has the lowest of all.
func fold(s string) (rune, int) {
	c := s[0]
	switch {
	case IsSeparator(c):
		return -1, 1
	case c < utf8.RuneSelf:
		return rune(lower(c)), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return unicode.MaxRune + rune(c), 1 // not text: the byte itself
	}
	if upper := unicode.ToUpper(r); upper >= utf8.RuneSelf {
		return upper, n
	}
	return r, n
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// Key returns a text that two paths have in common if they differ in case and in the kind
// of their separators only, as AfterCommon compares them.
func Key(path string) string {
	key := make([]byte, 0, len(path))
	for path != "" {
		r, n := fold(path)
		if r < 0 {
			r = '\\'
		}
		if r > unicode.MaxRune {
			key = append(key, path[0]) // not text: the byte itself
		} else {
			key = utf8.AppendRune(key, r)
		}
		path = path[n:]
	}
	return string(key)
}
