// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/fleet"
)

// made is a generated object, and the claims that the generator gave it.
type made struct {
	object runtime.Object
	name   string // as a Claim has it
	every  bool   // it has a pod on every node that it can be on
	spec   *corev1.PodSpec
	claims []wish
}

// wish is a claim: a resource, with the address of a port or the grants of a group.
type wish struct{ what, detail string }

// place is a real or an imagined node.
type place struct {
	name   string
	labels map[string]string
	taints []corev1.Taint
}

// TestGeneratedClusters compares Conflicts with a check of every two objects on every
// node, which shares no code with it. Without nodes, it imagines one for each combination
// of labels.
func TestGeneratedClusters(t *testing.T) {
	clusters, conflicts, apart := 2000, 0, 0
	if testing.Short() {
		clusters = 300
	}
	for seed := range uint64(clusters) {
		g := generator{rand.New(rand.NewPCG(seed, 19))}
		objects := g.objects()
		var nodes []*corev1.Node
		places := everyPlace
		if g.IntN(2) == 0 {
			nodes = g.nodes()
			places = nil
			for _, n := range nodes {
				if n.Status.NodeInfo.OperatingSystem == "windows" {
					places = append(places, place{n.Name, n.Labels, n.Spec.Taints})
				}
			}
		}
		add := func() []fleet.Conflict {
			var f fleet.Fleet
			for _, i := range g.Perm(len(objects) + len(nodes)) {
				var object runtime.Object
				if i < len(objects) {
					object = objects[i].object
				} else {
					object = nodes[i-len(objects)]
				}
				if err := f.Add(object); err != nil {
					t.Fatal(err)
				}
			}
			return f.Conflicts()
		}
		found := add()
		if diff := cmp.Diff(found, add()); diff != "" {
			t.Errorf("seed %d: in another order (-first +second):\n%s", seed, diff)
		}
		conflicts += len(found)
		c := cluster{t, seed, objects, places, nodes != nil}
		apart += c.check(found)
		if t.Failed() {
			return
		}
	}
	if conflicts < clusters || apart < clusters {
		t.Errorf("only %d conflicts, and %d that there are not because of the nodes: the clusters are too simple", conflicts, apart)
	}
}

type cluster struct {
	*testing.T
	seed     uint64
	objects  []made
	places   []place
	hasNodes bool
}

// common returns the places on which both objects can run.
func (c cluster) common(a, b *made) (names []string) {
	for _, p := range c.places {
		if mayRun(a.spec, p) && mayRun(b.spec, p) {
			names = append(names, p.name)
		}
	}
	return names
}

// excludes reports whether two objects claim the same resource in ways that conflict.
func excludes(a, b *made, what string) bool {
	for _, x := range a.claims {
		for _, y := range b.claims {
			if x.what != what || y.what != what {
				continue
			}
			switch strings.Fields(what)[0] {
			case "port":
				all := func(ip string) bool { return ip == "" || ip == "0.0.0.0" }
				if all(x.detail) || all(y.detail) || x.detail == y.detail {
					return true
				}
			case "local":
				if x.detail != y.detail {
					return true
				}
			default:
				return true
			}
		}
	}
	return false
}

// check compares, and returns how many conflicts there would be if all could be on one
// node, but aren't.
func (c cluster) check(found []fleet.Conflict) (apart int) {
	type pair struct{ what, a, b string }
	reported := map[pair]fleet.Conflict{}
	for _, one := range found {
		p := pair{one.What, one.Claims[0].Workload, one.Claims[1].Workload}
		if _, twice := reported[p]; twice || p.a >= p.b {
			c.Errorf("seed %d: reported twice, or not in order: %s", c.seed, one)
		}
		reported[p] = one
	}
	isReported := func(what, a, b string) bool {
		_, ok := reported[pair{what, min(a, b), max(a, b)}]
		return ok
	}
	real := map[pair]bool{}
	counts := map[pair]map[int]bool{}
	worst := map[pair]validate.Severity{}
	versions := map[pair]map[[2]int]bool{} // of the workloads, which conflict
	for i := range c.objects {
		for k := range c.objects {
			a, b := &c.objects[i], &c.objects[k]
			if a.name >= b.name {
				continue
			}
			for _, w := range a.claims {
				if !excludes(a, b, w.what) {
					continue
				}
				names := c.common(a, b)
				if len(names) == 0 {
					apart++
					continue
				}
				p := pair{w.what, a.name, b.name}
				if counts[p] == nil {
					counts[p], worst[p], versions[p] = map[int]bool{}, validate.SeverityInfo, map[[2]int]bool{}
				}
				versions[p][[2]int{i, k}] = true
				real[p], counts[p][len(names)] = true, true
				worst[p] = min(worst[p], c.severity(w.what, a, b))
			}
		}
	}
	for p, one := range reported {
		switch {
		case !real[p]:
			c.Errorf("seed %d: no conflict: %s", c.seed, one)
		case c.hasNodes && !counts[p][one.NodeCount], !c.hasNodes && (one.NodeCount != 0 || one.Nodes != nil):
			c.Errorf("seed %d: %d nodes, want one of %v: %s", c.seed, one.NodeCount, counts[p], one)
		case c.hasNodes && (len(one.Nodes) != min(3, one.NodeCount) || !slices.IsSorted(one.Nodes)):
			c.Errorf("seed %d: nodes %q of %d", c.seed, one.Nodes, one.NodeCount)
		case one.Severity < worst[p]:
			c.Errorf("seed %d: worse than %s: %s", c.seed, worst[p], one)
		case c.hasNodes && len(versions[p]) == 1 && one.Severity != worst[p]:
			c.Errorf("seed %d: want %s: %s", c.seed, worst[p], one)
		}
	}
	for p := range real {
		for _, name := range [...]string{p.a, p.b} {
			if !slices.ContainsFunc(found, func(one fleet.Conflict) bool {
				return one.What == p.what && (one.Claims[0].Workload == name || one.Claims[1].Workload == name)
			}) {
				c.Errorf("seed %d: %s isn't reported, in spite of %v", c.seed, name, p)
			}
		}
	}
	// A conflict that isn't reported must follow from others: one of the two is reported
	// with a third, which conflicts with the other, or claims and selects just the same.
	for p := range real {
		if _, ok := reported[p]; ok {
			continue
		}
		explained := false
		for q := range real {
			if q.what != p.what {
				continue
			}
			for _, side := range [...][2]string{{p.a, p.b}, {p.b, p.a}} {
				other := q.a
				if other == side[0] {
					other = q.b
				}
				third := other != side[0] && other != side[1] && (q.a == side[1] || q.b == side[1] || q.a == side[0] || q.b == side[0])
				if third && isReported(p.what, side[0], other) && (real[pair{p.what, min(side[1], other), max(side[1], other)}] || c.alike(side[1], other, p.what)) {
					explained = true
				}
			}
		}
		if !explained {
			c.Errorf("seed %d: not reported, and nothing explains it: %v", c.seed, p)
		}
	}
	return apart
}

// alike reports whether two workloads have objects that claim a thing in the same way and
// select the same nodes.
func (c cluster) alike(a, b, what string) bool {
	selection := func(m made) []any {
		return []any{m.spec.NodeName, m.spec.NodeSelector, m.spec.Tolerations, m.spec.Affinity}
	}
	for _, x := range c.objects {
		for _, y := range c.objects {
			if x.name == a && y.name == b && reflect.DeepEqual(selection(x), selection(y)) &&
				slices.ContainsFunc(x.claims, func(w wish) bool { return w.what == what && slices.Contains(y.claims, w) }) {
				return true
			}
		}
	}
	return false
}

// severity returns the severity of a conflict. Without nodes, it may be lower.
func (c cluster) severity(what string, a, b *made) validate.Severity {
	switch kind := strings.Fields(what)[0]; {
	case kind == "path":
		return validate.SeverityInfo
	case kind != "port":
		return validate.SeverityWarning
	case a.every && c.within(b, a), b.every && c.within(a, b), a.every && b.every && c.hasNodes:
		return validate.SeverityError // one of the two has no other node
	}
	return validate.SeverityWarning
}

// within reports whether b can run in every place in which a can.
func (c cluster) within(a, b *made) bool {
	return !slices.ContainsFunc(c.places, func(p place) bool { return mayRun(a.spec, p) && !mayRun(b.spec, p) })
}

// mayRun imitates the scheduler and the kubelet for the few forms that are generated.
func mayRun(spec *corev1.PodSpec, p place) bool {
	if spec.NodeName != "" && spec.NodeName != p.name {
		return false
	}
	for key, value := range spec.NodeSelector {
		if got, ok := p.labels[key]; !ok || got != value {
			return false
		}
	}
	for _, taint := range p.taints {
		keeps := taint.Effect == "NoExecute" || taint.Effect == "NoSchedule" && spec.NodeName == ""
		for _, t := range spec.Tolerations {
			if t.Key == taint.Key && (t.Operator == "Exists" || t.Value == taint.Value) {
				keeps = false
			}
		}
		if keeps {
			return false
		}
	}
	if spec.Affinity == nil {
		return true
	}
	for _, term := range spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		if len(term.MatchExpressions)+len(term.MatchFields) == 0 {
			continue
		}
		all := true
		for _, e := range term.MatchExpressions {
			value, has := p.labels[e.Key]
			all = all && holds(e, value, has)
		}
		for _, e := range term.MatchFields {
			all = all && holds(e, p.name, true)
		}
		if all {
			return true
		}
	}
	return false
}

func holds(e corev1.NodeSelectorRequirement, value string, has bool) bool {
	among := false
	for _, v := range e.Values {
		among = among || has && v == value
	}
	switch e.Operator {
	case "In":
		return among
	case "NotIn":
		return !among
	case "Exists":
		return has
	case "DoesNotExist":
		return !has
	}
	n, err := strconv.Atoi(value)
	bound, _ := strconv.Atoi(e.Values[0])
	return has && err == nil && (e.Operator == "Gt" && n > bound || e.Operator == "Lt" && n < bound)
}

var (
	nodeNames = []string{"win-1", "win-2", "win-3", "win-4", "win-5", "win-6"}
	pools     = []string{"blue", "green", "red"}
	builds    = []string{"10.0.17763", "10.0.20348"}
)

// everyPlace has a node for each combination of name and labels that generated pods
// distinguish.
var everyPlace = func() []place {
	var places []place
	for _, name := range append([]string{"unnamed"}, nodeNames[:2]...) {
		for _, pool := range append([]string{"", "unnamed"}, pools...) {
			for _, build := range append([]string{"", "unnamed"}, builds...) {
				for _, size := range []string{"", "unnamed", "0", "1", "2", "3", "4", "5", "6", "7"} {
					p := place{name: name, labels: map[string]string{"kubernetes.io/os": "windows"}}
					for key, value := range map[string]string{"pool": pool, "node.kubernetes.io/windows-build": build, "size": size} {
						if value != "" {
							p.labels[key] = value
						}
					}
					places = append(places, p)
				}
			}
		}
	}
	return places
}()

type generator struct{ *rand.Rand }

func (g generator) of(list ...string) string { return list[g.IntN(len(list))] }

func (g generator) nodes() []*corev1.Node {
	var nodes []*corev1.Node
	for _, i := range g.Perm(len(nodeNames))[:1+g.IntN(len(nodeNames))] {
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeNames[i], Labels: map[string]string{"kubernetes.io/os": "windows"}}}
		n.Status.NodeInfo.OperatingSystem = "windows"
		n.Status.NodeInfo.ContainerRuntimeVersion = g.of("containerd://2.1.4", "containerd://1.6.36")
		if g.IntN(8) == 0 {
			n.Labels["kubernetes.io/os"], n.Status.NodeInfo.OperatingSystem = "linux", "linux"
		}
		if pool := g.of(append(pools, "", "grey")...); pool != "" {
			n.Labels["pool"] = pool
		}
		if build := g.of(append(builds, "")...); build != "" {
			n.Labels["node.kubernetes.io/windows-build"] = build
		}
		if size := g.of("", "1", "2", "3", "4", "5", "large"); size != "" {
			n.Labels["size"] = size
		}
		if g.IntN(4) == 0 {
			n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: g.of("gpu", "os"), Value: g.of("a", "b"), Effect: corev1.TaintEffect(g.of("NoSchedule", "NoExecute", "PreferNoSchedule"))})
		}
		if g.IntN(8) == 0 {
			n.Spec.Unschedulable = true
		}
		nodes = append(nodes, n)
	}
	return nodes
}

func (g generator) objects() []made {
	var list []made
	for i := range 2 + g.IntN(7) {
		list = append(list, g.object(fmt.Sprintf("w%d", i)))
		if g.IntN(10) == 0 { // once more, in another version
			list = append(list, g.object(fmt.Sprintf("w%d", i)))
		}
	}
	return list
}

func (g generator) object(name string) made {
	spec, claims := g.spec()
	meta := metav1.ObjectMeta{Name: name, Namespace: "n"}
	switch name[len(name)-1] % 4 {
	case 0:
		d := &appsv1.Deployment{ObjectMeta: meta}
		d.Spec.Template.Spec = *spec
		return made{d, "Deployment n/" + name, spec.NodeName != "", spec, claims}
	case 1:
		if spec.NodeName == "" {
			spec.NodeName = g.of(nodeNames[:2]...)
		}
		return made{&corev1.Pod{ObjectMeta: meta, Spec: *spec}, "Pod n/" + name, true, spec, claims}
	}
	d := &appsv1.DaemonSet{ObjectMeta: meta}
	d.Spec.Template.Spec = *spec
	return made{d, "DaemonSet n/" + name, true, spec, claims}
}

func (g generator) spec() (*corev1.PodSpec, []wish) {
	spec := &corev1.PodSpec{
		HostNetwork:     g.IntN(6) > 0,
		NodeSelector:    map[string]string{"kubernetes.io/os": "windows"},
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true)}},
	}
	if g.IntN(3) == 0 {
		spec.NodeSelector["pool"] = g.of(pools...)
	}
	if g.IntN(4) == 0 {
		spec.NodeSelector["node.kubernetes.io/windows-build"] = g.of(builds...)
	}
	if g.IntN(12) == 0 {
		spec.NodeName = g.of(nodeNames[:2]...)
	}
	if g.IntN(3) == 0 {
		spec.Tolerations = append(spec.Tolerations, corev1.Toleration{Key: g.of("gpu", "os"), Operator: "Exists"}, corev1.Toleration{Key: g.of("gpu", "os"), Operator: "Equal", Value: g.of("a", "b")})
	}
	if g.IntN(3) == 0 {
		spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{}}}
		terms := &spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
		for range g.IntN(4) {
			*terms = append(*terms, g.term())
		}
	}
	return spec, g.claims(spec)
}

func (g generator) term() (term corev1.NodeSelectorTerm) {
	for range g.IntN(3) {
		e := corev1.NodeSelectorRequirement{Key: g.of("pool", "node.kubernetes.io/windows-build"), Operator: corev1.NodeSelectorOperator(g.of("In", "NotIn", "Exists", "DoesNotExist"))}
		if e.Operator == "In" || e.Operator == "NotIn" {
			from := pools
			if e.Key != "pool" {
				from = builds
			}
			for range 1 + g.IntN(2) {
				e.Values = append(e.Values, g.of(from...))
			}
		}
		term.MatchExpressions = append(term.MatchExpressions, e)
	}
	if g.IntN(3) == 0 {
		term.MatchExpressions = append(term.MatchExpressions, corev1.NodeSelectorRequirement{Key: "size", Operator: corev1.NodeSelectorOperator(g.of("Gt", "Lt", "NotIn")), Values: []string{g.of("1", "2", "3", "4", "5")}})
	}
	if g.IntN(6) == 0 {
		term.MatchFields = append(term.MatchFields, corev1.NodeSelectorRequirement{Key: "metadata.name", Operator: corev1.NodeSelectorOperator(g.of("In", "NotIn")), Values: []string{g.of(nodeNames[:2]...)}})
	}
	return term
}

// claims adds containers to a pod that claim something.
func (g generator) claims(spec *corev1.PodSpec) (claims []wish) {
	for i := range 1 + g.IntN(2) {
		c := corev1.Container{Name: fmt.Sprintf("c%d", i), Command: []string{"agent.exe"}}
		sidecar := g.IntN(5) == 0
		setUp := !sidecar && g.IntN(5) == 0
		if sidecar {
			c.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
		}
		for range g.IntN(3) {
			number, protocol, ip := 9100+g.IntN(2), g.of("TCP", "UDP"), g.of("", "0.0.0.0", "127.0.0.1", "10.0.0.4")
			port := corev1.ContainerPort{ContainerPort: int32(number), Protocol: corev1.Protocol(protocol), HostIP: ip}
			if g.IntN(2) == 0 {
				port.HostPort = port.ContainerPort
			}
			if protocol == "TCP" && g.IntN(2) == 0 {
				port.Protocol = ""
			}
			c.Ports = append(c.Ports, port)
			if !setUp && (spec.HostNetwork || port.HostPort != 0) {
				claims = append(claims, wish{fmt.Sprintf("port %s %d", protocol, number), ip})
			}
		}
		for m := range g.IntN(3) {
			directory := g.of(`C:\etc\cni\net.d`, `C:\ProgramData\a`, `C:\ProgramData`)
			spelled := directory
			if g.IntN(2) == 0 {
				spelled = strings.ReplaceAll(directory[2:], `\`, "/") + g.of("", "/")
			}
			v := corev1.Volume{Name: fmt.Sprintf("v%d-%d", i, m)}
			v.HostPath = &corev1.HostPathVolumeSource{Path: spelled}
			if g.IntN(4) == 0 {
				v.HostPath = nil
			}
			spec.Volumes = append(spec.Volumes, v)
			readOnly := g.IntN(3) == 0
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: v.Name, MountPath: "/data", ReadOnly: readOnly})
			if v.HostPath != nil && !readOnly && directory != `C:\ProgramData` {
				what := "path " + directory
				if strings.Contains(directory, "cni") {
					what = "directory " + directory
				}
				claims = append(claims, wish{what, ""})
			}
		}
		if g.IntN(4) == 0 {
			at := `C:\var\lib\kubelet\plugins\` + g.of("a", "b") + `\csi.sock`
			flag := g.of("endpoint", "csi-address", "kubelet-registration-path")
			c.Args = append(c.Args, "--"+flag+"=unix://"+at)
			if flag != "csi-address" {
				claims = append(claims, wish{"socket " + at, ""})
			}
		}
		if g.IntN(5) == 0 {
			access := g.of("M", "RX")
			c.Command = []string{"cmd.exe", "/c", `net localgroup agents /add & icacls C:\a /grant agents:` + access}
			c.Args = nil
			claims = slices.DeleteFunc(claims, func(w wish) bool { return strings.HasPrefix(w.what, "socket") })
			claims = append(claims, wish{"local group agents", access + ` on c:\a`})
			spec.InitContainers, spec.Containers = nil, nil // one container makes one group
			spec.Volumes = nil
			claims = slices.DeleteFunc(claims, func(w wish) bool { return !strings.HasPrefix(w.what, "local") })
			c.Ports, c.VolumeMounts = nil, nil
			spec.Containers = append(spec.Containers, c)
			return claims
		}
		if sidecar || setUp {
			spec.InitContainers = append(spec.InitContainers, c)
		} else {
			spec.Containers = append(spec.Containers, c)
		}
	}
	return claims
}
