// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Root is the file system of the container in which this program runs. Get one
// from Detect, once, at the start of the program. Any number of goroutines may
// use it. The zero Root isn't usable; its methods fail.
//
// It finds the mounts and the image of a HostProcess container in each of the
// three modes. In any other container, on Windows or not, a mount is at its
// mountPath and the image at the root of the file system, and that is what the
// same calls return. So one program serves every node.
type Root struct {
	mode Mode
	dir  string // Windows path, in a HostProcess container only
	host string // what stands in for the file system of the node, or ""
	env  func(string) (string, bool)
}

// Process is what Detect looks at. Programs call Detect; tests describe a process
// in a tree of files of their own and call its Detect method.
type Process struct {
	// LookupEnv returns environment variables, as os.LookupEnv does. nil means that
	// there are none.
	LookupEnv func(name string) (string, bool)

	// Executable is the path of the program's file, as os.Executable returns it. It
	// may be empty.
	Executable string

	// HostRoot is a directory that stands in for the file system of the node, or ""
	// for the real one. In a HostProcess container, and always on Windows, it holds a
	// directory for each drive, named by its letter in upper case: C:\hpc\x is
	// C/hpc/x in it.
	HostRoot string
}

// Detect finds out in which container this program runs.
//
// The runtime puts the root of a HostProcess container in the environment
// variable SandboxVariable, with a backslash at the end; Detect does without it.
// If the variable is missing, or names no directory, because another program has
// changed the environment, the place of the program's own file tells the root, if
// the program comes from the image. If that doesn't either, a missing variable
// means that this isn't a HostProcess container, and a wrong one is an *EnvError.
//
// On systems other than Windows the variable means nothing.
func Detect() (Root, error) {
	exe, _ := os.Executable() // "" will do: it is only the second source
	return Process{LookupEnv: os.LookupEnv, Executable: exe}.Detect()
}

// Detect finds out in which container the process p runs: see the function
// Detect.
func (p Process) Detect() (Root, error) {
	env := p.LookupEnv
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	ordinary := Root{host: p.HostRoot, env: env}
	if p.HostRoot == "" && runtime.GOOS != "windows" {
		return ordinary, nil
	}
	value, _ := env(SandboxVariable)
	dir, wrong := absolute(value)
	if wrong == 0 && ordinary.isDir(dir) {
		return Root{rootMode(dir), dir, p.HostRoot, env}, nil
	}
	if dir, mode := rootOfProgram(p.Executable); mode != Unknown && ordinary.isDir(dir) {
		return Root{mode, dir, p.HostRoot, env}, nil
	}
	switch {
	case value == "":
		return ordinary, nil
	case wrong != 0:
		return Root{}, &EnvError{SandboxVariable, value, &PathError{value, wrong}}
	}
	return Root{}, &EnvError{SandboxVariable, value, fs.ErrNotExist}
}

// rootMode tells the mode from the root of a container. A root that an annotation
// of the pod has moved is recognised too: below it, SymlinkHPC puts a directory
// that is named after the container.
func rootMode(dir string) Mode {
	i := strings.LastIndexByte(dir, '\\')
	switch {
	case strings.EqualFold(dir[:i+1], symlink16Parent):
		return Symlink16
	case isContainerID(dir[i+1:]):
		return SymlinkHPC
	}
	return Bind
}

// rootOfProgram returns the root of the container from whose image a program is,
// if the path of the program tells.
func rootOfProgram(exe string) (string, Mode) {
	exe = winpath.Clean(exe)
	if rest, ok := cutPrefixFold(exe, symlink16Parent); ok {
		if id, _, ok := strings.Cut(rest, `\`); ok && isContainerID(id) {
			return symlink16Parent + id, Symlink16
		}
	}
	if rest, ok := cutPrefixFold(exe, bindRoot+`\`); ok {
		if id, _, ok := strings.Cut(rest, `\`); ok && isContainerID(id) {
			return bindRoot + `\` + id, SymlinkHPC
		}
		return bindRoot, Bind
	}
	return "", Unknown
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// isContainerID reports whether s can be the ID of a container: hexadecimal
// digits, 64 of them in containerd.
func isContainerID(s string) bool {
	return len(s) >= 16 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// HostProcess reports whether this is a HostProcess container.
func (r Root) HostProcess() bool { return r.mode != Unknown }

// Mode returns the mode of the node, or Unknown if this isn't a HostProcess
// container.
func (r Root) Mode() Mode { return r.mode }

// Dir returns the directory that holds the image of the container, without a
// separator at the end: C:\hpc, say. If this isn't a HostProcess container it is
// the root of the file system.
func (r Root) Dir() string {
	switch {
	case r.env == nil:
		return ""
	case r.HostProcess():
		return r.onHost(r.dir)
	}
	return r.ordinary("")
}

// Path returns where the mount at mountPath is, or a file below a mount whose path
// is given in full, as the manifest has it. The file must exist.
//
// In the symlink modes that is below Dir and nowhere else: the same path without
// it is a file of the node. In mode Bind it is mountPath itself or, if that doesn't
// exist, the link below Dir. Elsewhere it is mountPath. On Windows the result
// always has a drive.
//
// The error is a *PathError if no file can be mounted at mountPath, or if a name in
// it is reserved for a device; and a *LookupError, which lists the paths tried, if
// there is no such file (errors.Is finds fs.ErrNotExist) or it can't be looked at.
//
// A mountPath is trusted: take it from the manifest or from the program. For a
// name that comes from elsewhere, use Mount and the methods of Dir.
func (r Root) Path(mountPath string) (string, error) {
	tried, err := r.candidates(mountPath)
	if err != nil {
		return "", err
	}
	for i, path := range tried {
		_, err = os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", &LookupError{mountPath, tried[:i+1], err}
		}
	}
	return "", &LookupError{mountPath, tried, fs.ErrNotExist}
}

// Open opens the file at mountPath, or below a mount, for reading: see Path.
func (r Root) Open(mountPath string) (*os.File, error) {
	path, err := r.Path(mountPath)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Stat describes the file at mountPath, or below a mount: see Path.
func (r Root) Stat(mountPath string) (fs.FileInfo, error) {
	path, err := r.Path(mountPath)
	if err != nil {
		return nil, err
	}
	return os.Stat(path)
}

// ReadFile reads the file at mountPath, or below a mount: see Path.
func (r Root) ReadFile(mountPath string) ([]byte, error) {
	path, err := r.Path(mountPath)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Mount returns the directory that is mounted at mountPath, or a directory in a
// mount: see Path. Names below it may come from anywhere: none leads out.
func (r Root) Mount(mountPath string) (Dir, error) {
	path, err := r.Path(mountPath)
	if err != nil {
		return Dir{}, err
	}
	return Dir{path, r.windows()}, nil
}

// Image returns the directory with the files of the image, the same as Dir. In a
// HostProcess container the files of the node aren't in it.
func (r Root) Image() Dir {
	return Dir{r.Dir(), r.windows()}
}

// candidates returns the paths at which a mount can be, best first.
func (r Root) candidates(mountPath string) ([]string, error) {
	if r.env == nil {
		return nil, &PathError{mountPath, ModeUnknown}
	}
	if !r.windows() {
		return r.unixCandidates(mountPath)
	}
	mode := r.mode
	if !r.HostProcess() {
		mode = Bind // the mount is at its destination
	}
	loc, err := mode.Resolve(mountPath)
	if err != nil {
		return nil, err
	}
	if reason := refuseName(loc.Rel()); reason != 0 {
		return nil, &PathError{mountPath, reason}
	}
	paths := []string{r.onHost(loc.Path(r.dir))}
	if r.mode == Bind {
		paths = append(paths, r.onHost(loc.UnderRoot(r.dir)))
	}
	return paths, nil
}

func (r Root) unixCandidates(mountPath string) ([]string, error) {
	switch {
	case mountPath == "":
		return nil, &PathError{mountPath, EmptyPath}
	case strings.IndexByte(mountPath, 0) >= 0:
		return nil, &PathError{mountPath, NULByte}
	}
	return []string{r.ordinary(mountPath)}, nil
}

// windows reports whether paths are Windows paths.
func (r Root) windows() bool { return r.HostProcess() || runtime.GOOS == "windows" }

// ordinary returns path in a container that isn't a HostProcess container.
func (r Root) ordinary(path string) string {
	if r.windows() {
		return r.onHost(winpath.Join(`C:\`, path))
	}
	return r.host + filepath.Join("/", path)
}

// onHost returns where a Windows path is in this process: as it is, or in the
// directory that stands in for the file system of the node.
func (r Root) onHost(path string) string {
	if r.host == "" {
		return path
	}
	drive, rest := strings.ToUpper(path[:1]), path[2:]
	return filepath.Join(r.host, drive, strings.ReplaceAll(rest, `\`, string(filepath.Separator)))
}

func (r Root) isDir(path string) bool {
	info, err := os.Stat(r.onHost(path))
	return err == nil && info.IsDir()
}

// LookupError says that a file isn't there, or can't be looked at.
type LookupError struct {
	Path  string   // as it was given
	Tried []string // the paths that were tried, in this order
	Err   error    // fs.ErrNotExist, or what is wrong with the last path tried
}

// Error lists the paths that were tried.
func (e *LookupError) Error() string {
	quoted := make([]string, len(e.Tried))
	for i, path := range e.Tried {
		quoted[i] = quote(path)
	}
	return "mount " + quote(e.Path) + ": " + e.Err.Error() + " (tried " + strings.Join(quoted, ", then ") + ")"
}

// Unwrap returns Err.
func (e *LookupError) Unwrap() error { return e.Err }

// EnvError says that an environment variable has a value that can't be used, or
// none.
type EnvError struct {
	Name, Value string
	Err         error
}

// Error quotes the value and says what is wrong with it.
func (e *EnvError) Error() string {
	return "environment variable " + e.Name + "=" + quote(e.Value) + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *EnvError) Unwrap() error { return e.Err }
