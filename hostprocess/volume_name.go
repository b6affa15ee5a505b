// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// resolved returns the volume with its name. A name is the kind and the id where
// these can't be confused with another volume's, and ends in a checksum of the
// source otherwise.
func (v Volume) resolved() Volume {
	v.key = v.kind + "/" + v.id
	if !v.plain {
		v.key = v.checksum()
	}
	if v.name != "" {
		return v
	}
	readable := strings.Trim(strings.Map(labelChar, strings.ToLower(v.id)), "-")
	const checksum, most = 10, validation.DNS1123LabelMaxLength
	name := v.kind + "-" + readable
	if v.plain && readable == v.id && len(name) <= most {
		v.name = name
		return v
	}
	name = name[:min(len(name), most-checksum-1)]
	v.name = strings.TrimRight(name, "-") + "-" + v.checksum()[:checksum]
	return v
}

// checksum is one of everything that the volume is made of.
func (v Volume) checksum() string {
	text, err := json.Marshal(v.source)
	if err != nil {
		text = []byte(v.kind + v.id)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// labelChar keeps what a DNS label can hold.
func labelChar(r rune) rune {
	if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
		return r
	}
	return '-'
}
