// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/csinode"
)

const name = "driver.example.com"

var (
	driver = hostprocess.NewContainer("driver", "registry.example.com/driver:1.4").
		WithCommand(hostprocess.ImageProgram("driver.exe", "--endpoint=$(CSI_ENDPOINT)").WithVariables())
	registrar = hostprocess.NewContainer("registrar", "registry.example.com/registrar:2.17")
	prober    = hostprocess.NewContainer("probe", "registry.example.com/livenessprobe:2.19")
	plugin    = csinode.New(name, driver, registrar)
)

func build(t *testing.T, p hostprocess.Pod) *corev1.PodSpec {
	t.Helper()
	spec, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// The whole pod.
func TestPod(t *testing.T) {
	const dir = `C:\var\lib\kubelet\plugins\driver.example.com`
	container := func(name, image string, words ...string) corev1.Container {
		return corev1.Container{Name: name, Image: "registry.example.com/" + image, WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%", Command: words}
	}
	want := corev1.PodSpec{
		AutomountServiceAccountToken: ptr.To(false),
		HostNetwork:                  true,
		NodeSelector:                 map[string]string{corev1.LabelOSStable: "windows"},
		OS:                           &corev1.PodOS{Name: corev1.Windows},
		PriorityClassName:            "system-node-critical",
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`),
		}},
		Containers: []corev1.Container{
			container("driver", "driver:1.4", `%CONTAINER_SANDBOX_MOUNT_POINT%\driver.exe`, "--endpoint=$(CSI_ENDPOINT)"),
			container("registrar", "registrar:2.17", `%CONTAINER_SANDBOX_MOUNT_POINT%\csi-node-driver-registrar.exe`,
				`--csi-address=unix://`+dir+`\csi.sock`, `--kubelet-registration-path=`+dir+`\csi.sock`,
				`--plugin-registration-path=C:\var\lib\kubelet\plugins_registry`),
			container("probe", "livenessprobe:2.19", `%CONTAINER_SANDBOX_MOUNT_POINT%\livenessprobe.exe`,
				`--csi-address=unix://`+dir+`\csi.sock`, "--http-endpoint=127.0.0.1:9808"),
		},
		Volumes: []corev1.Volume{{Name: "plugin-dir", VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: dir, Type: ptr.To(corev1.HostPathDirectoryOrCreate)},
		}}},
	}
	want.Containers[0].Env = []corev1.EnvVar{{Name: "CSI_ENDPOINT", Value: `unix://` + dir + `\csi.sock`}}
	want.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "plugin-dir", MountPath: "/csi"}}
	want.Containers[0].LivenessProbe = &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path: "/healthz", Host: "127.0.0.1", Port: intstr.FromInt32(9808),
		}},
		InitialDelaySeconds: 10, TimeoutSeconds: 3, FailureThreshold: 5,
	}
	want.Containers[2].Ports = []corev1.ContainerPort{{Name: "healthz", ContainerPort: 9808, Protocol: corev1.ProtocolTCP}}
	if diff := cmp.Diff(&want, build(t, plugin.WithLivenessProbe(prober, 9808).Pod())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Each method changes a copy, and the last call counts.
func TestChanges(t *testing.T) {
	other := plugin.WithKubeletDir(`D:\a`).WithLivenessProbe(prober, 1)
	one, two := other.WithKubeletDir(`D:/one/`).WithLivenessProbe(prober, 2), other.WithKubeletDir(`e:\two`)
	for want, p := range map[string]csinode.Plugin{
		`C:\var\lib\kubelet\plugins_registry`: plugin,
		`D:\a\plugins_registry 1`:             other,
		`D:\one\plugins_registry 2`:           one,
		`e:\two\plugins_registry 1`:           two,
	} {
		spec := build(t, p.Pod())
		got := strings.TrimPrefix(spec.Containers[1].Command[3], "--plugin-registration-path=")
		if asked := spec.Containers[0].LivenessProbe; asked != nil {
			got += " " + asked.HTTPGet.Port.String()
		}
		if got != want {
			t.Errorf("has %s, want %s", got, want)
		}
	}
}

// The pod has all features of pods of package hostprocess.
func TestHostProcess(t *testing.T) {
	small := hostprocess.NewContainer("registrar", "registry.example.com/registrar:2.17").WithRunAs(accounts.LocalService).WithArgs("--v=2")
	spec := build(t, csinode.New(name, driver.WithEnv("csi_endpoint", "mine"), small).Pod().
		WithRunAs(accounts.Administrators).WithPriorityClass("storage").WithNodeSelector(map[string]string{"disk": "fast"}))
	got := []any{
		*spec.SecurityContext.WindowsOptions.RunAsUserName, spec.PriorityClassName, spec.NodeSelector["disk"], len(spec.Containers[0].Env),
		*spec.Containers[1].SecurityContext.WindowsOptions.RunAsUserName, spec.Containers[1].Args,
	}
	if diff := cmp.Diff([]any{"Administrators", "storage", "fast", 1, `NT AUTHORITY\Local Service`, []string{"--v=2"}}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// All mistakes are in one error, each once.
func TestMistakes(t *testing.T) {
	named := func(name string) csinode.Plugin { return csinode.New(name, driver, registrar) }
	for what, test := range map[string]struct {
		plugin csinode.Plugin
		want   []string
	}{
		"none":          {plugin, nil},
		"capitals":      {named("Driver.Example.com"), nil},
		"zero":          {csinode.Plugin{}, []string{"New", "NewContainer", "NewContainer", "NewContainer", "NewContainer"}},
		"no name":       {named(""), []string{"New"}},
		"parent":        {named(`..\..`), []string{"New"}},
		"not a name":    {named("a_b"), []string{"New"}},
		"not UTF-8":     {named("a\xff"), []string{"New"}},
		"device":        {named("nul.example.com"), []string{"New"}},
		"port":          {named("Com7"), []string{"New"}},
		"no device":     {named("com71.nul.com"), nil},
		"64 characters": {named(strings.Repeat("a", 64)), []string{"New"}},
		"huge":          {named(strings.Repeat("a", 1<<20)), []string{"New"}},
		// The socket of the registrar has one character more than Windows allows.
		"63 characters": {named(strings.Repeat("a", 63)), []string{"New"}},
		"62 characters": {named(strings.Repeat("a", 62)), nil},
		"a short place": {named(strings.Repeat("a", 63)).WithKubeletDir(`C:\k`), nil},
		"a long place":  {plugin.WithKubeletDir(`C:\` + strings.Repeat("k", 80)), []string{"New"}},
		"a huge place":  {plugin.WithKubeletDir(`C:\` + strings.Repeat("k", 1<<20)), []string{"WithKubeletDir"}},
		"no place":      {plugin.WithKubeletDir(""), []string{"WithKubeletDir"}},
		"no drive":      {plugin.WithKubeletDir(`\var\lib\kubelet`), []string{"WithKubeletDir"}},
		"a drive":       {plugin.WithKubeletDir(`D:\`), []string{"WithKubeletDir"}},
		"a digit":       {plugin.WithKubeletDir(`1:\k`), []string{"WithKubeletDir"}},
		"a dot":         {plugin.WithKubeletDir(`D:\k\..\.`), []string{"WithKubeletDir"}},
		"a stream":      {plugin.WithKubeletDir(`D:\k:k`), []string{"WithKubeletDir"}},
		"not a path":    {plugin.WithKubeletDir("\x00\xff"), []string{"WithKubeletDir"}},
		"relative":      {plugin.WithKubeletDir(`D:kubelet`), []string{"WithKubeletDir"}},
		"a share":       {plugin.WithKubeletDir(`\\server\share`), []string{"WithKubeletDir"}},
		"a space":       {plugin.WithKubeletDir(`C:\Program Files\k`), []string{"WithKubeletDir"}},
		"a command":     {plugin.WithKubeletDir(`C:\k&calc`), []string{"WithKubeletDir"}},
		"a variable":    {plugin.WithKubeletDir(`C:\$(X)`), []string{"WithKubeletDir"}},
		"both":          {named("").WithKubeletDir("k"), []string{"New", "WithKubeletDir"}},
		"same name":     {csinode.New(name, driver, driver), []string{"NewContainer"}},
		"zero driver":   {csinode.New(name, hostprocess.Container{}, registrar), []string{"NewContainer", "NewContainer"}},
		"zero probe":    {plugin.WithLivenessProbe(hostprocess.Container{}, 1), []string{"NewContainer", "NewContainer"}},
		"port 0":        {plugin.WithLivenessProbe(prober, 0), []string{"HTTPGet", "WithPort"}},
		"port -1":       {plugin.WithLivenessProbe(prober, -1), []string{"HTTPGet", "WithPort"}},
		"no setting":    {plugin.WithLivenessProbe(prober, 1, nil), []string{"WithLivenessProbe"}},
		"taken port":    {csinode.New(name, driver.WithPort("metrics", 1), registrar).WithLivenessProbe(prober, 1), []string{"WithPort"}},
		"taken mount":   {csinode.New(name, driver.WithMount(hostprocess.EmptyDir("a"), "/csi"), registrar), []string{"WithMount"}},
	} {
		t.Run(what, func(t *testing.T) {
			spec, err := test.plugin.Pod().Build()
			if (spec == nil) != (err != nil) {
				t.Error("there must be either a pod or an error")
			}
			var got []string
			var failed *hostprocess.BuildError
			if errors.As(err, &failed) {
				for _, m := range failed.Mistakes {
					got = append(got, m.Method)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("mistakes in %q, want %q: %.1000v", got, test.want, err)
			}
			if err != nil && len(err.Error()) > 10_000 {
				t.Errorf("the error has %d characters", len(err.Error()))
			}
		})
	}
}
