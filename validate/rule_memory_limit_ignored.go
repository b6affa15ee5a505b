// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

var memoryLimitIgnored = rule[containerCheck]{
	Rule: Rule{
		ID:    "memory-limit-ignored",
		Title: "a memory limit below 1 MiB is ignored",
		Doc: `The shim (hcsshim) rounds a container's memory limit down to whole MiB. A limit of less than 1 MiB becomes 0, which means no limit: the container may use all of the node's memory.

The usual cause is a wrong unit: 100m is a tenth of a byte, and 900k is less than 1 MiB. Write 100Mi.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/oci/uvm.go#L111-L123",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/oci.go#L54-L67",
		},
		Fix: "set limits.memory in Mi",
	},
	about: hasOddLimit,
	check: func(_ pod, c container) []problem {
		bytes := c.memoryLimit()
		if bytes <= 0 || bytes >= mebibyte {
			return nil
		}
		return []problem{{
			field:   "resources.limits.memory",
			message: fmt.Sprintf("is %s, less than 1 MiB: the node sets no limit at all", c.writtenMemoryLimit()),
		}}
	},
}

const mebibyte = 1 << 20

// memoryLimit is the container's memory limit in bytes; zero where there is none.
func (c container) memoryLimit() int64 {
	limit := c.Resources.Limits[corev1.ResourceMemory]
	return limit.Value()
}

// writtenMemoryLimit is the container's memory limit as it is written.
func (c container) writtenMemoryLimit() string {
	limit := c.Resources.Limits[corev1.ResourceMemory]
	return limit.String()
}
