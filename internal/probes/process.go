// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/validate"
)

// workingDirectories starts in several directories. The runtime doesn't have to create any of
// them on the node.
func workingDirectories() Probe {
	dirs := []string{"", cmdline.CmdToken, cmdline.PowerShellToken, `C:\Windows`, "/Windows"}
	name := func(i int) string { return fmt.Sprintf("dir-%d", i+1) }
	return Probe{
		Name:   "working-directories",
		Claim:  "A container starts in the directory that volumes.Runtime.WorkingDir predicts, with or without workingDir.",
		Breaks: []validate.RuleID{"working-dir-rerooted", "working-dir-required"},
		steps: func(n Node) []step {
			var containers []hostprocess.Container
			for i, dir := range dirs {
				containers = append(containers, n.container(name(i), script(assign("dir", "[Environment]::CurrentDirectory"), "")).WithWorkingDir(dir))
			}
			return []step{{task: n.task(accounts.LocalService, control(), containers...)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			for i, dir := range dirs {
				c := answers[0].container(name(i))
				what := "workingDir " + quote.Text(dir)
				want, err := n.Target.Runtime().WorkingDir(n.mode(), n.mode().Root(c.ID), dir)
				if err != nil {
					if prediction := "it doesn't start: " + err.Error(); c.refused() || c.ExitCode != nil {
						j.is(c.refused(), what, prediction, c.problem())
					} else {
						j.unclear(what, prediction, c.problem())
					}
					continue
				}
				if len(want) < 2 || want[1] != ':' {
					want = "C:" + want // where a path without a drive is, from a process on C:
				}
				want = winpath.Clean(want)
				var got struct{ Dir string }
				switch {
				case c.refused():
					j.is(false, what, want, c.problem())
				case !j.answer(c, what, want, &got):
				case got.Dir == "":
					j.unclear(what, want, "the answer doesn't include it")
				default:
					j.samePath(what, want, winpath.Clean(got.Dir))
				}
			}
		},
	}
}

// exitCodes ends with several exit codes.
func exitCodes() Probe {
	list := []struct {
		name, what string
		command    hostprocess.Command
		code       int32
	}{
		{"zero", "cmd: exit 0", hostprocess.CmdLine("exit 0"), 0},
		{"small", "cmd: exit 42", hostprocess.CmdLine("exit 42"), 42},
		{"large", "cmd: exit 3010", hostprocess.CmdLine("exit 3010"), 3010},
		{"negative", "cmd: exit -1073741515", hostprocess.CmdLine("exit -1073741515"), -1073741515},
		{"statement", "PowerShell: exit 5", hostprocess.PowerShell("exit 5"), 5},
		{"throw", "PowerShell: throw", hostprocess.PowerShell("throw 'x'"), 1},
		{"cmdlet", "PowerShell: a cmdlet fails", hostprocess.PowerShell("Get-Item C:\\hostprocess-probe-missing\nexit 7"), 1},
		{"program", "PowerShell: a program exits with 9", hostprocess.PowerShell("cmd.exe /d /c exit 9"), 9},
		{"text", "PowerShell: exit 'text'", hostprocess.PowerShell("exit 'text'"), 0},
	}
	const missing = "missing"
	return Probe{
		Name:  "exit-codes",
		Claim: "The exit code of a container is that of its program, even through cmd, and that of a script is as hostprocess.PowerShell documents. With the bind filter, a container with a missing program ends with an exit code; without it, it doesn't start.",
		steps: func(n Node) []step {
			containers := []hostprocess.Container{n.container(missing, hostprocess.PathProgram("hostprocess-probe-missing.exe"))}
			for _, one := range list {
				containers = append(containers, n.container(one.name, one.command))
			}
			return []step{{task: n.task(accounts.LocalService, control(), containers...)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			for _, one := range list {
				c := answers[0].container(one.name)
				prediction := fmt.Sprint(one.code)
				switch {
				case c.ExitCode != nil:
					j.is(*c.ExitCode == one.code, one.what, prediction, fmt.Sprint(*c.ExitCode))
				case c.refused():
					j.is(false, one.what, prediction, c.problem())
				default:
					j.unclear(one.what, prediction, c.problem())
				}
			}
			c := answers[0].container(missing)
			const what = "a container with a missing program starts"
			starts := n.Target.RunsCmd()
			switch {
			case c.ExitCode != nil:
				j.is(starts && *c.ExitCode != 0, what, yesNo(starts), c.problem())
			case c.refused():
				j.is(!starts, what, yesNo(starts), c.problem())
			default:
				j.unclear(what, yesNo(starts), c.problem())
			}
		},
	}
}

// lostOutput prints a line and ends immediately, several times.
func lostOutput() Probe {
	const times, text, code = 8, "hostprocess-probe", 42
	name := func(i int) string { return fmt.Sprintf("writes-%d", i+1) }
	return Probe{
		Name:  "lost-output",
		Claim: "The log contains the last output of a process if volumes.Runtime.KeepsOutput reports it; otherwise, the output can be lost.",
		steps: func(n Node) []step {
			var containers []hostprocess.Container
			for i := range times {
				containers = append(containers, n.container(name(i), hostprocess.CmdLine(fmt.Sprintf("echo %s& exit %d", text, code))))
			}
			return []step{{task: n.task(accounts.LocalService, control(), containers...)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			keeps := n.Target.Runtime().KeepsOutput()
			const what = "the output of processes that end immediately"
			prediction := "none is lost"
			if !keeps {
				prediction = "some can be lost"
			}
			lost := 0
			for i := range times {
				c := answers[0].container(name(i))
				if c.ExitCode == nil || *c.ExitCode != code {
					j.unclear(what, prediction, c.problem())
					return
				}
				if !strings.Contains(c.Output, text) {
					lost++
				}
			}
			observation := fmt.Sprintf("lost %d of %d times", lost, times)
			if !keeps && lost == 0 {
				j.unclear(what, prediction, observation)
				return
			}
			j.is(keeps == (lost == 0), what, prediction, observation)
		},
	}
}
