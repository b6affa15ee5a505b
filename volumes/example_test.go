// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/hostprocess-go/sdk/volumes"
)

func ExampleMode_Resolve() {
	const containerID = "8f2c91d0" // shortened
	for _, mode := range []volumes.Mode{volumes.Symlink16, volumes.Bind, volumes.SymlinkHPC} {
		loc, err := mode.Resolve("/etc/agent")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-10s  %s\n", mode, loc.Path(mode.Root(containerID)))
	}
	// Output:
	// symlink16   C:\C\8f2c91d0\etc\agent
	// bind        C:\etc\agent
	// symlinkHPC  C:\hpc\8f2c91d0\etc\agent
}

func ExampleMode_Resolve_refused() {
	_, err := volumes.Bind.Resolve("D:data")
	fmt.Println(err)
	// Output:
	// path "D:data" is relative to the current directory of a drive, which is undefined here; put a backslash after the drive: D:\data
}

// What a node reports of itself tells its mode.
func ExampleRuntime_Mode() {
	for _, node := range []struct{ containerRuntimeVersion, kernelVersion string }{
		{"containerd://1.6.8", "10.0.20348.2849"},
		{"containerd://1.7.13+azure", "10.0.20348.2849"},
		{"containerd://2.1.1", "10.0.17763.1999"},
	} {
		runtime, err := volumes.ParseRuntime(node.containerRuntimeVersion)
		if err != nil {
			log.Fatal(err)
		}
		build, err := volumes.ParseWindowsBuild(node.kernelVersion)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(runtime, "on", build, "is", runtime.Mode(build))
	}
	// Output:
	// containerd://1.6.8 on 10.0.20348.2849 is symlink16
	// containerd://1.7.13+azure on 10.0.20348.2849 is bind
	// containerd://2.1.1 on 10.0.17763.1999 is symlinkHPC
}

func ExamplePortable() {
	ref, err := volumes.Portable("/etc/my agent")
	if err != nil {
		log.Fatal(err)
	}
	if ref, err = ref.Join("config.yaml"); err != nil {
		log.Fatal(err)
	}
	arg, _ := ref.Arg()
	cmd, _ := ref.Cmd()
	powerShell, _ := ref.PowerShell()
	fmt.Println("in args:      ", "--config="+arg)
	fmt.Println("in a batch:   ", "type", cmd)
	fmt.Println("in PowerShell:", "Get-Content", powerShell)
	// Output:
	// in args:       --config=%CONTAINER_SANDBOX_MOUNT_POINT%\etc\my agent\config.yaml
	// in a batch:    type "%CONTAINER_SANDBOX_MOUNT_POINT%\etc\my agent\config.yaml"
	// in PowerShell: Get-Content "$env:CONTAINER_SANDBOX_MOUNT_POINT\etc\my agent\config.yaml"
}

func ExampleServiceAccount() {
	token, _ := volumes.ServiceAccount().Token.PowerShell()
	fmt.Println("$token = Get-Content", token)
	// Output:
	// $token = Get-Content $env:CONTAINER_SANDBOX_MOUNT_POINT\var\run\secrets\kubernetes.io\serviceaccount\token
}

func ExampleSubstitute() {
	fmt.Println(volumes.Substitute(`%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe --config %container_sandbox_mount_point%\x`, volumes.Bind.Root("")))
	// Output:
	// C:\hpc\agent.exe --config %container_sandbox_mount_point%\x
}

func ExampleRuntime_WorkingDir() {
	const containerID = "8f2c91d0" // shortened
	runtime, err := volumes.ParseRuntime("containerd://1.7.13")
	if err != nil {
		log.Fatal(err)
	}
	for _, dir := range []string{"", `C:\app`, `%CONTAINER_SANDBOX_MOUNT_POINT%\app`, "app"} {
		for _, mode := range []volumes.Mode{volumes.Bind, volumes.SymlinkHPC} {
			got, err := runtime.WorkingDir(mode, mode.Root(containerID), dir)
			if err != nil {
				got = "an error"
			}
			fmt.Printf("%q in mode %s is %s\n", dir, mode, got)
		}
	}
	// Output:
	// "" in mode bind is C:\
	// "" in mode symlinkHPC is C:\hpc\8f2c91d0
	// "C:\\app" in mode bind is C:\app
	// "C:\\app" in mode symlinkHPC is C:\hpc\8f2c91d0\app
	// "%CONTAINER_SANDBOX_MOUNT_POINT%\\app" in mode bind is C:\hpc\app
	// "%CONTAINER_SANDBOX_MOUNT_POINT%\\app" in mode symlinkHPC is C:\hpc\8f2c91d0\app
	// "app" in mode bind is an error
	// "app" in mode symlinkHPC is C:\hpc\8f2c91d0\app
}

func ExampleMode_ResolveAll() {
	mounts := []volumes.Mount{
		{Path: "/data"},
		{Path: `D:\data`},
		{Path: "/var/run"},
		volumes.TerminationLogMount(""),
		volumes.ServiceAccountMount(),
	}
	_, problems := volumes.Symlink16.ResolveAll(mounts...)
	for _, problem := range problems {
		fmt.Println(problem)
	}
	// Output:
	// "D:\\data" is at the same place as "/data"
	// the service account token "/var/run/secrets/kubernetes.io/serviceaccount" is inside "/var/run"
}

func ExampleParseEndpoint() {
	for _, s := range []string{`unix://C:\csi\csi.sock`, "npipe://./pipe/csi-proxy", volumes.PodResourcesPipe} {
		endpoint, err := volumes.ParseEndpoint(s)
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

// A test gives the program a tree of files in place of a node. This one is a node
// with containerd 1.6.
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

	root, err := volumes.Process{
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
	root, err := volumes.Detect()
	if err != nil {
		log.Fatal(err)
	}
	if _, err := root.ReadFile("/etc/no-such-agent/config.yaml"); err != nil {
		fmt.Println("no configuration, using the defaults")
	}
	// Output:
	// no configuration, using the defaults
}

// Names from elsewhere can't lead out of the directory.
func ExampleDir() {
	root, err := volumes.Detect()
	if err != nil {
		log.Fatal(err)
	}
	_, err = fs.ReadFile(root.Image(), "plugins/../../secret.txt")
	fmt.Println(err)
	// Output:
	// readfile plugins/../../secret.txt: path "plugins/../../secret.txt" is not below the directory it is looked up in; use a relative name without ".."
}

func ExampleCluster_Kubeconfig() {
	cluster := volumes.Cluster{ // from Root.Cluster
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
func Example_termination() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
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
