// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Agent runs in a HostProcess container and imports package agent alone.
package main

import (
	"fmt"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
)

func main() {
	root, err := agent.Detect()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(root.ReadFile("/etc/agent/config"))
}
