// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// memoryLimitPowerShell: PowerShell needs more memory than a small program.
var memoryLimitPowerShell = rule[containerCheck]{
	Rule: Rule{
		ID:    "memory-limit-power-shell",
		Title: "a memory limit below 150Mi may be too small for PowerShell",
		Doc: `The memory limit applies to all processes of the container together, including its exec probes and hooks: each PowerShell that a probe starts adds to the total. A process that can't get memory fails in ways that don't look like a lack of memory.

No source states how much PowerShell needs. Known cases: with a limit of 100Mi, even small Go programs sometimes ran out of memory on Windows when they started, and CSI drivers that call PowerShell were raised to 600Mi and more. The rule reports PowerShell with less than 150Mi.`,
		Outcome:    OutcomeDiffers,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes-csi/csi-driver-smb/pull/524",
			"https://github.com/kubernetes-sigs/azuredisk-csi-driver/pull/2705",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/oci.go#L54-L67",
		},
		Fix: "set limits.memory to 300Mi, and measure",
	},
	about: hasOddLimit,
	check: func(_ pod, c container) []problem {
		bytes := c.memoryLimit()
		const enough = 150 * mebibyte
		if bytes < mebibyte || bytes >= enough {
			return nil
		}
		for line := range c.commands {
			if line.startsPowerShell() {
				return []problem{{
					field:   "resources.limits.memory",
					message: fmt.Sprintf("is %s for all processes of the container together, which may be too small for the PowerShell that it runs", c.writtenMemoryLimit()),
				}}
			}
		}
		return nil
	},
}

// startsPowerShell reports whether the first word of the line is PowerShell, or one
// of the first after cmd.
func (c command) startsPowerShell() bool {
	for i := range min(c.Len(), 3) {
		word, _, _ := strings.Cut(c.Word(i), " ")
		switch {
		case i == 0 && !cmdline.IsNamed(word, "cmd", "powershell", "pwsh"):
			return false
		case cmdline.IsNamed(word, "powershell", "pwsh"):
			return true
		}
	}
	return false
}
