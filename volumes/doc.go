// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package volumes tells programs that write or check manifests where the mounts of a
// Windows HostProcess container really are. It reads strings only and gives the same
// answers on every system. For the program inside the container there is
// [github.com/hostprocess-go/sdk/hostprocess/agent].
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
// A Mode resolves a mountPath to a Location, and two Locations tell whether they get in
// each other's way; package validate reports that of all mounts of a container. A
// Runtime and a WindowsBuild, read from a Node, tell the mode of that node. A Ref, from
// Portable, names a file so that the name is right in every mode, written for an element
// of command or args, a batch file, or PowerShell.
// Runtime.WorkingDir, Runtime.EnvValue and Substitute do what the runtime does before
// the process starts.
//
// # What is certain
//
// Statements about containerd and its shim are read from their source, which the
// symbols link to; paths are computed as Windows builds of Go do it. What no source
// settles is marked UNVERIFIED, with the name of the probe by which the command kubectl
// hostprocess verify settles it on a node. Not known in particular: what Windows does with
// a binding at names it can't store (probe odd-mount-paths), and what a distribution that
// ships another shim than its containerd's does (probe container-root). Which update
// brought the bind filter to Windows Server 2019 is known to the month only.
//
// Sources of the modes:
// https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/mounts.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go
// https://github.com/kubernetes/enhancements/blob/0e2bafdd9edd0e9096b9b8255020d38b7b50b2b4/keps/sig-windows/1981-windows-privileged-container-support/README.md
package volumes
