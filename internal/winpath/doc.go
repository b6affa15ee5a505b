// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package winpath is arithmetic on Windows paths that gives the same answer on
// every operating system.
//
// The kubelet, containerd and the runtime shim of a Windows node are Go
// programs, and they decide where a mount goes with path/filepath as it behaves
// on Windows. To predict them from a Linux machine, that behaviour is needed
// there too; path/filepath itself follows the system it runs on. Each function
// here returns, byte for byte, what the function of the same name in
// path/filepath returns on Windows; the tests compare the two.
//
// The functions read strings only. They never ask a file system, and they
// accept any input, well-formed or not.
//
// Source: https://github.com/golang/go/blob/go1.26.0/src/internal/filepathlite/path_windows.go
package winpath
