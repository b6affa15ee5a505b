// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package winpath

import (
	"bufio"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// record rewrites testdata/recorded.jsonl. It works on Windows only, where path/filepath
// is the reference for this package.
var record = flag.Bool("record", false, "write the answers of path/filepath to testdata/recorded.jsonl (on Windows)")

const recordFile = "testdata/recorded.jsonl"

// recorded is what path/filepath answered on Windows: Clean of the joined
// elements if there is one, Join of them otherwise.
type recorded struct {
	Elem []string `json:"elem"`
	Want string   `json:"want"`
}

func (r recorded) got() string {
	if len(r.Elem) == 1 {
		return Clean(r.Elem[0])
	}
	return Join(r.Elem...)
}

// TestLikeFilepath compares a million random paths with path/filepath on Windows.
// On other systems it compares what path/filepath answered there once.
func TestLikeFilepath(t *testing.T) {
	if runtime.GOOS != "windows" {
		for _, r := range readRecorded(t) {
			if got := r.got(); got != r.Want {
				t.Errorf("%q: got %q, Windows says %q", r.Elem, got, r.Want)
			}
		}
		return
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		path := randomPath(rng)
		if got, want := Clean(path), filepath.Clean(path); got != want {
			t.Fatalf("Clean(%q) = %q, want %q", path, got, want)
		}
		elem := []string{path, randomPath(rng), randomPath(rng)}[:rng.IntN(4)]
		if got, want := Join(elem...), filepath.Join(elem...); got != want {
			t.Fatalf("Join(%q) = %q, want %q", elem, got, want)
		}
	}
	for _, r := range readRecorded(t) {
		if want := askWindows(r.Elem); r.Want != want {
			t.Errorf("%s is stale: %q is recorded as %q, Windows says %q; run with -record", recordFile, r.Elem, r.Want, want)
		}
	}
	for c := range 256 {
		if got, want := IsSeparator(byte(c)), os.IsPathSeparator(byte(c)); got != want {
			t.Errorf("IsSeparator(%q) = %t, want %t", byte(c), got, want)
		}
	}
}

func askWindows(elem []string) string {
	if len(elem) == 1 {
		return filepath.Clean(elem[0])
	}
	return filepath.Join(elem...)
}

func readRecorded(t *testing.T) []recorded {
	t.Helper()
	if *record {
		writeRecorded(t)
	}
	f, err := os.Open(recordFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []recorded
	for s := bufio.NewScanner(f); s.Scan(); {
		var r recorded
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) < 3000 {
		t.Fatalf("only %d lines in %s", len(all), recordFile)
	}
	return all
}

// writeRecorded asks about every path of up to four pieces out of a few, and about
// some random ones.
func writeRecorded(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "windows" {
		t.Fatal("-record works on Windows only")
	}
	var b strings.Builder
	seen := map[string]bool{}
	add := func(elem ...string) {
		line, err := json.Marshal(recorded{elem, askWindows(elem)})
		if err != nil || seen[string(line)] {
			return
		}
		seen[string(line)] = true
		b.Write(line)
		b.WriteByte('\n')
	}
	few := []string{`\`, "/", "a", ".", "..", "C:", "??", "b:c"}
	var all func(path string, n int)
	all = func(path string, n int) {
		add(path)
		if n > 0 {
			for _, piece := range few {
				all(path+piece, n-1)
			}
		}
	}
	all("", 3)
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		add(randomPath(rng))
		add(randomPath(rng), randomPath(rng))
		add(randomPath(rng), randomPath(rng), randomPath(rng))
	}
	if err := os.WriteFile(recordFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

var pieces = []string{
	`\`, "/", `\`, "/", `\\`, "a", "b c", "..", ".", "...", ":", "C:", "d:", "?", "??", "UNC", "unc", "COM1", "é", "%", " ", "x.y",
}

// starts are prefixes of volumes, and prefixes that only look like those.
var starts = []string{`\\.\UNC`, "//./unc", `\\?\UNC`, `\??\`, "/??", `\\.`, "//?", `\\host\share`, "//host", "C:", "C:/"}

func randomPath(rng *rand.Rand) string {
	var b strings.Builder
	if rng.IntN(3) == 0 {
		b.WriteString(starts[rng.IntN(len(starts))])
	}
	for range rng.IntN(10) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

func TestClean(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", "."},
		{".", "."},
		{"..", ".."},
		{"/", `\`},
		{"//", `\\`},
		{"a//b/", `a\b`},
		{"a/./b", `a\b`},
		{"a/../../b", `..\b`},
		{"/../b", `\b`},
		{`C:\a\..\b`, `C:\b`},
		{"C:", "C:."},
		{"C:a/..", "C:."},
		{"c:/", `c:\`},
		{"//host/share/../x", `\\host\share\x`},
		{"a/../c:/x", `.\c:\x`},     // not the drive c:
		{"/a/../??/c:", `\.\??\c:`}, // not a device path
		{"//./unc/host/share/../x", `\\.\unc\host\share\x`},
	} {
		if got := Clean(test.in); got != test.want {
			t.Errorf("Clean(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, test := range []struct {
		elem []string
		want string
	}{
		{nil, ""},
		{[]string{"", ""}, ""},
		{[]string{`C:\C\id\`, `\etc\cfg`}, `C:\C\id\etc\cfg`},
		{[]string{"C:", "a"}, "C:a"},
		{[]string{"C:", `\a`}, `C:\a`},
		{[]string{`\`, "host", "share"}, `\host\share`},
		{[]string{`\`, "??", "C:"}, `\.\??\C:`},
		{[]string{"a", "..", "b"}, "b"},
	} {
		if got := Join(test.elem...); got != test.want {
			t.Errorf("Join(%q) = %q, want %q", test.elem, got, test.want)
		}
	}
}

func TestCleanAllocatesNothingForACleanPath(t *testing.T) {
	for _, path := range []string{`C:\etc\agent`, `\etc`, `a\b`, `\\host\share\x`, `..\a`} {
		if n := testing.AllocsPerRun(100, func() { Clean(path) }); n != 0 {
			t.Errorf("Clean(%q) allocates %v times", path, n)
		}
	}
}

// TestKey: two paths have one key exactly if AfterCommon finds no difference.
func TestKey(t *testing.T) {
	letters := []string{`\`, "/", "a", "A", "k", "K", "\u212a", "\u0131", "i", "I", "ä", "Ä", "\x80", "\xc3", "\u0080", "\ufffd", "\U0010ff7f", "."}
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		var b strings.Builder
		for range r.IntN(4) {
			b.WriteString(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	same := 0
	for range 200_000 {
		a, b := word(), word()
		_, restA, restB := AfterCommon(a, b)
		want := restA == "" && restB == ""
		if got := Key(a) == Key(b); got != want {
			t.Fatalf("%q and %q: the same key: %t, want %t", a, b, got, want)
		}
		if want && a != b {
			same++
		}
	}
	if same < 100 {
		t.Errorf("only %d pairs that differ in case", same)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("")                 // becomes "."
	f.Add("/a/../../b")       // can't go above the root
	f.Add("C:")               // a drive alone
	f.Add("//./pipe/x/..")    // a device is part of the volume
	f.Add(`a\..\c:`)          // what remains looks like a drive
	f.Add(`\a\..\??\x`)       // what remains looks like a device
	f.Add(`x/../ab:c/../d`)   // a colon that is gone in the end
	f.Add("//host/share/a/.") // a server
	f.Fuzz(func(t *testing.T, path string) {
		got := Clean(path)
		if runtime.GOOS == "windows" {
			if want := filepath.Clean(path); got != want {
				t.Fatalf("Clean(%q) = %q, want %q", path, got, want)
			}
		}
		if strings.Contains(got, "/") && volumeLen(path) < len(path) {
			t.Fatalf("Clean(%q) = %q has a slash", path, got)
		}
		if len(got) > len(path)+2 {
			t.Fatalf("Clean(%q) = %q is longer than its input", path, got)
		}
		if got == "" {
			t.Fatalf("Clean(%q) is empty", path)
		}
	})
}

func FuzzJoin(f *testing.F) {
	f.Add(`C:\C\id`, `\etc\cfg`) // a mount under a root
	f.Add("C:", "a")             // a drive keeps the path relative
	f.Add(`\`, "??")             // must not become a device
	f.Add("", "")                // nothing
	f.Fuzz(func(t *testing.T, a, b string) {
		got := Join(a, b)
		if runtime.GOOS == "windows" {
			if want := filepath.Join(a, b); got != want {
				t.Fatalf("Join(%q, %q) = %q, want %q", a, b, got, want)
			}
		}
		if (got == "") != (a == "" && b == "") {
			t.Fatalf("Join(%q, %q) = %q", a, b, got)
		}
	})
}

func BenchmarkClean(b *testing.B) {
	for name, path := range map[string]string{"clean": `C:\var\run\secrets\agent`, "slashes": "/var/run/secrets/agent", "dots": "/var/../run/./secrets"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(path)
			}
		})
	}
}
