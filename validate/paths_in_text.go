// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// pathText is a text that may contain paths: a word of a command line, an env value or
// a path.
type pathText string

// absolutePaths ranges over the absolute paths in a text. Each is yielded with
// everything up to the next one, because the end of a path can't be determined without
// knowing it.
func (t pathText) absolutePaths(yield func(string) bool) {
	text, start := string(t), -1
	for i := range len(text) {
		if !winpath.IsSeparator(text[i]) || pathAt(text, i) != hasAbsolutePath || isServer(text, i) {
			continue
		}
		next := i
		if hasDrive(text, i) {
			next -= 2
		}
		if start >= 0 && !yield(text[start:next]) {
			return
		}
		start = next
	}
	if start >= 0 {
		yield(text[start:])
	}
}

// pathOnly returns the path at the start of what absolutePaths yields, for a message:
// up to a space, a quote and the like.
func pathOnly(text string) string {
	end := 0
	for end < len(text) && (end == 1 || classOf[text[end]]&(startsPath|metacharacter) == 0 && text[end] != ')') {
		end++
	}
	return text[:end]
}

// hasDrive reports whether a drive is before the separator text[i].
func hasDrive(text string, i int) bool {
	return i > 1 && text[i-1] == ':' && cmdline.IsLetter(text[i-2]) && (i == 2 || !cmdline.IsNameByte(text[i-3]))
}

// isServer reports whether the separator text[i] is the first of exactly two, as in
// \\server\share and http://server.
func isServer(text string, i int) bool {
	return i+1 < len(text) && winpath.IsSeparator(text[i+1]) && !hasDrive(text, i) &&
		(i+2 == len(text) || !winpath.IsSeparator(text[i+2]))
}

// below reports whether a text starts with the path dir or a path below it. Case,
// the kind of separators and doubled ones don't count; without a drive it is C.
func below(text, dir string) bool {
	a, b := readPath(text), readPath(dir)
	if b.rest == "" {
		return false
	}
	for b.rest != "" {
		if x, y := a.next(), b.next(); x != y || x == 0 {
			return false
		}
	}
	return a.atEnd()
}

// same reports whether two texts are the same path.
func same(a, b string) bool { return below(a, b) && below(b, a) }

// pathReader reads a path byte by byte: the drive first, then the rest as if it
// had been cleaned.
type pathReader struct {
	drive byte
	rest  string
}

// readPath starts to read a path. Separators at its end don't count.
func readPath(text string) pathReader {
	r := pathReader{drive: 'c', rest: text}
	if len(text) > 1 && text[1] == ':' && cmdline.IsLetter(text[0]) {
		r.drive, r.rest = text[0]|0x20, text[2:]
	}
	r.skipSeparators()
	for r.rest != "" && winpath.IsSeparator(r.rest[len(r.rest)-1]) {
		r.rest = r.rest[:len(r.rest)-1]
	}
	return r
}

// next returns the next byte, or zero at the end.
func (r *pathReader) next() byte {
	if r.drive != 0 {
		drive := r.drive
		r.drive = 0
		return drive
	}
	if r.rest == "" {
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	switch {
	case winpath.IsSeparator(c):
		r.skipSeparators()
		return '\\'
	case 'A' <= c && c <= 'Z':
		return c | 0x20
	}
	return c
}

func (r *pathReader) skipSeparators() {
	for r.rest != "" && winpath.IsSeparator(r.rest[0]) {
		r.rest = r.rest[1:]
	}
}

// atEnd reports whether an element of the path ends here.
func (r *pathReader) atEnd() bool {
	return r.drive == 0 && (r.rest == "" || !cmdline.IsNameByte(r.rest[0]) && r.rest[0] != '.')
}

// mountIndex finds the mount that a path leads into. Few mounts are compared one
// by one; many are found by a hash of their path, so that the time is linear in
// the mounts and the text.
type mountIndex struct {
	mounts []corev1.VolumeMount
	byHash map[uint64]int
}

func newMountIndex(c container) mountIndex {
	x := mountIndex{mounts: c.VolumeMounts}
	if len(x.mounts) > few {
		x.byHash = make(map[uint64]int, len(x.mounts))
		for i := range x.mounts {
			r, h := readPath(x.mounts[i].MountPath), pathHash(hashStart)
			for b := r.next(); b != 0; b = r.next() {
				h = h.add(b)
			}
			x.byHash[uint64(h)] = i
		}
	}
	return x
}

// find returns the innermost mount that the path at the start of a text is in,
// or -1.
func (x mountIndex) find(text string) int {
	found := -1
	if x.byHash != nil {
		r, h := readPath(text), pathHash(hashStart)
		for b := r.next(); b != 0; b = r.next() {
			h = h.add(b)
			if !r.atEnd() {
				continue
			}
			if i, ok := x.byHash[uint64(h)]; ok && below(text, x.mounts[i].MountPath) {
				found = i
			}
		}
		return found
	}
	for i := range x.mounts {
		if below(text, x.mounts[i].MountPath) && (found < 0 || below(x.mounts[i].MountPath, x.mounts[found].MountPath)) {
			found = i
		}
	}
	return found
}

// leadsTo reports whether a relative path leads into a mount, or to the files of the
// service account, from the root of the drive or of the container.
func (x mountIndex) leadsTo(path string) bool {
	path = strings.TrimLeft(path, `.\/`)
	return x.find(path) >= 0 || isServiceAccount(path)
}

// pathHash is a running FNV-1a hash.
type pathHash uint64

const hashStart = 14695981039346656037

func (h pathHash) add(b byte) pathHash { return (h ^ pathHash(b)) * 1099511628211 }

// isServiceAccount reports whether a text starts with the path at which the
// credentials of the pod's service account are mounted.
func isServiceAccount(text string) bool { return below(text, volumes.ServiceAccountDir) }

// sameOnHost reports whether a mount is of a directory of the node at the very same
// path, where the path is right whether the mount is seen there or not.
func sameOnHost(p pod, m corev1.VolumeMount) bool {
	volume := p.volume(m.Name)
	return volume != nil && volume.HostPath != nil && m.SubPath == "" && m.SubPathExpr == "" && same(volume.HostPath.Path, m.MountPath)
}

// mountReference finds the first path in a text that leads into a mount of the
// container, but not to the same place of the node. It returns the mountPath.
func (t pathText) mountReference(p pod, mounts mountIndex) (string, bool) {
	for path := range t.absolutePaths {
		if i := mounts.find(path); i >= 0 && !isServiceAccount(path) && !sameOnHost(p, mounts.mounts[i]) {
			return mounts.mounts[i].MountPath, true
		}
	}
	return "", false
}
