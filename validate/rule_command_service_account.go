// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "fmt"

// commandServiceAccount: like command-mount-path, but for the service account's files.
var commandServiceAccount = rule[commandCheck]{
	Rule: Rule{
		ID:      "command-service-account",
		Title:   "the service account's files are elsewhere without the bind filter",
		Doc:     `The API server mounts the credentials of the pod's service account at /var/run/secrets/kubernetes.io/serviceaccount. That is where they are on nodes with the bind filter. On containerd 1.6, and on newer versions without the bind filter, they are below the container's root directory, and this path is on the node, which has nothing there. client-go's InClusterConfig fails for the same reason.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			mountsSource16,
			kepSource,
			"https://github.com/kubernetes/kubernetes/issues/104562",
			"https://github.com/kubernetes/client-go/issues/1302",
		},
		Fix: `write %CONTAINER_SANDBOX_MOUNT_POINT%\var\run\secrets\kubernetes.io\serviceaccount`,
	},
	when:  symlinkMounts,
	about: hasAbsolutePath,
	check: func(_ pod, _ container, c command) []problem {
		for i := range c.Len() {
			if pathText(c.Word(i)).serviceAccountReference() {
				return []problem{{field: c.field(i), message: serviceAccountMessage(c.Word(i))}}
			}
		}
		return nil
	},
}

// serviceAccountReference reports whether a text has the absolute path of the
// service account's files.
func (t pathText) serviceAccountReference() bool {
	for path := range t.absolutePaths {
		if isServiceAccount(path) {
			return true
		}
	}
	return false
}

// serviceAccountMessage describes the problem with such a text.
func serviceAccountMessage(text string) string {
	return fmt.Sprintf("is %s, but without the bind filter, the service account's files are below the container's root", quoted(text))
}
