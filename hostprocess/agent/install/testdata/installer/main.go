// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Installer is a program for a HostProcess container that installs a CNI plugin. The
// tests measure its size.
package main

import (
	"context"
	"io/fs"
	"os"
	"path"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/hostprocess/agent/install"
)

func main() {
	root, err := agent.Detect()
	check(err)
	ctx, stop := agent.NotifyContext(context.Background())
	defer stop()

	plan := install.Plan{Dirs: []string{`C:\opt\cni\bin`, `C:\etc\cni\net.d`}, State: `C:\etc\cni\net.d\example.state`}
	if len(os.Args) > 1 && os.Args[1] == "remove" {
		_, err := plan.Remove(ctx)
		check(err)
		return
	}
	names, err := fs.Glob(root.Image(), "cni/*.exe")
	check(err)
	for _, name := range names {
		plan.Files = append(plan.Files, install.File{From: root.Image(), Name: name, To: `C:\opt\cni\bin\` + path.Base(name)})
	}
	cluster, err := root.Cluster()
	check(err)
	config, err := root.ReadFile("/etc/example/cni.conflist")
	check(err)
	mounted, err := root.Kubeconfig("/etc/example/kubeconfig")
	check(err)
	plan.Files = append(plan.Files,
		install.File{Data: cluster.Kubeconfig(), To: `C:\etc\cni\net.d\example-kubeconfig`},
		install.File{Data: mounted, To: `C:\etc\cni\net.d\other-kubeconfig`},
		install.File{Data: config, To: `C:\etc\cni\net.d\10-example.conflist`, Last: true},
	)
	result, err := plan.Apply(ctx)
	check(err)
	for _, f := range result.Files {
		os.Stdout.WriteString(string(f.Action) + " " + f.Path + "\n")
	}
	check(root.WriteTerminationMessage("", "done"))
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString("installer: " + err.Error() + "\n")
		os.Exit(1)
	}
}
