// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

func TestRelativePathIsNamedWhole(t *testing.T) {
	for _, path := range []string{`.\agent.exe`, `..\agent.exe`, `./bin/agent.exe`, `../bin/agent.exe`} {
		p := representative()
		p.Spec.Containers[0].WorkingDir = ""
		p.Spec.Containers[0].Command = []string{"powershell.exe", "-Command", "Start-Sleep 5; " + path + " run"}
		findings := validate.Validator{}.Pod(p)
		named := false
		for _, finding := range findings {
			named = named || finding.Rule == "command-relative-path" && strings.Contains(finding.Message, `"`+strings.ReplaceAll(path, `\`, `\\`)+`"`)
		}
		if !named {
			t.Errorf("%s isn't named in %v", path, findings)
		}
	}
}
