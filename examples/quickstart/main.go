// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Quickstart prints a DaemonSet for every Windows node, ready to apply:
//
//	go run ./examples/quickstart | kubectl apply -f -
//	kubectl logs daemonset/hello
package main

import (
	"fmt"
	"log"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

func main() {
	hello := hostprocess.NewContainer("hello", hostprocess.BaseImage).
		WithCommand(hostprocess.PowerShell(`while ($true) { whoami.exe; Start-Sleep -Seconds 60 }`))
	daemonSet, err := hostprocess.NewPod(accounts.LocalService, hello).DaemonSet(metav1.ObjectMeta{Name: "hello"})
	if err != nil {
		log.Fatal(err) // every mistake at once, by method and argument
	}
	fields, err := hostprocess.Unstructured(daemonSet)
	if err != nil {
		log.Fatal(err)
	}
	text, err := yaml.Marshal(fields)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
}
