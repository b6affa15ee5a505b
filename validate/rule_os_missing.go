// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// osMissing: a pod for Windows should set spec.os.name.
var osMissing = rule[podCheck]{
	Rule: Rule{
		ID:    "os-missing",
		Title: "spec.os.name should be windows",
		Doc: `The pod works without spec.os.name: windows, but with it the API server validates the pod as a Windows pod: it rejects fields that work on Linux only. Admission policies (Pod Security, OpenShift's security context constraints) then skip what Windows doesn't have, and a Linux kubelet rejects the pod instead of failing to find its image.

The field doesn't affect scheduling: the pod needs the nodeSelector as well; see os-selection-missing.

If the pod has Linux-only fields, remove them at the same time, or the API server rejects the pod; see linux-only-field-ignored.`,
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
		found := problem{field: "os", message: "is not set, so the API server doesn't validate the pod as a Windows pod"}
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
				refused = fmt.Sprintf("%d Linux-only fields", len(fields))
			}
			found.message += "; once it is set, the API server rejects " + refused
			found.fix = "remove " + strings.Join(fields, ", ") + ", then set spec.os.name to windows"
		}
		return []problem{found}
	},
}
