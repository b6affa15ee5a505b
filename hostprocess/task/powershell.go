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
// The output of the script goes to the pod's logs and, up to the last 4096 bytes, to
// its termination message, where [Outcome] finds it, whether the script succeeds or
// fails. For this, a second PowerShell runs the script, and the first one writes the
// message to a file and then waits half a second. So the message is complete even
// though up to containerd 1.7 the runtime can lose what a process writes just before it
// exits, and so are the logs unless the node is very slow. Lines of stderr are mixed
// with the rest, and can be a little earlier or later.
//
// If the account may not write the file and the script has failed, the termination
// message is the end of the logs. LocalSystem may write it; that other accounts may is
// UNVERIFIED (probe termination-message).
//
// The script can have up to about 31,000 characters. The tests of this module, which
// have no Windows, don't run it.
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

// runner runs the script in a separate process, because exit and errors would end this
// one. A line of stderr is an ErrorRecord, and an empty one has its type as text:
// https://github.com/PowerShell/PowerShell/issues/23950. With the preference Stop, the
// first one would end the script: https://github.com/PowerShell/PowerShell/issues/4002.
//
// The file is the default terminationMessagePath, at a path that works on every kind of
// node.
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
