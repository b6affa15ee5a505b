// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/podgen"
)

// Builder makes random sequences of calls of the builder. Whatever could be built for
// one of the API servers whose code is that of a minor is accepted by it, without a
// field that it doesn't know.
func Builder(t *testing.T, source int) {
	var references []*reference
	versions := versionsOf(source)
	for _, k := range versions {
		references = append(references, k.start(t))
	}
	var (
		r        = rand.New(rand.NewPCG(*seedFlag, 0))
		built    = map[string]int{}
		warnings = map[string]bool{}
	)
	for range *olderFlag {
		sequence := podgen.Random(r, 20)
		args := randomArguments(r)
		for _, kind := range builtKinds {
			accepted := func(p hostprocess.Pod) (problem string) {
				for i, ref := range references {
					data := builtObject(t, kind, p.ForKubernetes(versions[i].minor), args)
					if data == nil {
						continue
					}
					answers, err := ref.create(data)
					if err != nil {
						t.Fatal(err)
					}
					if a := answers[0]; a.Decode != "" || len(a.Errors) > 0 {
						return fmt.Sprintf("Kubernetes %s refuses it: %s %v\n%s", versions[i], a.Decode, a.Errors, data)
					}
					for _, w := range answers[0].Warnings {
						warnings[w] = true
					}
					built[kind]++
				}
				return ""
			}
			if accepted(sequence.Pod()) != "" {
				shrunk := sequence.Shrink(func(p hostprocess.Pod) bool { return accepted(p) != "" })
				t.Fatalf("seed %d: %s\nmade by the calls %d", *seedFlag, accepted(shrunk.Pod()), shrunk)
			}
		}
	}
	for _, kind := range builtKinds {
		if built[kind] == 0 {
			t.Errorf("no %s was built", kind)
		}
	}
	t.Logf("seed %d, %d sequences; accepted by each version: %v", *seedFlag, *olderFlag, built)
	for w := range warnings {
		t.Logf("an API server warns: %s", w)
	}
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

// builtObject is what the builder makes of a pod, or nil where it reports
// mistakes.
func builtObject(t *testing.T, kind string, p hostprocess.Pod, args arguments) []byte {
	t.Helper()
	var (
		meta = metav1.ObjectMeta{Name: args.name}
		o    runtime.Object
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
		return nil
	}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
