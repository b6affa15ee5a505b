// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Empty prints a line.
package main

import "fmt"

func main() { fmt.Println("C:\\hpc") }
