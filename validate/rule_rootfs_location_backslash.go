// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"strings"
)

// rootfsLocationBackslash: the shim cuts the last character off.
var rootfsLocationBackslash = rule[metadataCheck]{
	Rule: Rule{
		ID:    "rootfs-location-backslash",
		Title: "hostprocess-rootfs-location must end in a backslash",
		Doc: `Where the annotation microsoft.com/hostprocess-rootfs-location gets to the shim (see rootfs-location-annotation), CONTAINER_SANDBOX_MOUNT_POINT has its value. In command lines, working directories and the values of variables the shim replaces %CONTAINER_SANDBOX_MOUNT_POINT% by that value without its last character, because it takes for granted that it is a backslash. With C:\rf as the value, %CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe becomes C:\r\agent.exe, which doesn't exist.

Without the bind filter the shim adds the container's ID to the value, and cuts off the ID's last digit, whatever the value is: nothing helps there but to remove the annotation.`,
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
				message: fmt.Sprintf("is %s, and the shim cuts its last character off: %%CONTAINER_SANDBOX_MOUNT_POINT%% becomes %s", quoted(value), quoted(cutLast(value))),
				fix:     exact("remove the annotation, or write %s", value+`\`),
			}}
		case p.nodes&fallbackMounts != 0:
			return []problem{{
				field:   field,
				message: fmt.Sprintf("is %s: %%CONTAINER_SANDBOX_MOUNT_POINT%% becomes a directory that doesn't exist, because the shim cuts the last digit of the container's ID off", quoted(value)),
				fix:     "remove the annotation",
				when:    fallbackMounts,
			}}
		}
		return nil
	},
}

// cutLast returns the text without its last byte, as the shim does it.
func cutLast(text string) string { return text[:len(text)-1] }
