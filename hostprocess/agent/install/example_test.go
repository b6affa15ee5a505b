// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"path"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/hostprocess/agent/install"
)

// must ends the program at an error.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// The plugins of the image, and then the CNI configuration, which here is mounted.
func ExamplePlan_Apply() {
	ctx, stop := agent.NotifyContext(context.Background())
	defer stop()
	root := must(agent.Detect())
	config := must(root.ReadFile("/etc/example/cni.conflist"))

	plan := install.Plan{Dirs: []string{`C:\opt\cni\bin`, `C:\etc\cni\net.d`}, State: `C:\etc\cni\net.d\example.state`}
	for _, name := range must(fs.Glob(root.Image(), "cni/*.exe")) {
		plan.Files = append(plan.Files, install.File{From: root.Image(), Name: name, To: `C:\opt\cni\bin\` + path.Base(name)})
	}
	plan.Files = append(plan.Files, install.File{Data: config, To: `C:\etc\cni\net.d\10-example.conflist`, Last: true})
	result := must(plan.Apply(ctx))

	for _, f := range result.Files {
		fmt.Println(f.Action, f.Path)
	}
}

// A container removes its files before it is deleted, for example in a preStop hook.
func ExamplePlan_Remove() {
	plan := install.Plan{Dirs: []string{`C:\opt\cni\bin`, `C:\etc\cni\net.d`}, State: `C:\etc\cni\net.d\example.state`}
	result := must(plan.Remove(context.Background()))
	for _, path := range result.InUse {
		fmt.Println("call Remove again when no process uses", path)
	}
}
