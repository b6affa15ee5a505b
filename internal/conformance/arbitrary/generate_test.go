// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package arbitrary

import (
	"math/rand/v2"
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/randfill"

	"github.com/hostprocess-go/sdk/internal/podgen"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// generator fills values. The same seed and number fill them alike.
type generator struct {
	*rand.Rand
	filler *randfill.Filler
}

func newGenerator(seed, number uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, number))}
	g.filler = randfill.NewWithSeed(g.Int64()).
		NilChance(pick(g, []float64{0.2, 0.5, 0.8, 0.95})).
		NumElements(0, pick(g, []int{1, 2, 4})).
		Funcs(
			func(s *string, _ randfill.Continue) { *s = g.text() },
			func(q *resource.Quantity, _ randfill.Continue) {
				*q = resource.MustParse(pick(g, []string{"0", "1", "-1", "500m", "1Mi", "1048577", "200Mi", "1Gi", "1e30", "0.0000001"}))
			},
			func(v *intstr.IntOrString, _ randfill.Continue) {
				*v = pick(g, []intstr.IntOrString{intstr.FromInt32(0), intstr.FromInt32(8080), intstr.FromInt32(-1), intstr.FromString("http"), intstr.FromString("50%"), {Type: 7}})
			},
			func(i *int32, c randfill.Continue) {
				*i = pick(g, []int32{0, 1, 80, 8080, 65535, -1, int32(c.Uint64())})
			},
			oneOf(g, corev1.DNSClusterFirst, corev1.DNSClusterFirstWithHostNet, corev1.DNSDefault, corev1.DNSNone),
			oneOf(g, corev1.StorageMediumMemory, corev1.StorageMediumHugePages, "HugePages-2Mi"),
			oneOf(g, corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage, "hugepages-2Mi"),
			oneOf(g, corev1.MountPropagationNone, corev1.MountPropagationHostToContainer, corev1.MountPropagationBidirectional),
			oneOf(g, corev1.RecursiveReadOnlyDisabled, corev1.RecursiveReadOnlyIfPossible, corev1.RecursiveReadOnlyEnabled),
			oneOf(g, corev1.SupplementalGroupsPolicyMerge, corev1.SupplementalGroupsPolicyStrict),
			oneOf(g, corev1.Linux, corev1.Windows),
			oneOf(g, corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute),
			oneOf(g, corev1.TolerationOpExists, corev1.TolerationOpEqual),
			oneOf(g, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist, corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt),
			oneOf(g, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP),
			oneOf(g, corev1.SIGTERM, corev1.SIGKILL, corev1.SIGINT),
			oneOf(g, corev1.RestartPolicyAlways, corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure),
			oneOf(g, corev1.ContainerRestartPolicyAlways, corev1.ContainerRestartPolicyNever),
			oneOf(g, corev1.HostPathDirectory, corev1.HostPathSocket, corev1.HostPathFile),
			oneOf(g, corev1.NodeReady, corev1.NodeDiskPressure),
			oneOf(g, corev1.ConditionTrue, corev1.ConditionFalse, corev1.ConditionUnknown),
			// Its content is not interpreted.
			func(f *metav1.FieldsV1, _ randfill.Continue) { f.SetRawBytes([]byte("{}")) },
		)
	return g
}

// oneOf fills a string that has a few values, at times with another one.
func oneOf[T ~string](g *generator, values ...T) func(*T, randfill.Continue) {
	return func(s *T, _ randfill.Continue) {
		if *s = pick(g, values); g.IntN(10) == 0 {
			*s = T(g.text())
		}
	}
}

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

func (g *generator) fill(v any) { g.filler.Fill(v) }

// podSpec returns an arbitrary pod, or a pod from the builder with a few arbitrary parts.
func (g *generator) podSpec() *corev1.PodSpec {
	spec := &corev1.PodSpec{}
	if g.IntN(3) == 0 {
		g.fill(spec)
		if g.IntN(4) > 0 {
			if spec.SecurityContext == nil {
				spec.SecurityContext = &corev1.PodSecurityContext{}
			}
			if spec.SecurityContext.WindowsOptions == nil {
				spec.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{}
			}
			spec.SecurityContext.WindowsOptions.HostProcess = ptr.To(true)
		}
		return spec
	}
	for {
		built, err := podgen.Random(g.Rand, 20).Pod().Build()
		if err == nil {
			spec = built
			break
		}
	}
	for range 1 + g.IntN(3) {
		g.fillPart(reflect.ValueOf(spec).Elem())
	}
	return spec
}

// fillPart fills a random part of a value.
func (g *generator) fillPart(v reflect.Value) {
	for g.IntN(8) > 0 {
		switch {
		case v.Kind() == reflect.Pointer && !v.IsNil():
			v = v.Elem()
		case v.Kind() == reflect.Struct && v.NumField() > 0 && v.Type() != reflect.TypeFor[resource.Quantity]():
			v = v.Field(g.IntN(v.NumField()))
		case v.Kind() == reflect.Slice && v.Len() > 0:
			v = v.Index(g.IntN(v.Len()))
		default:
			g.fill(v.Addr().Interface())
			return
		}
	}
	g.fill(v.Addr().Interface())
}

// text returns a text that a rule looks for, pieces of such texts, or any text.
func (g *generator) text() string {
	switch g.IntN(8) {
	case 0:
		return ""
	case 1, 2, 3:
		return pick(g, texts)
	case 4, 5:
		var b strings.Builder
		for range 1 + g.IntN(4) {
			b.WriteString(pick(g, pieces))
		}
		return b.String()
	case 6:
		return pick(g, texts) + pick(g, pieces)
	}
	any := make([]rune, g.IntN(20))
	for i := range any {
		any[i] = rune(g.IntN(pick(g, []int{0x80, 0x800, 0x11000})))
	}
	return string(any)
}

// texts are values that are special to Kubernetes or to Windows.
var texts = []string{
	"agent", "windows", "linux", "Windows", "default", "true", "false", "http", "a", "TCP", "UDP", "Always", "Never", "Enabled", "Memory", "HugePages-2Mi",
	"None", "Default", "ClusterFirst", "ClusterFirstWithHostNet", "HostToContainer", "Bidirectional", "NoSchedule", "NoExecute", "Exists", "Equal", "In", "NotIn", "Gt",
	"kubernetes.io/os", "beta.kubernetes.io/os", "kubernetes.io/arch", "kubernetes.io/hostname", "metadata.name", "node.kubernetes.io/windows-build",
	`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\Local Service`, `nt authority\system`, `NT AUTHORITY\TrustedInstaller`, "SYSTEM", "LocalSystem", "ContainerUser",
	"ContainerAdministrator", "Administrators", `BUILTIN\Users`, `.\bob`, `HOST\bob`, `DOMAIN\bob`, "12345", "gmsa$", "user@example.com",
	"%CONTAINER_SANDBOX_MOUNT_POINT%", `%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`, "$env:CONTAINER_SANDBOX_MOUNT_POINT", "$(CONTAINER_SANDBOX_MOUNT_POINT)",
	"CONTAINER_SANDBOX_MOUNT_POINT", "PATH", "Path", "KUBECONFIG", "NODE_NAME", "$(NODE_NAME)", "$$(A)", "%PATH%", "%%", "^", `"`, "a b", "a\nb", "a\x00b", "a&b",
	"agent.exe", "powershell", "powershell.exe", "pwsh", "pwsh.exe", "cmd", "cmd.exe", "/c", "-Command", "-c", "sh", "bash", "/bin/sh", "./agent", `..\agent.exe`, "run.ps1", "a.sh", "echo", "copy",
	`C:\`, "C:", "c:/", "D:", `C:\hpc`, `C:\hpc\agent.exe`, `C:\C\0123\agent.exe`, `C:\Windows`, `C:\Program Files`, `C:\k`, `C:\var\log`, `C:\Windows\System32\cmd.exe`, "C:data", `\\server\share`, `\\?\C:\a`,
	`\\.\pipe\docker_engine`, `//./pipe/agent`, `\\.\PhysicalDrive0`, "/var/run/agent.sock", "/", `\`, "/etc/agent", "/ETC/agent/", "/etc/agent/x", "/dev", "/var", "/var/run", "/var/run/secrets/kubernetes.io/serviceaccount",
	`C:\var\run\secrets\kubernetes.io\serviceaccount\token`, "/data:x", "relative/path", "..", "a/../b", "...", "a/..", "con", "aux.txt", `C:\a\.\b`, `C:\a\..\..`, " ", ".",
	"microsoft.com/hostprocess-inherit-user", "microsoft.com/hostprocess-rootfs-location", `C:\root\`, "pod-security.kubernetes.io/enforce", "baseline", "privileged", "latest", "v1.30",
	"containerd://1.6.8", "containerd://1.7.13", "containerd://2.0.0", "docker://20", "10.0.20348.2227", "amd64", "arm64", "memory", "cpu", "ephemeral-storage", "hugepages-2Mi",
	strings.Repeat("a", 300), strings.Repeat(`\`, 100), strings.Repeat("%A", 200), strings.Repeat("x ", 5000),
}

var pieces = []string{
	`C:`, `\`, `/`, `..`, `.`, `:`, `%`, `$`, `(`, `)`, `{`, `}`, `"`, `'`, ` `, "\n", "\t", "\x00", "^", "&", "|", "<", ">", "!", ";", "=", "`", "-", "*", "?", "é", "管", "\u2028", "\xff",
	"CONTAINER_SANDBOX_MOUNT_POINT", "%CONTAINER_SANDBOX_MOUNT_POINT%", "env:", "etc", "agent", "agent.exe", "hpc", "Windows", "pipe", "cmd.exe", "/c", "powershell", "NT AUTHORITY", "SYSTEM",
}

// validator is for arbitrary targets, versions and disabled rules.
func (g *generator) validator() (v validate.Validator) {
	if g.IntN(3) == 0 {
		v.KubernetesMinor = pick(g, []int{-1, 0, 1, 25, 26, 27, 30, 33, 34, 37, 99})
	}
	for range g.IntN(4) {
		var runtime volumes.Runtime
		mode := pick(g, []volumes.Mode{volumes.ModeUnknown, volumes.ModeSymlink16, volumes.ModeBind, volumes.ModeSymlinkHPC, 77})
		if g.IntN(2) == 0 {
			runtime, _ = volumes.ParseRuntime(pick(g, []string{"containerd://1.6.5", "containerd://1.6.34", "containerd://1.7.0-beta.3", "containerd://1.7.13", "containerd://1.7.19", "containerd://2.1.0"}))
		}
		v.Targets = append(v.Targets, validate.NewTarget(runtime, mode).WithKubelet(pick(g, []int{0, 0, 28, 37, -1})))
	}
	if g.IntN(8) == 0 {
		v.Ignore = []validate.RuleID{pick(g, validate.Rules()).ID, "no-such-rule"}
	}
	return v
}

// metadata sometimes has a label or an annotation that rules look for.
func (g *generator) metadata() (meta metav1.ObjectMeta) {
	g.fill(&meta)
	if g.IntN(4) == 0 {
		meta.Annotations = map[string]string{
			"microsoft.com/hostprocess-inherit-user":    pick(g, []string{"true", "false", g.text()}),
			"microsoft.com/hostprocess-rootfs-location": pick(g, []string{`C:\root`, `C:\root\`, g.text()}),
		}
	}
	return meta
}

func (g *generator) node() *corev1.Node {
	node := &corev1.Node{}
	g.fill(node)
	if g.IntN(2) == 0 {
		node.Labels = map[string]string{"kubernetes.io/os": "windows", "kubernetes.io/arch": pick(g, []string{"amd64", "arm64", g.text()})}
	}
	return node
}

func (g *generator) namespace() *corev1.Namespace {
	namespace := &corev1.Namespace{}
	g.fill(namespace)
	if g.IntN(2) == 0 {
		level := func() string { return pick(g, []string{"privileged", "baseline", "restricted", g.text()}) }
		namespace.Labels = map[string]string{"pod-security.kubernetes.io/enforce": level()}
		for _, mode := range []string{"audit", "warn"} {
			if g.IntN(2) == 0 {
				namespace.Labels["pod-security.kubernetes.io/"+mode] = level()
			}
		}
	}
	return namespace
}
