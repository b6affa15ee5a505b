// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Quickstart prints a HostProcess pod, ready for a cluster:
//
//	go run ./examples/quickstart | kubectl apply -f -
package main

import (
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

func main() {
	pod, err := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("test", "image1:latest").
			WithCommand(hostprocess.PathProgram("ping.exe", "-t", "127.0.0.1"))).
		Pod(metav1.ObjectMeta{Name: "test"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fields, err := hostprocess.Unstructured(pod)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	text, err := yaml.Marshal(fields)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(string(text))
}
