// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package volumes computes where the mounts of a Windows HostProcess container really
// are, for programs that write or check manifests. To name a file in a mount so that the
// name works on every node, make a [Ref] of its mountPath:
//
//	ref, err := volumes.Portable("/etc/my agent")
//
// The package works on strings only and gives the same answers on every system. For the
// program inside the container, use
// [github.com/hostprocess-go/sdk/hostprocess/agent].
//
// A HostProcess container is a process of the node: it sees the node's file system, and
// in it a directory with the files of its image. The place of that directory, and of a
// volume that the manifest mounts at /etc/agent, depends on the node. There are three
// ways, here called modes. The shim, the part of containerd that starts HostProcess
// containers, chooses one when the container starts. The mode depends on the shim's
// version, which comes with containerd's, and on the bind filter, a Windows driver that
// shows a directory at another path to some processes only.
//
//	                 Symlink16             Bind                    SymlinkHPC
//	containerd       1.6                   1.7 and later           1.7 and later
//	Windows          any                   with the bind filter:   without it: Server
//	                                       Server 2022 and later,  2019 older than
//	                                       Server 2019 updated     July 2022
//	                                       since July 2022
//	image            C:\C\<container ID>   C:\hpc                  C:\hpc\<container ID>
//	                                       (different in each
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
//	the path exists  image: no start       image: seen through     image: no start
//	  in the image,  node: no effect       the link                node: no effect
//	  or on the                            node: hidden from the
//	  node                                 container
//	command line     as it is              after cmd /c            as it is
//	InClusterConfig  fails                 works                   fails
//	  of client-go
//
// Modes Symlink16 and SymlinkHPC are called the symlink modes. The root of a container is
// the directory of its image. The runtime sets the environment variable
// CONTAINER_SANDBOX_MOUNT_POINT to its path, with a backslash at the end. It also replaces
// %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT with the path,
// without the backslash, in the command line, the working directory and, since containerd
// 1.6.7, in the values of environment variables.
//
// # For manifests
//
// A Mode resolves a mountPath to a Location. Package validate reports Locations of one
// container that collide. A Runtime and a WindowsBuild, read from a Node, determine the
// mode of that node. A Ref, from Portable, is the name of a file in every mode, and can be
// written for an element of command or args, a batch file, or PowerShell.
// Runtime.WorkingDir, Runtime.EnvValue and Substitute do what the runtime does before the
// process starts.
//
// # What is certain
//
// Statements about containerd and its shim follow from their source, which the symbols
// link to. Paths are computed like in Windows builds of Go. What no source settles is
// marked UNVERIFIED, with the name of the probe that settles it on a node (kubectl
// hostprocess verify). It isn't known what Windows does with a binding at names that it
// can't store (probe odd-mount-paths), and how distributions behave that ship another shim
// than their containerd's (probe container-root). Of the update that brought the bind
// filter to Windows Server 2019, only the month is known.
//
// Sources of the modes:
// https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/mounts.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go
// https://github.com/kubernetes/enhancements/blob/0e2bafdd9edd0e9096b9b8255020d38b7b50b2b4/keps/sig-windows/1981-windows-privileged-container-support/README.md
package volumes
