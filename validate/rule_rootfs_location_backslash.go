// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"strings"
)

// rootfsLocationBackslash: the shim removes the last character.
var rootfsLocationBackslash = rule[metadataCheck]{
	Rule: Rule{
		ID:    "rootfs-location-backslash",
		Title: "the annotation hostprocess-rootfs-location must end in a backslash",
		Doc: `If the annotation microsoft.com/hostprocess-rootfs-location reaches the shim (see rootfs-location-annotation), CONTAINER_SANDBOX_MOUNT_POINT has its value. In command lines, working directories and the values of environment variables, the shim replaces %CONTAINER_SANDBOX_MOUNT_POINT% with that value without its last character, because it assumes that this is a backslash. With the value C:\rf, %CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe becomes C:\r\agent.exe, which doesn't exist.

Without the bind filter, the shim appends the container's ID to the value and removes the last digit of the ID, with any value: the only fix there is to remove the annotation.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			jobSource + "#L761-L766",
			jobSource + "#L784-L806",
		},
		Fix: "remove the annotation, or end its value in a backslash",
	},
	when:  bindMounts | fallbackMounts,
	about: isUnusual,
	check: func(p pod, meta *metav1.ObjectMeta) []problem {
		const field = "annotations[" + rootfsLocationKey + "]"
		value := meta.Annotations[rootfsLocationKey]
		switch {
		case value == "":
			return nil
		case p.nodes&bindMounts != 0 && !strings.HasSuffix(value, `\`) && !strings.HasSuffix(value, "/"):
			return []problem{{
				field:   field,
				message: fmt.Sprintf("is %s, from which the runtime removes the last character: %%CONTAINER_SANDBOX_MOUNT_POINT%% becomes %s", quoted(value), quoted(cutLast(value))),
				fix:     exact("remove the annotation, or write %s", value+`\`),
			}}
		case p.nodes&fallbackMounts != 0:
			return []problem{{
				field:   field,
				message: fmt.Sprintf("is %s: the runtime removes the last digit of the container's ID, so %%CONTAINER_SANDBOX_MOUNT_POINT%% becomes a missing directory", quoted(value)),
				fix:     "remove the annotation",
				when:    fallbackMounts,
			}}
		}
		return nil
	},
}

// cutLast returns the text without its last byte, as the shim does.
func cutLast(text string) string { return text[:len(text)-1] }
