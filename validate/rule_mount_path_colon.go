// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

var mountPathColon = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-colon",
		Title: "a mountPath can't contain a colon except after the drive",
		Doc: `Up to Kubernetes 1.36, the API documentation said that a mountPath must not contain a colon, but nothing checks it. On Windows, one colon follows the drive. Another one separates a file name from the name of a stream in that file, and can't be part of a directory's name.

No source shows whether and where the mount fails.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/api/blob/v0.34.0/core/v1/types.go#L2386-L2388",
			"https://github.com/MicrosoftDocs/win32/blob/3fc85af06980c2bb6d61c628d403d2e9ebcf2170/desktop-src/FileIO/naming-a-file.md",
		},
		Fix: "remove the colon",
	},
	about: hasOddPath,
	check: func(_ pod, _ container, m mount) []problem {
		if m.refused() != volumes.ReasonColonInName || pathText(m.MountPath).pathVariable() != "" {
			return nil
		}
		return []problem{{
			field:   "mountPath",
			message: fmt.Sprintf("is %s, but a colon on Windows starts the name of a stream in a file: the mount probably fails", quoted(m.MountPath)),
			cause:   m.fault(),
		}}
	},
}
