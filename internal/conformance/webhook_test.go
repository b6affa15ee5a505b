// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestWebhook runs examples/operator with a real API server and its own manifests.
func TestWebhook(t *testing.T) {
	s := startServer(t)
	s.namespace(t, "others", nil)
	s.namespace(t, "baseline", map[string]string{"pod-security.kubernetes.io/enforce": "baseline"})
	w := newWebhook(t, s)
	w.start()
	t.Run("manages an agent", func(t *testing.T) { w.managesAgent(t, s) })
	t.Logf("without the webhook: p50 %v", w.median(t, s))
	w.install(t, s)
	t.Run("judges every kind", func(t *testing.T) { w.judgesKinds(t, s) })
	t.Run("judges updates", func(t *testing.T) { w.judgesUpdates(t, s) })
	t.Logf("with the webhook: p50 %v", w.median(t, s))
	t.Run("answers under load", func(t *testing.T) { w.answersUnderLoad(t, s) })
	t.Run("fails closed", func(t *testing.T) { w.failsClosed(t, s) })
}

// webhook is the program on loopback. Its CA is that of the configuration. It
// ends with the test t at the latest.
type webhook struct {
	t                        *testing.T
	dir, program             string
	address, health, metrics string
	ca                       *x509.Certificate
	caKey                    *ecdsa.PrivateKey
	serial                   int64
	running                  *exec.Cmd
}

func newWebhook(t *testing.T, s *server) *webhook {
	t.Helper()
	w := &webhook{t: t, dir: t.TempDir(), address: freeAddress(t), health: freeAddress(t), metrics: freeAddress(t)}
	w.program = filepath.Join(w.dir, "operator")
	goOutput(t, "build", "-C", "examples/operator", "-o", w.program, ".")
	w.writeKubeconfig(t, s)
	var err error
	if w.caKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, w.caKey.Public(), w.caKey)
	if err != nil {
		t.Fatal(err)
	}
	if w.ca, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	w.writeCertificate(t)
	return w
}

// writeKubeconfig gives the operator the permissions that its service account has in the
// manifests.
func (w *webhook) writeKubeconfig(t *testing.T, s *server) {
	t.Helper()
	for _, o := range append(operatorManifests(t, "0-namespaces"), operatorManifests(t, "rbac")...) {
		s.apply(t, o, "")
	}
	request := `{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}`
	code, body, err := s.do(t.Context(), http.MethodPost, "/api/v1/namespaces/hostprocess-operator/serviceaccounts/operator/token", []byte(request))
	var answer struct{ Status struct{ Token string } }
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	if err != nil || answer.Status.Token == "" {
		t.Fatalf("%d %s: %v", code, body, err)
	}
	data, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": "test",
		"clusters": list{object{"name": "test", "cluster": object{"server": s.url, "insecure-skip-tls-verify": true}}},
		"users":    list{object{"name": "test", "user": object{"token": answer.Status.Token}}},
		"contexts": list{object{"name": "test", "context": object{"cluster": "test", "user": "test"}}},
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(w.dir, "kubeconfig"), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// managesAgent adds nodes, and deletes a DaemonSet of the controller, which creates it
// again.
func (w *webhook) managesAgent(t *testing.T, s *server) {
	const path = "/apis/apps/v1/namespaces/agents/daemonsets"
	s.addNodes(t)
	var sets struct {
		Items []struct{ Metadata struct{ Name, UID string } }
	}
	first := ""
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		s.get(t, path, &sets)
		if len(sets.Items) > 0 && sets.Items[0].Metadata.UID != first {
			if first != "" {
				return
			}
			first = sets.Items[0].Metadata.UID
			if code, body, err := s.do(t.Context(), http.MethodDelete, path+"/"+sets.Items[0].Metadata.Name, nil); err != nil || code != http.StatusOK {
				t.Fatalf("%d %s: %v", code, body, err)
			}
		}
		if time.Since(begin) > 30*time.Second {
			t.Fatalf("no DaemonSet, after %q", first)
		}
	}
}

// writeCertificate writes a new certificate.
func (w *webhook) writeCertificate(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1 + w.serial), Subject: pkix.Name{CommonName: "webhook"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, w.ca, key.Public(), w.caKey)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: cert}, "tls.key": {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(filepath.Join(w.dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// start runs the program until stop, or until the test ends.
func (w *webhook) start() {
	t := w.t
	t.Helper()
	w.running = exec.Command(w.program, "-kubeconfig", filepath.Join(w.dir, "kubeconfig"), "-agent-image", "registry.example.com/agent:1.4",
		"-address", w.address, "-health-address", w.health, "-metrics-address", w.metrics, "-tls-cert", filepath.Join(w.dir, "tls.crt"), "-tls-key", filepath.Join(w.dir, "tls.key"))
	var output bytes.Buffer
	w.running.Stderr = &output
	if err := w.running.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := w.running
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if response, err := http.Get("http://" + w.health + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Since(begin) > 20*time.Second {
			t.Fatalf("the webhook is not ready: %s", output.String())
		}
	}
}

// stop ends the program as a node does, and waits for it.
func (w *webhook) stop(t *testing.T) {
	t.Helper()
	if err := w.running.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := w.running.Wait(); err != nil {
		t.Errorf("the webhook did not end well: %v", err)
	}
}

// install applies the configuration of the manifests, with the address of the
// program in place of the Service, and waits until it is in force.
func (w *webhook) install(t *testing.T, s *server) {
	t.Helper()
	configuration := operatorManifests(t, "webhook")[0]
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.ca.Raw})
	for _, hook := range configuration["webhooks"].(list) {
		hook.(object)["clientConfig"] = object{"url": "https://" + w.address + "/validate", "caBundle": base64.StdEncoding.EncodeToString(ca)}
	}
	s.must(t, "", configuration)
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if r := s.create(t, "others", webhookPod("first", false), dryRun); r.message != "" {
			return
		}
		if time.Since(begin) > time.Minute {
			t.Fatal("the webhook isn't in force")
		}
	}
}

// webhookPod returns a HostProcess pod that the API server accepts. Without an account, no
// node starts it, which only the webhook detects.
func webhookPod(name string, good bool) object {
	windows := object{"hostProcess": true}
	if good {
		windows["runAsUserName"] = `NT AUTHORITY\Local Service`
	}
	return object{
		"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": name},
		"spec": object{
			"hostNetwork": true, "os": object{"name": "windows"}, "nodeSelector": object{"kubernetes.io/os": "windows"},
			"securityContext": object{"windowsOptions": windows},
			"containers":      list{object{"name": "agent", "image": "registry.example.com/agent:1.4", "command": list{"powershell.exe"}}},
		},
	}
}

// denied reports whether the webhook denied a request, and not the API server.
func (r refusal) denied() bool {
	return strings.Contains(r.message, "hostprocess-operator.example.com") && strings.Contains(r.message, "denied the request") && strings.Contains(r.message, "run-as-user-name-missing")
}

// judgesKinds creates every kind that holds a pod.
func (w *webhook) judgesKinds(t *testing.T, s *server) {
	for _, kind := range []string{"Pod", "PodTemplate", "ReplicationController", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "Job", "CronJob"} {
		for _, good := range []bool{true, false} {
			r := s.create(t, "others", webhookObject(kind, webhookPod("agent", good)), dryRun)
			if good && r.message != "" || !good && !r.denied() {
				t.Errorf("%s, good %t: %s", kind, good, r)
			}
		}
		before := w.reviews(t)
		linux := object{"spec": object{"containers": list{object{"name": "web", "image": "registry.example.com/web:1"}}}}
		if r := s.create(t, "others", webhookObject(kind, linux), dryRun); r.message != "" {
			t.Errorf("%s of Linux: %s", kind, r)
		}
		if after := w.reviews(t); after != before {
			t.Errorf("%s of Linux was sent to the webhook", kind)
		}
	}
	if r := s.create(t, "baseline", webhookObject("DaemonSet", webhookPod("agent", true)), dryRun); !strings.Contains(r.message, "namespace-pod-security-enforce") {
		t.Errorf("a workload whose pods Pod Security refuses: %s", r)
	}
}

// webhookObject puts the spec of a pod into an object of a kind.
func webhookObject(kind string, pod object) object {
	spec := clone(pod["spec"]).(object)
	if kind == "Job" || kind == "CronJob" {
		spec["restartPolicy"] = "Never"
	}
	labels := object{"app": "agent"}
	template := object{"metadata": object{"labels": labels}, "spec": spec}
	selected := object{"selector": object{"matchLabels": labels}, "template": template}
	o := object{"apiVersion": "apps/v1", "kind": kind, "metadata": object{"name": "agent"}, "spec": selected}
	switch kind {
	case "Pod":
		o["apiVersion"], o["spec"] = "v1", spec
	case "PodTemplate":
		o["apiVersion"], o["template"] = "v1", template
		delete(o, "spec")
	case "ReplicationController":
		o["apiVersion"], o["spec"] = "v1", object{"selector": labels, "template": template}
	case "StatefulSet":
		selected["serviceName"] = "agent"
	case "Job":
		o["apiVersion"], o["spec"] = "batch/v1", object{"template": template}
	case "CronJob":
		o["apiVersion"], o["spec"] = "batch/v1", object{"schedule": "@daily", "jobTemplate": object{"spec": object{"template": template}}}
	}
	return o
}

// reviews is how many reviews the webhook has answered.
func (w *webhook) reviews(t *testing.T) (n int) {
	t.Helper()
	response, err := http.Get("http://" + w.metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var count int
		if _, rest, ok := strings.Cut(line, "hostprocess_webhook_reviews_total{"); ok && !strings.HasPrefix(line, "#") {
			if _, err := fmt.Sscan(rest[strings.LastIndexByte(rest, ' '):], &count); err != nil {
				t.Fatal(err)
			}
			n += count
		}
	}
	return n
}

// judgesUpdates changes a stored workload, and adds debug containers to a pod.
func (w *webhook) judgesUpdates(t *testing.T, s *server) {
	s.must(t, "others", webhookObject("DaemonSet", webhookPod("agent", true)))
	s.must(t, "others", webhookPod("stored", true))
	const daemonSet, pod = "/apis/apps/v1/namespaces/others/daemonsets/agent", "/api/v1/namespaces/others/pods/stored"
	const strategicMerge = "application/strategic-merge-patch+json"
	without := `{"spec":{"template":{"spec":{"securityContext":{"windowsOptions":{"runAsUserName":null}}}}}}`
	if code, body := s.patch(t, daemonSet, strategicMerge, without); code != http.StatusUnprocessableEntity || !strings.Contains(body, "denied the request") {
		t.Errorf("an update to a bad pod: %d %s", code, body)
	}
	if code, body := s.patch(t, daemonSet, strategicMerge, `{"metadata":{"labels":{"a":"b"}}}`); code != http.StatusOK {
		t.Errorf("an update of a label: %d %s", code, body)
	}
	container := `{"spec":{"ephemeralContainers":[{"name":"debugger","image":"registry.example.com/debug:1","command":["powershell.exe"],"securityContext":{"windowsOptions":{"runAsUserName":%q}}}]}}`
	if code, body := s.patch(t, pod+"/ephemeralcontainers", strategicMerge, fmt.Sprintf(container, "ContainerUser")); code != http.StatusUnprocessableEntity || !strings.Contains(body, "account-container-user") {
		t.Errorf("a bad debug container: %d %s", code, body)
	}
	if code, body := s.patch(t, pod+"/ephemeralcontainers", strategicMerge, fmt.Sprintf(container, `NT AUTHORITY\Local Service`)); code != http.StatusOK {
		t.Errorf("a good debug container: %d %s", code, body)
	}
}

// answersUnderLoad sends thousands of dry runs, while the certificate changes
// and the program is started again. No bad pod is admitted, and a good one is
// refused only for as long as the program is down.
func (w *webhook) answersUnderLoad(t *testing.T, s *server) {
	const workers, each = 4, 500
	pods := map[bool][]byte{}
	for _, good := range []bool{true, false} {
		data, err := json.Marshal(webhookPod("load", good))
		if err != nil {
			t.Fatal(err)
		}
		pods[good] = data
	}
	var done, admitted, deniedPods, unanswered atomic.Int64
	var mu sync.Mutex
	var times []time.Duration
	var group sync.WaitGroup
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range each {
				good := i%2 == 0
				begin := time.Now()
				code, body, err := s.do(t.Context(), http.MethodPost, "/api/v1/namespaces/others/pods"+dryRun, pods[good])
				took := time.Since(begin)
				done.Add(1)
				switch {
				case err != nil:
					t.Error(err)
				case strings.Contains(string(body), "failed calling webhook"):
					unanswered.Add(1)
					continue
				case code == http.StatusCreated && good:
					admitted.Add(1)
				case code == http.StatusUnprocessableEntity && !good && strings.Contains(string(body), "run-as-user-name-missing"):
					deniedPods.Add(1)
				default:
					t.Errorf("good %t: %d %s", good, code, body)
				}
				mu.Lock()
				times = append(times, took)
				mu.Unlock()
			}
		}()
	}
	for _, share := range []int64{1, 2, 3} {
		for done.Load() < share*workers*each/5 {
			time.Sleep(5 * time.Millisecond)
		}
		w.writeCertificate(t)
	}
	lost := unanswered.Load()
	if lost > 0 {
		t.Errorf("%d requests had no answer while only the certificate changed", lost)
	}
	begin := time.Now()
	w.stop(t)
	w.start()
	down := time.Since(begin)
	group.Wait()
	slices.Sort(times)
	t.Logf("%d requests by %d workers: %d admitted, %d denied, %d refused without an answer in the %v of a restart; p50 %v, p99 %v",
		done.Load(), workers, admitted.Load(), deniedPods.Load(), unanswered.Load(), down.Round(time.Millisecond),
		times[len(times)/2].Round(10*time.Microsecond), times[len(times)*99/100].Round(10*time.Microsecond))
	if total := admitted.Load() + deniedPods.Load() + unanswered.Load(); total != workers*each {
		t.Errorf("%d of %d requests are accounted for", total, workers*each)
	}
	if r := s.create(t, "others", webhookPod("after", true), dryRun); r.message != "" {
		t.Errorf("after the restart: %s", r)
	}
}

// median is how long the creation of a good pod takes.
func (w *webhook) median(t *testing.T, s *server) time.Duration {
	t.Helper()
	var times []time.Duration
	for range 200 {
		begin := time.Now()
		if r := s.create(t, "others", webhookPod("alone", true), dryRun); r.message != "" {
			t.Fatal(r)
		}
		times = append(times, time.Since(begin))
	}
	slices.Sort(times)
	return times[len(times)/2].Round(10 * time.Microsecond)
}

// failsClosed stops the program: HostProcess pods are refused, others are not.
func (w *webhook) failsClosed(t *testing.T, s *server) {
	w.stop(t)
	if r := s.create(t, "others", webhookPod("agent", true), dryRun); !strings.Contains(r.message, "failed calling webhook") {
		t.Errorf("without the webhook: %q", r.message)
	}
	linux := object{"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": "web"}, "spec": object{"containers": list{object{"name": "web", "image": "registry.example.com/web:1"}}}}
	if r := s.create(t, "others", linux, dryRun); r.message != "" {
		t.Errorf("a pod of Linux: %s", r)
	}
}
