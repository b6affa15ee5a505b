// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/podgen"
)

// Builder makes random sequences of calls of the builder, on all cores. Each API server
// with the code of a minor must accept every pod that can be built for it, and know all
// of its fields.
func Builder(t *testing.T, source int) {
	var (
		seen  = buildStatistics{built: map[string]int{}, warnings: map[string]bool{}}
		next  atomic.Uint64
		group sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		servers := map[kubernetes]*reference{}
		for _, k := range versionsOf(source) {
			servers[k] = k.start(t)
		}
		group.Go(func() {
			for number := next.Add(1) - 1; number < *olderFlag && !t.Failed(); number = next.Add(1) - 1 {
				if err := buildSequence(number, servers, &seen); err != nil {
					t.Errorf("seed %d: %v", *seedFlag, err)
				}
			}
		})
	}
	group.Wait()
	for _, kind := range builtKinds {
		if seen.built[kind] == 0 {
			t.Errorf("no %s was built", kind)
		}
	}
	t.Logf("seed %d, %d sequences; accepted by each version: %v", *seedFlag, *olderFlag, seen.built)
	for w := range seen.warnings {
		t.Logf("an API server warns: %s", w)
	}
}

// buildStatistics counts the results of a run of Builder.
type buildStatistics struct {
	sync.Mutex
	built    map[string]int
	warnings map[string]bool
}

// buildSequence makes the calls with a number of the seed, and every kind of workload of
// the pod that they describe. The error has the shortest calls with the same effect.
func buildSequence(number uint64, servers map[kubernetes]*reference, seen *buildStatistics) error {
	r := rand.New(rand.NewPCG(*seedFlag, number))
	sequence, args := podgen.Random(r, 20), randomArguments(r)
	for _, kind := range builtKinds {
		create := func(p hostprocess.Pod) error { return createBuilt(kind, p, args, servers, seen) }
		if create(sequence.Pod()) != nil {
			shrunk := sequence.Shrink(func(p hostprocess.Pod) bool { return create(p) != nil })
			return fmt.Errorf("%w\nmade by the calls %d", create(shrunk.Pod()), shrunk)
		}
	}
	return nil
}

// createBuilt creates a workload of a pod, if it can be built for a version, in the API
// server of that version.
func createBuilt(kind string, p hostprocess.Pod, args arguments, servers map[kubernetes]*reference, seen *buildStatistics) error {
	for k, server := range servers {
		data, err := builtObject(kind, p.ForKubernetes(k.minor), args)
		if err != nil {
			return err
		}
		if data == nil {
			continue
		}
		answers, err := server.create(data)
		if err != nil {
			return err
		}
		if a := answers[0]; a.Decode != "" || len(a.Errors) > 0 {
			return fmt.Errorf("refused by Kubernetes %s: %s %v\n%s", k, a.Decode, a.Errors, data)
		}
		seen.Lock()
		for _, w := range answers[0].Warnings {
			seen.warnings[w] = true
		}
		seen.built[kind]++
		seen.Unlock()
	}
	return nil
}

var builtKinds = []string{"Pod", "DaemonSet", "Deployment", "Job", "CronJob"}

// arguments are those of the methods that make workloads.
type arguments struct {
	name, schedule string
	replicas       int32
}

// randomArguments are at the borders of what an API server accepts.
func randomArguments(r *rand.Rand) arguments {
	g := &generator{Rand: r, minor: newest}
	a := arguments{name: "agent", schedule: "0 3 * * *", replicas: 2}
	if g.seldom() {
		a.name = pick(g, []string{"", "a.b", "A", "-a", "a_b", strings.Repeat("a", 52), strings.Repeat("a", 53), strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a.", 126) + "a", strings.Repeat("a.", 127)})
	}
	if g.seldom() {
		a.schedule = pick(g, []string{
			"@daily", "@every 1h", "59 23 31 12 6", "*/5 * * * *", "1-5/2,7 * * jan-mar MON", "? ? ? ? ?", // the builder passes a schedule on as it is
		})
	}
	if g.seldom() {
		a.replicas = pick(g, []int32{-1, 0, 1})
	}
	return a
}

// builtObject returns the object that the builder returns for a pod, or nil if it reports
// mistakes.
func builtObject(kind string, p hostprocess.Pod, args arguments) ([]byte, error) {
	var (
		meta = metav1.ObjectMeta{Name: args.name}
		o    any
		err  error
	)
	switch kind {
	case "Pod":
		o, err = p.Pod(meta)
	case "DaemonSet":
		o, err = p.DaemonSet(meta)
	case "Deployment":
		o, err = p.Deployment(meta, args.replicas)
	case "Job":
		o, err = p.Job(meta)
	case "CronJob":
		o, err = p.CronJob(meta, args.schedule)
	}
	if err != nil {
		return nil, nil
	}
	return json.Marshal(o)
}
