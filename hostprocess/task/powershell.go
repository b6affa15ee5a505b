// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task

import (
	"strings"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// PowerShell returns a command that runs a script in Windows PowerShell 5.1, with the
// exit codes of [hostprocess.PowerShell]: an error ends the script with 1, and otherwise
// the exit code is that of the exit statement or of the last program.
//
// What the script writes goes to the logs of the pod and, up to the last 4096 bytes, to
// its termination message, where [Outcome] finds it, whether the script succeeds or
// fails. For that, a second PowerShell runs the script, and the first one writes the
// message as a file, and then waits half a second. So it doesn't matter for the message
// that up to containerd 1.7 the runtime can lose what a process writes just before its
// end, and the logs are complete unless the node is very slow. What the script writes to
// stderr is in the same place as the rest; its lines can stand a little earlier or later.
//
// If the account may not write the file, the end of the logs takes its place when the
// script has failed. LocalSystem may; whether other accounts may is UNVERIFIED (probe
// termination-message).
//
// The script can have up to about 31,000 characters. What runs it hasn't been run by
// the tests of this module, which have no Windows.
//
// Sources:
// https://github.com/microsoft/hcsshim/blob/v0.11.7/internal/exec/exec.go (Wait closes the pipes)
// https://github.com/microsoft/hcsshim/commit/5eb195256
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container.go (getTerminationMessage)
func PowerShell(script string) hostprocess.Command {
	if strings.TrimSpace(script) == "" || strings.HasPrefix(script, "\ufeff") {
		return hostprocess.PowerShell(script) // which is a mistake
	}
	return hostprocess.PowerShell("$Env:HOSTPROCESS_TASK = " + quote.PowerShell(script) + runner)
}

// runner runs the script in a process of its own, because exit and errors would end this
// one. A line of stderr is an ErrorRecord, and an empty one says its type as text:
// https://github.com/PowerShell/PowerShell/issues/23950. With the preference Stop, the
// first one would end the script: https://github.com/PowerShell/PowerShell/issues/4002.
//
// The file is the default terminationMessagePath, at a place where every kind of node has it.
const runner = `
$ErrorActionPreference = 'Continue'
$end = New-Object System.Collections.Queue
& "$PSHOME\powershell.exe" -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command '$ErrorActionPreference = ''Stop''; & ([ScriptBlock]::Create($Env:HOSTPROCESS_TASK)); exit $LASTEXITCODE' 2>&1 | ForEach-Object {
    if ($_ -is [System.Management.Automation.ErrorRecord]) { $line = $_.Exception.Message } else { $line = "$_" }
    $line
    $end.Enqueue($line)
    if ($end.Count -gt 1000) { [void]$end.Dequeue() }
}
$code = $LASTEXITCODE
try {
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($end.ToArray() -join [char]10)
    $from = [Math]::Max(0, $bytes.Length - 4096)
    while ($from -lt $bytes.Length -and ($bytes[$from] -band 0xC0) -eq 0x80) { $from++ }
    $file = [System.IO.File]::Open((Join-Path $Env:CONTAINER_SANDBOX_MOUNT_POINT dev\termination-log), 'Truncate', 'Write')
    $file.Write($bytes, $from, $bytes.Length - $from)
    $file.Close()
} catch {
    "The termination message can't be written: $_"
}
Start-Sleep -Milliseconds 500
exit $code
`
