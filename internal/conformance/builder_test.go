// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/podgen"
)

// TestBuilder makes random sequences of calls of the builder. Whatever could be
// built is accepted by every Kubernetes version, without a field it doesn't
// know.
func TestBuilder(t *testing.T) {
	var references []*reference
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
		for _, kind := range builtKinds {
			accepted := func(p hostprocess.Pod) (problem string) {
				data := builtObject(t, kind, p)
				if data == nil {
					return ""
				}
				for i, ref := range references {
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
				}
				built[kind]++
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

var builtKinds = []string{"Pod", "DaemonSet", "Deployment", "StatefulSet", "Job", "CronJob"}

// builtObject is what the builder makes of a pod, or nil where it reports
// mistakes.
func builtObject(t *testing.T, kind string, p hostprocess.Pod) []byte {
	t.Helper()
	var (
		meta = metav1.ObjectMeta{Name: "agent"}
		o    runtime.Object
		err  error
	)
	switch kind {
	case "Pod":
		o, err = p.Pod(meta)
	case "DaemonSet":
		o, err = p.DaemonSet(meta)
	case "Deployment":
		o, err = p.Deployment(meta, 2)
	case "StatefulSet":
		o, err = p.StatefulSet(meta, 2, corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: "data"},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
			},
		})
	case "Job":
		o, err = p.Job(meta)
	case "CronJob":
		o, err = p.CronJob(meta, "0 3 * * *")
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
