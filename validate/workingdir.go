// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// The two texts that the node replaces by the container's root.
const (
	cmdToken        = "%" + volumes.SandboxVariable + "%"
	powerShellToken = "$env:" + volumes.SandboxVariable
)

// hasToken says whether the node replaces anything in a text by the container's
// root.
func hasToken(text string) bool {
	return strings.Contains(text, cmdToken) || strings.Contains(text, powerShellToken)
}

// triesToken says whether a text names the sandbox variable in any way.
func triesToken(text string) bool {
	return strings.ContainsAny(text, "%$") && strings.Contains(strings.ToUpper(text), volumes.SandboxVariable)
}

// relativeDir says whether a working directory that the node takes as it is is
// relative.
func relativeDir(dir string) bool {
	_, err := volumes.Runtime{}.WorkingDir(volumes.Bind, "", dir)
	return reasonOf(err) == volumes.RelativeDir
}
