// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/volumes"
)

// TestWalkEnds stops each walk over a pod at each step: nothing is yielded after
// that.
func TestWalkEnds(t *testing.T) {
	own := &corev1.SecurityContext{Privileged: ptr.To(true), RunAsUser: ptr.To[int64](1), RunAsGroup: ptr.To[int64](1)}
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Host: "a"}, TCPSocket: &corev1.TCPSocketAction{Host: "b"}}}
	hook := &corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{Host: "a"}, TCPSocket: &corev1.TCPSocketAction{Host: "b"}}
	c := corev1.Container{
		SecurityContext: own, LivenessProbe: probe, ReadinessProbe: probe, StartupProbe: probe,
		Lifecycle: &corev1.Lifecycle{PostStart: hook, PreStop: hook},
	}
	p := pod{minor: NewestKubernetesMinor, spec: &corev1.PodSpec{
		HostPID: true, SecurityContext: &corev1.PodSecurityContext{RunAsUser: ptr.To[int64](1)},
		InitContainers: []corev1.Container{c}, Containers: []corev1.Container{c, {}},
		EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{SecurityContext: own}}, {}},
	}}
	for name, walk := range map[string]struct {
		all  []string
		over func(yield func(string) bool)
	}{
		"containers": {
			[]string{"initContainers[0]", "containers[0]", "containers[1]", "ephemeralContainers[0]", "ephemeralContainers[1]"},
			func(yield func(string) bool) { p.containers(func(c container) bool { return yield(c.path()) }) },
		},
		"Linux-only fields": {
			[]string{
				"securityContext.runAsUser", "hostPID",
				"initContainers[0].securityContext.privileged", "initContainers[0].securityContext.runAsUser", "initContainers[0].securityContext.runAsGroup",
				"containers[0].securityContext.privileged", "containers[0].securityContext.runAsUser", "containers[0].securityContext.runAsGroup",
				"ephemeralContainers[0].securityContext.privileged", "ephemeralContainers[0].securityContext.runAsUser", "ephemeralContainers[0].securityContext.runAsGroup",
			},
			func(yield func(string) bool) {
				p.linuxOnlyFields(func(c container, field string) bool { return yield(c.fieldBelow(field)) })
			},
		},
		"hosts": {
			[]string{
				"livenessProbe.httpGet.host", "livenessProbe.tcpSocket.host", "readinessProbe.httpGet.host", "readinessProbe.tcpSocket.host",
				"startupProbe.httpGet.host", "startupProbe.tcpSocket.host",
				"lifecycle.postStart.httpGet.host", "lifecycle.postStart.tcpSocket.host", "lifecycle.preStop.httpGet.host", "lifecycle.preStop.tcpSocket.host",
			},
			func(yield func(string) bool) {
				container{Container: &c}.probeHosts(func(field, _ string) bool { return yield(field) })
			},
		},
	} {
		for end := range walk.all {
			var got []string
			walk.over(func(one string) bool {
				got = append(got, one)
				return len(got) <= end
			})
			if diff := cmp.Diff(walk.all[:end+1], got); diff != "" {
				t.Errorf("%s, ended after %d (-want +got):\n%s", name, end+1, diff)
			}
		}
	}
}

// TestTargetsOfFindings: a finding has the targets that it is about, and no targets if it
// is about all of them.
func TestTargetsOfFindings(t *testing.T) {
	all := []Target{NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), NewTarget(volumes.Runtime{}, volumes.ModeBind), NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}
	all = append(all, Target{}.WithKubelet(28))
	for when, want := range map[nodeSet][]Target{
		0:                          nil,
		bindMounts:                 {all[1], all[3]},
		symlinkMounts:              {all[0], all[2]},
		symlinkMounts | bindMounts: nil,
		fallbackMounts:             {all[2]},
		kubelet128:                 {all[3]},
	} {
		if got := which(all, when, 37); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	if got := which(all, kubelet128, 28); got != nil {
		t.Errorf("with an API server of 1.28: %q, want all", got)
	}
}

// TestStrictestOfTheSame keeps one of targets that behave the same, and never
// none.
func TestStrictestOfTheSame(t *testing.T) {
	bind := NewTarget(volumes.Runtime{}, volumes.ModeBind)
	if got := Strictest([]Target{bind, bind}); !slices.Equal(got, []Target{bind}) {
		t.Errorf("of two of the same: %v", got)
	}
	if got := Strictest([]Target{bind}); !slices.Equal(got, []Target{bind}) {
		t.Errorf("of one: %v", got)
	}
	if got := Strictest([]Target{{}}); !slices.Equal(got, []Target{{}}) {
		t.Errorf("of the zero Target: %v", got)
	}
	older16, err := ParseTarget("1.6.6")
	if err != nil {
		t.Fatal(err)
	}
	if got := Strictest([]Target{NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), older16}); !slices.Equal(got, []Target{older16}) {
		t.Errorf("of a newer and an older 1.6: %v", got)
	}
	tooOld, err := volumes.ParseRuntime("containerd://1.5.0")
	if err != nil {
		t.Fatal(err)
	}
	if got := Strictest([]Target{NewTarget(tooOld, volumes.ModeUnknown)}); len(got) != 1 {
		t.Errorf("of one that runs nothing: %v", got)
	}
	// A kubelet that isn't known may be as old as any API server.
	if got := Strictest([]Target{{}, Target{}.WithKubelet(28)}); len(got) != 2 {
		t.Errorf("of an unknown and an old kubelet: %v", got)
	}
	if got := Strictest([]Target{Target{}.WithKubelet(37), {}}); !slices.Equal(got, []Target{{}}) {
		t.Errorf("of a new and an unknown kubelet: %v", got)
	}
	if got := Strictest([]Target{Target{}.WithKubelet(37), Target{}.WithKubelet(27)}); !slices.Equal(got, []Target{Target{}.WithKubelet(27)}) {
		t.Errorf("of a new and an old kubelet: %v", got)
	}
	older, newer := NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)
	if got := Strictest([]Target{older, bind, newer, older}); len(got) != 3 || !slices.Contains(got, older) || !slices.Contains(got, newer) {
		t.Errorf("of four: %v", got)
	}
}

// TestProblemsOfOtherNodes: problems of nodes that aren't targets are left out, and the
// findings for the others have their targets.
func TestProblemsOfOtherNodes(t *testing.T) {
	targets := []Target{NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), NewTarget(volumes.Runtime{}, volumes.ModeBind)}
	e := engine{pod: pod{nodes: nodeSetOf(targets, 37)}, targets: targets}
	odd := rule[podCheck]{Rule: Rule{ID: "odd", Fix: "fix it"}, when: bindMounts}
	try := func(problems []problem) {
		tryAll(&e, grouped(&odd), 0, &fieldPath{base: inSpec}, func(podCheck) []problem { return problems })
	}
	try([]problem{
		{field: "a", message: "is of other nodes", when: fallbackMounts},
		{field: "b", message: "is of some", when: noLocalGroups, fix: "another fix"},
		{field: "c", message: "is of the rule's"},
	})
	try(nil)
	want := Findings{
		{Rule: "odd", Severity: odd.Severity(), Field: "spec.b", Message: "is of some", Targets: targets[:1], Fix: "another fix", element: Element{"b", noIndex, ""}},
		{Rule: "odd", Severity: odd.Severity(), Field: "spec.c", Message: "is of the rule's", Targets: targets[1:], Fix: "fix it", element: Element{"c", noIndex, ""}},
	}
	if diff := cmp.Diff(want, e.found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMayConflict: the quick check finds the containers that may have conflicts.
func TestMayConflict(t *testing.T) {
	for _, test := range []struct {
		paths []string
		kind  containerKind
		want  bool
	}{
		{nil, regularContainer, false},
		{[]string{"/a", "/b"}, regularContainer, false},
		{[]string{"/a", "/b", "/a/c"}, regularContainer, true},
		{[]string{"/a/", "/a/c"}, regularContainer, true},
		{[]string{"/a", "/dev"}, regularContainer, true},                           // around the log
		{[]string{"/var/run/secrets"}, regularContainer, true},                     // around the token
		{[]string{"/var/run/secrets"}, ephemeralContainer, false},                  // which has none
		{[]string{volumes.ServiceAccountDir}, regularContainer, false},             // replaces it
		{[]string{"/x", volumes.ServiceAccountDir + "/y"}, regularContainer, true}, // below it
	} {
		c := container{Container: &corev1.Container{}, kind: test.kind}
		for _, path := range test.paths {
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{MountPath: path})
		}
		p := pod{spec: &corev1.PodSpec{}}
		if p.mayConflict(c, p.mounts(c, nil)) != test.want {
			t.Errorf("%q: may conflict: %t", test.paths, !test.want)
		}
		if got := len(p.conflicts(c)) > 0; got != test.want {
			t.Errorf("%q: conflicts: %t", test.paths, got)
		}
	}
	for index, want := range map[int]string{0: "volumeMounts[0].mountPath", 1: "terminationMessagePath", 2: "terminationMessagePath"} {
		c := container{Container: &corev1.Container{VolumeMounts: make([]corev1.VolumeMount, 1)}}
		p := c.atMount(index, problem{})[0]
		got := p.field
		if p.list != "" {
			got = join(fieldPath{list: p.list, index: p.index}.below(), p.field)
		}
		if got != want {
			t.Errorf("mount %d is at %s, want %s", index, got, want)
		}
	}
}

// TestMaybeOnHost: the trait is set for every directory that exists on nodes. Otherwise,
// the rules about such directories would be skipped.
func TestMaybeOnHost(t *testing.T) {
	for _, directory := range append(nodes.Directories[:], volumes.ModeBind.Root("")) {
		for _, path := range []string{directory, directory + `\x`, strings.ToUpper(directory), directory[len("C:"):]} {
			if have, _ := mountTraits(&corev1.VolumeMount{MountPath: path}, &corev1.Volume{}); have&maybeOnHost == 0 {
				t.Errorf("%s isn't maybeOnHost: the first letters in mountTraits are those of nodes.Directories", path)
			}
		}
	}
}
