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

// files are the flags that say what to read, as those of kubectl.
type files struct {
	names     []string
	kustomize string
	recursive bool
}

func (f *files) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringSliceVarP(&f.names, "filename", "f", nil, "read this `file`, folder or pattern, or standard input (-)")
	flags.StringVarP(&f.kustomize, "kustomize", "k", "", "read what kustomize builds of this `folder`")
	flags.BoolVarP(&f.recursive, "recursive", "R", false, "read the folders in a folder as well")
	_ = command.MarkFlagFilename("filename", "yaml", "yml", "json") // which was just added
	_ = command.MarkFlagDirname("kustomize")
}

// given reports whether there is anything to read.
func (f *files) given() bool { return len(f.names) > 0 || f.kustomize != "" }

// errNoInput is for commands that read files only.
var errNoInput = errors.New("nothing to read: name files, folders or - (standard input)")

// inspect calls visit for what is read: from files, or by a method from the cluster if none
// are named. c is nil for a command that reads files only. What can't be read is printed,
// and the code is 2 then, and 0 otherwise.
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

// read reads all of it, and returns what can't be read.
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

// build reads what kustomize builds. Lines are those of its output.
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
