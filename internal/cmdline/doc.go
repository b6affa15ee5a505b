// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package cmdline models the way of a command line from a manifest to the
// program in a HostProcess container, and writes words that arrive unchanged.
//
// A [Route] is that way, step by step:
//
//  1. The kubelet puts values in place of $(NAME), and $ in place of $$, in the
//     words of a container's command and of an exec probe; not in those of a
//     lifecycle hook.
//  2. The shim joins the words with spaces, and quotes those with a space in them
//     ([Join]).
//  3. It puts the root of the container in place of
//     %CONTAINER_SANDBOX_MOUNT_POINT% and $env:CONTAINER_SANDBOX_MOUNT_POINT.
//  4. On a node with the bind filter, cmd /c runs the line ([Cmd]); on any other,
//     Windows starts the program directly.
//  5. The program splits the line into arguments ([Split]).
//
// The registry of a node can make cmd replace !NAME! as well, which it doesn't by
// itself; that is not modelled.
//
// cmd has no complete specification. What is modelled is what Microsoft
// describes; where that leaves open what happens, Cmd returns an error. [Encode]
// doesn't use Cmd to find out what arrives, and tests hold the two against each
// other.
//
// A [Shim] is what the shim makes of a whole process: line, working directory and
// environment, in each of its versions. Tests compare it with recorded answers of
// the shim's own code.
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
