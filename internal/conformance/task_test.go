// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/validate/explain"
)

// TestTask gives tasks to a real kube-apiserver with ten nodes, kube-scheduler and the
// controller of Jobs. The test plays the kubelet.
func TestTask(t *testing.T) {
	s := startServer(t)
	kubelet := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "logs of %s", strings.TrimPrefix(r.URL.Path, "/containerLogs/"))
	}))
	t.Cleanup(kubelet.Close)
	nodes := s.addTaskNodes(t, kubelet.Listener.Addr().(*net.TCPAddr).Port)
	s.namespace(t, "tasks", map[string]string{"pod-security.kubernetes.io/enforce": "privileged"})
	s.startControllers(t, "job-controller")
	t.Run("comes to its node", func(t *testing.T) { comesToItsNode(t, s, nodes) })
	t.Run("says why it has no node", func(t *testing.T) { saysWhyNoNode(t, s) })
	t.Run("reads what the server has stored", func(t *testing.T) { readsStored(t, s) })
	t.Run("from creation to deletion", func(t *testing.T) { fromCreationToDeletion(t, s) })
}

// addTaskNodes makes ten nodes, with everything that keeps pods away, and returns their
// names. The label with the name of the host has another value than the node's name.
func (s *server) addTaskNodes(t *testing.T, kubeletPort int) (names []string) {
	t.Helper()
	specs := []object{
		{},
		{"taints": list{object{"key": "os", "value": "windows", "effect": "NoSchedule"}}},
		{"taints": list{object{"key": "example.com/broken", "effect": "NoExecute"}}},
		{"unschedulable": true, "taints": list{object{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}}},
		{"taints": list{object{"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}, object{"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}}},
	}
	for i := range 10 {
		name := "win-" + strconv.Itoa(i)
		names = append(names, name)
		room := object{"cpu": "4", "memory": "16Gi", "pods": "110"}
		s.must(t, "", object{
			"apiVersion": "v1", "kind": "Node",
			"metadata": object{"name": name, "labels": object{"kubernetes.io/os": "windows", "kubernetes.io/hostname": "host-" + strconv.Itoa(i)}},
			"spec":     specs[i%len(specs)],
			"status": object{
				"allocatable": room, "capacity": room,
				"conditions":      list{object{"type": "Ready", "status": "True"}},
				"addresses":       list{object{"type": "InternalIP", "address": "127.0.0.1"}},
				"daemonEndpoints": object{"kubeletEndpoint": object{"Port": kubeletPort}},
			},
		})
	}
	return names
}

// A pod and a Job for each node run on that node.
func comesToItsNode(t *testing.T, s *server, nodes []string) {
	want := map[string]string{}
	for _, node := range nodes {
		made := task.New(node, accounts.LocalSystem, task.PowerShell("hostname"))
		s.makePod(t, made, "pod-on-"+node)
		s.makeJob(t, made, "job-on-"+node)
		want["pod-on-"+node], want["job-on-"+node] = node, node
	}
	eventually(t, "the pods", func() bool {
		got := map[string]string{}
		for _, pod := range s.pods(t, "tasks") {
			name := pod.Name
			if owner := metav1.GetControllerOf(&pod); owner != nil {
				name = owner.Name
			}
			got[name] = pod.Spec.NodeName
		}
		return cmp.Equal(want, got)
	})
}

// The scheduler's own words are the message for a node that doesn't exist.
func saysWhyNoNode(t *testing.T, s *server) {
	s.makePod(t, task.New("win-99", accounts.LocalSystem, task.PowerShell("hostname")), "nowhere")
	var got task.Result
	eventually(t, "the scheduler's answer", func() bool {
		got = task.Outcome(s.pod(t, "tasks", "nowhere"))
		return got.Reason != ""
	})
	_, _, want := taskFixture(t, "not-scheduled-no-such-node")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-fixture +scheduler)\n%s", diff)
	}
}

// The outcome of each fixture of a pod is the same after its status was stored.
func readsStored(t *testing.T, s *server) {
	count := 0
	paths, err := filepath.Glob(filepath.Join(taskFixtures, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		pods, events, want := taskFixture(t, name)
		if len(pods) != 1 || pods[0].DeletionTimestamp != nil || pods[0].OwnerReferences != nil {
			continue // the server sets the time of a deletion itself, and the owners are Jobs
		}
		count++
		t.Run(name, func(t *testing.T) {
			uid := s.store(t, name, &pods[0])
			for i := range events {
				if events[i].InvolvedObject.UID == "p1" {
					events[i].InvolvedObject.UID = uid
				}
			}
			got := task.Outcome(s.pod(t, "tasks", name), events...)
			for i, c := range got.Causes {
				got.Causes[i] = explain.Cause{Matched: c.Matched}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-fixture +stored)\n%s", diff)
			}
		})
	}
	if count < 20 {
		t.Errorf("only %d fixtures were stored", count)
	}
}

// store makes a pod with the containers, the node and the status of a fixture, and
// returns its UID. No scheduler looks at it.
func (s *server) store(t *testing.T, name string, from *corev1.Pod) types.UID {
	t.Helper()
	s.makePod(t, task.New("win-3", accounts.LocalSystem, task.PowerShell("hostname")).With(func(p hostprocess.Pod) hostprocess.Pod {
		return p.Edit(func(spec *corev1.PodSpec) {
			spec.SchedulerName, spec.NodeName = "nobody", from.Spec.NodeName
			spec.Containers[0].Name = from.Spec.Containers[0].Name
			for _, c := range from.Spec.InitContainers {
				init := spec.Containers[0].DeepCopy()
				init.Name = c.Name
				spec.InitContainers = append(spec.InitContainers, *init)
			}
		})
	}), name)
	status, err := json.Marshal(from.Status)
	if err != nil {
		t.Fatal(err)
	}
	s.setStatus(t, name, string(status))
	return s.pod(t, "tasks", name).UID
}

// fromCreationToDeletion follows one Job through all statuses that a kubelet reports.
func fromCreationToDeletion(t *testing.T, s *server) {
	s.makeJob(t, task.New("win-3", accounts.LocalSystem, task.PowerShell("exit 3")), "whole")
	var pod *corev1.Pod
	outcome := func() task.Result {
		var stored batchv1.Job
		s.get(t, "/apis/batch/v1/namespaces/tasks/jobs/whole", &stored)
		pods := s.pods(t, "tasks")
		pod = nil
		for i := range pods {
			if metav1.IsControlledBy(&pods[i], &stored) {
				pod = &pods[i]
			}
		}
		return task.JobOutcome(&stored, pods)
	}
	eventually(t, "the pod on its node", func() bool { return outcome().State == task.StateNotStarted })
	started := metav1.Now().UTC().Format(time.RFC3339)
	for _, step := range []struct {
		status string
		want   task.State
	}{
		{`{"phase":"Pending","startTime":"` + started + `","containerStatuses":[{"name":"command","image":"i","imageID":"","ready":false,"restartCount":0,"state":{"waiting":{"reason":"ContainerCreating"}}}]}`, task.StateNotStarted},
		{`{"phase":"Running","containerStatuses":[{"name":"command","image":"i","imageID":"i","ready":true,"restartCount":0,"state":{"running":{"startedAt":"` + started + `"}}}]}`, task.StateRunning},
		{`{"phase":"Failed","containerStatuses":[{"name":"command","image":"i","imageID":"i","ready":false,"restartCount":0,"state":{"terminated":{"exitCode":3,"reason":"Error","message":"the output"}}}]}`, task.StateFailed},
	} {
		s.setStatus(t, pod.Name, step.status)
		if got := outcome(); got.State != step.want {
			t.Fatalf("after %s: %v", step.status, got)
		}
	}
	if got := outcome(); !got.Final || got.ExitCode == nil || *got.ExitCode != 3 || got.Output != "the output" {
		t.Errorf("at the end: %+v", got)
	}
	eventually(t, "the Job's end", func() bool {
		var stored batchv1.Job
		s.get(t, "/apis/batch/v1/namespaces/tasks/jobs/whole", &stored)
		return stored.Status.Failed == 1 && len(stored.Status.Conditions) > 0
	})
	if got := outcome(); got.State != task.StateFailed || !got.Final {
		t.Errorf("when the Job has ended: %+v", got)
	}
	path := "/api/v1/namespaces/tasks/pods/" + pod.Name
	code, logs, err := s.do(t.Context(), http.MethodGet, path+"/log", nil)
	if want := "logs of tasks/" + pod.Name + "/" + task.ContainerName; err != nil || code != http.StatusOK || string(logs) != want {
		t.Errorf("logs: %d %s %v, want %s", code, logs, err, want)
	}
	for _, path := range []string{"/apis/batch/v1/namespaces/tasks/jobs/whole?propagationPolicy=Background", path + "?gracePeriodSeconds=0"} {
		if code, body, err := s.do(t.Context(), http.MethodDelete, path, nil); err != nil || code != http.StatusOK {
			t.Errorf("%s: %d %s %v", path, code, body, err)
		}
	}
	eventually(t, "the end of the pod", func() bool {
		code, _, err := s.do(t.Context(), http.MethodGet, path, nil)
		return err == nil && code == http.StatusNotFound
	})
}

// setStatus changes the status of a pod, as its kubelet does.
func (s *server) setStatus(t *testing.T, name, status string) {
	t.Helper()
	path := "/api/v1/namespaces/tasks/pods/" + name + "/status"
	if code, body := s.patch(t, path, "application/merge-patch+json", `{"status":`+status+`}`); code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, code, body)
	}
}

// make creates a typed object.
func (s *server) make(t *testing.T, typed metav1.Object) {
	t.Helper()
	var o object
	if err := convert(typed, &o); err != nil {
		t.Fatal(err)
	}
	s.must(t, typed.GetNamespace(), o)
}

func (s *server) pod(t *testing.T, namespace, name string) *corev1.Pod {
	t.Helper()
	var pod corev1.Pod
	s.get(t, "/api/v1/namespaces/"+namespace+"/pods/"+name, &pod)
	return &pod
}

func (s *server) pods(t *testing.T, namespace string) []corev1.Pod {
	t.Helper()
	var pods corev1.PodList
	s.get(t, "/api/v1/namespaces/"+namespace+"/pods", &pods)
	return pods.Items
}

// eventually waits at most two minutes until a condition is true.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for begin := time.Now(); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Since(begin) > 2*time.Minute {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// makePod creates the pod of a task.
func (s *server) makePod(t *testing.T, made task.Task, name string) {
	t.Helper()
	pod, err := made.Pod(metav1.ObjectMeta{Name: name, Namespace: "tasks"})
	if err != nil {
		t.Fatal(err)
	}
	s.make(t, pod)
}

// makeJob creates the Job of a task.
func (s *server) makeJob(t *testing.T, made task.Task, name string) {
	t.Helper()
	job, err := made.Job(metav1.ObjectMeta{Name: name, Namespace: "tasks"})
	if err != nil {
		t.Fatal(err)
	}
	s.make(t, job)
}

// taskFixtures is the folder of package task's fixtures.
var taskFixtures = filepath.Join(repository, "hostprocess", "task", "testdata", "outcome")

// taskFixture returns the pods and events of a fixture, and the expected outcome.
func taskFixture(t *testing.T, name string) (pods []corev1.Pod, events []corev1.Event, want task.Result) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(taskFixtures, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(data), "---\n") {
		var doc object
		err := yaml.Unmarshal([]byte(text), &doc)
		switch doc["kind"] {
		case "Pod":
			pods = append(pods, corev1.Pod{})
			err = errors.Join(err, convert(doc, &pods[len(pods)-1]))
		case "Event":
			events = append(events, corev1.Event{})
			err = errors.Join(err, convert(doc, &events[len(events)-1]))
		case nil:
			err = errors.Join(err, convert(doc["want"], &want))
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return pods, events, want
}
