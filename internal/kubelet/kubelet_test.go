// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package kubelet

import "testing"

func TestMinor(t *testing.T) {
	for version, want := range map[string]int{
		"v1.30.4": 30, "1.30": 30, "v1.29.3-eks-adc7111": 29, "1.36.0+k3s1": 36, "v1.31.0-alpha.1": 31,
		"": 0, "v": 0, "1": 0, "1.": 0, "v1.": 0, "v2.1.0": 0, "v10.1.0": 0, "latest": 0, "v1.x": 0, "v1.-3": 0, "v1.+3": 0, "1.99999999999.0": 0, "vv1.30": 0,
	} {
		if got := Minor(version); got != want {
			t.Errorf("Minor(%q) = %d, want %d", version, got, want)
		}
	}
}
