// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet_test

import (
	"fmt"
	"runtime"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate/fleet"
)

// daemonSet returns a DaemonSet that has a port and writes a directory.
func daemonSet(name string, selector map[string]string, port int32, directory string) *appsv1.DaemonSet {
	d := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: "agents", Name: name}}
	d.Spec.Template.Spec = corev1.PodSpec{
		HostNetwork:     true,
		NodeSelector:    selector,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true)}},
		Volumes:         []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: directory}}}},
		Containers: []corev1.Container{{
			Name:         "agent",
			Command:      []string{"agent.exe", "--config=C:\\agent\\config.yaml"},
			Ports:        []corev1.ContainerPort{{ContainerPort: port}},
			VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
		}},
	}
	return d
}

func node(i int) *corev1.Node {
	name := fmt.Sprintf("win-%05d", i)
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
		"kubernetes.io/os": "windows", "kubernetes.io/hostname": name, "pool": fmt.Sprint("pool-", i%50), "node.kubernetes.io/windows-build": "10.0.20348",
	}}}
	n.Status.NodeInfo.OperatingSystem = "windows"
	n.Status.NodeInfo.ContainerRuntimeVersion = "containerd://2.1.4"
	return n
}

// cases are features that many workloads can share, each for the i-th of n.
var cases = []struct {
	name      string
	workload  func(i, n int) *appsv1.DaemonSet
	conflicts func(n int) int
}{
	{"pools", func(i, n int) *appsv1.DaemonSet {
		// Ports of 50 pools: every workload has one other with the same in its pool.
		return daemonSet(fmt.Sprint("w", i), map[string]string{"kubernetes.io/os": "windows", "pool": fmt.Sprint("pool-", i%50)}, int32(1+i/100), fmt.Sprint(`C:\ProgramData\agent-`, i))
	}, func(n int) int { return n / 2 }},
	{"one port", func(i, n int) *appsv1.DaemonSet {
		return daemonSet(fmt.Sprint("w", i), map[string]string{"kubernetes.io/os": "windows"}, 9182, fmt.Sprint(`C:\ProgramData\agent-`, i))
	}, func(n int) int { return n - 1 }},
	{"one port, a node each", func(i, n int) *appsv1.DaemonSet {
		// Ten workloads for each node.
		return daemonSet(fmt.Sprint("w", i), map[string]string{"kubernetes.io/os": "windows", "kubernetes.io/hostname": fmt.Sprintf("win-%05d", i%(n/10))}, 9182, fmt.Sprint(`C:\ProgramData\agent-`, i))
	}, func(n int) int { return n - n/10 }},
}

// TestMany: the output grows with the workloads, with and without nodes.
func TestMany(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 500
	}
	for _, c := range cases {
		for _, nodes := range []int{0, n / 10} {
			var f fleet.Fleet
			for i := range n {
				if err := f.Add(c.workload(i, n)); err != nil {
					t.Fatal(err)
				}
			}
			for i := range nodes {
				if err := f.Add(node(i)); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := len(f.Conflicts()), c.conflicts(n); got != want {
				t.Errorf("%s, %d nodes: %d conflicts, want %d", c.name, nodes, got, want)
			}
		}
	}
}

// TestManyForOneOther: one workload for all nodes meets a thousand that can't meet each
// other. Each of those is reported, and it is found whichever comes first.
func TestManyForOneOther(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 100
	}
	for _, name := range []string{"a", "z"} {
		for _, nodes := range []int{0, n} {
			var f fleet.Fleet
			for i := range n {
				if err := f.Add(daemonSet(fmt.Sprint("w", i), map[string]string{"kubernetes.io/hostname": fmt.Sprintf("win-%05d", i)}, 9182, `C:\x`)); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Add(daemonSet(name, nil, 9182, `C:\y`)); err != nil {
				t.Fatal(err)
			}
			for i := range nodes {
				if err := f.Add(node(i)); err != nil {
					t.Fatal(err)
				}
			}
			reported := map[string]bool{}
			found := f.Conflicts()
			for _, c := range found {
				reported[c.Claims[0].Workload], reported[c.Claims[1].Workload] = true, true
			}
			if len(found) != n || len(reported) != n+1 {
				t.Errorf("%s, %d nodes: %d conflicts between %d workloads, want %d between %d", name, nodes, len(found), len(reported), n, n+1)
			}
		}
	}
}

// BenchmarkFleet adds workloads and a tenth as many nodes, and finds the conflicts. It
// reports the memory that the Fleet keeps, and that its result needs.
func BenchmarkFleet(b *testing.B) {
	for _, c := range cases {
		for _, n := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				var kept, result float64
				for b.Loop() {
					before := heap()
					f := &fleet.Fleet{}
					for i := range n {
						if err := f.Add(c.workload(i, n)); err != nil {
							b.Fatal(err)
						}
					}
					for i := range n / 10 {
						if err := f.Add(node(i)); err != nil {
							b.Fatal(err)
						}
					}
					middle := heap()
					found := f.Conflicts()
					if len(found) != c.conflicts(n) {
						b.Fatalf("%d conflicts", len(found))
					}
					kept, result = middle-before, heap()-middle
					runtime.KeepAlive(f)
					runtime.KeepAlive(found)
				}
				b.ReportMetric(kept/1e6, "MB-kept")
				b.ReportMetric(result/1e6, "MB-result")
			})
		}
	}
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
