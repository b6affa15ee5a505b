// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

var livePods = flag.Int("live-pods", 2_000, "how many pods the cluster of TestLive has, a multiple of 1000")

// TestLive runs kubectl hostprocess in a cluster with a real kube-apiserver, 60 Windows nodes
// and many pods, as users with the least privileges that they need. The test plays the
// scheduler and the kubelets.
func TestLive(t *testing.T) {
	l := &live{server: startServer(t), logs: make(chan string)}
	l.program = filepath.Join(t.TempDir(), "kubectl-hostprocess.exe")
	goOutput(t, "-C", "examples/kubectl-hostprocess", "build", "-o", l.program, ".")
	l.config = l.kubeconfig(t)
	kubelet := httptest.NewTLSServer(l)
	t.Cleanup(kubelet.Close)
	l.addRoles(t)
	l.addKinds(t)
	l.addNodes(t, kubelet.Listener.Addr().(*net.TCPAddr).Port)
	begin := time.Now()
	l.addPods(t)
	t.Logf("%d pods were created in %.1fs", *livePods, time.Since(begin).Seconds())

	t.Run("lint", func(t *testing.T) { lints(t, l) })
	t.Run("survey", func(t *testing.T) { surveys(t, l) })
	t.Run("privileges", func(t *testing.T) { findsPrivileges(t, l) })
	t.Run("explain", func(t *testing.T) { explainsPod(t, l) })
	t.Run("run", func(t *testing.T) { runsCommand(t, l) })
	t.Run("run, and an interrupt", func(t *testing.T) { interruptsCommand(t, l) })
	t.Run("policy", func(t *testing.T) { appliesPolicy(t, l) })
	t.Run("names what it may not read", func(t *testing.T) { namesUnread(t, l) })
}

// live is the cluster.
type live struct {
	*server
	program, config string
	logs            chan string // of the pod that runs a command
}

const (
	oldNodes, newNodes, linuxNodes = 20, 40, 10

	// The pods are in shares of a thousand.
	goodPods    = 60 // right ones that stand alone
	systemPods  = 20 // with an account that is misspelt
	groupPods   = 10 // with a local group, half of them on nodes that have none
	linuxPods   = 5  // on a Linux node
	daemonPods  = 5  // of the DaemonSet of an operator, which is misspelt
	otherPods   = 1000 - goodPods - systemPods - groupPods - linuxPods - daemonPods
	liveTimeout = 2 * time.Minute
	maxPeak     = 120 // MiB
)

// ServeHTTP answers for the kubelets: logs of a pod that explains itself, and of one that runs
// a command.
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/agent") {
		if r.URL.Query().Get("previous") == "true" {
			http.Error(w, "no previous container", http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, "destination path can not be C drive")
		return
	}
	w.WriteHeader(http.StatusOK)
	for {
		w.(http.Flusher).Flush()
		select {
		case text := <-l.logs:
			if text == "" {
				return
			}
			fmt.Fprint(w, text)
		case <-r.Context().Done():
			return
		}
	}
}

// addRoles makes two users: reader has the permissions that the help lists, and runner
// those that run needs in one namespace.
func (l *live) addRoles(t *testing.T) {
	t.Helper()
	rule := func(groups, resources, verbs string) object {
		return object{"apiGroups": strings.Split(groups, ","), "resources": strings.Split(resources, ","), "verbs": strings.Split(verbs, ",")}
	}
	for name, rules := range map[string]list{
		"reader": {
			rule("", "nodes,namespaces,pods,replicationcontrollers,podtemplates,events", "get,list"),
			rule("", "pods/log", "get"),
			rule("apps", "daemonsets,deployments,statefulsets,replicasets", "list"),
			rule("batch", "jobs,cronjobs", "list"),
			rule("argoproj.io,apps.kruise.io", "rollouts,daemonsets", "list"),
		},
		"runner": {
			rule("", "pods", "create,get,watch,delete"),
			rule("", "pods/log,nodes", "get"),
			rule("", "events", "list"),
		},
	} {
		l.must(t, "", object{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": object{"name": name}, "rules": rules})
		l.must(t, "", object{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": object{"name": name},
			"roleRef":  object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
			"subjects": list{object{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}},
		})
	}
}

// definition is a kind whose spec has one property.
func definition(group, version, kind, property string, schema object) object {
	plural := strings.ToLower(kind) + "s"
	return object{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": object{"name": plural + "." + group},
		"spec": object{
			"group": group, "scope": "Namespaced", "names": object{"kind": kind, "plural": plural},
			"versions": list{object{"name": version, "served": true, "storage": true, "schema": object{"openAPIV3Schema": object{
				"type": "object", "properties": object{"spec": object{"type": "object", "properties": object{property: schema}}},
			}}}},
		},
	}
}

// podTemplateSchema is as much of a pod as the test needs.
func podTemplateSchema() object {
	of := func(properties object) object { return object{"type": "object", "properties": properties} }
	text, truth := object{"type": "string"}, object{"type": "boolean"}
	return of(object{"spec": of(object{
		"hostNetwork": truth, "automountServiceAccountToken": truth, "os": of(object{"name": text}),
		"nodeSelector":    object{"type": "object", "additionalProperties": text},
		"securityContext": of(object{"windowsOptions": of(object{"hostProcess": truth, "runAsUserName": text})}),
		"containers": object{"type": "array", "items": of(object{
			"name": text, "image": text, "workingDir": text, "command": object{"type": "array", "items": text},
			"resources": object{"type": "object", "x-kubernetes-preserve-unknown-fields": true},
		})},
	})})
}

// addKinds makes one kind with the schema of a pod, one that leaves it open, and one that can
// hold no pod, which reader may not read.
func (l *live) addKinds(t *testing.T) {
	t.Helper()
	l.must(t, "", definition("argoproj.io", "v1alpha1", "Rollout", "template", podTemplateSchema()))
	l.must(t, "", definition("apps.kruise.io", "v1alpha1", "DaemonSet", "template", object{"x-kubernetes-preserve-unknown-fields": true}))
	l.must(t, "", definition("example.com", "v1", "Widget", "size", object{"type": "string"}))
	l.published(t, "argoproj.io/v1alpha1", "apps.kruise.io/v1alpha1", "example.com/v1")
}

// published waits until the API server publishes the schemas of groups.
func (l *live) published(t *testing.T, groups ...string) {
	t.Helper()
	for _, group := range groups {
		eventually(t, "the schema of "+group, func() bool {
			code, body, err := l.do(t.Context(), http.MethodGet, "/openapi/v3/apis/"+group, nil)
			return err == nil && code == http.StatusOK && bytes.Contains(body, []byte(`"x-kubernetes-action":"list"`))
		})
	}
}

func (l *live) addNodes(t *testing.T, kubeletPort int) {
	t.Helper()
	add := func(name, system, runtime, build string) {
		room := object{"cpu": "64", "memory": "256Gi", "pods": "2000"}
		l.must(t, "", object{
			"apiVersion": "v1", "kind": "Node", "metadata": object{"name": name, "labels": object{"kubernetes.io/os": system}},
			"status": object{
				"allocatable": room, "capacity": room, "conditions": list{object{"type": "Ready", "status": "True"}},
				"addresses":       list{object{"type": "InternalIP", "address": "127.0.0.1"}},
				"daemonEndpoints": object{"kubeletEndpoint": object{"Port": kubeletPort}},
				"nodeInfo": object{
					"operatingSystem": system, "architecture": "amd64", "containerRuntimeVersion": runtime, "kernelVersion": build,
					"kubeletVersion": "v1.33.0", "machineID": "", "systemUUID": "", "bootID": "", "osImage": "", "kubeProxyVersion": "",
				},
			},
		})
	}
	for i := range oldNodes {
		add(fmt.Sprint("old-", i), "windows", "containerd://1.6.8", "10.0.20348.2849")
	}
	for i := range newNodes {
		add(fmt.Sprint("new-", i), "windows", "containerd://2.1.0", "10.0.20348.2849")
	}
	for i := range linuxNodes {
		add(fmt.Sprint("linux-", i), "linux", "containerd://2.1.0", "6.1.0")
	}
}

// liveSpec is a pod about which no rule finds anything, but for its account or its node.
func liveSpec(node, account string) object {
	spec := object{
		"hostNetwork": true, "os": object{"name": "windows"}, "nodeSelector": object{"kubernetes.io/os": "windows"}, "automountServiceAccountToken": false,
		"securityContext": object{"windowsOptions": object{"hostProcess": true, "runAsUserName": account}},
		"containers": list{object{
			"name": "agent", "image": "registry.example.com/agent:1.4", "workingDir": "%CONTAINER_SANDBOX_MOUNT_POINT%",
			"command": list{`%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`}, "resources": object{"limits": object{"cpu": "1", "memory": "1Gi"}},
		}},
	}
	if node != "" {
		spec["nodeName"] = node
	}
	return spec
}

const localService = `NT AUTHORITY\Local Service`

// addPods makes the workloads and the pods.
func (l *live) addPods(t *testing.T) {
	t.Helper()
	for _, name := range []string{"fleet", "operations", "tasks"} {
		l.namespace(t, name, nil)
	}
	template := object{"metadata": object{"labels": object{"app": "agent"}}, "spec": liveSpec("", "System")}
	owner := func(apiVersion, kind, name string) list {
		return list{object{"apiVersion": apiVersion, "kind": kind, "name": name, "uid": "6f1cd1b4-1c55-4c0f-8f44-2f4a2c0d3c11", "controller": true}}
	}
	selector := object{"matchLabels": object{"app": "agent"}}
	l.must(t, "fleet", object{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": object{"name": "agent", "ownerReferences": owner("operator.example.com/v1", "Installation", "default")}, "spec": object{"selector": selector, "template": template}})
	l.must(t, "fleet", object{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": object{"name": "checked"}, "spec": object{"template": object{"spec": liveSpec("", "System")}}})
	l.must(t, "fleet", object{"apiVersion": "apps.kruise.io/v1alpha1", "kind": "DaemonSet", "metadata": object{"name": "open"}, "spec": object{"template": object{"spec": liveSpec("", "System")}}})
	l.must(t, "fleet", object{"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": object{"name": "checked-1", "ownerReferences": owner("argoproj.io/v1alpha1", "Rollout", "checked")}, "spec": object{"selector": selector, "template": template}})

	other := object{"containers": list{object{"name": "a", "image": "registry.example.com/a:1"}}}
	var pods []object
	add := func(count int, name string, metadata object, spec func(i int) object) {
		for i := range count * *livePods / 1000 {
			about := object{"name": fmt.Sprint(name, "-", i)}
			maps.Copy(about, metadata)
			pods = append(pods, object{"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": spec(i)})
		}
	}
	onEither := func(i int) string { return []string{"old-", "new-"}[i%2] + fmt.Sprint(i/2%oldNodes) }
	add(goodPods, "good", nil, func(i int) object { return liveSpec(onEither(i), localService) })
	add(systemPods, "system", nil, func(i int) object { return liveSpec(onEither(i), "System") })
	add(groupPods, "group", nil, func(i int) object { return liveSpec(onEither(i), "agents") })
	add(linuxPods, "linux", nil, func(i int) object { return liveSpec(fmt.Sprint("linux-", i%linuxNodes), localService) })
	add(daemonPods, "agent", object{"ownerReferences": owner("apps/v1", "DaemonSet", "agent")}, func(i int) object { return liveSpec(fmt.Sprint("new-", i%newNodes), "System") })
	add(otherPods, "other", nil, func(int) object { return other })
	l.createAll(t, "/api/v1/namespaces/fleet/pods", pods)
}

// createAll creates many objects at the same time, over few connections.
func (l *live) createAll(t *testing.T, path string, objects []object) {
	t.Helper()
	transport := l.client.Transport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = true
	fast := *l.server
	fast.client = &http.Client{Timeout: time.Minute, Transport: transport}
	defer fast.client.CloseIdleConnections()
	var next atomic.Int64
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(objects) || t.Failed() {
					return
				}
				data, err := json.Marshal(objects[i])
				if err != nil {
					t.Error(err)
					return
				}
				if code, body, err := fast.do(t.Context(), http.MethodPost, path, data); err != nil || code != http.StatusCreated {
					t.Errorf("%d %s %v", code, body, err)
				}
			}
		})
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// command is the program, as a user.
func (l *live) command(ctx context.Context, user string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, l.program, append([]string{args[0], "--kubeconfig", l.config, "--as", user}, args[1:]...)...)
	cmd.Dir = os.TempDir() // where there is no configuration file
	return cmd
}

// output runs the program, logs its resource usage, and returns its output.
func (l *live) output(t *testing.T, code int, user string, args ...string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), liveTimeout)
	defer cancel()
	cmd := l.command(ctx, user, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	peak, isRunning := 0, true
	for isRunning {
		peak = max(peak, residentPeak(cmd.Process.Pid))
		select {
		case err := <-ended:
			isRunning = false
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
		case <-time.After(2 * time.Millisecond):
		}
	}
	t.Logf("%s: %.2fs, CPU %.2fs, %d MiB", args[0], time.Since(begin).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), peak)
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("%q: exit code %d, want %d: %s", args, got, code, errs.String())
	}
	if peak > maxPeak {
		t.Errorf("%q took %d MiB", args, peak)
	}
	return out.String(), errs.String()
}

// residentPeak returns the peak memory of a running process in MiB, or 0 if it has ended.
// The peak that the system reports after a process has ended can't be used: it includes the
// memory of the parent, from which the process was forked.
func residentPeak(pid int) (peak int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if _, after, found := strings.Cut(string(status), "VmHWM:"); found {
		_, _ = fmt.Sscan(after, &peak)
	}
	return peak >> 10
}

// share converts thousandths of all pods to a number of pods.
func share(thousandths int) int { return thousandths * *livePods / 1000 }

// lints compares the findings with the objects that were created: there are no others.
func lints(t *testing.T, l *live) {
	stdout, stderr := l.output(t, 1, "reader", "lint", "-o", "json")
	got := map[string]int{}
	more := 0
	for line := range strings.Lines(stdout) {
		var f struct{ Kind, Rule, Message string }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		got[f.Kind+" "+f.Rule]++
		if _, rest, found := strings.Cut(f.Message, "(and in "); found {
			if _, err := fmt.Sscanf(rest, "%d more pods of DaemonSet fleet/agent)", &more); err != nil {
				t.Errorf("%s: %v", f.Message, err)
			}
		}
	}
	want := map[string]int{
		"Pod account-missing-domain":       share(systemPods) + 1, // and one for all pods of the DaemonSet
		"Pod account-local-group":          share(groupPods) / 2,
		"Pod node-os":                      share(linuxPods),
		"DaemonSet account-missing-domain": 2, // that of the operator, and OpenKruise's
		"Rollout account-missing-domain":   1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-created +found):\n%s\n%.2000s", diff, stderr)
	}
	if want := share(daemonPods) - 1; more != want {
		t.Errorf("%d more pods of the DaemonSet, want %d", more, want)
	}
	if want := fmt.Sprintf("Checked %d HostProcess objects", share(1000-otherPods)+3); !strings.Contains(stderr, want) {
		t.Errorf("%q isn't in %.2000s", want, stderr)
	}
	text, _ := l.output(t, 1, "reader", "lint", "-n", "fleet", "--enable-only", "node-os")
	if got := strings.Count(text, "node-os"); got != share(linuxPods) {
		t.Errorf("in the namespace: %d findings, want %d", got, share(linuxPods))
	}
}

func surveys(t *testing.T, l *live) {
	stdout, stderr := l.output(t, 1, "reader", "survey", "-o", "json", "--need", "local-groups")
	var got struct {
		Windows, NotWindows int
		Groups, Parts       []struct{ Nodes int }
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if got.Windows != oldNodes+newNodes || got.NotWindows != linuxNodes || len(got.Groups) != 2 || len(got.Parts) != 2 {
		t.Errorf("%+v", got)
	}
	l.output(t, 0, "reader", "survey")
}

// findsPrivileges counts the containers that the program lists, by kind and account.
func findsPrivileges(t *testing.T, l *live) {
	stdout, _ := l.output(t, 1, "reader", "privileges", "-o", "json")
	got := map[string]int{}
	for line := range strings.Lines(stdout) {
		var p struct{ Kind, RunAsUserName string }
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		got[p.Kind+" "+p.RunAsUserName]++
	}
	want := map[string]int{
		"Pod " + localService: share(goodPods + linuxPods), "Pod System": share(systemPods), "Pod agents": share(groupPods),
		"DaemonSet System": 2, "Rollout System": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("containers (-created +found):\n%s", diff)
	}
}

// explainsPod explains the status, an event and the logs of a pod.
func explainsPod(t *testing.T, l *live) {
	const pod = "/api/v1/namespaces/fleet/pods/good-0"
	if code, body := l.patch(t, pod+"/status", "application/merge-patch+json", `{"status":{"message":"named pipe mounts not supported for job containers"}}`); code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	l.must(t, "fleet", object{
		"apiVersion": "v1", "kind": "Event", "metadata": object{"name": "good-0.1"}, "type": "Warning", "reason": "Failed",
		"message": "Error: failed to logon user: Access is denied.", "involvedObject": object{"kind": "Pod", "namespace": "fleet", "name": "good-0"},
	})
	stdout, stderr := l.output(t, 0, "reader", "explain", "-n", "fleet", "--pod", "good-0")
	for _, want := range []string{"named pipe mounts not supported", "failed to logon user", "destination path can not be C drive (log of agent:1)"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q isn't in %s%s", want, stdout, stderr)
		}
	}
}

// start starts run as a user, and returns the process and the pod that it makes.
func (l *live) start(t *testing.T, stdout, stderr io.Writer) (*exec.Cmd, *corev1.Pod) {
	t.Helper()
	cmd := l.command(t.Context(), "runner", "run", "new-3", "-n", "tasks", "--", "ipconfig", "/all")
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pod *corev1.Pod
	eventually(t, "the pod", func() bool {
		for _, p := range l.pods(t, "tasks") {
			if p.DeletionTimestamp == nil {
				pod = &p
			}
		}
		return pod != nil
	})
	binding, err := json.Marshal(object{"apiVersion": "v1", "kind": "Binding", "metadata": object{"name": pod.Name}, "target": object{"kind": "Node", "name": "new-3"}})
	if err != nil {
		t.Fatal(err)
	}
	if code, body, err := l.do(t.Context(), http.MethodPost, "/api/v1/namespaces/tasks/pods/"+pod.Name+"/binding", binding); err != nil || code != http.StatusCreated {
		t.Fatalf("%d %s %v", code, body, err)
	}
	l.setStatus(t, pod.Name, `{"phase":"Running","containerStatuses":[{"name":"command","image":"i","imageID":"i","ready":true,"restartCount":0,"state":{"running":{}}}]}`)
	return cmd, pod
}

// log has the container of the command write a text; an empty one ends its logs.
func (l *live) log(t *testing.T, text string) {
	t.Helper()
	select {
	case l.logs <- text:
	case <-time.After(liveTimeout):
		t.Fatal("the program doesn't read the logs")
	}
}

// isDeleted reports whether a pod is terminating or gone.
func (l *live) isDeleted(t *testing.T, name string) bool {
	t.Helper()
	for _, p := range l.pods(t, "tasks") {
		if p.Name == name && p.DeletionTimestamp == nil {
			return false
		}
	}
	return true
}

// lockedBuffer holds the output of a process, and can be read while it runs.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

// runsCommand follows a command from its pod to its exit code.
func runsCommand(t *testing.T, l *live) {
	var stdout, stderr lockedBuffer
	cmd, pod := l.start(t, &stdout, &stderr)
	l.log(t, "one\n")
	eventually(t, "the output while the command runs", func() bool { return stdout.text() == "one\n" })
	l.log(t, "two\n")
	l.log(t, "")
	l.setStatus(t, pod.Name, `{"phase":"Failed","containerStatuses":[{"name":"command","image":"i","imageID":"i","ready":false,"restartCount":0,"state":{"terminated":{"exitCode":3,"reason":"Error","message":"two"}}}]}`)
	_ = cmd.Wait() // the code says it
	if code := cmd.ProcessState.ExitCode(); code != 3 || stdout.text() != "one\ntwo\n" || !strings.Contains(stderr.text(), "Failed with exit code 3") {
		t.Errorf("exit code %d: %s%s", code, stdout.text(), stderr.text())
	}
	if !l.isDeleted(t, pod.Name) {
		t.Error("the pod is still there")
	}
	for user, args := range map[string][]string{
		"reader": {"run", "new-3", "-n", "tasks", "--", "ipconfig"},   // may not create pods
		"runner": {"run", "linux-3", "-n", "tasks", "--", "ipconfig"}, // has no Windows
	} {
		if _, errs := l.output(t, 125, user, args...); errs == "" {
			t.Errorf("%s isn't told why", user)
		}
	}
}

// interruptsCommand ends the program as Ctrl-C does.
func interruptsCommand(t *testing.T, l *live) {
	var stdout, stderr lockedBuffer
	cmd, pod := l.start(t, &stdout, &stderr)
	l.log(t, "one\n")
	eventually(t, "the output", func() bool { return stdout.text() == "one\n" })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the code says it
	if code := cmd.ProcessState.ExitCode(); code != 130 || !l.isDeleted(t, pod.Name) {
		t.Errorf("exit code %d, deleted %t: %s", code, l.isDeleted(t, pod.Name), stderr.text())
	}
}

// appliesPolicy puts the policy into force, which then refuses other pods.
func appliesPolicy(t *testing.T, l *live) {
	cmd := exec.CommandContext(t.Context(), l.program, "policy", "--account", localService, "--namespace", "operations")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range yamlObjects(t, out) {
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		path := "/apis/admissionregistration.k8s.io/v1/" + []string{"validatingadmissionpolicies", "validatingadmissionpolicybindings"}[i]
		if code, body, err := l.do(t.Context(), http.MethodPost, path, data); err != nil || code != http.StatusCreated {
			t.Fatalf("%d %s %v", code, body, err)
		}
	}
	pod := func(account string) object {
		return object{"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": "agent"}, "spec": liveSpec("", account)}
	}
	eventually(t, "the policy", func() bool {
		return l.create(t, "operations", pod(`NT AUTHORITY\SYSTEM`), dryRun).message != ""
	})
	for namespace, allowed := range map[string]bool{"operations": true, "fleet": false} {
		if r := l.create(t, namespace, pod(localService), dryRun); (r.message == "") != allowed {
			t.Errorf("in %s: %s", namespace, r)
		}
	}
}

// namesUnread: a kind that may contain pods, and that the user may not list, is named.
func namesUnread(t *testing.T, l *live) {
	l.must(t, "", definition("secret.example.com", "v1", "Agent", "template", podTemplateSchema()))
	l.published(t, "secret.example.com/v1")
	for _, command := range []string{"lint", "privileges"} {
		if _, stderr := l.output(t, 2, "reader", command); !strings.Contains(stderr, "/apis/secret.example.com/v1/agents") {
			t.Errorf("%s: %.2000s", command, stderr)
		}
	}
}
