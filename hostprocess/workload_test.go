// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
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

// object is a workload that the builder returns, without its type.
type object interface {
	metav1.Object
	runtime.Object
}

// workloads makes every kind of object from a pod.
func workloads(p hostprocess.Pod, meta metav1.ObjectMeta) map[string]func() (object, error) {
	return map[string]func() (object, error){
		"Pod":        func() (object, error) { return p.Pod(meta) },
		"DaemonSet":  func() (object, error) { return p.DaemonSet(meta) },
		"Deployment": func() (object, error) { return p.Deployment(meta, 2) },
		"Job":        func() (object, error) { return p.Job(meta) },
		"CronJob":    func() (object, error) { return p.CronJob(meta, "0 3 * * *") },
	}
}

// Every object has its kind and API version, is the same each time, selects its own pods,
// and is the same after a round trip through YAML.
func TestWorkloads(t *testing.T) {
	p := pod(other().WithPort("metrics", 9100).WithLimit(corev1.ResourceMemory, "1Gi").
		WithReadinessProbe(hostprocess.TCPSocket(9100))).
		WithLabels(map[string]string{"a": "1"}).WithAnnotations(map[string]string{"b": "1"}).
		WithTerminationGracePeriod(time.Minute)
	for kind, make := range workloads(p, metav1.ObjectMeta{Name: "x", Namespace: "n", Labels: map[string]string{"c": "1"}}) {
		t.Run(kind, func(t *testing.T) {
			got, err := make()
			if err != nil {
				t.Fatal(err)
			}
			if again, err := make(); err != nil || !cmp.Equal(got, again) {
				t.Errorf("it is not the same again: %v\n%s", err, cmp.Diff(got, again))
			}
			gvk := got.GetObjectKind().GroupVersionKind()
			if gvk.Kind != kind || gvk.Version != "v1" {
				t.Errorf("type = %v", gvk)
			}
			if got.GetName() != "x" || got.GetNamespace() != "n" || got.GetLabels()["c"] != "1" {
				t.Errorf("metadata = %v", got)
			}
			text, err := yaml.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			back := reflect.New(reflect.TypeOf(got).Elem()).Interface()
			if err := yaml.UnmarshalStrict(text, back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(any(got), back); diff != "" {
				t.Errorf("YAML changed it (-before +after)\n%s", diff)
			}
			if findings, err := (validate.Validator{}).Object(got); err != nil || findings.Err() != nil {
				t.Errorf("findings: %v, %v", findings, err)
			}
		})
	}
}

func TestSelectorsMatch(t *testing.T) {
	p := pod().WithLabels(map[string]string{"a": "1"})
	meta := metav1.ObjectMeta{Name: "x"}
	daemonSet, err1 := p.DaemonSet(meta)
	deployment, err2 := p.Deployment(meta, 1)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for _, w := range []struct {
		selector *metav1.LabelSelector
		labels   map[string]string
	}{
		{daemonSet.Spec.Selector, daemonSet.Spec.Template.Labels},
		{deployment.Spec.Selector, deployment.Spec.Template.Labels},
	} {
		selector, err := metav1.LabelSelectorAsSelector(w.selector)
		if err != nil || selector.Empty() || !selector.Matches(labels.Set(w.labels)) {
			t.Errorf("%v does not select %v: %v", w.selector, w.labels, err)
		}
	}
}

func TestDeploymentStrategy(t *testing.T) {
	with, err := pod(other().WithPort("", 80)).Deployment(metav1.ObjectMeta{Name: "x"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := with.Spec.Strategy.RollingUpdate; got == nil || got.MaxSurge.IntValue() != 0 || got.MaxUnavailable.IntValue() != 1 {
		t.Errorf("with a port: %v", got)
	}
	without, err := pod().Deployment(metav1.ObjectMeta{Name: "x"}, 1)
	if err != nil || without.Spec.Strategy.Type != "" {
		t.Errorf("without a port: %v, %v", without, err)
	}
}

func TestJobRestartPolicy(t *testing.T) {
	job, err := pod().Job(metav1.ObjectMeta{Name: "x"})
	if err != nil || job.Spec.Template.Spec.RestartPolicy != corev1.RestartPolicyNever {
		t.Errorf("default: %v, %v", job, err)
	}
	cron, err := pod().WithRestartPolicy(corev1.RestartPolicyOnFailure).CronJob(metav1.ObjectMeta{Name: "x"}, "@daily")
	if err != nil || cron.Spec.JobTemplate.Spec.Template.Spec.RestartPolicy != corev1.RestartPolicyOnFailure {
		t.Errorf("chosen: %v, %v", cron, err)
	}
}

func TestNamespace(t *testing.T) {
	got, err := hostprocess.Namespace(metav1.ObjectMeta{Name: "agents", Labels: map[string]string{"a": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	if got.APIVersion != "v1" || got.Kind != "Namespace" || got.Labels["a"] != "1" || got.Labels["pod-security.kubernetes.io/enforce"] != "privileged" {
		t.Errorf("namespace = %v", got)
	}
	if _, err := hostprocess.Namespace(*got.ObjectMeta.DeepCopy()); err != nil {
		t.Errorf("with the labels that it would get: %v", err)
	}
	_, err = hostprocess.Namespace(metav1.ObjectMeta{Name: "A", Labels: map[string]string{"pod-security.kubernetes.io/enforce": "baseline"}})
	want := []string{`/Namespace meta.name`, `/Namespace meta.labels[pod-security.kubernetes.io/enforce] "baseline"`}
	if diff := cmp.Diff(want, callsOf(t, err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWorkloadMistakes(t *testing.T) {
	x := metav1.ObjectMeta{Name: "x"}
	long := strings.Repeat("x", 64)
	never := pod().WithRestartPolicy(corev1.RestartPolicyNever)
	for name, test := range map[string]struct {
		build func() (object, error)
		want  []string
	}{
		"no name":           {workloads(pod(), metav1.ObjectMeta{})["DaemonSet"], []string{`/DaemonSet meta.name`}},
		"generated name":    {workloads(pod(), metav1.ObjectMeta{GenerateName: "x-"})["DaemonSet"], []string{`/DaemonSet meta.name ""`}},
		"name":              {workloads(pod(), metav1.ObjectMeta{Name: "A"})["DaemonSet"], []string{`/DaemonSet meta.name`}},
		"long name":         {workloads(pod(), metav1.ObjectMeta{Name: long})["DaemonSet"], []string{`/DaemonSet meta.name "` + long + `"`}},
		"long job":          {workloads(pod(), metav1.ObjectMeta{Name: long})["Job"], []string{`/Job meta.name "` + long + `"`}},
		"long cron job":     {workloads(pod(), metav1.ObjectMeta{Name: long[:53]})["CronJob"], []string{`/CronJob meta.name "` + long[:53] + `"`}},
		"namespace":         {workloads(pod(), metav1.ObjectMeta{Name: "x", Namespace: "A"})["Deployment"], []string{`/Deployment meta.namespace`}},
		"daemon set once":   {workloads(never, x)["DaemonSet"], []string{`/WithRestartPolicy policy "Never"`}},
		"deployment once":   {workloads(never, x)["Deployment"], []string{`/WithRestartPolicy policy "Never"`}},
		"ending daemon set": {workloads(pod().WithActiveDeadline(time.Minute), x)["DaemonSet"], []string{`/WithActiveDeadline deadline 1m0s`}},
		"ending deployment": {workloads(pod().WithActiveDeadline(time.Minute), x)["Deployment"], []string{`/WithActiveDeadline deadline 1m0s`}},
		"job forever":       {workloads(pod().WithRestartPolicy(corev1.RestartPolicyAlways), x)["Job"], []string{`/WithRestartPolicy policy "Always"`}},
		"cron job forever":  {workloads(pod().WithRestartPolicy(corev1.RestartPolicyAlways), x)["CronJob"], []string{`/WithRestartPolicy policy "Always"`}},
		"replicas":          {func() (object, error) { return pod().Deployment(x, -1) }, []string{`/Deployment replicas -1`}},
		"label": {workloads(pod().WithLabels(map[string]string{"app.kubernetes.io/name": "y"}), x)["DaemonSet"],
			[]string{`/WithLabels value of app.kubernetes.io/name "y"`}},
		"two values": {workloads(pod().WithLabels(map[string]string{"a": "1"}), metav1.ObjectMeta{Name: "x", Labels: map[string]string{"a": "2"}})["Pod"],
			[]string{`/Pod meta.labels[a] "2"`}},
		"two annotations": {workloads(pod().WithAnnotations(map[string]string{"a": "1"}), metav1.ObjectMeta{Name: "x", Annotations: map[string]string{"a": "2"}})["Pod"],
			[]string{`/Pod meta.annotations[a] "2"`}},
		"edited": {workloads(pod().Edit(func(spec *corev1.PodSpec) { spec.HostNetwork = false }), x)["DaemonSet"], []string{`/Edit hostNetwork`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.build()
			if diff := cmp.Diff(test.want, callsOf(t, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The names are as long as the controllers leave room for, and there may be no
// pod at all.
func TestWorkloadLimits(t *testing.T) {
	name := func(n int) metav1.ObjectMeta { return metav1.ObjectMeta{Name: strings.Repeat("x", n)} }
	for kind, longest := range map[string]int{"Pod": 253, "Job": 63, "CronJob": 52} {
		if _, err := workloads(pod(), name(longest))[kind](); err != nil {
			t.Errorf("%s with a name of %d characters: %v", kind, longest, err)
		}
		if _, err := workloads(pod(), name(longest+1))[kind](); err == nil {
			t.Errorf("a %s with a name of %d characters was built", kind, longest+1)
		}
	}
	if deployment, err := pod().Deployment(name(1), 0); err != nil || *deployment.Spec.Replicas != 0 {
		t.Errorf("a Deployment without replicas: %v", err)
	}
}

// A prefix becomes a name of the API server's making, and that must be one that the
// kind can have.
func TestGeneratedNames(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	subdomain := map[string]bool{"x-": true, "x.y-": true, "x.y": true, "X-": false, "x_": false, "x.-": false, long(57) + "._": false, long(64): true, long(253): true, long(254): false}
	p := pod().WithSelector(map[string]string{"a": "1"})
	for kind, prefixes := range map[string]map[string]bool{
		"Pod": subdomain, "DaemonSet": subdomain, "Deployment": subdomain, "Job": subdomain,
		"CronJob": {"x-": true, "x.y-": true, "X-": false, long(47): true, long(48): false, long(64): false},
	} {
		for prefix, good := range prefixes {
			_, err := workloads(p, metav1.ObjectMeta{GenerateName: prefix})[kind]()
			switch {
			case good && err != nil:
				t.Errorf("%s %q: %v", kind, prefix, err)
			case !good && err == nil:
				t.Errorf("a %s was built with a name that starts with %q", kind, prefix)
			case !good && !strings.HasPrefix(callsOf(t, err)[0], "/"+kind+" meta."):
				t.Errorf("%s %q: %v", kind, prefix, err)
			}
		}
	}
	// With a name, no name is generated, but the API server still validates the prefix.
	if _, err := workloads(p, metav1.ObjectMeta{Name: "x", GenerateName: long(48)})["CronJob"](); err != nil {
		t.Errorf("a CronJob with both: %v", err)
	}
	for prefix, good := range map[string]bool{"x-": true, "x.y-": false} {
		if _, err := hostprocess.Namespace(metav1.ObjectMeta{GenerateName: prefix}); (err == nil) != good {
			t.Errorf("a Namespace with a name that starts with %q: %v", prefix, err)
		}
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
