// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package winpath

import "strings"

// IsSeparator reports whether c separates the elements of a Windows path: a
// backslash or a slash.
func IsSeparator(c byte) bool { return c == '\\' || c == '/' }

// Join puts a separator between the elements that aren't empty and cleans the
// result. An element that follows a bare drive keeps the path relative to that
// drive: Join("C:", "a") is `C:a`. It never makes a server path out of elements
// that weren't one.
func Join(elem ...string) string {
	var b strings.Builder
	last := byte(0)
	for _, e := range elem {
		switch {
		case b.Len() == 0 || last == ':':
		case IsSeparator(last):
			e = strings.TrimLeft(e, `\/`)
			// `\` and `??\x` must not become the device path `\??\x`.
			if b.Len() == 1 && startsWithName(e, "??") {
				b.WriteString(`.\`)
			}
		default:
			b.WriteByte('\\')
			last = '\\'
		}
		if e != "" {
			b.WriteString(e)
			last = e[len(e)-1]
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return Clean(b.String())
}

// volumeLen returns the length of the volume at the start of path.
func volumeLen(path string) int {
	switch {
	case len(path) >= 2 && path[1] == ':':
		return 2
	case path == "" || !IsSeparator(path[0]):
		return 0
	case hasDevice(path, '\\', '.') && hasUNC(path):
		return endOfElements(path, len(`\\.\UNC\`), 2)
	case hasDevice(path, '?', '?'):
		// The element after the prefix belongs to the volume.
		return endOfElements(path, len(`\??\`), 1)
	case startsWithTwo(path):
		// So does the one after a host, and after the device paths `\\.` and `\\?`.
		return endOfElements(path, 2, 2)
	}
	return 0
}

// hasDevice reports whether path starts with an element of a separator and the
// two given characters. A backslash matches either separator.
func hasDevice(path string, second, third byte) bool {
	if len(path) < 3 || !IsSeparator(path[0]) || path[2] != third {
		return false
	}
	if second == '\\' && !IsSeparator(path[1]) || second != '\\' && path[1] != second {
		return false
	}
	return len(path) == 3 || IsSeparator(path[3])
}

// hasUNC reports whether the device path is that of a server.
func hasUNC(path string) bool {
	const name = len(`\\.\`)
	const end = len(`\\.\UNC`)
	return len(path) > end && strings.EqualFold(path[name:end], "UNC") && IsSeparator(path[end])
}

// endOfElements returns the index of the n-th separator at or after from, or
// the length of path.
func endOfElements(path string, from, n int) int {
	for i := from; i < len(path); i++ {
		if IsSeparator(path[i]) {
			if n--; n == 0 {
				return i
			}
		}
	}
	return len(path)
}

func startsWithTwo(path string) bool {
	return len(path) >= 2 && IsSeparator(path[0]) && IsSeparator(path[1])
}

// startsWithName reports whether the first element of path is name.
func startsWithName(path, name string) bool {
	return strings.HasPrefix(path, name) && (len(path) == len(name) || IsSeparator(path[len(name)]))
}
