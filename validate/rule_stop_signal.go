// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

var stopSignal = rule[containerCheck]{
	Rule: Rule{
		ID:    "stop-signal",
		Title: "lifecycle.stopSignal is dropped by the API server",
		Doc: `The feature gate for lifecycle.stopSignal (ContainerStopSignals) is alpha and off by default in every version up to Kubernetes 1.37. The API server then silently drops the field, and the container is stopped with its image's signal or with SIGTERM.

With the gate on, the API server accepts SIGTERM and SIGKILL in a pod with spec.os.name: windows and rejects every other signal; without spec.os, it rejects all of them.

On Windows, SIGTERM reaches the container's first process as CTRL_SHUTDOWN_EVENT, and SIGKILL ends it immediately. A stopSignal has nothing else to choose from.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			featuresSource + "#L1443-L1445",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/api/pod/util.go#L882-L906",
			validationSource + "#L3688-L3704",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/process.go",
		},
		Fix: "remove stopSignal",
	},
	about: hasOddHandlers,
	check: func(_ pod, c container) []problem {
		if c.Lifecycle == nil || c.Lifecycle.StopSignal == nil {
			return nil
		}
		return []problem{{
			field:   "lifecycle.stopSignal",
			message: fmt.Sprintf("is %s, but its feature gate is off by default: the API server drops the field, and it has no effect", quoted(*c.Lifecycle.StopSignal)),
		}}
	},
}
