// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// osMissing: a pod for Windows should say so.
var osMissing = rule[podCheck]{
	Rule: Rule{
		ID:    "os-missing",
		Title: "spec.os.name should say windows",
		Doc: `A pod that says spec.os.name: windows is checked as one: the API server refuses fields that mean something on Linux only, admission policies (Pod Security, the security context constraints of OpenShift) leave out what can't be had on Windows, and a kubelet on Linux refuses the pod instead of failing to find its image. The pod works without it.

It is not a scheduling rule: the nodeSelector is needed as well; see os-selection-missing.

Where the pod has Linux-only fields, remove them in the same step, or the API server rejects the pod; see linux-only-field-ignored.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/enhancements/blob/03f3dd8ec5c56b519bfc49c00ae71895d8e85e28/keps/sig-windows/2802-identify-windows-pods-apiserver-admission/README.md",
			kubeletAdmissionSource + "#L297-L306",
			"https://github.com/openshift/windows-machine-config-operator/pull/1422",
		},
		Fix: "set spec.os.name to windows",
	},
	about: isUnusual,
	check: func(p pod) []problem {
		if p.spec.OS != nil {
			return nil
		}
		found := problem{field: "os", message: "is not set, so the API server doesn't validate the pod as one for Windows"}
		var fields []string
		for c, field := range p.linuxOnlyFields {
			fields = append(fields, c.fieldBelow(field))
		}
		if p.spec.Resources != nil && p.minor >= 34 {
			fields = append(fields, "resources")
		}
		if fields != nil {
			refused := fields[0]
			if len(fields) > 1 {
				refused = fmt.Sprintf("%d fields that only Linux has", len(fields))
			}
			found.message += "; if it were set and nothing else changed, the API server would reject the pod for " + refused
			found.fix = "remove " + strings.Join(fields, ", ") + ", then set spec.os.name to windows"
		}
		return []problem{found}
	},
}
