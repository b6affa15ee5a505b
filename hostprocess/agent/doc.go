// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package agent is for the program inside a Windows HostProcess container: it finds
// the program's mounts, the files of its image and the API server, on every kind of
// node.
//
// Where they are depends on the mode of the node: see
// [github.com/hostprocess-go/sdk/volumes].
//
// Detect finds the container's root and its mode, and Root opens files by their
// mountPath:
//
//	config, err := root.ReadFile("/etc/agent/config.yaml")
//	if err != nil {
//		return program{}, err
//	}
//	plugins, err := fs.Glob(root.Image(), "plugins/*.exe")
//	if err != nil {
//		return program{}, err
//	}
//	cluster, err := root.Cluster()
//
// Here the configuration is mounted, the plugins are files of the image, and the
// cluster is where the API server is and how to talk to it. The same calls work in an ordinary container, on Linux too, where a mount is at its
// mountPath. The package needs the standard library only; a program that uses all of
// this has a little over two megabytes.
//
// It is meant to replace what many agents have written by themselves. Calico's has
// three functions for it. One tells a HostProcess container by the variable. One
// strips a drive, and the name of the variable, from a path, joins the rest to the
// variable's value and turns the backslashes round: in mode Bind that is the link
// under the root, and it never looks whether there is a file. The third is a copy of
// client-go's InClusterConfig that uses the others. They are marked for removal when
// the last node has left containerd 1.6.
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
// To stop a container, the shim sends CTRL_SHUTDOWN to its first process. A Go program
// gets it as syscall.SIGTERM, as on Linux, so that
//
//	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//
// is all it takes; after the signal, Go keeps Windows waiting until the program ends.
// Two things limit it. In mode Bind the first process is cmd, which runs the program
// and isn't known to pass anything on; when cmd has ended, the shim sends CTRL_SHUTDOWN
// to the processes left and ends them after five seconds. So count on five seconds
// there, whatever terminationGracePeriodSeconds says. And a program that a script has
// started depends on that script. That cmd ends at once, and that the five seconds are
// all there is, is UNVERIFIED: it is read from source, not seen on a node.
//
// Sources:
// https://github.com/golang/go/blob/go1.24.0/src/runtime/os_windows.go (ctrlHandler)
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/process.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go (Shutdown)
package agent
