// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/internal/recorded"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// reference follows a mountPath through the three programs of a node, without
// asking whether any of them can do something with it. On Windows it uses the path
// functions that they use.
func reference(mountPath string) recorded.Mount {
	clean, join := winpath.Clean, winpath.Join
	if runtime.GOOS == "windows" {
		clean, join = filepath.Clean, filepath.Join
	}
	v := recorded.Mount{MountPath: mountPath, Kubelet: mountPath}
	rooted := strings.HasPrefix(mountPath, "/") || strings.HasPrefix(mountPath, `\`)
	if !rooted && !strings.Contains(mountPath, ":") {
		v.Kubelet = `c:\` + mountPath
	}
	v.Dest = v.Kubelet
	if len(v.Dest) != len("D:") || v.Dest[1] != ':' { // containerd takes a bare drive as it is
		v.Dest = clean(v.Dest)
	}
	if v.Dest[0] == '\\' {
		v.Dest = "C:" + v.Dest
	}
	below := v.Dest
	if len(below) > 1 && below[1] == ':' {
		below = below[2:]
	}
	v.Link16 = join(`C:\C\`+recorded.MountID+`\`, below)
	v.LinkFallback = join(`C:\hpc\`+recorded.MountID+`\`, below)
	return v
}

// TestRecordedMounts compares Resolve, and the reference of the other tests, with what
// was recorded.
func TestRecordedMounts(t *testing.T) {
	compared, refused := 0, 0
	for _, v := range recorded.Mounts(t) {
		if got := reference(v.MountPath); got != v {
			t.Errorf("the reference says %+v, want %+v", got, v)
		}
		if !compare(t, v) {
			refused++
		}
		compared++
	}
	t.Logf("%d mounts, %d of them refused", compared, refused)
	if compared < 172 || refused == compared {
		t.Error("fewer than there were")
	}
}

// What one mode makes of a mount isn't what another does.
func TestRecordedMountsOfOtherModes(t *testing.T) {
	for _, right := range modes {
		for _, wrong := range modes {
			if wrong == right {
				continue
			}
			all := 0
			for _, v := range recorded.Mounts(t) {
				loc, err := wrong.Resolve(v.MountPath)
				if err != nil {
					continue
				}
				all++
				if got := loc.Path(wrong.Root(recorded.MountID)); got == pathOf(v, right) {
					t.Errorf("%s agrees with what %s made of %q: %s", wrong, right, v.MountPath, got)
				}
			}
			t.Logf("%d mounts of %s, as those of %s: none agrees", all, right, wrong)
			if all == 0 {
				t.Error("nothing was compared")
			}
		}
	}
}

// linkOf is where the link of v is, and in mode Bind what is bound as well.
func linkOf(v recorded.Mount, mode volumes.Mode) string {
	switch mode {
	case volumes.ModeSymlink16:
		return v.Link16
	case volumes.ModeSymlinkHPC:
		return v.LinkFallback
	}
	return strings.Replace(v.LinkFallback, `\`+recorded.MountID, "", 1)
}

// pathOf is where a program finds v.
func pathOf(v recorded.Mount, mode volumes.Mode) string {
	if mode == volumes.ModeBind {
		return v.Dest
	}
	return linkOf(v, mode)
}

// compare compares Resolve with v in every mode, and returns false if v is rejected,
// as it should be.
func compare(t *testing.T, v recorded.Mount) bool {
	t.Helper()
	resolved := true
	for _, mode := range modes {
		loc, err := mode.Resolve(v.MountPath)
		if want := mustRefuse(v); want != (err != nil) {
			t.Fatalf("%s: %q: refused: %t, error: %v", mode, v.MountPath, want, err)
		}
		if err != nil {
			resolved = false
			continue
		}
		link, path := linkOf(v, mode), pathOf(v, mode)
		if got := loc.Destination(); got != v.Dest {
			t.Errorf("%s: %q: destination %q, want %q", mode, v.MountPath, got, v.Dest)
		}
		if got := mode.Root(recorded.MountID) + `\` + loc.Rel(); got != link {
			t.Errorf("%s: %q: link %q, want %q", mode, v.MountPath, got, link)
		}
		if got := loc.Path(mode.Root(recorded.MountID)); got != path {
			t.Errorf("%s: %q: path %q, want %q", mode, v.MountPath, got, path)
		}
	}
	return resolved
}

// mustRefuse reports whether v is to be refused: it is empty, starts like a server or
// a device, has a colon that isn't that of a drive, or comes to the root of a drive.
func mustRefuse(v recorded.Mount) bool {
	path := strings.ReplaceAll(v.MountPath, `\`, "/")
	if path == "" || strings.Contains(path, "\x00") ||
		strings.HasPrefix(path, "//") || strings.HasPrefix(path+"/", "/??/") {
		return true
	}
	before, after, colon := strings.Cut(path, ":")
	if colon && (len(before) != 1 || before == "/" || !strings.HasPrefix(after, "/") || strings.Contains(after, ":")) {
		return true
	}
	return len(winpath.Clean(v.Dest)) == len(`C:\`)
}

func randomMountPath(rng *rand.Rand) string {
	starts := []string{"", "/", "/", "/", `\`, "C:/", `C:\`, "c:", "e:/", "E:", "E:up", "//", `\/`, `\\host\share\`, `\\.\pipe\`, "//?/", "/??/", "../", "9:/", "/c:/"}
	names := []string{"agent", "Agent", "var", "lib", "conf.d", "with space", "ends.", ".", "..", "...", "", "q&a", "100%", "a(1)", "µ", "日志", "NUL", "tab\t", "??x", "x:y", "$Mft", "~"}
	var b strings.Builder
	b.WriteString(starts[rng.IntN(len(starts))])
	for range rng.IntN(5) {
		b.WriteString(names[rng.IntN(len(names))])
		b.WriteByte(`/\`[rng.IntN(2)])
	}
	path := b.String()
	if path != "" && rng.IntN(3) > 0 {
		path = path[:len(path)-1]
	}
	return path
}

func TestResolveLikeReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 100_000 {
		compare(t, reference(randomMountPath(rng)))
	}
}

func TestLocation(t *testing.T) {
	for _, test := range []struct {
		mode                         volumes.Mode
		mountPath, dest, under, path string
	}{
		{volumes.ModeSymlink16, "/etc/cfg", `C:\etc\cfg`, `C:\C\` + id + `\etc\cfg`, `C:\C\` + id + `\etc\cfg`},
		{volumes.ModeSymlinkHPC, "/etc/cfg", `C:\etc\cfg`, `C:\hpc\` + id + `\etc\cfg`, `C:\hpc\` + id + `\etc\cfg`},
		{volumes.ModeBind, "/etc/cfg", `C:\etc\cfg`, `C:\hpc\etc\cfg`, `C:\etc\cfg`},
		{volumes.ModeBind, "etc/cfg", `c:\etc\cfg`, `C:\hpc\etc\cfg`, `c:\etc\cfg`},
		{volumes.ModeBind, `D:\data`, `D:\data`, `C:\hpc\data`, `D:\data`},
		{volumes.ModeSymlink16, `D:\data`, `D:\data`, `C:\C\` + id + `\data`, `C:\C\` + id + `\data`},
		{volumes.ModeBind, "../etc", `c:\etc`, `C:\hpc\etc`, `c:\etc`},
		{volumes.ModeBind, "/../../b", `C:\b`, `C:\hpc\b`, `C:\b`},
		{volumes.ModeBind, "/a//b/", `C:\a\b`, `C:\hpc\a\b`, `C:\a\b`},
		{volumes.ModeBind, `C:\hpc\cfg`, `C:\hpc\cfg`, `C:\hpc\hpc\cfg`, `C:\hpc\cfg`},
	} {
		loc, err := test.mode.Resolve(test.mountPath)
		if err != nil {
			t.Errorf("%s: %q: %v", test.mode, test.mountPath, err)
			continue
		}
		root := test.mode.Root(id)
		if got := loc.Destination(); got != test.dest {
			t.Errorf("%s: %q: Destination is %q, want %q", test.mode, test.mountPath, got, test.dest)
		}
		if got := root + `\` + loc.Rel(); got != test.under {
			t.Errorf("%s: %q: the path under the root is %q, want %q", test.mode, test.mountPath, got, test.under)
		}
		for _, root := range []string{root, root + `\`} {
			if got := loc.Path(root); got != test.path {
				t.Errorf("%s: %q: Path(%q) is %q, want %q", test.mode, test.mountPath, root, got, test.path)
			}
		}
		if again, _ := test.mode.Resolve(test.mountPath); again != loc {
			t.Errorf("%s: %q: two locations differ", test.mode, test.mountPath)
		}
	}
}

func TestZeroLocation(t *testing.T) {
	var loc volumes.Location
	if got := loc.Destination() + loc.Rel() + loc.Path(`C:\hpc`); got != "" {
		t.Errorf("the zero Location is at %q", got)
	}
}

func TestResolveRefuses(t *testing.T) {
	for _, test := range []struct {
		mountPath string
		reason    volumes.Reason
	}{
		{"", volumes.ReasonEmptyPath},
		{"/etc/\x00/cfg", volumes.ReasonNULByte},
		{"/", volumes.ReasonDriveRoot},
		{`\`, volumes.ReasonDriveRoot},
		{".", volumes.ReasonDriveRoot},
		{"..", volumes.ReasonDriveRoot},
		{"/..", volumes.ReasonDriveRoot},
		{"/a/..", volumes.ReasonDriveRoot},
		{"a/..", volumes.ReasonDriveRoot},
		{"C:/", volumes.ReasonDriveRoot},
		{`c:\`, volumes.ReasonDriveRoot},
		{`D:\.\`, volumes.ReasonDriveRoot},
		{"C:", volumes.ReasonBareDrive},
		{"c:", volumes.ReasonBareDrive},
		{"D:", volumes.ReasonBareDrive},
		{"D:data", volumes.ReasonDriveRelative},
		{"C:..", volumes.ReasonDriveRelative},
		{"etc:cfg", volumes.ReasonColonInName},
		{"/etc:cfg", volumes.ReasonColonInName},
		{"/C:/etc", volumes.ReasonColonInName},
		{"/:", volumes.ReasonColonInName},
		{"::/a", volumes.ReasonColonInName},
		{`C:\a\b:stream`, volumes.ReasonColonInName},
		{`C:\a\C:`, volumes.ReasonColonInName},
		{"CC:/a", volumes.ReasonColonInName},
		{"é:/a", volumes.ReasonColonInName},
		{`\\server\share\dir`, volumes.ReasonServerPath},
		{"//server/share/dir", volumes.ReasonServerPath},
		{`\/server`, volumes.ReasonServerPath},
		{"//", volumes.ReasonServerPath},
		{"///a", volumes.ReasonServerPath},
		{"//.x/pipe/y", volumes.ReasonServerPath},
		{`\\.\pipe\docker_engine`, volumes.ReasonPipePath},
		{"//./pipe/x", volumes.ReasonPipePath},
		{`\\.\PIPE\x`, volumes.ReasonPipePath},
		{`\\?\pipe\x`, volumes.ReasonPipePath},
		{`\\.\pipe`, volumes.ReasonPipePath},
		{`\\.\C:\a`, volumes.ReasonDevicePath},
		{`\\?\C:\a`, volumes.ReasonDevicePath},
		{"//?/C:/a", volumes.ReasonDevicePath},
		{`\\.`, volumes.ReasonDevicePath},
		{`\\.\pipes\x`, volumes.ReasonDevicePath},
		{`\??\C:\a`, volumes.ReasonDevicePath},
		{"/??/a", volumes.ReasonDevicePath},
	} {
		for _, mode := range modes {
			_, err := mode.Resolve(test.mountPath)
			wantPathError(t, err, test.mountPath, test.reason)
		}
		_, err := volumes.Portable(test.mountPath)
		wantPathError(t, err, test.mountPath, test.reason)
	}
	for _, mode := range []volumes.Mode{volumes.ModeUnknown, volumes.Mode(4)} {
		_, err := mode.Resolve("/etc/cfg")
		wantPathError(t, err, "/etc/cfg", volumes.ReasonModeUnknown)
	}
}

// wantPathError checks that err is a PathError for path and reason, with texts.
func wantPathError(t *testing.T, err error, path string, reason volumes.Reason) {
	t.Helper()
	var pathError *volumes.PathError
	if !errors.As(err, &pathError) {
		t.Errorf("%q: got %v, want an error for %q", path, err, reason)
		return
	}
	if *pathError != (volumes.PathError{Path: path, Reason: reason}) {
		t.Errorf("%q: got %+v, want %q", path, *pathError, reason)
	}
	if !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("%q: errors.Is doesn't find fs.ErrInvalid", path)
	}
	if strings.HasSuffix(err.Error(), "is rejected") {
		t.Errorf("%q: no text for %q", path, reason)
	}
}

func TestReasonWithoutText(t *testing.T) {
	for _, reason := range []volumes.Reason{"", "another"} {
		err := &volumes.PathError{Path: "x", Reason: reason}
		if got := err.Error(); got != `path "x" is rejected` {
			t.Errorf("the error is %q", got)
		}
	}
}

func TestPathErrorQuotes(t *testing.T) {
	for path, want := range map[string]string{
		`C:\x`:    `path "C:\x" is rejected`,
		"a\nb":    `path "a<U+000A>b" is rejected`,
		`a"b\`:    `path "a\"b\" is rejected`,
		"a\xff":   `path "a<0xFF>" is rejected`,
		"\u202ex": `path "<U+202E>x" is rejected`,
	} {
		if got := (&volumes.PathError{Path: path}).Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestResolveAllocatesNothing(t *testing.T) {
	for _, mountPath := range []string{"/etc/cfg", `C:\etc\cfg`, "etc/cfg", "/var/run/secrets/kubernetes.io/serviceaccount"} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := volumes.ModeBind.Resolve(mountPath); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("Resolve(%q) allocates %v times", mountPath, n)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("/etc/cfg")           // what everybody writes
	f.Add("etc/cfg")            // the kubelet adds a drive
	f.Add(`..\..\etc`)          // can't go above the drive
	f.Add("/a/../??/b")         // cleaning must not make a device path
	f.Add("::/a")               // no drive has this name
	f.Add("/??0")               // nor may what only looks like one
	f.Add(`D:\data\.\x\`)       // another drive, not clean
	f.Add("D:data")             // relative to a drive
	f.Add(`\\.\pipe\x`)         // a pipe
	f.Add("/é/\x7f\xff/\u212a") // not ASCII, not text
	f.Fuzz(func(t *testing.T, mountPath string) {
		compare(t, reference(mountPath))
	})
}

func BenchmarkResolve(b *testing.B) {
	for name, mountPath := range map[string]string{"plain": "/var/run/secrets/agent", "dots": "/var/../run/secrets", "refused": `\\.\pipe\x`} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = volumes.ModeBind.Resolve(mountPath)
			}
		})
	}
}
