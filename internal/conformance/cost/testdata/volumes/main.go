// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Volumes runs in a HostProcess container and imports package volumes alone.
package main

import (
	"fmt"

	"github.com/hostprocess-go/sdk/volumes"
)

func main() {
	root, err := volumes.Detect()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(root.ReadFile("/etc/agent/config"))
}
