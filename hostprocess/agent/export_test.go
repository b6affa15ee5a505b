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
