// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/hostprocess-go/sdk/hostprocess/agent/install"
)

// cniPlan returns the files on a node for one version of a CNI plugin: its programs, the
// kubeconfig that they use, and the configuration with which the container runtime finds
// them.
func cniPlan(node string, image fs.FS, kubeconfig, conflist string) install.Plan {
	bin, conf := filepath.Join(node, "opt", "cni", "bin"), filepath.Join(node, "etc", "cni", "net.d")
	return install.Plan{
		Dirs:  []string{bin, conf},
		State: filepath.Join(conf, "calico.state"),
		Files: []install.File{
			{From: image, Name: "CalicoWindows/cni/calico.exe", To: filepath.Join(bin, "calico.exe")},
			{From: image, Name: "CalicoWindows/cni/calico-ipam.exe", To: filepath.Join(bin, "calico-ipam.exe")},
			{Data: []byte(kubeconfig), To: filepath.Join(conf, "calico-kubeconfig")},
			{Data: []byte(conflist), To: filepath.Join(conf, "10-calico.conflist"), Last: true},
		},
	}
}

// A CNI plugin is installed, gets a new token, is upgraded and removed. On a node, node is
// C:\, image is root.Image(), and the kubeconfig has the token of the program, which
// expires: so the program applies its plan from time to time.
func Example_cni() {
	node, err := os.MkdirTemp("", "node")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(node)
	ctx := context.Background()
	print := func(what string, result install.Result, err error) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(what + ":")
		for _, f := range result.Files {
			fmt.Print(" ", filepath.Base(f.Path), " ", f.Action)
		}
		fmt.Println()
	}

	image := fstest.MapFS{
		"CalicoWindows/cni/calico.exe":      {Data: []byte("v3.29")},
		"CalicoWindows/cni/calico-ipam.exe": {Data: []byte("v3.29")},
	}
	plan := cniPlan(node, image, "token: 1", "{}")
	result, err := plan.Apply(ctx)
	print("install", result, err)

	plan = cniPlan(node, image, "token: 2", "{}")
	result, err = plan.Apply(ctx)
	print("new token", result, err)

	image["CalicoWindows/cni/calico.exe"].Data = []byte("v3.30")
	result, err = plan.Apply(ctx)
	print("upgrade", result, err)
	result, err = plan.Remove(ctx)
	print("remove", result, err)
	// Output:
	// install: calico.exe installed calico-ipam.exe installed calico-kubeconfig installed 10-calico.conflist installed
	// new token: calico.exe unchanged calico-ipam.exe unchanged calico-kubeconfig replaced 10-calico.conflist unchanged
	// upgrade: calico.exe replaced calico-ipam.exe unchanged calico-kubeconfig unchanged 10-calico.conflist unchanged
	// remove: 10-calico.conflist removed calico-kubeconfig removed calico-ipam.exe removed calico.exe removed
}
