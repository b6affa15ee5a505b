// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Agent is a program for a HostProcess container that uses all of the run-time
// half of package volumes. The tests measure its size and run it.
package main

import (
	"io/fs"
	"os"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
)

func main() {
	process := agent.Process{LookupEnv: os.LookupEnv}
	if len(os.Args) > 1 {
		process.HostRoot = os.Args[1] // a tree that stands in for a node
	}
	root, err := process.Detect()
	check(err)

	config, err := root.ReadFile("/etc/agent/config.yaml")
	check(err)
	os.Stdout.WriteString("config:     " + string(config))

	plugin, err := fs.ReadFile(root.Image(), "plugins/default.txt")
	check(err)
	os.Stdout.WriteString("image:      " + string(plugin))

	cluster, err := root.Cluster()
	check(err)
	os.Stdout.WriteString("API server: " + cluster.Host + " in " + cluster.Namespace + "\n")

	token, err := os.ReadFile(cluster.TokenFile)
	check(err)
	os.Stdout.WriteString("token:      " + string(token))

	if len(os.Args) > 2 {
		check(os.WriteFile(os.Args[2], cluster.Kubeconfig(), 0o600))
	}
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString("agent: " + err.Error() + "\n")
		os.Exit(1)
	}
}
