// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

// program is a program in a container: its configuration is mounted, its plugins are
// files of the image, and it connects to the API server.
type program struct {
	config  string
	plugins []string
	server  string
}

// start reads what the agent needs. In the program itself, root comes from
// agent.Detect; in a test, from a agent.Process.
func start(root agent.Root) (program, error) {
	config, err := root.ReadFile("/etc/agent/config.yaml")
	if err != nil {
		return program{}, err
	}
	plugins, err := fs.Glob(root.Image(), "plugins/*.exe")
	if err != nil {
		return program{}, err
	}
	cluster, err := root.Cluster()
	if err != nil {
		return program{}, err
	}
	return program{string(config), plugins, cluster.Host}, nil
}

// One program finds its files on every kind of node. Here, two trees of files simulate a
// node with containerd 1.6 and one with the bind filter.
func Example_agent() {
	for _, container := range []struct{ variable, image, mounts string }{
		{`C:\C\8f2c91d0\`, "C/C/8f2c91d0", "C/C/8f2c91d0"},
		{`C:\hpc\`, "C/hpc", "C"},
	} {
		node, err := os.MkdirTemp("", "node")
		if err != nil {
			fmt.Println(err)
			return
		}
		defer os.RemoveAll(node)
		account := container.mounts + "/var/run/secrets/kubernetes.io/serviceaccount/"
		for name, text := range map[string]string{
			container.mounts + "/etc/agent/config.yaml": "verbose: true",
			container.image + "/plugins/disk.exe":       "",
			account + "token":                           "a token",
			account + "ca.crt":                          "a certificate",
		} {
			file := filepath.Join(node, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				fmt.Println(err)
				return
			}
			if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
				fmt.Println(err)
				return
			}
		}
		environment := map[string]string{
			volumes.SandboxVariable:   container.variable,
			"KUBERNETES_SERVICE_HOST": "10.96.0.1",
			"KUBERNETES_SERVICE_PORT": "443",
		}
		root, err := agent.Process{
			LookupEnv: func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
			HostRoot:  node,
		}.Detect()
		if err != nil {
			fmt.Println(err)
			return
		}
		a, err := start(root)
		fmt.Println(root.Mode(), a.config, a.plugins, a.server, err)
	}
	// Output:
	// symlink16 verbose: true [plugins/disk.exe] https://10.96.0.1:443 <nil>
	// bind verbose: true [plugins/disk.exe] https://10.96.0.1:443 <nil>
}
