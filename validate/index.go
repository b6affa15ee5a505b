// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// few is up to how many elements a search costs less than a map.
const few = 32

// index finds the first element with a key. Few elements are searched, so that
// a usual pod costs no allocation; for many a map is built once, so that a huge
// one costs linear time.
type index struct {
	count int
	first map[string]int
}

// newIndex makes an index of count elements; key must be the same function in
// every call for the index.
func newIndex(count int, key func(int) string) index {
	x := index{count: count}
	if count > few {
		x.first = make(map[string]int, count)
		for i := range count {
			if _, known := x.first[key(i)]; !known {
				x.first[key(i)] = i
			}
		}
	}
	return x
}

// find returns the first element whose key is wanted, or -1.
func (x index) find(wanted string, key func(int) string) int {
	if x.first != nil {
		if i, ok := x.first[wanted]; ok {
			return i
		}
		return -1
	}
	for i := range x.count {
		if key(i) == wanted {
			return i
		}
	}
	return -1
}
