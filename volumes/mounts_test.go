// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestResolveAll(t *testing.T) {
	mounts := []volumes.Mount{
		{Path: "/data"},
		{Path: "/etc/cfg"},
		{Path: `D:\data`},
		{Path: `\\.\pipe\x`},
		{Path: "/dev"},
		volumes.TerminationLogMount(""),
		volumes.ServiceAccountMount(),
		{Path: "d:/Data/x"},
		{Path: "D:/DATA"},
	}
	problem := func(c volumes.Conflict, first, second int) volumes.Problem {
		return volumes.Problem{Conflict: c, First: mounts[first], Second: mounts[second], FirstIndex: first, SecondIndex: second}
	}
	refused := problem(volumes.ConflictNone, 3, 3)
	refused.Refused = volumes.ReasonPipePath
	links := []volumes.Problem{
		problem(volumes.ConflictSamePlace, 0, 2),
		refused,
		problem(volumes.ConflictContains, 4, 5),
		problem(volumes.ConflictContains, 0, 7),
		problem(volumes.ConflictSamePlace, 0, 8),
	}
	bind := slices.Clone(links)
	bind[0].Conflict = volumes.ConflictSameLink
	bind[4] = problem(volumes.ConflictSamePlace, 2, 8)

	for _, mode := range modes {
		locations, problems := mode.ResolveAll(mounts...)
		want := links
		if mode == volumes.ModeBind {
			want = bind
		}
		if diff := cmp.Diff(want, problems); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", mode, diff)
		}
		for i, mount := range mounts {
			want, _ := mode.Resolve(mount.Path)
			if !strings.EqualFold(locations[i].Destination(), want.Destination()) {
				t.Errorf("%s: location %d is %q, want %q", mode, i, locations[i].Destination(), want.Destination())
			}
		}
	}

	texts := []string{
		`"D:\data" is at the same path as "/data", on another drive`,
		(&volumes.PathError{Path: `\\.\pipe\x`, Reason: volumes.ReasonPipePath}).Error(),
		`the termination log "/dev/termination-log" is inside "/dev"`,
		`"d:/Data/x" is inside "/data"`,
		`"D:/DATA" is at the same place as "D:\data"`,
	}
	for i, problem := range bind {
		if got := problem.String(); got != texts[i] {
			t.Errorf("problem %d: %s, want %s", i, got, texts[i])
		}
	}
	token := volumes.Problem{Conflict: volumes.ConflictSamePlace, First: volumes.Mount{Path: "/x"}, Second: volumes.ServiceAccountMount()}
	if got := token.String(); got != `the service account token "/var/run/secrets/kubernetes.io/serviceaccount" is at the same place as "/x"` {
		t.Errorf("a problem with the service account is %s", got)
	}
	for path, want := range map[string]string{"": `c:\dev\termination-log`, "/log": `c:\log`, "log": `c:\log`, "//log/x": `c:\log\x`, `D:\log`: `D:\log`} {
		locations, problems := volumes.ModeBind.ResolveAll(volumes.TerminationLogMount(path))
		if got := locations[0].Destination(); got != want || problems != nil {
			t.Errorf("the termination log %q is at %q, want %q; problems %v", path, got, want, problems)
		}
	}
	log := volumes.TerminationLogMount("/a:b")
	_, problems := volumes.ModeBind.ResolveAll(log)
	if want := []volumes.Problem{{Refused: volumes.ReasonColonInName, First: log, Second: log}}; !cmp.Equal(want, problems) {
		t.Errorf("problems of a termination log at /a:b: %v", problems)
	}
}

func TestResolveAllOfNothing(t *testing.T) {
	locations, problems := volumes.ModeBind.ResolveAll()
	if len(locations) != 0 || problems != nil {
		t.Errorf("got %v, %v", locations, problems)
	}
	locations, problems = volumes.ModeUnknown.ResolveAll(volumes.Mount{Path: "/a"}, volumes.Mount{Path: "/b"})
	if len(locations) != 2 || len(problems) != 2 || problems[1].Refused != volumes.ReasonModeUnknown {
		t.Errorf("in mode Unknown: %v, %v", locations, problems)
	}
}

// FuzzResolveAll compares ResolveAll with a look at every pair of mounts.
func FuzzResolveAll(f *testing.F) {
	f.Add("/a\n/A/\nD:/a\n/a/b\nd:/A/B\n/a-b") // every kind of conflict
	f.Add("/a/b\n/A/B\n/a")                    // one mount in two conflicts, the outer mount last
	f.Add("/a/b/c\n/a\n/a/b\nx\n/")            // nested deeply, and a refused one
	f.Add("/é\n/\xc3\n/\x89\n/\xc3")           // a part of a character
	f.Add("/é\n/É\n/\xff\n/\xfe/x")            // not ASCII, not text
	f.Fuzz(func(t *testing.T, text string) {
		var mounts []volumes.Mount
		for _, path := range strings.Split(text, "\n") {
			mounts = append(mounts, volumes.Mount{Path: path})
		}
		for _, mode := range modes {
			_, got := mode.ResolveAll(mounts...)
			if diff := cmp.Diff(lookAtPairs(mode, mounts), got); diff != "" {
				t.Fatalf("%s: %q (-want +got):\n%s", mode, text, diff)
			}
		}
	})
}

func lookAtPairs(mode volumes.Mode, mounts []volumes.Mount) []volumes.Problem {
	locations := make([]volumes.Location, len(mounts))
	var problems []volumes.Problem
	report := func(c volumes.Conflict, reason volumes.Reason, first, second int) {
		problems = append(problems, volumes.Problem{Conflict: c, Refused: reason, First: mounts[first], Second: mounts[second], FirstIndex: first, SecondIndex: second})
	}
	for i, mount := range mounts {
		loc, err := mode.Resolve(mount.Path)
		if err != nil {
			report(volumes.ConflictNone, err.(*volumes.PathError).Reason, i, i)
			continue
		}
		locations[i] = loc
	}
	for i, loc := range locations {
		place, link, outer := -1, -1, -1
		for j, other := range locations {
			switch c := other.Conflict(loc); {
			case c == volumes.ConflictSamePlace && j < i && place < 0:
				place = j
			case c == volumes.ConflictSameLink && j < i && link < 0:
				link = j
			case c == volumes.ConflictContains && (outer < 0 || locations[outer].Conflict(other) == volumes.ConflictContains):
				outer = j
			}
		}
		if place >= 0 {
			report(volumes.ConflictSamePlace, "", place, i)
		} else if link >= 0 {
			report(volumes.ConflictSameLink, "", link, i)
		}
		if outer >= 0 {
			report(volumes.ConflictContains, "", outer, i)
		}
	}
	slices.SortFunc(problems, func(a, b volumes.Problem) int {
		if a.SecondIndex != b.SecondIndex {
			return a.SecondIndex - b.SecondIndex
		}
		return a.FirstIndex - b.FirstIndex
	})
	return problems
}

func TestConflictAllocatesNothing(t *testing.T) {
	a, b := mustResolve(t, volumes.ModeBind, "/var/lib/agent/config"), mustResolve(t, volumes.ModeBind, "/Var/Lib/Agent/état")
	if n := testing.AllocsPerRun(100, func() { a.Conflict(b) }); n != 0 {
		t.Errorf("Conflict allocates %v times", n)
	}
}

// TestResolveAllHostile gives ResolveAll what would take long if it compared all
// pairs, or all parents of a path. An object of two megabytes is more than a
// cluster stores.
func TestResolveAllHostile(t *testing.T) {
	deep := strings.Repeat("/a", 500_000)
	same := make([]volumes.Mount, 10_000)
	nested := make([]volumes.Mount, 1_400)
	drives := make([]volumes.Mount, 10_000)
	for i := range nested {
		nested[i].Path = deep[:2*(len(nested)-i)]
	}
	for i := range same {
		same[i].Path = "/data"
		drives[i].Path = fmt.Sprintf("%c:/data", '!'+i%25)
	}
	for name, mounts := range map[string][]volumes.Mount{"same": same, "nested": nested, "drives": drives, "deep": {{Path: deep}, {Path: "/a/a"}}} {
		for _, mode := range modes {
			_, problems := mode.ResolveAll(mounts...)
			if len(problems) != len(mounts)-1 {
				t.Errorf("%s: %s: %d problems for %d mounts", mode, name, len(problems), len(mounts))
			}
		}
	}
}

func BenchmarkResolveAll(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{10, 100, 1_000, 10_000} {
		mounts := make([]volumes.Mount, n)
		for i := range mounts {
			mounts[i].Path = fmt.Sprintf("/var/lib/agent/%d/%d", rng.IntN(n), i)
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				volumes.ModeBind.ResolveAll(mounts...)
			}
		})
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
