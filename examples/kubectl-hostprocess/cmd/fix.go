// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
)

// fixer fixes file after file.
type fixer struct {
	streams
	linter                *lint.Linter
	out                   *bufio.Writer
	diff, dryRun, convert bool
	files, edits          int
	unedited              int // objects whose text can't be edited
	problems              []error
}

func newFix(s streams) *cobra.Command {
	var (
		names     []string
		recursive bool
		n         nodes
		choice    selection
		f         = fixer{streams: s, linter: &lint.Linter{}}
	)
	command := &cobra.Command{
		Use:   "fix -f FILE|FOLDER|-...",
		Short: "Fix mistakes of HostProcess pods in their manifests",
		Long: `Fix mistakes of HostProcess pods in their manifests: each finding of lint whose fix
needs no decision. Only the lines in question change; comments, order, quotes and line
ends stay. Each edit is tried before it is made: the finding must be gone, and there
must be no other.

Manifests in JSON, documents with anchors or tags, templates, and manifests within other
objects aren't edited. With --convert, pods that aren't HostProcess pods become some, and
what has to be decided is listed.

What is read from standard input is written to standard output.

Exit codes: 0 if all edits were made, 1 if --diff or --dry-run show edits to make, 2 if
something can't be read or written or the command line is wrong.`,
		Example: `  # Show what would change, then change it
  kubectl hostprocess fix --diff -R -f deploy/
  kubectl hostprocess fix -R -f deploy/

  # Make a HostProcess DaemonSet of one for Linux
  kubectl hostprocess fix --convert -f - < linux.yaml > windows.yaml`,
		RunE: func(command *cobra.Command, args []string) error {
			names = append(names, args...)
			var err error
			if f.linter.Selection, _, err = choice.configure(command, &n); err != nil {
				return err
			}
			if err := n.configure(f.linter, &files{names: names}, s.in); err != nil {
				return err
			}
			if len(names) == 0 {
				return errNoInput
			}
			f.out = bufio.NewWriter(s.out)
			for _, name := range names {
				f.path(name, recursive)
			}
			if err := f.out.Flush(); err != nil {
				return err
			}
			return exit(f.end())
		},
	}
	flags := command.Flags()
	flags.StringSliceVarP(&names, "filename", "f", nil, "fix this `file`, folder or pattern, or standard input (-)")
	flags.BoolVarP(&recursive, "recursive", "R", false, "fix the files of folders in a folder as well")
	flags.BoolVar(&f.diff, "diff", false, "show what would change, and write nothing")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list the edits, and write nothing")
	flags.BoolVar(&f.convert, "convert", false, "make HostProcess pods of all pods")
	_ = command.MarkFlagFilename("filename", "yaml", "yml") // which was just added
	n.add(command)
	choice.add(command)
	command.Flag("fail-on").Hidden = true
	return command
}

// path fixes what a path names.
func (f *fixer) path(path string, recursive bool) {
	if path == "-" {
		text, err := io.ReadAll(io.LimitReader(f.in, input.MaxObject+1))
		if err == nil {
			err = f.text("<stdin>", text, func(fixed []byte) error { _, err := f.out.Write(fixed); return err })
		}
		f.fail(err)
		return
	}
	reader := input.Reader{Recursive: recursive}
	files, problems := reader.Files(path)
	for _, err := range problems {
		f.fail(err)
	}
	for _, file := range files {
		text, err := readFile(file)
		if err == nil {
			err = f.text(file, text, func(fixed []byte) error { return replace(file, fixed) })
		}
		f.fail(err)
	}
}

// readFile reads a file that isn't too large to be edited.
func readFile(file string) ([]byte, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, input.MaxObject+1))
}

func (f *fixer) fail(err error) {
	if err != nil {
		f.streams.fail("fix", err)
		f.problems = append(f.problems, err)
	}
}

// text fixes the text of a file.
func (f *fixer) text(file string, text []byte, write func([]byte) error) error {
	if len(text) > input.MaxObject {
		return fmt.Errorf("%s: files of more than %d MiB aren't edited", file, input.MaxObject>>20)
	}
	var pieces []lint.Fixed
	var wrong error
	reader := input.Reader{Visit: func(o input.Object) {
		if o.Err != nil {
			wrong = errors.Join(wrong, o.Problem())
			return
		}
		spec := lint.PodSpec(o)
		if spec == nil || !f.convert && !validate.IsHostProcess(spec) {
			return
		}
		fixed, ok := f.linter.Fix(o, f.convert)
		switch {
		case !ok && len(fixed.Left) > 0:
			f.unedited++
		case len(fixed.Does) > 0:
			pieces = append(pieces, fixed)
		}
		if f.convert {
			f.decisions(o, fixed)
		}
	}}
	if !f.convert {
		reader.Wanted = input.MayHoldHostProcess
	}
	err := errors.Join(reader.Stream(file, bytes.NewReader(text)), wrong)
	fixed := splice(text, pieces)
	if n := objects(file, fixed); n != objects(file, text) {
		return errors.Join(err, fmt.Errorf("%s: it isn't edited: it would hold %d objects then", file, n))
	}
	if len(pieces) > 0 {
		f.files++
	}
	for _, piece := range pieces {
		f.edits += len(piece.Does)
		if f.diff || file == "<stdin>" {
			continue
		}
		for _, does := range piece.Does {
			fmt.Fprintf(f.out, "%s:%d: %s\n", output.OneLine(file), piece.First, output.OneLine(does))
		}
	}
	switch {
	case len(pieces) > 0 && f.diff:
		err = errors.Join(err, difflib.WriteUnifiedDiff(f.out, difflib.UnifiedDiff{
			A: difflib.SplitLines(string(text)), B: difflib.SplitLines(string(fixed)), FromFile: file, ToFile: file + " (fixed)", Context: 3,
		}))
	case file == "<stdin>" && !f.diff && !f.dryRun, len(pieces) > 0 && !f.dryRun:
		err = errors.Join(err, write(fixed))
	}
	return err
}

// objects is how many objects of a text can be read.
func objects(file string, text []byte) (n int) {
	reader := input.Reader{Visit: func(o input.Object) {
		if o.Err == nil {
			n++
		}
	}}
	_ = reader.Stream(file, bytes.NewReader(text)) // what is wrong was found before
	return n
}

// decisions lists what a person must decide.
func (f *fixer) decisions(o input.Object, fixed lint.Fixed) {
	for _, change := range fixed.Left {
		fmt.Fprintf(f.err, "%s:%d: not edited: %s\n", output.OneLine(o.File), o.Line, output.OneLine(change.String()))
	}
	for _, open := range f.linter.Open(o) {
		fmt.Fprintf(f.err, "%s:%d: to decide: %s\n", output.OneLine(o.File), o.LineOf(open.Field), output.OneLine(open.Field+": "+open.Why))
	}
}

// splice puts edited documents into the text of their file. The first line of a document
// may lack the dash or the separator that it has in the file; it isn't edited then.
func splice(text []byte, pieces []lint.Fixed) []byte {
	rows := bytes.SplitAfter(text, []byte("\n"))
	var all []byte
	next := 0 // row
	for _, piece := range pieces {
		start := piece.First - 1
		all = append(all, bytes.Join(rows[next:start], nil)...)
		first, rest, _ := bytes.Cut(piece.Text, []byte("\n"))
		if piece.Lines > 0 && bytes.Equal(first, piece.FirstRow) {
			all = append(append(all, rows[start]...), rest...)
		} else {
			all = append(all, piece.Text...)
		}
		next = start + piece.Lines
	}
	return append(all, bytes.Join(rows[next:], nil)...)
}

// replace writes a file anew, with the permissions that it has. Who reads it meanwhile
// sees the old one or the new one.
func replace(file string, text []byte) error {
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	written, err := os.CreateTemp(filepath.Dir(target), ".hostprocess-*")
	if err != nil {
		return err
	}
	defer os.Remove(written.Name()) // fails if all went well
	_, err = written.Write(text)
	if err = errors.Join(err, written.Chmod(info.Mode().Perm()), written.Close()); err != nil {
		return err
	}
	return os.Rename(written.Name(), target)
}

// end prints what was done, and returns the exit code.
func (f *fixer) end() int {
	verb := "Made"
	if f.diff || f.dryRun {
		verb = "Would make"
	}
	fmt.Fprintf(f.err, "%s %s in %s\n", verb, output.Count(f.edits, "edit"), output.Count(f.files, "file"))
	if f.unedited > 0 {
		fmt.Fprintf(f.err, "%s can't be edited\n", output.Count(f.unedited, "object"))
	}
	switch {
	case len(f.problems) > 0:
		return 2
	case f.edits > 0 && (f.diff || f.dryRun):
		return 1
	}
	return 0
}
