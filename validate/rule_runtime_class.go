// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// runtimeClass: a RuntimeClass can isolate what must not be isolated.
var runtimeClass = rule[podCheck]{
	Rule: Rule{
		ID:    "runtime-class",
		Title: "a HostProcess pod needs no RuntimeClass, and not one with Hyper-V",
		Doc: `A RuntimeClass names a handler in containerd's configuration, and on Windows the handlers differ in how they isolate. A HostProcess container is not isolated and needs none of them. It works with a handler for process isolation (runhcs-wcow-process). HostProcess with Hyper-V isolation is a non-goal of the design: shims up to 0.15.0-rc.1 start the container on the host all the same; newer ones, of containerd 2.3.3 on, start it inside the virtual machine, where it has no access to the host.

Which handler a RuntimeClass names can't be seen from the pod. A class that is only there to choose Windows nodes is fine; a nodeSelector does the same.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			kepSource,
			"https://github.com/microsoft/hcsshim/commit/b07af140d",
		},
		Fix: "remove runtimeClassName, or see that the class's handler is for process isolation",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.RuntimeClassName == nil || *p.spec.RuntimeClassName == "" {
			return nil
		}
		return []problem{{
			field:   "runtimeClassName",
			message: fmt.Sprintf("is %s: with a handler for Hyper-V isolation the containers don't do on the host what they should", quoted(*p.spec.RuntimeClassName)),
		}}
	},
}
