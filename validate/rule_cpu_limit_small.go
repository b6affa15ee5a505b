// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// cpuLimitSmall: starting a program takes more CPU on Windows.
var cpuLimitSmall = rule[containerCheck]{
	Rule: Rule{
		ID:    "cpu-limit-small",
		Title: "a CPU limit that is enough on Linux may be too small to start on Windows",
		Doc: `The limit is a hard cap for the container's job object, which includes its program, the cmd that starts it on nodes with the bind filter, and everything that they and the exec probes start. Starting a process takes more CPU on Windows than on Linux, and PowerShell takes a CPU second or more. With a fifth of a CPU, a container can take so long that its probes fail and it is restarted before it is ready.

Known case: a metrics agent started by a PowerShell script was starved with 200m, and was raised to 500m. The rule reports limits up to 200m, for any program.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/Azure/prometheus-collector/pull/485",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container_windows.go",
		},
		Fix: "measure the start on a Windows node, and set limits.cpu to what it needs, such as 500m, or remove it",
	},
	about: hasOddLimit,
	check: func(_ pod, c container) []problem {
		limit, ok := c.Resources.Limits[corev1.ResourceCPU]
		if !ok || limit.Sign() <= 0 || limit.CmpInt64(1) >= 0 || limit.MilliValue() > smallCPU {
			return nil
		}
		return []problem{{
			field:   "resources.limits.cpu",
			message: fmt.Sprintf("is %s for all processes of the container together, with which a start on Windows may take too long", limit.String()),
		}}
	},
}

// smallCPU is the most that counts as a small CPU limit, in thousandths of a CPU.
const smallCPU = 200
