// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Readiness runs the probes of kubectl hostprocess verify for windows-operational-readiness,
// a project that starts a test binary of Kubernetes for each line of a specification. This
// program takes the place of that binary; the specification is beside it. The node is the one
// that HOSTPROCESS_NODE names.
//
//	go build -C examples/kubectl-hostprocess -o hostprocess.test ./readiness
//	op-readiness --e2e-binary ./hostprocess.test --test-directory examples/kubectl-hostprocess/readiness/specifications/
package main

import (
	"os"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/cmd"
)

func main() { os.Exit(cmd.RunReadiness(os.Args[1:], os.Stdout, os.Stderr)) }
