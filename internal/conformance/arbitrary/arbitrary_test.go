// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package arbitrary

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apiruntime "k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

var (
	podsFlag = flag.Uint64("pods", 10_000, "how many pods to make, where -for doesn't say how long")
	forFlag  = flag.Duration("for", 0, "how long to make pods")
	seedFlag = flag.Uint64("seed", rand.Uint64(), "the seed of the pods")
)

// TestArbitrary makes pods, workloads, nodes and namespaces of arbitrary values.
// Nothing panics, the same input gives the same output, and no input is changed;
// pods from the builder have no error.
func TestArbitrary(t *testing.T) {
	var (
		seen  = statistics{rules: map[validate.RuleID]uint64{}}
		group sync.WaitGroup
		begin = time.Now()
	)
	t.Logf("seed %d", *seedFlag)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for !t.Failed() {
				number := seen.number()
				if *forFlag > 0 && time.Since(begin) > *forFlag || *forFlag == 0 && number >= *podsFlag {
					return
				}
				one := subject{t: t, number: number, seen: &seen, generator: newGenerator(*seedFlag, number)}
				one.tryAll()
			}
		})
	}
	group.Wait()
	t.Logf("%d pods and %d workloads in %.0f s: findings of %d rules, %d pods converted, %d built by From",
		seen.pods, seen.workloads, time.Since(begin).Seconds(), len(seen.rules), seen.converted, seen.built)
	if t.Failed() || seen.pods < 10_000 {
		return
	}
	if seen.converted == 0 || seen.built == 0 {
		t.Error("no pod was converted, or none was built")
	}
	if len(seen.rules) < 100 {
		t.Errorf("findings of %d rules: the pods show too little", len(seen.rules))
	}
}

// statistics counts the results of a run, to show that it has tested something.
type statistics struct {
	sync.Mutex
	next                              uint64
	pods, workloads, converted, built uint64
	rules                             map[validate.RuleID]uint64
}

func (s *statistics) number() uint64 {
	s.Lock()
	defer s.Unlock()
	s.next++
	return s.next - 1
}

// subject is the test case for one number of a seed.
type subject struct {
	t      *testing.T
	number uint64
	seen   *statistics
	*generator
	// input is the current input, for the report of a panic.
	input any
}

func (s *subject) fail(format string, args ...any) {
	text, _ := json.Marshal(s.input)
	s.t.Errorf("seed %d, number %d: %s\n%s", *seedFlag, s.number, fmt.Sprintf(format, args...), text)
}

func (s *subject) tryAll() {
	defer func() {
		if problem := recover(); problem != nil {
			s.fail("panic: %v\n%s", problem, debug.Stack())
		}
	}()
	spec := s.podSpec()
	s.input = spec
	s.tryValidator(spec)
	s.tryBuilder(spec)
	workload := s.workload(spec)
	s.input = workload
	s.tryWorkload(workload)

	s.seen.Lock()
	defer s.seen.Unlock()
	s.seen.pods++
	s.seen.workloads++
}

// twice calls a function twice, each time with the same input, and expects the same
// output, an unchanged input, and the same output for a copy of the input.
func twice[input interface{ DeepCopyObject() apiruntime.Object }, output any](s *subject, name string, in input, call func(input) output) output {
	before := in.DeepCopyObject()
	first := call(in)
	if second := call(in); !reflect.DeepEqual(first, second) {
		s.fail("%s says something else when it is called again:\n%s", name, cmp.Diff(fmt.Sprint(first), fmt.Sprint(second)))
	}
	if copied := call(before.(input)); !reflect.DeepEqual(first, copied) {
		s.fail("%s says something else of a copy:\n%s", name, cmp.Diff(fmt.Sprint(first), fmt.Sprint(copied)))
	}
	if !reflect.DeepEqual(in, before) {
		s.fail("%s changed its input:\n%s", name, cmp.Diff(before, in))
	}
	return first
}

func (s *subject) tryValidator(spec *corev1.PodSpec) {
	v := s.validator()
	pod := &corev1.Pod{ObjectMeta: s.metadata(), Spec: *spec}
	s.count(twice(s, "Validator.Pod", pod, v.Pod))
	s.count(twice(s, "Validator.Node", s.node(), func(n *corev1.Node) validate.Findings { return v.Node(n, spec) }))
	s.count(twice(s, "Validator.Namespace", s.namespace(), func(n *corev1.Namespace) validate.Findings { return v.Namespace(n, spec) }))
	if got, want := validate.IsHostProcess(spec), slices.ContainsFunc(asked(spec), func(b bool) bool { return b }); got != want {
		s.fail("IsHostProcess is %t, but hostProcess is %v", got, asked(spec))
	}
}

// asked is each hostProcess of a pod that is set.
func asked(spec *corev1.PodSpec) (all []bool) {
	add := func(o *corev1.WindowsSecurityContextOptions) {
		if o != nil && o.HostProcess != nil {
			all = append(all, *o.HostProcess)
		}
	}
	if spec.SecurityContext != nil {
		add(spec.SecurityContext.WindowsOptions)
	}
	containers := slices.Concat(spec.InitContainers, spec.Containers)
	for _, c := range spec.EphemeralContainers {
		containers = append(containers, corev1.Container(c.EphemeralContainerCommon))
	}
	for _, c := range containers {
		if c.SecurityContext != nil {
			add(c.SecurityContext.WindowsOptions)
		}
	}
	return all
}

func (s *subject) tryWorkload(o apiruntime.Object) {
	v := s.validator()
	s.count(twice(s, "Validator.Object", o, func(o apiruntime.Object) validate.Findings {
		findings, err := v.Object(o)
		if err != nil {
			s.fail("%v", err)
		}
		return findings
	}))
}

func (s *subject) tryBuilder(spec *corev1.PodSpec) {
	pod := &corev1.Pod{Spec: *spec}
	twice(s, "Privileges", pod, func(p *corev1.Pod) []privileges.Container { return privileges.Of(&p.Spec) })
	converted := twice(s, "Convert", pod, func(p *corev1.Pod) *convert.Result[*corev1.PodSpec] { return s.convert(&p.Spec) })
	s.build(spec)
	if converted == nil {
		return
	}
	s.seen.Lock()
	s.seen.converted++
	s.seen.Unlock()
	s.input = converted.Object
	if again := s.convert(converted.Object); again == nil || len(again.Changes) > 0 {
		s.fail("converted again, it changes: %v", again)
	}
	s.build(converted.Object)
}

func (s *subject) convert(spec *corev1.PodSpec) *convert.Result[*corev1.PodSpec] {
	conversion, err := convert.Workload(spec)
	if err != nil {
		return nil
	}
	return &conversion
}

// build passes a pod through the builder.
func (s *subject) build(spec *corev1.PodSpec) {
	type result struct {
		Spec *corev1.PodSpec
		Err  string
	}
	built := twice(s, "From", &corev1.Pod{Spec: *spec}, func(p *corev1.Pod) result {
		spec, err := hostprocess.From(&p.Spec).Build()
		if err != nil {
			return result{nil, err.Error()}
		}
		return result{spec, ""}
	})
	if built.Err != "" {
		return
	}
	if err := (validate.Validator{}).PodSpec(built.Spec, nil).Err(); err != nil {
		s.fail("what From(…).Build() returned is wrong: %v", err)
	}
	s.seen.Lock()
	s.seen.built++
	s.seen.Unlock()
}

// count notes the findings, and tries to write them in each form.
func (s *subject) count(findings validate.Findings) {
	if len(findings.ErrorList())+len(findings.Warnings()) == 0 && findings.Err() != nil {
		s.fail("there is an error in neither form: %v", findings)
	}
	if _, err := json.Marshal(findings); err != nil {
		s.fail("the findings can't be written: %v", err)
	}
	s.seen.Lock()
	defer s.seen.Unlock()
	for _, f := range findings {
		s.seen.rules[f.Rule]++
	}
}

// workload puts a pod into an object that has arbitrary values around it.
func (s *subject) workload(spec *corev1.PodSpec) apiruntime.Object {
	kinds := map[string]func() (apiruntime.Object, *corev1.PodSpec){
		"Pod":         func() (apiruntime.Object, *corev1.PodSpec) { o := &corev1.Pod{}; return o, &o.Spec },
		"PodTemplate": func() (apiruntime.Object, *corev1.PodSpec) { o := &corev1.PodTemplate{}; return o, &o.Template.Spec },
		"DaemonSet":   func() (apiruntime.Object, *corev1.PodSpec) { o := &appsv1.DaemonSet{}; return o, &o.Spec.Template.Spec },
		"Deployment": func() (apiruntime.Object, *corev1.PodSpec) {
			o := &appsv1.Deployment{}
			return o, &o.Spec.Template.Spec
		},
		"StatefulSet": func() (apiruntime.Object, *corev1.PodSpec) {
			o := &appsv1.StatefulSet{}
			return o, &o.Spec.Template.Spec
		},
		"ReplicaSet": func() (apiruntime.Object, *corev1.PodSpec) {
			o := &appsv1.ReplicaSet{}
			return o, &o.Spec.Template.Spec
		},
		"Job": func() (apiruntime.Object, *corev1.PodSpec) { o := &batchv1.Job{}; return o, &o.Spec.Template.Spec },
		"CronJob": func() (apiruntime.Object, *corev1.PodSpec) {
			o := &batchv1.CronJob{}
			return o, &o.Spec.JobTemplate.Spec.Template.Spec
		},
	}
	o, template := kinds[pick(s.generator, slices.Sorted(maps.Keys(kinds)))]()
	if s.IntN(4) > 0 {
		s.fill(o)
		spec.DeepCopyInto(template)
	} else {
		s.fill(o)
	}
	return o
}
