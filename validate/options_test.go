// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// A message names the account, unless there is none.
func TestAccountIsNamed(t *testing.T) {
	for _, name := range []string{"", "System", `a\b\c`, `NT AUTHORITY\SYTEM`} {
		problems := newOptions(&corev1.WindowsSecurityContextOptions{RunAsUserName: &name}).faulty()
		if len(problems) != 1 || strings.Contains(problems[0].message, quoted(name)) != (name != "") {
			t.Errorf("%q: %v", name, problems)
		}
	}
}
