// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

// stopping measures how long a program continues after its container is told to stop. The
// kubelet stops the pod at its deadline, but first runs the preStop hook, which records the
// time. The program handles the event like a Go program that listens for SIGTERM: it makes
// Windows wait. Both write to the node, because the log of a stopped pod can be incomplete.
func stopping() Probe {
	const (
		name = "ticks"
		dir  = `C:\hostprocess-probe-stop`
		// The shim gives the remaining processes five seconds.
		// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go (Shutdown)
		least, most = 3.0, 9.0
		deadline    = time.Minute
		grace       = 30
	)
	file := func(name string) string { return quote.PowerShell(dir + `\` + name) }
	ticks := `Add-Type -TypeDefinition @'
using System.Runtime.InteropServices;
public static class Stop {
    public delegate bool Handler(uint signal);
    [DllImport("kernel32.dll")] static extern bool SetConsoleCtrlHandler(Handler handler, bool add);
    static Handler handler = delegate(uint signal) { System.Threading.Thread.Sleep(60000); return true; };
    public static bool Hold() { return SetConsoleCtrlHandler(handler, true); }
}
'@
[void][Stop]::Hold()
[void][IO.Directory]::CreateDirectory(` + quote.PowerShell(dir) + `)
while ($true) {
    [IO.File]::AppendAllText(` + file("ticks") + `, "$([DateTime]::UtcNow.Ticks)` + "`n" + `")
    Start-Sleep -Milliseconds 200
}
`
	hook := "[IO.File]::WriteAllText(" + file("stop") + `, "$([DateTime]::UtcNow.Ticks)")`
	// The last line may be incomplete.
	reads := "$last = @([IO.File]::ReadAllLines(" + file("ticks") + ") | Where-Object { $_ -match '^[0-9]{18}$' })[-1]\n" +
		assign("seconds", "([long]$last - [long][IO.File]::ReadAllText("+file("stop")+")) / 10000000")
	return Probe{
		Name:    "stopping",
		Claim:   "With the bind filter, a program has about five seconds to stop, whatever terminationGracePeriodSeconds is: cmd ends immediately, and the runtime then kills the remaining processes.",
		Settles: []string{"hostprocess/agent"},
		Needs:   "the bind filter",
		Changes: "the pod writes two small files to " + dir + " as LocalSystem; the second pod removes them",
		applies: func(n Node) string {
			if n.mode() != volumes.ModeBind {
				return "without the bind filter, the program itself is told to stop"
			}
			return ""
		},
		steps: func(n Node) []step {
			c := n.container(name, hostprocess.PowerShell(ticks)).WithRunAs(accounts.LocalSystem).
				WithPreStop(hostprocess.Exec(hostprocess.PowerShell(hook)))
			return []step{
				{task: n.task(accounts.LocalService, control(), c).WithActiveDeadline(deadline).With(func(p hostprocess.Pod) hostprocess.Pod {
					return p.Edit(func(s *corev1.PodSpec) { s.TerminationGracePeriodSeconds = ptr.To[int64](grace) })
				})},
				n.cleaner(reads, "if ([IO.Directory]::Exists("+quote.PowerShell(dir)+")) { [IO.Directory]::Delete("+quote.PowerShell(dir)+", $true) }"),
			}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			const what, prediction = "how long the program continues", "about 5 seconds"
			var got struct {
				Seconds *float64
				Error   string
			}
			switch c := answers[1].control(); {
			case !j.answer(c, what, prediction, &got):
			case got.Seconds == nil:
				j.unclear(what, prediction, "the files can't be read: "+oneLine(got.Error))
			default:
				s := *got.Seconds
				j.is(least <= s && s <= most, what, prediction, fmt.Sprintf("%.1f seconds", s))
			}
		},
	}
}
