// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build windows

package install_test

import (
	"context"
	"syscall"
	"testing"

	"github.com/hostprocess-go/sdk/hostprocess/agent/install"
)

// A file that is open without FILE_SHARE_DELETE can't be renamed. The files before it are
// put back.
func TestOpenFile(t *testing.T) {
	p := newPlace(t)
	p.file("a", "1", install.File{})
	p.file("b", "1", install.File{})
	p.apply(install.ActionInstalled, install.ActionInstalled)
	name, err := syscall.UTF16PtrFromString(p.path("b"))
	if err != nil {
		t.Fatal(err)
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ, syscall.FILE_SHARE_READ, nil, syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.plan.Files = nil
	p.file("a", "2", install.File{})
	p.file("b", "2", install.File{})
	p.file("d/c", "2", install.File{})
	p.fails(context.Background())
	p.wantFiles(map[string]string{"a": "1", "b": "1"})
	if err := syscall.CloseHandle(handle); err != nil {
		t.Fatal(err)
	}
	p.apply(install.ActionReplaced, install.ActionReplaced, install.ActionInstalled)
	p.wantFiles(map[string]string{"a": "2", "b": "2", "d/": "", "d/c": "2"})
}
