// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package v138 compares the packages with the API server of Kubernetes 1.38.
package v138
