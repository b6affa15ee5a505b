// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// few is up to how many elements a search costs less than a map.
const few = 32

// index finds the first element with a key. Few elements are searched, so that
// a usual pod costs no allocation, and their index is nil; for many a map is
// built once, so that a huge one costs linear time.
type index map[string]int

// newIndex makes an index of count elements; count and key must be the same in
// every call for the index.
func newIndex(count int, key func(int) string) index {
	if count <= few {
		return nil
	}
	x := make(index, count)
	for i := range count {
		if _, known := x[key(i)]; !known {
			x[key(i)] = i
		}
	}
	return x
}

// find returns the first of count elements whose key is wanted, or -1.
func (x index) find(wanted string, count int, key func(int) string) int {
	if x != nil {
		if i, ok := x[wanted]; ok {
			return i
		}
		return -1
	}
	for i := range count {
		if key(i) == wanted {
			return i
		}
	}
	return -1
}
