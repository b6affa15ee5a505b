// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"strings"
)

// inheritUserKey makes the shim use its own account instead of runAsUserName.
const inheritUserKey = "microsoft.com/hostprocess-inherit-user"

// inheritUserAnnotation: the annotation reaches the shim only if containerd is
// configured to pass it on.
var inheritUserAnnotation = rule[metadataCheck]{
	Rule: Rule{
		ID:    "inherit-user-annotation",
		Title: "the annotation hostprocess-inherit-user works only on specially configured nodes",
		Doc: `With microsoft.com/hostprocess-inherit-user: "true", the shim (hcsshim) runs the containers as its own account, usually LocalSystem, and ignores runAsUserName.

But the annotation reaches the shim only if containerd is configured to pass it on with the runtime's pod_annotations, for example ["microsoft.com/*"]. No version does so by default, and then the annotation does nothing: the containers run as runAsUserName. So the account depends on the node, and where the annotation works it is the most powerful one.

Choose the account with runAsUserName. If the nodes are configured for the annotation, suppress this rule.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L272-L282",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/pkg/annotations/annotations.go#L92-L94",
			criConfigSource,
		},
		Fix: "remove the annotation, and choose the account with runAsUserName",
	},
	about: isUnusual,
	check: func(_ pod, meta *metav1.ObjectMeta) []problem {
		if !strings.EqualFold(meta.Annotations[inheritUserKey], "true") {
			return nil
		}
		return []problem{{
			field:   "annotations[" + inheritUserKey + "]",
			message: "overrides runAsUserName with the runtime's own account, but only on nodes whose containerd is configured to pass it on",
		}}
	},
}
