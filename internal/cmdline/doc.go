// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package cmdline models what happens to a command line between the manifest and the
// program in a HostProcess container, and encodes words so that they arrive unchanged.
//
// A [Route] has these steps:
//
//  1. The kubelet replaces $(NAME) with values, and $$ with $, in the words of a
//     container's command and of an exec probe, but not of a lifecycle hook.
//  2. The shim joins the words with spaces, and quotes those with a space in them
//     ([Join]).
//  3. It replaces %CONTAINER_SANDBOX_MOUNT_POINT% and
//     $env:CONTAINER_SANDBOX_MOUNT_POINT with the root of the container.
//  4. On a node with the bind filter, cmd /c runs the line ([Cmd]); on any other,
//     Windows starts the program directly.
//  5. The program splits the line into arguments ([Split]).
//
// A setting in the registry of a node can make cmd replace !NAME! as well. It is off by
// default and not modelled.
//
// cmd has no complete specification. The model follows Microsoft's documentation; where
// that is incomplete, Cmd returns an error. [Encode] doesn't depend on Cmd, and tests
// compare the two.
//
// A [Shim] models how each version of the shim starts a process: its command line,
// working directory and environment. Tests compare it with recorded results of the
// shim's own code.
//
// A [Line] is read word by word, for package validate: it finds the word at which
// something goes wrong and, as far as the words show them, the programs that a line
// starts.
//
// Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/container/helpers.go#L239 (1)
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/handlers.go#L81 (1)
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L102 (2)
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go#L761 (3, 4)
// https://github.com/MicrosoftDocs/windowsserverdocs/blob/02cc58503b35e930a082ee5a1330131e5dc1394c/WindowsServerDocs/administration/windows-commands/cmd.md (4)
// https://learn.microsoft.com/en-us/archive/blogs/twistylittlepassagesallalike/everyone-quotes-command-line-arguments-the-wrong-way (4)
// https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2003/cc758866(v=ws.10) (!NAME!)
// https://learn.microsoft.com/en-us/troubleshoot/windows-client/shell-experience/command-line-string-limitation (4)
// https://learn.microsoft.com/en-us/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw (5)
package cmdline
