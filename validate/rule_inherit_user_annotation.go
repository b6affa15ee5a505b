// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"strings"
)

// inheritUserKey asks the shim for its own account instead of runAsUserName.
const inheritUserKey = "microsoft.com/hostprocess-inherit-user"

// inheritUserAnnotation: an annotation that reaches the shim only if
// containerd is told to pass it on.
var inheritUserAnnotation = rule[metadataCheck]{
	Rule: Rule{
		ID:    "inherit-user-annotation",
		Title: "hostprocess-inherit-user needs a change of containerd's configuration",
		Doc: `With microsoft.com/hostprocess-inherit-user: "true" the shim runs the containers as the account that it runs as itself, LocalSystem as a rule, and doesn't look at runAsUserName.

But the annotation gets to the shim only where containerd is configured to pass it on, by pod_annotations of the runtime, for example ["microsoft.com/*"]. No version does so by default: on such a node the annotation does nothing, and the containers run as runAsUserName. So which account it is depends on the node, and where the annotation counts it is the most powerful one.

Choose the account by runAsUserName. If the nodes are configured for the annotation, ignore this rule.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L272-L282",
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/pkg/annotations/annotations.go#L92-L94",
			criConfigSource,
		},
		Fix: "remove the annotation and choose the account by runAsUserName",
	},
	about: isUnusual,
	check: func(_ pod, meta *metav1.ObjectMeta) []problem {
		if !strings.EqualFold(meta.Annotations[inheritUserKey], "true") {
			return nil
		}
		return []problem{{
			field:   "annotations[" + inheritUserKey + "]",
			message: "does nothing on a node whose containerd isn't configured to pass it on; where it is, the containers run as the shim's own account and runAsUserName is ignored",
		}}
	},
}
