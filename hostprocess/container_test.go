// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

func TestContainerMethods(t *testing.T) {
	got := build(t, pod(other().
		WithImagePullPolicy(corev1.PullAlways).
		WithRunAs(accounts.LocalSystem).
		WithCommand(hostprocess.RawCommand("agent.exe", "run")).WithArgs("-v").
		WithWorkingDir(`C:\agent`).
		WithPort("metrics", 9100).WithUDPPort("", 53).
		WithRequest(corev1.ResourceMemory, "100Mi").WithLimit(corev1.ResourceMemory, "200Mi").
		WithLimit("directx.microsoft.com/display", "1").
		WithEnv("A", "1").WithEnv("B", "2").WithEnv("a", "3").
		WithEnvValueFrom("NODE", hostprocess.PodField("spec.nodeName")).
		WithEnvValueFrom("LABEL", hostprocess.PodField("metadata.labels['app']")).
		WithEnvValueFrom("LIMIT", hostprocess.ResourceField("limits.memory")).
		WithEnvValueFrom("KEY", hostprocess.ConfigMapKey("config", "key").Optional()).
		WithEnvValueFrom("TOKEN", hostprocess.SecretKey("secret", "token").Optional()).
		WithEnvFrom(fromConfigMap("all")).WithEnvFrom(fromSecret("all")).
		WithLivenessProbe(hostprocess.Exec(hostprocess.RawCommand("check.exe")), func(p *corev1.Probe) { p.TerminationGracePeriodSeconds = ptr.To(int64(5)) }).
		WithReadinessProbe(hostprocess.HTTPGet("/ready", 9100).WithHTTPS().WithHeader("Accept", "text/plain"), func(p *corev1.Probe) {
			p.InitialDelaySeconds, p.PeriodSeconds, p.TimeoutSeconds, p.FailureThreshold, p.SuccessThreshold = 1, 2, 3, 4, 5
		}).
		WithStartupProbe(hostprocess.GRPC(9200, "svc")).
		WithPostStart(hostprocess.HTTPGet("/started", 9100)).
		WithPreStop(hostprocess.Exec(hostprocess.RawCommand("stop.exe"))))).Containers[1]
	want := corev1.Container{
		Name: "other", Image: "image", ImagePullPolicy: corev1.PullAlways,
		SecurityContext: &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`)}},
		Command:         []string{"agent.exe", "run"}, Args: []string{"-v"}, WorkingDir: `C:\agent`,
		Ports: []corev1.ContainerPort{
			{Name: "metrics", ContainerPort: 9100, Protocol: corev1.ProtocolTCP}, {ContainerPort: 53, Protocol: corev1.ProtocolUDP},
		},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("100Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("200Mi"), "directx.microsoft.com/display": resource.MustParse("1")},
		},
		Env: []corev1.EnvVar{
			{Name: "B", Value: "2"}, {Name: "a", Value: "3"},
			{Name: "NODE", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
			{Name: "LABEL", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels['app']"}}},
			{Name: "LIMIT", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.memory"}}},
			{Name: "KEY", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: "config"}, Key: "key", Optional: ptr.To(true)}}},
			{Name: "TOKEN", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: "secret"}, Key: "token", Optional: ptr.To(true)}}},
		},
		EnvFrom: []corev1.EnvFromSource{
			{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "all"}}},
			{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "all"}}},
		},
		LivenessProbe: &corev1.Probe{
			ProbeHandler:                  corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"check.exe"}}},
			TerminationGracePeriodSeconds: ptr.To(int64(5)),
		},
		ReadinessProbe: &corev1.Probe{
			ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromInt32(9100),
				Scheme: corev1.URISchemeHTTPS, HTTPHeaders: []corev1.HTTPHeader{{Name: "Accept", Value: "text/plain"}}}},
			InitialDelaySeconds: 1, PeriodSeconds: 2, TimeoutSeconds: 3, FailureThreshold: 4, SuccessThreshold: 5,
		},
		StartupProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9200, Service: ptr.To("svc")}}},
		Lifecycle: &corev1.Lifecycle{
			PostStart: &corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/started", Port: intstr.FromInt32(9100)}},
			PreStop:   &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"stop.exe"}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// kubeletExpands are values and what the kubelet makes of them where A is set to "1" and
// nothing else is. Source:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/third_party/forked/golang/expansion/expand.go
var kubeletExpands = map[string]string{
	"x":          "x",
	"$":          "$",
	"a$":         "a$",
	"$x":         "$x",
	"$ $x $ä":    "$ $x $ä",
	"$$":         "$",
	"pa$$word":   "pa$word",
	"$$$":        "$$",
	"$$$$":       "$$",
	"$(A)":       "1",
	"a$(A)$(A)b": "a11b",
	"$$(A)":      "$(A)",
	"$$$(A)":     "$1",
	"$$$$(A)":    "$$(A)",
	"$(B)":       "$(B)",
	"$$(B)":      "$(B)",
	"$()":        "$()",
	"$(":         "$(",
	"$(A":        "$(A",
	"$(A $(A)":   "$(A $(A)",
	"($A)":       "($A)",
	"$)A(":       "$)A(",
	"$($(A))":    "$($(A))",
	"$(A))":      "1)",
	"$(a)":       "$(a)",
	"%A% $env:A": "%A% $env:A",
	"$\n(A)":     "$\n(A)",
}

// A value of WithEnv arrives as it is, whatever it is; one of WithEnvExpanded arrives
// as the kubelet expands it.
func TestEnvValues(t *testing.T) {
	arrives := func(c hostprocess.Container) string {
		env := build(t, pod(c)).Containers[1].Env
		return cmdline.Expand(env[1].Value, map[string]string{env[0].Name: cmdline.Expand(env[0].Value, nil)})
	}
	for value, expanded := range kubeletExpands {
		if got := cmdline.Expand(value, map[string]string{"A": "1"}); got != expanded {
			t.Errorf("the model expands %q to %q, want %q", value, got, expanded)
		}
		if got := arrives(other().WithEnv("A", "1").WithEnv("V", value)); got != value {
			t.Errorf("WithEnv: %q arrives as %q", value, got)
		}
		if got := arrives(other().WithEnv("A", "1").WithEnvExpanded("V", value)); got != expanded {
			t.Errorf("WithEnvExpanded: %q arrives as %q, want %q", value, got, expanded)
		}
	}
}

// What is set later has no value yet, unless an envFrom sets it first.
func TestEnvThatDependsOnALaterOne(t *testing.T) {
	c := other().WithEnvExpanded("B", "$(A) $(C)").WithEnvExpanded("C", "$(B) $(C)").WithEnvExpanded("D", "$$(A) $(X)").WithEnv("E", "$(A)").WithEnv("A", "1")
	want := []string{`other/WithEnvExpanded value of B "$(A) $(C)"`}
	if diff := cmp.Diff(want, calls(t, pod(c))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	build(t, pod(c.WithEnvFrom(fromSecret("s"))))
	build(t, pod(other().WithEnv("A", "1").WithEnv("C", "2").WithEnvExpanded("B", "$(A) $(C)")))
	moved := other().WithEnv("A", "1").WithEnvExpanded("B", "$(A)").WithEnv("A", "2")
	if diff := cmp.Diff([]string{`other/WithEnvExpanded value of B "$(A)"`}, calls(t, pod(moved))); diff != "" {
		t.Errorf("a variable that was set again (-want +got)\n%s", diff)
	}
	build(t, hostprocess.From(&corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a", Command: []string{"a.exe"},
		Env: []corev1.EnvVar{{Name: "B", Value: "$(A)"}, {Name: "A", Value: "1"}}}}}).WithRunAs(accounts.LocalService))
}

// What is just within the limits is built.
func TestContainerLimits(t *testing.T) {
	tcp := hostprocess.TCPSocket(1)
	for name, c := range map[string]hostprocess.Container{
		"ports without names":  other().WithPort("", 80).WithPort("", 81).WithPort("web", 82).WithUDPPort("", 80),
		"request of nothing":   other().WithRequest("cpu", "0"),
		"request as the limit": other().WithLimit("cpu", "1").WithRequest("cpu", "1000m"),
		"device request":       other().WithLimit("example.com/gpu", "2").WithRequest("example.com/gpu", "2"),
		"large number":         other().WithLimit("memory", "1000000000"),
		"exponent":             other().WithLimit("memory", "1e9"),
		"exa":                  other().WithLimit("memory", "1E"),
		"small exponent":       other().WithLimit("cpu", "1e-30"),
		"long quantity":        other().WithLimit("memory", strings.Repeat("0", 99)+"1"),
		"tries":                other().WithLivenessProbe(tcp, thresholds(1, 1)),
		"readiness tries":      other().WithReadinessProbe(tcp, thresholds(1, 2)),
	} {
		t.Run(name, func(t *testing.T) { build(t, pod(c)) })
	}
}

// longResource is a name that a resource can have, but no quota for it.
const longResource = "a23456789-123456789-123456789-123456789-123456789-123456789." +
	"b23456789-123456789-123456789-123456789-123456789-123456789." +
	"c23456789-123456789-123456789-123456789-123456789-123456789." +
	"d23456789-123456789-123456789-123456789-123456789-123456789.example/x"

func thresholds(failure, success int32) func(*corev1.Probe) {
	return func(p *corev1.Probe) { p.FailureThreshold, p.SuccessThreshold = failure, success }
}

func grace(seconds int64) func(*corev1.Probe) {
	return func(p *corev1.Probe) { p.TerminationGracePeriodSeconds = &seconds }
}

func fromConfigMap(name string) corev1.EnvFromSource {
	return corev1.EnvFromSource{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}
}

func fromSecret(name string) corev1.EnvFromSource {
	return corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}
}

func TestContainerMistakes(t *testing.T) {
	tcp := hostprocess.TCPSocket(1)
	for name, test := range map[string]struct {
		container hostprocess.Container
		want      string
	}{
		"image":              {hostprocess.NewContainer("other", " image"), `NewContainer image " image"`},
		"pull policy":        {other().WithImagePullPolicy("Rarely"), `WithImagePullPolicy policy "Rarely"`},
		"account":            {other().WithRunAs(accounts.ServiceAccount("SYSTEM")), `WithRunAs account "SYSTEM"`},
		"no command":         {other().WithCommand(hostprocess.RawCommand()), `RawCommand words nil`},
		"working directory":  {other().WithWorkingDir("a\x00b"), `WithWorkingDir dir "a<U+0000>b"`},
		"port name":          {other().WithPort("Metrics", 80), `WithPort name "Metrics"`},
		"same port name":     {other().WithPort("metrics", 80).WithUDPPort("metrics", 81), `WithUDPPort name "metrics"`},
		"port":               {other().WithPort("", 0), `WithPort number 0`},
		"high port":          {other().WithUDPPort("", 65536), `WithUDPPort number 65536`},
		"resource":           {other().WithLimit("gpu", "1"), `WithLimit name "gpu"`},
		"huge pages":         {other().WithLimit("hugepages-2Mi", "0"), `WithLimit name "hugepages-2Mi"`},
		"reserved resource":  {other().WithLimit("kubernetes.io/x", "1"), `WithLimit name "kubernetes.io/x"`},
		"malformed resource": {other().WithLimit("a b/x", "1"), `WithLimit name "a b/x"`},
		"image not UTF-8":    {hostprocess.NewContainer("other", "\xff"), `NewContainer image "<0xFF>"`},
		"word not UTF-8":     {other().WithArgs("a", "\xff"), `WithArgs word "<0xFF>"`},
		"value not UTF-8":    {other().WithEnv("A", "\xff"), `WithEnv value of A "<0xFF>"`},
		"audience not UTF-8": {other().WithMount(hostprocess.CSI("csi.example.com", map[string]string{"a": "\xff"}), "/a"), `CSI value of a "<0xFF>"`},
		"header not UTF-8":   {other().WithLivenessProbe(hostprocess.HTTPGet("/", 80).WithHeader("A", "\xff")), `WithHeader value "<0xFF>"`},
		"quantity":           {other().WithLimit("cpu", "1,5"), `WithLimit quantity "1,5"`},
		"empty quantity":     {other().WithRequest("cpu", ""), `WithRequest quantity ""`},
		"negative quantity":  {other().WithLimit("memory", "-1"), `WithLimit quantity "-1"`},
		"endless quantity":   {other().WithLimit("memory", "1e-999999999"), `WithLimit quantity "1e-999999999"`},
		"absurd quantity":    {other().WithLimit("memory", "1e99999999999999999999"), `WithLimit quantity "1e99999999999999999999"`},
		"half a byte":        {other().WithLimit("memory", "500m"), `WithLimit quantity "500m"`},
		"half a device":      {other().WithLimit("example.com/gpu", "500m"), `WithLimit quantity "500m"`},
		"request over limit": {other().WithLimit("cpu", "1").WithRequest("cpu", "2"), `WithRequest cpu "2"`},
		"no device":          {other().WithRequest("example.com/gpu", "0"), `WithRequest example.com/gpu "0"`},
		"fewer devices":      {other().WithLimit("example.com/gpu", "2").WithRequest("example.com/gpu", "1"), `WithRequest example.com/gpu "1"`},
		"more devices":       {other().WithLimit("example.com/gpu", "1").WithRequest("example.com/gpu", "2"), `WithRequest example.com/gpu "2"`},
		"long quantity":      {other().WithLimit("memory", strings.Repeat("0", 100)+"1"), `WithLimit quantity "` + strings.Repeat("0", 100) + `1"`},
		"small quantity":     {other().WithLimit("cpu", "1e-31"), `WithLimit quantity "1e-31"`},
		"long resource":      {other().WithLimit(longResource, "1"), `WithLimit name "` + longResource + `"`},
		"device request":     {other().WithRequest("example.com/gpu", "1"), `WithRequest example.com/gpu "1"`},
		"env name":           {other().WithEnv("A=B", "1"), `WithEnv name "A=B"`},
		"env value":          {other().WithEnv("A", ""), `WithEnv value of A ""`},
		"env zero byte":      {other().WithEnv("A", "a\x00"), `WithEnv value of A "a<U+0000>"`},
		"expanded name":      {other().WithEnvExpanded("A=B", "1"), `WithEnvExpanded name "A=B"`},
		"expanded value":     {other().WithEnvExpanded("A", ""), `WithEnvExpanded value of A ""`},
		"escaped zero byte":  {other().WithEnv("A", "$(B)\x00"), `WithEnv value of A "$(B)<U+0000>"`},
		"env of the runtime": {other().WithEnv("container_sandbox_mount_point", "x"), `WithEnv name "container_sandbox_mount_point"`},
		"env field":          {other().WithEnvValueFrom("A", hostprocess.PodField("spec.hostname")), `PodField path "spec.hostname"`},
		"env label":          {other().WithEnvValueFrom("A", hostprocess.PodField("metadata.labels['a")), `PodField path "metadata.labels['a"`},
		"env resource":       {other().WithEnvValueFrom("A", hostprocess.ResourceField("limits.gpu")), `ResourceField resource "limits.gpu"`},
		"env key":            {other().WithEnvValueFrom("A", hostprocess.ConfigMapKey("a", "")), `ConfigMapKey key ""`},
		"env secret":         {other().WithEnvValueFrom("A", hostprocess.SecretKey("A", "k")), `SecretKey secret "A"`},
		"env optional":       {other().WithEnvValueFrom("A", hostprocess.PodField("metadata.name").Optional()), `Optional receiver`},
		"env from":           {other().WithEnvFrom(fromConfigMap("")), `WithEnvFrom configMapRef.name ""`},
		"env from secret":    {other().WithEnvFrom(fromSecret("")), `WithEnvFrom secretRef.name ""`},
		"probe path":         {other().WithLivenessProbe(hostprocess.HTTPGet("", 80)), `HTTPGet path ""`},
		"probe port":         {other().WithLivenessProbe(hostprocess.TCPSocket(0)), `TCPSocket port 0`},
		"grpc port":          {other().WithLivenessProbe(hostprocess.GRPC(-1, "")), `GRPC port -1`},
		"probe command":      {other().WithLivenessProbe(hostprocess.Exec(hostprocess.RawCommand())), `RawCommand words nil`},
		"https":              {other().WithLivenessProbe(tcp.WithHTTPS()), `WithHTTPS receiver`},
		"header":             {other().WithLivenessProbe(tcp.WithHeader("A", "")), `WithHeader receiver`},
		"header name":        {other().WithLivenessProbe(hostprocess.HTTPGet("/", 1).WithHeader("a b", "")), `WithHeader name "a b"`},
		"port of no name":    {other().WithLivenessProbe(hostprocess.TCPSocket("Web")), `TCPSocket port "Web"`},
		"large port":         {other().WithLivenessProbe(hostprocess.HTTPGet("/", 1<<32)), `HTTPGet port 4294967296`},
		"host of exec":       {other().WithPreStop(hostprocess.Exec(hostprocess.CmdLine("a")).WithHost("127.0.0.1")), `WithHost receiver`},
		"delay":              {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.InitialDelaySeconds = -1 }), `WithLivenessProbe initialDelaySeconds -1`},
		"period":             {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.PeriodSeconds = -1 }), `WithLivenessProbe periodSeconds -1`},
		"timeout":            {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.TimeoutSeconds = -1 }), `WithLivenessProbe timeoutSeconds -1`},
		"failures":           {other().WithLivenessProbe(tcp, thresholds(-1, 0)), `WithLivenessProbe failureThreshold -1`},
		"successes":          {other().WithReadinessProbe(tcp, thresholds(0, -1)), `WithReadinessProbe successThreshold -1`},
		"startup successes":  {other().WithStartupProbe(tcp, thresholds(1, 2)), `WithStartupProbe successThreshold 2`},
		"liveness successes": {other().WithLivenessProbe(tcp, thresholds(1, 2)), `WithLivenessProbe successThreshold 2`},
		"readiness grace":    {other().WithReadinessProbe(tcp, grace(1)), `WithReadinessProbe terminationGracePeriodSeconds 1`},
		"probe grace":        {other().WithLivenessProbe(tcp, grace(0)), `WithLivenessProbe terminationGracePeriodSeconds 0`},
		"second handler":     {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.Exec = &corev1.ExecAction{} }), `WithLivenessProbe settings ""`},
		"no settings":        {other().WithLivenessProbe(tcp, nil), `WithLivenessProbe settings nil`},
		"sleeping probe":     {other().WithStartupProbe(hostprocess.Sleep(time.Second)), `WithStartupProbe handler "Sleep"`},
		"hook of a port":     {other().WithPreStop(tcp), `WithPreStop handler "TCPSocket"`},
		"hook of a service":  {other().WithPostStart(hostprocess.GRPC(1, "")), `WithPostStart handler "GRPC"`},
		"no sleep":           {other().WithPreStop(hostprocess.Sleep(0)), `Sleep d 0s`},
		"long sleep":         {other().WithPreStop(hostprocess.Sleep(31 * time.Second)), `WithPreStop handler Sleep`},
		"new image":          {other().WithImage(""), `WithImage image ""`},
		"new image's space":  {other().WithImage("a "), `WithImage image "a "`},
		"no source":          {other().WithEnvFrom(corev1.EnvFromSource{}), `WithEnvFrom source nil`},
		"two sources":        {other().WithEnvFrom(corev1.EnvFromSource{ConfigMapRef: fromConfigMap("a").ConfigMapRef, SecretRef: fromSecret("b").SecretRef}), `WithEnvFrom source "a"`},
		"prefix":             {other().WithEnvFrom(corev1.EnvFromSource{Prefix: "a=", ConfigMapRef: fromConfigMap("a").ConfigMapRef}), `WithEnvFrom prefix "a="`},
		"size":               {other().WithMount(hostprocess.EmptyDir("a").WithSizeLimit("-1"), "/a"), `WithSizeLimit quantity "-1"`},
		"size of a secret":   {other().WithMount(hostprocess.Secret("a").WithSizeLimit("1"), "/a"), `WithSizeLimit volume "secret"`},
		"volume's edit":      {other().WithMount(hostprocess.Secret("a").Edit(nil), "/a"), `Edit edit nil`},
		"edit":               {other().Edit(nil), `Edit edit nil`},
		"hook path":          {other().WithPreStop(hostprocess.HTTPGet("a", 1)), `HTTPGet path "a"`},
		"hook command":       {other().WithPostStart(hostprocess.Exec(hostprocess.Command{})), `Exec command nil`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{"other/" + test.want}, calls(t, pod(test.container))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestVolumes(t *testing.T) {
	long := strings.Repeat("a", 200)
	for name, test := range map[string]struct {
		volume hostprocess.Volume
		want   corev1.Volume
	}{
		"config map": {hostprocess.ConfigMap("a"), corev1.Volume{Name: "configmap-a",
			VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "a"}}}}},
		"every kind of character": {hostprocess.ConfigMap("az09"), corev1.Volume{Name: "configmap-az09",
			VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "az09"}}}}},
		"longest readable name": {hostprocess.ConfigMap(long[:53]), corev1.Volume{Name: "configmap-" + long[:53],
			VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: long[:53]}}}}},
		"longer name": {hostprocess.ConfigMap(long[:54]), corev1.Volume{Name: "configmap-" + long[:42] + "-",
			VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: long[:54]}}}}},
		"longest driver": {hostprocess.CSI(long[:63], nil), corev1.Volume{Name: "csi-" + long[:48] + "-",
			VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: long[:63]}}}},
		"dotted config map": {hostprocess.ConfigMap("a.b"), corev1.Volume{Name: "configmap-a-b-3a3fd70359",
			VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "a.b"}}}}},
		"long secret": {hostprocess.Secret(long), corev1.Volume{Name: "secret-" + strings.Repeat("a", 45) + "-dd9c6db2d1",
			VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: long}}}},
		"some keys": {hostprocess.Secret("a").WithItem("k", "p/k").Optional(), corev1.Volume{Name: "secret-a-93a5899c03",
			VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "a", Optional: ptr.To(true), Items: []corev1.KeyToPath{{Key: "k", Path: "p/k"}}}}}},
		"named": {hostprocess.ConfigMap("a").WithItem("k", "p").Named("n"), corev1.Volume{Name: "n",
			VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "a"}, Items: []corev1.KeyToPath{{Key: "k", Path: "p"}}}}}},
		"host path": {hostprocess.HostPath(`C:\ProgramData\agent`).OfType(corev1.HostPathDirectoryOrCreate), corev1.Volume{Name: "host-c--programdata-agent-f2db5df072",
			VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\ProgramData\agent`, Type: ptr.To(corev1.HostPathDirectoryOrCreate)}}}},
		"empty dir": {hostprocess.EmptyDir("cache"), corev1.Volume{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
		"claim": {hostprocess.PersistentVolumeClaim("data"), corev1.Volume{Name: "pvc-data",
			VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}}},
		"csi": {hostprocess.CSI("Driver.example.com", map[string]string{"a": "1"}), corev1.Volume{Name: "csi-driver-example-com-",
			VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "Driver.example.com", VolumeAttributes: map[string]string{"a": "1"}}}}},
		"downward API": {hostprocess.DownwardAPI(map[string]string{"b": "metadata.labels", "a": "metadata.annotations['x/y']"}), corev1.Volume{Name: "downwardapi-",
			VolumeSource: corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{
				{Path: "a", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.annotations['x/y']"}},
				{Path: "b", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels"}}}}}}},
		"projected": {hostprocess.Projected(
			hostprocess.ConfigMap("c").WithItem("k", "c"), hostprocess.Secret("s").Optional(), hostprocess.DownwardAPI(map[string]string{"d": "metadata.uid"}),
			hostprocess.ServiceAccountToken("token", "vault", time.Hour)), corev1.Volume{Name: "projected-",
			VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "c"}, Items: []corev1.KeyToPath{{Key: "k", Path: "c"}}}},
				{Secret: &corev1.SecretProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "s"}, Optional: ptr.To(true)}},
				{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{Path: "d", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.uid"}}}}},
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", Audience: "vault", ExpirationSeconds: ptr.To(int64(3600))}}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			spec := build(t, pod(other().WithMount(test.volume, "/a"), hostprocess.NewContainer("third", "i").WithMount(test.volume, "/b")).WithServiceAccount("a"))
			if len(spec.Volumes) != 1 {
				t.Fatalf("the volume is there %d times", len(spec.Volumes))
			}
			got := spec.Volumes[0]
			if strings.HasSuffix(test.want.Name, "-") && strings.HasPrefix(got.Name, test.want.Name) {
				test.want.Name = got.Name // a checksum follows
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if a, b := spec.Containers[1].VolumeMounts[0].Name, spec.Containers[2].VolumeMounts[0].Name; a != got.Name || b != got.Name {
				t.Errorf("mounts of %q and %q, volume %q", a, b, got.Name)
			}
		})
	}
}

func TestVolumeMistakes(t *testing.T) {
	for name, test := range map[string]struct {
		volume hostprocess.Volume
		want   []string
	}{
		"config map":      {hostprocess.ConfigMap("A"), []string{`ConfigMap name "A"`}},
		"secret":          {hostprocess.Secret(""), []string{`Secret name ""`}},
		"host path":       {hostprocess.HostPath(""), []string{`HostPath path ""`}},
		"pipe":            {hostprocess.HostPath(`\\.\pipe\docker_engine`), []string{`HostPath path "\\.\pipe\docker_engine"`}},
		"pipe in slashes": {hostprocess.HostPath("//./PIPE/x"), []string{`HostPath path "//./PIPE/x"`}},
		"share":           {hostprocess.HostPath(`\\server\share`), []string{`HostPath path "\\server\share"`}},
		"back steps":      {hostprocess.HostPath(`C:\a\..\b`), []string{`HostPath path "C:\a\..\b"`}},
		"zero byte":       {hostprocess.HostPath("a\x00"), []string{`HostPath path "a<U+0000>"`}},
		"socket":          {hostprocess.HostPath("/a").OfType(corev1.HostPathSocket), []string{`OfType kind "Socket"`}},
		"type of other":   {hostprocess.Secret("a").OfType(corev1.HostPathFile), []string{`OfType volume "secret"`}},
		"empty dir":       {hostprocess.EmptyDir("A B"), []string{`EmptyDir name "A B"`}},
		"claim":           {hostprocess.PersistentVolumeClaim(""), []string{`PersistentVolumeClaim claim ""`}},
		"csi":             {hostprocess.CSI("a_b", nil), []string{`CSI driver "a_b"`}},
		"long csi":        {hostprocess.CSI(strings.Repeat("a", 64), nil), []string{`CSI driver "` + strings.Repeat("a", 64) + `"`}},
		"no fields":       {hostprocess.DownwardAPI(nil), []string{`DownwardAPI fields map[]`}},
		"field":           {hostprocess.DownwardAPI(map[string]string{"a": "spec.nodeName"}), []string{`DownwardAPI field "spec.nodeName"`}},
		"file":            {hostprocess.DownwardAPI(map[string]string{"../a": "metadata.name"}), []string{`DownwardAPI path "../a"`}},
		"token":           {hostprocess.ServiceAccountToken("", "", time.Minute), []string{`ServiceAccountToken path ""`, `ServiceAccountToken expiry 1m0s`}},
		"no parts":        {hostprocess.Projected(), []string{`Projected parts nil`}},
		"part":            {hostprocess.Projected(hostprocess.EmptyDir("a")), []string{`Projected part "emptydir"`}},
		"zero part":       {hostprocess.Projected(hostprocess.Volume{}), []string{`Projected part ""`}},
		"same path": {hostprocess.Projected(hostprocess.ConfigMap("a").WithItem("k", "p"), hostprocess.ServiceAccountToken("p", "", time.Hour),
			hostprocess.DownwardAPI(map[string]string{"p": "metadata.name"})), []string{`Projected path "p"`, `Projected path "p"`}},
		"existing":          {hostprocess.ExistingVolume(""), []string{`ExistingVolume name ""`}},
		"name":              {hostprocess.Secret("a").Named(""), []string{`Named name ""`}},
		"optional":          {hostprocess.HostPath("/a").Optional(), []string{`Optional volume "host"`}},
		"item":              {hostprocess.HostPath("/a").WithItem("k", "p"), []string{`WithItem volume "host"`}},
		"item key":          {hostprocess.Secret("a").WithItem("k k", "p"), []string{`WithItem key "k k"`}},
		"absolute item":     {hostprocess.Secret("a").WithItem("k", "/p"), []string{`WithItem path "/p"`}},
		"item above":        {hostprocess.Secret("a").WithItem("k", "a/../b"), []string{`WithItem path "a/../b"`}},
		"item with dots":    {hostprocess.Secret("a").WithItem("k", "..p"), []string{`WithItem path "..p"`}},
		"item above, too":   {hostprocess.Secret("a").WithItem("k", `a\..\b`), []string{`WithItem path "a\..\b"`}},
		"item with a drive": {hostprocess.Secret("a").WithItem("k", `C:\p`), []string{`WithItem path "C:\p"`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := calls(t, pod(other().WithMount(test.volume, "/a")).WithServiceAccount("a"))
			for i := range test.want {
				test.want[i] = "other/" + test.want[i]
			}
			if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestMounts(t *testing.T) {
	config := hostprocess.ConfigMap("a")
	spec := build(t, pod(other().
		WithMount(config, "/a", hostprocess.ReadOnly(), hostprocess.SubPath("x/y")).
		WithMount(config, `C:\b`).
		WithMount(config.Named("c"), "c").
		WithMount(hostprocess.ExistingVolume("given"), "/d")).
		WithVolumes(hostprocess.EmptyDir("given"), hostprocess.PersistentVolumeClaim("data").Named("data")))
	want := []corev1.VolumeMount{
		{Name: "configmap-a", MountPath: "/a", ReadOnly: true, SubPath: "x/y"},
		{Name: "configmap-a", MountPath: `C:\b`},
		{Name: "c", MountPath: "c"},
		{Name: "given", MountPath: "/d"},
	}
	if diff := cmp.Diff(want, spec.Containers[1].VolumeMounts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var names []string
	for _, v := range spec.Volumes {
		names = append(names, v.Name)
	}
	if diff := cmp.Diff([]string{"given", "data", "c", "configmap-a"}, names); diff != "" {
		t.Errorf("volumes (-want +got)\n%s", diff)
	}
}

// A name that was made gives way to one that was chosen.
func TestVolumeNamesDontCollide(t *testing.T) {
	made := hostprocess.ConfigMap("a")
	spec := build(t, pod(other().
		WithMount(made, "/a").
		WithMount(hostprocess.Secret("b").Named("configmap-a"), "/b").
		WithMount(hostprocess.Secret("c").Named("configmap-a-2"), "/c").
		WithMount(made, "/d")))
	var got []string
	for _, m := range spec.Containers[1].VolumeMounts {
		got = append(got, m.Name)
	}
	if diff := cmp.Diff([]string{"configmap-a-3", "configmap-a", "configmap-a-2", "configmap-a-3"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(spec.Volumes) != 3 {
		t.Errorf("there are %d volumes", len(spec.Volumes))
	}
}

// Of a path that no node takes it isn't said that it is taken.
func TestTheSameMalformedMountPathTwice(t *testing.T) {
	_, err := pod(other().WithMount(hostprocess.ConfigMap("a"), "C:").WithMount(hostprocess.Secret("a"), "C:")).Build()
	want := []string{`other/WithMount mountPath "C:"`, `other/WithMount mountPath "C:"`}
	if diff := cmp.Diff(want, callsOf(t, err)); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	var failed *hostprocess.BuildError
	errors.As(err, &failed)
	for _, m := range failed.Mistakes {
		var path *volumes.PathError
		if !errors.As(m, &path) || path.Reason != volumes.ReasonBareDrive {
			t.Errorf("says %v", m)
		}
	}
}

func TestMountPathMistakes(t *testing.T) {
	for path, want := range map[string]string{
		"":               `other/WithMount mountPath ""`,
		"C:":             `other/WithMount mountPath "C:"`,
		"/":              `other/WithMount mountPath "/"`,
		`\\.\pipe\x`:     `other/WithMount mountPath "\\.\pipe\x"`,
		`\\server\share`: `other/WithMount mountPath "\\server\share"`,
		"D:data":         `other/WithMount mountPath "D:data"`,
		"/a:b":           `other/WithMount mountPath "/a:b"`,
		"a\x00":          `other/WithMount mountPath "a<U+0000>"`,
	} {
		got := calls(t, pod(other().WithMount(hostprocess.ConfigMap("a"), path)))
		if got[0] != want {
			t.Errorf("mountPath %q: %q, want %q", path, got, want)
		}
	}
	if got := calls(t, pod(other().WithMount(hostprocess.ConfigMap("a"), "/a", hostprocess.SubPath("../b")))); got[0] != `other/SubPath path "../b"` {
		t.Errorf("subPath: %q", got)
	}
	if got := calls(t, pod(other().WithMount(hostprocess.ConfigMap("a"), "/a").WithMount(hostprocess.Secret("a"), "/a"))); got[0] != `other/WithMount mountPath "/a"` {
		t.Errorf("the same path twice: %q", got)
	}
}
