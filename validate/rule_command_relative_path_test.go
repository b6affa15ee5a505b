// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

func TestRelativePathInText(t *testing.T) {
	for word, want := range map[string]string{
		"": "", "a/b": "", `.\x`: `.\x`, "../x y": "../x", `a\b .\x`: `.\x`, "x=./": "./", "a./b": "", `...\x`: "",
	} {
		if got := pathText(word).relativePath(); got != want {
			t.Errorf("relativePath of %q is %q, want %q", word, got, want)
		}
	}
}

func TestRelativePathIsNamedWhole(t *testing.T) {
	for _, path := range []string{`.\agent.exe`, `..\agent.exe`, `./bin/agent.exe`, `../bin/agent.exe`} {
		line := command{Line: cmdline.Line{Command: []string{"powershell.exe", "-Command", "Start-Sleep 5; " + path + " run"}}}
		problems := commandRelativePath.check(pod{}, container{Container: &corev1.Container{}}, line)
		if len(problems) != 1 || !strings.Contains(problems[0].message, `"`+path+`"`) {
			t.Errorf("%s isn't named in %v", path, problems)
		}
	}
}
