// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package firewall_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/firewall"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

func metrics() firewall.Rule {
	return firewall.NewRule("windows-exporter").WithPorts(corev1.ProtocolTCP, 9182)
}

// pod is one that makes the rules.
func pod(rules ...firewall.Rule) hostprocess.Pod {
	p := hostprocess.NewPod(accounts.LocalService, hostprocess.NewContainer("agent", "image").WithCommand(hostprocess.ImageProgram("agent.exe")))
	for _, rule := range rules {
		p = p.WithInitContainers(rule.Container())
	}
	return p
}

func build(t *testing.T, p hostprocess.Pod) *corev1.PodSpec {
	t.Helper()
	spec, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// The container is one of SYSTEM that needs no image of its own; the pod's account and
// its other containers stay as they are.
func TestContainer(t *testing.T) {
	spec := build(t, pod(metrics(), firewall.NewRule("Agent (UDP)").WithPorts(corev1.ProtocolUDP, 53).WithImage("registry.example.com/base:1")))
	first, second := spec.InitContainers[0], spec.InitContainers[1]
	if first.Name != "firewall-rule-windows-exporter" || first.Image != hostprocess.BaseImage {
		t.Errorf("the first init container is %s of %s", first.Name, first.Image)
	}
	if !strings.HasPrefix(second.Name, "firewall-rule-agent--udp-") || second.Image != "registry.example.com/base:1" {
		t.Errorf("the second init container is %s of %s", second.Name, second.Image)
	}
	for _, c := range spec.InitContainers {
		if *c.SecurityContext.WindowsOptions.RunAsUserName != accounts.LocalSystem.RunAsUserName() {
			t.Errorf("%s runs as another than SYSTEM", c.Name)
		}
	}
	if *spec.SecurityContext.WindowsOptions.RunAsUserName != accounts.LocalService.RunAsUserName() || spec.Containers[0].SecurityContext != nil {
		t.Error("the account of the pod was changed")
	}
}

// Names that look the same in a label have containers of different names.
func TestContainerNames(t *testing.T) {
	build(t, pod(rule("a b"), rule("a.b"), rule("a-b"), rule("\u65e5"), rule("\u672c")))
}

func rule(name string) firewall.Rule {
	return firewall.NewRule(name).WithPorts(corev1.ProtocolTCP, 1)
}

// A removal is done by an init container, because the containers of a DaemonSet are
// restarted when they end. It needs only the name.
func TestRemoval(t *testing.T) {
	set, err := firewall.NewRule("windows-exporter").Removal().DaemonSet(metav1.ObjectMeta{Name: "remove-rule"})
	if err != nil {
		t.Fatal(err)
	}
	spec := set.Spec.Template.Spec
	remove, waits := spec.InitContainers[0], spec.Containers[0]
	if remove.Name != "remove-firewall-rule-windows-exporter" || *remove.SecurityContext.WindowsOptions.RunAsUserName != accounts.LocalSystem.RunAsUserName() {
		t.Errorf("the init container is %v", remove)
	}
	if *spec.SecurityContext.WindowsOptions.RunAsUserName != accounts.LocalService.RunAsUserName() || waits.SecurityContext != nil {
		t.Error("what waits has more rights than it needs")
	}
	if command := strings.Join(waits.Command, " "); !strings.Contains(command, cmdline.WaitScript) {
		t.Errorf("the container runs %s, which ends", command)
	}
}

// In a ConfigMap, the scripts are the same as in the manifest, and several rules share
// it.
func TestConfigMap(t *testing.T) {
	inFile := func(r firewall.Rule) firewall.Rule { return r.WithConfigMap("rules") }
	for name, pods := range map[string][2]hostprocess.Pod{
		"firewall-rule-windows-exporter":        {pod(metrics()), pod(inFile(metrics()), inFile(rule("other")))},
		"remove-firewall-rule-windows-exporter": {metrics().Removal(), inFile(metrics()).Removal()},
	} {
		if maps, err := pods[0].ConfigMaps(""); err != nil || maps != nil {
			t.Errorf("%s: %v, %v", name, maps, err)
		}
		maps, err := pods[1].ConfigMaps("agents")
		if err != nil || len(maps) != 1 || maps[0].Name != "rules" {
			t.Fatalf("%s: %v, %v", name, maps, err)
		}
		if diff := cmp.Diff(build(t, pods[0]).InitContainers[0].Env[0].Value, strings.ReplaceAll(maps[0].Data[name+".ps1"], "$(", "$$(")); diff != "" {
			t.Errorf("%s: (-manifest +file)\n%s", name, diff)
		}
	}
}

// The built pod has no finding on any kind of node, not even advice.
func TestNoFindings(t *testing.T) {
	targets := []validate.Target{{}, validate.NewTarget(volumes.Runtime{}, volumes.ModeBind), validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC), validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16)}
	for _, version := range []string{"1.6.8", "1.6.39", "1.7.0", "1.7.30", "2.0.0", "2.3.0"} {
		runtime, err := volumes.ParseRuntime("containerd://" + version)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, validate.NewTarget(runtime, volumes.ModeUnknown))
	}
	for name, p := range map[string]hostprocess.Pod{
		"made":                 pod(metrics(), everything("everything")),
		"removed":              everything("everything").Removal(),
		"made from a file":     pod(everything("everything").WithConfigMap("rules")),
		"removed from a file":  everything("everything").WithConfigMap("rules").Removal(),
		"name with everything": pod(rule(`%x% & $(y) "z" ^ ' ! <` + "\u2019")),
	} {
		for _, target := range targets {
			spec := build(t, p.For(target))
			for _, finding := range (validate.Validator{Targets: []validate.Target{target}}).PodSpec(spec, nil) {
				t.Errorf("%s, for %v: %v", name, target, finding)
			}
		}
	}
}

func TestMistakes(t *testing.T) {
	long := strings.Repeat("n", 511)
	for _, right := range []firewall.Rule{
		rule(long),
		metrics().WithPortRange(corev1.ProtocolTCP, 8, 8),
		metrics().WithService(long[:256]),
		metrics().WithProgram(`C:\a`),
		metrics().WithProgram(`C:\hpcs\agent.exe`),
		metrics().WithProgram(`C:\abc\agent.exe`),
		metrics().WithProgram(`C:` + strings.Repeat(`\`+long[:247], 40) + `\` + long[:77]),
	} {
		build(t, pod(right))
	}
	many := rule("many")
	for i := range int32(3800) {
		many = many.WithPorts(corev1.ProtocolTCP, 10000+2*i)
	}
	build(t, pod(many.WithConfigMap("rules")))
	for name, test := range map[string]struct {
		rule firewall.Rule
		want []string
	}{
		"zero":           {firewall.Rule{}, []string{"Container rule nil"}},
		"no image":       {metrics().WithImage(""), []string{"Container rule nil"}},
		"nothing":        {firewall.NewRule("a").WithProfiles(firewall.ProfileDomain), []string{`Container rule "a"`}},
		"no name":        {rule(""), []string{`NewRule name ""`}},
		"long":           {rule(long + "n"), []string{`NewRule name "` + long + `n"`}},
		"bar":            {rule("a|b"), []string{`NewRule name "a|b"`}},
		"star":           {rule("a*"), []string{`NewRule name "a*"`}},
		"question mark":  {rule("a?"), []string{`NewRule name "a?"`}},
		"brackets":       {rule("[a]"), []string{`NewRule name "[a]"`}},
		"backtick":       {rule("a`"), []string{"NewRule name \"a`\""}},
		"line break":     {rule("a\nb"), []string{`NewRule name "a<U+000A>b"`}},
		"indirect":       {rule("@a.dll,-1"), []string{`NewRule name "@a.dll,-1"`}},
		"all":            {rule("All"), []string{`NewRule name "All"`}},
		"space":          {rule(" a"), []string{`NewRule name " a"`}},
		"name not UTF-8": {rule("\xff"), []string{`NewRule name "<0xFF>"`}},

		"port 0":            {firewall.NewRule("a").WithPorts(corev1.ProtocolTCP, 0), []string{"WithPorts port 0"}},
		"ports":             {firewall.NewRule("a").WithPorts(corev1.ProtocolTCP, -1, 80, 65536), []string{"WithPorts port -1", "WithPorts port 65536"}},
		"no ports":          {firewall.NewRule("a").WithPorts(corev1.ProtocolTCP), []string{"WithPorts ports []"}},
		"range":             {firewall.NewRule("a").WithPortRange(corev1.ProtocolTCP, 9, 8), []string{"WithPortRange last 8"}},
		"ends of the range": {firewall.NewRule("a").WithPortRange(corev1.ProtocolTCP, 0, 70000), []string{"WithPortRange first 0", "WithPortRange last 70000"}},
		"SCTP":              {firewall.NewRule("a").WithPorts(corev1.ProtocolSCTP, 80), []string{`WithPorts protocol "SCTP"`}},
		"no protocol":       {firewall.NewRule("a").WithProgram(`C:\a.exe`).WithPorts("", 80), []string{`WithPorts protocol ""`}},
		"lower case":        {firewall.NewRule("a").WithPorts("tcp", 80), []string{`WithPorts protocol "tcp"`}},
		"two protocols":     {metrics().WithPortRange(corev1.ProtocolUDP, 1, 2), []string{`WithPortRange protocol "UDP"`}},

		"no profile":    {metrics().WithProfiles(), []string{"WithProfiles profiles []"}},
		"profiles":      {metrics().WithProfiles("", firewall.ProfileDomain, "Any"), []string{`WithProfiles profile ""`, `WithProfiles profile "Any"`}},
		"relative":      {metrics().WithProgram("agent.exe"), []string{`WithProgram path "agent.exe"`}},
		"no drive":      {metrics().WithProgram(`\agent.exe`), []string{`WithProgram path "\agent.exe"`}},
		"long program":  {metrics().WithProgram(`C:` + strings.Repeat(`\`+long[:247], 40) + `\` + long[:78]), []string{"WithProgram path \"C:" + strings.Repeat(`\`+long[:247], 40) + `\` + long[:78] + `"`}},
		"the image":     {metrics().WithProgram(`C:\hpc`), []string{`WithProgram path "C:\hpc"`}},
		"of the image":  {metrics().WithProgram(`c:/HPC/agent.exe`), []string{`WithProgram path "c:/HPC/agent.exe"`}},
		"variable":      {metrics().WithProgram(`C:\%A%\agent.exe`), []string{`WithProgram path "C:\%A%\agent.exe"`}},
		"program *":     {metrics().WithProgram(`C:\*.exe`), []string{`WithProgram path "C:\*.exe"`}},
		"service any":   {metrics().WithService("any"), []string{`WithService name "any"`}},
		"service *":     {metrics().WithService("*"), []string{`WithService name "*"`}},
		"no service":    {metrics().WithService(""), []string{`WithService name ""`}},
		"service slash": {metrics().WithService("a/b"), []string{`WithService name "a/b"`}},
		"service UTF-8": {metrics().WithService("\xff"), []string{`WithService name "<0xFF>"`}},
		"long service":  {metrics().WithService(long[:257]), []string{`WithService name "` + long[:257] + `"`}},

		"no address": {metrics().WithRemoteAddresses(), []string{"WithRemoteAddresses addresses []"}},
		"addresses": {metrics().WithRemoteAddresses("10.0.0.1", "", "Any", "10.1.2.3/8", "010.0.0.1", "::ffff:1.2.3.4", "10.0.0.1-10.0.0.9", "10.0.0.0/255.0.0.0", "0.0.0.0/0", "::", "'; calc"), []string{
			`WithRemoteAddresses address ""`, `WithRemoteAddresses address "Any"`, `WithRemoteAddresses address "10.1.2.3/8"`,
			`WithRemoteAddresses address "010.0.0.1"`, `WithRemoteAddresses address "::ffff:1.2.3.4"`, `WithRemoteAddresses address "10.0.0.1-10.0.0.9"`,
			`WithRemoteAddresses address "10.0.0.0/255.0.0.0"`, `WithRemoteAddresses address "0.0.0.0/0"`, `WithRemoteAddresses address "::"`,
			`WithRemoteAddresses address "'; calc"`}},
		"ConfigMap": {metrics().WithConfigMap("A"), []string{`WithConfigMap name "A"`}},
		"many":      {many, []string{`Container rule "many"`}},
		"all at once": {firewall.NewRule("|").WithPorts("x", 0).WithProgram("").WithService("/"),
			[]string{`NewRule name "|"`, "WithPorts port 0", `WithPorts protocol "x"`, `WithProgram path ""`, `WithService name "/"`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, pod(test.rule))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// In the manifest, a script of 32,000 characters is the longest.
func TestLongestScript(t *testing.T) {
	named := func(length int) firewall.Rule {
		r := rule(strings.Repeat("n", length))
		for i := range int32(3380) {
			r = r.WithPorts(corev1.ProtocolTCP, 10000+2*i)
		}
		return r
	}
	missing := 32000 - len(script(t, named(1)))
	build(t, pod(named(1+missing)))
	if got := calls(t, pod(named(2+missing))); len(got) != 1 || !strings.HasPrefix(got[0], "Container rule ") {
		t.Errorf("one more character: %q", got)
	}
}

// A removal has the mistakes of the rule as well, and its own.
func TestRemovalMistakes(t *testing.T) {
	if diff := cmp.Diff([]string{`NewRule name "a*"`}, calls(t, firewall.NewRule("a*").Removal())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Removal rule nil"}, calls(t, firewall.Rule{}.Removal())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// calls are the methods and arguments that Build finds wrong, each with a reason.
func calls(t *testing.T, p hostprocess.Pod) []string {
	t.Helper()
	spec, err := p.Build()
	var failed *hostprocess.BuildError
	if spec != nil || !errors.As(err, &failed) {
		t.Fatalf("built: %v, %v", spec, err)
	}
	var list []string
	for _, m := range failed.Mistakes {
		if m.Err == nil || m.Err.Error() == "" || m.Container == "" {
			t.Errorf("%#v says nothing", m)
		}
		list = append(list, m.Method+" "+m.Argument)
	}
	return list
}

// Rules that were made of the same one share nothing.
func TestVariants(t *testing.T) {
	base := metrics().WithPorts(corev1.ProtocolTCP, 1, 2).WithRemoteAddresses("10.0.0.1")
	first := base.WithPorts(corev1.ProtocolTCP, 3).WithRemoteAddresses("10.0.0.2")
	before := script(t, first)
	base.WithPorts(corev1.ProtocolTCP, 4).WithRemoteAddresses("10.0.0.3")
	base.WithPorts(corev1.ProtocolUDP, 0)
	if diff := cmp.Diff(before, script(t, first)); diff != "" {
		t.Errorf("one variant was changed by another\n%s", diff)
	}
	bad := base.WithPorts(corev1.ProtocolTCP, 0)
	bad.WithProgram("")
	if diff := cmp.Diff([]string{"WithPorts port 0"}, calls(t, pod(bad))); diff != "" {
		t.Errorf("one variant has mistakes of another\n%s", diff)
	}
}

// A million ports, most of them twice, and many mistakes take no noticeable time.
func TestHugeLists(t *testing.T) {
	ports := make([]int32, 1000000)
	for i := range ports {
		ports[i] = int32(1 + i%65535)
	}
	build(t, pod(firewall.NewRule("a").WithPorts(corev1.ProtocolTCP, ports...).WithConfigMap("rules")))
	if got := calls(t, pod(firewall.NewRule("a").WithPorts(corev1.ProtocolTCP, make([]int32, 100000)...))); len(got) != 100000 {
		t.Errorf("%d mistakes", len(got))
	}
}
