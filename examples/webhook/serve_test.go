// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// program is the webhook, running on addresses of this machine.
type program struct {
	dir, address, health string
	stop                 context.CancelFunc
	ended                chan int
	output               *lockedBuffer
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

// start runs the program until the test ends.
func start(t *testing.T, drain string) *program {
	t.Helper()
	p := &program{dir: t.TempDir(), address: freeAddress(t), health: freeAddress(t), ended: make(chan int, 1), output: &lockedBuffer{}}
	p.writeCertificate(t, 1)
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.ended <- run(ctx, []string{"-address", p.address, "-health-address", p.health, "-drain", drain,
			"-tls-cert", filepath.Join(p.dir, "tls.crt"), "-tls-key", filepath.Join(p.dir, "tls.key")}, p.output)
	}()
	t.Cleanup(func() { stop(); <-done })
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if code, _ := p.get("/readyz"); code == http.StatusOK {
			return p
		}
		if time.Since(begin) > 10*time.Second {
			t.Fatalf("not ready: %s", p.output)
		}
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

// get asks for a page of health.
func (p *program) get(path string) (int, string) {
	response, err := http.Get("http://" + p.health + path)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

// newClient keeps no connections if fresh, so that each request sees the
// certificate of the moment.
func newClient(fresh bool) *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: fresh,
		// Which certificate it is, is looked at by the test.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
}

// review posts a review, and returns the body of the answer and the serial
// number of the certificate.
func (p *program) review(client *http.Client, review string) (string, int64, error) {
	response, err := client.Post("https://"+p.address+"/validate", "application/json", strings.NewReader(review))
	if err != nil {
		return "", 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), response.TLS.PeerCertificates[0].SerialNumber.Int64(), err
}

// remove removes a file. Windows refuses that while a request has it open, so it
// is tried again for a while.
func remove(t *testing.T, file string) {
	t.Helper()
	var err error
	for range 1000 {
		if err = os.Remove(file); err == nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal(err)
}

// TestCertificateReload changes the certificate in the middle of requests. None
// fails, not even while the files don't fit together.
func TestCertificateReload(t *testing.T) {
	p := start(t, "0s")
	review := createOf(t, badPod)
	var stop atomic.Bool
	var requests atomic.Int64
	var group sync.WaitGroup
	for i := range 2 {
		group.Add(1)
		go func() {
			defer group.Done()
			client := newClient(i == 0)
			for !stop.Load() {
				answer, _, err := p.review(client, review)
				if err != nil || !strings.Contains(answer, `"allowed":false`) {
					t.Errorf("in the middle: %s, %v", answer, err)
					return
				}
				requests.Add(1)
			}
		}()
	}
	client := newClient(true)
	serial := func() int64 {
		_, serial, err := p.review(client, review)
		if err != nil {
			t.Error(err)
		}
		return serial
	}
	for next := int64(2); next < 10; next++ {
		p.writeCertificate(t, next)
		if got := serial(); got != next {
			t.Errorf("certificate %d after writing %d", got, next)
		}
	}
	p.write(t, "tls.key", []byte("broken"))
	if got := serial(); got != 9 {
		t.Errorf("certificate %d with a broken key, want the last that was right", got)
	}
	remove(t, filepath.Join(p.dir, "tls.crt"))
	if got := serial(); got != 9 {
		t.Errorf("certificate %d without a file, want the last that was right", got)
	}
	stop.Store(true)
	group.Wait()
	if requests.Load() == 0 {
		t.Error("no request was under way")
	}
	if _, text := p.get("/metrics"); !strings.Contains(text, `certificate_loads_total{result="loaded"} 9`) || !strings.Contains(text, `{result="failed"}`) {
		t.Errorf("metrics:\n%s", text)
	}
}

// TestLoad sends many reviews at once; each answer is its own.
func TestLoad(t *testing.T) {
	p := start(t, "0s")
	client := newClient(false)
	const workers, each = 8, 50
	reviews := map[bool]string{true: createOf(t, goodPod), false: createOf(t, badPod)}
	var group sync.WaitGroup
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range each {
				good := i%2 == 0
				answer, _, err := p.review(client, reviews[good])
				if err != nil || strings.Contains(answer, `"allowed":true`) != good {
					t.Errorf("%s, %v", answer, err)
				}
			}
		}()
	}
	group.Wait()
	_, text := p.get("/metrics")
	for _, line := range []string{
		`hostprocess_webhook_reviews_total{allowed="false",dry_run="false"} 200`,
		`hostprocess_webhook_reviews_total{allowed="true",dry_run="false"} 200`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("metrics lack %s:\n%s", line, text)
		}
	}
}

// TestShutdown ends the program while a review is half sent: it is answered.
func TestShutdown(t *testing.T) {
	p := start(t, "200ms")
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
	p.stop()
	// While it drains it is not ready, but new requests are still answered.
	if code, body := p.get("/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if code, body := p.get("/healthz"); code != http.StatusOK {
		t.Errorf("/healthz: %d %s", code, body)
	}
	if answer, _, err := p.review(newClient(true), review); err != nil || !strings.Contains(answer, `"allowed":false`) {
		t.Errorf("while draining: %s, %v", answer, err)
	}
	time.Sleep(400 * time.Millisecond) // now it takes no new ones
	if answer, _, err := p.review(newClient(true), review); err == nil {
		t.Errorf("after draining: %s", answer)
	}
	if _, err := writer.Write([]byte(review[10:])); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if answer := <-answered; !strings.Contains(answer, `"allowed":false`) {
		t.Errorf("the review that was under way: %s", answer)
	}
	if code := <-p.ended; code != 0 {
		t.Errorf("exit code %d: %s", code, p.output)
	}
}

func TestStartFails(t *testing.T) {
	p := &program{dir: t.TempDir()}
	p.writeCertificate(t, 1)
	files := []string{"-tls-cert", filepath.Join(p.dir, "tls.crt"), "-tls-key", filepath.Join(p.dir, "tls.key")}
	used, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"help":            {[]string{"-h"}, 0},
		"negative drain":  {[]string{"-drain", "-1s"}, 2},
		"negative minor":  {[]string{"-kubernetes-minor", "-1"}, 2},
		"unknown flag":    {[]string{"-x"}, 2},
		"argument":        {[]string{"x"}, 2},
		"runtime":         {[]string{"-containerd", "docker"}, 2},
		"no certificate":  {[]string{"-tls-cert", "/nowhere"}, 1},
		"address is used": {append(files, "-address", used.Addr().String()), 1},
		"health is used":  {append(files, "-address", "127.0.0.1:0", "-health-address", used.Addr().String()), 1},
	} {
		var output bytes.Buffer
		if code := run(t.Context(), test.args, &output); code != test.code || output.Len() == 0 {
			t.Errorf("%s: exit code %d: %s", name, code, output.String())
		}
	}
}
