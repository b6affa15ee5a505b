// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// runtimeClass: a RuntimeClass can isolate a container that must not be isolated.
var runtimeClass = rule[podCheck]{
	Rule: Rule{
		ID:    "runtime-class",
		Title: "a RuntimeClass must not use Hyper-V isolation",
		Doc: `A RuntimeClass names a handler in containerd's configuration, and on Windows the handlers differ in their isolation. A HostProcess container isn't isolated and needs none of them. It works with a handler for process isolation (runhcs-wcow-process). The design excludes HostProcess with Hyper-V isolation: shims (hcsshim) up to 0.15.0-rc.1 start the container on the host anyway; newer ones, from containerd 2.3.3 on, start it in the virtual machine, where it has no access to the host.

The rule can't see which handler a RuntimeClass names. A class that only selects Windows nodes is fine; a nodeSelector does the same.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			kepSource,
			"https://github.com/microsoft/hcsshim/commit/b07af140d",
		},
		Fix: "remove runtimeClassName, or make sure that the class's handler uses process isolation",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.RuntimeClassName == nil || *p.spec.RuntimeClassName == "" {
			return nil
		}
		return []problem{{
			field:   "runtimeClassName",
			message: fmt.Sprintf("is %s: if its handler uses Hyper-V isolation, the containers may have no access to the host", quoted(*p.spec.RuntimeClassName)),
		}}
	},
}
