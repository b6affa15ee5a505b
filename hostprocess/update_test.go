// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

func newImage(p hostprocess.Pod, container string) hostprocess.Pod {
	return p.EditContainer(container, func(c hostprocess.Container) hostprocess.Container {
		return c.WithImage("registry.example.com/agent:1.5")
	})
}

func unchanged(p hostprocess.Pod) hostprocess.Pod { return p }

// update calls Update for an object of any kind.
func update(object any, change func(hostprocess.Pod) hostprocess.Pod) (any, error) {
	switch o := object.(type) {
	case *corev1.PodSpec:
		return hostprocess.Update(o, change)
	case *corev1.PodTemplateSpec:
		return hostprocess.Update(o, change)
	case *corev1.Pod:
		return hostprocess.Update(o, change)
	case *corev1.PodTemplate:
		return hostprocess.Update(o, change)
	case *corev1.ReplicationController:
		return hostprocess.Update(o, change)
	case *appsv1.DaemonSet:
		return hostprocess.Update(o, change)
	case *appsv1.Deployment:
		return hostprocess.Update(o, change)
	case *appsv1.ReplicaSet:
		return hostprocess.Update(o, change)
	case *appsv1.StatefulSet:
		return hostprocess.Update(o, change)
	case *batchv1.Job:
		return hostprocess.Update(o, change)
	case *batchv1.CronJob:
		return hostprocess.Update(o, change)
	}
	return nil, fmt.Errorf("%T is no workload", object)
}

// manifests are the workloads of all files below a directory, by file and number.
func manifests(t *testing.T, dir string) map[string]runtime.Object {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme).UniversalDeserializer()
	found := map[string]runtime.Object{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, document := range bytes.Split(text, []byte("\n---")) {
			object, _, err := decoder.Decode(document, nil, nil)
			if err != nil {
				continue // another kind of object, or no object
			}
			if spec, err := validate.PodSpecOf(object); err == nil && spec != nil {
				found[fmt.Sprintf("%s %d", path, i)] = object
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestUpdateLeavesTheRest updates all pods of package validate's tests, right and
// wrong ones, as each kind of workload.
func TestUpdateLeavesTheRest(t *testing.T) {
	objects := manifests(t, "../validate/testdata")
	if len(objects) < 50 {
		t.Fatalf("only %d workloads", len(objects))
	}
	changed := 0
	for name, object := range objects {
		spec, err := validate.PodSpecOf(object)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range append(wrapped(spec), any(object)) {
			before := deepCopy(in)
			got, err := update(in, unchanged)
			if err != nil {
				t.Errorf("%s as %T: no change: %v", name, in, err)
				continue
			}
			if diff := cmp.Diff(before, got); diff != "" {
				t.Errorf("%s as %T: no change (-before +after)\n%s", name, in, diff)
			}
			if len(spec.Containers) == 0 || strings.Contains(spec.Containers[0].Name, " ") {
				continue
			}
			container := spec.Containers[0].Name
			got, err = update(in, func(p hostprocess.Pod) hostprocess.Pod { return newImage(p, container) })
			if err != nil {
				t.Errorf("%s as %T: a new image: %v", name, in, err)
				continue
			}
			want := specOf(before)
			for _, list := range [][]corev1.Container{want.InitContainers, want.Containers} {
				for i := range list {
					if list[i].Name == container {
						list[i].Image = "registry.example.com/agent:1.5"
					}
				}
			}
			if diff := cmp.Diff(before, got); diff != "" {
				t.Errorf("%s as %T: a new image (-want +got)\n%s", name, in, diff)
			}
			changed++
		}
	}
	t.Logf("%d workloads; %d new images", len(objects), changed)
}

func deepCopy(object any) any {
	return reflect.ValueOf(object).MethodByName("DeepCopy").Call(nil)[0].Interface()
}

func specOf(object any) *corev1.PodSpec {
	switch o := object.(type) {
	case *corev1.PodSpec:
		return o
	case *corev1.PodTemplateSpec:
		return &o.Spec
	}
	spec, _ := validate.PodSpecOf(object.(runtime.Object))
	return spec
}

// wrapped is a pod in each kind of workload.
func wrapped(spec *corev1.PodSpec) []any {
	labels := map[string]string{"app": "agent"}
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels, Annotations: map[string]string{"a": "b"}, Name: "kept"}, Spec: *spec.DeepCopy()}
	selector := &metav1.LabelSelector{MatchLabels: labels}
	meta := metav1.ObjectMeta{Name: "agent", ResourceVersion: "7", Generation: 3}
	return []any{
		spec.DeepCopy(), &template,
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "agent", Finalizers: []string{"example.com/x"}}, Spec: *spec.DeepCopy(), Status: corev1.PodStatus{Phase: corev1.PodRunning}},
		&corev1.PodTemplate{ObjectMeta: meta, Template: template},
		&corev1.ReplicationController{ObjectMeta: meta, Spec: corev1.ReplicationControllerSpec{Selector: labels, Template: &template}},
		&appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Selector: selector, Template: template, MinReadySeconds: 5}},
		&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To(int32(3)), Selector: selector, Template: template, RevisionHistoryLimit: ptr.To(int32(2)),
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}, Paused: true,
		}, Status: appsv1.DeploymentStatus{Replicas: 3}},
		&appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Selector: selector, Template: template}},
		&appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Selector: selector, Template: template, ServiceName: "x", VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}}}}},
		&batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{Template: template, BackoffLimit: ptr.To(int32(1))}},
		&batchv1.CronJob{ObjectMeta: meta, Spec: batchv1.CronJobSpec{Schedule: "@daily", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template}}}},
	}
}

func deployment() *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "agent", Namespace: "agents"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "agent"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "agent", "team": "a"}},
				Spec: corev1.PodSpec{
					HostNetwork: true, NodeSelector: map[string]string{"kubernetes.io/os": "windows"},
					SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
						HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\Local Service`)}},
					Containers: []corev1.Container{{Name: "agent", Image: "registry.example.com/agent:1.4", WorkingDir: `C:\`}},
				},
			},
		},
	}
}

func TestUpdate(t *testing.T) {
	before := deployment()
	got, err := hostprocess.Update(before, func(p hostprocess.Pod) hostprocess.Pod {
		return newImage(p, "agent").
			WithLabels(map[string]string{"team": "b"}).WithAnnotations(map[string]string{"x": "y"}).
			WithRunAs(accounts.LocalSystem).
			EditContainer("agent", func(c hostprocess.Container) hostprocess.Container {
				return c.WithMount(hostprocess.ConfigMap("config"), "/etc/agent").Edit(func(c *corev1.Container) { c.TTY = true })
			}).
			WithSidecars(hostprocess.NewContainer("side", "registry.example.com/side:1"))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := deployment()
	template := &want.Spec.Template
	template.Labels = map[string]string{"app": "agent", "team": "b"}
	template.Annotations = map[string]string{"x": "y"}
	template.Spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To(`NT AUTHORITY\SYSTEM`)
	template.Spec.Volumes = []corev1.Volume{{Name: "configmap-config", VolumeSource: corev1.VolumeSource{
		ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "config"}}}}}
	c := &template.Spec.Containers[0]
	c.Image, c.TTY = "registry.example.com/agent:1.5", true
	c.VolumeMounts = []corev1.VolumeMount{{Name: "configmap-config", MountPath: "/etc/agent"}}
	template.Spec.InitContainers = []corev1.Container{{Name: "side", Image: "registry.example.com/side:1",
		WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(deployment(), before); diff != "" {
		t.Errorf("the input (-before +after)\n%s", diff)
	}
}

func TestUpdateMistakes(t *testing.T) {
	broken := deployment()
	broken.Spec.Template.Spec.HostNetwork = false
	old := deployment()
	old.Spec.Selector.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: "team", Operator: metav1.LabelSelectorOpIn, Values: []string{"a"}}}
	container := func(change func(hostprocess.Container) hostprocess.Container) func(hostprocess.Pod) hostprocess.Pod {
		return func(p hostprocess.Pod) hostprocess.Pod { return p.EditContainer("agent", change) }
	}
	for name, test := range map[string]struct {
		object *appsv1.Deployment
		change func(hostprocess.Pod) hostprocess.Pod
		want   []string
	}{
		"nil":          {nil, unchanged, []string{"/Update object nil"}},
		"no function":  {deployment(), nil, []string{"/Update change nil"}},
		"other pod":    {deployment(), func(hostprocess.Pod) hostprocess.Pod { return pod() }, []string{"/Update change nil"}},
		"zero pod":     {deployment(), func(hostprocess.Pod) hostprocess.Pod { return hostprocess.Pod{} }, []string{"/Update change nil"}},
		"no container": {deployment(), func(p hostprocess.Pod) hostprocess.Pod { return newImage(p, "other") }, []string{`/EditContainer name "other"`}},
		"selector":     {deployment(), func(p hostprocess.Pod) hostprocess.Pod { return p.WithSelector(map[string]string{"a": "b"}) }, []string{"/WithSelector labels map[a:b]"}},
		"label":        {deployment(), func(p hostprocess.Pod) hostprocess.Pod { return p.WithLabels(map[string]string{"app": "x"}) }, []string{"/WithLabels labels map[app:x team:a]"}},
		"expression":   {old, func(p hostprocess.Pod) hostprocess.Pod { return p.WithLabels(map[string]string{"team": "x"}) }, []string{"/WithLabels labels map[app:agent team:x]"}},
		"was wrong":    {broken, unchanged, nil},
		"gets worse": {broken, container(func(c hostprocess.Container) hostprocess.Container {
			return c.WithCommand(hostprocess.RawCommand("/bin/sh"))
		}), []string{"agent/WithCommand command[0]"}},
		"edited": {deployment(), func(p hostprocess.Pod) hostprocess.Pod {
			return p.Edit(func(s *corev1.PodSpec) { s.HostNetwork = false })
		}, []string{"/Edit hostNetwork"}},
		"edited inside": {deployment(), container(func(c hostprocess.Container) hostprocess.Container {
			return c.Edit(func(c *corev1.Container) { c.Command = []string{"/bin/sh"} })
		}), []string{"agent/Edit command[0]"}},
		"mount": {deployment(), container(func(c hostprocess.Container) hostprocess.Container {
			return c.WithMount(hostprocess.ConfigMap("a"), "C:")
		}), []string{`agent/WithMount mountPath "C:"`}},
		"old node": {deployment(), func(p hostprocess.Pod) hostprocess.Pod {
			return p.WithRunAs(accounts.LocalGroup("agents")).For(validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16))
		}, []string{`/WithRunAs account "agents"`}},
		"old Kubernetes": {deployment(), func(p hostprocess.Pod) hostprocess.Pod {
			return p.WithSidecars(hostprocess.NewContainer("side", "image")).ForKubernetes(28)
		}, []string{`side/WithSidecars containers "side"`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := hostprocess.Update(test.object, test.change)
			if (err == nil) != (test.want == nil) || (got == nil) != (err != nil) {
				t.Fatalf("got %v, %v", got, err)
			}
			if test.want == nil {
				return
			}
			var wrong *hostprocess.BuildError
			if !errors.As(err, &wrong) {
				t.Fatalf("%T: %v", err, err)
			}
			var calls []string
			for _, m := range wrong.Mistakes {
				var f validate.Finding
				if errors.As(m, &f) && !strings.HasPrefix(f.Field, "spec.template.spec.") {
					t.Errorf("%s is no field of the object", f.Field)
				}
				calls = append(calls, m.Container+"/"+m.Method+" "+m.Argument)
			}
			if diff := cmp.Diff(test.want, calls); diff != "" {
				t.Errorf("(-want +got)\n%s\n%v", diff, err)
			}
		})
	}
	if got, err := hostprocess.Update(&corev1.ReplicationController{}, unchanged); err == nil || got != nil {
		t.Errorf("without a template: %v, %v", got, err)
	}
	labelled := func(p hostprocess.Pod) hostprocess.Pod { return p.WithLabels(map[string]string{"a": "b"}) }
	if got, err := hostprocess.Update(&deployment().Spec.Template.Spec, labelled); err == nil || got != nil {
		t.Errorf("labels of a spec: %v, %v", got, err)
	}
}
