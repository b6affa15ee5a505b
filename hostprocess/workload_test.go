// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
)

func TestPodObject(t *testing.T) {
	p := pod().WithLabels(map[string]string{"a": "1"}).WithAnnotations(map[string]string{"b": "1"})
	got, err := p.Pod(metav1.ObjectMeta{Name: "x", Namespace: "n", Labels: map[string]string{"c": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	want := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "x", Namespace: "n",
			Labels: map[string]string{"a": "1", "c": "1"}, Annotations: map[string]string{"b": "1"}},
		Spec: *build(t, p),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := p.Pod(metav1.ObjectMeta{GenerateName: "x-"}); err != nil {
		t.Errorf("generateName: %v", err)
	}
}

func TestDaemonSetObject(t *testing.T) {
	got, err := pod().WithLabels(map[string]string{"a": "1"}).DaemonSet(metav1.ObjectMeta{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"app.kubernetes.io/name": "x"}, got.Spec.Selector.MatchLabels); diff != "" {
		t.Errorf("selector (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"app.kubernetes.io/name": "x", "a": "1"}, got.Spec.Template.Labels); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(*build(t, pod()), got.Spec.Template.Spec); diff != "" {
		t.Errorf("spec (-want +got)\n%s", diff)
	}
	if got.APIVersion != "apps/v1" || got.Kind != "DaemonSet" {
		t.Errorf("type = %v", got.TypeMeta)
	}
}

func TestSelector(t *testing.T) {
	got, err := pod().WithLabels(map[string]string{"k8s-app": "x", "a": "1"}).WithSelector(map[string]string{"k8s-app": "x"}).DaemonSet(metav1.ObjectMeta{Name: strings.Repeat("x", 100)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"k8s-app": "x"}, got.Spec.Selector.MatchLabels); diff != "" {
		t.Errorf("selector (-want +got)\n%s", diff)
	}
}

func TestWorkloadMistakes(t *testing.T) {
	daemonSet := func(p hostprocess.Pod, meta metav1.ObjectMeta) error {
		object, err := p.DaemonSet(meta)
		if (object == nil) != (err != nil) {
			t.Errorf("object %v beside error %v", object, err)
		}
		return err
	}
	onlyPod := func(p hostprocess.Pod, meta metav1.ObjectMeta) error {
		_, err := p.Pod(meta)
		return err
	}
	for name, test := range map[string]struct {
		build func(hostprocess.Pod, metav1.ObjectMeta) error
		pod   hostprocess.Pod
		meta  metav1.ObjectMeta
		want  []string
	}{
		"no name":        {daemonSet, pod(), metav1.ObjectMeta{}, []string{`/DaemonSet meta.name`}},
		"generated name": {daemonSet, pod(), metav1.ObjectMeta{GenerateName: "x-"}, []string{`/DaemonSet meta.name ""`}},
		"name":           {daemonSet, pod(), metav1.ObjectMeta{Name: "A"}, []string{`/DaemonSet meta.name`}},
		"long name":      {daemonSet, pod(), metav1.ObjectMeta{Name: strings.Repeat("x", 64)}, []string{`/DaemonSet meta.name "` + strings.Repeat("x", 64) + `"`}},
		"namespace":      {daemonSet, pod(), metav1.ObjectMeta{Name: "x", Namespace: "A"}, []string{`/DaemonSet meta.namespace`}},
		"restart policy": {daemonSet, pod().WithRestartPolicy(corev1.RestartPolicyNever), metav1.ObjectMeta{Name: "x"}, []string{`/WithRestartPolicy policy "Never"`}},
		"label": {daemonSet, pod().WithLabels(map[string]string{"app.kubernetes.io/name": "y"}), metav1.ObjectMeta{Name: "x"},
			[]string{`/WithLabels value of app.kubernetes.io/name "y"`}},
		"two values": {onlyPod, pod().WithLabels(map[string]string{"a": "1"}), metav1.ObjectMeta{Name: "x", Labels: map[string]string{"a": "2"}},
			[]string{`/Pod meta.labels[a] "2"`}},
		"two annotations": {onlyPod, pod().WithAnnotations(map[string]string{"a": "1"}), metav1.ObjectMeta{Name: "x", Annotations: map[string]string{"a": "2"}},
			[]string{`/Pod meta.annotations[a] "2"`}},
		"edited": {daemonSet, pod().Edit(func(spec *corev1.PodSpec) { spec.HostNetwork = false }), metav1.ObjectMeta{Name: "x"}, []string{`/Edit hostNetwork`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, callsOf(t, test.build(test.pod, test.meta))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestPodTemplateSpec(t *testing.T) {
	p := pod().WithLabels(map[string]string{"a": "1"}).WithSelector(map[string]string{"b": "1"}).WithAnnotations(map[string]string{"c": "1"})
	got, err := p.PodTemplateSpec()
	if err != nil {
		t.Fatal(err)
	}
	want := &corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"a": "1", "b": "1"}, Annotations: map[string]string{"c": "1"}},
		Spec:       *build(t, p),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := pod(agent()).PodTemplateSpec(); err == nil {
		t.Error("a template with mistakes was built")
	}
}
