// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"encoding/json"

	"github.com/hostprocess-go/sdk/internal/dnslabel"
)

// resolved returns the volume with its name: the kind and the id if these are unique,
// otherwise with a checksum of the source at the end.
func (v Volume) resolved() Volume {
	v.key = v.kind + "/" + v.id
	if !v.plain {
		v.key = dnslabel.Checksum(v.unique())
	}
	switch {
	case v.name != "":
	case v.plain:
		v.name = dnslabel.Plain(v.kind, v.id, v.unique())
	default:
		v.name = dnslabel.Unique(v.kind, v.id, v.unique())
	}
	return v
}

// unique returns everything that the volume consists of.
func (v Volume) unique() []byte {
	text, err := json.Marshal(v.source)
	if err != nil {
		return []byte(v.kind + v.id)
	}
	return text
}
