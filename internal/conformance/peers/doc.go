// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package peers holds no code but benchmarks: this module next to what people
// would use in its place, in one run.
package peers
