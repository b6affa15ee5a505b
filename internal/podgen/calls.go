// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package podgen

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
)

// podCalls are the calls on the pod. The first begins a new container.
var podCalls = []func(*state){
	func(s *state) { s.begin() },
	func(s *state) { s.begin() },
	func(s *state) { s.begin() },
	func(s *state) { s.pod = s.pod.WithRunAs(s.account()) },
	func(s *state) { s.pod = s.pod.WithLabels(s.labels()) },
	func(s *state) { s.pod = s.pod.WithAnnotations(s.labels()) },
	func(s *state) { s.pod = s.pod.WithSelector(s.labels()) },
	func(s *state) { s.pod = s.pod.WithNodeSelector(s.labels()) },
	func(s *state) { s.pod = s.pod.WithTolerations(s.toleration()) },
	func(s *state) { s.pod = s.pod.WithPriorityClass(s.name()) },
	func(s *state) { s.pod = s.pod.WithServiceAccount(s.name()) },
	func(s *state) { s.pod = s.pod.WithTerminationGracePeriod(s.duration()) },
	func(s *state) { s.pod = s.pod.WithRestartPolicy(s.restartPolicy()) },
	func(s *state) { s.pod = s.pod.WithNodeName(s.name()) },
	func(s *state) { s.pod = s.pod.WithActiveDeadline(s.duration()) },
	func(s *state) { s.pod = s.pod.For(s.targets()...) },
	func(s *state) { s.pod = s.pod.WithGroup(s.group()) },
	func(s *state) {
		s.pod = s.pod.EditContainer(s.label(), func(c hostprocess.Container) hostprocess.Container {
			return containerCalls[s.IntN(len(containerCalls))](s, c)
		})
	},
}

func (s *state) begin() {
	s.finish()
	c := hostprocess.NewContainer(s.label(), s.image())
	s.container = &c
}

// containerCalls are the calls on a container.
var containerCalls = []func(*state, hostprocess.Container) hostprocess.Container{
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithRunAs(s.account()) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithImagePullPolicy(pick(s.values, corev1.PullAlways, corev1.PullNever, corev1.PullIfNotPresent, "Bad", ""))
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithWorkingDir(s.path()) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithPort(s.portName(), s.port())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithRequest(s.resource(), s.quantity())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithLimit(s.resource(), s.quantity())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithEnv(s.envName(), s.text()) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithEnvValueFrom(s.envName(), s.envSource())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithEnvFrom(s.envFrom()) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithLivenessProbe(s.handler(), s.setting())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithReadinessProbe(s.handler(), s.setting())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithStartupProbe(s.handler(), s.setting(), s.setting())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithPostStart(s.handler(), s.hookSetting())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithPreStop(s.handler(), s.hookSetting())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithImage(s.image()) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.Edit(func(c *corev1.Container) { c.TTY = true })
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithCommand(s.command()) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithCommand(hostprocess.RawCommand(s.args()...))
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithArgs(s.args()...) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithMount(s.volume(), s.path(), s.mountSettings()...)
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithMount(s.volume(), s.path(), s.mountSettings()...)
	},
}

// toleration is one that the API server accepts: the builder passes it on.
func (v *values) toleration() corev1.Toleration {
	return pick(v, corev1.Toleration{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule},
		corev1.Toleration{Operator: corev1.TolerationOpExists},
		corev1.Toleration{Key: "example.com/os", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute})
}
