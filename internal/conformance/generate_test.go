// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"math"
	"testing"
)

// TestBorders checks the generator: the objects that TestValidate compares contain every
// value of every border, in the pod and in each list of containers.
func TestBorders(t *testing.T) {
	tried := map[trial]int{}
	for number := range *podsFlag {
		g := newGenerator(*seedFlag, number, newest)
		g.tried = tried
		g.object(kubernetes{newest, newest})
	}
	fewest, values := math.MaxInt, 0
	look := func(in string, borders []border) {
		for row, b := range borders {
			for number := range b.values {
				n := tried[trial{in, b.field, row, number}]
				fewest, values = min(fewest, n), values+1
				if n == 0 && *podsFlag >= 50_000 {
					t.Errorf("seed %d: value %d of %s was never tried in %s", *seedFlag, number, b.field, in)
				}
			}
		}
	}
	for _, borders := range [][]border{podBorders, windowsBorders, volumeBorders} {
		look("pod", borders)
	}
	for _, name := range containerLists {
		for _, borders := range [][]border{containerBorders, windowsBorders, mountBorders, portBorders} {
			look(name, borders)
		}
	}
	t.Logf("seed %d: %d values, each tried at least %d times in %d objects", *seedFlag, values, fewest, *podsFlag)
}
