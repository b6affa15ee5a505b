// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package install

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps other processes from working with the same state file, until unlock is
// called or this process ends. It locks the directory, so that there is nothing to
// delete.
func lock(state string) (unlock func(), err error) {
	dir, _ := split(state)
	file, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errLocked
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}
