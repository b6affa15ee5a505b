// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package convert_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
	"github.com/hostprocess-go/sdk/validate"
)

// other is a container without mistakes.
func other() hostprocess.Container { return hostprocess.NewContainer("other", "image") }

// pod is a pod without mistakes.
func pod(more ...hostprocess.Container) hostprocess.Pod {
	return hostprocess.NewPod(accounts.LocalService, append([]hostprocess.Container{hostprocess.NewContainer("agent", "image")}, more...)...)
}

func build(t *testing.T, p hostprocess.Pod) *corev1.PodSpec {
	t.Helper()
	spec, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// linux is a pod of a Linux DaemonSet with most of the fields that Windows doesn't
// support.
func linux() *corev1.PodSpec {
	return &corev1.PodSpec{
		OS:                    &corev1.PodOS{Name: corev1.Linux},
		HostPID:               true,
		HostIPC:               true,
		HostUsers:             ptr.To(true),
		ShareProcessNamespace: ptr.To(true),
		HostnameOverride:      ptr.To("x"),
		Resources:             &corev1.ResourceRequirements{},
		NodeSelector:          map[string]string{"kubernetes.io/os": "linux", "beta.kubernetes.io/os": "linux", "a": "1"},
		Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{
				{Key: "kubernetes.io/os", Operator: corev1.NodeSelectorOpIn, Values: []string{"linux"}},
				{Key: "x", Operator: corev1.NodeSelectorOpExists}}}},
		}}},
		SecurityContext: &corev1.PodSecurityContext{
			RunAsUser: ptr.To(int64(0)), RunAsGroup: ptr.To(int64(0)), RunAsNonRoot: ptr.To(true), FSGroup: ptr.To(int64(1)),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}, SupplementalGroups: []int64{1},
			SELinuxOptions: &corev1.SELinuxOptions{Level: "s0"}, Sysctls: []corev1.Sysctl{{Name: "a", Value: "1"}},
			AppArmorProfile:     &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined},
			FSGroupChangePolicy: ptr.To(corev1.FSGroupChangeAlways), SupplementalGroupsPolicy: ptr.To(corev1.SupplementalGroupsPolicyMerge),
			SELinuxChangePolicy: ptr.To(corev1.SELinuxChangePolicyRecursive),
		},
		InitContainers: []corev1.Container{{Name: "init", Image: "i", Command: []string{"a.exe"}, SecurityContext: &corev1.SecurityContext{
			Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}, AllowPrivilegeEscalation: ptr.To(false),
			ReadOnlyRootFilesystem: ptr.To(true), RunAsNonRoot: ptr.To(true), ProcMount: ptr.To(corev1.DefaultProcMount)}}},
		Containers: []corev1.Container{{
			Name: "agent", Image: "a", Command: []string{"agent.exe"}, WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%",
			Ports: []corev1.ContainerPort{{ContainerPort: 80, HostPort: 8080}, {ContainerPort: 81, HostPort: 81}, {ContainerPort: 82}},
			VolumeMounts: []corev1.VolumeMount{
				{Name: "pipe", MountPath: `\\.\pipe\docker_engine`},
				{Name: "data", MountPath: "/data", MountPropagation: ptr.To(corev1.MountPropagationBidirectional), ReadOnly: true, RecursiveReadOnly: ptr.To(corev1.RecursiveReadOnlyEnabled)},
			},
			Lifecycle:       &corev1.Lifecycle{StopSignal: ptr.To(corev1.SIGUSR1)},
			SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true), RunAsUser: ptr.To(int64(0)), RunAsGroup: ptr.To(int64(0)), SELinuxOptions: &corev1.SELinuxOptions{}, SeccompProfile: &corev1.SeccompProfile{}, AppArmorProfile: &corev1.AppArmorProfile{}},
		}},
		EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
			Name: "debug", Image: "d", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(false)},
			VolumeMounts: []corev1.VolumeMount{{Name: "pipe", MountPath: "/run/docker"}},
		}}},
		Volumes: []corev1.Volume{
			{Name: "pipe", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `\\.\pipe\docker_engine`}}},
			{Name: "data", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\data`}}},
		},
	}
}

func TestConvertLinuxPod(t *testing.T) {
	input := linux()
	got, err := convert.Workload(input)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(linux(), input); diff != "" {
		t.Errorf("the input was changed\n%s", diff)
	}
	want := &corev1.PodSpec{
		OS:           &corev1.PodOS{Name: corev1.Windows},
		HostNetwork:  true,
		NodeSelector: map[string]string{"kubernetes.io/os": "windows", "beta.kubernetes.io/os": "windows", "a": "1"},
		Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{
				{Key: "kubernetes.io/os", Operator: corev1.NodeSelectorOpIn, Values: []string{"windows"}},
				{Key: "x", Operator: corev1.NodeSelectorOpExists}}}},
		}}},
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\Local Service`)}},
		InitContainers: []corev1.Container{{Name: "init", Image: "i", Command: []string{"a.exe"}}},
		Containers: []corev1.Container{{
			Name: "agent", Image: "a", Command: []string{"agent.exe"}, WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%",
			Ports:        []corev1.ContainerPort{{ContainerPort: 80}, {ContainerPort: 81, HostPort: 81}, {ContainerPort: 82}},
			VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data", ReadOnly: true}},
		}},
		EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "d"}}},
		Volumes:             []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\data`}}}},
	}
	if diff := cmp.Diff(want, got.Object); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, c := range got.Changes {
		if c.Field == "" || c.Why == "" || c.Before == c.After || !strings.Contains(c.String(), " "+c.Field+": ") {
			t.Errorf("change %+v", c)
		}
	}
	if len(got.Changes) != 44 {
		t.Errorf("%d changes: %v", len(got.Changes), got.Changes)
	}
	if len(got.Open) != 2 || got.Open[0].Field != accountField || got.Open[1].Field != "ephemeralContainers[0].command" || !strings.Contains(got.Open[1].Why, "/run/docker") {
		t.Errorf("open: %v", got.Open)
	}
}

func TestConvertAccounts(t *testing.T) {
	for name, test := range map[string]struct{ after, open string }{
		`NT AUTHORITY\SYSTEM`:       {`NT AUTHORITY\SYSTEM`, ""},
		`NT AUTHORITY\system`:       {`NT AUTHORITY\SYSTEM`, ""},
		`NT AUTHORITY\LocalService`: {`NT AUTHORITY\Local Service`, ""},
		`nt authority\system`:       {`NT AUTHORITY\SYSTEM`, ""},
		"System":                    {`NT AUTHORITY\SYSTEM`, ""},
		`BUILTIN\Administrators`:    {"Administrators", ""},
		"agents":                    {"agents", ""},
		`.\agents`:                  {`.\agents`, "securityContext.windowsOptions.runAsUserName"},
		"ContainerAdministrator":    {"ContainerAdministrator", "securityContext.windowsOptions.runAsUserName"},
		`EXAMPLE\bob`:               {`EXAMPLE\bob`, "securityContext.windowsOptions.runAsUserName"},
		"":                          {"", "securityContext.windowsOptions.runAsUserName"},
	} {
		got, err := convert.Workload(&corev1.PodSpec{
			SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: &name}},
			Containers:      []corev1.Container{{Name: "a", Image: "a", Command: []string{"a.exe"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if after := *got.Object.SecurityContext.WindowsOptions.RunAsUserName; after != test.after {
			t.Errorf("%q became %q, want %q", name, after, test.after)
		}
		var open string
		for _, d := range got.Open {
			open += d.Field
		}
		if open != test.open {
			t.Errorf("%q: open %v, want %q", name, got.Open, test.open)
		}
	}
}

// A signal that Windows supports is kept.
func TestConvertStopSignals(t *testing.T) {
	for signal, kept := range map[corev1.Signal]bool{corev1.SIGTERM: true, corev1.SIGKILL: true, corev1.SIGINT: false} {
		spec := build(t, pod())
		spec.Containers[0].Lifecycle = &corev1.Lifecycle{StopSignal: &signal}
		got, err := convert.Workload(spec)
		if err != nil {
			t.Fatal(err)
		}
		if after := got.Object.Containers[0].Lifecycle; (after != nil) != kept || (got.Changes == nil) != kept {
			t.Errorf("%s: %v, %v", signal, after, got.Changes)
		}
	}
}

// The mounts of pipes are removed at any index. If a program opened a pipe by another
// name, the name must be changed.
func TestConvertPipes(t *testing.T) {
	hostPath := func(name, path string) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}}
	}
	spec := build(t, pod(other()))
	spec.Volumes = []corev1.Volume{hostPath("data", `C:\data`), hostPath("docker", `\\.\pipe\docker`), hostPath("logs", `C:\logs`), hostPath("csi", "//./pipe/csi")}
	spec.Containers[0].VolumeMounts = []corev1.VolumeMount{
		{Name: "data", MountPath: "/data"}, {Name: "docker", MountPath: "//./PIPE/docker"}, {Name: "logs", MountPath: "/logs"}, {Name: "csi", MountPath: `\\.\pipe\csi`},
	}
	spec.Containers[1].VolumeMounts = []corev1.VolumeMount{{Name: "docker", MountPath: `\\.\pipe\engine`}}
	want := spec.DeepCopy()
	want.Volumes = []corev1.Volume{spec.Volumes[0], spec.Volumes[2]}
	want.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}, {Name: "logs", MountPath: "/logs"}}
	want.Containers[1].VolumeMounts = nil
	got, err := convert.Workload(spec)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Object); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(got.Open) != 1 || got.Open[0].Field != "containers[1].command" || !strings.Contains(got.Open[0].Why, `as \\.\pipe\docker instead of \\.\pipe\engine`) {
		t.Errorf("open: %v", got.Open)
	}
}

// Empty objects are kept if nothing was removed from them.
func TestConvertKeepsEmptyParts(t *testing.T) {
	spec := build(t, pod(other()))
	spec.Containers[0].SecurityContext = &corev1.SecurityContext{}
	spec.Containers[1].SecurityContext = &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{}}
	got, err := convert.Workload(spec)
	if err != nil || got.Changes != nil {
		t.Fatalf("%v, %v", got.Changes, err)
	}
	if diff := cmp.Diff(spec, got.Object); diff != "" {
		t.Errorf("it was changed, and no change says so\n%s", diff)
	}
}

// An object is removed with the last of its fields, and not before.
func TestConvertTakesOutEmptiedParts(t *testing.T) {
	hostProcess := func(user *string) *corev1.SecurityContext {
		return &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true), RunAsUserName: user}}
	}
	spec := build(t, pod(other(), hostprocess.NewContainer("third", "image"), hostprocess.NewContainer("fourth", "image")))
	spec.Containers[0].SecurityContext = hostProcess(nil)
	spec.Containers[1].SecurityContext = hostProcess(ptr.To("Users"))
	spec.Containers[2].SecurityContext = hostProcess(nil)
	spec.Containers[2].SecurityContext.RunAsNonRoot = ptr.To(false)
	spec.Containers[3].Lifecycle = &corev1.Lifecycle{StopSignal: ptr.To(corev1.SIGINT), PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"a.exe"}}}}
	got, err := convert.Workload(spec)
	if err != nil {
		t.Fatal(err)
	}
	want := spec.DeepCopy()
	want.Containers[0].SecurityContext = nil
	want.Containers[1].SecurityContext.WindowsOptions.HostProcess = nil
	want.Containers[2].SecurityContext.WindowsOptions = nil
	want.Containers[3].Lifecycle.StopSignal = nil
	if diff := cmp.Diff(want, got.Object); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A hostPort that differs from the containerPort is removed in each container, whichever
// is higher.
func TestConvertHostPorts(t *testing.T) {
	spec := build(t, pod(other()))
	for i := range spec.Containers {
		spec.Containers[i].Ports = []corev1.ContainerPort{
			{ContainerPort: 80}, {ContainerPort: 81, HostPort: 80}, {ContainerPort: 82, HostPort: 82}, {ContainerPort: 83, HostPort: 84}, {ContainerPort: 85, HostPort: 85, HostIP: "127.0.0.1"},
		}
	}
	got, err := convert.Workload(spec)
	if err != nil {
		t.Fatal(err)
	}
	want := spec.DeepCopy()
	var fields []string
	for i := range want.Containers {
		want.Containers[i].Ports[1].HostPort, want.Containers[i].Ports[3].HostPort = 0, 0
		fields = append(fields, fmt.Sprintf("containers[%d].ports[1].hostPort", i), fmt.Sprintf("containers[%d].ports[3].hostPort", i))
	}
	if diff := cmp.Diff(want, got.Object); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var changed []string
	for _, c := range got.Changes {
		changed = append(changed, c.Field)
	}
	if diff := cmp.Diff(fields, changed); diff != "" {
		t.Errorf("changes (-want +got)\n%s", diff)
	}
}

// If two containers have the same port, which one keeps it is left open.
func TestConvertSamePortTwice(t *testing.T) {
	spec := build(t, pod(other()))
	for i := range spec.Containers {
		spec.Containers[i].Ports = []corev1.ContainerPort{{ContainerPort: 80}}
	}
	got, err := convert.Workload(spec)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Open) != 1 || got.Open[0].Field != "containers[1].ports[0].hostPort" {
		t.Errorf("open: %v", got.Open)
	}
}

// Only those fields of a mount are removed that the API server or a node rejects.
func TestConvertKeepsMountOptions(t *testing.T) {
	spec := build(t, pod(other().WithMount(hostprocess.EmptyDir("data"), "/data").WithMount(hostprocess.EmptyDir("more"), "/more").WithMount(hostprocess.EmptyDir("last"), "/last")))
	mounts := spec.Containers[1].VolumeMounts
	mounts[0].MountPropagation, mounts[0].ReadOnly, mounts[0].RecursiveReadOnly = ptr.To(corev1.MountPropagationNone), true, ptr.To(corev1.RecursiveReadOnlyDisabled)
	mounts[1].MountPropagation, mounts[1].ReadOnly, mounts[1].RecursiveReadOnly = ptr.To(corev1.MountPropagationHostToContainer), true, ptr.To(corev1.RecursiveReadOnlyIfPossible)
	got, err := convert.Workload(spec)
	if err != nil || got.Changes != nil {
		t.Fatalf("%v, %v", got.Changes, err)
	}
	if diff := cmp.Diff(spec, got.Object); diff != "" {
		t.Errorf("it was changed, and no change says so\n%s", diff)
	}
}

// Each open field is listed, once.
func TestConvertLeavesSeveralDecisions(t *testing.T) {
	spec := build(t, pod(other(), hostprocess.NewContainer("third", "image")))
	spec.Containers[0].Command, spec.Containers[2].Command = []string{"/bin/sh"}, []string{"/bin/sh"}
	got, err := convert.Workload(spec)
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, d := range got.Open {
		open = append(open, d.Field)
	}
	if diff := cmp.Diff([]string{"containers[0].command[0]", "containers[2].command[0]"}, open); diff != "" {
		t.Errorf("open (-want +got)\n%s", diff)
	}
}

// The converted pod selects Windows nodes: by its affinity if every term requires an
// operating system, and otherwise by its nodeSelector.
func TestConvertSelectsWindows(t *testing.T) {
	term := func(expressions ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: expressions}
	}
	in := func(values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: "kubernetes.io/os", Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	exists := func(key string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpExists}
	}
	required := func(terms ...corev1.NodeSelectorTerm) *corev1.Affinity {
		return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
	}
	windows := map[string]string{"kubernetes.io/os": "windows"}
	for name, test := range map[string]struct {
		affinity, want *corev1.Affinity
		selector       map[string]string
	}{
		"none":              {nil, nil, windows},
		"for pods":          {&corev1.Affinity{PodAffinity: &corev1.PodAffinity{}}, &corev1.Affinity{PodAffinity: &corev1.PodAffinity{}}, windows},
		"preferred":         {&corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}, &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}, windows},
		"no terms":          {required(), required(), windows},
		"linux":             {required(term(in("linux"))), required(term(in("windows"))), nil},
		"last expression":   {required(term(exists("a"), exists("kubernetes.io/os"), in("linux"))), required(term(exists("a"), exists("kubernetes.io/os"), in("windows"))), nil},
		"first expression":  {required(term(in("linux", "windows"), exists("a"))), required(term(in("windows"), exists("a"))), nil},
		"any system":        {required(term(exists("kubernetes.io/os"))), required(term(exists("kubernetes.io/os"))), windows},
		"first of two":      {required(term(in("windows")), term(exists("a"))), required(term(in("windows")), term(exists("a"))), windows},
		"second of two":     {required(term(exists("a")), term(in("linux"))), required(term(exists("a")), term(in("windows"))), windows},
		"both of two terms": {required(term(in("linux")), term(in("linux"), exists("a"))), required(term(in("windows")), term(in("windows"), exists("a"))), nil},
	} {
		t.Run(name, func(t *testing.T) {
			spec := build(t, pod())
			spec.NodeSelector, spec.Affinity = nil, test.affinity
			got, err := convert.Workload(spec)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Object.Affinity); diff != "" {
				t.Errorf("affinity (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.selector, got.Object.NodeSelector); diff != "" {
				t.Errorf("nodeSelector (-want +got)\n%s", diff)
			}
		})
	}
}

func TestChangeSaysWhatWasAndWhatIs(t *testing.T) {
	for want, c := range map[string]convert.Change{
		`set a: "y" (w)`:                 {Field: "a", After: `"y"`, Why: "w"},
		`removed a: "x" (w)`:             {Field: "a", Before: `"x"`, Why: "w"},
		`changed a: from "x" to "y" (w)`: {Field: "a", Before: `"x"`, After: `"y"`, Why: "w"},
	} {
		if got := c.String(); got != want {
			t.Errorf("says %s, want %s", got, want)
		}
	}
}

// If the affinity already selects Windows, no nodeSelector is added.
func TestConvertKeepsAffinity(t *testing.T) {
	spec := build(t, pod())
	delete(spec.NodeSelector, "kubernetes.io/os")
	spec.Affinity = linux().Affinity
	spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchExpressions[0].Values[0] = "windows"
	got, err := convert.Workload(spec)
	if err != nil || got.Changes != nil || got.Open != nil {
		t.Errorf("%v, %v, %v", got.Changes, got.Open, err)
	}
}

// The results of Build and of Convert need no conversion.
func TestConvertIsIdempotent(t *testing.T) {
	for name, spec := range map[string]*corev1.PodSpec{
		"built":       build(t, pod(other().WithRunAs(accounts.NetworkService).WithMount(hostprocess.ConfigMap("a"), "/a"))),
		"linux":       linux(),
		"empty":       {},
		"empty parts": {Containers: []corev1.Container{{Name: "a", SecurityContext: &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{}}}}},
	} {
		once, err := convert.Workload(spec)
		if err != nil {
			t.Fatal(err)
		}
		if name == "built" && once.Changes != nil {
			t.Errorf("the builder's pod was changed: %v", once.Changes)
		}
		twice, err := convert.Workload(once.Object)
		if err != nil || twice.Changes != nil || !cmp.Equal(once.Object, twice.Object) {
			t.Errorf("%s: converted again: %v, %v", name, twice.Changes, err)
		}
	}
	if _, err := convert.Workload((*corev1.PodSpec)(nil)); err == nil {
		t.Error("a nil spec was converted")
	}
}

// The target nodes decide which findings remain.
func TestConvertForTargets(t *testing.T) {
	spec := build(t, pod().WithRunAs(accounts.LocalGroup("agents")))
	target, err := validate.ParseTarget("1.6")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := convert.Workload(spec, target); err != nil || len(got.Open) == 0 {
		t.Errorf("a local group on containerd 1.6: %v, %v", got.Open, err)
	}
}

// TestConvertReportsEveryDifference compares the input and the output of Convert field
// by field: each difference must be in the Changes.
func TestConvertReportsEveryDifference(t *testing.T) {
	files, err := filepath.Glob("../../validate/testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pods to convert: %v", err)
	}
	changed := 0
	for _, file := range files {
		spec := podSpecIn(t, file)
		if !validate.IsHostProcess(spec) {
			continue
		}
		conversion, err := convert.Workload(spec)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, field := range differences("", asJSON(t, spec), asJSON(t, conversion.Object)) {
			changed++
			if !reported(conversion.Changes, field) {
				t.Errorf("%s: %s differs, and no change says so:\n%v", file, field, conversion.Changes)
			}
		}
	}
	if changed < 100 {
		t.Errorf("only %d differences were looked at", changed)
	}
}

// podSpecIn returns the pod of a fixture of any kind.
func podSpecIn(t testing.TB, file string) *corev1.PodSpec {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n---")
	var object map[string]any
	if err := yaml.Unmarshal([]byte(first), &object); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	inner := object["spec"]
	for _, step := range []string{"jobTemplate", "spec", "template", "spec"} {
		if around, ok := inner.(map[string]any); ok && around[step] != nil {
			inner = around[step]
		}
	}
	if template, ok := object["template"].(map[string]any); ok {
		inner = template["spec"]
	}
	plain, err := json.Marshal(inner)
	var spec corev1.PodSpec
	if err == nil {
		err = json.Unmarshal(plain, &spec)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return &spec
}

func asJSON(t *testing.T, spec *corev1.PodSpec) any {
	t.Helper()
	text, err := json.Marshal(spec)
	var value any
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// differences are the fields in which two values differ. Lists of different
// lengths differ as a whole.
func differences(at string, before, after any) []string {
	if reflect.DeepEqual(before, after) {
		return nil
	}
	var all []string
	b, ok := before.(map[string]any)
	a, also := after.(map[string]any)
	if ok && also {
		keys := map[string]bool{}
		for key := range b {
			keys[key] = true
		}
		for key := range a {
			keys[key] = true
		}
		for key := range keys {
			inside := strings.TrimPrefix(at+"."+key, ".")
			if strings.ContainsAny(key, "./") {
				inside = at + "[" + key + "]" // a label
			}
			all = append(all, differences(inside, b[key], a[key])...)
		}
		return all
	}
	old, ok := before.([]any)
	now, also := after.([]any)
	if ok && also && len(old) == len(now) {
		for i := range old {
			all = append(all, differences(fmt.Sprintf("%s[%d]", at, i), old[i], now[i])...)
		}
		return all
	}
	return []string{at}
}

// reported reports whether a change names a field, something around it, or
// something inside of it.
func reported(changes []convert.Change, field string) bool {
	for _, c := range changes {
		if strings.HasPrefix(c.Field, field) || strings.HasPrefix(field, c.Field) {
			return true
		}
	}
	return false
}

// Convert removes exactly the fields for which package validate reports that the API
// server rejects them as fields for Linux. Each field of the API is set alone, in the pod
// and in its container.
func TestConvertTakesOutEveryLinuxField(t *testing.T) {
	refused := []validate.RuleID{"linux-only-field", "pod-resources", "hostname-override"}
	found := 0
	for _, owner := range []func(*corev1.PodSpec) any{
		func(spec *corev1.PodSpec) any { return spec },
		func(spec *corev1.PodSpec) any { return spec.SecurityContext },
		func(spec *corev1.PodSpec) any { return spec.Containers[0].SecurityContext },
	} {
		for i := range reflect.TypeOf(owner(windowsSpec())).Elem().NumField() {
			spec := windowsSpec()
			field := reflect.ValueOf(owner(spec)).Elem().Field(i)
			if !field.IsZero() {
				continue
			}
			switch field.Kind() {
			case reflect.Pointer:
				field.Set(reflect.New(field.Type().Elem()))
			case reflect.Slice:
				field.Set(reflect.MakeSlice(field.Type(), 1, 1))
			case reflect.Bool:
				field.SetBool(true)
			}
			before := validate.Validator{}.PodSpec(spec, nil)
			converted, err := convert.Workload(spec)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range before {
				if !slices.Contains(refused, f.Rule) {
					continue
				}
				found++
				if !slices.ContainsFunc(converted.Changes, func(c convert.Change) bool { return c.Field == f.Field && c.After == "" }) {
					t.Errorf("%s is kept: %v", f.Field, converted.Changes)
				}
			}
			for _, f := range (validate.Validator{}).PodSpec(converted.Object, nil) {
				if slices.Contains(refused, f.Rule) {
					t.Errorf("the result has %v", f)
				}
			}
		}
	}
	if found < 27 {
		t.Errorf("only %d fields were tried", found)
	}
}

// windowsSpec is a HostProcess pod with all that fields can be set in.
func windowsSpec() *corev1.PodSpec {
	return &corev1.PodSpec{
		OS:              &corev1.PodOS{Name: corev1.Windows},
		HostNetwork:     true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true)}},
		Containers:      []corev1.Container{{Name: "agent", SecurityContext: &corev1.SecurityContext{}}},
	}
}

// TestConvertObjects converts a workload where it is.
func TestConvertObjects(t *testing.T) {
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{
			"container.apparmor.security.beta.kubernetes.io/agent":    "unconfined",
			"seccomp.security.alpha.kubernetes.io/pod":                "runtime/default",
			"container.seccomp.security.alpha.kubernetes.io/agent":    "runtime/default",
			"prometheus.io/scrape":                                    "true",
			"a.example.com/container.apparmor.security.beta.k8s.io/x": "kept",
		}},
		Spec: corev1.PodSpec{
			HostPID:    true,
			Containers: []corev1.Container{{Name: "agent", Image: "agent", WorkingDir: `C:\`, VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}}},
		},
	}
	set := &appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{
		Template: template, ServiceName: "kept",
		VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}}},
	}}
	before := set.DeepCopy()
	got, err := convert.Workload(set)
	if err != nil {
		t.Fatal(err)
	}
	var fields, open []string
	for _, change := range got.Changes {
		fields = append(fields, change.Field)
	}
	for _, decision := range got.Open {
		open = append(open, decision.Field)
	}
	const meta, spec = "spec.template.metadata.annotations", "spec.template.spec."
	want := []string{spec + "hostNetwork", spec + "securityContext.windowsOptions.hostProcess", spec + accountField, spec + "hostPID", spec + "os", spec + "nodeSelector[kubernetes.io/os]",
		meta + "[container.apparmor.security.beta.kubernetes.io/agent]", meta + "[container.seccomp.security.alpha.kubernetes.io/agent]", meta + "[seccomp.security.alpha.kubernetes.io/pod]"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("changes (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{spec + accountField}, open); diff != "" {
		t.Errorf("open (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before, set); diff != "" {
		t.Errorf("the input (-before +after)\n%s", diff)
	}
	wanted := set.DeepCopy()
	wanted.Spec.Template.Annotations = map[string]string{"prometheus.io/scrape": "true", "a.example.com/container.apparmor.security.beta.k8s.io/x": "kept"}
	alone, err := convert.Workload(&set.Spec.Template.Spec)
	if err != nil {
		t.Fatal(err)
	}
	wanted.Spec.Template.Spec = *alone.Object
	if diff := cmp.Diff(wanted, got.Object); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(alone.Open) != 2 { // without the claims, the mount has no volume
		t.Errorf("the spec alone: %v", alone.Open)
	}
	if got, err := convert.Workload(&corev1.ReplicationController{}); err == nil || got.Object != nil {
		t.Errorf("without a template: %v, %v", got.Object, err)
	}
	var mounts []corev1.VolumeMount
	var volumes []corev1.Volume
	for i, path := range []string{"/proc", "/sys", "/etc", "/lib/modules", "/", "/var/lib/kubelet", `C:\agent`} {
		name := fmt.Sprintf("v%d", i)
		mounts = append(mounts, corev1.VolumeMount{Name: name, MountPath: "/host/" + name})
		volumes = append(volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}})
	}
	paths, err := convert.Workload(&corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`)}},
		Volumes:         volumes,
		Containers:      []corev1.Container{{Name: "agent", Image: "agent", WorkingDir: `C:\`, VolumeMounts: mounts}},
	})
	if err != nil {
		t.Fatal(err)
	}
	open = nil
	for _, decision := range paths.Open {
		open = append(open, decision.Field)
	}
	slices.Sort(open)
	if diff := cmp.Diff([]string{"volumes[0].hostPath.path", "volumes[1].hostPath.path", "volumes[2].hostPath.path", "volumes[3].hostPath.path", "volumes[4].hostPath.path"}, open); diff != "" {
		t.Errorf("directories of Linux (-want +got)\n%s", diff)
	}
	cron, err := convert.Workload(&batchv1.CronJob{})
	if err != nil || cron.Changes[0].Field != "spec.jobTemplate.spec.template.spec.hostNetwork" {
		t.Errorf("a CronJob: %v, %v", cron.Changes, err)
	}
}

const accountField = "securityContext.windowsOptions.runAsUserName"
