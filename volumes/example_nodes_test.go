// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"fmt"
	"log"

	"github.com/hostprocess-go/sdk/volumes"
)

// node is what a node reports of itself, in status.nodeInfo.
type node struct {
	containerRuntimeVersion, kernelVersion string
}

// mode returns the mode in which the node runs HostProcess containers.
func (n node) mode() (volumes.Mode, error) {
	runtime, err := volumes.ParseRuntime(n.containerRuntimeVersion)
	if err != nil {
		return volumes.ModeUnknown, err
	}
	build, err := volumes.ParseWindowsBuild(n.kernelVersion)
	if err != nil {
		return volumes.ModeUnknown, err
	}
	return runtime.Mode(build), nil
}

// The mode of a node follows from its status, and the place of a mount from the mode.
func Example() {
	const containerID = "8f2c91d0" // shortened
	for _, n := range []node{
		{"containerd://1.6.8", "10.0.20348.2849"},
		{"containerd://1.7.13+azure", "10.0.20348.2849"},
		{"containerd://2.1.1", "10.0.17763.1999"},
	} {
		mode, err := n.mode()
		if err != nil {
			log.Fatal(err)
		}
		mount, err := mode.Resolve("/etc/agent")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-10s  %s\n", mode, mount.Path(mode.Root(containerID)))
	}
	// Output:
	// symlink16   C:\C\8f2c91d0\etc\agent
	// bind        C:\etc\agent
	// symlinkHPC  C:\hpc\8f2c91d0\etc\agent
}
