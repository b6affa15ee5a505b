// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// memoryLimitSmall: limits from Linux manifests are often too small.
var memoryLimitSmall = rule[containerCheck]{
	Rule: Rule{
		ID:    "memory-limit-small",
		Title: "a memory limit that is enough on Linux may be too small on Windows",
		Doc: `The limit applies to the container's job object, and Windows counts the committed memory of all its processes: the program, the cmd that starts it on nodes with the bind filter, and everything that they and the exec probes start. A program that runs with 20Mi on Linux then needs several times as much, and a process that can't get memory just fails.

Known cases: sidecars of CSI drivers, which are small Go programs, ran out of memory at their start with 100Mi, and were raised to 150Mi; drivers that call PowerShell did so with 200Mi, and were raised to 600Mi. The rule reports limits up to 200Mi, for any program. For a container that starts PowerShell with less than 150Mi, memory-limit-power-shell warns instead.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes-csi/csi-driver-smb/pull/524",
			"https://github.com/kubernetes-sigs/azuredisk-csi-driver/commit/18614b6e6d38",
			"https://github.com/kubernetes-sigs/azurefile-csi-driver/commit/0309d8e61a7c",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/oci.go#L54-L67",
		},
		Fix: "measure on a Windows node, and set limits.memory to twice what the container needs when it starts",
	},
	about: hasOddLimit,
	check: func(p pod, c container) []problem {
		bytes := c.memoryLimit()
		if bytes < mebibyte || bytes > smallMemory || len(memoryLimitPowerShell.check(p, c)) > 0 {
			return nil
		}
		return []problem{{
			field:   "resources.limits.memory",
			message: fmt.Sprintf("is %s for all processes of the container together, with which small programs on Windows have run out of memory", c.writtenMemoryLimit()),
		}}
	},
}

// smallMemory is the most that counts as a small memory limit, in bytes.
const smallMemory = 200 * mebibyte
