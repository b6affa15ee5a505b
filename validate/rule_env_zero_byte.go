// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// envZeroByte: a zero byte ends a variable.
var envZeroByte = rule[envCheck]{
	Rule: Rule{
		ID:      "env-zero-byte",
		Title:   "a zero byte in a value starts another environment variable",
		Doc:     `On Windows, the environment of a process is a list of texts that each end in a zero byte. What follows a zero byte in a value becomes another variable. Two zero bytes in a row, or one at the end of a value, end the list: the process gets none of the variables after it, possibly not even CONTAINER_SANDBOX_MOUNT_POINT, because their order changes from start to start. The API server accepts the value. In YAML, a zero byte is \0 in double quotes, as in "C:\0data".`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L456-L483",
			"https://yaml.org/spec/1.2.2/#57-escaped-characters",
		},
		Fix: "remove the zero byte; in YAML, write the text in single quotes",
	},
	about: hasControl,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if strings.IndexByte(e.Value, 0) < 0 {
			return nil
		}
		follows := "the rest becomes another variable"
		if strings.HasSuffix(e.Value, "\x00") || strings.Contains(e.Value, "\x00\x00") {
			follows = "it also ends the environment, and other variables are lost"
		}
		return []problem{{field: "value", message: fmt.Sprintf("of %s contains a zero byte, which ends it: %s", quoted(e.Name), follows)}}
	},
}
