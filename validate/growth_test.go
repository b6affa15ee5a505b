// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"math"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

// BenchmarkGrowth states how the cost for each part of a pod grows when there are
// ten times as many: 1 is linear, 10 is quadratic. It fails at growths that can't
// be linear, so run it with -benchtime 1x in CI.
func BenchmarkGrowth(b *testing.B) {
	const few, many, most = 300, 3_000, 4
	v := Validator{Targets: []Target{NewTarget(volumes.Runtime{}, 1), NewTarget(volumes.Runtime{}, 2), NewTarget(volumes.Runtime{}, 3)}}
	for _, part := range []struct {
		name string
		pod  func(n int) *corev1.PodSpec
	}{
		{"container", func(n int) *corev1.PodSpec {
			p := growthPod()
			one := p.Containers[0]
			growMounts(&one, 3)
			for range n {
				p.Containers = append(p.Containers, one)
			}
			return p
		}},
		{"mount", func(n int) *corev1.PodSpec {
			p := growthPod()
			growMounts(&p.Containers[0], n)
			return p
		}},
		{"mount and volume", func(n int) *corev1.PodSpec {
			p := growthPod()
			growMounts(&p.Containers[0], n)
			growVolumes(p, n)
			return p
		}},
		{"mount and claim", func(n int) *corev1.PodSpec {
			p := growthPod()
			growMounts(&p.Containers[0], n)
			return p
		}},
		{"volume", func(n int) *corev1.PodSpec {
			p := growthPod()
			growVolumes(p, n)
			return p
		}},
		{"variable", func(n int) *corev1.PodSpec {
			p := growthPod()
			growVariables(&p.Containers[0], n)
			return p
		}},
		{"variable and mount", func(n int) *corev1.PodSpec {
			p := growthPod()
			growVariables(&p.Containers[0], n)
			growMounts(&p.Containers[0], n)
			return p
		}},
		{"variable, mount and word", func(n int) *corev1.PodSpec {
			p := growthPod()
			growVariables(&p.Containers[0], n)
			growMounts(&p.Containers[0], n)
			growWords(&p.Containers[0], n)
			return p
		}},
		{"port", func(n int) *corev1.PodSpec {
			p := growthPod()
			for i := range n {
				p.Containers[0].Ports = append(p.Containers[0].Ports, corev1.ContainerPort{ContainerPort: int32(1 + i)})
			}
			return p
		}},
		{"word", func(n int) *corev1.PodSpec {
			p := growthPod()
			growWords(&p.Containers[0], n)
			return p
		}},
		{"byte of a word", func(n int) *corev1.PodSpec {
			p := growthPod()
			growWords(&p.Containers[0], n)
			line := ""
			for _, word := range p.Containers[0].Command {
				line += word + " "
			}
			p.Containers[0].Command = []string{"powershell", "-Command", line}
			return p
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			small, large := growthSet(part.pod(few), part.name), growthSet(part.pod(many), part.name)
			growth := math.Inf(1)
			for b.Loop() {
				// A busy machine can make a linear growth look steep, so try again.
				for try := 0; try < 10 && growth > most/2; try++ {
					growth = min(growth, float64(shortest(v, large))/float64(shortest(v, small))*few/many)
				}
			}
			b.ReportMetric(growth, "growth")
			if growth > most {
				b.Errorf("ten times as many cost %.1f times as much each", growth)
			}
		})
	}
}

// shortest returns the shortest of a few durations of validating a pod.
func shortest(v Validator, set *appsv1.StatefulSet) time.Duration {
	best := time.Duration(math.MaxInt64)
	for range 5 {
		start := time.Now()
		_, _ = v.Object(set)
		best = min(best, time.Since(start))
	}
	return best
}

// growthSet is a StatefulSet, for "mount and claim" with a claim for each mount.
func growthSet(spec *corev1.PodSpec, name string) *appsv1.StatefulSet {
	set := &appsv1.StatefulSet{}
	set.Spec.Template.Spec = *spec
	if name != "mount and claim" {
		return set
	}
	for _, m := range spec.Containers[0].VolumeMounts {
		set.Spec.VolumeClaimTemplates = append(set.Spec.VolumeClaimTemplates, corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: m.Name}})
	}
	return set
}

func growthPod() *corev1.PodSpec {
	yes, system := true, `NT AUTHORITY\SYSTEM`
	return &corev1.PodSpec{
		HostNetwork:     true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: &yes, RunAsUserName: &system}},
		Containers:      []corev1.Container{{Name: "agent", Command: []string{"powershell"}}},
	}
}

func growMounts(c *corev1.Container, n int) {
	for i := range n {
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: fmt.Sprintf("v%d", i), MountPath: fmt.Sprintf("/data/%d", i)})
	}
}

func growVolumes(p *corev1.PodSpec, n int) {
	for i := range n {
		p.Volumes = append(p.Volumes, corev1.Volume{Name: fmt.Sprintf("v%d", i), VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: fmt.Sprintf(`\\.\pipe\%d`, i)},
		}})
	}
}

func growVariables(c *corev1.Container, n int) {
	for i := range n {
		c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("V%d", i), Value: fmt.Sprintf("/data/%d/x", i)})
	}
}

func growWords(c *corev1.Container, n int) {
	for i := range n {
		c.Command = append(c.Command, fmt.Sprintf(`--file=/data/%d/x "a | b" %%CONTAINER_SANDBOX_MOUNT_POINT%%$(V%d) .\x`, i, i))
	}
}
