// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package podgen

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	func(s *state) { s.pod = s.pod.WithAffinity(s.affinity()) },
	func(s *state) { s.pod = s.pod.WithPriorityClass(s.name()) },
	func(s *state) { s.pod = s.pod.WithServiceAccount(s.name()) },
	func(s *state) { s.pod = s.pod.WithServiceAccountToken(s.IntN(2) == 0) },
	func(s *state) { s.pod = s.pod.WithImagePullSecrets(s.name(), s.name()) },
	func(s *state) { s.pod = s.pod.WithTerminationGracePeriod(s.duration()) },
	func(s *state) { s.pod = s.pod.WithRestartPolicy(s.restartPolicy()) },
	func(s *state) { s.pod = s.pod.WithRuntimeClass(s.name()) },
	func(s *state) { s.pod = s.pod.WithVolumes(s.volume().Named(s.label())) },
	func(s *state) { s.pod = s.pod.For(s.targets()...) },
	func(s *state) {
		s.pod = s.pod.With(func(p hostprocess.Pod) hostprocess.Pod { return p.WithLabels(s.labels()) })
	},
	func(s *state) { s.pod = s.pod.WithGroup(s.group()) },
	func(s *state) {
		s.pod = s.pod.WithContainerChanged(s.label(), func(c hostprocess.Container) hostprocess.Container {
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
		return c.WithUDPPort(s.portName(), s.port())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithRequest(s.resource(), s.quantity())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithLimit(s.resource(), s.quantity())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithEnv(s.envName(), s.text()) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithEnvExpanded(s.envName(), s.text())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithEnvFrom(s.envName(), s.envSource())
	},
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithEnvFromConfigMap(s.name()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithEnvFromSecret(s.name()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithLivenessProbe(s.probe()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithReadinessProbe(s.probe()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithStartupProbe(s.probe()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithPostStart(s.hook()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithPreStop(s.hook()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithRun(s.command()) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithCommand(s.args()...) },
	func(s *state, c hostprocess.Container) hostprocess.Container { return c.WithArgs(s.args()...) },
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithMount(s.volume(), s.path(), s.mountOptions()...)
	},
	func(s *state, c hostprocess.Container) hostprocess.Container {
		return c.WithMount(s.volume(), s.path(), s.mountOptions()...)
	},
}

func (v *values) toleration() corev1.Toleration {
	return corev1.Toleration{
		Key:      pick(v, "os", "example.com/os", "", "bad key"),
		Operator: pick(v, corev1.TolerationOpExists, corev1.TolerationOpEqual, "", "Bad"),
		Value:    pick(v, "", "", "windows", "bad value!"),
		Effect:   pick(v, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute, "", "Bad"),
	}
}

func (v *values) affinity() corev1.Affinity {
	requirement := corev1.NodeSelectorRequirement{
		Key:      pick(v, "a", "kubernetes.io/os", "bad key"),
		Operator: pick(v, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpGt, "Bad"),
		Values:   pick(v, []string{"windows"}, nil, []string{"1", "2"}, []string{"bad value!"}),
	}
	term := corev1.PodAffinityTerm{
		TopologyKey:   pick(v, "kubernetes.io/hostname", "", "bad key"),
		LabelSelector: pick(v, nil, &metav1.LabelSelector{MatchLabels: v.labels()}),
		Namespaces:    pick(v, nil, []string{"a"}, []string{"A"}),
	}
	var a corev1.Affinity
	switch v.IntN(5) {
	case 0:
		a.NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: pick(v, []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{requirement}}}, nil),
		}}
	case 1:
		a.NodeAffinity = &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
			Weight: pick(v, int32(1), 100, 0), Preference: corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{{
				Key: pick(v, "metadata.name", "bad"), Operator: corev1.NodeSelectorOpIn, Values: []string{v.name()}}}},
		}}}
	case 2:
		a.PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{term}}
	case 3:
		term.MatchLabelKeys = pick(v, nil, []string{"a"}, []string{"bad key"})
		a.PodAntiAffinity = &corev1.PodAntiAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{{
			Weight: pick(v, int32(50), 101), PodAffinityTerm: term}}}
	}
	return a
}
