// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/csinode"
	"github.com/hostprocess-go/sdk/hostprocess/firewall"
	"github.com/hostprocess-go/sdk/internal/podgen"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/fleet"
)

func TestAddRefuses(t *testing.T) {
	var f fleet.Fleet
	for _, object := range []runtime.Object{nil, (*corev1.Node)(nil), (*corev1.Pod)(nil), (*appsv1.DaemonSet)(nil), (*batchv1.CronJob)(nil), &corev1.Secret{}, &corev1.List{}} {
		var kind *validate.KindError
		if err := f.Add(object); !errors.As(err, &kind) {
			t.Errorf("Add(%T) returns %v, want a *validate.KindError", object, err)
		}
	}
	for _, object := range []runtime.Object{&corev1.Node{}, &corev1.Pod{}, &corev1.PodTemplate{}, &corev1.ReplicationController{}, &appsv1.ReplicaSet{}, &batchv1.Job{}} {
		if err := f.Add(object); err != nil {
			t.Errorf("Add(%T): %v", object, err)
		}
	}
	if found := f.Conflicts(); found != nil {
		t.Errorf("nothing conflicts: %v", found)
	}
}

// TestAddAfterConflicts: more objects can be added, and a node replaces an earlier one of
// the same name.
func TestAddAfterConflicts(t *testing.T) {
	var f fleet.Fleet
	add := func(object runtime.Object, want int) {
		t.Helper()
		if err := f.Add(object); err != nil {
			t.Fatal(err)
		}
		if found := f.Conflicts(); len(found) != want {
			t.Errorf("%d conflicts, want %d: %v", len(found), want, found)
		}
	}
	selector := map[string]string{"pool": "pool-1"}
	add(daemonSet("a", selector, 9182, `C:\a`), 0)
	add(daemonSet("b", nil, 9182, `C:\b`), 1)
	add(node(2), 0)
	add(node(1), 1)
	moved := node(1)
	moved.Labels["pool"] = "pool-2"
	add(moved, 0)
	add(node(1), 1)
	moved.Labels["pool"] = "pool-1" // it was copied
	gone := node(1)
	gone.Status.NodeInfo.ContainerRuntimeVersion = "docker://20.10.9"
	add(gone, 0)
	add(node(51), 1)
	add(node(1), 1)
}

// TestAddCopies: changing an object after it was added has no effect.
func TestAddCopies(t *testing.T) {
	var f fleet.Fleet
	objects := []*appsv1.DaemonSet{
		daemonSet("a", map[string]string{"pool": "pool-1"}, 9182, `C:\a`),
		daemonSet("b", map[string]string{"pool": "pool-1"}, 9182, `C:\b`),
	}
	for _, d := range objects {
		d.Spec.Template.Spec.Tolerations = []corev1.Toleration{{Key: "gpu", TolerationSeconds: ptr.To[int64](1)}}
		if err := f.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Add(node(1)); err != nil {
		t.Fatal(err)
	}
	before := f.Conflicts()
	for i, d := range objects {
		d.Name, d.Spec.Template.Spec.Containers[0].Ports[0].ContainerPort = "other", int32(i+1)
		d.Spec.Template.Spec.NodeSelector["pool"] = d.Spec.Template.Spec.NodeSelector["pool"] + "x"
	}
	if diff := cmp.Diff(before, f.Conflicts()); len(before) != 1 || diff != "" {
		t.Errorf("%d conflicts, and then (-before +after):\n%s", len(before), diff)
	}
}

// TestUnnamed: workloads that get their names from the API server are different workloads.
func TestUnnamed(t *testing.T) {
	pod := func() *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "agent-"}, Spec: daemonSet("", nil, 9182, `C:\a`).Spec.Template.Spec}
	}
	if found := conflictsOf(t, []runtime.Object{pod(), pod()}); len(found) != 2 || found[0].Claims[0].Workload != "Pod agent-*" {
		t.Errorf("want a conflict in the port and one in the directory: %v", found)
	}
}

// TestBuiltGroups: the scripts of package hostprocess are recognized.
func TestBuiltGroups(t *testing.T) {
	build := func(name string, group hostprocess.Group) runtime.Object {
		agent := hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").WithCommand(hostprocess.RawCommand("agent.exe"))
		pod, err := hostprocess.NewPod(accounts.LocalService, agent).WithGroup(group).Pod(metav1.ObjectMeta{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return pod
	}
	reads := hostprocess.NewGroup("agent's readers").WithAccess(`C:\ProgramData\it's`, hostprocess.AccessRead)
	writes := hostprocess.NewGroup("agent's readers").WithDirectory(`C:\ProgramData\it's`, hostprocess.AccessModify)
	for _, test := range []struct {
		a, b hostprocess.Group
		want int
	}{
		{reads, writes, 1},
		{reads, reads, 0},
		{reads, reads.WithAccess(`C:\other`, hostprocess.AccessRead), 1},
		{manyPaths(reads, "x"), manyPaths(reads, "x"), 0},
		{manyPaths(reads, "x"), manyPaths(reads, "y"), 1},
		{writes, hostprocess.NewGroup("others").WithAccess(`C:\ProgramData\it's`, hostprocess.AccessRead), 0},
	} {
		found := conflictsOf(t, []runtime.Object{build("a", test.a), build("b", test.b)})
		if len(found) != test.want || test.want == 1 && found[0].What != "local group agent's readers" {
			t.Errorf("want %d conflicts in a local group: %v", test.want, found)
		}
		for _, c := range found {
			if len(c.Message) > 1000 {
				t.Errorf("a message of %d bytes: %s", len(c.Message), c.Message)
			}
		}
	}
}

// manyPaths adds access to more paths than a message shows.
func manyPaths(g hostprocess.Group, last string) hostprocess.Group {
	for i := range 20 {
		g = g.WithAccess(`C:\ProgramData\`+strings.Repeat("x", i+1), hostprocess.AccessRead)
	}
	return g.WithAccess(`C:\ProgramData\z-`+last, hostprocess.AccessRead)
}

// TestBuiltFirewallRules: those of package firewall are recognized, too.
func TestBuiltFirewallRules(t *testing.T) {
	build := func(name string, rule firewall.Rule) runtime.Object {
		agent := hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").WithCommand(hostprocess.RawCommand("agent.exe"))
		pod, err := hostprocess.NewPod(accounts.LocalService, agent).WithInitContainers(rule.Container()).Pod(metav1.ObjectMeta{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return pod
	}
	removal := func(rule firewall.Rule) runtime.Object {
		pod, err := rule.Removal().Pod(metav1.ObjectMeta{Name: "removal"})
		if err != nil {
			t.Fatal(err)
		}
		return pod
	}
	rule := firewall.NewRule("agent's port").WithPorts(corev1.ProtocolTCP, 9182)
	for _, test := range []struct {
		a, b runtime.Object
		want int
	}{
		{build("a", rule), build("b", rule.WithPorts(corev1.ProtocolTCP, 9183)), 1},
		{build("a", rule), build("b", rule), 0},
		{build("a", rule), build("b", firewall.NewRule("another").WithPorts(corev1.ProtocolTCP, 9183)), 0},
		{build("a", rule), removal(rule), 0},
	} {
		found := conflictsOf(t, []runtime.Object{test.a, test.b})
		if len(found) != test.want || test.want == 1 && found[0].What != "firewall rule agent's port" {
			t.Errorf("want %d conflicts in a firewall rule: %v", test.want, found)
		}
	}
}

// TestBuiltPlugins: two CSI node plugins of one driver conflict in its socket and its directory.
func TestBuiltPlugins(t *testing.T) {
	build := func(workload, name string, port int32) runtime.Object {
		driver := hostprocess.NewContainer("driver", "registry.example.com/driver:1.4").WithCommand(hostprocess.RawCommand("driver.exe"))
		registrar := hostprocess.NewContainer("registrar", "registry.example.com/registrar:2.17")
		probe := hostprocess.NewContainer("probe", "registry.example.com/probe:2.19")
		d, err := csinode.New(name, driver, registrar).WithLivenessProbe(probe, port).Pod().DaemonSet(metav1.ObjectMeta{Name: workload})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const directory = `C:\var\lib\kubelet\plugins\disk.example.com`
	for _, test := range []struct {
		name string
		port int32
		want []string
	}{
		{"smb.example.com", 9809, nil},
		{"smb.example.com", 9808, []string{"port TCP 9808"}},
		{"disk.example.com", 9809, []string{"socket " + directory + `\csi.sock`, "directory " + directory}},
	} {
		var what []string
		for _, c := range conflictsOf(t, []runtime.Object{build("a", "disk.example.com", 9808), build("b", test.name, test.port)}) {
			what = append(what, c.What)
		}
		if diff := cmp.Diff(test.want, what); diff != "" {
			t.Errorf("%s at port %d (-want +got):\n%s", test.name, test.port, diff)
		}
	}
}

// TestBuiltPods adds what package hostprocess builds, alone and in many.
func TestBuiltPods(t *testing.T) {
	var f fleet.Fleet
	r := rand.New(rand.NewPCG(19, 1))
	added := 0
	for range 1000 {
		pod, err := podgen.Random(r, 30).Pod().Pod(metav1.ObjectMeta{Name: "agent"})
		if err != nil {
			continue // the builder found mistakes
		}
		added++
		pod.Name = "agent-" + strings.Repeat("x", added)
		if found := conflictsOf(t, []runtime.Object{pod, pod}); found != nil {
			t.Errorf("a pod conflicts with itself: %v", found)
		}
		if err := f.Add(pod); err != nil {
			t.Fatal(err)
		}
	}
	if found := f.Conflicts(); added < 50 || len(found) < 20 {
		t.Errorf("only %d conflicts between %d pods", len(found), added)
	}
}

// TestRunsNothing: a workload without pods has no conflicts; with pods it has.
func TestRunsNothing(t *testing.T) {
	template := corev1.PodTemplateSpec{Spec: daemonSet("", nil, 9182, `C:\a`).Spec.Template.Spec}
	meta := metav1.ObjectMeta{Name: "other"}
	job := func(suspend *bool, conditions ...batchv1.JobCondition) *batchv1.Job {
		return &batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{Suspend: suspend, Template: template}, Status: batchv1.JobStatus{Conditions: conditions}}
	}
	pod := func(phase corev1.PodPhase) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: meta, Spec: template.Spec, Status: corev1.PodStatus{Phase: phase}}
	}
	replicaSet := func(replicas *int32, owner ...metav1.OwnerReference) *appsv1.ReplicaSet {
		return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "other", OwnerReferences: owner}, Spec: appsv1.ReplicaSetSpec{Replicas: replicas, Template: template}}
	}
	owner := func(group, kind string, controller bool) metav1.OwnerReference {
		return metav1.OwnerReference{APIVersion: group, Kind: kind, Name: "x", Controller: &controller}
	}
	for _, test := range []struct {
		object runtime.Object
		runs   bool
	}{
		{pod(""), true},
		{pod(corev1.PodRunning), true},
		{pod(corev1.PodSucceeded), false},
		{pod(corev1.PodFailed), false},
		{&corev1.PodTemplate{ObjectMeta: meta, Template: template}, false},
		{&corev1.ReplicationController{ObjectMeta: meta, Spec: corev1.ReplicationControllerSpec{Template: &template}}, true},
		{&corev1.ReplicationController{ObjectMeta: meta, Spec: corev1.ReplicationControllerSpec{Template: &template, Replicas: ptr.To[int32](0)}}, false},
		{&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Template: template, Replicas: ptr.To[int32](2)}}, true},
		{&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Template: template, Replicas: ptr.To[int32](0)}}, false},
		{&appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Template: template, Replicas: ptr.To[int32](1)}}, true},
		{&appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Template: template, Replicas: ptr.To[int32](0)}}, false},
		{replicaSet(nil), true},
		{replicaSet(ptr.To[int32](0)), false},
		{job(nil), true},
		{job(ptr.To(false), batchv1.JobCondition{Type: batchv1.JobComplete, Status: corev1.ConditionFalse}, batchv1.JobCondition{Type: batchv1.JobSuspended, Status: corev1.ConditionTrue}), true},
		{job(nil, batchv1.JobCondition{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}), false},
		{job(nil, batchv1.JobCondition{Type: batchv1.JobFailed, Status: corev1.ConditionTrue}), false},
		{job(ptr.To(true)), false},
		// Its controller counts instead.
		{replicaSet(nil, owner("apps/v1", "Deployment", true)), false},
		{replicaSet(nil, owner("apps/v1", "Deployment", false)), true},
		{replicaSet(nil, owner("example.com/v1", "Deployment", true)), true},
		{replicaSet(nil, owner("batch/v1", "CronJob", true)), false},
		{replicaSet(nil, owner("example.com/v1", "Job", true)), true},
		{replicaSet(nil, owner("v1", "ReplicationController", true)), false},
		{replicaSet(nil, owner("example.com/v1", "ReplicationController", true)), true},
		{replicaSet(nil, owner("v1", "Node", true)), true},
		{replicaSet(nil, owner("a/b/c", "Deployment", true)), true},
	} {
		found := conflictsOf(t, []runtime.Object{daemonSet("a", nil, 9182, `C:\b`), test.object})
		if len(found) > 0 != test.runs {
			t.Errorf("%T runs: want %t: %v", test.object, test.runs, found)
		}
	}
}

// TestManyWays: of many workloads that can all meet, but have different selections, each
// is reported once.
func TestManyWays(t *testing.T) {
	const n = 40
	for _, nodes := range []int{0, 3} {
		var objects []runtime.Object
		for i := range n {
			d := daemonSet(strings.Repeat("x", i+1), nil, 9182, `C:\`+strings.Repeat("x", i+1))
			d.Spec.Template.Spec.Tolerations = []corev1.Toleration{{Key: d.Name, Operator: corev1.TolerationOpExists}}
			objects = append(objects, d)
		}
		for i := range nodes {
			objects = append(objects, node(i))
		}
		if found := conflictsOf(t, objects); len(found) != n-1 {
			t.Errorf("%d nodes: %d conflicts, want %d", nodes, len(found), n-1)
		}
	}
}

// TestWhere: without nodes, the message describes the nodes on which both can run.
func TestWhere(t *testing.T) {
	expression := func(key string, operator corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: operator, Values: values}
	}
	term := func(expressions ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: expressions}
	}
	windows := expression("kubernetes.io/os", "In", "windows")
	for _, test := range []struct {
		terms []corev1.NodeSelectorTerm
		want  string
	}{
		{[]corev1.NodeSelectorTerm{term(windows)}, " on every Windows node:"},
		{[]corev1.NodeSelectorTerm{term(windows), term(expression("a", "Exists"))}, " on every Windows node:"},
		{[]corev1.NodeSelectorTerm{term(windows, expression("a", "Exists"), expression("b", "Gt", "8"))}, " on Windows nodes with a Exists and b Gt 8:"},
		{[]corev1.NodeSelectorTerm{term(expression("a", "In", "x")), term(expression("a", "In", "y", "z"))}, " on Windows nodes with a=x, or a In (y, z):"},
		{[]corev1.NodeSelectorTerm{term(expression("a", "NotIn", "1", "2", "3", "4", "5", "6"))}, " on Windows nodes with a NotIn (1, 2, 3, 4, 5, …):"},
		{[]corev1.NodeSelectorTerm{term(expression("a", "Exists"), expression("b", "Exists"), expression("c", "Exists"), expression("d", "Exists"))}, " on Windows nodes with a Exists and b Exists and c Exists and d Exists:"},
		{[]corev1.NodeSelectorTerm{term(expression("a", "Exists"), expression("b", "Exists"), expression("c", "Exists"), expression("d", "Exists"), expression("e", "Exists"))}, " on Windows nodes with a Exists and b Exists and c Exists and d Exists and …:"},
	} {
		d := daemonSet("a", nil, 9182, `C:\a`)
		d.Spec.Template.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: test.terms}}}
		found := conflictsOf(t, []runtime.Object{d, daemonSet("b", nil, 9182, `C:\b`)})
		if len(found) != 1 || found[0].Severity != validate.SeverityError || !strings.Contains(found[0].Message, test.want) {
			t.Errorf("want an error%s got %v", test.want, found)
		}
	}
}

// TestTooManyTerms: selections with very many alternatives, or requirements for one label,
// are assumed to meet, but not for certain.
func TestTooManyTerms(t *testing.T) {
	in := func(pool string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: "pool", Operator: corev1.NodeSelectorOpIn, Values: []string{pool}}
	}
	selecting := func(name string, terms, requirements int) runtime.Object {
		d := daemonSet(name, nil, 9182, `C:\`+name)
		var list []corev1.NodeSelectorTerm
		for range terms {
			list = append(list, corev1.NodeSelectorTerm{MatchExpressions: slices.Repeat([]corev1.NodeSelectorRequirement{in(name)}, requirements)})
		}
		d.Spec.Template.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: list}}}
		return d
	}
	for _, test := range []struct{ terms, requirements, want int }{
		{1, 1, 0}, {32, 1, 0}, {33, 1, 1}, {1, 32, 0}, {1, 33, 1},
	} {
		found := conflictsOf(t, []runtime.Object{selecting("a", test.terms, test.requirements), selecting("b", test.terms, test.requirements)})
		if len(found) != test.want || test.want == 1 && found[0].Severity != validate.SeverityWarning {
			t.Errorf("%v: %v", test, found)
		}
	}
}

// TestLongWords: words that are too long for a path are skipped, but not later words.
func TestLongWords(t *testing.T) {
	const at = `C:\var\lib\kubelet\plugins\a\csi.sock`
	long := strings.Repeat("x", 5000)
	var objects []runtime.Object
	for i, name := range []string{"a", "b"} {
		d := daemonSet(name, nil, int32(i+1), `C:\`+name)
		c := &d.Spec.Template.Spec.Containers[0]
		c.Args = []string{long, "--log=" + long, "--endpoint=$(SOCKET)"}
		c.Env = []corev1.EnvVar{{Name: "LONG", Value: long}, {Name: "PLUGIN", Value: at[:len(at)-len(".sock")]}, {Name: "SOCKET", Value: "$(PLUGIN).sock"}}
		objects = append(objects, d)
	}
	if found := conflictsOf(t, objects); len(found) != 1 || found[0].What != "socket "+at {
		t.Errorf("want a conflict in the socket: %v", found)
	}
}

// TestNoPort: a port without a number is ignored; later ports are not.
func TestNoPort(t *testing.T) {
	var objects []runtime.Object
	for _, name := range []string{"a", "b"} {
		d := daemonSet(name, nil, 0, `C:\`+name)
		c := &d.Spec.Template.Spec.Containers[0]
		c.Ports = append(c.Ports, corev1.ContainerPort{ContainerPort: 53})
		objects = append(objects, d)
	}
	if found := conflictsOf(t, objects); len(found) != 1 || found[0].What != "port TCP 53" {
		t.Errorf("want a conflict in port 53: %v", found)
	}
}

// TestLongPath: a path that is too long for Windows is no claim.
func TestLongPath(t *testing.T) {
	for length, want := range map[int]int{32767: 1, 32768: 0} {
		directory := `C:\` + strings.Repeat("x", length-len(`C:\`))
		found := conflictsOf(t, []runtime.Object{daemonSet("a", nil, 1, directory), daemonSet("b", nil, 2, directory)})
		if len(found) != want {
			t.Errorf("%d characters: %d conflicts, want %d", length, len(found), want)
		}
	}
}

// TestHostile: no object causes a panic, or needs much time or more memory than its size.
func TestHostile(t *testing.T) {
	long := strings.Repeat(`C:\x\`, 100_000)
	var env []corev1.EnvVar
	env = append(env, corev1.EnvVar{Name: "A", Value: "aaaaaaaaaaaaaaaa"})
	for range 100 { // each twice as long as the one before
		env = append(env, corev1.EnvVar{Name: "A", Value: "$(A)$(A)"})
	}
	env = append(env, corev1.EnvVar{Name: "B", Value: strings.Repeat("$(A)", 250) + ".sock"})
	var terms []corev1.NodeSelectorTerm
	for i := range 2000 {
		terms = append(terms, corev1.NodeSelectorTerm{
			MatchExpressions: []corev1.NodeSelectorRequirement{{Key: string(rune(i)), Operator: "Gt", Values: []string{"9223372036854775807"}}, {}, {Key: "x", Operator: "Lt"}},
			MatchFields:      []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: "In", Values: []string{"a", "b"}}, {Key: "status", Operator: "NotIn", Values: []string{"\x00"}}},
		})
	}
	var same []corev1.NodeSelectorRequirement
	for range 5000 {
		same = append(same, corev1.NodeSelectorRequirement{Key: "size", Operator: "Gt", Values: []string{"7"}})
	}
	for i, change := range []func(*corev1.PodSpec){
		func(*corev1.PodSpec) {},
		func(s *corev1.PodSpec) {
			s.Containers[0].Args = []string{"--endpoint=" + long + ".sock", "--driver-name", long, "--", "-", "", "--endpoint"}
		},
		func(s *corev1.PodSpec) {
			s.Containers[0].Env = env
			s.Containers[0].Args = []string{"--kubelet-registration-path=" + strings.Repeat("$(A)", 200) + "$(B", "--endpoint=$(B)"}
		},
		func(s *corev1.PodSpec) {
			s.Containers[0].Args = []string{strings.Repeat("localgroup $x /add $x = '", 10_000)}
		},
		func(s *corev1.PodSpec) {
			s.Containers[0].Args = []string{strings.Repeat("New-NetFirewallRule ", 10_000)}
		},
		func(s *corev1.PodSpec) {
			for _, script := range []string{"", "net localgroup", "net localgroup x", "New-LocalGroup", "New-LocalGroup;", "New-LocalGroup -Name", "New-NetFirewallRule -Name", "New-LocalGroup $x $x", "New-LocalGroup $x $x =", "net localgroup x /add; icacls", "net localgroup x /add; icacls a", "net localgroup x /add; Grant", "net localgroup x /add; Grant a:"} {
				s.Containers = append(s.Containers, corev1.Container{Name: "x", Command: []string{script}})
			}
		},
		func(s *corev1.PodSpec) {
			s.Containers[0].Args = []string{"localgroup \xff /add", "\"", "''''", "icacls", "Grant"}
		},
		func(s *corev1.PodSpec) { s.Volumes[0].HostPath.Path = long },
		func(s *corev1.PodSpec) {
			s.Volumes[0].HostPath.Path, s.Containers[0].VolumeMounts[0].SubPath = `C:\a`, `..\..\..\..\x`
		},
		func(s *corev1.PodSpec) { s.Volumes[0].HostPath.Path = "\x00%s\n" },
		func(s *corev1.PodSpec) { s.Volumes = append(s.Volumes, corev1.Volume{Name: "data"}, corev1.Volume{}) },
		func(s *corev1.PodSpec) {
			s.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: -1}, {HostPort: -5}, {ContainerPort: 9182, Protocol: corev1.Protocol(long), HostIP: long}, {}}
		},
		func(s *corev1.PodSpec) {
			s.NodeSelector = map[string]string{long: long, "": "", "kubernetes.azure.com/os-sku": "Windows" + long}
		},
		func(s *corev1.PodSpec) {
			s.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
		},
		func(s *corev1.PodSpec) {
			s.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: same}}}}}
		},
		func(s *corev1.PodSpec) { s.Affinity = &corev1.Affinity{} },
		func(s *corev1.PodSpec) {
			s.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{}}}
		},
		func(s *corev1.PodSpec) { s.InitContainers, s.Containers = s.Containers, nil },
		func(s *corev1.PodSpec) {
			s.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(s.Containers[0])}, {}}
		},
		func(s *corev1.PodSpec) { s.NodeName = long },
	} {
		for _, nodes := range []bool{false, true} {
			var f fleet.Fleet
			for _, name := range []string{"a", "b\n"} {
				d := daemonSet(name, nil, 9182, `C:\data`)
				d.Spec.Template.Spec.NodeSelector = map[string]string{}
				change(&d.Spec.Template.Spec)
				if err := f.Add(d); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Add(daemonSet("plain", nil, 9182, `C:\data`)); err != nil {
				t.Fatal(err)
			}
			if nodes {
				odd := node(1)
				odd.Labels[long], odd.Spec.Taints = long, []corev1.Taint{{}, {Key: long, Effect: "NoExecute"}}
				for _, n := range []*corev1.Node{odd, node(2)} {
					if err := f.Add(n); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, c := range f.Conflicts() {
				if text := c.String(); strings.ContainsAny(text, "\n\x00") || len(c.Message) > 5000 {
					t.Errorf("%d: a text of %d bytes, or of more lines: %.200q", i, len(text), text)
				}
			}
		}
	}
}

func TestConflictJSON(t *testing.T) {
	conflict := fleet.Conflict{
		What: "port TCP 9182", Severity: validate.SeverityWarning, Nodes: []string{"win-1"}, NodeCount: 1, Message: "m", Fix: "f",
		Claims: [2]fleet.Claim{{Workload: "DaemonSet a/b", Field: "spec"}, {Workload: "Pod c", Field: "spec.x"}},
	}
	text, err := json.Marshal(conflict)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"what":"port TCP 9182","severity":"warning","claims":[{"workload":"DaemonSet a/b","field":"spec"},{"workload":"Pod c","field":"spec.x"}],"nodes":["win-1"],"nodeCount":1,"message":"m","fix":"f"}`
	if string(text) != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
	var back fleet.Conflict
	if err := json.Unmarshal(text, &back); err != nil || cmp.Diff(conflict, back) != "" {
		t.Errorf("it isn't the same after JSON: %v %v", err, back)
	}
	if text := (fleet.Conflict{}).String(); text != "" {
		t.Errorf("the zero Conflict says %q", text)
	}
}
