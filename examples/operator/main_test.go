// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestMain is the operator itself in the processes that program starts.
func TestMain(m *testing.M) {
	if os.Getenv("OPERATOR_TEST_MAIN") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program is the operator in a process of its own.
type program struct {
	dir, address, health, metrics, cgroup string
	running                               *exec.Cmd
	output                                *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// newProgram has a certificate and an API server.
func newProgram(t *testing.T) *program {
	t.Helper()
	p := &program{dir: t.TempDir(), address: freeAddress(t), health: freeAddress(t), metrics: freeAddress(t)}
	p.writeCertificate(t, 1)
	api := httptest.NewServer(http.HandlerFunc(playAPI))
	t.Cleanup(api.CloseClientConnections)
	p.write(t, "kubeconfig", fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Config","current-context":"test","clusters":[{"name":"test","cluster":{"server":%q}}],"contexts":[{"name":"test","context":{"cluster":"test"}}]}`, api.URL))
	return p
}

// playAPI plays an API server with the namespaces agents and baseline, and new, which
// watches don't tell of yet. Everything else is empty.
func playAPI(w http.ResponseWriter, r *http.Request) {
	answer := func(o any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(o)
		w.(http.Flusher).Flush()
	}
	namespace := func(name, level string) *corev1.Namespace {
		return &corev1.Namespace{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}, ObjectMeta: metav1.ObjectMeta{
			Name: name, ResourceVersion: "1", Labels: map[string]string{"pod-security.kubernetes.io/enforce": level},
		}}
	}
	all := []*corev1.Namespace{namespace("agents", "privileged"), namespace("baseline", "baseline")}
	switch path := r.URL.Path; {
	case path == "/api":
		answer(metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
	case path == "/apis":
		version := metav1.GroupVersionForDiscovery{GroupVersion: "apps/v1", Version: "v1"}
		answer(metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList"}, Groups: []metav1.APIGroup{{Name: "apps", Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version}}})
	case path == "/api/v1":
		answer(metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList"}, GroupVersion: "v1", APIResources: []metav1.APIResource{{Name: "namespaces", Kind: "Namespace"}, {Name: "nodes", Kind: "Node"}}})
	case path == "/apis/apps/v1":
		answer(metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList"}, GroupVersion: "apps/v1", APIResources: []metav1.APIResource{{Name: "daemonsets", Namespaced: true, Kind: "DaemonSet"}}})
	case path == "/api/v1/namespaces/new":
		answer(namespace("new", "privileged"))
	case path != "/api/v1/namespaces":
		http.NotFound(w, r)
	case r.URL.Query().Get("watch") == "":
		list := corev1.NamespaceList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "NamespaceList"}, ListMeta: metav1.ListMeta{ResourceVersion: "1"}}
		for _, n := range all {
			list.Items = append(list.Items, *n)
		}
		answer(list)
	default:
		if r.URL.Query().Get("sendInitialEvents") == "true" {
			for _, n := range all {
				answer(map[string]any{"type": "ADDED", "object": n})
			}
			end := namespace("", "")
			end.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
			answer(map[string]any{"type": "BOOKMARK", "object": end})
		}
		<-r.Context().Done()
	}
}

// start runs the operator until stop, or until the test ends, with the environment of the
// manifest.
func (p *program) start(t *testing.T, args ...string) {
	t.Helper()
	itself, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-kubeconfig", filepath.Join(p.dir, "kubeconfig"), "-address", p.address, "-health-address", p.health, "-metrics-address", p.metrics,
		"-tls-cert", filepath.Join(p.dir, "tls.crt"), "-tls-key", filepath.Join(p.dir, "tls.key")}, args...)
	cmd := exec.Command(itself, args...)
	if p.cgroup != "" {
		cmd = exec.Command("sh", append([]string{"-c", `echo $$ >"$0" && exec "$@"`, filepath.Join(p.cgroup, "cgroup.procs"), itself}, args...)...)
	}
	cmd.Env = append(os.Environ(), "OPERATOR_TEST_MAIN=yes")
	for _, e := range readManifests(t).deployment.Spec.Template.Spec.Containers[0].Env {
		cmd.Env = append(cmd.Env, e.Name+"="+e.Value)
	}
	p.running, p.output = cmd, &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if code, _ := get(p.health, "/readyz"); code == http.StatusOK {
			return
		}
		if time.Since(begin) > 20*time.Second {
			t.Fatalf("not ready: %s", p.output)
		}
	}
}

// stop ends the operator as a node does.
func (p *program) stop(t *testing.T) {
	t.Helper()
	if err := p.running.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.running.Wait(); err != nil {
		t.Errorf("it did not end well: %v\n%s", err, p.output)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// writeCertificate writes a new certificate with a serial number.
func (p *program) writeCertificate(t *testing.T, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "webhook"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, "tls.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	p.write(t, "tls.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func (p *program) write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// get asks for a page of health or of metrics.
func get(address, path string) (int, string) {
	response, err := http.Get("http://" + address + path)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

// newClient keeps no connections if fresh, so that each request sees the certificate of
// the moment.
func newClient(fresh bool) *http.Client {
	return &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{
		DisableKeepAlives:   fresh,
		MaxIdleConnsPerHost: 25, // as client-go
		// Which certificate it is, is looked at by the test.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
}

// review posts a review, and returns the body of the answer and the serial number of the
// certificate.
func (p *program) review(client *http.Client, review string) (string, int64, error) {
	response, err := client.Post("https://"+p.address+"/validate", "application/json", strings.NewReader(review))
	if err != nil {
		return "", 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), response.TLS.PeerCertificates[0].SerialNumber.Int64(), err
}

// TestCertificateReload changes the certificate in the middle of requests. None fails, not
// even while the files don't fit together.
func TestCertificateReload(t *testing.T) {
	p := newProgram(t)
	p.start(t)
	review := createOf(t, badPod)
	var stop atomic.Bool
	var requests atomic.Int64
	var group sync.WaitGroup
	for i := range 2 {
		group.Go(func() {
			client := newClient(i == 0)
			for !stop.Load() {
				answer, _, err := p.review(client, review)
				if err != nil || !strings.Contains(answer, `"allowed":false`) {
					t.Errorf("in the middle: %s, %v", answer, err)
					return
				}
				requests.Add(1)
			}
		})
	}
	client := newClient(true)
	serial := func(want int64) (got int64) {
		for begin := time.Now(); got != want && time.Since(begin) < 20*time.Second; {
			var err error
			if _, got, err = p.review(client, review); err != nil {
				t.Error(err)
			}
		}
		return got
	}
	for next := int64(2); next < 10; next++ {
		p.writeCertificate(t, next)
		if got := serial(next); got != next {
			t.Errorf("certificate %d after writing %d", got, next)
		}
	}
	p.write(t, "tls.key", []byte("broken"))
	if err := os.Remove(filepath.Join(p.dir, "tls.crt")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	if got := serial(9); got != 9 {
		t.Errorf("certificate %d with a broken key and without a file, want the last that was right", got)
	}
	stop.Store(true)
	group.Wait()
	if requests.Load() == 0 {
		t.Error("no request was under way")
	}
	_, text := get(p.metrics, "/metrics")
	for _, name := range []string{"certwatcher_read_certificate_errors_total ", "hostprocess_webhook_certificate_not_after_seconds 1."} {
		if !strings.Contains(text, "\n"+name) || strings.Contains(text, "\n"+name+"0\n") {
			t.Errorf("metrics lack %s:\n%s", name, text)
		}
	}
}

// TestShutdown ends the operator while a review is half sent: it is answered.
func TestShutdown(t *testing.T) {
	p := newProgram(t)
	p.start(t)
	reader, writer := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		response, err := newClient(true).Post("https://"+p.address+"/validate", "application/json", reader)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	review := createOf(t, badPod)
	if _, err := writer.Write([]byte(review[:10])); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if err := p.running.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // now it takes no new ones
	if answer, _, err := p.review(newClient(true), review); err == nil {
		t.Errorf("after the end was asked for: %s", answer)
	}
	if _, err := writer.Write([]byte(review[10:])); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if answer := <-answered; !strings.Contains(answer, `"allowed":false`) {
		t.Errorf("the review that was under way: %s", answer)
	}
	if err := p.running.Wait(); err != nil {
		t.Errorf("%v: %s", err, p.output)
	}
}

// TestNamespaces sends a good pod for a namespace that is in the cache, for one that is
// not there yet, for one that Pod Security keeps it out of, and for none.
func TestNamespaces(t *testing.T) {
	p := newProgram(t)
	p.start(t)
	for namespace, want := range map[string]string{
		"agents":   `"allowed":true`,
		"new":      `"allowed":true`,
		"baseline": `[namespace-pod-security-enforce]`,
		"missing":  `"code":500`,
	} {
		review := strings.Replace(createOf(t, goodPod), `"namespace":"agents"`, fmt.Sprintf(`"namespace":%q`, namespace), 1)
		answer, _, err := p.review(newClient(false), review)
		if err != nil || !strings.Contains(answer, want) || strings.Contains(answer, `"allowed":true`) != strings.Contains(want, "true") {
			t.Errorf("%s: %s, %v", namespace, answer, err)
		}
	}
	if answer, _, err := p.review(newClient(false), strings.Repeat(" ", maxBody+1)); err != nil || !strings.Contains(answer, "too large") {
		t.Errorf("%s, %v", answer, err)
	}
	_, text := get(p.metrics, "/metrics")
	for _, line := range []string{`hostprocess_webhook_denied_findings_total{rule="namespace-pod-security-enforce"} 1`, `controller_runtime_webhook_requests_total{code="400",webhook="/validate"} 1`} {
		if !strings.Contains(text, line) {
			t.Errorf("metrics lack %s:\n%s", line, text)
		}
	}
	p.stop(t)
}

func TestStartFails(t *testing.T) {
	p := newProgram(t)
	used, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	files := []string{"-kubeconfig", filepath.Join(p.dir, "kubeconfig"), "-metrics-address", "0", "-health-address", "0",
		"-tls-cert", filepath.Join(p.dir, "tls.crt"), "-tls-key", filepath.Join(p.dir, "tls.key")}
	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"help":            {[]string{"-h"}, 0},
		"negative minor":  {[]string{"-kubernetes-minor", "-1"}, 2},
		"unknown flag":    {[]string{"-x"}, 2},
		"argument":        {[]string{"x"}, 2},
		"runtime":         {[]string{"-containerd", "docker"}, 2},
		"rule":            {[]string{"-ignore", "host-network,no-such-rule"}, 2},
		"no cluster":      {[]string{"-kubeconfig", "/nowhere"}, 1},
		"no certificate":  {append(files, "-tls-cert", "/nowhere"), 1},
		"address is used": {append(files, "-address", used.Addr().String()), 1},
		"health is used":  {append(files, "-address", "127.0.0.1:0", "-health-address", used.Addr().String()), 1},
	} {
		cmd := exec.Command(os.Args[0], test.args...)
		cmd.Env = append(os.Environ(), "OPERATOR_TEST_MAIN=yes")
		output, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != test.code || len(output) == 0 {
			t.Errorf("%s: exit code %d: %s", name, code, output)
		}
	}
}
