// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "k8s.io/apimachinery/pkg/runtime"

// ObjectWithAllTraits validates an object as Object does, but tries every rule on
// every subject, whatever the subject has.
func (v Validator) ObjectWithAllTraits(object runtime.Object) (Findings, error) {
	h, meta, spec, err := inside(object)
	if err != nil || !IsHostProcess(spec) {
		return nil, err
	}
	e := v.engine(h, meta, spec)
	e.assumed = ^traits(0)
	e.tryPod()
	return e.found, nil
}
