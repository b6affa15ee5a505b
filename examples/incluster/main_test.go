// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

// TestEveryMode runs the program on a tree of files that stands in for a node of
// each mode, against a server that requires the token of the service account.
func TestEveryMode(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, c := range []struct{ name, variable, mount string }{
		{"symlink16", `C:\C\` + id + `\`, "C/C/" + id},
		{"bind", `C:\hpc\`, "C"},
		{"symlinkHPC", `C:\hpc\` + id + `\`, "C/hpc/" + id},
	} {
		t.Run(c.name, func(t *testing.T) {
			tokens := make(chan string, 2)
			server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tokens <- r.Header.Get("Authorization")
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"win-1"}}]}`))
			}))
			defer server.Close()

			node := t.TempDir()
			account := filepath.Join(node, filepath.FromSlash(c.mount+volumes.ServiceAccountDir))
			if err := os.MkdirAll(account, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(node, "C", "hpc"), 0o755); err != nil {
				t.Fatal(err)
			}
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(account, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("ca.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))

			host, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "https://"))
			if err != nil {
				t.Fatal(err)
			}
			env := map[string]string{
				"CONTAINER_SANDBOX_MOUNT_POINT": c.variable,
				"KUBERNETES_SERVICE_HOST":       host,
				"KUBERNETES_SERVICE_PORT":       port,
			}
			// The host's own configuration must not be used, nor be missed.
			t.Setenv("KUBECONFIG", filepath.Join(node, "the-nodes-own-kubeconfig"))
			root, err := agent.Process{HostRoot: node, LookupEnv: func(name string) (string, bool) {
				value, ok := env[name]
				return value, ok
			}}.Detect()
			if err != nil {
				t.Fatal(err)
			}
			for _, token := range []string{"first", "second"} {
				write("token", token)
				if err := run(context.Background(), root); err != nil {
					t.Fatal(err)
				}
				if got := <-tokens; got != "Bearer "+token {
					t.Errorf("the server got %q, want the token %q", got, token)
				}
			}
			cluster, err := root.Cluster()
			if err != nil {
				t.Fatal(err)
			}
			if config := configOf(cluster); config.BearerToken != "" || config.BearerTokenFile == "" {
				t.Errorf("the configuration holds the token itself: it could not be replaced")
			}
		})
	}
}
