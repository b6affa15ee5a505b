// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
)

// fixer fixes files.
type fixer struct {
	streams
	linter                *lint.Linter
	out                   *bufio.Writer
	diff, dryRun, convert bool
	files, edits          int
	left                  int // number of changes that can't be made in the text
	code                  int // the exit code
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
		Short: "Fix mistakes in manifests of HostProcess pods",
		Long: `Fix mistakes in manifests of HostProcess pods: every finding of lint whose fix doesn't
require a decision. Only the affected lines change; comments, order, quotes and line
endings are preserved. Each edit is tested first: it must resolve the finding and must not
cause another one.

An anchor is edited only if all its aliases need the same edit. Findings that can't be
fixed in the text are listed with the reason, such as templates, embedded manifests, and
values with tags or on several lines. With --convert, other pods are converted to
HostProcess pods, and the decisions left to you are listed.

Input from standard input is written to standard output.

Exit codes: 0 if all edits were made, 1 if --diff or --dry-run print edits, 2 if any file
can't be read or written or the command line is invalid.`,
		Example: `  # Preview the changes, then make them
  kubectl hostprocess fix --diff -R -f deploy/
  kubectl hostprocess fix -R -f deploy/

  # Convert a Linux DaemonSet to a HostProcess DaemonSet
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
	flags.StringSliceVarP(&names, "filename", "f", nil, "`file`, folder or pattern to fix, or - for standard input")
	flags.BoolVarP(&recursive, "recursive", "R", false, "include subfolders")
	flags.BoolVar(&f.diff, "diff", false, "print the changes as a diff without writing them")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list the edits without making them")
	flags.BoolVar(&f.convert, "convert", false, "convert all pods to HostProcess pods")
	_ = command.MarkFlagFilename("filename", "yaml", "yml", "json") // which was just added
	n.add(command)
	choice.add(command)
	command.Flag("fail-on").Hidden = true
	return command
}

// path fixes the files of a path.
func (f *fixer) path(path string, recursive bool) {
	reader := input.Reader{Recursive: recursive}
	files, problems := reader.Files(path)
	f.code = max(f.code, f.fail("fix", problems...))
	for _, file := range files {
		f.code = max(f.code, f.fail("fix", f.file(file)))
	}
}

// file fixes a file, or copies standard input to standard output.
func (f *fixer) file(name string) error {
	if name == "-" {
		return f.text("<stdin>", f.in, func(fixed []byte) error { _, err := f.out.Write(fixed); return err })
	}
	in, err := os.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	return f.text(name, in, func(fixed []byte) error { return errors.Join(in.Close(), replace(name, fixed)) }) // Windows can't replace an open file
}

// text fixes the text of a file.
func (f *fixer) text(file string, in io.Reader, write func([]byte) error) error {
	text, err := io.ReadAll(io.LimitReader(in, input.MaxObject+1))
	switch {
	case err != nil:
		return err
	case len(text) > input.MaxObject:
		return fmt.Errorf("%s: larger than %d MiB, the limit of fix", file, input.MaxObject>>20)
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
		fixed := f.linter.Fix(o, f.convert)
		if len(fixed.Does) > 0 {
			pieces = append(pieces, fixed)
		}
		if fixed.More {
			fmt.Fprintf(f.err, "%s:%d: not all findings are fixed: run fix again\n", output.OneLine(o.File), o.Line)
		}
		f.left += len(fixed.Left)
		for _, left := range fixed.Left {
			fmt.Fprintf(f.err, "%s:%d: not edited: %s\n", output.OneLine(o.File), o.LineOf(left.Field), output.OneLine(left.String()))
		}
		if f.convert {
			for _, open := range f.linter.Convert(o).Open {
				fmt.Fprintf(f.err, "%s:%d: to decide: %s\n", output.OneLine(o.File), o.LineOf(open.Field), output.OneLine(open.Field+": "+open.Why))
			}
		}
	}}
	if !f.convert {
		reader.Wanted = input.MayHoldHostProcess
	}
	err = errors.Join(reader.Stream(file, bytes.NewReader(text)), wrong)
	fixed := splice(text, pieces)
	if n := objects(file, fixed); n != objects(file, text) {
		return errors.Join(err, fmt.Errorf("%s: not edited, because the result would contain %d objects", file, n))
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
			fmt.Fprintf(f.out, "%s:%d: %s\n", output.OneLine(file), piece.Line, output.OneLine(does))
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

// objects returns the number of readable objects in a text.
func objects(file string, text []byte) (n int) {
	reader := input.Reader{Visit: func(o input.Object) {
		if o.Err == nil {
			n++
		}
	}}
	_ = reader.Stream(file, bytes.NewReader(text)) // errors were reported before
	return n
}

// splice puts edited documents into the text of their file.
func splice(text []byte, pieces []lint.Fixed) []byte {
	slices.SortFunc(pieces, func(a, b lint.Fixed) int { return cmp.Compare(a.Offset, b.Offset) })
	var all []byte
	next := 0
	for _, piece := range pieces {
		all = append(append(all, text[next:piece.Offset]...), piece.Text...)
		next = piece.Offset + piece.Length
	}
	return append(all, text[next:]...)
}

// replace replaces a file atomically, with the same permissions.
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
	defer os.Remove(written.Name()) // fails after a successful rename
	_, err = written.Write(text)
	if err = errors.Join(err, written.Chmod(info.Mode().Perm()), written.Close()); err != nil {
		return err
	}
	return os.Rename(written.Name(), target)
}

// end prints a summary, and returns the exit code.
func (f *fixer) end() int {
	verb := "Made"
	if f.diff || f.dryRun {
		verb = "Would make"
	}
	fmt.Fprintf(f.err, "%s %s in %s\n", verb, output.Count(f.edits, "edit"), output.Count(f.files, "file"))
	if f.left > 0 {
		fmt.Fprintf(f.err, "%s can't be made\n", output.Count(f.left, "edit"))
	}
	if f.edits > 0 && (f.diff || f.dryRun) {
		return max(f.code, 1)
	}
	return f.code
}
