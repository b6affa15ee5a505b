// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// envZeroByte: a zero ends a variable.
var envZeroByte = rule[envCheck]{
	Rule: Rule{
		ID:      "env-zero-byte",
		Title:   "a zero byte in a value makes a second variable",
		Doc:     `The environment of a process on Windows is a list of texts that end in a zero byte. What follows a zero byte in a value is another variable. Two zero bytes in a row, or one at the end of a value, end the list: the process gets none of the variables behind it, perhaps not even CONTAINER_SANDBOX_MOUNT_POINT, as their order differs from start to start. The API server accepts the value. In YAML a zero byte is "\0" between double quotes, as in "C:\0data".`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L456-L483",
			"https://yaml.org/spec/1.2.2/#57-escaped-characters",
		},
		Fix: "remove the zero byte; in YAML write the text between single quotes",
	},
	about: hasControl,
	check: func(_ pod, _ container, e *corev1.EnvVar) []problem {
		if strings.IndexByte(e.Value, 0) < 0 {
			return nil
		}
		follows := "what follows becomes another variable"
		if strings.HasSuffix(e.Value, "\x00") || strings.Contains(e.Value, "\x00\x00") {
			follows = "it ends the environment as well, and other variables are lost"
		}
		return []problem{{field: "value", message: fmt.Sprintf("of %s has a zero byte, which ends it: %s", quoted(e.Name), follows)}}
	},
}
