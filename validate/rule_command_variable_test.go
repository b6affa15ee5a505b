// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "testing"

func TestIsVariable(t *testing.T) {
	eachIs(t, "isVariable", isVariable, map[string]bool{
		"": false, "A": false, "AB": true, "1A": false, "A1": true, "A-B": false, "ProgramFiles(x86)": true, "A B": false,
		"CONTAINER": true, "container_": true, "container_x": false, "containerx": true,
	})
}
