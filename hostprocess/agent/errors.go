// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

// EnvError is the error for an environment variable that is missing or has an invalid
// value.
type EnvError struct {
	Name  string // of the variable
	Value string // its value, or "" if it is not set
	Err   error  // what is wrong with it
}

// Error quotes the value and describes the problem.
func (e *EnvError) Error() string {
	text := "can't be used"
	if e.Err != nil {
		text = e.Err.Error()
	}
	return "environment variable " + e.Name + "=" + quote.Text(e.Value) + ": " + text
}

// Unwrap returns Err.
func (e *EnvError) Unwrap() error { return e.Err }

// triedError adds to an error the paths that were tried, in this order.
type triedError struct {
	error
	tried []string
}

func (e *triedError) Error() string {
	return e.error.Error() + " (tried " + strings.Join(e.tried, ", then ") + ")"
}

func (e *triedError) Unwrap() error { return e.error }

// notFound returns the error for a mount at mountPath that doesn't exist, or can't be
// accessed.
func notFound(mountPath string, tried []string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err // the path is among those tried
	}
	return &fs.PathError{Op: "find mount", Path: mountPath, Err: &triedError{err, tried}}
}

func refused(path string, reason volumes.Reason) error {
	return &volumes.PathError{Path: path, Reason: reason}
}

// reasonOf returns the reason why a path was rejected, or "" if it wasn't.
func reasonOf(err error) volumes.Reason {
	var refused *volumes.PathError
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f })
}
