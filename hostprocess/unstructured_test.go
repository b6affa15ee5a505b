// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/hostprocess"
)

// TestUnstructured compares with the fields that were set, one by one.
func TestUnstructured(t *testing.T) {
	set := &appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{Name: "agent"},
		Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			Volumes: []corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
			Containers: []corev1.Container{
				{Name: "a", Env: []corev1.EnvVar{{Name: "M", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.memory"}}}}},
				{Name: "b", Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"memory": resource.MustParse("1Gi")}}, SecurityContext: &corev1.SecurityContext{}},
			},
			Affinity: &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{LabelSelector: &metav1.LabelSelector{}, TopologyKey: "x"}}}},
		}}},
		Status: appsv1.DaemonSetStatus{DesiredNumberScheduled: 3},
	}
	want := map[string]any{
		"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": map[string]any{"name": "agent"},
		"spec": map[string]any{"selector": nil, "template": map[string]any{"spec": map[string]any{
			"volumes": []any{map[string]any{"name": "scratch", "emptyDir": map[string]any{}}},
			"containers": []any{
				map[string]any{"name": "a", "env": []any{map[string]any{"name": "M", "valueFrom": map[string]any{"resourceFieldRef": map[string]any{"resource": "limits.memory"}}}}},
				map[string]any{"name": "b", "resources": map[string]any{"limits": map[string]any{"memory": "1Gi"}}, "securityContext": map[string]any{}},
			},
			"affinity": map[string]any{"podAntiAffinity": map[string]any{"requiredDuringSchedulingIgnoredDuringExecution": []any{map[string]any{"labelSelector": map[string]any{}, "topologyKey": "x"}}}},
		}}},
	}
	delete(want["spec"].(map[string]any), "selector")
	before := set.DeepCopy()
	got, err := hostprocess.Unstructured(set)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Object); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before, set); diff != "" {
		t.Errorf("the input (-before +after)\n%s", diff)
	}
	again, err := hostprocess.Unstructured(got)
	if err != nil || !cmp.Equal(got, again) {
		t.Errorf("again: %v, %v", again, err)
	}
	for name, object := range map[string]runtime.Object{
		"nil": nil, "nil object": (*corev1.Pod)(nil), "no kind": &corev1.Pod{}, "no version": &corev1.Pod{TypeMeta: metav1.TypeMeta{Kind: "Pod"}}, "empty": &unstructured.Unstructured{},
	} {
		if got, err := hostprocess.Unstructured(object); err == nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestUnstructuredIsTheSame reads every kind of workload back: no field is lost, and none
// is added.
func TestUnstructuredIsTheSame(t *testing.T) {
	for name, object := range manifests(t, "../validate/testdata/good") {
		fields, err := hostprocess.Unstructured(object)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, err := yaml.Marshal(fields)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimPrefix(strings.TrimSpace(line), "- "); strings.HasSuffix(line, ": null") || strings.HasSuffix(line, ": {}") && line != "emptyDir: {}" && line != "securityContext: {}" || line == "status:" {
				t.Errorf("%s: %s", name, line)
			}
		}
		back := reflect.New(reflect.TypeOf(object).Elem()).Interface().(runtime.Object)
		if err := yaml.UnmarshalStrict(text, back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !equality.Semantic.DeepEqual(object, back) {
			t.Errorf("%s (-before +after)\n%s", name, cmp.Diff(object, back))
		}
	}
}
