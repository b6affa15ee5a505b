// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// execProbeTimeout: starting a process takes longer on Windows.
var execProbeTimeout = rule[containerCheck]{
	Rule: Rule{
		ID:    "exec-probe-timeout",
		Title: "an exec probe needs a timeout of more than one second on Windows",
		Doc: `A probe times out after one second unless timeoutSeconds is set. On Windows that is often too short to start a process: on a busy node, cmd, PowerShell or a Go program can take several seconds, and with the bind filter there are two processes, because cmd starts the program. The kubelet then counts the probe as failed, and after three failures of a liveness probe it restarts a healthy container.

Several CSI drivers and agents raised the timeout for this reason, most of them to 15 seconds or more, or replaced the exec probe with an httpGet or tcpSocket probe, which starts no process.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes-csi/csi-driver-smb/commit/08016f0a5f65",
			"https://github.com/kubernetes-sigs/azurefile-csi-driver/commit/93d6c79dee7f",
			"https://github.com/kubernetes-sigs/azuredisk-csi-driver/commit/2c974dfa7549",
			"https://github.com/Azure/prometheus-collector/pull/727",
		},
		Fix: "set timeoutSeconds to 15 or more, or use an httpGet or tcpSocket probe",
	},
	about: hasOddHandlers,
	check: func(_ pod, c container) []problem {
		var problems []problem
		for _, p := range [...]struct {
			name  string
			probe *corev1.Probe
		}{{"livenessProbe", c.LivenessProbe}, {"readinessProbe", c.ReadinessProbe}, {"startupProbe", c.StartupProbe}} {
			if p.probe != nil && p.probe.Exec != nil && p.probe.TimeoutSeconds <= 1 {
				problems = append(problems, problem{
					field:   p.name + ".timeoutSeconds",
					message: "is 1, set or by default: on Windows, starting the probe's process can take longer, and the probe fails",
				})
			}
		}
		return problems
	},
}
