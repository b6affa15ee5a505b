// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"errors"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// representative returns a valid pod of typical size: two containers, an init container,
// five volumes, seven mounts, env and probes.
func representative() *corev1.Pod {
	const sandbox = `%CONTAINER_SANDBOX_MOUNT_POINT%`
	volume := func(name string) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}}
	}
	mount := func(name string) corev1.VolumeMount {
		return corev1.VolumeMount{Name: name, MountPath: "/etc/agent/" + name}
	}
	probe := &corev1.Probe{TimeoutSeconds: 15, ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{sandbox + `\agent.exe`, "--health"}}}}
	container := func(name string, mounts ...corev1.VolumeMount) corev1.Container {
		return corev1.Container{
			Name: name, Image: "registry.example.com/" + name + ":1.4",
			Command: []string{sandbox + `\` + name + `.exe`, "--config", sandbox + `\etc\agent\config\agent.yaml`},
			Args:    []string{"--verbose", "--listen=:9100"}, WorkingDir: sandbox,
			Env: []corev1.EnvVar{
				{Name: "NODE_NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
				{Name: "LOG_LEVEL", Value: "info"},
			},
			VolumeMounts: mounts, LivenessProbe: probe,
		}
	}
	first := container("agent", mount("config"), mount("rules"), mount("certs"))
	first.Ports = []corev1.ContainerPort{{ContainerPort: 9100}}
	first.ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromInt32(9100)}}}
	first.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")}
	first.Resources.Requests = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")}
	return &corev1.Pod{Spec: corev1.PodSpec{
		OS:           &corev1.PodOS{Name: corev1.Windows},
		HostNetwork:  true,
		NodeSelector: map[string]string{corev1.LabelOSStable: "windows"},
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\Local Service`),
		}},
		InitContainers: []corev1.Container{{
			Name: "setup", Image: "registry.example.com/setup:1.4", WorkingDir: sandbox,
			Command: []string{sandbox + `\setup.exe`}, VolumeMounts: []corev1.VolumeMount{mount("config"), mount("data")},
		}},
		Containers: []corev1.Container{first, container("helper", mount("config"), mount("extra"))},
		Volumes:    []corev1.Volume{volume("config"), volume("rules"), volume("certs"), volume("data"), volume("extra")},
	}}
}

// everyMode is one target of each mode.
var everyMode = []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), validate.NewTarget(volumes.Runtime{}, volumes.ModeBind), validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}

func TestCleanPodAllocatesNothing(t *testing.T) {
	p := representative()
	for _, v := range []validate.Validator{{}, {Targets: everyMode}} {
		if findings := v.Pod(p); findings != nil {
			t.Fatalf("the representative pod has findings: %v", findings)
		}
		if n := testing.AllocsPerRun(100, func() { v.Pod(p) }); n != 0 {
			t.Errorf("judging a clean pod for %d targets allocates %v times", len(v.Targets), n)
		}
	}
}

func BenchmarkCleanPod(b *testing.B) {
	p := representative()
	v := validate.Validator{Targets: everyMode}
	b.ReportAllocs()
	for b.Loop() {
		v.Pod(p)
	}
}

func TestNilAndOther(t *testing.T) {
	var v validate.Validator
	if v.Pod(nil) != nil || v.PodSpec(nil, nil) != nil || v.PodTemplateSpec(nil, nil) != nil || validate.IsHostProcess(nil) {
		t.Error("nil has findings")
	}
	for _, object := range []runtime.Object{nil, &corev1.ConfigMap{}, (*corev1.Pod)(nil), (*appsv1.DaemonSet)(nil)} {
		var kind *validate.KindError
		if _, err := v.Object(object); !errors.As(err, &kind) {
			t.Errorf("%T is judged: %v", object, err)
		}
	}
}

func TestFieldsStartWhereTheCallerSays(t *testing.T) {
	spec := &representative().Spec
	spec.HostNetwork = false
	template := &corev1.PodTemplateSpec{Spec: *spec}
	var v validate.Validator
	for _, c := range []struct {
		want string
		got  validate.Findings
	}{
		{"hostNetwork", v.PodSpec(spec, nil)},
		{"spec.agent.hostNetwork", v.PodSpec(spec, field.NewPath("spec", "agent"))},
		{"spec.hostNetwork", v.PodTemplateSpec(template, nil)},
		{"spec.agents[2].spec.hostNetwork", v.PodTemplateSpec(template, field.NewPath("spec", "agents").Index(2))},
	} {
		if len(c.got) != 1 || c.got[0].Field != c.want {
			t.Errorf("got %v, want one finding at %s", c.got, c.want)
		}
	}
}

func TestDisabled(t *testing.T) {
	p := representative()
	p.Spec.HostNetwork = false
	if got := (validate.Validator{Ignore: []validate.RuleID{"host-network"}}).Pod(p); got != nil {
		t.Errorf("an ignored rule finds %v", got)
	}
}

func TestFindingsAsOthersWantThem(t *testing.T) {
	p := representative()
	p.Spec.HostNetwork = false
	p.Spec.SecurityContext.WindowsOptions.RunAsUserName = nil
	findings := validate.Validator{}.Pod(p)

	err := findings.Err()
	var one validate.Finding
	if !errors.As(err, &one) || one.Rule != "host-network" {
		t.Errorf("errors.As reaches %v in %v", one, err)
	}
	all := findings.With(validate.SeverityError)
	list := findings.ErrorList()
	if len(list) != len(all) || list[0].Field != "spec.hostNetwork" || list[0].Origin != "host-network" {
		t.Errorf("ErrorList is %v", list)
	}
	want := map[string]*field.Error{
		"host-network":             field.Invalid(field.NewPath("spec", "hostNetwork"), false, ""),
		"run-as-user-name-missing": field.Required(field.NewPath("spec", "initContainers").Index(0).Child("securityContext", "windowsOptions", "runAsUserName"), ""),
	}
	for _, e := range list {
		w := want[e.Origin]
		if w == nil {
			continue
		}
		delete(want, e.Origin)
		if e.Type != w.Type || e.Field != w.Field || e.Type == field.ErrorTypeInvalid && e.BadValue != w.BadValue || !strings.Contains(e.Detail, " (") {
			t.Errorf("%#v, want %#v and a fix", e, w)
		}
	}
	if len(want) > 0 {
		t.Errorf("not in the ErrorList: %v", want)
	}
	if (validate.Findings)(nil).Err() != nil || (validate.Findings)(nil).ErrorList() != nil || (validate.Findings)(nil).Warnings() != nil {
		t.Error("no findings are something")
	}
}

func TestNilOfEveryKind(t *testing.T) {
	for _, object := range []runtime.Object{
		(*corev1.Pod)(nil), (*corev1.PodTemplate)(nil), (*corev1.ReplicationController)(nil), (*appsv1.DaemonSet)(nil), (*appsv1.Deployment)(nil),
		(*appsv1.ReplicaSet)(nil), (*appsv1.StatefulSet)(nil), (*batchv1.Job)(nil), (*batchv1.CronJob)(nil),
	} {
		var kind *validate.KindError
		if _, err := (validate.Validator{}).Object(object); !errors.As(err, &kind) {
			t.Errorf("%T is judged: %v", object, err)
		}
	}
}

func TestReplicationControllerWithoutTemplate(t *testing.T) {
	rc := &corev1.ReplicationController{}
	spec, err := validate.PodSpecOf(rc)
	if spec != nil || err != nil {
		t.Errorf("the spec is %v, %v", spec, err)
	}
	findings, err := validate.Validator{}.Object(rc)
	if findings != nil || err != nil {
		t.Errorf("findings %v, %v", findings, err)
	}
}

// A pod may say that it is a HostProcess pod while every container says no: the
// API server requires the two to agree, and nothing is asked of its network.
func TestNoContainerIsHostProcess(t *testing.T) {
	p := representative()
	p.Spec.HostNetwork, p.Spec.InitContainers = false, nil
	for i := range p.Spec.Containers {
		p.Spec.Containers[i].SecurityContext = &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(false)}}
	}
	findings := validate.Validator{}.Pod(p)
	if !found(findings, "host-process-mismatch") || found(findings, "host-network") || found(findings, "host-process-mixed") {
		t.Errorf("found %v", findings)
	}
}
