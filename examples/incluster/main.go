// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Incluster lists the nodes of its cluster with client-go, as the service account of
// its pod. It works in every HostProcess container, where rest.InClusterConfig may
// fail, and in any other container.
//
// It is a module of its own, so that importers of the library don't get client-go.
package main

import (
	"context"
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
)

func main() {
	ctx, stop := agent.NotifyContext(context.Background())
	defer stop()
	root, err := agent.Detect()
	if err == nil {
		err = run(ctx, root)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// configOf is what rest.InClusterConfig would return if it found its files: the
// token is read again and again, because it is replaced before it expires, and
// a KUBECONFIG of the host has no say.
func configOf(cluster agent.Cluster) *rest.Config {
	config := &rest.Config{Host: cluster.Host, BearerTokenFile: cluster.TokenFile}
	config.CAFile = cluster.CAFile
	return config
}

func run(ctx context.Context, root agent.Root) error {
	cluster, err := root.Cluster()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(configOf(cluster))
	if err != nil {
		return err
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, node := range nodes.Items {
		fmt.Println(node.Name, node.Status.NodeInfo.ContainerRuntimeVersion)
	}
	return nil
}
