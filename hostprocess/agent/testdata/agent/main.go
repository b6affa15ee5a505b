// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Agent is a program for a HostProcess container that uses all of package agent. The
// tests measure its size and run it.
package main

import (
	"context"
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
	ctx, stop := agent.NotifyContext(context.Background())
	defer stop()
	check(ctx.Err())

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

	socket, err := agent.ParseEndpoint("unix://" + agent.KubeletDevicePluginSocket)
	check(err)
	os.Stdout.WriteString("kubelet:    " + socket.String() + "\n")

	mounted, err := root.Kubeconfig("/var/lib/kube-proxy/kubeconfig.conf")
	check(err)
	if len(os.Args) > 3 {
		check(os.WriteFile(os.Args[2], cluster.Kubeconfig(), 0o600))
		check(os.WriteFile(os.Args[3], mounted, 0o600))
	}
	check(root.WriteTerminationMessage("", "done"))
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString("agent: " + err.Error() + "\n")
		os.Exit(1)
	}
}
