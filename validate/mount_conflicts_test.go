// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/volumes"
)

// FuzzConflicts compares the quick check of a container's mounts with the thorough one of
// package volumes.
func FuzzConflicts(f *testing.F) {
	f.Add("/etc/agent\n/var/log", "")                     // nothing
	f.Add("/data\nC:\\Data\nd:/data", "")                 // one place
	f.Add("/a/b\n/a", "/a/log")                           // nested, with the termination log
	f.Add("/dev\n/var/run", "")                           // around what is added
	f.Add("C:\n//x\n\x00\n", "C:")                        // refused
	f.Add(volumes.ServiceAccountDir+"\n/var", "")         // no token is added
	f.Add("0", `\/0`)                                     // a log at two separators
	f.Add(strings.Repeat("/data/x\n", few)+"/data/x", "") // many
	f.Fuzz(func(t *testing.T, paths, log string) {
		c := container{Container: &corev1.Container{TerminationMessagePath: log}, kind: regularContainer}
		var list []mounts.Mount
		for _, path := range strings.Split(paths, "\n") {
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{MountPath: path})
			list = append(list, mounts.Mount{Path: path})
		}
		list = append(list, mounts.TerminationLogMount(log))
		if !slices.Contains(list, mounts.Mount{Path: volumes.ServiceAccountDir}) {
			list = append(list, mounts.ServiceAccountMount())
		}
		_, all := mounts.ResolveAll(volumes.ModeBind, list...)
		var want []mounts.Problem
		for _, p := range all {
			if p.Conflict != mounts.ConflictNone {
				want = append(want, p)
			}
		}
		p := pod{spec: &corev1.PodSpec{}}
		var got []mounts.Problem
		if p.mayConflict(c, p.mounts(c, nil)) {
			for _, clash := range p.conflicts(c) {
				got = append(got, clash.Problem)
			}
		}
		// Added mounts may conflict with each other; then no declared mount is the cause.
		if len(got) == 0 && !slices.ContainsFunc(want, func(p mounts.Problem) bool {
			return p.First.Origin == mounts.OriginDeclared || p.Second.Origin == mounts.OriginDeclared
		}) {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("list %q, log %q (-want +got):\n%s", paths, log, diff)
		}
	})
}
