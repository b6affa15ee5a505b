// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
)

// missingPrograms runs programs that a node doesn't have.
func missingPrograms() Probe {
	return trials(Probe{
		Name:    "missing-programs",
		Claim:   "A Windows node has no sleep, sh or pwsh: with the bind filter, a container that runs one starts and ends with an error; without it, the container doesn't start.",
		Settles: []string{"rule:command-linux-program", "rule:command-posix-shell", "rule:command-pwsh"},
		Needs:   "a node without these programs, which Git for Windows, for example, installs",
	}, accounts.LocalService, func(n Node) []trial {
		return []trial{
			{name: "sleep", what: "sleep 0", rules: []validate.RuleID{"command-linux-program"}, command: hostprocess.RawCommand("sleep", "0"), worked: exits(0)},
			{name: "sh", what: "sh -c 'exit 42'", rules: []validate.RuleID{"command-posix-shell"}, command: hostprocess.RawCommand("sh", "-c", "exit 42"), worked: exits(42)},
			{name: "pwsh", what: "pwsh -NoProfile -Command exit 42", rules: []validate.RuleID{"command-pwsh"}, command: hostprocess.RawCommand("pwsh", "-NoProfile", "-Command", "exit 42"), worked: exits(42)},
		}
	})
}

// builtinCommands runs built-in commands of cmd.
func builtinCommands() Probe {
	return trials(Probe{
		Name:    "builtin-commands",
		Claim:   "Built-in commands of cmd, such as echo and ver, work with the bind filter, where cmd runs the line; without it, the container doesn't start.",
		Settles: []string{"rule:command-builtin"},
	}, accounts.LocalService, func(n Node) []trial {
		return []trial{
			{name: "echo", what: "echo hostprocess", rules: []validate.RuleID{"command-builtin"}, command: hostprocess.RawCommand("echo", "hostprocess"), worked: exits(0)},
			{name: "ver", what: "ver", rules: []validate.RuleID{"command-builtin"}, command: hostprocess.RawCommand("ver"), worked: exits(0)},
		}
	})
}

// scriptAsProgram runs scripts without an interpreter. They are files in a volume, whose
// content is an annotation of the pod. If the node opens a .ps1 file in an editor, the
// editor runs until the deadline of the pod.
func scriptAsProgram() Probe {
	const (
		annotation = "hostprocess-go.dev/probe"
		dir        = "hostprocess-probe-scripts"
		root       = cmdline.CmdToken + `\` + dir + `\`
		code       = 42
	)
	p := trials(Probe{
		Name:    "script-as-program",
		Claim:   "A .cmd file can be the program of a container; a .ps1 file can't.",
		Settles: []string{"rule:command-script"},
	}, accounts.LocalService, func(n Node) []trial {
		run := func(name, script string) trial {
			return trial{
				name: name, what: script + ", which contains exit 42", rules: []validate.RuleID{"command-script"}, worked: exits(code),
				command: hostprocess.RawCommand(root + script),
				change: func(c hostprocess.Container) hostprocess.Container {
					return c.WithMount(file("script-"+name, script, "metadata.annotations['"+annotation+"']"), "/"+dir)
				},
			}
		}
		return []trial{run("ps1", "probe.ps1"), run("cmd", "probe.cmd")}
	})
	steps := p.steps
	p.steps = func(n Node) []step {
		list := steps(n)
		list[0].task = list[0].task.With(func(pod hostprocess.Pod) hostprocess.Pod {
			return pod.WithAnnotations(map[string]string{annotation: "exit " + strconv.Itoa(code)})
		})
		return list
	}
	return p
}

// quotedProgram runs a program whose path contains a space. Windows removes "x y\.." from
// a path, so the directory doesn't have to exist.
func quotedProgram() Probe {
	const program = `C:\Windows\System32\x y\..\cmd.exe`
	return trials(Probe{
		Name:    "quoted-program",
		Claim:   "If a quoted program is followed by another quoted word, cmd removes the first and the last quote and doesn't find the program; without other quotes, the program runs.",
		Settles: []string{"rule:command-quotes"},
	}, accounts.LocalService, func(n Node) []trial {
		return []trial{
			{name: "two-quotes", what: program + " /d /c exit 42", rules: []validate.RuleID{"command-quotes"}, command: hostprocess.RawCommand(program, "/d", "/c", "exit", "42"), worked: exits(42)},
			{name: "four-quotes", what: program + ` /d /c "exit 42"`, rules: []validate.RuleID{"command-quotes"}, command: hostprocess.RawCommand(program, "/d", "/c", "exit 42"), worked: exits(42)},
		}
	})
}

// escapedQuotes prints the line that cmd gets, and waits: up to containerd 1.7 the last
// output can be lost.
func escapedQuotes() Probe {
	const code = 42
	words := []string{`C:\Windows\System32\cmd.exe`, "/d", "/c", `echo "x y"&ping.exe -n 3 127.0.0.1>nul&exit 42`}
	return Probe{
		Name:    "escaped-quotes",
		Claim:   "cmd gets a quote in its script with a backslash before it.",
		Settles: []string{"rule:command-escaped-quotes"},
		steps: func(n Node) []step {
			return []step{{task: n.task(accounts.LocalService, control(), n.container("echo", hostprocess.RawCommand(words...)))}}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			const what = "the output of echo"
			// The runtime's form of the last word, without its quotes, between echo and the
			// next command.
			written := cmdline.Join(words[len(words)-1:])
			text, _, _ := strings.Cut(strings.TrimPrefix(written, `"echo `), "&")
			c := answers[0].container("echo")
			printed := strings.TrimSpace(c.Output)
			if c.ExitCode == nil || *c.ExitCode != code || printed == "" {
				j.unclear(what, text, c.problem())
				return
			}
			j.is(printed == text, what, text, printed)
		},
	}
}

// powerShellProgram is Windows PowerShell, which every node has.
const powerShellProgram = `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`

// printer returns a command line that prints itself as JSON. The words after it are a
// comment to PowerShell, but separate words to everything that passes the line on. Nothing
// before them is special to cmd. It waits before it ends, because up to containerd 1.7 the
// last output of a process can be lost.
func printer(words ...string) []string {
	return append([]string{
		powerShellProgram, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command",
		"$x=[Environment]::CommandLine;ConvertTo-Json", "-Compress", "$x;Start-Sleep", "1;exit", strconv.Itoa(exitAnswered), "#",
	}, words...)
}

// arguments parses the output of a printer into words.
func (c Container) arguments() ([]string, error) {
	for line := range strings.Lines(c.Output) {
		var printed string
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, `"`) || json.Unmarshal([]byte(line), &printed) != nil {
			continue
		}
		head := printer()
		if words := cmdline.Split(printed); len(words) >= len(head) && slices.Equal(words[:len(head)], head) {
			return words, nil
		}
	}
	return nil, errors.New("it printed no command line: " + c.problem())
}

// arrives is the worked of a trial whose words should arrive unchanged.
func arrives(words []string) func(Container) (worked, known bool, observation string) {
	return func(c Container) (worked, known bool, observation string) {
		got, err := c.arguments()
		switch {
		case err == nil:
			return slices.Equal(got, words), true, show(got[len(printer()):])
		case c.answered():
			return false, false, err.Error() // it ran to its end, but without output
		}
		return false, true, err.Error()
	}
}

// show formats words for messages.
func show(words []string) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quote.Text(word))
	}
	return oneLine(b.String())
}

// metacharacters passes words that cmd interprets. They name missing programs, files and
// directories, so that cmd neither runs nor writes anything.
func metacharacters() Probe {
	return trials(Probe{
		Name:    "metacharacters",
		Claim:   "With the bind filter, cmd interprets & | < > ^ outside quotes and ends the line at a line break, so the program doesn't get them; without it, the program gets them.",
		Settles: []string{"rule:command-metacharacter"},
		Breaks:  []validate.RuleID{"command-newline"},
	}, accounts.LocalService, func(n Node) []trial {
		var list []trial
		for i, word := range []string{
			"a&hostprocess-probe", "a|hostprocess-probe", "a<hostprocess-probe", `a>C:\hostprocess-probe-missing\x`, "a^b",
			"a & b", "a | b", "a < b", "a > b", "a ^ b", "a\nb",
		} {
			words := printer(word)
			list = append(list, trial{
				name: fmt.Sprintf("word-%d", i+1), what: show([]string{word}), worked: arrives(words),
				rules: []validate.RuleID{"command-metacharacter", "command-newline"}, command: hostprocess.RawCommand(words...),
			})
		}
		return list
	})
}

// percentSigns passes variables, which cmd replaces everywhere.
func percentSigns() Probe {
	// Every Windows has the variable, and it is not a path.
	const variable, value = "%OS%", "Windows_NT"
	lines := []string{variable, "a " + variable + " b", strings.ToLower(variable)}
	name := func(i int) string { return fmt.Sprintf("word-%d", i+1) }
	return Probe{
		Name:   "percent-signs",
		Claim:  "With the bind filter, cmd replaces %NAME% with the variable's value, also in quotes and in any case; without it, the program gets the text unchanged.",
		Breaks: []validate.RuleID{"command-variable"},
		steps: func(n Node) []step {
			var list []hostprocess.Container
			for i, word := range lines {
				list = append(list, n.container(name(i), hostprocess.RawCommand(printer(word)...)))
			}
			return []step{{task: n.task(accounts.LocalService, control(), list...)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			for i, word := range lines {
				// The model of cmd rejects the line because of the percent sign, or predicts that
				// it arrives unchanged.
				prediction := word
				var replaced *cmdline.Error
				if _, err := n.route().Arguments(printer(word)); errors.As(err, &replaced) && replaced.Reason == cmdline.Percent {
					prediction = strings.NewReplacer(variable, value, strings.ToLower(variable), value).Replace(word)
				}
				got, err := answers[0].container(name(i)).arguments()
				if err != nil {
					j.unclear(show([]string{word}), show([]string{prediction}), err.Error())
					continue
				}
				got = got[len(printer()):]
				j.is(slices.Equal(got, []string{prediction}), show([]string{word}), show([]string{prediction}), show(got))
			}
		},
	}
}

// commandLength runs the longest line that cmd accepts, and one that is too long.
func commandLength() Probe {
	// measured returns a line of this length, including what the runtime prepends.
	measured := func(length int) []string {
		words := []string{powerShellProgram, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "exit", "42", "#", ""}
		rest := length - len("cmd /c ") - len(cmdline.Join(words)) + len(`""`)
		words[len(words)-1] = strings.Repeat("x", rest)
		return words
	}
	return trials(Probe{
		Name:    "command-length",
		Claim:   "With the bind filter, a command line of 8191 characters runs and one of 8192 doesn't; without it, both run.",
		Settles: []string{"rule:command-length"},
	}, accounts.LocalService, func(n Node) []trial {
		var list []trial
		for _, length := range []int{cmdline.MostForCmd, cmdline.MostForCmd + 1} {
			list = append(list, trial{
				name: fmt.Sprintf("length-%d", length), what: fmt.Sprintf("a line of %d characters", length), rules: []validate.RuleID{"command-length"},
				command: hostprocess.RawCommand(measured(length)...), worked: exits(42),
			})
		}
		return list
	})
}

// consolePrograms runs programs that wait for input from a console.
func consolePrograms() Probe {
	const long = 20
	waits := func(c Container) (worked, known bool, observation string) {
		return c.Running || c.Seconds >= long, true, fmt.Sprintf("it ran for %d seconds: %s", c.Seconds, c.problem())
	}
	return trials(Probe{
		Name:    "console-programs",
		Claim:   "Without stdin, timeout, pause, and an interactive cmd or PowerShell end immediately.",
		Settles: []string{"rule:command-console"},
	}, accounts.LocalService, func(n Node) []trial {
		var list []trial
		for i, words := range [][]string{
			{"timeout", "/t", "60"},
			{"cmd.exe"},
			{"cmd.exe", "/d", "/k", "ver"},
			{powerShellProgram, "-NoLogo", "-NoProfile", "-NoExit", "-Command", "1"},
			{"cmd.exe", "/d", "/c", "pause"},
		} {
			list = append(list, trial{name: fmt.Sprintf("waits-%d", i+1), what: strings.Join(words, " "), rules: []validate.RuleID{"command-console"}, starts: true, command: hostprocess.RawCommand(words...), worked: waits})
		}
		return list
	})
}

// commandLines runs a hundred command lines.
func commandLines() Probe {
	const lines, perPod = 100, 20
	name := func(i int) string { return fmt.Sprintf("line-%d", i+1) }
	return Probe{
		Name:   "command-lines",
		Claim:  "The words of a command arrive as internal/cmdline predicts, which package hostprocess uses to write command lines: through the kubelet's $(NAME), the shim's quotes and tokens and, with the bind filter, cmd.",
		Breaks: []validate.RuleID{"command-sandbox-variable", "command-variable"},
		steps: func(n Node) []step {
			var steps []step
			var containers []hostprocess.Container
			for i, words := range n.lines(lines) {
				containers = append(containers, n.container(name(i), hostprocess.RawCommand(words...)))
				if len(containers) == perPod {
					steps = append(steps, step{task: n.task(accounts.LocalService, control(), containers...)})
					containers = nil
				}
			}
			return steps
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			for i, words := range n.lines(lines) {
				c := answers[i/perPod].container(name(i))
				route := n.route()
				route.Root = n.mode().Root(c.ID)
				want, err := route.Arguments(words)
				what := show(words[len(printer()):])
				if err != nil {
					j.unclear(what, "", err.Error())
					continue
				}
				prediction := show(want[min(len(want), len(printer())):])
				if c.refused() || c.ExitCode != nil && !c.answered() {
					// A line that cmd interprets ends in another way.
					j.is(false, what, prediction, c.problem())
					continue
				}
				got, err := c.arguments()
				if err != nil {
					j.unclear(what, prediction, err.Error())
					continue
				}
				j.is(slices.Equal(got, want), what, prediction, show(got[len(printer()):]))
			}
		},
	}
}

// route is the path of a command through the node, except for the root.
func (n Node) route() cmdline.Route {
	return cmdline.Route{Expand: true, Shell: n.Target.RunsCmd(), Root: n.mode().Root(strings.Repeat("0", 64))}
}

// lines returns command lines whose arguments internal/cmdline predicts: first with one of
// the test words, then with two. They are ASCII, because the encoding of a log depends on
// the node.
func (n Node) lines(most int) [][]string {
	words := testWords()
	var list [][]string
	route := n.route()
	add := func(args ...string) {
		line := printer(args...)
		if _, err := route.Arguments(line); err == nil && len(list) < most {
			list = append(list, line)
		}
	}
	for _, word := range words {
		add(word)
	}
	for step := 1; len(list) < most && step < len(words); step += 6 {
		for i, word := range words {
			add(word, words[(i+step)%len(words)])
		}
	}
	return list
}

// testWords are words that something between the manifest and the program could change.
func testWords() []string {
	return []string{
		"a", "a b", "", " ", `\`, `a\`, `a b\`, `a\\`, `a b\\`, `"`, `a"b`, `"a b"`, `a\"b`, `a\\"b c`, `""`, `\\server\share`, `C:\Program Files\x`,
		"a'b", "it's a", "-x=y", "/c", "a,b;c", "!a!", "~", "[a]", "{a}", "@a", "`", "a & b", "a | b", "a < b", "a > b", "(a b)", "a ^ b", "a\tb", "#", "a*", "a?b", "=", "+", "a:b",
		cmdline.CmdToken + `\x`, cmdline.CmdToken + "/x y", cmdline.PowerShellToken + `\x`, cmdline.PowerShellToken + "_X",
		"$(HOSTPROCESS_PROBE_UNKNOWN)", "$$", "$$(A)", "$(A B)", "$A", "%", "a%b", "%PATH%", "100%",
	}
}

// argumentSplitting lets Windows split command lines.
func argumentSplitting() Probe {
	const split = `Add-Type -TypeDefinition @'
using System;
using System.Runtime.InteropServices;
public static class Lines {
    [DllImport("shell32.dll", CharSet = CharSet.Unicode)] static extern IntPtr CommandLineToArgvW(string line, out int count);
    [DllImport("kernel32.dll")] static extern IntPtr LocalFree(IntPtr memory);
    public static string[] Split(string line) {
        int count;
        IntPtr list = CommandLineToArgvW(line, out count);
        string[] words = new string[count];
        for (int i = 0; i < count; i++) { words[i] = Marshal.PtrToStringUni(Marshal.ReadIntPtr(list, i * IntPtr.Size)); }
        LocalFree(list);
        return words;
    }
}
'@
`
	const containers = 2
	name := func(i int) string { return fmt.Sprintf("splits-%d", i+1) }
	key := func(i int) string { return fmt.Sprintf("line-%d", i+1) }
	// Single words and pairs, except those with tokens that are replaced.
	var lines [containers][]string
	words := slices.DeleteFunc(testWords(), func(word string) bool { return strings.Contains(word, cmdline.SandboxVariable) })
	for i, word := range words {
		lines[0] = append(lines[0], cmdline.Join([]string{"x.exe", word}))
		lines[1] = append(lines[1], cmdline.Join([]string{"x.exe", word, words[(i+7)%len(words)]}))
	}
	return Probe{
		Name:  "argument-splitting",
		Claim: "Windows splits a command line as internal/cmdline does, so a program gets the words that were joined.",
		steps: func(n Node) []step {
			var list []hostprocess.Container
			for i := range lines {
				text := split
				for k, line := range lines[i] {
					text += assign(key(k), "[Lines]::Split("+quote.PowerShell(line)+")")
				}
				list = append(list, n.container(name(i), script(text, "")))
			}
			return []step{{task: n.task(accounts.LocalService, control(), list...)}}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			for i := range lines {
				var got map[string][]string
				if !j.answer(answers[0].container(name(i)), "words of a line", "as internal/cmdline predicts", &got) {
					continue
				}
				for k, line := range lines[i] {
					want := cmdline.Split(line)
					if got[key(k)] == nil {
						j.unclear(line, show(want[1:]), "the answer doesn't include it")
						continue
					}
					j.is(slices.Equal(got[key(k)], want), line, show(want[1:]), show(got[key(k)][min(len(got[key(k)]), 1):]))
				}
			}
		},
	}
}
