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
		Title: "a mount in the way of one that the node adds",
		Doc: `Every container gets a mount for its termination log, at /dev/termination-log or its terminationMessagePath, and most get one with the token of their service account, at /var/run/secrets/kubernetes.io/serviceaccount. So a mount at /dev, /var, /var/run or /var/run/secrets has another mount inside it, and one below these has another around it.

The consequences are those of mount-nested: a link is left in the volume, and on nodes without the bind filter the next container with that volume fails to start; with it, a directory on the way to the mount that can't be made is fatal. It follows from the code of the runtime; nobody has been found to report it.

A mount at exactly /var/run/secrets/kubernetes.io/serviceaccount is fine, because the token is then not added. Written in another way (C:\var\run\…) it isn't recognised, and two mounts are at one place.

Mount somewhere else. Where the container needs no token, automountServiceAccountToken: false removes the one mount.`,
		Outcome:    OutcomeFails,
		Unverified: true,
		Since:      "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container.go#L507-L540",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/serviceaccount/admission.go#L418-L468",
			mountsSource + "#L41-L64",
			mountsSource + "#L122-L135",
		},
		Fix: "mount somewhere else",
	},
	check: func(_ pod, c container, clash conflict) []problem {
		own, implicit, index := clash.First, clash.Second, clash.FirstIndex
		if implicit.Origin == mounts.OriginDeclared {
			own, implicit, index = clash.Second, clash.First, clash.SecondIndex
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
			message: fmt.Sprintf("is %s, which %s %s, the mount of the %s: without the bind filter a link is left in the volume, and the next container with it doesn't start",
				quoted(own.Path), relation, quoted(implicit.Path), whatIsMounted(implicit)),
		})
	},
}

func whatIsMounted(m mounts.Mount) string {
	if m.Origin == mounts.OriginTerminationLog {
		return "termination log"
	}
	return "token of the service account"
}
