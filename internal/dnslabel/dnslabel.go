// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package dnslabel derives the names of containers and volumes from other names.
package dnslabel

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

const digits = 10

// Plain returns kind-id, if id can be in a DNS label as it is, and [Unique] otherwise.
// The bytes of unique distinguish id from others that look the same in a label.
func Plain(kind, id string, unique []byte) string {
	if name := kind + "-" + id; id != "" && readable(id) == id && len(name) <= validation.DNS1123LabelMaxLength {
		return name
	}
	return Unique(kind, id, unique)
}

// Unique returns a DNS label that begins with kind and as much of id as a label can
// hold, and ends in a checksum of unique. Kind is a DNS label of 40 characters at most.
func Unique(kind, id string, unique []byte) string {
	name := kind + "-" + readable(id)
	name = name[:min(len(name), validation.DNS1123LabelMaxLength-digits-1)]
	return strings.TrimRight(name, "-") + "-" + Checksum(unique)[:digits]
}

// Checksum returns the SHA-256 checksum of data, in hexadecimal digits.
func Checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// readable is what a DNS label can hold of id.
func readable(id string) string {
	return strings.Trim(strings.Map(character, strings.ToLower(id)), "-")
}

func character(r rune) rune {
	if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
		return r
	}
	return '-'
}
