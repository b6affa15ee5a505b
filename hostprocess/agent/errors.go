// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"strconv"
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// LookupError says that a file isn't there, or can't be looked at.
type LookupError struct {
	Path  string   // as it was given
	Tried []string // the paths that were tried, in this order
	Err   error    // fs.ErrNotExist, or what is wrong with the last path tried
}

// Error lists the paths that were tried.
func (e *LookupError) Error() string {
	quoted := make([]string, len(e.Tried))
	for i, path := range e.Tried {
		quoted[i] = quote(path)
	}
	return "mount " + quote(e.Path) + ": " + text(e.Err) + " (tried " + strings.Join(quoted, ", then ") + ")"
}

// Unwrap returns Err.
func (e *LookupError) Unwrap() error { return e.Err }

// EnvError says that an environment variable has a value that can't be used, or
// none.
type EnvError struct {
	Name  string // of the variable
	Value string // what it holds, or "" if it is not set
	Err   error  // what is wrong with it
}

// Error quotes the value and says what is wrong with it.
func (e *EnvError) Error() string {
	return "environment variable " + e.Name + "=" + quote(e.Value) + ": " + text(e.Err)
}

// Unwrap returns Err.
func (e *EnvError) Unwrap() error { return e.Err }

// text is what an error says; of none, that there is something wrong.
func text(err error) string {
	if err == nil {
		return "can't be used"
	}
	return err.Error()
}

func quote(s string) string { return strconv.Quote(s) }

func refused(path string, reason volumes.Reason) error {
	return &volumes.PathError{Path: path, Reason: reason}
}

// reasonOf returns why a path was refused, or 0 if it wasn't.
func reasonOf(err error) volumes.Reason {
	var refused *volumes.PathError
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return 0
}

// refuseName returns the reason why name, relative to a directory, may not be
// looked up below it, or 0.
func refuseName(name string) volumes.Reason {
	_, err := volumes.Ref{}.Join(name)
	return reasonOf(err)
}

// printable reports whether s has only visible ASCII characters.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' })
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f })
}
