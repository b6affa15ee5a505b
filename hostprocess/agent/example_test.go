// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

// must ends the program at an error.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// An agent starts with these calls.
func ExampleDetect() {
	root := must(agent.Detect())
	config := must(root.ReadFile("/etc/agent/config.yaml"))
	plugins := must(fs.Glob(root.Image(), "plugins/*.exe"))
	cluster := must(root.Cluster())
	ctx, stop := agent.NotifyContext(context.Background())
	defer stop()

	fmt.Println(len(config), plugins, cluster.Host, ctx.Err())
}

func ExampleParseEndpoint() {
	for _, s := range []string{`unix://C:\csi\csi.sock`, "npipe://./pipe/csi-proxy", agent.PodResourcesPipe} {
		endpoint, err := agent.ParseEndpoint(s)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(endpoint, "is", endpoint.Path())
	}
	// Output:
	// unix:///C:/csi/csi.sock is C:\csi\csi.sock
	// npipe:////./pipe/csi-proxy is \\.\pipe\csi-proxy
	// npipe:////./pipe/kubelet-pod-resources is \\.\pipe\kubelet-pod-resources
}

// A test simulates a node with a tree of files, here a node with containerd 1.6.
func ExampleProcess() {
	host, err := os.MkdirTemp("", "node")
	if err != nil {
		log.Fatal(err)
	}
	mount := filepath.Join(host, "C", "C", "8f2c91d0", "etc", "agent")
	if err := os.MkdirAll(mount, 0o777); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(mount, "config.yaml"), []byte("verbose: true"), 0o666); err != nil {
		log.Fatal(err)
	}
	environment := map[string]string{volumes.SandboxVariable: `C:\C\8f2c91d0\`}

	root, err := agent.Process{
		LookupEnv: func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
		HostRoot:  host,
	}.Detect()
	if err != nil {
		log.Fatal(err)
	}
	config, err := root.ReadFile("/etc/agent/config.yaml")
	fmt.Println(root.Mode(), string(config), err)
	// Output:
	// symlink16 verbose: true <nil>
}

// In an ordinary container, this one has no mount of that name.
func ExampleRoot_ReadFile() {
	root, err := agent.Detect()
	if err != nil {
		log.Fatal(err)
	}
	if _, err := root.ReadFile("/etc/no-such-agent/config.yaml"); err != nil {
		fmt.Println("no configuration, using the defaults")
	}
	// Output:
	// no configuration, using the defaults
}

// Untrusted names can't lead out of the directory.
func ExampleDir() {
	root, err := agent.Detect()
	if err != nil {
		log.Fatal(err)
	}
	_, err = fs.ReadFile(root.Image(), "plugins/../../secret.txt")
	fmt.Println(err)
	// Output:
	// open plugins/../../secret.txt: path "plugins/../../secret.txt" is not below the directory of the lookup; use a relative name without ".."
}

func ExampleCluster_Kubeconfig() {
	cluster := agent.Cluster{ // from Root.Cluster
		Host:      "https://10.96.0.1:443",
		TokenFile: `C:\var\run\secrets\kubernetes.io\serviceaccount\token`,
		CAFile:    `C:\var\run\secrets\kubernetes.io\serviceaccount\ca.crt`,
		Namespace: "kube-system",
	}
	fmt.Printf("%s", cluster.Kubeconfig())
	// Output:
	// {
	//   "apiVersion": "v1",
	//   "clusters": [
	//     {
	//       "cluster": {
	//         "certificate-authority": "C:\\var\\run\\secrets\\kubernetes.io\\serviceaccount\\ca.crt",
	//         "server": "https://10.96.0.1:443"
	//       },
	//       "name": "in-cluster"
	//     }
	//   ],
	//   "contexts": [
	//     {
	//       "context": {
	//         "cluster": "in-cluster",
	//         "namespace": "kube-system",
	//         "user": "in-cluster"
	//       },
	//       "name": "in-cluster"
	//     }
	//   ],
	//   "current-context": "in-cluster",
	//   "kind": "Config",
	//   "users": [
	//     {
	//       "name": "in-cluster",
	//       "user": {
	//         "tokenFile": "C:\\var\\run\\secrets\\kubernetes.io\\serviceaccount\\token"
	//       }
	//     }
	//   ]
	// }
}

// A program that ends when the container is stopped, on every system.
func ExampleNotifyContext() {
	ctx, stop := agent.NotifyContext(context.Background())
	defer stop()

	done := make(chan struct{})
	close(done) // the work, which is short here

	select {
	case <-ctx.Done():
		fmt.Println("asked to stop, cleaning up")
	case <-done:
		fmt.Println("done")
	}
	// Output:
	// done
}

// The message is shown in the pod's status when the container has ended.
func ExampleRoot_WriteTerminationMessage() {
	root, err := agent.Detect()
	if err != nil {
		log.Fatal(err)
	}
	err = root.WriteTerminationMessage("/no/such/mount", "disk is full")
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// true
}
