// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

// Plan lists the files to install on the node. The zero Plan isn't usable; its methods
// fail.
type Plan struct {
	// Dirs are the directories of the node below which Apply and Remove may write. They
	// are absolute, and none is inside another. Apply creates missing ones. Remove
	// keeps them, because others may use them too: containerd watches the directory of
	// CNI configuration from its start, and doesn't notice when it is recreated. To
	// have a directory removed, list its parent.
	Dirs []string

	// State is the path of the file in which Apply records what it did, directly in one
	// of Dirs. Plans of different programs need different files; the next version of a
	// program needs the file of the previous one.
	State string

	// Files are the files to install.
	Files []File
}

// File is one file of a Plan. The zero File has neither content nor path, which is a
// mistake.
type File struct {
	// From contains the file Name, with slashes in its path, which is the content. Pass
	// agent.Root.Image or a result of agent.Root.Mount. Links in it are followed,
	// because the kubelet creates them in every ConfigMap.
	From fs.FS
	Name string

	// Data is the content, instead of From and Name.
	Data []byte

	// SHA256 is the hash of the content, in hexadecimal. Different content is an error.
	// If it is empty, any content is accepted.
	SHA256 string

	// To is the path on the node, absolute and below one of the plan's Dirs. Missing
	// directories below that are created.
	To string

	// Last is for CNI configuration: the file is put in place after those without Last,
	// and removed before them, so that the container runtime never runs a plugin that
	// doesn't exist.
	Last bool

	// Restore keeps an existing file when To is installed for the first time, and
	// restores it when the file is removed. Without it, the existing file is deleted.
	Restore bool
}

// PlanError lists the mistakes of an invalid plan. Nothing was changed on the node.
type PlanError struct {
	// Mistakes is never empty.
	Mistakes []Mistake
}

// Error lists the mistakes, one per line if there are several. The wording may change.
func (e *PlanError) Error() string {
	if len(e.Mistakes) == 1 {
		return e.Mistakes[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d mistakes:", len(e.Mistakes))
	for _, m := range e.Mistakes {
		b.WriteString("\n\t" + m.String())
	}
	return b.String()
}

// Is reports whether target is fs.ErrInvalid.
func (e *PlanError) Is(target error) bool { return target == fs.ErrInvalid }

// Mistake is the problem with one field of a plan. The zero Mistake isn't used.
type Mistake struct {
	Field   string // "Files[1].To"
	Value   string // as it was given
	Problem string // a phrase whose subject is the value: "is empty"
	Fix     string // what to write instead
}

// String returns the mistake in one line. The wording may change.
func (m Mistake) String() string {
	return m.Field + " " + quote.Text(m.Value) + " " + m.Problem + "; " + m.Fix
}

// checked is a plan without mistakes.
type checked struct {
	dirs  []string
	state string
	files []file // those with Last at the end
}

// file is a File with its path in the form of the state file.
type file struct {
	File
	field string // "Files[1].To"
	path  string
}

// rules check the paths of a plan. They are as strict on every system as Windows is, so
// that a test on another system finds the mistakes.
type rules struct {
	windows  bool // paths have drives
	mistakes []Mistake
}

func (r *rules) add(field, value, problem, fix string) {
	r.mistakes = append(r.mistakes, Mistake{field, value, problem, fix})
}

func (r *rules) err() error {
	if len(r.mistakes) == 0 {
		return nil
	}
	return &PlanError{r.mistakes}
}

// check returns the plan with files for its Files.
func (p Plan) check(files []File) (checked, error) {
	r := rules{windows: runtime.GOOS == "windows"}
	c := checked{dirs: r.dirs(p.Dirs)}
	c.state = r.target("State", p.State, c.dirs)
	if dir, name := split(c.state); c.state != "" && below(c.state, c.dirs) != dir {
		r.add("State", p.State, "is not directly in one of Dirs", "add "+quote.Text(dir)+" to Dirs, or leave the directory of "+quote.Text(name)+" out")
	}
	var taken, last []file
	if c.state != "" {
		taken = append(taken, file{field: "State", path: c.state})
	}
	for i, f := range files {
		field := fmt.Sprintf("Files[%d]", i)
		r.source(field, &f)
		checked := file{f, field + ".To", r.target(field+".To", f.To, c.dirs)}
		if checked.path == "" {
			continue
		}
		for _, other := range taken {
			if same(other.path, checked.path) {
				r.add(checked.field, f.To, "is also the path of "+other.field+", ignoring case", "leave one of them out")
			} else if inside(checked.path, other.path) || inside(other.path, checked.path) {
				r.add(checked.field, f.To, "and "+other.field+" can't both be files: one contains the other", "change one of them")
			}
		}
		taken = append(taken, checked)
		if f.Last {
			last = append(last, checked)
		} else {
			c.files = append(c.files, checked)
		}
	}
	c.files = append(c.files, last...)
	return c, r.err()
}

func (r *rules) dirs(dirs []string) (clean []string) {
	if len(dirs) == 0 {
		r.add("Dirs", "", "is empty", "list the directories of the node to write to")
	}
	for i, value := range dirs {
		field := fmt.Sprintf("Dirs[%d]", i)
		dir := r.path(field, value)
		if dir == "" {
			continue
		}
		for _, other := range clean {
			if same(dir, other) || inside(dir, other) || inside(other, dir) {
				r.add(field, value, "contains "+quote.Text(other)+", or is in it", "leave the inner one out")
			}
		}
		clean = append(clean, dir)
	}
	return clean
}

// source checks the source of a file's content.
func (r *rules) source(field string, f *File) {
	switch {
	case f.From == nil && f.Name != "":
		r.add(field+".From", "", "is missing", "set it to the image or a mount, or use Data")
	case f.From == nil && f.Data == nil:
		r.add(field, "", "has no content", "set From and Name, or Data")
	case f.From != nil && f.Data != nil:
		r.add(field, "", "has two sources of content", "set either From and Name, or Data")
	case f.From != nil:
		r.name(field+".Name", f.Name)
	}
	if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != 0 && len(sum) != 32 {
		r.add(field+".SHA256", f.SHA256, "is not a SHA-256 hash", "write 64 hexadecimal digits")
	}
	f.SHA256 = strings.ToLower(f.SHA256)
}

func (r *rules) name(field, name string) {
	if problem, fix := nameProblem(name); problem != "" {
		r.add(field, name, problem, fix)
	} else if !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) {
		r.add(field, name, "is not the name of a file in From", `write a relative path with slashes and without ".."`)
	}
}

// target checks the path of a file on the node and returns it in its clean form, or "".
func (r *rules) target(field, value string, dirs []string) string {
	path := r.path(field, value)
	if path == "" {
		return ""
	}
	dir := below(path, dirs)
	rest := strings.TrimPrefix(path, dir)
	switch {
	case dir == "":
		r.add(field, value, "is in none of Dirs", "add its directory to Dirs")
	case shortName(rest):
		r.add(field, value, "contains a short name, such as PROGRA~1, which may be another name of the same file", "write the long name")
	case ours(path):
		r.add(field, value, "has a name like those that this package gives to the files that it moves", "choose another name")
	default:
		return path
	}
	return ""
}

// path checks a path on the node and returns it in its clean form, or "".
func (r *rules) path(field, value string) string {
	separators, start, rest := "/", "/", value
	if r.windows {
		separators = `\/`
	}
	isSeparator := func(c rune) bool { return strings.ContainsRune(separators, c) }
	switch {
	case value == "":
		r.add(field, value, "is empty", "write an absolute path")
		return ""
	case r.windows && len(value) > 1 && isSeparator(rune(value[0])) && isSeparator(rune(value[1])):
		r.add(field, value, "is the path of a server or a device", `write a drive and a directory, such as C:\opt\cni\bin`)
		return ""
	case r.windows:
		if len(value) < 3 || !isLetter(value[0]) || value[1] != ':' || !isSeparator(rune(value[2])) {
			r.add(field, value, "is not absolute", `write a drive and a directory, such as C:\opt\cni\bin`)
			return ""
		}
		start, rest = strings.ToUpper(value[:1])+`:\`, value[3:]
	case value[0] != '/':
		r.add(field, value, "is not absolute", "start it with a slash")
		return ""
	case strings.Contains(value, `\`):
		r.add(field, value, "contains a backslash", "write slashes")
		return ""
	}
	names := strings.FieldsFunc(rest, isSeparator)
	for _, name := range names {
		if problem, fix := nameProblem(name); problem != "" {
			r.add(field, value, problem, fix)
			return ""
		}
	}
	if len(names) == 0 {
		r.add(field, value, "is the root of a file system", "write a directory below it")
		return ""
	}
	return start + strings.Join(names, start[len(start)-1:])
}

// nameProblem returns why a file can't have a name on Windows, or "".
func nameProblem(name string) (problem, fix string) {
	for _, element := range strings.FieldsFunc(name, func(c rune) bool { return c == '/' || c == '\\' }) {
		switch {
		case element == "." || element == "..":
			return "contains " + quote.Text(element), "write the path without it"
		case strings.TrimRight(element, ". ") != element:
			return "contains a name that ends in a dot or a space, which Windows drops", "rename the file"
		case strings.ContainsAny(element, `<>"|?*`) || strings.ContainsFunc(element, unicode.IsControl) || !utf8.ValidString(element):
			return "contains a character that names on Windows can't have", "rename the file"
		}
	}
	var refused *volumes.PathError
	if _, err := (volumes.Ref{}).Join(name); errors.As(err, &refused) {
		problem, fix, _ = strings.Cut(refused.Problem(), "; ")
	}
	return problem, fix
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// shortName reports whether path contains a name with a tilde and a digit, as Windows
// generates them for old programs.
func shortName(path string) bool {
	_, after, found := strings.Cut(path, "~")
	return found && after != "" && (after[0] >= '0' && after[0] <= '9' || shortName(after))
}

// same reports whether two clean paths are the same file to Windows.
func same(a, b string) bool { return strings.EqualFold(a, b) }

// inside reports whether the clean path is below the directory dir.
func inside(path, dir string) bool {
	return len(path) > len(dir) && (path[len(dir)] == '/' || path[len(dir)] == '\\') && same(path[:len(dir)], dir)
}

// below returns which of dirs contains the clean path, in the path's spelling, or "".
func below(path string, dirs []string) string {
	for _, dir := range dirs {
		if inside(path, dir) {
			return path[:len(dir)]
		}
	}
	return ""
}

// split splits a clean path at its last name.
func split(path string) (dir, name string) {
	i := strings.LastIndexAny(path, `/\`)
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

// open opens the content of a file, and returns its permissions too.
func (f File) open() (io.ReadCloser, fs.FileMode, error) {
	if f.From == nil {
		return io.NopCloser(bytes.NewReader(f.Data)), 0o600, nil
	}
	content, err := f.From.Open(f.Name)
	if err != nil {
		return nil, 0, err
	}
	info, err := content.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: f.Name, Err: errNotRegular}
	}
	if err != nil {
		content.Close()
		return nil, 0, err
	}
	return content, info.Mode().Perm() | 0o200, nil
}

// from describes the content of a file for messages.
func (f File) from() string {
	if f.From == nil {
		return "Data"
	}
	return f.Name
}
