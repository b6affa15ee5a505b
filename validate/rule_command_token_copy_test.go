// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "testing"

func TestNamesToken(t *testing.T) {
	eachIs(t, "namesToken", namesToken, map[string]bool{
		"":                                      false,
		"kubernetes.io":                         false,
		"kubernetes.io/serviceaccount":          true,
		`x\KUBERNETES.IO\\ServiceAccount\token`: true,
		"kubernetes.ioserviceaccount/token":     false,
		"kubernetes.io/serviceaccount/ca.crt":   false,
		"kubernetes.io/serviceaccount/namespace kubernetes.io/serviceaccount": true,
		"kubernetes.io/x kubernetes.io/serviceaccount/":                       true,
	})
}
