// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package mounts_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/volumes"
)

// modes are all modes that a node can have.
var modes = []volumes.Mode{volumes.ModeSymlink16, volumes.ModeBind, volumes.ModeSymlinkHPC}

func TestResolveAll(t *testing.T) {
	list := []mounts.Mount{
		{Path: "/data"},
		{Path: "/etc/cfg"},
		{Path: `D:\data`},
		{Path: `\\.\pipe\x`},
		{Path: "/dev"},
		mounts.TerminationLogMount(""),
		mounts.ServiceAccountMount(),
		{Path: "d:/Data/x"},
		{Path: "D:/DATA"},
	}
	problem := func(c mounts.Conflict, first, second int) mounts.Problem {
		return mounts.Problem{Conflict: c, First: list[first], Second: list[second], FirstIndex: first, SecondIndex: second}
	}
	refused := problem(mounts.ConflictNone, 3, 3)
	refused.Refused = volumes.ReasonPipePath
	links := []mounts.Problem{
		problem(mounts.ConflictSamePlace, 0, 2),
		refused,
		problem(mounts.ConflictContains, 4, 5),
		problem(mounts.ConflictContains, 0, 7),
		problem(mounts.ConflictSamePlace, 0, 8),
	}
	bind := slices.Clone(links)
	bind[0].Conflict = mounts.ConflictSameLink
	bind[4] = problem(mounts.ConflictSamePlace, 2, 8)

	for _, mode := range modes {
		locations, problems := mounts.ResolveAll(mode, list...)
		want := links
		if mode == volumes.ModeBind {
			want = bind
		}
		if diff := cmp.Diff(want, problems); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", mode, diff)
		}
		for i, mount := range list {
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
	token := mounts.Problem{Conflict: mounts.ConflictSamePlace, First: mounts.Mount{Path: "/x"}, Second: mounts.ServiceAccountMount()}
	if got := token.String(); got != `the service account token "/var/run/secrets/kubernetes.io/serviceaccount" is at the same place as "/x"` {
		t.Errorf("a problem with the service account is %s", got)
	}
	for path, want := range map[string]string{"": `c:\dev\termination-log`, "/log": `c:\log`, "log": `c:\log`, "//log/x": `c:\log\x`, `D:\log`: `D:\log`} {
		locations, problems := mounts.ResolveAll(volumes.ModeBind, mounts.TerminationLogMount(path))
		if got := locations[0].Destination(); got != want || problems != nil {
			t.Errorf("the termination log %q is at %q, want %q; problems %v", path, got, want, problems)
		}
	}
	log := mounts.TerminationLogMount("/a:b")
	_, problems := mounts.ResolveAll(volumes.ModeBind, log)
	if want := []mounts.Problem{{Refused: volumes.ReasonColonInName, First: log, Second: log}}; !cmp.Equal(want, problems) {
		t.Errorf("problems of a termination log at /a:b: %v", problems)
	}
}

func TestResolveAllOfNothing(t *testing.T) {
	locations, problems := mounts.ResolveAll(volumes.ModeBind)
	if len(locations) != 0 || problems != nil {
		t.Errorf("got %v, %v", locations, problems)
	}
	locations, problems = mounts.ResolveAll(volumes.ModeUnknown, mounts.Mount{Path: "/a"}, mounts.Mount{Path: "/b"})
	if len(locations) != 2 || len(problems) != 2 || problems[1].Refused != volumes.ReasonModeUnknown {
		t.Errorf("in mode Unknown: %v, %v", locations, problems)
	}
}

// FuzzResolveAll compares ResolveAll with a comparison of every pair in list.
func FuzzResolveAll(f *testing.F) {
	f.Add("/a\n/A/\nD:/a\n/a/b\nd:/A/B\n/a-b") // every kind of conflict
	f.Add("/a/b\n/A/B\n/a")                    // one mount in two conflicts, the outer mount last
	f.Add("/a/b/c\n/a\n/a/b\nx\n/")            // nested deeply, and a refused one
	f.Add("/é\n/\xc3\n/\x89\n/\xc3")           // a part of a character
	f.Add("/é\n/É\n/\xff\n/\xfe/x")            // not ASCII, not text
	f.Fuzz(func(t *testing.T, text string) {
		var list []mounts.Mount
		for _, path := range strings.Split(text, "\n") {
			list = append(list, mounts.Mount{Path: path})
		}
		for _, mode := range modes {
			_, got := mounts.ResolveAll(mode, list...)
			if diff := cmp.Diff(lookAtPairs(mode, list), got); diff != "" {
				t.Fatalf("%s: %q (-want +got):\n%s", mode, text, diff)
			}
		}
	})
}

func lookAtPairs(mode volumes.Mode, list []mounts.Mount) []mounts.Problem {
	locations := make([]volumes.Location, len(list))
	var problems []mounts.Problem
	report := func(c mounts.Conflict, reason volumes.Reason, first, second int) {
		problems = append(problems, mounts.Problem{Conflict: c, Refused: reason, First: list[first], Second: list[second], FirstIndex: first, SecondIndex: second})
	}
	for i, mount := range list {
		loc, err := mode.Resolve(mount.Path)
		if err != nil {
			report(mounts.ConflictNone, err.(*volumes.PathError).Reason, i, i)
			continue
		}
		locations[i] = loc
	}
	for i, loc := range locations {
		place, link, outer := -1, -1, -1
		for j, other := range locations {
			switch c := mounts.Between(mode, other, loc); {
			case c == mounts.ConflictSamePlace && j < i && place < 0:
				place = j
			case c == mounts.ConflictSameLink && j < i && link < 0:
				link = j
			case c == mounts.ConflictContains && (outer < 0 || mounts.Between(mode, locations[outer], other) == mounts.ConflictContains):
				outer = j
			}
		}
		if place >= 0 {
			report(mounts.ConflictSamePlace, "", place, i)
		} else if link >= 0 {
			report(mounts.ConflictSameLink, "", link, i)
		}
		if outer >= 0 {
			report(mounts.ConflictContains, "", outer, i)
		}
	}
	slices.SortFunc(problems, func(a, b mounts.Problem) int {
		if a.SecondIndex != b.SecondIndex {
			return a.SecondIndex - b.SecondIndex
		}
		return a.FirstIndex - b.FirstIndex
	})
	return problems
}

// TestResolveAllHostile gives ResolveAll what would take long if it compared all
// pairs, or all parents of a path. An object of two megabytes is more than a
// cluster stores.
func TestResolveAllHostile(t *testing.T) {
	deep := strings.Repeat("/a", 500_000)
	same := make([]mounts.Mount, 10_000)
	nested := make([]mounts.Mount, 1_400)
	drives := make([]mounts.Mount, 10_000)
	for i := range nested {
		nested[i].Path = deep[:2*(len(nested)-i)]
	}
	for i := range same {
		same[i].Path = "/data"
		drives[i].Path = fmt.Sprintf("%c:/data", '!'+i%25)
	}
	for name, list := range map[string][]mounts.Mount{"same": same, "nested": nested, "drives": drives, "deep": {{Path: deep}, {Path: "/a/a"}}} {
		for _, mode := range modes {
			_, problems := mounts.ResolveAll(mode, list...)
			if len(problems) != len(list)-1 {
				t.Errorf("%s: %s: %d problems for %d list", mode, name, len(problems), len(list))
			}
		}
	}
}

func BenchmarkResolveAll(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{10, 100, 1_000, 10_000} {
		list := make([]mounts.Mount, n)
		for i := range list {
			list[i].Path = fmt.Sprintf("/var/lib/agent/%d/%d", rng.IntN(n), i)
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mounts.ResolveAll(volumes.ModeBind, list...)
			}
		})
	}
}
