// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess/task"
)

// taskServer is an API server with one node and a fake kubelet: the pod goes through steps,
// each after a client has seen the previous one.
type taskServer struct {
	t      *testing.T
	node   object         // nil if it can't be read
	steps  []*corev1.Pod  // what to show of the pod, after it was created; nil if it is gone
	events []corev1.Event //
	logs   []io.Reader    // one for each time that they are read; then it is refused
	down   int            // how often the pod can't be read
	refuse string         // why the pod isn't created
	idle   func()         // called after the last step

	mu      sync.Mutex
	pod     *corev1.Pod // as created
	at      int         // how many steps were taken
	deleted []types.UID
}

const taskNamespace = "/api/v1/namespaces/operations/"

// answer writes an object as an API server does.
func answer(w http.ResponseWriter, code int, o any) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(o)
}

// refuse writes an error as an API server does.
func refuse(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	answer(w, code, metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: int32(code), Reason: reason, Message: message})
}

func (s *taskServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	pod := s.pod
	if s.at > 0 {
		pod = s.steps[s.at-1]
	}
	switch path := strings.TrimPrefix(r.URL.Path, taskNamespace); {
	case path == "/api/v1/nodes/win-3" && s.node != nil:
		answer(w, http.StatusOK, s.node)
	case path == "/api/v1/nodes/win-3":
		refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "nodes is forbidden")
	case strings.HasPrefix(path, "/api/v1/nodes/"):
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, path+" not found")
	case path == "pods" && r.Method == http.MethodPost && s.refuse != "":
		refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, s.refuse)
	case path == "pods" && r.Method == http.MethodPost:
		if s.pod != nil {
			s.t.Error("a second pod")
		}
		s.pod = &corev1.Pod{}
		if err := json.NewDecoder(r.Body).Decode(s.pod); err != nil {
			s.t.Error(err)
		}
		s.pod.TypeMeta = metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}
		s.pod.Name, s.pod.UID, s.pod.ResourceVersion = s.pod.GenerateName+"x", "p1", "1"
		for _, step := range s.steps {
			if step != nil {
				step.TypeMeta, step.Namespace, step.Name, step.UID = s.pod.TypeMeta, s.pod.Namespace, s.pod.Name, s.pod.UID
			}
		}
		answer(w, http.StatusCreated, s.pod)
	case path == "pods" && r.URL.Query().Get("watch") != "":
		if want := "metadata.name=" + s.pod.Name; r.URL.Query().Get("fieldSelector") != want {
			s.t.Errorf("watches %s", r.URL)
		}
		s.watch(w, r)
	case path == "events":
		if want := "involvedObject.uid=p1"; r.URL.Query().Get("fieldSelector") != want {
			s.t.Errorf("lists %s", r.URL)
		}
		answer(w, http.StatusOK, corev1.EventList{TypeMeta: metav1.TypeMeta{Kind: "EventList", APIVersion: "v1"}, Items: s.events})
	case s.pod == nil || !strings.HasPrefix(path, "pods/"+s.pod.Name):
		s.t.Errorf("%s %s", r.Method, r.URL)
	case strings.HasSuffix(path, "/log") && len(s.logs) > 0:
		logs := s.logs[0]
		s.logs = s.logs[1:]
		s.mu.Unlock()
		defer s.mu.Lock()
		if _, err := io.Copy(flushed{w}, logs); err != nil {
			panic(http.ErrAbortHandler) // breaks the connection
		}
	case strings.HasSuffix(path, "/log"):
		refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "pods/log is forbidden")
	case r.Method == http.MethodDelete:
		var options metav1.DeleteOptions
		if err := json.NewDecoder(r.Body).Decode(&options); err != nil || options.Preconditions == nil {
			s.t.Errorf("deletes any pod of that name: %v", err)
		}
		s.deleted = append(s.deleted, *options.Preconditions.UID)
		answer(w, http.StatusOK, metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Success"})
	case s.down > 0:
		s.down--
		refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is down")
	case pod == nil:
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "pods not found")
	default:
		answer(w, http.StatusOK, pod)
	}
}

// watch takes the next step, or waits until the request ends.
func (s *taskServer) watch(w http.ResponseWriter, r *http.Request) {
	if s.at == len(s.steps) {
		if s.idle != nil {
			s.idle()
		}
		flushed{w}.Write(nil)
		s.mu.Unlock()
		defer s.mu.Lock()
		<-r.Context().Done()
		return
	}
	s.at++
	_ = json.NewEncoder(flushed{w}).Encode(object{"type": "MODIFIED", "object": s.pod})
}

// flushed sends writes immediately.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	f.ResponseWriter.(http.Flusher).Flush()
	return n, err
}

// run runs the program, and returns its exit code.
func (s *taskServer) run(t *testing.T, stdout io.Writer, args ...string) (code int, stderr string) {
	t.Helper()
	s.t = t
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if s.idle == nil {
		s.idle = cancel
	}
	var errs bytes.Buffer
	code = runContext(ctx, append([]string{"run", "--kubeconfig", kubeconfig(t, server.URL), "-n", "operations", "win-3"}, args...), streams{strings.NewReader(""), stdout, &errs})
	return code, errs.String()
}

// taskFixtures returns the fixtures of package task with one pod or none, and without a Job.
func taskFixtures(t *testing.T) map[string]func() (*corev1.Pod, []corev1.Event, task.Result) {
	t.Helper()
	paths, err := filepath.Glob("../../../hostprocess/task/testdata/outcome/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]func() (*corev1.Pod, []corev1.Event, task.Result){}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("kind: Job")) {
			continue
		}
		all[strings.TrimSuffix(filepath.Base(path), ".yaml")] = func() (pod *corev1.Pod, events []corev1.Event, want task.Result) {
			for _, text := range strings.Split(string(data), "---\n") {
				var doc struct {
					Kind string
					Want task.Result
				}
				err := yaml.Unmarshal([]byte(text), &doc)
				switch doc.Kind {
				case "Pod":
					pod = &corev1.Pod{}
					err = errors.Join(err, yaml.Unmarshal([]byte(text), pod))
				case "Event":
					events = append(events, corev1.Event{})
					err = errors.Join(err, yaml.Unmarshal([]byte(text), &events[len(events)-1]))
				case "":
					want = doc.Want
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			return pod, events, want
		}
	}
	return all
}

// TestRunOutcomes: the outcome of the task determines the exit code and is explained, and the
// pod is deleted. Tasks without a final outcome are interrupted.
func TestRunOutcomes(t *testing.T) {
	states := map[task.State]int{}
	for name, read := range taskFixtures(t) {
		t.Run(name, func(t *testing.T) {
			pod, events, want := read()
			states[want.State]++
			s := &taskServer{steps: []*corev1.Pod{pod}, events: events, logs: []io.Reader{strings.NewReader("one\ntwo\n")}}
			var stdout bytes.Buffer
			code, stderr := s.run(t, &stdout, "--", "ipconfig")
			wantCode := map[task.State]int{task.StateSucceeded: 0, task.StateDeadlineExceeded: 124}
			expected, ok := wantCode[want.State]
			switch {
			case !want.Final:
				expected = 130
			case want.State == task.StateFailed && *want.ExitCode > 0 && *want.ExitCode < 256:
				expected = int(*want.ExitCode)
			case want.State == task.StateFailed:
				expected = 255
			case !ok:
				expected = 125
			}
			if code != expected {
				t.Errorf("exit code %d, want %d: %s", code, expected, stderr)
			}
			if want.State != task.StateSucceeded && (want.Final || want.State != task.StateRunning) {
				for _, text := range []string{strings.TrimSpace(want.Message), want.Meaning} {
					if !strings.Contains(stderr, text) {
						t.Errorf("%q isn't in %s", text, stderr)
					}
				}
			}
			if output := stdout.String(); want.ExitCode != nil && output != "one\ntwo\n" || want.ExitCode == nil && want.Final && output != "" {
				t.Errorf("printed %q", output)
			}
			if len(s.deleted) != 1 || s.deleted[0] != "p1" {
				t.Errorf("deleted %q", s.deleted)
			}
		})
	}
	for _, state := range []task.State{task.StateNotScheduled, task.StateNotStarted, task.StateRunning, task.StateSucceeded, task.StateFailed, task.StateDeadlineExceeded, task.StateInterrupted} {
		if states[state] == 0 {
			t.Errorf("no fixture is %s", state)
		}
	}
}

// ends is a pod whose command has ended.
func ends(code int32, message string) *corev1.Pod {
	return &corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: task.ContainerName, State: corev1.ContainerState{
		Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Message: message},
	}}}}}
}

// runs is a pod whose command runs.
func runs() *corev1.Pod {
	return &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{Name: task.ContainerName, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}}}
}

func text(s string) io.Reader { return strings.NewReader(s) }

// TestRunOutput: the logs are printed once, even if the connection breaks, or else the
// termination message.
func TestRunOutput(t *testing.T) {
	broken := func(s string) io.Reader { return io.MultiReader(text(s), iotest.ErrReader(io.ErrUnexpectedEOF)) }
	for name, c := range map[string]struct {
		logs         []io.Reader
		message      string
		args         []string
		want, stderr string
	}{
		"whole":            {[]io.Reader{text("one\ntwo\n")}, "two", nil, "one\ntwo\n", ""},
		"no end of line":   {[]io.Reader{text("one")}, "", nil, "one", ""},
		"none":             {[]io.Reader{text("")}, "", nil, "", ""},
		"lost":             {[]io.Reader{text("")}, "two\n", nil, "two\n", ""},
		"broken":           {[]io.Reader{broken("one\nt"), text("one\ntwo\n")}, "two", nil, "one\ntwo\n", ""},
		"broken twice":     {[]io.Reader{broken("one\nt"), broken("one\n")}, "two", nil, "one\nt", "the logs can't be read"},
		"refused":          {nil, "two", nil, "two\n", "pods/log is forbidden"},
		"limit":            {[]io.Reader{text("one\ntwo\n")}, "two", []string{"--limit-bytes", "5"}, "one\nt", "--limit-bytes"},
		"limit is reached": {[]io.Reader{text("one\ntwo\n")}, "two", []string{"--limit-bytes", "8"}, "one\ntwo\n", ""},
		"large":            {[]io.Reader{text(strings.Repeat("x", 1<<20))}, "", nil, strings.Repeat("x", 1<<20), ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := &taskServer{steps: []*corev1.Pod{runs(), ends(0, c.message)}, logs: c.logs}
			var stdout bytes.Buffer
			code, stderr := s.run(t, &stdout, append(c.args, "--", "ipconfig")...)
			if code != 0 || stdout.String() != c.want || !strings.Contains(stderr, c.stderr) || c.stderr == "" && stderr != "" {
				t.Errorf("exit code %d, stdout %.99q, stderr %q", code, stdout.String(), stderr)
			}
		})
	}
	for _, logs := range [][]io.Reader{{text("one")}, {text("")}} {
		s := &taskServer{steps: []*corev1.Pod{runs(), ends(0, "end")}, logs: logs}
		if code, stderr := s.run(t, full{}, "--", "ipconfig"); code != 125 || !strings.Contains(stderr, "disk full") || len(s.deleted) != 1 {
			t.Errorf("exit code %d, %d deleted: %s", code, len(s.deleted), stderr)
		}
	}
}

// TestRunPipe: a write error stops a running command; a broken connection, which also sends
// SIGPIPE, doesn't.
func TestRunPipe(t *testing.T) {
	s := &taskServer{steps: []*corev1.Pod{runs()}, logs: []io.Reader{text("one")}}
	s.idle = func() {} // no interrupt
	if code, stderr := s.run(t, full{}, "--", "ipconfig"); code != 125 || !strings.Contains(stderr, "disk full") || len(s.deleted) != 1 {
		t.Errorf("exit code %d, %d deleted: %s", code, len(s.deleted), stderr)
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	ends := ends(0, "")
	s = &taskServer{steps: []*corev1.Pod{runs(), ends}, logs: []io.Reader{readerFunc(func([]byte) (int, error) {
		_ = self.Signal(syscall.SIGPIPE) // Windows has none
		return 0, io.EOF
	})}}
	if code, stderr := s.run(t, io.Discard, "--", "ipconfig"); code != 0 || len(s.deleted) != 1 {
		t.Errorf("exit code %d, %d deleted: %s", code, len(s.deleted), stderr)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestRunKeep: --keep keeps the pod, even after an interrupt.
func TestRunKeep(t *testing.T) {
	for want, last := range map[int]*corev1.Pod{0: ends(0, ""), 130: runs()} {
		s := &taskServer{steps: []*corev1.Pod{last}, logs: []io.Reader{text("")}}
		code, stderr := s.run(t, io.Discard, "--keep", "--", "ipconfig")
		if code != want || len(s.deleted) != 0 || !strings.Contains(stderr, "kept pod operations/hostprocess-run-x") {
			t.Errorf("exit code %d, deleted %q: %s", code, s.deleted, stderr)
		}
	}
}

// TestRunNode: a pod that can't run on the node isn't created, and the command is written for
// the node.
func TestRunNode(t *testing.T) {
	linux := object{"metadata": object{"name": "win-3", "labels": object{"kubernetes.io/os": "linux"}}, "status": object{"nodeInfo": object{"operatingSystem": "linux"}}}
	old, current := windowsNode("win-3", "containerd://1.6.8", "10.0.20348.2849"), windowsNode("win-3", "containerd://2.1.0", "10.0.20348.2849")
	command := []string{"--run-as", "agents", "--", "ipconfig", "a&b"}
	for _, c := range []struct {
		node   object
		args   []string
		code   int
		stderr string
		word   string // of the command
	}{
		{nil, command, 0, "", `a^&b`},
		{current, command, 0, "", `a^&b`},
		{linux, command, 125, "linux", ""},
		{old, command, 125, "agents", ""},
		{old, []string{"--", "ipconfig", "a&b"}, 0, "", "a&b"},
	} {
		s := &taskServer{node: c.node, steps: []*corev1.Pod{ends(0, "")}, logs: []io.Reader{text("")}}
		code, stderr := s.run(t, io.Discard, c.args...)
		if code != c.code || !strings.Contains(stderr, c.stderr) || (s.pod == nil) != (code != 0) {
			t.Errorf("%v %q: exit code %d, %s", c.node, c.args, code, stderr)
		}
		if s.pod != nil && !slices.Contains(s.pod.Spec.Containers[0].Command, c.word) {
			t.Errorf("%v: the command is %q", c.node, s.pod.Spec.Containers[0].Command)
		}
	}
}

// TestRunRefused: errors of the API server are printed and explained.
func TestRunRefused(t *testing.T) {
	s := &taskServer{refuse: `pods "x" is forbidden: violates PodSecurity "baseline:latest": hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)`}
	code, stderr := s.run(t, io.Discard, "--", "ipconfig")
	if code != 125 || !strings.Contains(stderr, "violates PodSecurity") || !strings.Contains(stderr, "To fix it, ") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	var stdout, errs bytes.Buffer
	if code := Run([]string{"run", "win-9", "-n", "operations", "--kubeconfig", kubeconfig(t, serve(t, s)), "--", "ipconfig"}, nil, &stdout, &errs); code != 125 || !strings.Contains(errs.String(), "win-9 not found") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	if code := Run([]string{"run", "win-9", "--kubeconfig", "testdata/none", "--", "ipconfig"}, nil, &stdout, &errs); code != 125 {
		t.Errorf("without a cluster: exit code %d", code)
	}
}

// inMemory sends requests to a handler without a network, for synctest.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	reader, writer := io.Pipe()
	w := &pipeWriter{header: http.Header{}, to: writer, started: make(chan int, 1)}
	context.AfterFunc(r.Context(), func() { writer.CloseWithError(r.Context().Err()) })
	go func() {
		m.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		writer.Close()
	}()
	select {
	case code := <-w.started:
		return &http.Response{StatusCode: code, Header: w.header, Body: reader, Request: r}, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

type pipeWriter struct {
	header  http.Header
	to      io.Writer
	started chan int
	once    sync.Once
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(code int) { w.once.Do(func() { w.started <- code }) }

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if len(p) == 0 {
		return 0, nil
	}
	return w.to.Write(p)
}

func (w *pipeWriter) Flush() {}

// TestRunTimeout: a command that doesn't start ends after --timeout, and one that the kubelet
// doesn't stop a minute later.
func TestRunTimeout(t *testing.T) {
	for name, c := range map[string]struct {
		steps []*corev1.Pod
		want  time.Duration
		text  string
	}{
		"not started": {nil, 10 * time.Minute, "hasn't started"},
		"not ended":   {[]*corev1.Pod{runs()}, 11 * time.Minute, "hasn't ended"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &taskServer{steps: c.steps, logs: []io.Reader{waits{t.Context()}}}
				code, took, stderr := s.play(t)
				if code != 124 || took < c.want || took > c.want+2*moment || !strings.Contains(stderr, c.text) || len(s.deleted) != 1 {
					t.Errorf("exit code %d after %v, %d deleted: %s", code, took, len(s.deleted), stderr)
				}
			})
		})
	}
}

// TestRunServerDown: the command survives a temporary outage of the API server.
func TestRunServerDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &taskServer{steps: []*corev1.Pod{runs(), ends(0, "")}, logs: []io.Reader{text("one\n")}, down: 100}
		code, took, stderr := s.play(t)
		if code != 0 || took < time.Minute || strings.Count(stderr, "etcd is down") != 1 || len(s.deleted) != 1 {
			t.Errorf("exit code %d after %v, %d deleted: %s", code, took, len(s.deleted), stderr)
		}
	})
}

// play runs a task in a synctest bubble, and returns its exit code and duration.
func (s *taskServer) play(t *testing.T) (code int, took time.Duration, stderr string) {
	t.Helper()
	s.t = t
	client, err := newCoreClient(&rest.Config{Transport: inMemory{s}, QPS: -1}, "operations")
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	r := &runner{streams: streams{nil, io.Discard, &errs}, command: "run", client: client, timeout: 10 * time.Minute, limit: 1 << 20}
	begin := time.Now()
	code = r.run(t.Context(), "win-3", task.New("win-3", accounts.LocalService, task.PowerShell("hostname")), metav1.ObjectMeta{GenerateName: "a-", Namespace: "operations"})
	return code, time.Since(begin), errs.String()
}

// waits is a log that never ends.
type waits struct{ ctx context.Context }

func (w waits) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, io.EOF
}
