// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package install installs files from a HostProcess container on its node, replaces
// them even while they run, and removes them again:
//
//	plan := install.Plan{Dirs: []string{`C:\opt\cni\bin`, `C:\etc\cni\net.d`}, State: `C:\etc\cni\net.d\example.state`}
//	for _, name := range must(fs.Glob(root.Image(), "cni/*.exe")) {
//		plan.Files = append(plan.Files, install.File{From: root.Image(), Name: name, To: `C:\opt\cni\bin\` + path.Base(name)})
//	}
//	plan.Files = append(plan.Files, install.File{Data: config, To: `C:\etc\cni\net.d\10-example.conflist`, Last: true})
//	result := must(plan.Apply(ctx))
//
// Here, root is the result of [agent.Detect], config is the CNI configuration, and must
// is a function of the program that exits on an error. [Plan.Remove], with the same
// Dirs and State, removes everything.
//
// # What Apply does
//
// Apply first compares hashes, and is done if every file has the right content.
// Otherwise, it records in the state file what it is about to do, copies each new file
// to a place beside its target, and verifies its hash. Only then does it put the files
// in place, those with Last after all others. If anything fails, it restores
// everything. At the end, it removes the files of an earlier plan that are no longer in
// this one, and deletes what was replaced.
//
// Windows can rename a running program, but can't overwrite or delete it. So Apply
// renames the old file, for example to plugin.exe.old-1, and the new one takes its
// place. Old files that are still in use are listed in [Result.InUse], and deleted by a
// later Apply or Remove. A file that is open without FILE_SHARE_DELETE can't be renamed
// either: Apply retries for a second, then fails and restores everything.
//
// If Apply is killed, the next one finds the state file, restores everything and starts
// again. At any time, a path has either its old or its new content. The exception is a
// replaced file on Windows: it doesn't exist between two renames, and is missing until
// the next Apply if the program is killed at that moment.
//
// A file that already has the right content when it is first applied belongs to someone
// else, and Remove keeps it. If a file is changed by something else later, Apply
// replaces it, and Remove keeps it.
//
// On Unix, a file has the permissions of its source, or 0600 with Data. On Windows, it
// has those of its directory, so put a kubeconfig with a token where only
// administrators can read it. Files are flushed to the disk before they are put in
// place.
//
// # What it rejects
//
// A [PlanError] lists all mistakes of a plan: paths outside Dirs, relative paths, paths
// of servers and devices, names that Windows reserves, shortens or takes for a stream,
// and two paths of the same file. The rules are the same on every system, so a test on
// Linux finds these mistakes.
//
// Apply and Remove write only below Dirs. A link that leaves them is an error, and so
// is a link in place of a file. A program built with Go 1.24 checks for links right
// before it renames a file; with Go 1.25 or later, no link can be added in between.
//
// Two programs must not install the same path: each would replace the other's file.
//
// # What it replaces
//
// Calico has an installer in Go that copies files, and PowerShell scripts that remove
// them by pattern. Azure's installer renames the old file to a fixed name, which fails
// at the second upgrade if the file from before the first is still running.
//
// Sources:
// https://github.com/projectcalico/calico/blob/37e585c6d3218aec0f90e11b06668952846fe1b3/cni-plugin/pkg/install/install.go
// https://github.com/projectcalico/calico/blob/5a78cd718b5fb56a60e14555cdf4bcfd7ac679df/node/windows-packaging/host-process-install.ps1
// https://github.com/projectcalico/calico/blob/1401e4a0d8d0012d809d53c4f0f66de8b8152529/node/windows-packaging/CalicoWindows/uninstall-calico-hpc.ps1
// https://github.com/Azure/azure-container-networking/pull/2205 (what can be renamed)
// https://github.com/containerd/containerd/blob/v1.7.32/pkg/cri/server/cni_conf_syncer.go (CNI configuration is read again after a rename in its directory)
// https://github.com/golang/go/blob/go1.26.0/src/os/root.go (links that lead out)
package install
