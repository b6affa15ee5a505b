// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package install brings files from a HostProcess container to its node, replaces them
// even while they run, and takes them away again:
//
//	plan := install.Plan{Dirs: []string{`C:\opt\cni\bin`, `C:\etc\cni\net.d`}, State: `C:\etc\cni\net.d\example.state`}
//	for _, name := range must(fs.Glob(root.Image(), "cni/*.exe")) {
//		plan.Files = append(plan.Files, install.File{From: root.Image(), Name: name, To: `C:\opt\cni\bin\` + path.Base(name)})
//	}
//	plan.Files = append(plan.Files, install.File{Data: config, To: `C:\etc\cni\net.d\10-example.conflist`, Last: true})
//	result := must(plan.Apply(ctx))
//
// Here root is what [agent.Detect] returned, config is the CNI configuration, and must is
// a function of the program that ends it at an error. [Plan.Remove], with the same Dirs
// and State, takes everything away.
//
// # What Apply does
//
// It compares the hash of each file with that of its content, and stops there if nothing
// differs. Otherwise it writes to the state file what it is going to do, copies every new
// file beside its place, and verifies the copies. Only then it puts one after the other in
// place, files with Last after all others. If anything fails, it puts everything back.
// Finally it takes away what an earlier plan had and this one hasn't, and deletes what was
// replaced.
//
// Windows can rename a program that runs, but can neither overwrite nor delete it. So the
// old file is renamed to a name of its own, such as plugin.exe.old-1, and the new one
// takes its place. What is still in use is in [Result.InUse], and is deleted by the next
// Apply or Remove for which that is possible. A file that somebody has open without
// FILE_SHARE_DELETE can't be renamed either; then Apply fails, and nothing has changed.
//
// A killed run leaves the state file, from which the next one puts everything back before
// it begins anew. At any time, each path has either the old or the new content; on
// Windows alone, it is missing between two renames, and a run that is killed just there
// leaves it missing until the next.
//
// A file that has the right content before it was ever installed belongs to somebody
// else, and Remove leaves it. Apply replaces a file that somebody has changed since;
// Remove leaves it, and so does an Apply whose plan hasn't the file any more.
//
// The permissions on Unix are those of the source, or 0600 for Data; on Windows a file
// has those of its directory. What is written is on the disk before it is used, as far as
// the system can promise that: Windows can't for directories.
//
// # What a plan can't do
//
// A plan with a mistake is refused as a whole, with every mistake in a [PlanError]: paths
// outside of Dirs, relative ones, those of servers and devices, names that Windows
// reserves, drops a part of or takes for a stream, and two paths that are one file. That
// is so on every system, to let a test find it. Nothing outside of Dirs is written to,
// whatever links are in them: a link that leads out is an error, and a link in the place
// of a file is too. A program built with Go 1.24 looks for links just before it renames a
// file; with a newer Go, none can be put there in between.
//
// Two plans that install the same path with different state files replace each other's
// file.
//
// # What it replaces
//
// Calico's installer deletes and copies in Go, and has scripts in PowerShell to install
// and to uninstall; Azure's renames a file to a fixed name with .old at its end, which
// fails while a process still runs the one of the time before.
//
// Sources:
// https://github.com/projectcalico/calico/blob/37e585c6d3218aec0f90e11b06668952846fe1b3/cni-plugin/pkg/install/install.go
// https://github.com/projectcalico/calico/blob/5a78cd718b5fb56a60e14555cdf4bcfd7ac679df/node/windows-packaging/host-process-install.ps1
// https://github.com/projectcalico/calico/blob/1401e4a0d8d0012d809d53c4f0f66de8b8152529/node/windows-packaging/CalicoWindows/uninstall-calico-hpc.ps1
// https://github.com/Azure/azure-container-networking/pull/2205 (what can be renamed)
// https://github.com/containerd/containerd/blob/v1.7.32/pkg/cri/server/cni_conf_syncer.go (CNI configuration is read again after a rename in its directory)
// https://github.com/golang/go/blob/go1.26.0/src/os/root.go (links that lead out)
package install
