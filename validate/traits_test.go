// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate"
)

// checkTraits makes sure that nothing is missed for the sake of speed: rules that
// are skipped because of what a subject has would have found nothing.
func checkTraits(t *testing.T, v validate.Validator, object runtime.Object, findings validate.Findings) {
	t.Helper()
	all, err := v.ObjectAssuming(object, ^uint64(0), 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all, findings); diff != "" {
		t.Errorf("a trait is computed wrongly: with every rule tried, other things are found (-all +usual):\n%s", diff)
	}
}

// TestTraits hides each trait, and expects that a fixture is then judged wrongly:
// so a fixture fails if the trait is computed wrongly.
func TestTraits(t *testing.T) {
	shown := uint64(0)
	for _, path := range fixturePaths(t) {
		f := readFixture(t, path)
		findings, err := f.validator.Object(f.object)
		if err != nil {
			t.Fatal(err)
		}
		for bit := uint64(1); bit != 0; bit <<= 1 {
			if validate.Traits()&bit&^shown == 0 {
				continue
			}
			without, err := f.validator.ObjectAssuming(f.object, 0, bit)
			if err != nil {
				t.Fatal(err)
			}
			if len(without) < len(findings) {
				shown |= bit
			}
		}
	}
	if missing := validate.Traits() &^ shown; missing != 0 {
		t.Errorf("no fixture needs the traits %#x: write one that has nothing else, or leave the trait out", missing)
	}
}

// FuzzMountTraits tries paths and options that no fixture has.
func FuzzMountTraits(f *testing.F) {
	f.Add(`C:\Windows\System32`, "", false)
	f.Add("/etc//agent/", "", true)    // two separators, and one at the end
	f.Add(`.\\etc\\agent`, "a", false) // doubled backslashes
	f.Add("/x/../hpc", "", false)      // another name than the first
	f.Add("a//b", "", false)           // separators behind a relative name
	f.Add("D:/a?b", "", false)         // a reserved character
	f.Add("K:\\\u212a", "", true)      // a letter that folds to k
	f.Fuzz(func(t *testing.T, path, subPath string, readOnly bool) {
		pod := representative()
		pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{
			{Name: pod.Spec.Volumes[0].Name, MountPath: path, SubPath: subPath, ReadOnly: readOnly},
		}
		v := validate.Validator{Targets: everyMode}
		checkTraits(t, v, pod, v.Pod(pod))
	})
}
