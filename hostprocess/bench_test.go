// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// representative is a pod with two containers and an init container, five
// volumes and seven mounts.
func representative() hostprocess.Pod {
	config := hostprocess.ConfigMap("agent-config")
	logs := hostprocess.HostPath(`C:\ProgramData\agent\logs`).OfType(corev1.HostPathDirectoryOrCreate)
	cache := hostprocess.EmptyDir("cache")
	return hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
			WithCommand(hostprocess.ImageProgram("agent.exe", "--config", `%CONTAINER_SANDBOX_MOUNT_POINT%\etc\agent\config.yaml`)).
			WithEnvValueFrom("NODE_NAME", hostprocess.PodField("spec.nodeName")).
			WithPort("metrics", 9100).
			WithRequest(corev1.ResourceCPU, "100m").WithLimit(corev1.ResourceMemory, "300Mi").
			WithReadinessProbe(hostprocess.HTTPGet("/ready", 9100)).
			WithMount(config, "/etc/agent", hostprocess.ReadOnly()).
			WithMount(hostprocess.Secret("agent-tls"), "/etc/tls", hostprocess.ReadOnly()).
			WithMount(logs, "/var/log/agent").
			WithMount(cache, "/var/cache/agent"),
		hostprocess.NewContainer("shipper", "registry.example.com/shipper:2").
			WithCommand(hostprocess.ImageProgram("shipper.exe")).
			WithEnv("LEVEL", "info").
			WithMount(logs, "/var/log/agent", hostprocess.ReadOnly()).
			WithMount(hostprocess.NewVolume("shipper", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "shipper"}}},
				{DownwardAPI: &corev1.DownwardAPIProjection{Items: files("labels", "metadata.labels")}},
			}}}), "/etc/shipper")).
		WithInitContainers(hostprocess.NewContainer("prepare", "registry.example.com/agent:1.4").
			WithCommand(hostprocess.ImageProgram("agent.exe", "prepare")).
			WithMount(config, "/etc/agent")).
		WithLabels(map[string]string{"app": "agent"}).
		WithTolerations(corev1.Toleration{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}).
		WithPriorityClass("system-node-critical")
}

func BenchmarkBuild(b *testing.B) {
	p := representative()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Build(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDeepCopy is the baseline for Build.
func BenchmarkDeepCopy(b *testing.B) {
	spec := build(b, representative())
	b.ReportAllocs()
	for b.Loop() {
		_ = spec.DeepCopy()
	}
}

// BenchmarkMake describes the pod, and doesn't build it.
func BenchmarkMake(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = representative()
	}
}

// BenchmarkWithEnv adds one variable to a container that has some: the cost grows
// with their number, and no faster.
func BenchmarkWithEnv(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		c := agent()
		for i := range n {
			c = c.WithEnv(fmt.Sprintf("V%d", i), "x")
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				_ = c.WithEnv("LAST", "x")
			}
		})
	}
}

func TestRepresentative(t *testing.T) {
	spec := build(t, representative())
	mounts := 0
	for _, c := range append(spec.InitContainers, spec.Containers...) {
		mounts += len(c.VolumeMounts)
	}
	if len(spec.Volumes) != 5 || mounts != 7 {
		t.Errorf("%d volumes and %d mounts", len(spec.Volumes), mounts)
	}
}
