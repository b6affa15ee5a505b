// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package agent finds the mounts, the image files and the API server from inside a
// Windows HostProcess container, on every kind of node:
//
//	root := must(agent.Detect())
//	config := must(root.ReadFile("/etc/agent/config.yaml"))
//	plugins := must(fs.Glob(root.Image(), "plugins/*.exe"))
//	cluster := must(root.Cluster())
//	ctx, stop := agent.NotifyContext(context.Background())
//	defer stop()
//
// Here, must is a function of the program that exits on an error. The configuration is
// in a mount, the plugins are files of the image, cluster is what a client needs to
// connect to the API server, with client-go or without, and ctx ends when the container
// is stopped. [Root.Kubeconfig] corrects the paths in a kubeconfig from a ConfigMap,
// and [Root.WriteTerminationMessage] reports the reason for an exit.
//
// The paths depend on the node, in one of three ways, called modes, which
// [github.com/hostprocess-go/sdk/volumes] describes. The same calls work in an ordinary
// container, on Linux too, where a mount is at its mountPath. In tests, [Process]
// describes a node of any mode as a tree of files.
//
// The package needs only the standard library. A program that uses all of it is smaller
// than three megabytes.
//
// The package replaces code that many agents have written themselves. Calico's agent
// has three functions for this. One recognizes a HostProcess container by the variable
// CONTAINER_SANDBOX_MOUNT_POINT. One strips a drive, and the name of the variable, from
// a path, joins the rest to the variable's value and replaces backslashes with slashes:
// in mode Bind, that is the link under the root, and it never checks whether the file
// exists. The third is a copy of client-go's InClusterConfig that uses the others. They
// are marked for removal when the last node has moved off containerd 1.6.
//
//	calico                                            this package
//	InHostProcessContainer(), GetHostPath(path):      root.Path(path)
//	  test the system, read the variable, trim "c:",
//	  "C:" and the variable's name, join, turn
//	  backslashes round (about 30 lines)
//	GetInClusterConfig(): two GetHostPath, read two   root.Cluster()
//	  variables and the token, check the CA file,
//	  join host and port, fill a rest.Config (again)
//
// Source: https://github.com/projectcalico/calico/blob/1401e4a0d8d0012d809d53c4f0f66de8b8152529/libcalico-go/lib/winutils/winutils.go
//
// # Termination
//
// To stop a container, the shim (the part of containerd that starts HostProcess
// containers) sends CTRL_SHUTDOWN to its first process. A Go program gets it as
// syscall.SIGTERM, as on Linux, and [NotifyContext] ends its context. While a program
// listens for the signal, Go keeps Windows waiting until the program exits by itself.
// How long that may take depends on the mode:
//
//   - In the symlink modes the program is the first process, and has the pod's
//     terminationGracePeriodSeconds, 30 by default. Then it is killed.
//   - In mode Bind the first process is cmd, which runs the program and isn't known to
//     pass anything on. When cmd has ended, the shim sends CTRL_SHUTDOWN to the
//     processes left, and kills them after five seconds. So count on five seconds,
//     regardless of terminationGracePeriodSeconds. That cmd ends at once, and that the
//     five seconds are all there is, is UNVERIFIED (probe stopping): it is read from
//     source, not seen on a node.
//   - A program that a script has started depends on that script: PowerShell isn't
//     known to pass anything on either.
//
// Go also maps CTRL_LOGOFF to SIGTERM, which Windows sends to services when any user
// logs off from the node. That it reaches HostProcess containers is UNVERIFIED; if a
// program exits then, the kubelet restarts it according to its restartPolicy.
//
// Sources:
// https://github.com/golang/go/blob/go1.24.0/src/runtime/os_windows.go (ctrlHandler)
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/process.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go (Shutdown)
// https://learn.microsoft.com/windows/console/handlerroutine
package agent
