// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package install

import "os"

// rename renames a file in a directory of r. It replaces a file of that name.
func rename(r *os.Root, from, to string) error { return r.Rename(from, to) }

// link makes a second name for a file in a directory of r.
func link(r *os.Root, from, to string) error { return r.Link(from, to) }
