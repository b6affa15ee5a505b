// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package explain says what an error text of a Windows HostProcess pod means:
// the cause, the rules of package validate that would have found it before, and
// what to do.
//
//	for _, cause := range explain.Explain(event.Message) {
//		fmt.Println(cause.Cause, cause.Fix)
//	}
//
// A text can be an answer of the API server, the message of an event, the
// message in a container's status, or some lines of the log of the kubelet, of
// containerd or of a container. It is read as it is: with the errors that others
// have wrapped around it, with container ids, with quotes escaped once or twice
// as logs have them, and with lines folded as YAML has them.
//
// A cause claims no more than its text supports. Where a text can come from
// several mistakes ("failed to logon user"), all of them are named; a text that
// says nothing about what a HostProcess container can meet has no cause. Texts of
// Windows itself are in the language of the node; where they would tell more, the
// English ones are known.
package explain
