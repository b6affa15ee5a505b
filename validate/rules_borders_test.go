// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

const token = "%CONTAINER_SANDBOX_MOUNT_POINT%"

var (
	symlink16 = []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16)}
	kubelet28 = []validate.Target{validate.Target{}.WithKubelet(28)}
	kubelet29 = []validate.Target{validate.Target{}.WithKubelet(29)}
	bind      = []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeBind)}
	noBind    = []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}
)

// first is the first regular container of a pod.
func first(p *corev1.Pod) *corev1.Container { return &p.Spec.Containers[0] }

// runs makes the first container run a command line.
func runs(words ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { first(p).Command, first(p).Args = words, nil }
}

// mounts gives the first container mounts at some paths.
func mounts(p *corev1.Pod, paths ...string) {
	first(p).VolumeMounts = nil
	for _, path := range paths {
		first(p).VolumeMounts = append(first(p).VolumeMounts, corev1.VolumeMount{Name: "config", MountPath: path})
	}
}

// env gives the first container variables, each written NAME=value.
func env(assignments ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		first(p).Env = nil
		for _, assignment := range assignments {
			name, value, _ := strings.Cut(assignment, "=")
			first(p).Env = append(first(p).Env, corev1.EnvVar{Name: name, Value: value})
		}
	}
}

func memory(limit string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		first(p).Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(limit)}
	}
}

// TestBorders changes the representative pod so that it just breaks a rule, and so that
// it just doesn't.
func TestBorders(t *testing.T) {
	for _, test := range []struct {
		rule    validate.RuleID
		found   bool
		minor   int
		targets []validate.Target
		edit    func(*corev1.Pod)
	}{
		{"account-local-group", false, 0, symlink16, func(p *corev1.Pod) {
			own := &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To(`NT AUTHORITY\Local Service`)}}
			p.Spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To("hpc-agents")
			p.Spec.InitContainers[0].SecurityContext, p.Spec.Containers[0].SecurityContext, p.Spec.Containers[1].SecurityContext = own, own, own
		}},
		{"account-local-group", false, 0, symlink16, func(p *corev1.Pod) {
			p.Spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To("System")
		}},
		{"account-local-group", true, 0, symlink16, func(p *corev1.Pod) {
			p.Spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To("hpc-agents")
		}},

		{"command-drive-path", false, 0, bind, func(p *corev1.Pod) {
			mounts(p, `C:\conf\agent`)
			first(p).Command = []string{`C:\conf\agent\x.exe`}
		}},
		{"command-drive-path", true, 0, bind, runs(`C:\conf\agent\x.exe`)},
		{"command-drive-path", true, 0, bind, runs(`c:\x`)},
		{"command-drive-path", false, 0, bind, runs(`c:\`)},
		{"command-length", true, 0, bind, runs(token+`\a.exe`, strings.Repeat("x", 8191-len(`cmd /c C:\hpc\a.exe `)+1))},
		{"command-length", false, 0, bind, runs(token+`\a.exe`, strings.Repeat("x", 8191-len(`cmd /c C:\hpc\a.exe `)))},
		{"command-literal-root", true, 0, everyMode, runs(token+`\a.exe`, `C:\hpc\etc\x`)},
		{"command-literal-root", false, 0, everyMode, func(p *corev1.Pod) {
			mounts(p, `C:\hpc\etc`)
			runs(token+`\a.exe`, `C:\hpc\etc\x`)(p)
		}},
		{"command-literal-root", false, 0, bind, runs(token+`\a.exe`, `C:\hpc\etc\x`)},
		{"command-metacharacter", false, 0, bind, runs("cmd", "a&b", "/c")},
		{"command-metacharacter", true, 0, bind, runs("cmd", "/c", "cd", "x&b")},
		{"command-posix-path", false, 0, bind, runs("/usr/bin/agent.exe")},
		{"command-posix-path", true, 0, bind, runs("/usr/bin/agent")},
		{"command-program", true, 0, symlink16, runs(token + `\a"b.exe`)},
		{"command-quotes", true, 0, bind, runs(token+"\\a\tb.exe", "x y")},
		{"command-quotes", false, 0, bind, runs("agent.exe run (x)")},
		{"command-quotes", true, 0, bind, runs("agent.exe run", "a b")},

		{"command-sandbox-value", false, 0, bind, runs("agent.exe", "%PATH%", "($env:CONTAINER_SANDBOX_MOUNT_POINT/x)")},
		{"command-sandbox-value", false, 0, bind, runs("powershell", "-File", "x.ps1", "$(", `$env:CONTAINER_SANDBOX_MOUNT_POINT\x`)},
		{"command-sandbox-value", true, 0, bind, runs("powershell", "-Command", "$(", `$env:CONTAINER_SANDBOX_MOUNT_POINT\x`)},
		{"command-sandbox-value", true, 0, bind, runs("powershell", "-Command", `Get-Content (`+token+`\x)`)},
		{"command-sandbox-value", false, 0, bind, runs("powershell", "-Command", `Write-Host '(`+token+`\x)'`)},
		{"command-sandbox-value", false, 0, bind, runs("powershell", "-Command", `Write-Host "(`+token+`\x)"`)},
		{"command-sandbox-value", true, 0, bind, runs("powershell", "-Command", `Write-Host "$(`+token+`\x)"`)},
		{"command-sandbox-value", false, 0, bind, runs(token+`\pwsh.exe`, "%PATH%")},
		{"command-sandbox-value", true, 0, bind, runs("powershell", "$x=", token+`\x`)},
		{"command-sandbox-value", false, 0, bind, runs("powershell", "=", token+`\x`)},
		{"command-sandbox-variable", true, 0, bind, runs("powershell", "-Command", `Get-Item '$Env:CONTAINER_SANDBOX_MOUNT_POINT\x'`)},
		{"command-sandbox-variable", false, 0, bind, runs("powershell", "-Command", `iex '$Env:CONTAINER_SANDBOX_MOUNT_POINT\x'`)},
		{"command-sandbox-variable", false, 0, bind, runs("powershell", "-Command", `Set-Content C:\k\x '$Env:CONTAINER_SANDBOX_MOUNT_POINT\x'`)},
		// dir %CONTAINER_SANDBOX_MOUNT_POINT%, and: cmd /c "dir %CONTAINER_SANDBOX_MOUNT_POINT%"
		{"command-sandbox-variable", true, 0, bind, runs("powershell", "-e", "ZABpAHIAIAAlAEMATwBOAFQAQQBJAE4ARQBSAF8AUwBBAE4ARABCAE8AWABfAE0ATwBVAE4AVABfAFAATwBJAE4AVAAlAA==")},
		{"command-sandbox-variable", false, 0, bind, runs("powershell", "-e", "YwBtAGQAIAAvAGMAIAAiAGQAaQByACAAJQBDAE8ATgBUAEEASQBOAEUAUgBfAFMAQQBOAEQAQgBPAFgAXwBNAE8AVQBOAFQAXwBQAE8ASQBOAFQAJQAiAA==")},
		{"command-encoded-script", false, 0, bind, runs("powershell", "-e", "{{ .Values.script }}")},
		{"command-encoded-script", true, 0, bind, runs("powershell", "-e", "AA==")},
		{"command-encoded-script", false, 0, bind, runs("cmd", "-e", "AA==")},

		{"command-token-copy", false, 0, bind, runs(token+`\a.exe`, `copy C:\var\run\secrets\kubernetes.io\serviceaccount\token`)},
		{"command-token-copy", true, 0, bind, runs("powershell", "SetKubeconfigPath x")},
		{"command-token-copy", true, 0, bind, runs("cmd", "/c", "copy", "kubernetes.io/serviceaccount/token", "x")},

		{"dns-config-ignored", true, 0, bind, func(p *corev1.Pod) {
			p.Spec.DNSConfig = &corev1.PodDNSConfig{Nameservers: []string{"10.0.0.10"}, Searches: []string{"x"}}
		}},
		{"dns-config-ignored", true, 0, bind, func(p *corev1.Pod) {
			p.Spec.DNSConfig = &corev1.PodDNSConfig{Searches: []string{"x"}, Options: []corev1.PodDNSConfigOption{{Name: "ndots"}}}
		}},
		{"dns-config-ignored", false, 0, bind, func(p *corev1.Pod) { p.Spec.DNSConfig = &corev1.PodDNSConfig{} }},

		{"env-kubeconfig", true, 0, bind, runs("kubectl", "get", "nodes")},
		{"env-kubeconfig", true, 0, bind, func(p *corev1.Pod) { env("KUBECONFIG=")(p); runs("kubectl", "get", "nodes")(p) }},
		{"env-kubeconfig", true, 0, bind, func(p *corev1.Pod) { env("CONFIG=x")(p); runs("kubectl", "get", "nodes")(p) }},
		{"env-kubeconfig", false, 0, bind, func(p *corev1.Pod) { env("KUBECONFIG=x")(p); runs("kubectl", "get", "nodes")(p) }},
		{"env-literal-root", true, 0, everyMode, env("A=x", `B=C:\hpc\etc\x`)},
		{"env-literal-root", false, 0, everyMode, func(p *corev1.Pod) {
			mounts(p, `C:\hpc\etc`)
			env(`B=C:\hpc\etc\x`)(p)
		}},
		{"env-mount-directory", true, 0, everyMode, env("A=x", "B=/etc/agent/config")},
		{"env-mount-directory", false, 0, everyMode, env("B=/etc/agent/config/x")},
		{"env-mount-path", true, 0, everyMode, env("A=", "B=/etc/agent/config", "C=/etc/agent/config/x")},
		{"env-mount-path", false, 0, everyMode, env("B=/etc/agent/config")}, // env-mount-directory
		{"env-mount-path", true, 0, everyMode, func(p *corev1.Pod) {
			env("A=/etc/agent/config/x", "B=/etc/agent/rules/x")(p)
			first(p).Args = []string{token + `\$(A)`}
		}},
		{"env-path-replaced", false, 0, bind, env(`PATH=C:\x;"C:\Windows\System32\"`)},
		{"env-path-replaced", true, 0, bind, env(`PATH=c;CC\Windows\System32;x:`)},
		{"env-path-replaced", true, 0, bind, env(`PATH=C:`)},
		{"env-sandbox-overridden", true, 0, bind, env("container_sandbox_mount_point=x")},
		{"env-sandbox-overridden", false, 0, bind, env("CONTAINER_SANDBOX_MOUNT_POINX=x")},
		{"env-sandbox-variable", true, 0, bind, env("A=", "B=x", "C=%CONTAINER_SANDBOX_MOUNTPOINT%")},
		{"env-sandbox-variable", true, 0, bind, env("A=x", "B=$(A)", "C=%CONTAINER_SANDBOX_MOUNTPOINT%")},
		{"env-sandbox-variable", false, 0, bind, env("A=x", "B=$(CONTAINER_SANDBOX_MOUNT_POINT)", "CONTAINER_SANDBOX_MOUNT_POINT=x")},

		{"host-port", true, 28, bind, func(p *corev1.Pod) { first(p).Ports[0].HostPort = 1 }},
		{"host-port", false, 28, bind, func(p *corev1.Pod) {
			p.Spec.InitContainers[0].Ports = []corev1.ContainerPort{{ContainerPort: 2, HostPort: 1}}
		}},
		{"host-port", false, 28, bind, func(p *corev1.Pod) { first(p).Ports[0].HostPort = 1; p.Spec.HostNetwork = false }},
		{"host-users", true, 33, bind, func(p *corev1.Pod) { p.Spec.HostUsers = ptr.To(false) }},
		{"host-users", false, 32, bind, func(p *corev1.Pod) {
			p.Spec.HostUsers, p.Spec.SecurityContext.RunAsNonRoot = ptr.To(false), ptr.To(true) // tries the rules about Linux
		}},
		{"host-users", false, 33, bind, func(p *corev1.Pod) { p.Spec.HostUsers, p.Spec.HostNetwork = ptr.To(false), false }},
		{"host-users", false, 33, bind, func(p *corev1.Pod) { p.Spec.HostUsers = ptr.To(true) }},
		{"host-users", false, 33, bind, func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.RunAsNonRoot = nil, ptr.To(true) // tries the rules about Linux
		}},
		{"hostname-override", true, 35, bind, func(p *corev1.Pod) { p.Spec.HostnameOverride = ptr.To("x") }},
		{"hostname-override", false, 34, bind, func(p *corev1.Pod) { p.Spec.HostnameOverride = ptr.To("x") }},
		{"image-entrypoint", true, 0, everyMode, func(p *corev1.Pod) { first(p).Command, first(p).WorkingDir = nil, "" }},
		{"image-entrypoint", false, 0, noBind, func(p *corev1.Pod) { first(p).Command, first(p).WorkingDir = nil, "" }},
		{"image-entrypoint", true, 0, bind, func(p *corev1.Pod) { first(p).Command, first(p).WorkingDir = nil, "" }},

		{"memory-limit-ignored", true, 0, bind, memory("1048575")},
		{"memory-limit-ignored", false, 0, bind, memory("1Mi")},
		{"memory-limit-ignored", false, 0, bind, memory("0")},
		{"memory-limit-power-shell", true, 0, bind, func(p *corev1.Pod) { memory("1Mi")(p); runs("powershell", "x")(p) }},
		{"memory-limit-power-shell", true, 0, bind, func(p *corev1.Pod) { memory("149Mi")(p); runs("cmd", "/c", "pwsh.exe x")(p) }},
		{"memory-limit-power-shell", false, 0, bind, func(p *corev1.Pod) { memory("150Mi")(p); runs("powershell", "x")(p) }},
		{"memory-limit-power-shell", false, 0, bind, func(p *corev1.Pod) { memory("1048575")(p); runs("powershell", "x")(p) }},
		{"memory-limit-power-shell", false, 0, bind, func(p *corev1.Pod) { memory("1Mi")(p); runs("agent.exe", "powershell")(p) }},
		{"memory-limit-rounded", false, 0, bind, memory("1Mi")},
		{"memory-limit-rounded", true, 0, bind, memory("1048577")},
		{"memory-limit-rounded", false, 0, bind, memory("1048575")},

		{"mount-path-duplicate", true, 0, bind, func(p *corev1.Pod) {
			mounts(p, "/a")
			first(p).VolumeDevices = []corev1.VolumeDevice{{Name: "x", DevicePath: "/a"}}
		}},
		{"mount-path-colon", false, 0, bind, func(p *corev1.Pod) { mounts(p, `C:\a\$env:b`) }},
		{"mount-path-colon", true, 0, bind, func(p *corev1.Pod) { mounts(p, `C:\a\b:c`) }},
		{"mount-path-colon", true, 0, bind, func(p *corev1.Pod) { mounts(p, `C:\a\100%\b:c`) }},
		{"mount-path-colon", false, 0, bind, func(p *corev1.Pod) { mounts(p, `C:\a\%`) }},
		{"mount-path-variable", false, 0, bind, func(p *corev1.Pod) { mounts(p, "/a$") }},
		{"mount-path-variable", false, 0, bind, func(p *corev1.Pod) { mounts(p, "/a/$(b") }},
		{"mount-recursive-read-only", true, 31, bind, func(p *corev1.Pod) {
			first(p).VolumeMounts[0].RecursiveReadOnly = ptr.To(corev1.RecursiveReadOnlyEnabled)
		}},
		{"mount-recursive-read-only", false, 30, bind, func(p *corev1.Pod) {
			first(p).VolumeMounts[0].RecursiveReadOnly = ptr.To(corev1.RecursiveReadOnlyEnabled)
		}},
		{"mount-recursive-read-only", false, 31, bind, func(p *corev1.Pod) {
			m := &first(p).VolumeMounts[0]
			m.ReadOnly, m.RecursiveReadOnly, m.MountPropagation = true, ptr.To(corev1.RecursiveReadOnlyEnabled), ptr.To(corev1.MountPropagationNone)
		}},
		{"mount-recursive-read-only", true, 31, bind, func(p *corev1.Pod) {
			m := &first(p).VolumeMounts[0]
			m.ReadOnly, m.RecursiveReadOnly, m.MountPropagation = true, ptr.To(corev1.RecursiveReadOnlyEnabled), ptr.To(corev1.MountPropagationHostToContainer)
		}},
		{"pod-resources", true, 34, bind, func(p *corev1.Pod) { p.Spec.Resources = &corev1.ResourceRequirements{} }},
		{"pod-resources", false, 33, bind, func(p *corev1.Pod) { p.Spec.Resources = &corev1.ResourceRequirements{} }},
		{"port-forward", true, 0, symlink16, runs(token+`\a.exe`, "--x=127.0.0.1", "--Bind=127.0.0.1:80")},
		{"port-forward", true, 0, symlink16, runs(token+`\a.exe`, "--http-addr=localhost")},
		{"port-forward", false, 0, symlink16, runs(token+`\a.exe`, "--peer=127.0.0.1")},
		{"port-forward", false, 0, symlink16, func(p *corev1.Pod) {
			p.Spec.InitContainers[0].Ports = first(p).Ports
			p.Spec.InitContainers[0].Args = []string{"--listen=127.0.0.1:80"}
		}},
		{"probe-host", true, 34, bind, func(p *corev1.Pod) { first(p).ReadinessProbe.HTTPGet.Host = "x" }},
		{"probe-host", false, 33, bind, func(p *corev1.Pod) { first(p).ReadinessProbe.HTTPGet.Host = "x" }},
		{"rootfs-location-backslash", false, 0, bind, func(p *corev1.Pod) {
			p.Annotations = map[string]string{"microsoft.com/hostprocess-rootfs-location": `C:\rf\`}
		}},
		{"rootfs-location-backslash", true, 0, bind, func(p *corev1.Pod) {
			p.Annotations = map[string]string{"microsoft.com/hostprocess-rootfs-location": `C:\rf`}
		}},
		{"run-as-user-hangs", true, 31, kubelet28, func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.RunAsUser = nil, ptr.To[int64](1)
		}},
		{"run-as-user-hangs", false, 28, kubelet29, func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.RunAsUser = nil, ptr.To[int64](1)
		}},
		{"run-as-user-hangs", true, 28, bind, func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.RunAsUser = nil, ptr.To[int64](1)
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{}}
		}},
		{"run-as-user-hangs", false, 29, bind, func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.RunAsUser = nil, ptr.To[int64](1)
		}},
		{"run-as-user-hangs", false, 28, bind, func(p *corev1.Pod) {
			p.Spec.OS = nil
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
				SecurityContext: &corev1.SecurityContext{RunAsUser: ptr.To[int64](1)},
			}}}
		}},
		{"supplemental-groups-policy", true, 33, bind, func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.SupplementalGroupsPolicy = nil, ptr.To(corev1.SupplementalGroupsPolicyStrict)
		}},
		{"supplemental-groups-policy", false, 32, bind, func(p *corev1.Pod) {
			s := p.Spec.SecurityContext
			p.Spec.OS, s.RunAsNonRoot, s.SupplementalGroupsPolicy = nil, ptr.To(true), ptr.To(corev1.SupplementalGroupsPolicyStrict)
		}},
		{"supplemental-groups-policy", false, 33, bind, func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.SupplementalGroupsPolicy = nil, ptr.To(corev1.SupplementalGroupsPolicyMerge)
		}},
		{"unix-socket-mount", true, 0, bind, hostPath(`C:\x.sock`)},
		{"unix-socket-mount", false, 0, bind, hostPath(".sock")},
		{"named-pipe-mount", false, 0, bind, hostPath(`\x\pipe\y`)},
		{"named-pipe-directory", false, 0, bind, hostPath(`/x/pipe/y`)},
		{"working-dir-on-host", false, 0, bind, func(p *corev1.Pod) { first(p).WorkingDir = `\etc\agent\config` }},
		{"working-dir-on-host", true, 0, bind, func(p *corev1.Pod) { first(p).WorkingDir = `\etc\other` }},
		{"working-dir-on-host", true, 0, bind, func(p *corev1.Pod) { mounts(p, "C:"); first(p).WorkingDir = `\etc\other` }},
		{"working-dir-on-host", false, 0, everyMode, func(p *corev1.Pod) { first(p).WorkingDir = `\etc\other` }},
		{"working-dir-relative", true, 0, bind, func(p *corev1.Pod) { first(p).WorkingDir = "etc" }},
		{"working-dir-relative", false, 0, bind, func(p *corev1.Pod) { first(p).WorkingDir = "$CONTAINER_SANDBOX_MOUNT_POINT/x" }},
		{"working-dir-rerooted", true, 0, everyMode, func(p *corev1.Pod) { first(p).WorkingDir = "/etc" }},
		{"working-dir-rerooted", false, 0, everyMode, func(p *corev1.Pod) { first(p).WorkingDir = "etc" }},
		{"working-dir-rerooted", false, 0, everyMode, func(p *corev1.Pod) { first(p).WorkingDir = "/x/%container_sandbox_mount_point%" }},
	} {
		p := representative()
		test.edit(p)
		v := validate.Validator{Targets: test.targets, KubernetesMinor: test.minor}
		if findings := v.Pod(p); found(findings, test.rule) != test.found {
			t.Errorf("%s on 1.%d: found is %t for\n%+v\n%v", test.rule, test.minor, !test.found, *first(p), findings)
		}
	}
}

func hostPath(path string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Volumes[0].VolumeSource = corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}
	}
}

// TestFields checks the fields of findings that differ from the subject of the rule.
func TestFields(t *testing.T) {
	for _, test := range []struct {
		rule  validate.RuleID
		minor int
		want  []string
		edit  func(*corev1.Pod)
	}{
		{"host-port", 28, []string{"spec.containers[0].ports[0].hostPort"}, func(p *corev1.Pod) { first(p).Ports[0].HostPort = 1 }},
		{"host-port", 27, []string{"spec.containers[0].ports[0].containerPort"}, func(p *corev1.Pod) { first(p).Ports[0].HostPort = 1 }},
		{"env-kubeconfig", 0, []string{"spec.containers[0].command[2]"}, runs("cmd", "/c", "kubectl get x", "kubectl get y")},
		{"env-kubeconfig", 0, []string{"spec.containers[0].command[1]"}, runs("agent.exe", "kubectl get x", "kubectl get y")},
		{"env-kubeconfig", 0, []string{"spec.containers[0].command[0]"}, runs("kubectl", "kubectl get y")},
		{"env-mount-path", 0, []string{"spec.containers[0].env[2].value"}, env("A=x", "B=/etc/agent/config", "C=/etc/agent/rules/x")},
		{"env-mount-directory", 0, []string{"spec.containers[0].env[1].value"}, env("A=", "B=/etc/agent/config")},
		{"command-relative-path", 0, []string{"spec.containers[0].command[1]"}, func(p *corev1.Pod) {
			runs(token+`\a.exe`, `a\b .\x`)(p)
			first(p).WorkingDir = ""
		}},
		{"mount-path-duplicate", 0, []string{"spec.containers[0].volumeMounts[1].mountPath"}, func(p *corev1.Pod) { mounts(p, "/a", "/a") }},
	} {
		p := representative()
		test.edit(p)
		var got []string
		for _, f := range (validate.Validator{Targets: everyMode, KubernetesMinor: test.minor}).Pod(p) {
			if f.Rule == test.rule {
				got = append(got, f.Field)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s on 1.%d: fields %q, want %q", test.rule, test.minor, got, test.want)
		}
	}
}

// TestMessages checks computed parts of messages and fixes.
func TestMessages(t *testing.T) {
	for _, test := range []struct {
		rule    validate.RuleID
		minor   int
		targets []validate.Target
		want    string // part of the message and the fix
		edit    func(*corev1.Pod)
	}{
		{"memory-limit-rounded", 0, bind, "is 3500k, which isn't a whole number of MiB: the node sets the limit to 3Mi; write 3Mi or 4Mi", memory("3500k")},
		{"mount-over-implicit", 0, bind, `is below "/dev/x", where the node mounts the termination log`, func(p *corev1.Pod) {
			first(p).TerminationMessagePath = "/dev/x"
			mounts(p, "/dev/x/y")
		}},
		{"mount-over-implicit", 0, bind, `contains "/dev/x", where the node mounts the termination log`, func(p *corev1.Pod) {
			first(p).TerminationMessagePath = "/dev/x"
			mounts(p, "/dev")
		}},
		{"mount-over-implicit", 0, bind, `is the same place as "/data", where the node mounts the termination log`, func(p *corev1.Pod) {
			first(p).TerminationMessagePath = "/data"
			mounts(p, `C:\data`)
		}},
		{"mount-over-implicit", 0, bind, `contains "/var/run/secrets/kubernetes.io/serviceaccount", where the node mounts the service account token`, func(p *corev1.Pod) {
			mounts(p, "/var/run")
		}},
		{"named-pipe-directory", 0, bind, "containerd creates and mounts a directory instead", hostPath("//./pipe/x")},
		{"named-pipe-directory", 0, bind, "it isn't known what containerd mounts instead", hostPath(`\\.\PIPE\x`)},
		{"linux-only-field-ignored", 33, bind, "or hang on it", func(p *corev1.Pod) { p.Spec.OS, p.Spec.SecurityContext.RunAsUser = nil, ptr.To[int64](1) }},
		{"linux-only-field-ignored", 34, bind, "Windows nodes ignore it, and the API server", func(p *corev1.Pod) { p.Spec.OS, p.Spec.SecurityContext.RunAsUser = nil, ptr.To[int64](1) }},
		{"linux-only-field-ignored", 33, bind, "Windows nodes ignore it, and the API server", func(p *corev1.Pod) { p.Spec.OS, p.Spec.SecurityContext.RunAsGroup = nil, ptr.To[int64](1) }},
		{"linux-only-field-ignored", 33, bind, "the kubelet rejects the pod unless they are on its list of safe sysctls", func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.SecurityContext.Sysctls = nil, []corev1.Sysctl{{Name: "x"}}
		}},
		{"os-missing", 34, bind, "; remove resources, then set spec.os.name to windows", func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.Resources = nil, &corev1.ResourceRequirements{}
		}},
		{"os-missing", 33, bind, "as a Windows pod; set spec.os.name to windows", func(p *corev1.Pod) {
			p.Spec.OS, p.Spec.Resources = nil, &corev1.ResourceRequirements{}
		}},
		{"os-missing", 34, bind, "as a Windows pod; set spec.os.name to windows", func(p *corev1.Pod) { p.Spec.OS = nil }},
		{"os-selection-contradictory", 0, bind, `is "linux", which matches no Windows node`, func(p *corev1.Pod) { p.Spec.NodeSelector[corev1.LabelOSStable] = "linux" }},
		{"rootfs-location-backslash", 0, noBind, "last digit of the container's ID", func(p *corev1.Pod) {
			p.Annotations = map[string]string{"microsoft.com/hostprocess-rootfs-location": `C:\rf`}
		}},
		{"mount-path-variable", 0, bind, `nothing replaces "$(A)"`, func(p *corev1.Pod) { mounts(p, "/a/$(A)b") }},
		{"mount-path-variable", 0, bind, `nothing replaces "${A}"`, func(p *corev1.Pod) { mounts(p, "/a/${A}b)") }},
		{"mount-path-variable", 0, bind, `nothing replaces "$env:A_1"`, func(p *corev1.Pod) { mounts(p, `/a/$env:A_1\b`) }},
		{"mount-path-variable", 0, bind, `nothing replaces "$env:A"`, func(p *corev1.Pod) { mounts(p, `/a/$env:A`) }},
	} {
		p := representative()
		test.edit(p)
		matches := func(f validate.Finding) bool {
			return f.Rule == test.rule && strings.Contains(f.Message+"; "+f.Fix, test.want)
		}
		if findings := (validate.Validator{Targets: test.targets, KubernetesMinor: test.minor}).Pod(p); !slices.ContainsFunc(findings, matches) {
			t.Errorf("%s on 1.%d: no finding with %q in\n%v", test.rule, test.minor, test.want, findings)
		}
	}
}

// TestSurgePorts: only ports that are fixed to the node are reported.
func TestSurgePorts(t *testing.T) {
	port := func(container, host int32) []corev1.ContainerPort {
		return []corev1.ContainerPort{{ContainerPort: container, HostPort: host}}
	}
	for name, test := range map[string]struct {
		want string
		edit func(*corev1.PodSpec)
	}{
		"on the host's network": {"port 9100", func(*corev1.PodSpec) {}},
		"hostPort":              {"port 80", func(s *corev1.PodSpec) { s.Containers[0].Ports = port(9100, 80) }},
		"none":                  {"", func(s *corev1.PodSpec) { s.Containers[0].Ports = nil }},
		"zero":                  {"", func(s *corev1.PodSpec) { s.Containers[0].Ports = port(0, 0) }},
		"not of the node":       {"", func(s *corev1.PodSpec) { s.HostNetwork = false }},
		"of an init container": {"", func(s *corev1.PodSpec) {
			s.InitContainers[0].Ports, s.Containers[0].Ports = port(80, 0), nil
		}},
		"after an init container": {"port 9100", func(s *corev1.PodSpec) { s.InitContainers[0].Ports = port(80, 0) }},
		"of a sidecar": {"port 80", func(s *corev1.PodSpec) {
			s.InitContainers[0].Ports, s.InitContainers[0].RestartPolicy = port(80, 0), ptr.To(corev1.ContainerRestartPolicyAlways)
		}},
	} {
		set := &appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{
			Template: corev1.PodTemplateSpec{Spec: representative().Spec},
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{
				Type:          appsv1.RollingUpdateDaemonSetStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxSurge: ptr.To(intstr.FromInt32(1))},
			},
		}}
		test.edit(&set.Spec.Template.Spec)
		findings, err := validate.Validator{}.Object(set)
		if err != nil {
			t.Fatal(err)
		}
		message := ""
		for _, f := range findings {
			if f.Rule == "daemon-set-surge-ports" {
				message = f.Message
			}
		}
		if (message == "") != (test.want == "") || !strings.Contains(message, test.want) {
			t.Errorf("%s: %q, want %q", name, message, test.want)
		}
	}
}

// TestNamespaceLevel: the message explains an unknown level.
func TestNamespaceLevel(t *testing.T) {
	for level, want := range map[string]string{"baseline": `is "baseline": Pod`, "Baseline": `is "Baseline", not a valid level, which counts as "restricted"`} {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"pod-security.kubernetes.io/enforce": level}}}
		findings := validate.Validator{}.Namespace(ns, &representative().Spec)
		if !slices.ContainsFunc(findings, func(f validate.Finding) bool { return strings.Contains(f.Message, want) }) {
			t.Errorf("%s: %v", level, findings)
		}
	}
}

// TestNodeState: a cordoned node is reported once, and every taint for a state of the
// node.
func TestNodeState(t *testing.T) {
	taint := func(key string) corev1.Taint {
		return corev1.Taint{Key: key, Effect: corev1.TaintEffectNoSchedule}
	}
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "win-1", Labels: map[string]string{corev1.LabelOSStable: "windows"}},
		Spec: corev1.NodeSpec{Unschedulable: true, Taints: []corev1.Taint{
			taint(corev1.TaintNodeUnschedulable), taint("size"), taint(corev1.TaintNodeNotReady),
		}},
	}
	fields := func() (all []string) {
		for _, f := range (validate.Validator{}).Node(node, &representative().Spec) {
			if f.Rule == "node-state" {
				all = append(all, f.Field)
			}
		}
		return all
	}
	if got := fields(); !slices.Equal(got, []string{"spec.unschedulable", "spec.taints[2]"}) {
		t.Errorf("cordoned: %q", got)
	}
	node.Spec.Unschedulable = false
	if got := fields(); !slices.Equal(got, []string{"spec.taints[0]", "spec.taints[2]"}) {
		t.Errorf("tainted: %q", got)
	}
}
