// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "testing"

func TestIsLevelVersion(t *testing.T) {
	eachIs(t, "isLevelVersion", isLevelVersion, map[string]bool{
		"latest": true, "v1.0": true, "v1.9": true, "v1.37": true,
		"": false, "v1.": false, "v1.00": false, "v1.01": false, "v1.x": false, "v1.1x": false, "v1.-1": false, "1.37": false, "37": false, "v2.0": false, "Latest": false,
		"v1.99999999999999999999": false,
	})
}
