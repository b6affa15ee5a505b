// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

// TestOneProgramOnEveryNode runs the same code in a container of each mode and in
// an ordinary one. It must not see any difference.
func TestOneProgramOnEveryNode(t *testing.T) {
	const want = "from: the mount\nfrom: the image\nkube-system at https://10.96.0.1:443\n" + token
	for _, mode := range everyMode {
		root := newNode(t, mode).root()
		config, err := root.ReadFile("/etc/agent/config.yaml")
		if err != nil {
			t.Error(err)
		}
		plugin, err := fs.ReadFile(root.Image(), "plugins/default.txt")
		if err != nil {
			t.Error(err)
		}
		cluster, err := root.Cluster()
		if err != nil {
			t.Error(err)
		}
		token, err := os.ReadFile(cluster.TokenFile)
		if err != nil {
			t.Error(err)
		}
		got := string(config) + string(plugin) + cluster.Namespace + " at " + cluster.Host + "\n" + string(token)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
	}
}

func TestDetect(t *testing.T) {
	other := strings.Repeat("ab", 32)
	for _, test := range []struct {
		name, value, exe string
		exists           string
		mode             volumes.Mode
		dir              string
	}{
		{"as containerd 1.6 sets it", `C:\C\` + id + `\`, "", "", volumes.ModeSymlink16, `C:\C\` + id},
		{"as containerd 1.7 sets it", `C:\hpc\`, "", "", volumes.ModeBind, `C:\hpc`},
		{"without bind filter", `C:\hpc\` + id + `\`, "", "", volumes.ModeSymlinkHPC, `C:\hpc\` + id},
		{"no backslash at the end", `C:\hpc`, "", "", volumes.ModeBind, `C:\hpc`},
		{"slashes", "C:/hpc/", "", "", volumes.ModeBind, `C:\hpc`},
		{"no drive", `\hpc\`, "", `C:\hpc`, volumes.ModeBind, `C:\hpc`},
		{"not clean", `C:\x\..\hpc\\.\`, "", `C:\hpc`, volumes.ModeBind, `C:\hpc`},
		{"moved by an annotation", `D:\rootfs\`, "", "", volumes.ModeBind, `D:\rootfs`},
		{"a short ID", `C:\hpc\0123456789abcdef\`, "", "", volumes.ModeSymlinkHPC, `C:\hpc\0123456789abcdef`},
		{"no ID", `C:\hpc\0123456789abcde\`, "", "", volumes.ModeBind, `C:\hpc\0123456789abcde`},
		{"moved, without bind filter", `D:\rootfs\` + id, "", "", volumes.ModeSymlinkHPC, `D:\rootfs\` + id},
		{"missing, program of 1.6", "", `C:\C\` + id + `\bin\agent.exe`, `C:\C\` + id, volumes.ModeSymlink16, `C:\C\` + id},
		{"missing, program of 1.7", "", `C:\hpc\bin\agent.exe`, `C:\hpc`, volumes.ModeBind, `C:\hpc`},
		{"missing, program of 1.7 in the root", "", `c:\HPC\agent.exe`, `C:\hpc`, volumes.ModeBind, `C:\hpc`},
		{"missing, program without bind filter", "", `C:\hpc\` + id + `\agent.exe`, `C:\hpc\` + id, volumes.ModeSymlinkHPC, `C:\hpc\` + id},
		{"of another container", `C:\C\` + other + `\`, `C:\C\` + id + `\agent.exe`, `C:\C\` + id, volumes.ModeSymlink16, `C:\C\` + id},
		{"a relative one", `hpc`, `C:\hpc\agent.exe`, `C:\hpc`, volumes.ModeBind, `C:\hpc`},
	} {
		n := node{t, tempDir(t), volumes.ModeUnknown}
		if test.exists == "" {
			test.exists = test.dir
		}
		n.must(os.MkdirAll(n.path(test.exists), 0o777))
		env := map[string]string{}
		if test.value != "" {
			env[volumes.SandboxVariable] = test.value
		}
		root, err := agent.Process{LookupEnv: lookup(env), Executable: test.exe, HostRoot: n.dir}.Detect()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if root.Mode() != test.mode || !root.HostProcess() {
			t.Errorf("%s: mode %s, want %s", test.name, root.Mode(), test.mode)
		}
		if got, want := root.Image().Path(), n.path(test.dir); got != want {
			t.Errorf("%s: root %q, want %q", test.name, got, want)
		}
	}
}

func TestDetectOrdinary(t *testing.T) {
	n := newNode(t, volumes.ModeUnknown)
	n.must(os.MkdirAll(n.path(`C:\hpc`), 0o777)) // another container's
	n.must(os.MkdirAll(n.path(`C:\C\tools`), 0o777))
	for name, p := range map[string]agent.Process{
		"nothing":              {HostRoot: n.dir},
		"an empty variable":    {HostRoot: n.dir, LookupEnv: lookup(map[string]string{volumes.SandboxVariable: ""})},
		"a program elsewhere":  {HostRoot: n.dir, Executable: `C:\Program Files\agent\agent.exe`},
		"a program in C:\\C":   {HostRoot: n.dir, Executable: `C:\C\tools\agent.exe`},
		"a program that is C:": {HostRoot: n.dir, Executable: `C:\hpcx\agent.exe`},
		"a Unix program":       {HostRoot: n.dir, Executable: "/usr/bin/agent"},
	} {
		root, err := p.Detect()
		if err != nil || root.HostProcess() || root.Mode() != volumes.ModeUnknown {
			t.Errorf("%s: mode %s, %v", name, root.Mode(), err)
		}
		if got, err := root.ReadFile("/etc/agent/config.yaml"); string(got) != mountedConfig || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestDetectErrors(t *testing.T) {
	n := node{t, tempDir(t), volumes.ModeUnknown}
	n.write(n.path(`C:\file`), "not a directory")
	for value, reason := range map[string]volumes.Reason{
		`C:\C\` + id + `\`: "", // doesn't exist
		`C:\file`:          "",
		`hpc`:              volumes.ReasonRelativeDir,
		`C:`:               volumes.ReasonBareDrive,
		`C:\`:              volumes.ReasonDriveRoot,
		`\`:                volumes.ReasonDriveRoot,
		`C:hpc`:            volumes.ReasonDriveRelative,
		`\\server\share`:   volumes.ReasonServerPath,
		`\\?\C:\hpc`:       volumes.ReasonDevicePath,
		`C:\hpc;C:\x`:      volumes.ReasonColonInName,
		"C:\\hpc\x00":      volumes.ReasonNULByte,
	} {
		root, err := agent.Process{LookupEnv: lookup(map[string]string{volumes.SandboxVariable: value}), HostRoot: n.dir}.Detect()
		var envError *agent.EnvError
		if !errors.As(err, &envError) || envError.Name != volumes.SandboxVariable || envError.Value != value || err.Error() == "" {
			t.Errorf("%q: got %v", value, err)
		}
		if reason == "" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v isn't fs.ErrNotExist", value, err)
		}
		if reason != "" {
			wantPathError(t, err, value, reason)
		}
		if _, err := root.Path("/etc/agent"); err == nil {
			t.Errorf("%q: a root that comes with an error can be used", value)
		}
	}
}

// TestDetectHere calls Detect in the process of the test itself.
func TestDetectHere(t *testing.T) {
	t.Setenv(volumes.SandboxVariable, "")
	root, err := agent.Detect()
	if err != nil || root.HostProcess() {
		t.Fatalf("mode %s, %v", root.Mode(), err)
	}
	file := filepath.Join(tempDir(t), "file")
	if err := os.WriteFile(file, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := root.Path(file); got != file || err != nil {
		t.Errorf("Path(%q) = %q, %v", file, got, err)
	}
	dir := root.Image().Path()
	if want := map[bool]string{true: `C:\`, false: "/"}[runtime.GOOS == "windows"]; dir != want {
		t.Errorf("the image is at %q, want %q", dir, want)
	}

	t.Setenv(volumes.SandboxVariable, `C:\no\such\directory\`)
	if _, err := agent.Detect(); (err != nil) != (runtime.GOOS == "windows") {
		t.Errorf("with a wrong variable: %v", err)
	}
}

func TestZeroRoot(t *testing.T) {
	var root agent.Root
	if got := root.Image().Path(); got != "" {
		t.Errorf("the image is at %q", got)
	}
	_, err := root.Path("/etc/agent")
	wantPathError(t, err, "/etc/agent", volumes.ReasonModeUnknown)
	_, err = root.ReadFile("/etc/agent")
	wantPathError(t, err, "/etc/agent", volumes.ReasonModeUnknown)
	_, err = root.Mount("/etc/agent")
	wantPathError(t, err, "/etc/agent", volumes.ReasonModeUnknown)
	_, err = root.Cluster()
	wantPathError(t, err, volumes.ServiceAccountDir, volumes.ReasonModeUnknown)
	_, err = root.Image().Open("x")
	wantPathError(t, err, "x", volumes.ReasonModeUnknown)
}

func TestRootPath(t *testing.T) {
	for _, mode := range everyMode {
		n := newNode(t, mode)
		root := n.root()
		want := n.ordinary("/etc/agent/config.yaml")
		if mode != volumes.ModeUnknown {
			loc, err := mode.Resolve("/etc/agent/config.yaml")
			if err != nil {
				t.Fatal(err)
			}
			want = n.path(loc.Path(mode.Root(id)))
		}
		for _, spelling := range []string{"/etc/agent/config.yaml", "/etc//agent/./config.yaml", "etc/agent/config.yaml", "/etc/agent/x/../config.yaml"} {
			got, err := root.Path(spelling)
			if err != nil || !strings.EqualFold(got, want) {
				t.Errorf("%s: Path(%q) = %q, %v, want %q", mode, spelling, got, err, want)
			}
		}
	}
}

// TestBindFallsBackToTheLink: a mount that isn't at its destination may be under the root.
func TestBindFallsBackToTheLink(t *testing.T) {
	n := newNode(t, volumes.ModeBind)
	n.write(n.path(`C:\hpc\linked\x.txt`), "x")
	got, err := n.root().Path("/linked/x.txt")
	if want := n.path(`C:\hpc\linked\x.txt`); got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// An error without a cause still has a text.
func TestErrorWithoutCause(t *testing.T) {
	if err := (&agent.EnvError{Name: "X"}); !strings.Contains(err.Error(), "can't be used") {
		t.Errorf("it says %q", err)
	}
}

func TestLookupError(t *testing.T) {
	for mode, tried := range map[volumes.Mode][]string{
		volumes.ModeSymlink16:  {`C:\C\` + id + `\etc\nothing`},
		volumes.ModeBind:       {`C:\etc\nothing`, `C:\hpc\etc\nothing`},
		volumes.ModeSymlinkHPC: {`C:\hpc\` + id + `\etc\nothing`},
		volumes.ModeUnknown:    nil,
	} {
		n := newNode(t, mode)
		root := n.root()
		want := []string{n.ordinary("/etc/nothing")}
		if tried != nil {
			want = nil
			for _, path := range tried {
				want = append(want, n.path(path))
			}
		}
		for name, look := range looksAt(root, "/etc/nothing") {
			err := look()
			var pathError *fs.PathError
			if !errors.As(err, &pathError) || pathError.Path != "/etc/nothing" || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %s: got %v", mode, name, err)
				continue
			}
			if diff := cmp.Diff(want, agent.Tried(err)); diff != "" {
				t.Errorf("%s: %s: tried (-want +got):\n%s", mode, name, diff)
			}
			for _, path := range append(want, pathError.Path) {
				if !strings.Contains(err.Error(), path) {
					t.Errorf("%s: %s: %q isn't in %q", mode, name, path, err)
				}
			}
		}
	}
}

// TestLookupStopsAtOtherErrors: if a mount exists but can't be read, the file under the
// root is a different one. The user root can read everything, so the test provokes errors
// that root gets as well: a name too long for any system, and a path through a file.
func TestLookupStopsAtOtherErrors(t *testing.T) {
	for _, mode := range everyMode {
		n := newNode(t, mode)
		n.write(n.destination("/etc/file"), "not a directory")
		if mode == volumes.ModeBind && runtime.GOOS != "windows" { // to which such a path doesn't exist
			n.write(n.path(`C:\hpc\etc\file\x`), "of the image")
		}
		root := n.root()
		for _, path := range []string{"/" + strings.Repeat("x", 300), "/etc/file/x"} {
			for name, look := range looksAt(root, path) {
				err := look()
				var pathError *fs.PathError
				if !errors.As(err, &pathError) || pathError.Path != path {
					t.Errorf("%s: %s(%.20q): got %v", mode, name, path, err)
					continue
				}
				notExist := errors.Is(err, fs.ErrNotExist)
				if notExist && runtime.GOOS != "windows" { // which says so of both
					t.Errorf("%s: %s(%.20q): %v is fs.ErrNotExist", mode, name, path, err)
				}
				if tried := agent.Tried(err); !notExist && len(tried) != 1 {
					t.Errorf("%s: %s(%.20q): went on to %q", mode, name, path, tried)
				}
			}
		}
	}
}

// looksAt are the methods of a Root that look up a path.
func looksAt(root agent.Root, path string) map[string]func() error {
	return map[string]func() error{
		"Path":     func() error { _, err := root.Path(path); return err },
		"ReadFile": func() error { _, err := root.ReadFile(path); return err },
		"Mount":    func() error { _, err := root.Mount(path); return err },
	}
}

func TestRootRefuses(t *testing.T) {
	for _, mode := range everyMode {
		root := newNode(t, mode).root()
		for path, reason := range map[string]volumes.Reason{"": volumes.ReasonEmptyPath, "/a\x00b": volumes.ReasonNULByte} {
			_, err := root.Path(path)
			wantPathError(t, err, path, reason)
		}
		if mode == volumes.ModeUnknown && runtime.GOOS != "windows" {
			continue // names mean something else there
		}
		for path, reason := range map[string]volumes.Reason{
			"/":                volumes.ReasonDriveRoot,
			"C:x":              volumes.ReasonDriveRelative,
			"/etc/agent:x":     volumes.ReasonColonInName,
			`\\server\share\x`: volumes.ReasonServerPath,
			`\\.\pipe\x`:       volumes.ReasonPipePath,
			`\\?\C:\x`:         volumes.ReasonDevicePath,
			"/etc/nul":         volumes.ReasonReservedName,
			"/etc/con.txt":     volumes.ReasonReservedName,
			"/etc/.../x":       volumes.ReasonLeavesMount,
		} {
			_, err := root.Path(path)
			wantPathError(t, err, path, reason)
		}
	}
}
