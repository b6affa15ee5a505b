// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"

	"github.com/hostprocess-go/sdk/internal/mounts"
)

// mountOverImplicit: the node adds mounts of its own.
var mountOverImplicit = rule[conflictCheck]{
	Rule: Rule{
		ID:    "mount-over-implicit",
		Title: "a mount must not overlap one that the node adds",
		Doc: `Every container gets a mount for its termination log, at /dev/termination-log or its terminationMessagePath, and most get one with their service account's token, at /var/run/secrets/kubernetes.io/serviceaccount. So a mount at /dev, /var, /var/run or /var/run/secrets contains another mount, and one below these two paths is inside another mount.

The consequences are those of mount-nested: a link stays in the volume, and on nodes without the bind filter the next container with that volume doesn't start; with it, a directory on the way to the mount that can't be created is fatal. This follows from the runtime's code; no report of it has been found.

A mount at exactly /var/run/secrets/kubernetes.io/serviceaccount works, because the token is then not added. Written in another way (C:\var\run\…), it isn't recognized, and two mounts are at the same place.

Mount the volume somewhere else. If the container needs no token, automountServiceAccountToken: false removes that mount.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container.go#L507-L540",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/serviceaccount/admission.go#L418-L468",
			mountsSource + "#L41-L64",
			mountsSource + "#L122-L135",
		},
		Fix: "mount the volume somewhere else",
	},
	check: func(_ pod, c container, clash conflict) []problem {
		implicit, index := clash.Second, clash.FirstIndex
		if implicit.Origin == mounts.OriginDeclared {
			implicit, index = clash.First, clash.SecondIndex
		}
		if implicit.Origin == mounts.OriginDeclared {
			return nil
		}
		relation := "contains"
		switch {
		case clash.Conflict == mounts.ConflictSamePlace || clash.Conflict == mounts.ConflictSameLink:
			relation = "is the same place as"
		case index == clash.SecondIndex:
			relation = "is below"
		}
		return c.atMount(index, problem{
			message: fmt.Sprintf("%s %s, where the node mounts the %s: its link in the volume can keep the next container from starting",
				relation, quoted(implicit.Path), whatIsMounted(implicit)),
		})
	},
}

func whatIsMounted(m mounts.Mount) string {
	if m.Origin == mounts.OriginTerminationLog {
		return "termination log"
	}
	return "service account token"
}
