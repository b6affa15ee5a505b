// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package winpath

import (
	"bytes"
	"strings"
)

// Clean returns the shortest path that means the same: backslashes only, none
// of them doubled or trailing, no `.` elements, and `..` only at the start of a
// path that isn't rooted. It doesn't allocate when path is clean already.
//
// An empty path becomes `.`, a bare drive becomes `C:.`. Where removing elements
// would turn a relative path into something else (`a/../c:` into a drive), the
// result starts with `.\`.
func Clean(path string) string {
	vol := volumeLen(path)
	if vol == len(path) {
		if startsWithTwo(path) {
			return backslashes(path)
		}
		return path + "."
	}
	o := output{in: path[vol:]}
	o.rooted = IsSeparator(o.in[0])
	if o.rooted {
		o.put(`\`)
		o.floor = 1
	}
	for rest := o.in; rest != ""; {
		var name string
		name, rest = cut(rest)
		o.element(name)
	}
	if o.n == 0 {
		o.put(".")
	}
	if o.buf == nil {
		return backslashes(path[:vol+o.n])
	}
	return backslashes(path[:vol] + o.guard(vol) + string(o.buf[:o.n]))
}

// output collects the cleaned path. As long as that is a prefix of the input,
// the input itself holds it; buf is made at the first byte that differs.
type output struct {
	in     string
	buf    []byte
	n      int  // bytes of output
	floor  int  // ".." can't remove what is before
	rooted bool // in starts with a separator
}

func (o *output) element(name string) {
	switch {
	case name == "" || name == ".":
	case name != "..":
		o.separate()
		o.put(name)
	case o.n > o.floor:
		o.n--
		for o.n > o.floor && !IsSeparator(o.at(o.n)) {
			o.n--
		}
	case !o.rooted:
		if o.n > 0 {
			o.put(`\`)
		}
		o.put("..")
		o.floor = o.n
	}
}

// separate writes a separator unless the output is empty or ends at the root.
func (o *output) separate() {
	if o.rooted && o.n != 1 || !o.rooted && o.n != 0 {
		o.put(`\`)
	}
}

func (o *output) put(s string) {
	if o.buf == nil {
		if strings.HasPrefix(o.in[o.n:], s) {
			o.n += len(s)
			return
		}
		o.buf = make([]byte, len(o.in))
		copy(o.buf, o.in[:o.n])
	}
	o.n += copy(o.buf[o.n:], s)
}

func (o *output) at(i int) byte {
	if o.buf != nil {
		return o.buf[i]
	}
	return o.in[i]
}

// guard returns a prefix for the output, so that it isn't mistaken for a drive or a
// device path if the input was neither.
func (o *output) guard(vol int) string {
	if vol != 0 {
		return ""
	}
	// All of buf is looked at, also what a ".." has removed since: path/filepath
	// does so, and its extra `.\` is harmless.
	for _, c := range o.buf {
		if IsSeparator(c) {
			break
		}
		if c == ':' {
			return `.\`
		}
	}
	if bytes.HasPrefix(o.buf, []byte(`\??`)) {
		return `\.`
	}
	return ""
}

// cut returns the first element of path and what follows its separator.
func cut(path string) (name, rest string) {
	for i := range len(path) {
		if IsSeparator(path[i]) {
			return path[:i], path[i+1:]
		}
	}
	return path, ""
}

func backslashes(path string) string { return strings.ReplaceAll(path, "/", `\`) }
