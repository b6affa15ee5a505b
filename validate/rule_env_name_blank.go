// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"
)

// envNameBlank: the shim trims what it compares with PATH.
var envNameBlank = rule[envCheck]{
	Rule: Rule{
		ID:      "env-name-blank",
		Title:   "a blank in front of PATH is dropped",
		Doc:     `A newer API server accepts names of variables with blanks. The shim of containerd 1.7 and newer takes a variable whose name is PATH with blanks in front of it, in any case of letters, for PATH: it gives it that name, and appends its own directories to the value. So the PATH of the node is replaced, and a second PATH of the pod may be.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L285-L316",
			validationSource,
		},
		Fix: "write PATH without blanks, or another name",
	},
	when:  bindMounts | fallbackMounts,
	about: hasOddVariable,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if name := strings.TrimLeftFunc(e.Name, unicode.IsSpace); len(name) == len(e.Name) || !strings.EqualFold(name, "PATH") {
			return nil
		}
		return []problem{{field: "name", message: fmt.Sprintf("is %s, which becomes PATH: it replaces the PATH of the node", quoted(e.Name))}}
	},
}
