// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// saysHostProcess matches the field as it is set in YAML and in JSON.
var saysHostProcess = regexp.MustCompile(`hostProcess["']?\s*:\s*true`)

// embedded visits the manifests in a string of another object, such as a ConfigMap or a
// Secret.
func (r *Reader) embedded(o Object, path, value string, found *int) {
	if o.Kind == "Secret" && strings.HasPrefix(path, join(o.Field, "data")) {
		decoded, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return
		}
		value = string(decoded)
	}
	if !strings.Contains(value, "\n") && !strings.HasPrefix(strings.TrimSpace(value), "{") || !MayHoldHostProcess([]byte(value)) {
		return
	}
	visited, failed := 0, false
	inner := &Reader{Wanted: MayHoldHostProcess, Visit: func(object Object) {
		if object.Err != nil {
			failed = true
			return
		}
		visited++
		r.Visit(object)
	}}
	block, isBlock := o.text.block(path)
	inner.outer = &outer{object: o, path: path, line: block, exact: isBlock}
	if err := inner.Stream(o.File, strings.NewReader(value)); err != nil {
		failed = true
	}
	*found += visited
	if (failed || visited == 0) && saysHostProcess.MatchString(value) {
		*found++
		o.Field, o.Unchecked = "", path
		r.Visit(o)
	}
}

// outer is the object with the embedded text.
type outer struct {
	object Object
	path   string
	line   int // of the text's first line
	exact  bool
}
