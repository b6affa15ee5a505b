// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "k8s.io/apimachinery/pkg/runtime"

// Traits are all traits that a rule names.
func Traits() uint64 {
	return uint64((metadataRules.about | podRules.about | optionsRules.about | volumeRules.about | containerRules.about | mountRules.about | commandRules.about | envRules.about) &^ always)
}

// ObjectAssuming is like Object, but treats every subject as if it had the assumed
// traits, and didn't have the hidden ones.
func (v Validator) ObjectAssuming(object runtime.Object, assumed, hidden uint64) (Findings, error) {
	h, meta, spec, err := inside(object)
	if err != nil || !IsHostProcess(spec) {
		return nil, err
	}
	e := v.engine(h, meta, spec)
	e.assumed, e.hidden = traits(assumed), traits(hidden)
	e.tryPod()
	return e.found, nil
}
