// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	"fmt"
	"runtime"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	k8s "k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate/privileges"
)

// workloads returns n DaemonSets with the same number of pods each.
func workloads(n, pods int) (objects []k8s.Object) {
	for i := range n {
		name := fmt.Sprint("agent-", i)
		spec := agent("registry.example.com/" + name + ":1")
		spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\ProgramData\` + name}}}}
		spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
		objects = append(objects, &appsv1.DaemonSet{ObjectMeta: named(name, "", "", ""), Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: spec}}})
		for j := range pods {
			objects = append(objects, &corev1.Pod{ObjectMeta: named(fmt.Sprint(name, "-", j), "apps/v1", "DaemonSet", name), Spec: spec})
		}
	}
	return objects
}

// BenchmarkInventory adds 10,000 workloads, without pods and with ten each, and lists them. It
// reports the memory that the Inventory keeps of each.
func BenchmarkInventory(b *testing.B) {
	const n = 10_000
	for _, pods := range []int{0, 10} {
		b.Run(fmt.Sprint(pods, " pods"), func(b *testing.B) {
			objects := workloads(n, pods)
			var kept float64
			for b.Loop() {
				before := heap()
				i := &privileges.Inventory{}
				for _, o := range objects {
					if err := i.Add(o, "cluster"); err != nil {
						b.Fatal(err)
					}
				}
				if got := i.Workloads(); len(got) != n || got[0].Pods != pods {
					b.Fatalf("%d workloads", len(got))
				}
				kept = heap() - before
				runtime.KeepAlive(i)
			}
			runtime.KeepAlive(objects)
			b.ReportMetric(float64(b.N*len(objects))/b.Elapsed().Seconds(), "objects/s")
			b.ReportMetric(kept/n, "B-kept/workload")
		})
	}
}

// TestMemory: equal pods need no memory.
func TestMemory(t *testing.T) {
	const n, pods = 100, 100
	objects := workloads(n, pods)
	before := heap()
	i := add(t, "cluster", objects...)
	if kept := (heap() - before) / n; kept > 8<<10 {
		t.Errorf("%.0f bytes are kept of each workload with %d pods", kept, pods)
	}
	runtime.KeepAlive(i)
	runtime.KeepAlive(objects)
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
