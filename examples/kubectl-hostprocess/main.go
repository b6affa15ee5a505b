// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Kubectl-hostprocess is a kubectl plugin for Windows HostProcess pods: it finds and fixes
// mistakes, and explains why pods fail.
//
//	go install -C examples/kubectl-hostprocess .
//	kubectl hostprocess lint -R -f .
//	kubectl hostprocess --help
package main

import (
	"os"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/cmd"
)

func main() { os.Exit(cmd.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
