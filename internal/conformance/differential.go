// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hostprocess-go/sdk/validate"
)

var (
	podsFlag  = flag.Uint64("pods", 50_000, "how many objects to compare with the newest Kubernetes")
	olderFlag = flag.Uint64("older-pods", 5_000, "how many objects to compare with each older Kubernetes")
	seedFlag  = flag.Uint64("seed", rand.Uint64(), "the seed of the generated objects")
)

// Validate compares the rules of the API server's layer with the API servers
// whose code is that of a minor, over generated objects: each error about
// HostProcess or Windows of one side must be an error of the other, at the same
// field, of the same type and with the same value.
func Validate(t *testing.T, source int) {
	for _, k := range versionsOf(source) {
		t.Run(k.String(), func(t *testing.T) {
			count := *olderFlag
			if k.minor == newest {
				count = *podsFlag
			}
			compareAll(t, k, count)
		})
	}
}

// statistics counts the results of a run, to show that it has tested something.
type statistics struct {
	sync.Mutex
	accepted, judged uint64
	agreed           map[validate.RuleID]int
	unknown          map[string]bool
	failed           map[disagreement]bool
}

// compareAll compares objects number 0 to count-1 of the seed, on all cores.
func compareAll(t *testing.T, k kubernetes, count uint64) {
	const chunk = 500
	var (
		seen  = statistics{agreed: map[validate.RuleID]int{}, unknown: map[string]bool{}, failed: map[disagreement]bool{}}
		next  atomic.Uint64
		group sync.WaitGroup
		begin = time.Now()
	)
	for range runtime.GOMAXPROCS(0) {
		ref := k.start(t)
		group.Go(func() {
			for from := next.Add(chunk) - chunk; from < count; from = next.Add(chunk) - chunk {
				if err := compareChunk(t, k, ref, from, min(from+chunk, count), &seen); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if seen.accepted == 0 && count >= chunk {
		t.Errorf("the API server accepted none of %d objects: they show nothing about objects that are right", count)
	}
	t.Logf("seed %d, %d objects (%d accepted, %d of them HostProcess and refused for it): %.0f a second; errors agreed on: %v",
		*seedFlag, count, seen.accepted, seen.judged, float64(count)/time.Since(begin).Seconds(), seen.agreed)
	if k.minor == newest && count >= 50_000 {
		for _, id := range apiServerRules {
			if seen.agreed[id] == 0 {
				t.Errorf("no generated object broke rule %s", id)
			}
		}
	}
}

func compareChunk(t *testing.T, k kubernetes, ref *reference, from, to uint64, seen *statistics) error {
	var (
		objects []object
		lines   [][]byte
	)
	for number := from; number < to; number++ {
		o := generate(*seedFlag, number, k)
		line, err := json.Marshal(o)
		if err != nil {
			return err
		}
		objects, lines = append(objects, o), append(lines, line)
	}
	answers, err := ref.create(lines...)
	if err != nil {
		return err
	}
	for i, a := range answers {
		if a.Decode != "" {
			return fmt.Errorf("seed %d, object %d: %s\n%s", *seedFlag, from+uint64(i), a.Decode, lines[i])
		}
		c, err := compare(objects[i], lines[i], k.minor, a)
		if err != nil {
			return fmt.Errorf("seed %d, object %d: %w\n%s", *seedFlag, from+uint64(i), err, lines[i])
		}
		seen.add(t, k, ref, objects[i], a, c)
	}
	return nil
}

// add counts one comparison and reports its disagreements. One of each kind is shrunk and
// shown.
func (s *statistics) add(t *testing.T, k kubernetes, ref *reference, o object, a answer, c comparison) {
	s.Lock()
	defer s.Unlock()
	if len(a.Errors) == 0 {
		s.accepted++
	}
	if len(c.agreed) > 0 {
		s.judged++
	}
	for _, f := range c.agreed {
		s.agreed[f.rule]++
	}
	for _, e := range c.unknown {
		if name := last(e.Field) + e.Type; !s.unknown[name] {
			s.unknown[name] = true
			t.Errorf("add this error of the API server to one of the tables in compare.go: %s", e)
		}
	}
	for _, d := range c.disagreements {
		if kind := d.kind(); !s.failed[kind] {
			s.failed[kind] = true
			small, shown := shrink(o, kind, k.minor, ref)
			t.Errorf("Kubernetes %s: %s:\n%s", k, shown, fixture(small, k.minor, shown))
		}
	}
}

// kind returns the disagreement without its path: those about the same field of the same
// rule are of one kind.
func (d disagreement) kind() disagreement {
	return disagreement{found{d.rule, last(d.field)}, d.ours, d.differs}
}

// last is the last name of a field path.
func last(field string) string { return field[strings.LastIndex(field, ".")+1:] }
