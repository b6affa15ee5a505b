// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/internal/probes"
)

// TestVerify runs kubectl hostprocess verify with a real kube-apiserver and kube-scheduler, as a
// user with the least privileges that it needs. The test plays the kubelet of the node,
// whose results for some probes are the library's prediction, for one another, and for the
// rest nonsense.
func TestVerify(t *testing.T) {
	v := &verifiedNode{server: startServer(t)}
	v.program = filepath.Join(t.TempDir(), "kubectl-hostprocess.exe")
	goOutput(t, "-C", "examples/kubectl-hostprocess", "build", "-o", v.program, ".")
	v.config = v.kubeconfig(t)
	v.prepare(t)
	v.startControllers(t)
	t.Run("from start to report", func(t *testing.T) { v.reports(t) })
	t.Run("refused", func(t *testing.T) { v.isRefused(t) })
	t.Run("interrupted", func(t *testing.T) { v.isInterrupted(t) })
}

// verifiedNode is a cluster with one node, win-3, whose kubelet the test plays.
type verifiedNode struct {
	*server
	program, config string
	pods, together  int // that have been seen, and at most at the same time
}

func (v *verifiedNode) prepare(t *testing.T) {
	t.Helper()
	room := object{"cpu": "4", "memory": "16Gi", "pods": "110"}
	v.must(t, "", object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": object{"name": "win-3", "labels": object{"kubernetes.io/os": "windows"}},
		"spec":     object{"taints": list{object{"key": "os", "value": "windows", "effect": "NoSchedule"}}},
		"status": object{
			"allocatable": room, "capacity": room, "conditions": list{object{"type": "Ready", "status": "True"}},
			"addresses": list{object{"type": "InternalIP", "address": "10.240.0.4"}, object{"type": "Hostname", "address": "win-3"}},
			"nodeInfo": object{
				"operatingSystem": "windows", "architecture": "amd64", "containerRuntimeVersion": "containerd://2.1.0", "kernelVersion": "10.0.20348.2849",
				"kubeletVersion": "v1.37.2", "osImage": "Windows Server 2022 Datacenter", "machineID": "", "systemUUID": "", "bootID": "", "kubeProxyVersion": "",
			},
		},
	})
	v.namespace(t, "tasks", map[string]string{"pod-security.kubernetes.io/enforce": "privileged"})
	v.namespace(t, "restricted", map[string]string{"pod-security.kubernetes.io/enforce": "restricted"})
	rule := func(resources, verbs string) object {
		return object{"apiGroups": list{""}, "resources": strings.Split(resources, ","), "verbs": strings.Split(verbs, ",")}
	}
	v.must(t, "", object{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": object{"name": "verifier"}, "rules": list{
		rule("pods", "create,get,watch,delete"), rule("nodes", "get"), rule("events", "list"),
	}})
	v.must(t, "", object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": object{"name": "verifier"},
		"roleRef":  object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "verifier"},
		"subjects": list{object{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "verifier"}},
	})
}

// said is the output of the containers of a probe's pods, by probe and container. Others
// print nothing.
var said = map[string]map[string]string{
	"container-root": {"command": `{"root":"C:\\hpc\\","bindFilter":true,"exists":true}`},
	"mount-locations": {"command": "{}", "mounts": `{"slash":{"destination":true,"below":true},"drive":{"destination":true,"below":true},` +
		`"lower":{"destination":true,"below":true},"backslash":{"destination":true,"below":true},"relative":{"destination":true,"below":true}}`},
	"environment": {"command": "{}", "environment": `{"HOSTPROCESS_PROBE_PLAIN":"WIN-3","HOSTPROCESS_PROBE_TOKEN":"","HOSTPROCESS_PROBE_SPELLING":"","HOSTPROCESS_PROBE_EMPTY":""}`},
}

// sync is one iteration of a kubelet's loop: it runs the pods of the node if answers is
// true, and ends terminating pods.
func (v *verifiedNode) sync(t *testing.T, answers bool) {
	t.Helper()
	there := 0
	for _, pod := range v.server.pods(t, "tasks") {
		there++
		switch {
		case pod.DeletionTimestamp != nil:
			path := "/api/v1/namespaces/tasks/pods/" + pod.Name + "?gracePeriodSeconds=0"
			if code, body, err := v.do(t.Context(), http.MethodDelete, path, nil); err != nil || code != http.StatusOK && code != http.StatusNotFound {
				t.Fatalf("%s: %d %s %v", path, code, body, err)
			}
		case pod.Spec.NodeName == "" || pod.Status.Phase != corev1.PodPending:
		case answers:
			v.pods++
			running := object{"running": object{"startedAt": time.Now().UTC().Format(time.RFC3339)}}
			v.setPhase(t, &pod, corev1.PodRunning, func(string) object { return running })
			outputs := said[pod.Labels["app.kubernetes.io/component"]]
			v.setPhase(t, &pod, corev1.PodFailed, func(name string) object {
				return object{"terminated": object{"exitCode": 3, "reason": "Error", "message": outputs[name]}}
			})
		}
	}
	v.together = max(v.together, there)
}

func (v *verifiedNode) setPhase(t *testing.T, pod *corev1.Pod, phase corev1.PodPhase, state func(container string) object) {
	t.Helper()
	of := func(containers []corev1.Container) (statuses list) {
		for _, c := range containers {
			statuses = append(statuses, object{
				"name": c.Name, "image": c.Image, "imageID": "i", "containerID": "containerd://0123456789abcdef", "ready": false, "restartCount": 0, "state": state(c.Name),
			})
		}
		return statuses
	}
	status := object{"phase": phase, "containerStatuses": of(pod.Spec.Containers)}
	if len(pod.Spec.InitContainers) > 0 {
		status["initContainerStatuses"] = of(pod.Spec.InitContainers)
	}
	text, err := json.Marshal(status)
	if err != nil {
		t.Fatal(err)
	}
	v.setStatus(t, pod.Name, string(text))
}

// start starts the program.
func (v *verifiedNode) start(t *testing.T, args ...string) (cmd *exec.Cmd, ended <-chan error, printed *lockedBuffer) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), v.program, append([]string{"verify", "win-3", "--kubeconfig", v.config, "--as", "verifier"}, args...)...)
	printed = &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = printed, printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	return cmd, done, printed
}

// wait plays the kubelet until the program has ended, and returns its exit code.
func (v *verifiedNode) wait(t *testing.T, cmd *exec.Cmd, ended <-chan error, answers bool) int {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 10*time.Minute; {
		v.sync(t, answers)
		select {
		case <-ended:
			return cmd.ProcessState.ExitCode()
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatal("waited in vain for the end of verify")
	return 0
}

// reports runs every probe.
func (v *verifiedNode) reports(t *testing.T) {
	file := filepath.Join(t.TempDir(), "win-3.yaml")
	cmd, ended, printed := v.start(t, "-n", "tasks", "--allow-changes", "--clean-up-time", "0s", "--result", file)
	if code := v.wait(t, cmd, ended, true); code != 1 {
		t.Errorf("exit code %d: %s", code, printed.text())
	}
	t.Logf("%d pods:\n%s", v.pods, printed.text())
	if v.together != 1 {
		t.Errorf("%d pods were there at the same time", v.together)
	}
	if left := v.server.pods(t, "tasks"); len(left) > 0 {
		t.Errorf("%d pods are left", len(left))
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Node   struct{ Runtime, Build, Kubelet, Mode string }
		Probes []struct {
			Probe, Claim, Reason string
			Status               probes.Status
		}
		Answers []struct {
			Probe string
			Pods  []probes.Answer
		}
	}
	if err := yaml.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.Node.Runtime != "containerd://2.1.0" || got.Node.Build != "10.0.20348.2849" || got.Node.Kubelet != "v1.37.2" || got.Node.Mode != "bind" {
		t.Errorf("%+v", got.Node)
	}
	if strings.Contains(strings.ToLower(string(data)), "win-3") {
		t.Errorf("the node is named in\n%s", data)
	}
	all := probes.All()
	if len(got.Probes) != len(all) {
		t.Fatalf("%d of %d probes", len(got.Probes), len(all))
	}
	answered := 0
	for i, p := range got.Probes {
		want := map[string]probes.Status{"container-root": probes.StatusConfirmed, "mount-locations": probes.StatusConfirmed, "environment": probes.StatusRefuted}[p.Probe]
		if p.Probe != all[i].Name || p.Claim != all[i].Claim || want != "" && p.Status != want || p.Status == "" || strings.Contains(p.Reason, "the API server rejects it") {
			t.Errorf("%+v, want %s", p, want)
		}
		if p.Status != probes.StatusNotApplicable {
			answered++
		}
	}
	if len(got.Answers) != answered {
		t.Errorf("answers of %d probes, want %d", len(got.Answers), answered)
	}
	pods := 0
	for _, a := range got.Answers {
		pods += len(a.Pods)
	}
	if pods != v.pods {
		t.Errorf("%d answers of %d pods", pods, v.pods)
	}
}

// isRefused: a namespace that doesn't allow HostProcess pods is the reason.
func (v *verifiedNode) isRefused(t *testing.T) {
	cmd, ended, printed := v.start(t, "-n", "restricted", "--probe", "container-root")
	if code := v.wait(t, cmd, ended, true); code != 125 || !strings.Contains(printed.text(), "violates PodSecurity") {
		t.Errorf("exit code %d: %s", code, printed.text())
	}
}

// isInterrupted: Ctrl-C deletes the pod, but a probe that changes the node runs to its end.
func (v *verifiedNode) isInterrupted(t *testing.T) {
	for _, c := range []struct {
		probe string
		pods  int // that answer after the interrupt
	}{{"container-root", 0}, {"directories-left", 2}} {
		before := v.pods
		cmd, ended, printed := v.start(t, "-n", "tasks", "--probe", c.probe, "--allow-changes")
		eventually(t, "the pod", func() bool { return len(v.server.pods(t, "tasks")) == 1 })
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if code := v.wait(t, cmd, ended, c.pods > 0); code != 130 || v.pods-before != c.pods || len(v.server.pods(t, "tasks")) > 1 {
			t.Errorf("exit code %d, %d pods have answered: %s", code, v.pods-before, printed.text())
		}
		v.sync(t, false)
		if left := v.server.pods(t, "tasks"); len(left) > 0 {
			t.Errorf("%d pods are left", len(left))
		}
	}
}
