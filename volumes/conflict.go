// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"unicode"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Conflict is how two mounts of one container get in each other's way: a word for
// programs. The zero Conflict is ConflictNone.
type Conflict string

const (
	// ConflictNone means that the mounts have nothing to do with each other.
	ConflictNone Conflict = ""

	// ConflictSamePlace means that both mounts are at the same place. In the symlink modes
	// the container doesn't start, because the second link can't be made. In mode
	// Bind it depends on the driver which of the two is seen (UNVERIFIED).
	ConflictSamePlace Conflict = "same-place"

	// ConflictSameLink is ConflictSamePlace for the links that mode Bind makes under the root of
	// the container: the mounts are at the same path of different drives. Each is
	// at its destination; under the root, only the first one is.
	ConflictSameLink Conflict = "same-link"

	// ConflictContains means that the other mount is below this one. The other's link is
	// made through the link of this one, and so in the volume that is mounted here:
	// the volume gets a link, and directories on the way to it, that stay when the
	// container has gone. In the symlink modes the next container with that volume
	// doesn't start, because the link exists. In mode Bind this goes for the link
	// under the root only; the mount at its destination is not affected.
	ConflictContains Conflict = "contains"

	// ConflictInside is the reverse of ConflictContains: this mount is below the other one.
	ConflictInside Conflict = "inside"
)

// Conflict reports how two mounts of one container, in the same mode, get in each
// other's way. Case doesn't count, as on the drives of Windows by default.
// It doesn't allocate; to look at very many mounts, use Mode.ResolveAll.
//
// Names that differ only in dots and spaces at their end are taken for different,
// although Windows may treat them as one.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go
func (l Location) Conflict(other Location) Conflict {
	if l.drive == "" || other.drive == "" {
		return ConflictNone
	}
	order, a, b := afterCommon(l.path, other.path)
	switch {
	case order != 0:
		return ConflictNone
	case a == "" && b == "":
		return l.same(other)
	case a == "" && winpath.IsSeparator(b[0]):
		return ConflictContains
	case b == "" && winpath.IsSeparator(a[0]):
		return ConflictInside
	}
	return ConflictNone
}

// same is the conflict of two mounts with the same path under the root. Only mode
// Bind tells drives apart.
func (l Location) same(other Location) Conflict {
	if l.mode == ModeBind && lower(l.drive[0]) != lower(other.drive[0]) {
		return ConflictSameLink
	}
	return ConflictSamePlace
}

// compare orders locations by their path under the root, so that what is below a
// directory follows it immediately.
func (l Location) compare(other Location) int {
	order, a, b := afterCommon(l.path, other.path)
	if order != 0 {
		return order
	}
	return len(a) - len(b)
}

// afterCommon returns what follows the start that two paths have in common, case
// aside, and how the first characters there compare: 0 if one of the paths ends.
func afterCommon(a, b string) (order int, restA, restB string) {
	for i := 0; ; i = 0 {
		for i < len(a) && i < len(b) && a[i] == b[i] {
			i++
		}
		// Back to the start of a character of which only a part is the same.
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
	case winpath.IsSeparator(c):
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
