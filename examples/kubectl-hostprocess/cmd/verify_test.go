// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/internal/probes"
)

// probeServer is an API server with one node, whose kubelet the test plays: the pods of a
// probe get the statuses that the test has for it.
type probeServer struct {
	t       *testing.T
	node    object
	answers map[string][]corev1.PodStatus // by probe; the last one stays
	refuse  string                        // why no pod is created
	once    bool                          // refuses the first pod only
	stays   int                           // how often a deleted pod is still there
	created func(*corev1.Pod)

	namespace string // operations if it is empty

	mu   sync.Mutex
	pod  *corev1.Pod // that there is; nil if there is none
	left []corev1.PodStatus
	log  []string // what was created and deleted
}

func (s *probeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch path := strings.TrimPrefix(r.URL.Path, "/api/v1/namespaces/"+cmp.Or(s.namespace, "operations")+"/"); {
	case path == "/api/v1/nodes/win-3":
		answer(w, http.StatusOK, s.node)
	case strings.HasPrefix(path, "/api/v1/nodes/"):
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, path+" not found")
	case path == "pods" && r.Method == http.MethodPost && s.refuse != "":
		refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, s.refuse)
		if s.once {
			s.refuse = ""
		}
	case path == "pods" && r.Method == http.MethodPost:
		if s.pod != nil {
			s.t.Errorf("made a pod while %s was there", s.pod.Name)
		}
		s.pod = &corev1.Pod{}
		if err := json.NewDecoder(r.Body).Decode(s.pod); err != nil {
			s.t.Error(err)
		}
		s.pod.TypeMeta = metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}
		s.pod.Name = s.pod.GenerateName + "x"
		s.pod.UID, s.pod.ResourceVersion = types.UID(s.pod.Name), "1"
		s.pod.Spec.NodeName = "win-3"
		s.left = s.answers[s.pod.Labels["app.kubernetes.io/component"]]
		s.log = append(s.log, "+"+s.pod.Name)
		if s.created != nil {
			s.created(s.pod)
		}
		answer(w, http.StatusCreated, s.pod)
	case path == "pods" && r.URL.Query().Get("watch") != "":
		s.watch(w, r)
	case path == "events":
		answer(w, http.StatusOK, corev1.EventList{TypeMeta: metav1.TypeMeta{Kind: "EventList", APIVersion: "v1"}})
	case s.pod == nil || path != "pods/"+s.pod.Name:
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, path+" not found")
	case r.Method == http.MethodDelete:
		s.log = append(s.log, "-"+s.pod.Name)
		now := metav1.Now()
		s.pod.DeletionTimestamp = &now
		answer(w, http.StatusOK, s.pod)
	case s.pod.DeletionTimestamp != nil && s.stays == 0:
		s.pod = nil
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, path+" not found")
	case s.pod.DeletionTimestamp != nil:
		s.stays--
		answer(w, http.StatusOK, s.pod)
	default:
		answer(w, http.StatusOK, s.pod)
	}
}

// watch has the kubelet say the next thing, or waits until the request ends.
func (s *probeServer) watch(w http.ResponseWriter, r *http.Request) {
	deleted := s.pod != nil && s.pod.DeletionTimestamp != nil
	if deleted && s.stays == 0 {
		_ = json.NewEncoder(flushed{w}).Encode(object{"type": "DELETED", "object": s.pod})
		return
	}
	if deleted || s.pod == nil || len(s.left) == 0 {
		flushed{w}.Write(nil)
		s.mu.Unlock()
		defer s.mu.Lock()
		<-r.Context().Done()
		return
	}
	s.pod.Status = s.left[0]
	s.left = s.left[1:]
	_ = json.NewEncoder(flushed{w}).Encode(object{"type": "MODIFIED", "object": s.pod})
}

// run runs the program, and returns its exit code.
func (s *probeServer) run(t *testing.T, ctx context.Context, stdout, stderr io.Writer, args ...string) (code int) {
	t.Helper()
	s.t = t
	return runContext(ctx, append([]string{"verify", "--kubeconfig", kubeconfig(t, serve(t, s)), "-n", "operations", "win-3"}, args...), streams{nil, stdout, stderr})
}

// answered is the status of a pod whose control has written a text, after it has run.
func answered(output string) []corev1.PodStatus {
	running := runs().Status
	return []corev1.PodStatus{running, {Phase: corev1.PodFailed, ContainerStatuses: []corev1.ContainerStatus{{
		Name: task.ContainerName, ContainerID: "containerd://0123456789abcdef",
		State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 3, Reason: "Error", Message: output}},
	}}}}
}

// waiting is the status of a pod whose container doesn't start.
func waiting(reason, message string) []corev1.PodStatus {
	return []corev1.PodStatus{{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
		Name: task.ContainerName, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}},
	}}}}
}

func bindNode() object { return windowsNode("win-3", "containerd://2.1.0", "10.0.20348.2849") }

// rootAnswer is what the probe container-root prints on a node with the bind filter.
const rootAnswer = `{"root":"C:\\hpc\\","bindFilter":true,"exists":true}`

// TestVerifyVerdicts: answers determine the verdict, the exit code and the file.
func TestVerifyVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		status []corev1.PodStatus
		code   int
		want   probes.Status
		text   string
	}{
		"as predicted":  {answered(rootAnswer), 0, probes.StatusConfirmed, ""},
		"another place": {answered(strings.Replace(rootAnswer, "hpc", `C\\0123456789abcdef`, 1)), 1, probes.StatusRefuted, `C:\C\0123456789abcdef\`},
		"no filter":     {answered(strings.Replace(rootAnswer, "true", "false", 1)), 1, probes.StatusRefuted, "bindfltapi.dll"},
		"no answer":     {answered("Exception"), 125, probes.StatusUnclear, "Exception"},
		"hostile":       {answered("{\x1b[31m\x7f\u0085\U0001F600\nroot: yes"), 125, probes.StatusUnclear, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := &probeServer{node: bindNode(), answers: map[string][]corev1.PodStatus{"container-root": c.status}}
			file := filepath.Join(t.TempDir(), "win-3.yaml")
			var stdout, stderr bytes.Buffer
			code := s.run(t, t.Context(), &stdout, &stderr, "--probe", "container-root", "--result", file)
			if code != c.code || !strings.Contains(stdout.String(), string(c.want)) || strings.ContainsAny(stdout.String(), "\x1b\x7f") || stderr.Len() > 0 {
				t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
			}
			if want := []string{"+verify-container-root-1-x", "-verify-container-root-1-x"}; !slices.Equal(s.log, want) {
				t.Errorf("pods: %q", s.log)
			}
			v := readVerdicts(t, file)
			if len(v.Probes) != 1 || v.Probes[0].Status != c.want || v.Probes[0].Claim == "" || len(v.Answers) != 1 || len(v.Answers[0].Pods) != 1 {
				t.Fatalf("%+v", v)
			}
			if v.Node.Mode != "bind" || v.Node.Runtime != "containerd://2.1.0" || v.Node.Build != "10.0.20348.2849" || v.Node.Name != "" {
				t.Errorf("%+v", v.Node)
			}
			// Whoever gets the file comes to the same verdict.
			node, err := probes.NewNode(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "another"}, Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{
				OperatingSystem: "windows", ContainerRuntimeVersion: v.Node.Runtime, KernelVersion: v.Node.Build, KubeletVersion: v.Node.Kubelet,
			}}})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range probes.All() {
				if again := p.Judge(node, v.Answers[0].Pods); p.Name == v.Probes[0].Probe && again.Status != c.want {
					t.Errorf("judged again: %+v", again)
				}
			}
			data, err := os.ReadFile(file)
			if err != nil || !strings.Contains(string(data), c.text) || strings.Contains(string(data), "win-3") {
				t.Errorf("%q isn't in, or win-3 is: %v\n%s", c.text, err, data)
			}
		})
	}
}

// readVerdicts decodes a file strictly.
func readVerdicts(t *testing.T, file string) (v verdicts) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, &v); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return v
}

// TestVerifyAll: every probe runs, one pod at a time, even if others fail. Probes that change
// the node run only if allowed. The node has time to clean up between the pods of a probe.
func TestVerifyAll(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := &probeServer{t: t, node: bindNode(), stays: 1, answers: map[string][]corev1.PodStatus{}}
			for _, p := range probes.All() {
				s.answers[p.Name] = answered("Exception")
			}
			s.answers["container-root"] = answered(rootAnswer)
			began := map[string]time.Time{} // by probe, its last pod
			s.created = func(pod *corev1.Pod) {
				name := pod.Labels["app.kubernetes.io/component"]
				if last, ok := began[name]; ok && time.Since(last) < cleanUpTime {
					t.Errorf("%s came after %v", pod.Name, time.Since(last))
				}
				began[name] = time.Now()
			}
			v := newTestVerifier(t, s)
			v.changes = allowed
			found, err := v.run(t.Context(), probes.All())
			if err != nil || found.code(t.Context()) != 125 || len(found) != len(probes.All()) {
				t.Fatalf("%v, %v", found, err)
			}
			for i, f := range found {
				p := probes.All()[i]
				leftOut := f.Status == statusNotRun
				if f.Name != p.Name || leftOut && (allowed || p.Changes == "") || (f.Status == probes.StatusConfirmed) != (p.Name == "container-root") {
					t.Errorf("%s: %+v", p.Name, f.Verdict)
				}
			}
			var there []string
			for _, event := range s.log {
				if name, made := strings.CutPrefix(event, "+"); made {
					there = append(there, name)
				} else {
					there = slices.DeleteFunc(there, func(name string) bool { return "-"+name == event })
				}
			}
			if len(there) > 0 {
				t.Errorf("left behind: %q", there)
			}
		})
	}
}

// TestVerifyRefused: the reason is the API server's error, and the other probes run.
func TestVerifyRefused(t *testing.T) {
	s := &probeServer{node: bindNode(), refuse: "violates PodSecurity"}
	var stdout, stderr bytes.Buffer
	code := s.run(t, t.Context(), &stdout, &stderr, "--probe", "container-root,environment")
	if code != 125 || strings.Count(stdout.String(), "violates PodSecurity") != 2 || !strings.Contains(stdout.String(), "2 unclear") {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
	linux := object{"metadata": object{"name": "win-3", "labels": object{"kubernetes.io/os": "linux"}}, "status": object{"nodeInfo": object{"operatingSystem": "linux"}}}
	for want, args := range map[string][]string{"win-9 not found": {"verify", "win-9"}, "doesn't run Windows": {"verify", "win-3"}} {
		stderr.Reset()
		args = append(args, "-n", "operations", "--kubeconfig", kubeconfig(t, serve(t, &probeServer{node: linux})))
		if code := Run(args, nil, &stdout, &stderr); code != 125 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%q: exit code %d: %s", args, code, stderr.String())
		}
	}
}

// TestVerifyFull: a write error ends the command before the first pod.
func TestVerifyFull(t *testing.T) {
	s := &probeServer{node: bindNode()}
	var stderr bytes.Buffer
	if code := s.run(t, t.Context(), full{}, &stderr); code != 125 || !strings.Contains(stderr.String(), "disk full") || len(s.log) > 0 {
		t.Errorf("exit code %d, %q: %s", code, s.log, stderr.String())
	}
}

// TestVerifyInterrupt: an interrupt deletes the pod, writes the file, and starts no other probe.
func TestVerifyInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &probeServer{node: bindNode(), answers: map[string][]corev1.PodStatus{"container-root": answered(rootAnswer)}}
	s.created = func(pod *corev1.Pod) {
		if strings.HasPrefix(pod.Name, "verify-mount-locations") {
			cancel()
		}
	}
	file := filepath.Join(t.TempDir(), "interrupted.yaml")
	var stdout, stderr bytes.Buffer
	if code := s.run(t, ctx, &stdout, &stderr, "--result", file); code != 130 {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
	if want := []string{"+verify-container-root-1-x", "-verify-container-root-1-x", "+verify-mount-locations-1-x", "-verify-mount-locations-1-x"}; !slices.Equal(s.log, want) {
		t.Errorf("pods: %q", s.log)
	}
	v := readVerdicts(t, file)
	if len(v.Probes) != 2 || v.Probes[0].Status != probes.StatusConfirmed || v.Probes[1].Status != probes.StatusUnclear || !strings.Contains(v.Probes[1].Reason, "interrupted") {
		t.Errorf("%+v", v.Probes)
	}
}

// TestVerifyTime: a refused pod is an answer before its deadline removes the node's message,
// a pod that never ends times out, and a pod that isn't deleted is reported.
func TestVerifyTime(t *testing.T) {
	deadline := 4 * time.Minute // of the pod
	for name, c := range map[string]struct {
		status       []corev1.PodStatus
		stays        int
		took         time.Duration
		answers      int
		reason       string
		alsoInAnswer string
	}{
		"refused":    {waiting("CreateContainerError", "hcs: refused"), 0, stuckTime, 1, "hcs: refused", "CreateContainerError"},
		"creating":   {waiting("ContainerCreating", ""), 0, deadline + startTime, 0, "it is still NotStarted", ""},
		"never ends": {answered("")[:1], 0, deadline + startTime, 0, "it is still Running", ""},
		"stays":      {answered(rootAnswer), 1 << 20, 2 * stopTime, 0, "doesn't stop pod operations/verify-container-root-1-x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &probeServer{t: t, node: bindNode(), stays: c.stays, answers: map[string][]corev1.PodStatus{"container-root": c.status}}
				v := newTestVerifier(t, s)
				begin := time.Now()
				found, err := v.run(t.Context(), probes.All()[:1])
				took := time.Since(begin)
				if err != nil || len(found) != 1 || found[0].Status != probes.StatusUnclear || !strings.Contains(found[0].Reason, c.reason) || len(found[0].answers) != c.answers {
					t.Fatalf("%+v, %v", found, err)
				}
				if took < c.took || took > c.took+4*moment {
					t.Errorf("took %v", took)
				}
				if !strings.Contains(fmt.Sprintf("%+v", found[0].answers), c.alsoInAnswer) {
					t.Errorf("%+v", found[0].answers)
				}
				if len(s.log) != 2 {
					t.Errorf("pods: %q", s.log)
				}
			})
		})
	}
}

// newTestVerifier returns a verifier for a synctest bubble.
func newTestVerifier(t *testing.T, s *probeServer) *verifier {
	t.Helper()
	client, err := newCoreClient(&rest.Config{Transport: inMemory{s}, QPS: -1}, "operations")
	if err != nil {
		t.Fatal(err)
	}
	v := &verifier{runner: runner{streams: streams{nil, io.Discard, io.Discard}, command: "verify", client: client}, namespace: "operations", cleanUp: cleanUpTime}
	node, err := client.nodes.Get(t.Context(), "win-3", metav1.GetOptions{})
	if err == nil {
		v.node, err = probes.NewNode(node)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVerifyUndoes: a probe that changes the node runs only if allowed, and an interrupt
// doesn't stop it.
func TestVerifyUndoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &probeServer{t: t, node: bindNode(), answers: map[string][]corev1.PodStatus{"container-root": answered(rootAnswer)}}
		s.created = func(*corev1.Pod) { cancel() }
		v := newTestVerifier(t, s)
		var stderr bytes.Buffer
		v.streams.err = &stderr
		list := slices.Clone(probes.All()[:2])
		list[0].Changes = "a file, which it deletes"
		if found, err := v.run(ctx, list[:1]); err != nil || len(found) != 1 || found[0].Status != statusNotRun || len(s.log) > 0 {
			t.Fatalf("not allowed: %v, %v, %q", found, err, s.log)
		}
		v.changes = true
		found, err := v.run(ctx, list)
		synctest.Wait()
		if err != nil || len(found) != 1 || found[0].Status != probes.StatusConfirmed || len(s.log) != 2 || found.code(ctx) != codeInterrupted {
			t.Errorf("%v, %v, %q", found, err, s.log)
		}
		if !strings.Contains(stderr.String(), "waiting for container-root to undo its changes") {
			t.Error(stderr.String())
		}
	})
}

// TestVerifyUndoesAll: the pod that undoes changes runs even if the one before it failed.
func TestVerifyUndoesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &probeServer{t: t, node: bindNode(), refuse: "no quota left", once: true, answers: map[string][]corev1.PodStatus{"directories-left": answered("{}")}}
		v := newTestVerifier(t, s)
		v.changes = true
		list := slices.DeleteFunc(probes.All(), func(p probes.Probe) bool { return p.Name != "directories-left" })
		found, err := v.run(t.Context(), list)
		if err != nil || len(found) != 1 || found[0].Status != probes.StatusUnclear || !strings.Contains(found[0].Reason, "pod 1 of 2: the API server rejects it: no quota left") {
			t.Errorf("%+v, %v", found, err)
		}
		if len(s.log) != 2 || !strings.HasPrefix(s.log[0], "+verify-directories-left-2") {
			t.Errorf("pods: %q", s.log)
		}
	})
}

func TestRedact(t *testing.T) {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "aks-windows-pool-0001.corp.example.com"}, Status: corev1.NodeStatus{Addresses: []corev1.NodeAddress{
		{Type: corev1.NodeInternalIP, Address: "10.240.0.4"}, {Type: corev1.NodeInternalIP, Address: "fd00::4"}, {Type: corev1.NodeHostName, Address: "aks-windows-pool-0001"},
	}}}
	hide := newRedactor(node, "operations")
	for text, want := range map[string]string{
		`AKS-WINDOWS-POO\Administrators`:                            `NAME\Administrators`,
		"on aks-windows-pool-0001.corp.example.com, 10.240.0.4":     "on NAME, NAME",
		"10.240.0.40 and [fd00::4]:443":                             "10.240.0.40 and [NAME]:443",
		"verify-x_operations_1":                                     "verify-x_operations_1",
		`pod "operations/verify-x"`:                                 `pod "NAME/verify-x"`,
		"S-1-5-21-1004336348-1177238915-682003330-500 S-1-5-32-544": "S-1-5-21-MACHINE-500 S-1-5-32-544",
		`C:\Windows\System32`:                                       `C:\Windows\System32`,
	} {
		if got := hide(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	short := newRedactor(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "w1"}}, "default")
	if text := "w1 by default"; short(text) != text {
		t.Error(short(text))
	}
}

// TestVerifyPods: --dry-run prints the pods and creates none.
func TestVerifyPods(t *testing.T) {
	s := &probeServer{node: bindNode()}
	var stdout, stderr bytes.Buffer
	if code := s.run(t, t.Context(), &stdout, &stderr, "--dry-run", "--image", "registry.example.com/empty:1"); code != 0 || len(s.log) > 0 {
		t.Fatalf("exit code %d, %q: %s", code, s.log, stderr.String())
	}
	var got []string
	for _, text := range strings.Split(stdout.String(), "\n---\n") {
		var pod corev1.Pod
		if err := yaml.UnmarshalStrict([]byte(text), &pod); err != nil {
			t.Fatal(err)
		}
		if pod.Namespace != "operations" || pod.Labels[managedBy] != manager || pod.Spec.Containers[0].Image != "registry.example.com/empty:1" {
			t.Errorf("%+v", pod.ObjectMeta)
		}
		got = append(got, pod.GenerateName)
	}
	var want []string
	for _, p := range probes.All() {
		pods, err := p.Pods(newTestVerifier(t, s).node)
		if err != nil {
			t.Fatal(err)
		}
		for _, pod := range pods {
			want = append(want, pod.Name+"-")
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// TestVerifyList: the list has each probe with its claim, requirements and changes.
func TestVerifyList(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"verify", "--list"}, nil, &stdout, &stderr); code != 0 {
		t.Fatal(stderr.String())
	}
	for _, m := range probes.Marks() {
		if !strings.Contains(stdout.String(), m.Name) || !strings.Contains(stdout.String(), m.Reason) {
			t.Errorf("%s isn't in the list", m.Name)
		}
	}
	for _, p := range probes.All() {
		for _, text := range append([]string{p.Name, p.Claim, p.Needs, p.Changes}, p.Settles...) {
			if !strings.Contains(stdout.String(), text) {
				t.Errorf("%s: %q isn't in the list", p.Name, text)
			}
		}
	}
}

func TestVerifyCommandLine(t *testing.T) {
	golden(t, "verify", os.DevNull, []goldenCase{
		{Name: "help", Args: []string{"verify", "-h"}},
		{Name: "no-node", Args: []string{"verify"}, Code: 2},
		{Name: "two-nodes", Args: []string{"verify", "win-3", "win-4"}, Code: 2},
		{Name: "no-such-probe", Args: []string{"verify", "win-3", "--probe", "container-rot"}, Code: 2},
		{Name: "list-of-node", Args: []string{"verify", "win-3", "--list"}, Code: 2},
		{Name: "no-cluster", Args: []string{"verify", "win-3", "--kubeconfig", "missing"}, Code: 125},
	})
}
