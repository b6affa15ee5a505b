// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Reader reads manifests.
type Reader struct {
	// Visit is called for each wanted object, in order.
	Visit func(Object)
	// Wanted reports whether to decode an object with this text; nil decodes all.
	Wanted func(text []byte) bool
	// Recursive includes subfolders.
	Recursive bool
	// Stdin is what the path "-" reads.
	Stdin io.Reader

	// Bytes is the number of bytes read so far, Others the number of objects that weren't
	// wanted, and Foreign the number of documents that aren't Kubernetes objects.
	Bytes           int64
	Others, Foreign int
	// Continue is the continue token of the last list; empty if the list is complete.
	Continue string

	outer     *outer
	walking   bool // the file is part of a folder
	templates map[string]*templates
	stdinRead bool
}

// templates are files of a folder that must be rendered before they can be read.
type templates struct {
	first Object
	files map[string]bool
}

func (r *Reader) wants(data []byte) bool { return r.Wanted == nil || r.Wanted(data) }

// Files returns the files of a path: a file itself, the .yaml, .yml and .json files in a
// folder, or the matches of a pattern. It returns an error for each that can't be read. It
// doesn't follow links to other folders.
func (r *Reader) Files(path string) (files []string, problems []error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir() && path != "-":
	case err != nil && strings.ContainsAny(path, "*?["):
		if files, _ = filepath.Glob(path); len(files) == 0 {
			problems = []error{err}
		}
		return files, problems
	default:
		return []string{path}, nil
	}
	root := path + string(filepath.Separator) // the folder, if the path is a link to it
	_ = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			problems = append(problems, err)
		case entry.IsDir() && file != root && !r.Recursive:
			return fs.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file)):
		default:
			info, err := os.Stat(file)
			if err == nil && !info.Mode().IsRegular() {
				err = fmt.Errorf("%s: not a regular file", file)
			}
			if err != nil {
				problems = append(problems, err)
				return nil
			}
			files = append(files, file)
		}
		return nil
	})
	return files, problems
}

// Path reads the files of a path, or standard input if it is "-". It returns an error for
// each file that can't be read, and reads the others.
func (r *Reader) Path(path string) []error {
	if strings.HasPrefix(path, "https://") || strings.HasPrefix(path, "http://") {
		return []error{fmt.Errorf("%s: URLs aren't supported: download the file, or pipe it to -f -", path)}
	}
	info, err := os.Stat(path)
	r.walking, r.templates = err == nil && info.IsDir(), map[string]*templates{}
	files, problems := r.Files(path)
	for _, file := range files {
		if err := r.file(file); err != nil {
			problems = append(problems, err)
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(r.templates)) {
		t := r.templates[folder]
		if more := len(t.files) - 1; more > 0 {
			t.first.Err = fmt.Errorf("%w (%d more in this folder)", t.first.Err, more)
		}
		r.Visit(t.first)
	}
	r.walking = false
	return problems
}

func (r *Reader) file(file string) error {
	if file == "-" {
		if r.stdinRead {
			return errors.New("standard input can be read only once")
		}
		r.stdinRead = true
		return r.Stream("<stdin>", r.Stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err = r.Stream(file, f); err != nil && r.walking && !fileMentions(file) {
		r.Foreign++
		return nil
	}
	return err
}

// broken visits an object that can't be read. In a folder, it ignores files that don't mention
// HostProcess, and reports templates once.
func (r *Reader) broken(o Object, isTemplate bool) {
	switch {
	case r.walking && !fileMentions(o.File):
		r.Foreign++
	case r.walking && isTemplate:
		folder := filepath.Dir(o.File)
		if r.templates[folder] == nil {
			r.templates[folder] = &templates{first: o, files: map[string]bool{}}
		}
		r.templates[folder].files[o.File] = true
	default:
		r.Visit(o)
	}
}

// Stream reads the documents of one file.
func (r *Reader) Stream(file string, from io.Reader) error {
	r.Continue = ""
	in := bufio.NewReaderSize(counter{from, &r.Bytes}, 64<<10)
	start, _ := in.Peek(3) // fewer bytes of a short file
	bom := 0
	switch {
	case bytes.Equal(start, []byte("\xef\xbb\xbf")):
		bom, _ = in.Discard(3) // which was seen
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		return fmt.Errorf("%s:1: UTF-16, the default of Windows PowerShell: save it as UTF-8, for example with Out-File -Encoding utf8", file)
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return fmt.Errorf("%s:1: gzip-compressed: decompress it first", file)
	}
	if isJSON(in) {
		return r.json(file, int64(bom), in)
	}
	return r.yaml(file, int64(bom), in)
}

// isJSON reports whether a file starts like a JSON object, and not like a Helm template, with
// two braces.
func isJSON(in *bufio.Reader) bool {
	start, _ := in.Peek(4 << 10) // fewer bytes of a short file
	rest, brace := bytes.CutPrefix(bytes.TrimSpace(start), []byte("{"))
	rest = bytes.TrimSpace(rest)
	return brace && len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

// counter counts the bytes that it reads.
type counter struct {
	from  io.Reader
	bytes *int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	*c.bytes += int64(n)
	return n, err
}

// budget is a reader of JSON that limits the bytes of one object. It replaces YAML document
// separators with a number.
type budget struct {
	from   *bufio.Reader
	left   int
	lines  int    // line ends so far
	inLine bool   // the last byte was not a line end
	row    []byte // a separator that was read
	// copied gets a copy of all bytes, unless it is nil.
	copied *[]byte
}

// separator replaces three dashes. It doesn't occur in regular JSON.
const separator = "-0"

var errTooLarge = fmt.Errorf("an object or white space of more than %d MiB", MaxObject>>20)

func (b *budget) refill() { b.left = MaxObject + 128<<10 }

func (b *budget) Read(p []byte) (n int, err error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	if len(b.row) == 0 {
		start, err := b.from.Peek(4) // fewer bytes at the end
		if len(start) == 0 {
			return 0, err
		}
		if !b.inLine && start[0] == '-' && separates(start) {
			row, _ := readLine(b.from) // an error comes again
			b.row = append([]byte(separator+" "), row[3:]...)
			if rest := bytes.TrimLeft(row[3:], " \t"); bytes.HasPrefix(rest, []byte("#")) {
				comment := b.row[len(b.row)-len(rest):]
				copy(comment, bytes.Repeat([]byte(" "), len(bytes.TrimRight(comment, "\n"))))
			}
		}
	}
	if len(b.row) > 0 {
		n = copy(p[:min(len(p), b.left)], b.row)
		b.row = b.row[n:]
	} else {
		chunk, _ := b.from.Peek(min(len(p), b.left, b.from.Buffered())) // which is there
		if at := bytes.LastIndexByte(chunk, '\n'); at >= max(0, len(chunk)-4) {
			chunk = chunk[:at+1] // what follows may become a separator
		}
		if at := bytes.Index(chunk, []byte("\n---")); at >= 0 {
			chunk = chunk[:at+1]
		}
		n, err = b.from.Read(p[:len(chunk)])
	}
	b.inLine = p[n-1] != '\n'
	b.left -= n
	b.lines += bytes.Count(p[:n], []byte("\n"))
	if b.copied != nil {
		*b.copied = append(*b.copied, p[:n]...)
	}
	return n, err
}
