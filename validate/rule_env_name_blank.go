// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"
)

// envNameBlank: the shim trims a name before it compares it with PATH.
var envNameBlank = rule[envCheck]{
	Rule: Rule{
		ID:      "env-name-blank",
		Title:   "a variable named PATH with leading spaces replaces PATH",
		Doc:     `Newer API servers accept variable names with spaces. The shim (hcsshim) of containerd 1.7 and newer takes a variable named PATH with leading spaces, in upper or lower case, for PATH: it renames it and appends its own directories to the value. This replaces the node's PATH, and possibly a second PATH of the pod.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L285-L316",
			validationSource,
		},
		Fix: "write PATH without spaces, or another name",
	},
	when:  bindMounts | fallbackMounts,
	about: hasOddVariable,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if name := strings.TrimLeftFunc(e.Name, unicode.IsSpace); len(name) == len(e.Name) || !strings.EqualFold(name, "PATH") {
			return nil
		}
		return []problem{{field: "name", message: fmt.Sprintf("is %s, which the runtime takes for PATH: it replaces the node's PATH", quoted(e.Name))}}
	},
}
