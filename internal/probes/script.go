// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"strconv"
	"strings"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// exitAnswered is the exit code of a script that answered. It isn't 0, so that the answer
// is in the status of the container even if its account can't write the termination
// message: the kubelet then uses the end of the log.
const exitAnswered = 3

// script returns a command that runs lines of PowerShell, which fill the hashtable $answer,
// and prints it as one line of JSON. The lines in undo run in any case. An error is in the
// answer as error.
func script(lines, undo string) hostprocess.Command {
	return task.PowerShell(scriptText(lines, undo, ""))
}

// logged is script for a container that must not write its termination message: the answer
// is only in its log. It waits, because up to containerd 1.7 the last output can be lost.
func logged(lines string) hostprocess.Command {
	return hostprocess.PowerShell(scriptText(lines, "", "Start-Sleep -Seconds 1\n"))
}

func scriptText(lines, undo, end string) string {
	var b strings.Builder
	b.WriteString("$answer = @{}\ntry {\n" + strings.TrimSpace(lines) + "\n} catch {\n$answer['error'] = \"$_\"\n}")
	if undo = strings.TrimSpace(undo); undo != "" {
		b.WriteString(" finally {\n" + undo + "\n}")
	}
	b.WriteString("\nConvertTo-Json -Compress -Depth 4 -InputObject $answer\n" + end + "exit " + strconv.Itoa(exitAnswered) + "\n")
	return b.String()
}

// control is the command of a control without an answer.
func control() hostprocess.Command { return script("", "") }

// assign returns a line of a script that puts the value of an expression into the answer.
func assign(name, expression string) string {
	return "$answer[" + quote.PowerShell(name) + "] = " + expression + "\n"
}
