// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

// mountPathColon: a colon in a name means a stream of a file.
var mountPathColon = rule[mountCheck]{
	Rule: Rule{
		ID:    "mount-path-colon",
		Title: "no colon in a mountPath but after the drive",
		Doc: `Up to Kubernetes 1.36 the documentation of the API said that a mountPath must not contain a colon; nothing checks it. On Windows one colon stands after the drive. A further one separates the name of a file from the name of a stream in it, and can't be part of a directory's name.

No source says where the mount fails, or whether it does.`,
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
			message: fmt.Sprintf("is %s, with a colon in a name: Windows takes what follows for the name of a stream, and the mount likely fails", quoted(m.MountPath)),
			cause:   m.fault(),
		}}
	},
}
