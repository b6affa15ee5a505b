// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
)

// TestServer compares this module with a real API server.
func TestServer(t *testing.T) {
	s := startServer(t)
	t.Run("answers like the reference", func(t *testing.T) { answersAlike(t, s) })
	t.Run("agrees about fixtures", func(t *testing.T) { agreesAboutFixtures(t, s) })
	t.Run("Pod Security", func(t *testing.T) { podSecurity(t, s) })
	nodes := s.addNodes(t)
	s.startControllers(t)
	t.Run("schedules as the rules about nodes say", func(t *testing.T) { schedules(t, s, nodes) })
	t.Run("server-side apply", func(t *testing.T) { appliesWhatIsMeant(t, s) })
	t.Run("takes every example", func(t *testing.T) { takesExamples(t, s, nodes) })
}

// answersAlike tests the reference program: for generated objects, it must report the
// errors of the real server.
func answersAlike(t *testing.T, s *server) {
	k := atMost(t, newest)
	ref := k.start(t)
	s.namespace(t, "generated", nil)
	for number := range uint64(300) {
		o := generate(*seedFlag, number, k)
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		answers, err := ref.create(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(answers[0].Errors, s.create(t, "generated", o, dryRun).errors); diff != "" {
			t.Fatalf("seed %d, object %d: the reference and kube-apiserver differ (-reference +kube-apiserver):\n%s\n%s", *seedFlag, number, diff, data)
		}
	}
}

// agreesAboutFixtures creates every fixture of package validate for the newest
// Kubernetes. The server refuses those, and only those, that break a rule of its
// layer, at the fields of the findings.
func agreesAboutFixtures(t *testing.T, s *server) {
	s.namespace(t, "fixtures", nil)
	for _, d := range fixtures(t) {
		if d.minor != newest {
			continue
		}
		r := s.create(t, "fixtures", d.object, dryRun)
		c, err := compare(d.object, d.data, newest, answer{Errors: r.errors})
		if err != nil {
			t.Errorf("%s: %v", d.path, err)
		}
		if len(c.disagreements) > 0 {
			t.Errorf("%s: %v; the server says: %s", d.path, c.disagreements, r)
		}
	}
}

// podSecurity creates a HostProcess pod in namespaces with and without a level of
// Pod Security. The server refuses it where the rule about namespaces finds an
// error.
func podSecurity(t *testing.T, s *server) {
	pod := object{
		"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": "agent"},
		"spec": object{
			"hostNetwork":     true,
			"securityContext": object{"windowsOptions": object{"hostProcess": true, "runAsUserName": `NT AUTHORITY\Local Service`}},
			"containers":      list{object{"name": "agent", "image": "registry.example.com/agent:1.4"}},
		},
	}
	var spec corev1.PodSpec
	if err := convert(pod["spec"], &spec); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for name, labels := range map[string]map[string]string{
		"unlabelled": nil,
		"privileged": {"pod-security.kubernetes.io/enforce": "privileged"},
		"baseline":   {"pod-security.kubernetes.io/enforce": "baseline"},
		"restricted": {"pod-security.kubernetes.io/enforce": "restricted"},
		"old":        {"pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/enforce-version": "v1.22"},
		"warned":     {"pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/warn": "restricted"},
	} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
		allowed := (validate.Validator{}).Namespace(namespace, &spec).Err() == nil
		s.namespace(t, name, labels)
		r := s.create(t, name, pod, dryRun)
		if allowed != (r.message == "") {
			t.Errorf("labels %v: allowed is %t by the rules, but the server says: %s", labels, allowed, r)
		}
		if r.message == "" {
			continue
		}
		refused++
		if !strings.Contains(r.message, "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)") {
			t.Errorf("labels %v: refused for another reason: %s", labels, r)
		}
	}
	if refused != 3 {
		t.Errorf("%d of the namespaces refuse the pod, not 3", refused)
	}
}

// nodeKinds are nodes that exist as objects only: no kubelet runs. The pod of
// schedules selects nodes by the build of Windows, and tolerates one taint.
var nodeKinds = map[string]struct {
	labels object
	taints list
}{
	"windows":           {labels: object{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348", "example.com/canary": "true"}},
	"windows-old":       {labels: object{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.17763"}},
	"windows-unlabeled": {labels: object{"kubernetes.io/os": "windows"}},
	"windows-tainted": {
		labels: object{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348"},
		taints: list{object{"key": "os", "value": "windows", "effect": "NoSchedule"}},
	},
	"windows-tolerated": {
		labels: object{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348"},
		taints: list{object{"key": "example.com/agents", "value": "only", "effect": "NoSchedule"}},
	},
	"windows-preferably-not": {
		labels: object{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348"},
		taints: list{object{"key": "os", "value": "windows", "effect": "PreferNoSchedule"}},
	},
	// The node of the examples of package task.
	"win-3": {
		labels: object{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348"},
		taints: list{object{"key": "example.com/maintenance", "effect": "NoSchedule"}},
	},
	"linux": {labels: object{"kubernetes.io/os": "linux", "node.kubernetes.io/windows-build": "10.0.20348"}},
}

// addNodes makes the nodes, each ready and large.
func (s *server) addNodes(t *testing.T) (all []corev1.Node) {
	t.Helper()
	for name, kind := range nodeKinds {
		kind.labels["kubernetes.io/hostname"] = name
		o := object{
			"apiVersion": "v1", "kind": "Node", "metadata": object{"name": name, "labels": kind.labels},
			"spec": object{"taints": kind.taints},
			"status": object{
				"allocatable": object{"cpu": "4", "memory": "16Gi", "pods": "110"},
				"capacity":    object{"cpu": "4", "memory": "16Gi", "pods": "110"},
				"conditions":  list{object{"type": "Ready", "status": "True"}},
				"nodeInfo": object{
					"operatingSystem": kind.labels["kubernetes.io/os"], "architecture": "amd64", "containerRuntimeVersion": "containerd://1.7.13",
					"kernelVersion": "10.0.20348.2227", "osImage": "Windows Server 2022 Datacenter",
					"bootID": "", "kubeProxyVersion": "", "kubeletVersion": "v1.37.2", "machineID": "", "systemUUID": "",
				},
			},
		}
		var node corev1.Node
		if err := convert(o, &node); err != nil {
			t.Fatal(err)
		}
		all = append(all, node)
		s.must(t, "", o)
	}
	return all
}

// schedules lets the real controllers place the pods of a DaemonSet that the
// builder made. A node gets a pod exactly where the rules about nodes find no
// error.
func schedules(t *testing.T, s *server, nodes []corev1.Node) {
	daemonSet, err := hostprocess.NewPod(accounts.LocalService, hostprocess.NewContainer("agent", "registry.example.com/agent:1.4")).
		WithNodeSelector(map[string]string{"node.kubernetes.io/windows-build": "10.0.20348"}).
		WithTolerations(corev1.Toleration{Key: "example.com/agents", Operator: corev1.TolerationOpEqual, Value: "only"}).
		DaemonSet(metav1.ObjectMeta{Name: "agent"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, node := range nodes {
		if (validate.Validator{}).Node(&node, &daemonSet.Spec.Template.Spec).Err() == nil {
			want[node.Name] = true
		}
	}
	if len(want) == 0 || len(want) == len(nodes) {
		t.Fatalf("by the rules %d of %d nodes get a pod: that shows nothing", len(want), len(nodes))
	}
	s.namespace(t, "scheduled", map[string]string{"pod-security.kubernetes.io/enforce": "privileged"})
	var o object
	if err := convert(daemonSet, &o); err != nil {
		t.Fatal(err)
	}
	s.must(t, "scheduled", o)

	var got map[string]bool
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(200 * time.Millisecond) {
		got = s.scheduled(t, "scheduled", "")
		if len(got) >= len(want) {
			break
		}
	}
	// An extra pod would be created together with the others, but not before them.
	time.Sleep(2 * time.Second)
	if got = s.scheduled(t, "scheduled", ""); !maps.Equal(got, want) {
		t.Errorf("nodes with a pod: %v; nodes without an error: %v", got, want)
	}
}

// scheduled are the nodes to which pods of a namespace are bound. A query may
// select some of the pods.
func (s *server) scheduled(t *testing.T, namespace, query string) map[string]bool {
	t.Helper()
	var pods corev1.PodList
	s.get(t, "/api/v1/namespaces/"+namespace+"/pods"+query, &pods)
	on := map[string]bool{}
	for _, pod := range pods.Items {
		if pod.Spec.NodeName != "" {
			on[pod.Spec.NodeName] = true
		}
	}
	return on
}

// convert copies a value into another through JSON.
func convert(from, into any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
