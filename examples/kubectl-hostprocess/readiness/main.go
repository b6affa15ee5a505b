// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Readiness runs the probes of kubectl hostprocess verify for windows-operational-readiness,
// a project that runs a Kubernetes test binary for each case of a specification. This program
// replaces that binary; its specification is in this folder. Set HOSTPROCESS_NODE to the name
// of the node.
//
//	go build -C examples/kubectl-hostprocess -o hostprocess.test ./readiness
//	op-readiness --e2e-binary ./hostprocess.test --test-directory examples/kubectl-hostprocess/readiness/specifications/
package main

import (
	"os"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/cmd"
)

func main() { os.Exit(cmd.RunReadiness(os.Args[1:], os.Stdout, os.Stderr)) }
