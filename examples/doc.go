// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package examples holds programs to run and to copy, each in a folder of its
// own: quickstart builds a pod, lint checks manifests, paths shows where mounts
// are. Its tests run every command and every program that the README shows.
package examples
