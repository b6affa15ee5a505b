// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// rootfsLocationKey moves the image of the containers away from C:\hpc.
const rootfsLocationKey = "microsoft.com/hostprocess-rootfs-location"

// rootfsLocationAnnotation: an annotation that reaches the shim only if
// containerd is told to pass it on.
var rootfsLocationAnnotation = rule[metadataCheck]{
	Rule: Rule{
		ID:    "rootfs-location-annotation",
		Title: "hostprocess-rootfs-location needs a change of containerd's configuration",
		Doc: `The annotation microsoft.com/hostprocess-rootfs-location moves the files of the image from C:\hpc to another directory, and CONTAINER_SANDBOX_MOUNT_POINT with it.

But it gets to the shim only where containerd is configured to pass it on, by pod_annotations of the runtime, for example ["microsoft.com/*"]. No version does so by default, and containerd 1.6 doesn't know it at all: on such a node the annotation does nothing, and the files stay where they always are. So the pod must work with both, and needs the annotation for nothing.

Refer to files by CONTAINER_SANDBOX_MOUNT_POINT. If the nodes are configured for the annotation, ignore this rule.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L784-L792",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/pkg/annotations/annotations.go#L99-L103",
			criConfigSource,
		},
		Fix: "remove the annotation",
	},
	about: isUnusual,
	check: func(_ pod, meta *metav1.ObjectMeta) []problem {
		if meta.Annotations[rootfsLocationKey] == "" {
			return nil
		}
		return []problem{{
			field:   "annotations[" + rootfsLocationKey + "]",
			message: fmt.Sprintf("is %s, which does nothing on a node whose containerd isn't configured to pass it on: there the image's files are where they always are", quoted(meta.Annotations[rootfsLocationKey])),
		}}
	},
}
