// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/hostprocess-go/sdk/volumes"
)

func TestConflict(t *testing.T) {
	const none, place, link, contains, inside = volumes.ConflictNone, volumes.ConflictSamePlace, volumes.ConflictSameLink, volumes.ConflictContains, volumes.ConflictInside
	for _, test := range []struct {
		a, b       string
		links, bnd volumes.Conflict // in the symlink modes, in Bind
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
			if got := a.Conflict(b); got != want {
				t.Errorf("%s: %q and %q: %s, want %s", mode, test.a, test.b, got, want)
			}
			if got, want := b.Conflict(a), reverse(want); got != want {
				t.Errorf("%s: %q and %q: %s, want %s", mode, test.b, test.a, got, want)
			}
		}
	}
}

func reverse(c volumes.Conflict) volumes.Conflict {
	switch c {
	case volumes.ConflictContains:
		return volumes.ConflictInside
	case volumes.ConflictInside:
		return volumes.ConflictContains
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

func TestConflictAllocatesNothing(t *testing.T) {
	a, b := mustResolve(t, volumes.ModeBind, "/var/lib/agent/config"), mustResolve(t, volumes.ModeBind, "/Var/Lib/Agent/état")
	if n := testing.AllocsPerRun(100, func() { a.Conflict(b) }); n != 0 {
		t.Errorf("Conflict allocates %v times", n)
	}
}

// BenchmarkPairs is a check of a clean container without any allocation.
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
						if other.Conflict(locations[i]) != volumes.ConflictNone {
							b.Fatal(path)
						}
					}
				}
			}
		})
	}
}
