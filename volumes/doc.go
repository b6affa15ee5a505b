// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package volumes says where the mounts of a Windows HostProcess container really
// are: to programs that write or check manifests, on any system, and to programs in
// such a container, at run time.
//
// A HostProcess container is a process of the node: it sees the node's file system,
// and beside it a directory with the files of its image. Where that directory is,
// and where a volume is that the manifest mounts at /etc/agent, depends on the
// node. There are three ways, here called modes. The runtime's part for HostProcess
// containers, the shim, chooses one when the container starts: by its own version,
// which comes with containerd's, and by whether the node has the bind filter, a
// driver that shows a directory at another place to some processes only.
//
//	                 Symlink16             Bind                    SymlinkHPC
//	containerd       1.6                   1.7 and later           1.7 and later
//	Windows          any                   with the bind filter:   without it: Server
//	                                       Server 2022 and later,  2019 older than
//	                                       Server 2019 updated     July 2022
//	                                       since July 2022
//	image            C:\C\<container ID>   C:\hpc                  C:\hpc\<container ID>
//	                                       (its own, for each
//	                                       container)
//	mount at         C:\C\<ID>\etc\agent   C:\etc\agent, and       C:\hpc\<ID>\etc\agent
//	  /etc/agent                           C:\hpc\etc\agent
//	mount at D:\x    C:\C\<ID>\x           D:\x, and C:\hpc\x      C:\hpc\<ID>\x
//	a mount is       a symbolic link       a binding, and a link   a symbolic link
//	seen by          every process         this container          every process
//	two mounts at    the container does    both bindings; the      the container does
//	  C:\x and D:\x  not start             first has the link      not start
//	readOnly         ignored               enforced since          ignored
//	                                       1.7.0-beta.3; not
//	                                       through the link
//	something at     image: no start       image: seen through     image: no start
//	  that path in   node: no matter       the link                node: no matter
//	  the image, or                        node: hidden from the
//	  on the node                          container
//	command line     as it is              after cmd /c            as it is
//	InClusterConfig  fails                 works                   fails
//	  of client-go
//
// Modes Symlink16 and SymlinkHPC are called the symlink modes. The root of a
// container is the directory of its image. The runtime puts its path in the
// environment variable CONTAINER_SANDBOX_MOUNT_POINT, with a backslash at the end,
// and in place of %CONTAINER_SANDBOX_MOUNT_POINT% and
// $env:CONTAINER_SANDBOX_MOUNT_POINT, without one, wherever they stand in the command
// line, the working directory and, since containerd 1.6.7, environment values.
//
// # For manifests
//
// A Mode resolves a mountPath to a Location, alone (Mode.Resolve) or with the
// container's other mounts (Mode.ResolveAll), which finds mounts that get in each
// other's way. A Runtime and a WindowsBuild, read from a Node, tell the mode of that
// node. A Ref, from Portable, names a file so that the name is right in every mode,
// written for an element of command or args, a batch file, or PowerShell.
// Runtime.WorkingDir, Runtime.EnvValue and Substitute do what the runtime does before
// the process starts.
//
// # In the container
//
// Detect finds the container's root and its mode, and Root opens files by their
// mountPath:
//
//	config, err := root.ReadFile("/etc/agent/config.yaml")
//	if err != nil {
//		return agent{}, err
//	}
//	plugins, err := fs.Glob(root.Image(), "plugins/*.exe")
//	if err != nil {
//		return agent{}, err
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
//
// # What is certain
//
// Statements about containerd and its shim are read from their source, which the
// symbols link to; paths are computed as Windows builds of Go do it. What no source
// settles is marked UNVERIFIED. Not known in particular: what Windows does with a
// binding at names it can't store, and what a distribution that ships another shim than
// its containerd's does. Which update brought the bind filter to Windows Server 2019 is
// known to the month only.
//
// Sources of the modes:
// https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/mounts.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go
// https://github.com/kubernetes/enhancements/blob/0e2bafdd9edd0e9096b9b8255020d38b7b50b2b4/keps/sig-windows/1981-windows-privileged-container-support/README.md
package volumes
