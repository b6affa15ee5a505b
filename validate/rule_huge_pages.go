// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

var hugePages = rule[containerCheck]{
	Rule: Rule{
		ID:      "huge-pages",
		Title:   "huge pages can't be requested on Windows",
		Doc:     `A kubelet on Windows offers no huge pages, and the scheduler places a pod that requests some only on a node that does. So a pod for Windows nodes with a request or limit for hugepages-2Mi and the like stays Pending: "Insufficient hugepages-2Mi".`,
		Outcome: OutcomeFails,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/winstats/perfcounter_nodestats_windows.go#L181-L187",
			schedulerSource + "noderesources/fit.go#L612-L640",
		},
		Fix: "remove the request and the limit",
	},
	about: hasOddResources,
	check: func(_ pod, c container) []problem {
		// A limit alone becomes the request.
		for _, list := range [...]struct {
			field string
			of    corev1.ResourceList
		}{{"resources.limits", c.Resources.Limits}, {"resources.requests", c.Resources.Requests}} {
			found := ""
			for name, quantity := range list.of {
				if strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) && !quantity.IsZero() && (found == "" || string(name) < found) {
					found = string(name)
				}
			}
			if found != "" {
				return []problem{{field: list.field + "[" + found + "]", message: fmt.Sprintf("requests %s, which Windows nodes don't have: the pod is never scheduled", found)}}
			}
		}
		return nil
	},
}
