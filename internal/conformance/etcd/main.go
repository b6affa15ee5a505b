// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Command etcd is etcd, built from its module, for the API server of the tests.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
