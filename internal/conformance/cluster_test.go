// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
)

// TestServer asks a real API server.
func TestServer(t *testing.T) {
	s := startServer(t)
	t.Run("answers like the reference", func(t *testing.T) { answersAlike(t, s) })
	t.Run("accepts the example", func(t *testing.T) { acceptsExample(t, s) })
	t.Run("agrees about fixtures", func(t *testing.T) { agreesAboutFixtures(t, s) })
	t.Run("Pod Security", func(t *testing.T) { podSecurity(t, s) })
	t.Run("schedules as the rules about nodes say", func(t *testing.T) { schedules(t, s) })
}

// answersAlike proves the reference program: over generated objects it reports
// what the real server reports.
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

// acceptsExample applies what examples/quickstart prints.
func acceptsExample(t *testing.T, s *server) {
	cmd := exec.Command("go", "run", "./examples/quickstart")
	cmd.Dir = filepath.Join("..", "..")
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var o object
	if err := yaml.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	s.namespace(t, "example", nil)
	if r := s.create(t, "example", o, dryRun); r.message != "" {
		t.Errorf("a strict dry run is refused: %s\n%s", r, text)
	}
	s.must(t, "example", o)
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

// podSecurity creates a HostProcess pod in namespaces that enforce the levels of
// Pod Security. Only privileged lets it in.
func podSecurity(t *testing.T, s *server) {
	pod := object{
		"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": "agent"},
		"spec": object{
			"hostNetwork":     true,
			"securityContext": object{"windowsOptions": object{"hostProcess": true, "runAsUserName": `NT AUTHORITY\Local Service`}},
			"containers":      list{object{"name": "agent", "image": "registry.example.com/agent:1.4"}},
		},
	}
	for level, allowed := range map[string]bool{"privileged": true, "baseline": false, "restricted": false} {
		s.namespace(t, level, object{"pod-security.kubernetes.io/enforce": level})
		r := s.create(t, level, pod, dryRun)
		if allowed != (r.message == "") {
			t.Errorf("enforce=%s: allowed must be %t, but the server says: %s", level, allowed, r)
		}
		if !allowed && !strings.Contains(r.message, "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)") {
			t.Errorf("enforce=%s: refused for another reason: %s", level, r)
		}
	}
}

// nodes are nodes that exist as objects only: no kubelet runs. The pod of
// schedules selects nodes by the build of Windows, and tolerates one taint.
var nodes = map[string]struct {
	labels object
	taints list
}{
	"windows":           {labels: object{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348"}},
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
	"linux": {labels: object{"kubernetes.io/os": "linux", "node.kubernetes.io/windows-build": "10.0.20348"}},
}

// schedules lets the real controllers place the pods of a DaemonSet that the
// builder made. A node gets a pod exactly where the rules about nodes find no
// error.
func schedules(t *testing.T, s *server) {
	daemonSet, err := hostprocess.New(accounts.LocalService, hostprocess.NewContainer("agent", "registry.example.com/agent:1.4")).
		WithNodeSelector(map[string]string{"node.kubernetes.io/windows-build": "10.0.20348"}).
		WithTolerations(corev1.Toleration{Key: "example.com/agents", Operator: corev1.TolerationOpEqual, Value: "only"}).
		DaemonSet(metav1.ObjectMeta{Name: "agent"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for name, n := range nodes {
		n.labels["kubernetes.io/hostname"] = name
		o := object{
			"apiVersion": "v1", "kind": "Node", "metadata": object{"name": name, "labels": n.labels},
			"spec": object{"taints": n.taints},
			"status": object{
				"allocatable": object{"cpu": "4", "memory": "16Gi", "pods": "110"},
				"capacity":    object{"cpu": "4", "memory": "16Gi", "pods": "110"},
				"conditions":  list{object{"type": "Ready", "status": "True"}},
				"nodeInfo": object{
					"operatingSystem": n.labels["kubernetes.io/os"], "architecture": "amd64", "containerRuntimeVersion": "containerd://1.7.13",
					"kernelVersion": "10.0.20348.2227", "osImage": "Windows Server 2022 Datacenter",
					"bootID": "", "kubeProxyVersion": "", "kubeletVersion": "v1.37.2", "machineID": "", "systemUUID": "",
				},
			},
		}
		var node corev1.Node
		if err := convert(o, &node); err != nil {
			t.Fatal(err)
		}
		if (validate.Validator{}).Node(&node, &daemonSet.Spec.Template.Spec).Err() == nil {
			want[name] = true
		}
		s.must(t, "", o)
	}
	if len(want) == 0 || len(want) == len(nodes) {
		t.Fatalf("by the rules %d of %d nodes get a pod: that shows nothing", len(want), len(nodes))
	}
	s.startControllers(t)
	s.namespace(t, "agents", object{"pod-security.kubernetes.io/enforce": "privileged"})
	var o object
	if err := convert(daemonSet, &o); err != nil {
		t.Fatal(err)
	}
	s.must(t, "agents", o)

	var got map[string]bool
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(200 * time.Millisecond) {
		got = s.scheduled(t, "agents")
		if len(got) >= len(want) {
			break
		}
	}
	// A pod too many would come at once, but not before the others.
	time.Sleep(2 * time.Second)
	if got = s.scheduled(t, "agents"); !maps.Equal(got, want) {
		t.Errorf("nodes with a pod: %v; nodes without an error: %v", got, want)
	}
}

// scheduled are the nodes to which pods of a namespace are bound.
func (s *server) scheduled(t *testing.T, namespace string) map[string]bool {
	t.Helper()
	code, body, err := s.do(t.Context(), http.MethodGet, "/api/v1/namespaces/"+namespace+"/pods", nil)
	if err != nil || code != http.StatusOK {
		t.Fatalf("%d %s: %v", code, body, err)
	}
	var pods corev1.PodList
	if err := json.Unmarshal(body, &pods); err != nil {
		t.Fatal(err)
	}
	on := map[string]bool{}
	for _, pod := range pods.Items {
		if pod.Spec.NodeName != "" {
			on[pod.Spec.NodeName] = true
		}
	}
	return on
}

// convert copies what JSON says of one value into another.
func convert(from, into any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
