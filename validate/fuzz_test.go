// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// targetSets are the nodes for which the objects below are validated.
var targetSets = [][]validate.Target{
	nil,
	{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16)},
	{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)},
	everyMode,
	{mustTarget("1.6.5"), mustTarget("1.6.34"), mustTarget("1.7.0-beta.1"), mustTarget("1.7.15"), mustTarget("1.7.19@symlinkHPC")},
}

func mustTarget(text string) validate.Target {
	target, err := validate.ParseTarget(text)
	if err != nil {
		panic(err)
	}
	return target
}

// FuzzObjects validates arbitrary objects from YAML or JSON for each set of nodes:
// nothing may panic or change the object, the findings must be the same each time, and
// each form of the findings must contain all of them.
func FuzzObjects(f *testing.F) {
	for i, path := range fixturePaths(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if i%8 == 0 {
			f.Add(text)
		}
	}
	f.Add([]byte(`{"spec":{"securityContext":{"windowsOptions":{"hostProcess":true}},"containers":[{},null,{"command":null,"env":[{}],"volumeMounts":[{}],"lifecycle":{"preStop":{"exec":{}}}}],"volumes":[{}],"initContainers":[{"securityContext":{"windowsOptions":{}}}]}}`))
	read, pod := decoder(false), corev1.SchemeGroupVersion.WithKind("Pod")
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			return
		}
		object, _, err := read.Decode(text, &pod, nil)
		if err != nil {
			return
		}
		checkObject(t, object)
		if spec, err := validate.PodSpecOf(object); err == nil && spec != nil {
			for _, around := range []runtime.Object{
				&appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: *spec}}},
				&batchv1.CronJob{Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: *spec}}}}},
			} {
				checkObject(t, around)
			}
		}
	})
}

// checkObject validates an object for each set of nodes, and for the oldest and the
// newest API server.
func checkObject(t *testing.T, object runtime.Object) {
	t.Helper()
	before := object.DeepCopyObject()
	for i, targets := range targetSets {
		v := validate.Validator{Targets: targets, KubernetesMinor: 26 * (i % 2)}
		findings, err := v.Object(object)
		if err != nil {
			var kind *validate.KindError
			if !errors.As(err, &kind) {
				t.Fatalf("an error of another type: %v", err)
			}
			return
		}
		again, _ := v.Object(object)
		if diff := cmp.Diff(findings, again); diff != "" {
			t.Errorf("the findings differ from run to run (-first +second):\n%s", diff)
		}
		checkTraits(t, v, object, findings)
		checkFindings(t, v, object, findings)
	}
	if diff := cmp.Diff(before, object); diff != "" {
		t.Errorf("judging has changed the object (-before +after):\n%s", diff)
	}
}

// checkFindings compares all forms of the findings.
func checkFindings(t *testing.T, v validate.Validator, object runtime.Object, findings validate.Findings) {
	t.Helper()
	errorsFound, warnings := findings.With(validate.SeverityError), findings.With(validate.SeverityWarning)
	if (findings.Err() != nil) != (len(errorsFound) > 0) || len(findings.ErrorList()) != len(errorsFound) || len(findings.Warnings()) != len(warnings) {
		t.Errorf("Err, ErrorList or Warnings don't hold what is found: %v", findings)
	}
	for _, f := range findings {
		if f.Rule == "" || f.Message == "" || f.Field == "" || f.Fix == "" {
			t.Errorf("a finding is not whole: %+v", f)
		}
		if text, err := json.Marshal(f); err != nil || len(f.Message) > 4096 {
			t.Errorf("a finding can't be written (%v) or has a message of %d bytes: %.200s", err, len(f.Message), text)
		}
	}
	if len(findings) == 0 {
		return
	}
	first := findings[0].Rule
	kept, ignored, unknown := validate.Ignore(findings, map[string]string{validate.IgnoreAnnotation: string(first) + ", nonsense"})
	if len(kept)+len(ignored) != len(findings) || !slices.Equal(unknown, []string{"nonsense"}) {
		t.Errorf("ignoring %s keeps %d and takes %d of %d, and knows no %q", first, len(kept), len(ignored), len(findings), unknown)
	}
	v.Ignore = []validate.RuleID{first}
	without, _ := v.Object(object)
	if diff := cmp.Diff(kept, without); diff != "" {
		t.Errorf("ignoring %s by the Validator and by the annotation differ (-annotation +Validator):\n%s", first, diff)
	}
}

// FuzzContainerRules validates pods with arbitrary paths, names and values: nothing may
// panic, and the findings are the same each time.
func FuzzContainerRules(f *testing.F) {
	f.Add(`\\.\pipe\x`, "//./pipe/x", "", "", "PATH", "", int64(0))                  // pipes
	f.Add("C:", "D:data", "/", "%container_sandbox_mount_point%", "", "x", int64(1)) // drives
	f.Add(`C:\Windows`, "/k", "a/../b", "$CONTAINER_SANDBOX_MOUNT_POINT", "Path", `%PATH%;C:\x`, int64(1<<20))
	f.Add("/a\x00b", "é\xff", "..", "bin", "container_sandbox_mount_point", "$env:CONTAINER_SANDBOX_MOUNT_POINT", int64(-1))
	f.Add("/etc//x.sock", "\\??\\C:", "x.sock", "D:", "KUBECONFIG", "127.0.0.1", int64(1<<62))
	f.Fuzz(func(t *testing.T, hostPath, mountPath, subPath, dir, name, value string, memory int64) {
		container := corev1.Container{
			Name: name, WorkingDir: dir, TerminationMessagePath: subPath,
			Args:         []string{"--listen=" + value, "kubectl " + value},
			Env:          []corev1.EnvVar{{Name: name, Value: value}, {Name: strings.ToUpper(name)}},
			Ports:        []corev1.ContainerPort{{ContainerPort: 9100, HostIP: value}},
			Resources:    corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(memory, resource.BinarySI)}},
			VolumeMounts: []corev1.VolumeMount{{Name: "a", MountPath: mountPath, SubPath: subPath, ReadOnly: true}, {Name: "b", MountPath: hostPath}, {Name: name, MountPath: subPath}},
		}
		p := representative()
		p.Spec.InitContainers = append(p.Spec.InitContainers, container)
		p.Spec.Containers = append(p.Spec.Containers, container)
		p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(container)}}
		p.Spec.Volumes = append(p.Spec.Volumes,
			corev1.Volume{Name: "a", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: hostPath}}},
			corev1.Volume{Name: "b", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMedium(value)}}})
		for _, targets := range [][]validate.Target{nil, everyMode, {validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16)}} {
			v := validate.Validator{Targets: targets}
			first := v.Pod(p)
			if diff := cmp.Diff(first, v.Pod(p)); diff != "" {
				t.Errorf("the findings differ from run to run (-first +second):\n%s", diff)
			}
			for _, finding := range first {
				if finding.Message == "" || finding.Field == "" || finding.Fix == "" {
					t.Errorf("a finding is not whole: %+v", finding)
				}
			}
		}
	})
}
