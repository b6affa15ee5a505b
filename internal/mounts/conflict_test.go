// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package mounts_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/volumes"
)

func TestConflict(t *testing.T) {
	const none, place, link, contains, inside = mounts.ConflictNone, mounts.ConflictSamePlace, mounts.ConflictSameLink, mounts.ConflictContains, mounts.ConflictInside
	for _, test := range []struct {
		a, b       string
		links, bnd mounts.Conflict // in the symlink modes, in Bind
	}{
		{"/data", "/data2", none, none},
		{"/data", "/date", none, none},
		{"/a/b", "/a/c", none, none},
		{"/data", "/data", place, place},
		{"/data", "/data/", place, place},
		{"/data", `C:\data`, place, place},
		{"/data", "data", place, place},
		{"/data", "/DATA", place, place},
		{"/AZ", "/az", place, place},
		{"/data", "/x/../data", place, place},
		{"/Äpfel", "/äPFEL", place, place},
		{"/\u212a", "/k", none, none},  // the Kelvin sign is no letter K on a drive
		{"/\u0131", "/i", none, none},  // nor is the letter i without its dot an i
		{"/\x80", "/\x81", none, none}, // bytes that are no text are themselves
		{"/\x80", "/\u0080", none, none},
		{"/\x80", "/\ufffd", none, none},
		{"/\x80", "/\U0010ff7f", none, none},
		{"/data", `D:\data`, place, link},
		{`d:\data`, "D:/Data", place, place},
		{"/var", "/var/run", contains, contains},
		{"/var/run/x", "/VAR", inside, inside},
		{"/var", `D:\var\run`, contains, contains},
		{"/a-b", "/a", none, none},
	} {
		for _, mode := range modes {
			a, b := mustResolve(t, mode, test.a), mustResolve(t, mode, test.b)
			want := test.links
			if mode == volumes.ModeBind {
				want = test.bnd
			}
			if got := mounts.Between(mode, a, b); got != want {
				t.Errorf("%s: %q and %q: %s, want %s", mode, test.a, test.b, got, want)
			}
			if got, want := mounts.Between(mode, b, a), reverse(want); got != want {
				t.Errorf("%s: %q and %q: %s, want %s", mode, test.b, test.a, got, want)
			}
		}
	}
}

func TestConflictWithNothing(t *testing.T) {
	at := mustResolve(t, volumes.ModeBind, "/a")
	for _, pair := range [][2]volumes.Location{{{}, at}, {at, {}}, {}} {
		if got := mounts.Between(volumes.ModeBind, pair[0], pair[1]); got != mounts.ConflictNone {
			t.Errorf("the zero Location has a conflict: %s", got)
		}
	}
}

func reverse(c mounts.Conflict) mounts.Conflict {
	switch c {
	case mounts.ConflictContains:
		return mounts.ConflictInside
	case mounts.ConflictInside:
		return mounts.ConflictContains
	}
	return c
}

func mustResolve(t testing.TB, mode volumes.Mode, mountPath string) volumes.Location {
	t.Helper()
	loc, err := mode.Resolve(mountPath)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// BenchmarkPairs compares each pair of mounts of a clean container.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{8, 64} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			paths := make([]string, n)
			for i := range paths {
				paths[i] = fmt.Sprintf("/var/lib/agent/%d", i)
			}
			b.ReportAllocs()
			for b.Loop() {
				var locations [64]volumes.Location
				for i, path := range paths {
					locations[i], _ = volumes.ModeBind.Resolve(path)
					for _, other := range locations[:i] {
						if mounts.Between(volumes.ModeBind, other, locations[i]) != mounts.ConflictNone {
							b.Fatal(path)
						}
					}
				}
			}
		})
	}
}
