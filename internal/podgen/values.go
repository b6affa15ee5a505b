// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package podgen

import (
	"math/rand/v2"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// values makes arguments: mostly good ones, some bad.
type values struct{ *rand.Rand }

// pick takes the first choice most of the time, so that pods get done.
func pick[T any](v *values, choices ...T) T {
	if v.IntN(8) != 0 {
		return choices[0]
	}
	return choices[v.IntN(len(choices))]
}

func (v *values) label() string {
	return pick(v, "c"+string(rune('a'+v.IntN(26))), "agent", strings.Repeat("x", 63), strings.Repeat("x", 64), "", "A", "a.b")
}

func (v *values) name() string {
	return pick(v, "config", "a", "b.c", "a-b", strings.Repeat("x", 253), strings.Repeat("x", 254), "", "A", "con")
}

func (v *values) image() string { return pick(v, "registry.example.com/agent:1", "", " a", "a") }

func (v *values) account() accounts.Account {
	return pick[accounts.Account](v, accounts.LocalService, accounts.LocalSystem, accounts.NetworkService,
		accounts.Administrators, accounts.LocalGroup("agents"), accounts.LocalGroup("a|b"), accounts.LocalGroup(""), accounts.ServiceAccount("x"), nil)
}

func (v *values) labels() map[string]string {
	return pick(v, map[string]string{pick(v, "a", "example.com/b"): pick(v, "1", "")},
		nil, map[string]string{"bad key": "1"}, map[string]string{"a": "bad value!"}, map[string]string{"kubernetes.io/os": "linux"},
		map[string]string{"app.kubernetes.io/name": "y"})
}

func (v *values) duration() time.Duration {
	return pick(v, 10*time.Minute, time.Second, 0, -time.Second, time.Millisecond, 1<<62)
}

func (v *values) restartPolicy() corev1.RestartPolicy {
	return pick(v, corev1.RestartPolicyAlways, corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure, "Bad")
}

func (v *values) targets() []validate.Target {
	return pick(v, []validate.Target{{}}, nil, []validate.Target{validate.Target{}.WithKubelet(28)},
		[]validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}, []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), {}})
}

func (v *values) path() string {
	return pick(v, "/"+string(rune('a'+v.IntN(26)))+"/x", `C:\a\b`, "a/b", "/etc/agent", "%CONTAINER_SANDBOX_MOUNT_POINT%\\a",
		"", "/", "C:", "D:data", `\\.\pipe\x`, `\\server\share`, "/a:b", "a\x00", "/a/../b", "/dev", "C:/Windows", "/var/run")
}

func (v *values) portName() string { return pick(v, "", "metrics", "a", "Bad", "-") }

func (v *values) port() int32 { return pick(v, int32(1+v.IntN(65535)), 80, 0, -1, 65536) }

func (v *values) resource() corev1.ResourceName {
	return pick(v, corev1.ResourceMemory, corev1.ResourceCPU, corev1.ResourceEphemeralStorage, "example.com/gpu", "bad", "hugepages-2Mi", "kubernetes.io/x", "a b/c", "")
}

func (v *values) quantity() string { return pick(v, "1", "500m", "2Gi", "0", "-1", "", "1,5", "1e99") }

func (v *values) envName() string {
	return pick(v, "A", "B", "a", "X.Y", "", "1A", "A=B", "ProgramFiles(x86)", "CONTAINER_SANDBOX_MOUNT_POINT", "PATH")
}

func (v *values) text() string {
	return pick(v, "x", "a b", "", "a\nb", "a\x00b", "\xff", "%PATH%", "$(A)", "%CONTAINER_SANDBOX_MOUNT_POINT%\\a", "$env:X", "&|<>^", "\"", "/etc/agent/x", `C:\hpc\x`, "ä")
}

func (v *values) args() []string {
	list := []string{pick(v, "agent.exe", `C:\a\b.exe`, "agent", "/bin/sh", "powershell.exe", "cmd", "", `.\a.exe`)}
	for range v.IntN(4) {
		list = append(list, v.text())
	}
	return list[v.IntN(20)/19:]
}

func (v *values) envSource() corev1.EnvVarSource {
	optional := pick(v, nil, ptr.To(true), ptr.To(false))
	configMap, secret := corev1.LocalObjectReference{Name: v.name()}, corev1.LocalObjectReference{Name: v.name()}
	return pick(v, hostprocess.PodField("spec.nodeName"), hostprocess.PodField("metadata.labels['a']"), hostprocess.PodField("bad"),
		hostprocess.PodField("metadata.annotations['Example.com/x']"), hostprocess.PodField("metadata.labels['']"), hostprocess.PodField("metadata.labels"),
		corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: pick(v, "limits.memory", "requests.cpu", "bad")}},
		corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: configMap, Key: pick(v, "k", "", "bad key", ".."), Optional: optional}},
		corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: secret, Key: pick(v, "k", "a.b", "."), Optional: optional}},
		corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}, SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: secret, Key: "k"}},
		corev1.EnvVarSource{})
}

func (v *values) handler() hostprocess.Handler {
	return pick(v, hostprocess.HTTPGet(pick(v, "/a", "", "a"), v.port()), hostprocess.TCPSocket(v.port()),
		hostprocess.Exec(v.command()), hostprocess.Sleep(v.duration()), hostprocess.HTTPGet("/a", v.portName()), hostprocess.TCPSocket("metrics"), hostprocess.Handler{})
}

// httpGet changes what a handler asks for, if it asks over HTTP.
func (v *values) httpGet() func(*corev1.HTTPGetAction) {
	headerName, text, host := pick(v, "Accept", "bad name", ""), v.text(), pick(v, "127.0.0.1", "", "a b", "\xff")
	scheme := pick(v, corev1.URISchemeHTTPS, corev1.URISchemeHTTP, "", "FTP")
	return pick(v, func(get *corev1.HTTPGetAction) { get.Scheme = scheme },
		func(get *corev1.HTTPGetAction) { get.Host = host },
		func(get *corev1.HTTPGetAction) {
			get.HTTPHeaders = append(get.HTTPHeaders, corev1.HTTPHeader{Name: headerName, Value: text})
		},
		func(get *corev1.HTTPGetAction) { get.Path = text })
}

func (v *values) hookSetting() func(*corev1.LifecycleHandler) {
	change := v.httpGet()
	return pick(v, func(h *corev1.LifecycleHandler) {
		if h.HTTPGet != nil {
			change(h.HTTPGet)
		}
	}, func(h *corev1.LifecycleHandler) { h.Sleep = nil }, func(h *corev1.LifecycleHandler) { h.Exec = &corev1.ExecAction{} }, nil)
}

func (v *values) setting() func(*corev1.Probe) {
	n, change := pick(v, int32(3), 1, 0, -1), v.httpGet()
	return pick(v, func(p *corev1.Probe) { p.PeriodSeconds = n },
		func(p *corev1.Probe) { p.InitialDelaySeconds = n },
		func(p *corev1.Probe) { p.TimeoutSeconds = n },
		func(p *corev1.Probe) { p.FailureThreshold = n },
		func(p *corev1.Probe) { p.SuccessThreshold = n },
		func(p *corev1.Probe) { p.TerminationGracePeriodSeconds = ptr.To(int64(n)) },
		func(p *corev1.Probe) { p.Exec = &corev1.ExecAction{} },
		func(p *corev1.Probe) {
			if p.HTTPGet != nil {
				change(p.HTTPGet)
			}
		},
		nil)
}

// envFrom is one that the API server of each version accepts, or a mistake.
func (v *values) envFrom() corev1.EnvFromSource {
	source := corev1.EnvFromSource{Prefix: pick(v, "", "A_", "a.b", "1", "a=")}
	name := corev1.LocalObjectReference{Name: v.name()}
	kind := v.IntN(20)
	if kind < 10 {
		source.ConfigMapRef = &corev1.ConfigMapEnvSource{LocalObjectReference: name}
	}
	if kind > 8 && kind < 19 {
		source.SecretRef = &corev1.SecretEnvSource{LocalObjectReference: name}
	}
	return source
}

func (v *values) command() hostprocess.Command {
	args := v.args()
	file := pick(v, "a", "b", "bad name", "")
	c := pick(v, hostprocess.ImageProgram(pick(v, "agent.exe", "bin/a.exe", "a", "../a.exe", "/a.exe", "a b.exe", "a.cmd", ""), args...),
		hostprocess.MountedProgram(v.path(), pick(v, "a.exe", "x/a.exe", "")),
		hostprocess.HostProgram(pick(v, `C:\Windows\a.exe`, `C:\a b\c.exe`, "a.exe", "/a.exe", ""), args...),
		hostprocess.PathProgram(pick(v, "a.exe", "copy.exe", "a", ""), args...),
		hostprocess.PowerShell(pick(v, "exit 0\n", "", v.text(), strings.Repeat("x", 40000))),
		hostprocess.PowerShell(pick(v, "exit 0", "$env:CONTAINER_SANDBOX_MOUNT_POINT # 100%", v.text())).Bare(),
		hostprocess.PowerShellFile(v.name(), file+".ps1", v.text()),
		hostprocess.CmdLine(v.text()),
		hostprocess.CmdFile(v.name(), file+".cmd", v.text()),
		hostprocess.RawCommand(args...),
		hostprocess.Command{})
	if v.IntN(8) == 0 {
		c = c.WithVariables()
	}
	return c
}

func (v *values) volume() hostprocess.Volume {
	volume := pick(v, hostprocess.ConfigMap(v.name()), hostprocess.Secret(v.name()), hostprocess.HostPath(v.hostPath()),
		hostprocess.EmptyDir(v.label()), hostprocess.NewVolume(v.label(), v.volumeSource()), hostprocess.NewVolume("n", v.volumeSource()),
		hostprocess.ExistingVolume(v.label()), hostprocess.Volume{})
	if v.IntN(8) == 0 {
		return volume.OfType(v.hostPathType())
	}
	return volume
}

func (v *values) hostPath() string {
	return pick(v, `C:\ProgramData\a`, "/var/log", "", `\\.\pipe\x`, "//./pipe/x", "/a/../b", "a\x00", `C:`)
}

func (v *values) hostPathType() corev1.HostPathType {
	return pick(v, corev1.HostPathDirectoryOrCreate, corev1.HostPathSocket, "Bad", "")
}

func (v *values) volumeSource() corev1.VolumeSource {
	var s corev1.VolumeSource
	kind, second := v.IntN(8), v.IntN(40)
	if kind == 0 || second == 0 {
		s.ConfigMap = &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: v.name()}, Items: v.items(), Optional: pick(v, nil, ptr.To(true))}
	}
	if kind == 1 || second == 1 {
		s.Secret = &corev1.SecretVolumeSource{SecretName: v.name(), Items: v.items(), Optional: pick(v, nil, ptr.To(true))}
	}
	if kind == 2 || second == 2 {
		s.HostPath = &corev1.HostPathVolumeSource{Path: v.hostPath(), Type: pick(v, nil, ptr.To(v.hostPathType()))}
	}
	if kind == 3 {
		s.EmptyDir = &corev1.EmptyDirVolumeSource{SizeLimit: pick(v, nil, ptr.To(resource.MustParse("1Gi")), ptr.To(resource.MustParse("-1")))}
	}
	if kind == 4 {
		s.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{ClaimName: v.name(), ReadOnly: v.IntN(2) == 0}
	}
	if kind == 5 {
		s.CSI = &corev1.CSIVolumeSource{Driver: pick(v, "driver.example.com", "Driver", "a_b", ""), VolumeAttributes: v.labels(), ReadOnly: pick(v, nil, ptr.To(true)),
			NodePublishSecretRef: pick(v, nil, &corev1.LocalObjectReference{Name: v.name()})}
	}
	if kind == 6 {
		s.DownwardAPI = &corev1.DownwardAPIVolumeSource{Items: v.files("a")}
	}
	if kind == 7 {
		s.Projected = &corev1.ProjectedVolumeSource{}
		for range pick(v, 1+v.IntN(3), 0) {
			s.Projected.Sources = append(s.Projected.Sources, v.projection())
		}
	}
	return s
}

func (v *values) items() []corev1.KeyToPath {
	return pick(v, nil, []corev1.KeyToPath{{Key: "k", Path: "p"}, {Key: pick(v, "l", "", "bad key"), Path: pick(v, "q", "", "/p", "../p", "..p", `C:\p`)}})
}

func (v *values) files(path string) []corev1.DownwardAPIVolumeFile {
	return []corev1.DownwardAPIVolumeFile{{
		Path:     pick(v, path, "", "../a", "a/b"),
		FieldRef: pick(v, &corev1.ObjectFieldSelector{FieldPath: pick(v, "metadata.name", "metadata.labels", "metadata.labels['a']", "bad", "spec.nodeName")}, nil),
	}}
}

func (v *values) projection() corev1.VolumeProjection {
	var s corev1.VolumeProjection
	name := corev1.LocalObjectReference{Name: v.name()}
	kind := v.IntN(41)
	if kind < 11 {
		s.ConfigMap = &corev1.ConfigMapProjection{LocalObjectReference: name, Items: v.items()}
	}
	if kind > 9 && kind < 20 {
		s.Secret = &corev1.SecretProjection{LocalObjectReference: name, Items: v.items()}
	}
	if kind >= 20 && kind < 30 {
		s.DownwardAPI = &corev1.DownwardAPIProjection{Items: v.files(pick(v, "b", "a"))}
	}
	if kind >= 30 && kind < 40 {
		s.ServiceAccountToken = &corev1.ServiceAccountTokenProjection{Path: pick(v, "token", "", "/a", "a"), Audience: v.text(),
			ExpirationSeconds: pick(v, ptr.To(int64(600)), nil, ptr.To(int64(599)), ptr.To(int64(1)<<33))}
	}
	return s
}

func (v *values) mountSettings() []func(*corev1.VolumeMount) {
	path := pick(v, "a/b", "/a", "../a", "a\x00", "")
	return pick(v, nil, []func(*corev1.VolumeMount){hostprocess.ReadOnly()}, []func(*corev1.VolumeMount){nil},
		[]func(*corev1.VolumeMount){func(m *corev1.VolumeMount) { m.SubPath = path }})
}

func (v *values) group() hostprocess.Group {
	g := hostprocess.NewGroup(pick(v, accounts.LocalGroup("agents"), accounts.Users, "a'b", "a/b", ""))
	for range v.IntN(3) {
		g = g.WithAccess(v.hostDir(), v.access()).WithDirectory(v.hostDir(), v.access())
	}
	if v.IntN(4) == 0 {
		g = g.WithConfigMap(v.name())
	}
	return g
}

func (v *values) hostDir() string {
	return pick(v, `C:\a`, `C:\a b\c`, "C:/x", "/a", "a", `C:\`, `C:\a*`, "")
}

func (v *values) access() hostprocess.Access {
	return pick(v, hostprocess.AccessRead, hostprocess.AccessModify, "X")
}
