// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import "errors"

// Tried returns the paths that were tried before err.
func Tried(err error) []string {
	var tried *triedError
	if errors.As(err, &tried) {
		return tried.tried
	}
	return nil
}

// ReplacePaths is the part of Root.Kubeconfig that replaces paths in a text.
var ReplacePaths = replacePaths

// What is wrong with a kubeconfig.
var (
	ErrAnchor      = errAnchor
	ErrBehind      = errBehind
	ErrBlock       = errBlock
	ErrDocuments   = errDocuments
	ErrEscape      = errEscape
	ErrFlow        = errFlow
	ErrIndentation = errIndentation
	ErrMoreLines   = errMoreLines
	ErrNeither     = errNeither
	ErrNoClusters  = errNoClusters
	ErrNotText     = errNotText
	ErrTab         = errTab
)
