// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
)

// object is a field of JSON.
type object = map[string]any

// apiServer answers as an API server does: lists in pages, and single objects. What it
// doesn't have is refused, as it is for a user without the right to it.
type apiServer struct {
	t       *testing.T
	lists   map[string][]object
	single  map[string]string
	maximum int    // objects in a page
	missing string // a path that doesn't exist
	asked   []string
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.URL.Path)
	if r.Method != http.MethodGet {
		s.t.Errorf("%s %s", r.Method, r.URL)
	}
	if r.URL.Path == "/apis" && s.single["/apis?"] == "" {
		fmt.Fprint(w, `{"kind":"APIGroupList","groups":[{"name":"apps"}]}`)
		return
	}
	if text, ok := s.single[r.URL.Path+"?"+r.URL.Query().Get("previous")]; ok {
		fmt.Fprint(w, text)
		return
	}
	if r.URL.Path == s.missing {
		http.NotFound(w, r)
		return
	}
	items, ok := s.lists[r.URL.Path]
	if !ok {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"%s is forbidden","reason":"Forbidden","code":403}`, r.URL.Path)
		return
	}
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = len(items) // of events
	}
	if s.maximum > 0 {
		limit = min(limit, s.maximum)
	}
	start, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	end := min(start+limit, len(items))
	metadata := object{}
	if end < len(items) {
		metadata["continue"] = strconv.Itoa(end)
	}
	kind := map[string]string{"pods": "Pod", "nodes": "Node", "daemonsets": "DaemonSet", "replicasets": "ReplicaSet", "namespaces": "Namespace", "events": "Event"}[filepath.Base(r.URL.Path)]
	version := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(filepath.Dir(r.URL.Path)), "/apis/"), "/api/")
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object{"kind": kind + "List", "apiVersion": strings.SplitN(version, "/namespaces", 2)[0], "metadata": metadata, "items": items[start:end]})
}

// start starts the server and returns a kubeconfig for it.
func (s *apiServer) start(t *testing.T) string {
	t.Helper()
	s.t = t
	return kubeconfig(t, serve(t, s))
}

// serve serves until the test ends.
func serve(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// kubeconfig writes one for a server and returns its path.
func kubeconfig(t *testing.T, url string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters: [{name: a, cluster: {server: %q}}]\nusers: [{name: a, user: {token: t}}]\ncontexts: [{name: a, context: {cluster: a, user: a, namespace: agents}}]\n", url)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func hostProcessSpec(node, account string) object {
	return object{
		"nodeName": node, "hostNetwork": true, "os": object{"name": "windows"}, "nodeSelector": object{"kubernetes.io/os": "windows"}, "automountServiceAccountToken": false,
		"securityContext": object{"windowsOptions": object{"hostProcess": true, "runAsUserName": account}},
		"containers":      []object{{"name": "a", "image": "a", "command": []string{"a.exe"}, "workingDir": "%CONTAINER_SANDBOX_MOUNT_POINT%"}},
	}
}

func windowsNode(name, runtime, build string) object {
	return object{
		"metadata": object{"name": name, "labels": object{"kubernetes.io/os": "windows"}},
		"status":   object{"nodeInfo": object{"operatingSystem": "windows", "containerRuntimeVersion": runtime, "kernelVersion": build, "kubeletVersion": "v1.33.0"}},
	}
}

// small is a cluster with a DaemonSet whose account is none on the older of its nodes.
func small() *apiServer {
	owned := func(name, node, kind, owner string) object {
		return object{"metadata": object{"name": name, "namespace": "agents", "ownerReferences": []object{{"kind": kind, "name": owner, "apiVersion": "apps/v1", "uid": "1", "controller": true}}}, "spec": hostProcessSpec(node, "agents")}
	}
	template := object{"metadata": object{"labels": object{"app": "a"}}, "spec": hostProcessSpec("", "agents")}
	s := &apiServer{lists: map[string][]object{
		"/api/v1/nodes":            {windowsNode("old", "containerd://1.6.8", "10.0.20348.2849"), windowsNode("new", "containerd://1.7.20", "10.0.20348.2849")},
		"/apis/apps/v1/daemonsets": {{"metadata": object{"name": "agent", "namespace": "agents"}, "spec": object{"selector": object{"matchLabels": object{"app": "a"}}, "template": template}}},
		"/apis/apps/v1/replicasets": {{"metadata": object{"name": "other-1", "namespace": "agents", "ownerReferences": []object{{"kind": "Deployment", "name": "other", "apiVersion": "apps/v1", "uid": "2", "controller": true}}},
			"spec": object{"template": template}}},
		"/api/v1/pods": {
			owned("agent-1", "old", "DaemonSet", "agent"), owned("agent-2", "old", "DaemonSet", "agent"), owned("agent-3", "new", "DaemonSet", "agent"),
			{"metadata": object{"name": "alone", "namespace": "agents"}, "spec": hostProcessSpec("old", "agents")},
			{"metadata": object{"name": "linux", "namespace": "agents"}, "spec": object{"containers": []object{{"name": "a"}}}},
		},
		"/api/v1/namespaces": {{"metadata": object{"name": "agents", "labels": object{"pod-security.kubernetes.io/enforce": "baseline"}}}},
	}}
	for _, path := range builtin {
		if s.lists[path] == nil {
			s.lists[path] = []object{}
		}
	}
	return s
}

// TestLintCluster: a pod is checked for its node, a workload for all nodes, and what is
// wrong with many pods of one workload is reported once.
func TestLintCluster(t *testing.T) {
	s := small()
	s.maximum = 2
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"lint", "-o", "json", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 1 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	var got []string
	for line := range strings.Lines(stdout.String()) {
		var f struct {
			Line                                     int
			File, Kind, Name, Rule, Targets, Message string
		}
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		if f.File != "cluster" || f.Line != 0 {
			t.Errorf("%s has a place", line)
		}
		more := ""
		if strings.Contains(f.Message, "1 more pod of DaemonSet agents/agent") {
			more = " more"
		}
		got = append(got, fmt.Sprintf("%s %s %s %s%s", f.Kind, f.Name, f.Rule, f.Targets, more))
	}
	want := []string{
		"DaemonSet agent account-local-group containerd 1.6.8 and kubelet 1.33",
		"Pod alone account-local-group ",
		"Pod agent-1 account-local-group  more",
		"Namespace agents namespace-pod-security-enforce ",
	}
	keep := func(all []string) (kept []string) {
		for _, line := range all {
			if strings.Contains(line, "account-local-group") || strings.Contains(line, "namespace") {
				kept = append(kept, line)
			}
		}
		return kept
	}
	if diff := cmp.Diff(want, keep(got)); diff != "" {
		t.Errorf("findings (-want +got):\n%s\n%s", diff, stdout.String())
	}
	for _, format := range []string{"text", "sarif", "github", "junit"} {
		if code := Run([]string{"lint", "-o", format, "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 1 {
			t.Errorf("-o %s: exit code %d", format, code)
		}
	}
	// It is agent-3: what is wrong with agent-2 is reported with agent-1.
	if want := `name="1 object without findings"`; !strings.Contains(stdout.String(), want) {
		t.Errorf("%s is missing in %s", want, stdout.String())
	}
}

// TestDiffCluster: the nodes are upgraded, and the account is one then on all of them.
func TestDiffCluster(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"diff", "--to", "2.3.4", "--kubeconfig", small().start(t)}, nil, &stdout, &stderr); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	for _, want := range []string{"cured DaemonSet agents/agent  error account-local-group", "cured Pod agents/alone  error account-local-group"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is missing in\n%s", want, stdout.String())
		}
	}
}

// TestConflictsCluster: a DaemonSet and a pod that nothing else has share a port on a node.
func TestConflictsCluster(t *testing.T) {
	s := small()
	ports := []object{{"containerPort": 9182}}
	template := s.lists["/apis/apps/v1/daemonsets"][0]["spec"].(object)["template"].(object)
	template["spec"].(object)["containers"].([]object)[0]["ports"] = ports
	s.lists["/api/v1/pods"][3]["spec"].(object)["containers"].([]object)[0]["ports"] = ports
	s.lists["/apis/apps/v1/replicasets"] = nil
	var stdout, stderr bytes.Buffer
	code := Run([]string{"conflicts", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr)
	if want := "port TCP 9182\n  DaemonSet agents/agent, spec.template.spec.containers[0].ports[0].containerPort\n  Pod agents/alone, spec.containers[0].ports[0].containerPort\n"; code == 2 || !strings.Contains(stdout.String(), want) {
		t.Errorf("exit code %d: %s\n%q is missing in\n%s", code, stderr.String(), want, stdout.String())
	}
}

// TestClusterRefuses: what may not be listed is named, and the rest is checked.
func TestClusterRefuses(t *testing.T) {
	s := small()
	delete(s.lists, "/api/v1/nodes")
	delete(s.lists, "/apis/batch/v1/jobs")
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"lint", "-o", "json", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 2 {
		t.Errorf("exit code %d", code)
	}
	for _, path := range []string{"/api/v1/nodes", "/apis/batch/v1/jobs"} {
		if !strings.Contains(stderr.String(), path+" is forbidden") {
			t.Errorf("%s isn't named: %s", path, stderr.String())
		}
	}
	if !strings.Contains(stdout.String(), "namespace-pod-security-enforce") {
		t.Errorf("the rest isn't checked: %s", stdout.String())
	}
	for _, args := range [][]string{{"survey"}, {"privileges"}, {"explain", "--pod", "none"}} {
		if code := Run(append(args, "--kubeconfig", s.start(t)), nil, &stdout, &stderr); code != 2 {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
	for _, args := range [][]string{{"lint"}, {"survey"}, {"privileges"}, {"explain", "--pod", "a"}} {
		if code := Run(append(args, "--kubeconfig", "testdata/none"), nil, &stdout, &stderr); code != 2 {
			t.Errorf("%q without a cluster: exit code %d", args, code)
		}
	}
}

// TestBrokenNode: a node that can't be read is named, and the rest is checked.
func TestBrokenNode(t *testing.T) {
	s := small()
	s.lists["/api/v1/nodes"] = append(s.lists["/api/v1/nodes"], object{"metadata": "none"})
	var stdout, stderr bytes.Buffer
	code := Run([]string{"lint", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr)
	if code != 2 || !strings.Contains(stderr.String(), "cluster:") || !strings.Contains(stdout.String(), "namespace-pod-security-enforce") {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestLargeObjects: a page of large objects isn't held as a whole.
func TestLargeObjects(t *testing.T) {
	const size, count = 1 << 20, 64
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		items := 0
		switch r.URL.Path {
		case "/apis":
			fmt.Fprint(w, `{"groups":[]}`)
			return
		case "/api/v1/pods":
			items = count
		}
		large := strings.Repeat("x", size)
		fmt.Fprint(w, `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[`)
		for i := range items {
			fmt.Fprintf(w, `%s{"metadata":{"name":"a","annotations":{"large":"%s"}},"spec":{}}`, strings.Repeat(",", min(i, 1)), large)
		}
		fmt.Fprint(w, `]}`)
	}))
	flags := cluster{kubeconfig: kubeconfig(t, server)}
	live, err := flags.connect()
	if err != nil {
		t.Fatal(err)
	}
	read, peak := 0, uint64(0)
	problems := live.pods(t.Context(), &input.Reader{Visit: func(input.Object) {
		if read++; read%16 == 0 {
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			peak = max(peak, memory.HeapAlloc)
		}
	}})
	if len(problems) > 0 || read != count || peak > count*size/2 {
		t.Errorf("%d objects, %d bytes of heap: %v", read, peak, problems)
	}
}

// smallNamespace is the small cluster, for a user who may see the namespace agents alone.
func smallNamespace(namespace string) *apiServer {
	s := small()
	for _, path := range builtin {
		at := strings.LastIndex(path, "/")
		s.lists[path[:at]+"/namespaces/agents"+path[at:]] = s.lists[path]
		delete(s.lists, path)
	}
	delete(s.lists, "/api/v1/namespaces")
	s.single = map[string]string{"/api/v1/namespaces/agents?": namespace}
	return s
}

// TestClusterNamespace looks at nothing but the namespace.
func TestClusterNamespace(t *testing.T) {
	s := smallNamespace(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"agents","labels":{"pod-security.kubernetes.io/enforce":"baseline"}}}`)
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"lint", "-n", "agents", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 1 || !strings.Contains(stdout.String(), "namespace-pod-security-enforce") {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}

func TestSurveyAndPrivilegesOfCluster(t *testing.T) {
	s := small()
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"survey", "--need", "local-groups", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 1 || !strings.Contains(stdout.String(), "containerd://1.6.8") {
		t.Errorf("survey: exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
	stdout.Reset()
	if code := Run([]string{"privileges", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 0 || strings.Count(stdout.String(), "agents/") != 3 || strings.Count(stdout.String(), "enforces: baseline") != 3 || !strings.Contains(stdout.String(), "pods: 3\n") {
		t.Errorf("privileges: exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestExplainPod reads the status, the events and the logs of a pod.
func TestExplainPod(t *testing.T) {
	s := small()
	const pods = "/api/v1/namespaces/agents/pods/"
	s.lists["/api/v1/namespaces/agents/events"] = []object{{"involvedObject": object{"kind": "Pod", "namespace": "agents", "name": "a"}, "reason": "Failed", "message": "Error: failed to logon user: Access is denied."}}
	s.single = map[string]string{
		pods + "a?":          `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"agents"},"spec":{"containers":[{"name":"c"}]},"status":{"message":"named pipe mounts not supported for job containers"}}`,
		pods + "a/log?false": "nothing\n",
		pods + "a/log?true":  "destination path can not be C drive\n",
	}
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"explain", "--pod", "a", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	for _, want := range []string{"named pipe mounts not supported", "failed to logon user", "(log of c:1)"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q isn't in %s", want, stdout.String())
		}
	}
}
