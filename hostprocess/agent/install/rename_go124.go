// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build !go1.25

package install

import (
	"os"
	"path/filepath"
)

// Go 1.24 has neither Root.Rename nor Root.Link, so a path is used after its directory
// was found to be inside r. Anyone who can change the directory in between can make the
// path mean another one.

// rename renames a file in a directory of r. It replaces a file of that name.
func rename(r *os.Root, from, to string) error { return byPath(r, os.Rename, from, to) }

// link makes a second name for a file in a directory of r.
func link(r *os.Root, from, to string) error { return byPath(r, os.Link, from, to) }

func byPath(r *os.Root, do func(from, to string) error, from, to string) error {
	if _, err := r.Lstat(from); err != nil {
		return err
	}
	return do(filepath.Join(r.Name(), from), filepath.Join(r.Name(), to))
}
