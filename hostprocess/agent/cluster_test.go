// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

func TestCluster(t *testing.T) {
	for _, mode := range everyMode {
		root := newNode(t, mode).root()
		got, err := root.Cluster()
		if err != nil {
			t.Errorf("%s: %v", mode, err)
			continue
		}
		dir, err := root.Path(volumes.ServiceAccountDir)
		if err != nil {
			t.Fatal(err)
		}
		want := agent.Cluster{
			Host:      "https://10.96.0.1:443",
			TokenFile: filepath.Join(dir, "token"),
			CAFile:    filepath.Join(dir, "ca.crt"),
			Namespace: "kube-system",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
	}
}

func TestClusterHost(t *testing.T) {
	n := newNode(t, volumes.ModeBind)
	for _, test := range []struct{ host, port, want, wrong string }{
		{"10.96.0.1", "443", "https://10.96.0.1:443", ""},
		{"fd00::1", "6443", "https://[fd00::1]:6443", ""},
		{"api.example.com", "65535", "https://api.example.com:65535", ""},
		{"", "443", "", "KUBERNETES_SERVICE_HOST"},
		{"a/b", "443", "", "KUBERNETES_SERVICE_HOST"},
		{"user@host", "443", "", "KUBERNETES_SERVICE_HOST"},
		{"a b", "443", "", "KUBERNETES_SERVICE_HOST"},
		{"10.96.0.1", "", "", "KUBERNETES_SERVICE_PORT"},
		{"10.96.0.1", "tcp://10.96.0.1:443", "", "KUBERNETES_SERVICE_PORT"},
		{"10.96.0.1", "443x", "", "KUBERNETES_SERVICE_PORT"},
		{"10.96.0.1", "0", "", "KUBERNETES_SERVICE_PORT"},
		{"10.96.0.1", "65536", "", "KUBERNETES_SERVICE_PORT"},
	} {
		process := n.process()
		process.LookupEnv = lookup(map[string]string{
			volumes.SandboxVariable: `C:\hpc\`, "KUBERNETES_SERVICE_HOST": test.host, "KUBERNETES_SERVICE_PORT": test.port,
		})
		root, err := process.Detect()
		if err != nil {
			t.Fatal(err)
		}
		got, err := root.Cluster()
		if got.Host != test.want {
			t.Errorf("%q, %q: got %q, want %q", test.host, test.port, got.Host, test.want)
		}
		var envError *agent.EnvError
		switch {
		case test.wrong == "" && err != nil:
			t.Errorf("%q, %q: %v", test.host, test.port, err)
		case test.wrong != "" && (!errors.As(err, &envError) || envError.Name != test.wrong || envError.Error() == ""):
			t.Errorf("%q, %q: got %v, want an error of %s", test.host, test.port, err, test.wrong)
		}
	}
}

func TestClusterWithoutFiles(t *testing.T) {
	for _, name := range []string{"token", "ca.crt"} {
		n := newNode(t, volumes.ModeSymlink16)
		n.must(os.Remove(filepath.Join(n.image(volumes.ServiceAccountDir), name)))
		_, err := n.root().Cluster()
		var pathError *fs.PathError
		if !errors.As(err, &pathError) || !errors.Is(err, fs.ErrNotExist) || pathError.Path != volumes.ServiceAccountDir+"/"+name {
			t.Errorf("without %s: %v", name, err)
		}
	}
	n := newNode(t, volumes.ModeSymlink16)
	namespace := filepath.Join(n.image(volumes.ServiceAccountDir), "namespace")
	n.must(os.Remove(namespace))
	cluster, err := n.root().Cluster()
	if err != nil || cluster.Namespace != "" {
		t.Errorf("without namespace: %q, %v", cluster.Namespace, err)
	}
	n.must(os.Mkdir(namespace, 0o777)) // can't be read
	if _, err := n.root().Cluster(); err == nil {
		t.Error("the namespace is a directory: no error")
	}
}

func TestKubeconfig(t *testing.T) {
	type named struct {
		Name    string
		Cluster struct {
			Server string
			CA     string `json:"certificate-authority"`
		}
		User    json.RawMessage
		Context struct{ Cluster, User, Namespace string }
	}
	for _, namespace := range []string{"", "kube-system"} {
		cluster := agent.Cluster{Host: "https://10.96.0.1:443", TokenFile: `C:\a "b"\token`, CAFile: `C:\a\ca.crt`, Namespace: namespace}
		text := cluster.Kubeconfig()
		var config struct {
			APIVersion, Kind          string
			Clusters, Users, Contexts []named
			Current                   string `json:"current-context"`
		}
		if err := json.Unmarshal(text, &config); err != nil {
			t.Fatal(err)
		}
		if config.APIVersion != "v1" || config.Kind != "Config" || len(config.Clusters) != 1 || len(config.Users) != 1 || len(config.Contexts) != 1 {
			t.Fatalf("got %s", text)
		}
		c, u, x := config.Clusters[0], config.Users[0], config.Contexts[0]
		if c.Cluster.Server != cluster.Host || c.Cluster.CA != cluster.CAFile {
			t.Errorf("the cluster is %+v", c.Cluster)
		}
		if x.Context.Cluster != c.Name || x.Context.User != u.Name || x.Context.Namespace != namespace || config.Current != x.Name {
			t.Errorf("the context is %+v", x)
		}
		var user map[string]string
		if err := json.Unmarshal(u.User, &user); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"tokenFile": cluster.TokenFile}, user); diff != "" {
			t.Errorf("the user (-want +got):\n%s", diff)
		}
	}
}

// TestKubeconfigHasNoToken: a copied token would expire.
func TestKubeconfigHasNoToken(t *testing.T) {
	cluster, err := newNode(t, volumes.ModeBind).root().Cluster()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(cluster.Kubeconfig()), strings.TrimSpace(token)) {
		t.Error("the token is in the kubeconfig")
	}
}
