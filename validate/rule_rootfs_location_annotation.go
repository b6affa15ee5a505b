// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// rootfsLocationKey moves the containers' image files from C:\hpc.
const rootfsLocationKey = "microsoft.com/hostprocess-rootfs-location"

// rootfsLocationAnnotation: the annotation reaches the shim only if containerd is
// configured to pass it on.
var rootfsLocationAnnotation = rule[metadataCheck]{
	Rule: Rule{
		ID:    "rootfs-location-annotation",
		Title: "the annotation hostprocess-rootfs-location works only on specially configured nodes",
		Doc: `The annotation microsoft.com/hostprocess-rootfs-location moves the image's files from C:\hpc to another directory, and CONTAINER_SANDBOX_MOUNT_POINT with them.

But it reaches the shim (hcsshim) only if containerd is configured to pass it on with the runtime's pod_annotations, for example ["microsoft.com/*"]. No version does so by default, and containerd 1.6 doesn't support the annotation at all; there it does nothing, and the files stay in their usual place. So the pod must work with both, and doesn't need the annotation.

Refer to files with CONTAINER_SANDBOX_MOUNT_POINT. If the nodes are configured for the annotation, suppress this rule.`,
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
			message: fmt.Sprintf("is %s, but has no effect unless the node's containerd is configured to pass it on", quoted(meta.Annotations[rootfsLocationKey])),
		}}
	},
}
