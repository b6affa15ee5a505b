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
		WithPort("metrics", 9100).
		WithRequest(corev1.ResourceMemory, "100Mi").WithLimit(corev1.ResourceMemory, "200Mi").
		WithLimit("directx.microsoft.com/display", "1").
		WithEnv("A", "1").WithEnv("B", "2").WithEnv("a", "3").
		WithEnvValueFrom("NODE", hostprocess.PodField("spec.nodeName")).
		WithEnvValueFrom("LABEL", hostprocess.PodField("metadata.labels['app']")).
		WithEnvValueFrom("LIMIT", corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.memory"}}).
		WithEnvValueFrom("KEY", optional(configMapKey("config", "key"))).
		WithEnvValueFrom("TOKEN", optional(secretKey("secret", "token"))).
		WithEnvFrom(fromConfigMap("all")).WithEnvFrom(fromSecret("all")).
		WithLivenessProbe(hostprocess.Exec(hostprocess.RawCommand("check.exe")), func(p *corev1.Probe) { p.TerminationGracePeriodSeconds = ptr.To(int64(5)) }).
		WithReadinessProbe(hostprocess.HTTPGet("/ready", 9100), func(p *corev1.Probe) {
			p.HTTPGet.Scheme, p.HTTPGet.Host = corev1.URISchemeHTTPS, "127.0.0.1"
			p.HTTPGet.HTTPHeaders = []corev1.HTTPHeader{{Name: "Accept", Value: "text/plain"}}
		}, func(p *corev1.Probe) {
			p.InitialDelaySeconds, p.PeriodSeconds, p.TimeoutSeconds, p.FailureThreshold, p.SuccessThreshold = 1, 2, 3, 4, 5
		}).
		WithStartupProbe(hostprocess.TCPSocket(9200), func(p *corev1.Probe) { p.TCPSocket.Host = "127.0.0.1" }).
		WithPostStart(hostprocess.HTTPGet("/started", 9100), func(h *corev1.LifecycleHandler) { h.HTTPGet.Scheme = corev1.URISchemeHTTPS }).
		WithPreStop(hostprocess.Exec(hostprocess.RawCommand("stop.exe"))))).Containers[1]
	want := corev1.Container{
		Name: "other", Image: "image", ImagePullPolicy: corev1.PullAlways,
		SecurityContext: &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`)}},
		Command:         []string{"agent.exe", "run"}, Args: []string{"-v"}, WorkingDir: `C:\agent`,
		Ports: []corev1.ContainerPort{
			{Name: "metrics", ContainerPort: 9100, Protocol: corev1.ProtocolTCP},
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
				Scheme: corev1.URISchemeHTTPS, Host: "127.0.0.1", HTTPHeaders: []corev1.HTTPHeader{{Name: "Accept", Value: "text/plain"}}}},
			InitialDelaySeconds: 1, PeriodSeconds: 2, TimeoutSeconds: 3, FailureThreshold: 4, SuccessThreshold: 5,
		},
		StartupProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(9200), Host: "127.0.0.1"}}},
		Lifecycle: &corev1.Lifecycle{
			PostStart: &corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/started", Port: intstr.FromInt32(9100), Scheme: corev1.URISchemeHTTPS}},
			PreStop:   &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"stop.exe"}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// kubeletExpands maps values to the results of the kubelet if only A is set, to "1".
// Source:
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

// A value of WithEnv arrives unchanged; the kubelet expands a value that is set with Edit.
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
		if got := arrives(raw(other().WithEnv("A", "1"), "V", value)); got != expanded {
			t.Errorf("Edit: %q arrives as %q, want %q", value, got, expanded)
		}
	}
}

// raw sets a variable whose value the kubelet expands.
func raw(c hostprocess.Container, name, value string) hostprocess.Container {
	return c.Edit(func(c *corev1.Container) { c.Env = append(c.Env, corev1.EnvVar{Name: name, Value: value}) })
}

// Values at the limits are built.
func TestContainerLimits(t *testing.T) {
	tcp := hostprocess.TCPSocket(1)
	for name, c := range map[string]hostprocess.Container{
		"ports without names":  other().WithPort("", 80).WithPort("", 81).WithPort("web", 82),
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

// longResource is a valid name of a resource, but too long for a quota.
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

func header(name, value string) func(*corev1.Probe) {
	return func(p *corev1.Probe) {
		p.HTTPGet.HTTPHeaders = append(p.HTTPGet.HTTPHeaders, corev1.HTTPHeader{Name: name, Value: value})
	}
}

func configMapKey(name, key string) corev1.EnvVarSource {
	return corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key}}
}

func secretKey(name, key string) corev1.EnvVarSource {
	return corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key}}
}

func optional(s corev1.EnvVarSource) corev1.EnvVarSource {
	if s.ConfigMapKeyRef != nil {
		s.ConfigMapKeyRef.Optional = ptr.To(true)
	}
	if s.SecretKeyRef != nil {
		s.SecretKeyRef.Optional = ptr.To(true)
	}
	return s
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
		"same port name":     {other().WithPort("metrics", 80).WithPort("metrics", 81), `WithPort name "metrics"`},
		"port":               {other().WithPort("", 0), `WithPort number 0`},
		"high port":          {other().WithPort("", 65536), `WithPort number 65536`},
		"resource":           {other().WithLimit("gpu", "1"), `WithLimit name "gpu"`},
		"huge pages":         {other().WithLimit("hugepages-2Mi", "0"), `WithLimit name "hugepages-2Mi"`},
		"reserved resource":  {other().WithLimit("kubernetes.io/x", "1"), `WithLimit name "kubernetes.io/x"`},
		"malformed resource": {other().WithLimit("a b/x", "1"), `WithLimit name "a b/x"`},
		"image not UTF-8":    {hostprocess.NewContainer("other", "\xff"), `NewContainer image "<0xFF>"`},
		"word not UTF-8":     {other().WithArgs("a", "\xff"), `WithArgs word "<0xFF>"`},
		"value not UTF-8":    {other().WithEnv("A", "\xff"), `WithEnv value of A "<0xFF>"`},
		"header not UTF-8":   {other().WithLivenessProbe(hostprocess.HTTPGet("/", 80), header("A", "\xff")), `WithLivenessProbe value of A "<0xFF>"`},
		"host not UTF-8":     {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.TCPSocket.Host = "\xff" }), `WithLivenessProbe tcpSocket.host "<0xFF>"`},
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
		"escaped zero byte":  {other().WithEnv("A", "$(B)\x00"), `WithEnv value of A "$(B)<U+0000>"`},
		"env of the runtime": {other().WithEnv("container_sandbox_mount_point", "x"), `WithEnv name "container_sandbox_mount_point"`},
		"env field":          {other().WithEnvValueFrom("A", hostprocess.PodField("spec.hostname")), `WithEnvValueFrom fieldRef.fieldPath "spec.hostname"`},
		"env label":          {other().WithEnvValueFrom("A", hostprocess.PodField("metadata.labels['a")), `WithEnvValueFrom fieldRef.fieldPath "metadata.labels['a"`},
		"env resource":       {other().WithEnvValueFrom("A", corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.gpu"}}), `WithEnvValueFrom resourceFieldRef.resource "limits.gpu"`},
		"env key":            {other().WithEnvValueFrom("A", configMapKey("a", "")), `WithEnvValueFrom configMapKeyRef.key ""`},
		"env secret":         {other().WithEnvValueFrom("A", secretKey("A", "k")), `WithEnvValueFrom secretKeyRef.name "A"`},
		"env of two sources": {other().WithEnvValueFrom("A", corev1.EnvVarSource{FieldRef: hostprocess.PodField("metadata.name").FieldRef, SecretKeyRef: secretKey("a", "k").SecretKeyRef}), `WithEnvValueFrom source nil`},
		"env from":           {other().WithEnvFrom(fromConfigMap("")), `WithEnvFrom configMapRef.name ""`},
		"env from secret":    {other().WithEnvFrom(fromSecret("")), `WithEnvFrom secretRef.name ""`},
		"probe path":         {other().WithLivenessProbe(hostprocess.HTTPGet("", 80)), `HTTPGet path ""`},
		"probe port":         {other().WithLivenessProbe(hostprocess.TCPSocket(0)), `TCPSocket port 0`},
		"probe command":      {other().WithLivenessProbe(hostprocess.Exec(hostprocess.RawCommand())), `RawCommand words nil`},
		"scheme":             {other().WithLivenessProbe(hostprocess.HTTPGet("/", 1), func(p *corev1.Probe) { p.HTTPGet.Scheme = "FTP" }), `WithLivenessProbe httpGet.scheme "FTP"`},
		"header name":        {other().WithLivenessProbe(hostprocess.HTTPGet("/", 1), header("a b", "")), `WithLivenessProbe httpGet.httpHeaders "a b"`},
		"changed path":       {other().WithLivenessProbe(hostprocess.HTTPGet("/", 1), func(p *corev1.Probe) { p.HTTPGet.Path = "a" }), `WithLivenessProbe httpGet.path "a"`},
		"changed port":       {other().WithLivenessProbe(hostprocess.HTTPGet("/", 1), func(p *corev1.Probe) { p.HTTPGet.Port = intstr.FromInt32(0) }), `WithLivenessProbe httpGet.port "0"`},
		"changed TCP port":   {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.TCPSocket.Port = intstr.FromInt32(0) }), `WithLivenessProbe tcpSocket.port "0"`},
		"changed sleep":      {other().WithPreStop(hostprocess.Sleep(time.Second), func(h *corev1.LifecycleHandler) { h.Sleep.Seconds = 0 }), `WithPreStop sleep.seconds 0`},
		"port of no name":    {other().WithLivenessProbe(hostprocess.TCPSocket("Web")), `TCPSocket port "Web"`},
		"large port":         {other().WithLivenessProbe(hostprocess.HTTPGet("/", 1<<32)), `HTTPGet port 4294967296`},
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
		"handler taken out":  {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.TCPSocket = nil }), `WithLivenessProbe settings ""`},
		"other hook":         {other().WithPreStop(hostprocess.HTTPGet("/", 1), func(h *corev1.LifecycleHandler) { h.Exec = &corev1.ExecAction{} }), `WithPreStop settings ""`},
		"grpc":               {other().WithLivenessProbe(tcp, func(p *corev1.Probe) { p.GRPC = &corev1.GRPCAction{Port: 1} }), `WithLivenessProbe settings ""`},
		"no settings":        {other().WithLivenessProbe(tcp, nil), `WithLivenessProbe settings nil`},
		"no hook settings":   {other().WithPreStop(hostprocess.HTTPGet("/", 1), nil), `WithPreStop settings nil`},
		"no mount settings":  {other().WithMount(hostprocess.Secret("a"), "/a", nil), `WithMount settings nil`},
		"sleeping probe":     {other().WithStartupProbe(hostprocess.Sleep(time.Second)), `WithStartupProbe handler "Sleep"`},
		"hook of a port":     {other().WithPreStop(tcp), `WithPreStop handler "TCPSocket"`},
		"no sleep":           {other().WithPreStop(hostprocess.Sleep(0)), `Sleep d 0s`},
		"long sleep":         {other().WithPreStop(hostprocess.Sleep(31 * time.Second)), `WithPreStop handler Sleep`},
		"new image":          {other().WithImage(""), `WithImage image ""`},
		"new image's space":  {other().WithImage("a "), `WithImage image "a "`},
		"no source":          {other().WithEnvFrom(corev1.EnvFromSource{}), `WithEnvFrom source nil`},
		"two sources":        {other().WithEnvFrom(corev1.EnvFromSource{ConfigMapRef: fromConfigMap("a").ConfigMapRef, SecretRef: fromSecret("b").SecretRef}), `WithEnvFrom source "a"`},
		"prefix":             {other().WithEnvFrom(corev1.EnvFromSource{Prefix: "a=", ConfigMapRef: fromConfigMap("a").ConfigMapRef}), `WithEnvFrom prefix "a="`},
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
		"dotted config map": {hostprocess.ConfigMap("a.b"), corev1.Volume{Name: "configmap-a-b-3a3fd70359",
			VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "a.b"}}}}},
		"long secret": {hostprocess.Secret(long), corev1.Volume{Name: "secret-" + strings.Repeat("a", 45) + "-dd9c6db2d1",
			VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: long}}}},
		"host path": {hostprocess.HostPath(`C:\ProgramData\agent`).OfType(corev1.HostPathDirectoryOrCreate), corev1.Volume{Name: "host-c--programdata-agent-f2db5df072",
			VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\ProgramData\agent`, Type: ptr.To(corev1.HostPathDirectoryOrCreate)}}}},
		"empty dir": {hostprocess.EmptyDir("cache"), corev1.Volume{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
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

// configMap is the ConfigMap a, with options.
func configMap(name string, options corev1.ConfigMapVolumeSource) hostprocess.Volume {
	options.Name = "a"
	return hostprocess.NewVolume(name, corev1.VolumeSource{ConfigMap: &options})
}

// files are those of a downwardAPI: pairs of a path and a field.
func files(pairs ...string) []corev1.DownwardAPIVolumeFile {
	var list []corev1.DownwardAPIVolumeFile
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, corev1.DownwardAPIVolumeFile{Path: pairs[i], FieldRef: &corev1.ObjectFieldSelector{FieldPath: pairs[i+1]}})
	}
	return list
}

// tokenOf is a source of a projected volume.
func tokenOf(path string, seconds int64) corev1.VolumeProjection {
	return corev1.VolumeProjection{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: path, Audience: "vault", ExpirationSeconds: &seconds}}
}

func projected(name string, sources ...corev1.VolumeProjection) hostprocess.Volume {
	return hostprocess.NewVolume(name, corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: sources}})
}

// A source is in the pod unchanged, under the name that it was given, and only once for
// any number of containers.
func TestNewVolume(t *testing.T) {
	name := corev1.LocalObjectReference{Name: "a"}
	item := []corev1.KeyToPath{{Key: "k", Path: "p/k"}}
	for kind, source := range map[string]corev1.VolumeSource{
		"configMap":             {ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: name, Items: item}},
		"secret":                {Secret: &corev1.SecretVolumeSource{SecretName: "a", Optional: ptr.To(true), Items: item}},
		"emptyDir":              {EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: ptr.To(resource.MustParse("1Gi"))}},
		"hostPath":              {HostPath: &corev1.HostPathVolumeSource{Path: `C:\a`, Type: ptr.To(corev1.HostPathDirectory)}},
		"persistentVolumeClaim": {PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data", ReadOnly: true}},
		"csi": {CSI: &corev1.CSIVolumeSource{Driver: "Driver.example.com", ReadOnly: ptr.To(true), VolumeAttributes: map[string]string{"a": "1"},
			NodePublishSecretRef: &name}},
		"longest driver": {CSI: &corev1.CSIVolumeSource{Driver: strings.Repeat("a", 63)}},
		"downwardAPI": {DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: append(files("a", "metadata.annotations['x/y']", "b", "metadata.labels"),
			corev1.DownwardAPIVolumeFile{Path: "c", ResourceFieldRef: &corev1.ResourceFieldSelector{ContainerName: "agent", Resource: "limits.cpu"}})}},
		"projected": {Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: name, Items: item}},
			{Secret: &corev1.SecretProjection{LocalObjectReference: name, Optional: ptr.To(true)}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: files("d", "metadata.uid")}},
			tokenOf("token", 600),
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "default"}},
		}}},
		"ephemeral": {Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{}}},
	} {
		t.Run(kind, func(t *testing.T) {
			want := []corev1.Volume{{Name: "n", VolumeSource: *source.DeepCopy()}}
			v := hostprocess.NewVolume("n", source)
			got := build(t, pod(other().WithMount(v, "/a"), hostprocess.NewContainer("third", "i").WithMount(v, "/b")).WithServiceAccount("a"))
			if diff := cmp.Diff(want, got.Volumes); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, c := range got.Containers[1:] {
				if c.VolumeMounts[0].Name != "n" {
					t.Errorf("%s mounts %q", c.Name, c.VolumeMounts[0].Name)
				}
			}
		})
	}
}

// A mistake in a source names its field.
func TestNewVolumeMistakes(t *testing.T) {
	name := corev1.LocalObjectReference{Name: "a"}
	items := func(key, path string) corev1.VolumeSource {
		return corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "a", Items: []corev1.KeyToPath{{Key: key, Path: path}}}}
	}
	driver := func(name string) corev1.VolumeSource {
		return corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: name}}
	}
	api := func(items ...corev1.DownwardAPIVolumeFile) corev1.VolumeSource {
		return corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: items}}
	}
	parts := func(sources ...corev1.VolumeProjection) corev1.VolumeSource {
		return corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: sources}}
	}
	part := func(item corev1.KeyToPath) corev1.VolumeProjection {
		return corev1.VolumeProjection{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: name, Items: []corev1.KeyToPath{item}}}
	}
	for kind, test := range map[string]struct {
		source corev1.VolumeSource
		want   []string
	}{
		"none":              {corev1.VolumeSource{}, []string{`source nil`}},
		"two":               {corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}, Secret: &corev1.SecretVolumeSource{SecretName: "a"}}, []string{`source nil`}},
		"config map":        {corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}, []string{`source.configMap.name ""`}},
		"secret":            {corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "A"}}, []string{`source.secret.secretName "A"`}},
		"size":              {corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: ptr.To(resource.MustParse("-1"))}}, []string{`source.emptyDir.sizeLimit "-1"`}},
		"pipe":              {corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `\\.\pipe\x`}}, []string{`source.hostPath.path "\\.\pipe\x"`}},
		"socket":            {corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/a", Type: ptr.To(corev1.HostPathSocket)}}, []string{`source.hostPath.type "Socket"`}},
		"claim":             {corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{}}, []string{`source.persistentVolumeClaim.claimName ""`}},
		"csi":               {driver("a_b"), []string{`source.csi.driver "a_b"`}},
		"long csi":          {driver(strings.Repeat("a", 64)), []string{`source.csi.driver "` + strings.Repeat("a", 64) + `"`}},
		"csi secret":        {corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "a", NodePublishSecretRef: &corev1.LocalObjectReference{}}}, []string{`source.csi.nodePublishSecretRef.name ""`}},
		"value not UTF-8":   {corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "a", VolumeAttributes: map[string]string{"a": "\xff"}}}, []string{`source.csi.volumeAttributes[a] "<0xFF>"`}},
		"field":             {api(files("a", "spec.nodeName")...), []string{`source.downwardAPI.items[0].fieldRef.fieldPath "spec.nodeName"`}},
		"file":              {api(files("a", "metadata.uid", "../a", "metadata.name")...), []string{`source.downwardAPI.items[1].path "../a"`}},
		"no field":          {api(corev1.DownwardAPIVolumeFile{Path: "a"}), []string{`source.downwardAPI.items[0] nil`}},
		"token":             {parts(tokenOf("", 599)), []string{`source.projected.sources[0].serviceAccountToken.path ""`, `source.projected.sources[0].serviceAccountToken.expirationSeconds 599`}},
		"no parts":          {parts(), []string{`source.projected.sources nil`}},
		"no part":           {parts(part(corev1.KeyToPath{Key: "k", Path: "p"}), corev1.VolumeProjection{}), []string{`source.projected.sources[1] nil`}},
		"same path":         {parts(part(corev1.KeyToPath{Key: "k", Path: "p"}), tokenOf("p", 600), corev1.VolumeProjection{DownwardAPI: &corev1.DownwardAPIProjection{Items: files("p", "metadata.uid")}}), []string{`source.projected.sources[1] "p"`, `source.projected.sources[2] "p"`}},
		"part's key":        {parts(part(corev1.KeyToPath{Key: "k k", Path: "p"})), []string{`source.projected.sources[0].configMap.items[0].key "k k"`}},
		"part's name":       {parts(corev1.VolumeProjection{Secret: &corev1.SecretProjection{}}), []string{`source.projected.sources[0].secret.name ""`}},
		"part's file":       {parts(corev1.VolumeProjection{DownwardAPI: &corev1.DownwardAPIProjection{Items: files("/a", "metadata.uid")}}), []string{`source.projected.sources[0].downwardAPI.items[0].path "/a"`}},
		"item key":          {items("k k", "p"), []string{`source.secret.items[0].key "k k"`}},
		"absolute item":     {items("k", "/p"), []string{`source.secret.items[0].path "/p"`}},
		"item above":        {items("k", "a/../b"), []string{`source.secret.items[0].path "a/../b"`}},
		"item with dots":    {items("k", "..p"), []string{`source.secret.items[0].path "..p"`}},
		"item above, too":   {items("k", `a\..\b`), []string{`source.secret.items[0].path "a\..\b"`}},
		"item with a drive": {items("k", `C:\p`), []string{`source.secret.items[0].path "C:\p"`}},
	} {
		t.Run(kind, func(t *testing.T) {
			got := calls(t, pod(other().WithMount(hostprocess.NewVolume("n", test.source), "/a")).WithServiceAccount("a"))
			for i := range test.want {
				test.want[i] = "other/NewVolume " + test.want[i]
			}
			if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if got := calls(t, pod(other().WithMount(hostprocess.NewVolume("", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}), "/a"))); got[0] != `other/NewVolume name ""` {
		t.Errorf("without a name: %q", got)
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
		"existing":        {hostprocess.ExistingVolume(""), []string{`ExistingVolume name ""`}},
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
		WithMount(config, "/a", hostprocess.ReadOnly(), subPath("x/y")).
		WithMount(config, `C:\b`).
		WithMount(configMap("c", corev1.ConfigMapVolumeSource{}), "c").
		WithMount(hostprocess.ExistingVolume("given"), "/d").
		WithMount(hostprocess.EmptyDir("given"), "/e", func(m *corev1.VolumeMount) { m.Name = "other" })))
	want := []corev1.VolumeMount{
		{Name: "configmap-a", MountPath: "/a", ReadOnly: true, SubPath: "x/y"},
		{Name: "configmap-a", MountPath: `C:\b`},
		{Name: "c", MountPath: "c"},
		{Name: "given", MountPath: "/d"},
		{Name: "given", MountPath: "/e"},
	}
	if diff := cmp.Diff(want, spec.Containers[1].VolumeMounts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var names []string
	for _, v := range spec.Volumes {
		names = append(names, v.Name)
	}
	if diff := cmp.Diff([]string{"c", "given", "configmap-a"}, names); diff != "" {
		t.Errorf("volumes (-want +got)\n%s", diff)
	}
}

func subPath(path string) func(*corev1.VolumeMount) {
	return func(m *corev1.VolumeMount) { m.SubPath = path }
}

// secret is a Secret under the name of a volume.
func secret(name string) hostprocess.Volume {
	return hostprocess.NewVolume(name, corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "of-" + name}})
}

// A generated name is changed if it is the same as a chosen one.
func TestVolumeNamesDontCollide(t *testing.T) {
	made := hostprocess.ConfigMap("a")
	spec := build(t, pod(other().
		WithMount(made, "/a").
		WithMount(secret("configmap-a"), "/b").
		WithMount(secret("configmap-a-2"), "/c").
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

// A path that no node accepts is not also reported as a duplicate.
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
	if got := calls(t, pod(other().WithMount(hostprocess.ConfigMap("a"), "/a", subPath("../b")))); got[0] != `other/WithMount subPath "../b"` {
		t.Errorf("subPath: %q", got)
	}
	if got := calls(t, pod(other().WithMount(hostprocess.ConfigMap("a"), "/a").WithMount(hostprocess.Secret("a"), "/a"))); got[0] != `other/WithMount mountPath "/a"` {
		t.Errorf("the same path twice: %q", got)
	}
}

// Mistakes of another package are reported with those of the container, and containers
// with a common base have only their own mistakes.
func TestContainerWithMistakes(t *testing.T) {
	err := errors.New("is wrong: write another")
	mistake := func(argument string) hostprocess.Mistake {
		return hostprocess.Mistake{Container: "elsewhere", Method: "WithRule", Argument: argument, Err: err}
	}
	build(t, pod(other().WithMistakes()))
	base := other().WithMistakes(mistake("a"), mistake("b")).WithPort("http", 0)
	first, second := base.WithMistakes(mistake("first")), base.WithMistakes(mistake("second"))
	for want, c := range map[string]hostprocess.Container{"": base, "first": first, "second": second} {
		all := []string{"other/WithRule a", "other/WithRule b", "other/WithPort number 0"}
		if want != "" {
			all = append(all, "other/WithRule "+want)
		}
		if diff := cmp.Diff(all, calls(t, pod(c))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	if _, failed := pod(first).Build(); !errors.Is(failed, err) {
		t.Errorf("the error isn't in %v", failed)
	}
}
