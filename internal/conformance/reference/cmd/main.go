// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Command cmd is the program of package reference, for older Kubernetes versions.
package main

import "github.com/hostprocess-go/sdk/internal/conformance/reference"

func main() { reference.Main() }
