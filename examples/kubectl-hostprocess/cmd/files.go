// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
)

// files are kubectl's flags that select the input.
type files struct {
	names     []string
	kustomize string
	recursive bool
}

func (f *files) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringSliceVarP(&f.names, "filename", "f", nil, "`file`, folder or pattern to read, or - for standard input")
	flags.StringVarP(&f.kustomize, "kustomize", "k", "", "read the output of kustomize build for this `folder`")
	flags.BoolVarP(&f.recursive, "recursive", "R", false, "include subfolders")
	_ = command.MarkFlagFilename("filename", "yaml", "yml", "json") // which was just added
	_ = command.MarkFlagDirname("kustomize")
}

// given reports whether an input is selected.
func (f *files) given() bool { return len(f.names) > 0 || f.kustomize != "" }

// errNoInput is for commands that read files only.
var errNoInput = errors.New("no input: pass files, folders or - for standard input")

// inspect reads the files or, if there are none, the cluster by method, and calls visit for
// each object. c is nil for a command that reads only files. inspect prints errors; the code
// is then 2, and otherwise 0.
func (s streams) inspect(command *cobra.Command, f *files, c *cluster, method func(*live, context.Context, *input.Reader) []error, r *input.Reader) (code int, err error) {
	visit := r.Visit
	r.Stdin = s.in
	r.Visit = func(o input.Object) {
		if o.Err != nil {
			code = s.fail(command.Name(), o.Problem())
			return
		}
		visit(o)
	}
	var problems []error
	if f.given() {
		problems = f.read(r)
	} else if c == nil {
		return 2, errNoInput
	} else if cluster, err := c.connect(); err != nil {
		problems = []error{err}
	} else {
		problems = method(cluster, command.Context(), r)
	}
	return max(code, s.fail(command.Name(), problems...)), nil
}

// read reads all files, and returns the errors.
func (f *files) read(r *input.Reader) []error {
	r.Recursive = f.recursive
	var problems []error
	for _, name := range f.names {
		problems = append(problems, r.Path(name)...)
	}
	if f.kustomize != "" {
		if err := build(r, f.kustomize); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// build reads the output of kustomize. Lines are those of the output.
func build(r *input.Reader, folder string) error {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	var text []byte
	if err == nil {
		text, err = built.AsYaml()
	}
	if err != nil {
		return fmt.Errorf("-k %s: %w", folder, err)
	}
	return r.Stream("kustomize build "+folder, bytes.NewReader(text))
}
