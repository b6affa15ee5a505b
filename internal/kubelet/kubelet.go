// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package kubelet reads the version of a kubelet.
package kubelet

import (
	"strconv"
	"strings"
)

// Minor returns the minor of a version like v1.30.4, as a node reports it in
// status.nodeInfo.kubeletVersion, or like 1.30; zero if the text is none.
func Minor(version string) int {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(version, "v"), "1.")
	if !ok {
		return 0
	}
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.ParseUint(minor, 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}
