// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

var memoryLimitRounded = rule[containerCheck]{
	Rule: Rule{
		ID:    "memory-limit-rounded",
		Title: "a memory limit is rounded down to whole MiB",
		Doc: `The shim (hcsshim) rounds a container's memory limit down to whole MiB: 100M, which is 95.4 MiB, becomes 95 MiB, and 1500000 becomes 1 MiB. The limit applies to the memory that all processes of the container together have committed: an allocation beyond it fails.

Write the limit in Mi or Gi.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/oci/uvm.go#L111-L123",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/oci.go#L54-L67",
		},
		Fix: "set limits.memory in whole Mi",
	},
	about: hasOddLimit,
	check: func(_ pod, c container) []problem {
		bytes := c.memoryLimit()
		if bytes < mebibyte || bytes%mebibyte == 0 {
			return nil
		}
		return []problem{{
			field:   "resources.limits.memory",
			message: fmt.Sprintf("is %s, which isn't a whole number of MiB: the node sets the limit to %dMi", c.writtenMemoryLimit(), bytes/mebibyte),
			fix:     fmt.Sprintf("write %dMi or %dMi", bytes/mebibyte, bytes/mebibyte+1),
		}}
	},
}
