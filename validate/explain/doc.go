// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package explain finds the cause of an error of a Windows HostProcess pod in the error
// text, the rules of package validate that would have found it earlier, and the fix.
//
//	for _, cause := range explain.Explain(event.Message) {
//		fmt.Println(cause.Cause, cause.Fix)
//	}
//
// Pass the text as it is: a response of the API server, the message of an event or of a
// container's status, or lines from the log of the kubelet, containerd or a container.
// The package reads through wrapped errors, container IDs, quotes that logs escape once
// or twice, and lines that YAML folds.
//
// A cause claims no more than the text supports. If several mistakes lead to the same
// text ("failed to logon user"), it lists all of them. A text without a known error of
// HostProcess containers has no cause. Windows writes its own texts in the language of
// the node; the package knows the English ones.
package explain
