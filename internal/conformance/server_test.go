// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// server is a real kube-apiserver with an etcd of its own, on this machine.
type server struct {
	url    string
	client *http.Client
	// dir holds the files of the programs.
	dir string
}

// adminToken is the bearer token of a cluster administrator.
const adminToken = "administrator"

// startServer starts kube-apiserver and etcd. They end with the test.
func startServer(t *testing.T) *server {
	t.Helper()
	dir, begin := t.TempDir(), time.Now()
	client, peer := "http://"+freeAddress(t), "http://"+freeAddress(t)
	run(t, dir, "etcd", "--data-dir", filepath.Join(dir, "etcd"), "--unsafe-no-fsync",
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer)

	key := writeKey(t, dir)
	tokens := filepath.Join(dir, "tokens.csv")
	if err := os.WriteFile(tokens, []byte(adminToken+",admin,1,system:masters\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	ended := run(t, dir, "kube-apiserver", "--etcd-servers", client, "--bind-address", "127.0.0.1", "--secure-port", port,
		"--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none", "--cert-dir", filepath.Join(dir, "certificates"),
		"--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", key, "--service-account-signing-key-file", key,
		"--token-auth-file", tokens, "--authorization-mode", "RBAC", "--disable-admission-plugins", "ServiceAccount,TaintNodesByCondition", "--allow-privileged")

	s := &server{dir: dir, url: "https://" + address, client: &http.Client{
		Timeout: 30 * time.Second,
		// The server makes its certificate itself, on start.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}}
	for {
		code, body, err := s.do(t.Context(), http.MethodGet, "/readyz", nil)
		if err == nil && code == http.StatusOK {
			break
		}
		if time.Since(begin) > 2*time.Minute {
			t.Fatalf("kube-apiserver is not ready: %s, %v", body, err)
		}
		select {
		case end := <-ended:
			t.Fatalf("kube-apiserver ended: %s", end)
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Logf("kube-apiserver was ready after %.1fs", time.Since(begin).Seconds())
	return s
}

// startControllers starts kube-scheduler, and kube-controller-manager with the
// controllers of long-running workloads and more.
func (s *server) startControllers(t *testing.T, more ...string) {
	t.Helper()
	kubeconfig := s.kubeconfig(t)
	for name, args := range map[string][]string{
		"kube-controller-manager": {"--controllers", strings.Join(append(more, "daemonset-controller", "deployment-controller", "replicaset-controller"), ",")},
		"kube-scheduler":          nil,
	} {
		run(t, s.dir, name, append(args, "--kubeconfig", kubeconfig, "--leader-elect=false", "--secure-port", "0")...)
	}
}

// kubeconfig writes the kubeconfig of a cluster administrator and returns its path.
func (s *server) kubeconfig(t *testing.T) string {
	t.Helper()
	path := filepath.Join(s.dir, "kubeconfig")
	data, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": "test",
		"clusters": list{object{"name": "test", "cluster": object{"server": s.url, "insecure-skip-tls-verify": true}}},
		"users":    list{object{"name": "test", "user": object{"token": adminToken}}},
		"contexts": list{object{"name": "test", "context": object{"cluster": "test", "user": "test"}}},
	})
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// run starts a program that is stopped when the test ends. Where it ends before,
// it sends the end of its output.
func run(t *testing.T, dir, program string, args ...string) <-chan string {
	t.Helper()
	output, err := os.Create(filepath.Join(dir, program+".log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := itself(t, program, args...)
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan string, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := cmd.Wait()
		text, _ := os.ReadFile(output.Name())
		ended <- fmt.Sprintf("%v\n%s", err, text[max(0, len(text)-2000):])
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			cmd.Process.Kill()
			<-done
		}
		output.Close()
	})
	return ended
}

// freeAddress returns a loopback address with a free port.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// writeKey makes the key that signs tokens of service accounts.
func writeKey(t *testing.T, dir string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "service-account.key")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// do sends a request with a body of JSON and returns the answer's status and
// body.
func (s *server) do(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
	return s.send(ctx, method, path, "application/json", body)
}

// patch sends a patch of a type.
func (s *server) patch(t *testing.T, path, contentType, patch string) (int, string) {
	t.Helper()
	code, body, err := s.send(t.Context(), http.MethodPatch, path, contentType, []byte(patch))
	if err != nil {
		t.Fatal(err)
	}
	return code, string(body)
}

// send sends a request and returns the answer's status and body.
func (s *server) send(ctx context.Context, method, path, contentType string, body []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+adminToken)
	request.Header.Set("Content-Type", contentType)
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// refusal is why a request was refused. Its zero value means that it was not.
type refusal struct {
	message string
	errors  []cause
}

// dryRun makes a request that stores nothing.
const dryRun = "?dryRun=All&fieldValidation=Strict"

// create creates an object in a namespace, or in none.
func (s *server) create(t *testing.T, namespace string, o object, query string) refusal {
	t.Helper()
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	prefix := "/apis/"
	version := o["apiVersion"].(string)
	if !strings.Contains(version, "/") {
		prefix = "/api/"
	}
	path := prefix + version
	if namespace != "" {
		path += "/namespaces/" + namespace
	}
	path += "/" + strings.ToLower(o["kind"].(string)) + "s" + query
	code, body, err := s.do(t.Context(), http.MethodPost, path, data)
	if err != nil {
		t.Fatal(err)
	}
	if code == http.StatusCreated {
		return refusal{}
	}
	var status metav1.Status
	if err := json.Unmarshal(body, &status); err != nil {
		t.Fatalf("%s: %d %s", path, code, body)
	}
	r := refusal{message: status.Message}
	if status.Details != nil {
		for _, c := range status.Details.Causes {
			r.errors = append(r.errors, cause{string(c.Type), c.Field, c.Message})
		}
	}
	return r
}

// must creates an object that has to be accepted.
func (s *server) must(t *testing.T, namespace string, o object) {
	t.Helper()
	if r := s.create(t, namespace, o, ""); r.message != "" {
		t.Fatalf("%s %v was refused: %s", o["kind"], o["metadata"], r.message)
	}
}

// namespace creates a namespace with labels.
func (s *server) namespace(t *testing.T, name string, labels map[string]string) {
	t.Helper()
	s.must(t, "", object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": name, "labels": labels}})
}

func (r refusal) String() string { return fmt.Sprintf("%s %v", r.message, r.errors) }
