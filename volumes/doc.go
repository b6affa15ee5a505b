// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package volumes answers where a mount of a Windows HostProcess container
// really is.
package volumes
