// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package hostpath checks the paths of a node that stand in generated scripts.
package hostpath

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/volumes"
)

// Resolve returns an absolute path with its drive, as Windows resolves it, or an error
// that describes the problem. The path isn't quoted for PowerShell.
func Resolve(path string) (string, error) {
	loc, err := volumes.ModeBind.Resolve(path)
	switch {
	case err != nil:
	case len(path) < 2 || path[1] != ':':
		err = errors.New("has no drive: write one, such as C: or D:, in front")
	case !utf8.ValidString(path):
		err = errors.New("is not UTF-8: the script would name another path")
	case strings.ContainsAny(path, "*?\"<>|") || strings.ContainsFunc(path, isControl):
		err = errors.New("has a character that no file name can have")
	}
	return loc.Destination(), err
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
