// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// subPathBackslash: the Windows kubelet treats backslashes as separators.
var subPathBackslash = rule[mountCheck]{
	Rule: Rule{
		ID:      "sub-path-backslash",
		Title:   "subPath can't be absolute or contain .. with backslashes",
		Doc:     `The API server runs on Linux, where \logs, C:\logs and ..\logs are ordinary names, and accepts them. The kubelet of a Windows node takes the first two for absolute paths and the third for a path that leaves the volume, and rejects each: "error SubPath must not be an absolute path", "unable to provision SubPath". The container stays in CreateContainerConfigError.`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			kubeletPodsSource + "#L328-L335",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/util/filesystem/util_windows.go#L257-L262",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/validation/pv_validation.go#L63-L70",
		},
		Fix: "write a relative path inside the volume, with slashes",
	},
	about: hasSubPath,
	check: func(_ pod, _ container, m mount) []problem {
		field, path := "subPath", m.SubPath
		if path == "" {
			field, path = "subPathExpr", m.SubPathExpr
		}
		why := ""
		switch {
		case notDescending(path) != "":
			return nil // mount-sub-path
		case strings.HasPrefix(path, `\`), len(path) > 2 && path[1] == ':' && winpath.IsSeparator(path[2]) && cmdline.IsLetter(path[0]):
			why = "an absolute path"
		case notDescending(strings.ReplaceAll(path, `\`, "/")) != "":
			why = "a path that leaves the volume"
		default:
			return nil
		}
		return []problem{{field: field, message: fmt.Sprintf("is %s, %s on Windows: the API server accepts it, but the kubelet rejects it", quoted(path), why)}}
	},
}
