// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build windows

package install

import (
	"errors"
	"syscall"
)

// lock keeps other processes from working with the same state file, until unlock is
// called or this process ends. Windows deletes the file of the lock then.
func lock(state string) (unlock func(), err error) {
	const (
		deleteOnClose    = 0x04000000 // FILE_FLAG_DELETE_ON_CLOSE
		openReparsePoint = 0x00200000 // FILE_FLAG_OPEN_REPARSE_POINT: don't follow a link
		sharingViolation = syscall.Errno(32)
	)
	name, err := syscall.UTF16PtrFromString(state + lockEnding)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, deleteOnClose|openReparsePoint, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	return func() { syscall.CloseHandle(handle) }, nil
}
