// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

// The paths of the two shells on every Windows node. The runtime itself relies on
// both: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go
const (
	powerShellPath = `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`
	cmdPath        = `C:\Windows\System32\cmd.exe`
)

// PowerShell runs a script in Windows PowerShell 5.1, which every Windows Server has.
// The script can have any number of lines and any characters, up to 32,000 UTF-16
// units; for longer ones, use [PowerShellFile].
//
// The manifest shows the script, and its errors are plain text in the logs. A script of
// one line that arrives unchanged on every node is part of the command. Any other
// script is the value of an environment variable of the container, HOSTPROCESS_SCRIPT
// (for further scripts, HOSTPROCESS_SCRIPT_2 and so on), which the command runs;
// everything that the container starts inherits it. In both places, Build doubles the $
// of $( and $$ for the kubelet where necessary.
//
// # Exit codes
//
// The exit code of [PowerShell] and [PowerShellFile] is defined as follows:
//
//   - An error that PowerShell can stop at ends the script with exit code 1: a
//     cmdlet that fails, a command that doesn't exist, throw, a script that doesn't
//     parse. $ErrorActionPreference is Stop; -ErrorAction or the script itself can
//     change that.
//   - The exit statement ends it with its number. Anything but a number from
//     -2147483648 to 2147483647 counts as 0.
//   - Otherwise, the exit code is that of the last program that the script ran
//     ($LASTEXITCODE), and 0 if it ran none. Write exit 0 at the end where that
//     program's exit code is no failure, such as the 1 of robocopy.
//
// A program that fails in the middle of the script isn't detected: its exit code isn't
// an error to PowerShell, and the next program's replaces it. After each program that
// must succeed, write
//
//	if ($LASTEXITCODE) { exit $LASTEXITCODE }
//
// PowerShell doesn't wait for a program with windows, such as msiexec.exe, and gets no
// exit code: use Start-Process with -Wait and -PassThru. If a program's stderr is
// redirected, as in 2>$null, Windows PowerShell makes an error of the first line that
// the program writes there, which ends the script; see
// https://github.com/PowerShell/PowerShell/issues/4002.
//
// [Command.Bare] turns all of this off.
//
// # The root of the container
//
// In the script, $env:CONTAINER_SANDBOX_MOUNT_POINT is a variable whose value ends in a
// backslash. The runtime would replace this exact spelling with the path as text, so
// Build writes $Env:CONTAINER_SANDBOX_MOUNT_POINT, which is the same to PowerShell. For
// the same reason it writes %container_sandbox_mount_point%, which is the same to a cmd
// that the script runs.
//
// Equivalent of setting command to powershell.exe with -Command.
func PowerShell(script string) Command {
	c := Command{method: powerShell, words: []string{script}}
	c.mistakes.script(powerShell, script)
	if cmdline.UTF16Len(script) > cmdline.LongestScript {
		c.mistakes.add(string(powerShell), "script", shortened(script), fmt.Errorf("is longer than %d characters, the limit for an environment variable: use %s", cmdline.LongestScript, powerShellFile))
	}
	return c
}

// byteOrderMark is what some editors put before the text of a file.
const byteOrderMark = "\ufeff"

// PowerShellFile runs a script in Windows PowerShell 5.1, from a ConfigMap beside the
// workload: [Pod.ConfigMaps] returns it. The container mounts it by itself. The script
// can be as long as a ConfigMap, 1 MiB. Several scripts with different files can share
// a ConfigMap; file is a name that ends in .ps1. When the script changes, the pod's
// annotation [ScriptsAnnotation] changes too, so that a workload replaces its pods.
//
// The exit codes are those of [PowerShell], and [Command.Bare] works as well. The
// runtime doesn't change the text of the file: $env:CONTAINER_SANDBOX_MOUNT_POINT is a
// variable, the root of the container with a backslash at its end.
//
// Equivalent of setting command to powershell.exe with -Command and the file, or
// with -File if it is bare.
func PowerShellFile(configMap, file, script string) Command {
	if strings.ContainsFunc(script, isNotASCII) && !strings.HasPrefix(script, byteOrderMark) {
		script = byteOrderMark + script // without it, PowerShell reads the file in the code page of the node
	}
	return fileCommand(powerShellFile, configMap, file, ".ps1", script)
}

// Bare returns the command with PowerShell's own exit codes for a script of
// [PowerShell] or [PowerShellFile]: the script continues after most errors. The exit
// code is that of the exit statement, 1 if throw or another terminating error ended the
// script, and 0 otherwise, whatever else has failed. For any other command, Bare is a
// mistake.
func (c Command) Bare() Command {
	switch c.method {
	case powerShell, powerShellFile:
		c.bare = true
	default:
		c.mistakes.add("Bare", "command", string(c.method), errors.New("is not a PowerShell script: use Bare with PowerShell or PowerShellFile only"))
	}
	return c
}

// powerShell returns the words that run a script from the manifest: in the command if
// the script is one line that arrives unchanged on all kinds of nodes, otherwise from a
// variable.
//
// A block limits return, param and variables to the script, so that the three ways to
// run one (this, a variable, a file) behave the same.
func (b *build) powerShell(c Command, built *corev1.Container, nodes cmdline.Nodes) []string {
	script := respelled.Replace(c.words[0])
	if fitsLine(script) {
		everywhere := cmdline.Nodes{Shell: true, Direct: true, Expand: nodes.Expand}
		if list, err := cmdline.Encode(powerShellPath, powerShellArgs("-Command", c.framed("& { "+script+" }")), everywhere); err == nil {
			return list
		}
	}
	name := scriptVariable(built, cmdline.Protect(script))
	return b.encode(c, built, nodes, powerShellPath, powerShellArgs("-Command", c.framed("& ([ScriptBlock]::Create($env:"+name+"))"))...)
}

// powerShellFile returns the words that run a script from a file.
func (b *build) powerShellFile(c Command, built *corev1.Container, nodes cmdline.Nodes) []string {
	file := b.scriptFile(c, built)
	if c.bare {
		return b.encode(c, built, nodes, powerShellPath, powerShellArgs("-File", file)...)
	}
	return b.encode(c, built, nodes, powerShellPath, powerShellArgs("-Command", c.framed("& '"+file+"'"))...)
}

// powerShellArgs are the arguments of powershell.exe. They don't include
// -EncodedCommand: with it, Windows PowerShell writes errors, warnings and the output
// of Write-Host to stderr as XML, and no flag prevents that.
// Source: https://github.com/PowerShell/PowerShell/issues/5912
func powerShellArgs(flag, run string) []string {
	return []string{"-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", flag, run}
}

// framed puts around what runs a script what makes a failure one. The exit statement
// of a block ends PowerShell; that of a file ends the file, and sets $LASTEXITCODE. An
// exit statement whose value isn't a number ends with 0: $LASTEXITCODE has none before
// a program has run.
// Sources:
// https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/ScriptCommandProcessor.cs (catch of ExitException)
// https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/runtime/Operations/MiscOps.cs (GetExitException)
func (c Command) framed(run string) string {
	if c.bare {
		return run
	}
	return "$ErrorActionPreference = 'Stop'; " + run + "; exit $LASTEXITCODE"
}

// respelled changes the texts that the runtime replaces so that it doesn't, without
// changing their meaning.
var respelled = strings.NewReplacer(
	cmdline.PowerShellToken, "$Env:"+cmdline.SandboxVariable,
	cmdline.CmdToken, strings.ToLower(cmdline.CmdToken),
)

// fitsLine reports whether a script can be between braces on its line. A comment, the
// --% token and a backtick at the end would make the brace a part of the script;
// using is allowed only at the start.
func fitsLine(script string) bool {
	const using = "using"
	trimmed := strings.TrimSpace(script)
	return !strings.ContainsFunc(script, isControl) && !strings.ContainsAny(script, "#%") && !strings.HasSuffix(trimmed, "`") &&
		!(len(trimmed) >= len(using) && strings.EqualFold(trimmed[:len(using)], using))
}

// scriptVariable adds a variable with the script to the container, unless it has
// one, and returns its name.
func scriptVariable(built *corev1.Container, value string) string {
	for n, name := 1, cmdline.ScriptVariable; ; name = fmt.Sprintf("%s_%d", cmdline.ScriptVariable, n) {
		at := slices.IndexFunc(built.Env, func(v corev1.EnvVar) bool { return strings.EqualFold(v.Name, name) })
		switch {
		case at < 0:
			built.Env = append(built.Env, corev1.EnvVar{Name: name, Value: value})
			return name
		case built.Env[at].Name == name && built.Env[at].Value == value:
			return name
		}
		n++
	}
}

// CmdLine runs one line in cmd.exe, for operators such as & and %VARIABLES%: "net stop
// agent & copy a.exe b.exe". On nodes with the bind filter, cmd runs a second cmd, so
// that the line means the same as on others, except that the first cmd already replaces
// %NAME%. Double quotes, a backslash at the end and control characters are mistakes,
// because they don't arrive; use [CmdFile] for those.
//
// Equivalent of setting command to cmd.exe with /d, /s and /c.
func CmdLine(line string) Command {
	c := Command{method: cmdLine, words: []string{line}}
	c.mistakes.script(cmdLine, line)
	switch {
	case strings.Contains(line, "\""):
		c.mistakes.add(string(cmdLine), "line", line, errors.New("contains a double quote, which the runtime would write with a backslash that cmd doesn't understand: use CmdFile or PowerShell"))
	case strings.HasSuffix(line, "\\"):
		c.mistakes.add(string(cmdLine), "line", line, errors.New("ends in a backslash, which the runtime would double: write a space after it, or use CmdFile"))
	case strings.ContainsFunc(line, isControl):
		c.mistakes.add(string(cmdLine), "line", line, errors.New("contains a line break or another control character, at which cmd ends it: use CmdFile"))
	}
	return c
}

// CmdFile runs a batch file in cmd, from a ConfigMap beside the workload:
// [Pod.ConfigMaps] returns it. The container mounts it by itself. Several scripts with
// different files can share a ConfigMap; file is a name that ends in .cmd. Line breaks
// become Windows line breaks. Non-ASCII characters are mistakes, because their meaning
// to cmd depends on the node, and so are a carriage return without a line feed and a
// Ctrl-Z (0x1A), at which cmd stops reading.
//
// Equivalent of setting command to cmd.exe with /d and /c.
func CmdFile(configMap, file, script string) Command {
	lines := strings.ReplaceAll(script, "\r\n", "\n")
	c := fileCommand(cmdFile, configMap, file, ".cmd", strings.ReplaceAll(lines, "\n", "\r\n"))
	switch {
	case strings.ContainsFunc(script, isNotASCII):
		c.mistakes.add(string(cmdFile), "script", script, errors.New("contains non-ASCII characters, which cmd reads in the node's code page: use PowerShellFile"))
	case strings.Contains(lines, "\r"):
		c.mistakes.add(string(cmdFile), "script", script, errors.New("contains a carriage return without a line feed, which ends no line for cmd: write \\n or \\r\\n"))
	case strings.Contains(script, "\x1a"):
		c.mistakes.add(string(cmdFile), "script", script, errors.New("contains a Ctrl-Z (0x1A), at which cmd stops reading the file"))
	}
	return c
}

// forgetScripts removes the variables of scripts that came with the container and that
// its new commands don't run.
func (c *Container) forgetScripts(built *corev1.Container) {
	if c.from == nil {
		return
	}
	stays, replaced := slices.Clone(built.Args), false
	command := func(isNew bool, words []string) {
		if isNew {
			replaced = true
		} else {
			stays = append(stays, words...)
		}
	}
	command(!c.command.isZero(), built.Command)
	for kind, probe := range [probeKinds]*corev1.Probe{built.LivenessProbe, built.ReadinessProbe, built.StartupProbe} {
		if probe != nil && probe.Exec != nil {
			command(!c.probes[kind].handler.isZero(), probe.Exec.Command)
		}
	}
	if built.Lifecycle != nil {
		for kind, hook := range [hookKinds]*corev1.LifecycleHandler{built.Lifecycle.PostStart, built.Lifecycle.PreStop} {
			if hook != nil && hook.Exec != nil {
				command(!c.hooks[kind].handler.isZero(), hook.Exec.Command)
			}
		}
	}
	if !replaced {
		return
	}
	built.Env = slices.DeleteFunc(built.Env, func(v corev1.EnvVar) bool {
		return cmdline.IsScriptVariable(v.Name) &&
			!slices.ContainsFunc(stays, func(word string) bool { return strings.Contains(word, "$env:"+v.Name+")") })
	})
}

// scriptFile is a script in a ConfigMap.
type scriptFile struct {
	configMap, file, text string
}

// scripts is the directory in which the ConfigMaps with scripts are mounted.
const scripts = "/var/run/hostprocess/"

func fileCommand(kind commandKind, configMap, file, extension, script string) Command {
	c := Command{method: kind, file: scriptFile{configMap, file, script}}
	c.mistakes.add(string(kind), "configMap", configMap, subdomain(configMap))
	c.mistakes.add(string(kind), "file", file, dataKey(file))
	if !strings.HasSuffix(file, extension) || file == extension {
		c.mistakes.add(string(kind), "file", file, errors.New("doesn't end in "+extension))
	}
	c.mistakes.script(kind, script)
	_, err := c.file.ref()
	c.mistakes.add(string(kind), "file", file, err)
	return c
}

// ref returns the reference to the file on every node.
func (f scriptFile) ref() (volumes.Ref, error) {
	root, err := volumes.Portable(scripts)
	if err != nil {
		return root, err
	}
	return root.Join(f.configMap, f.file)
}

// mount returns the mount of the file's ConfigMap.
func (f scriptFile) mount() mount {
	return mount{
		spec:   corev1.VolumeMount{MountPath: scripts + f.configMap},
		volume: ConfigMap(f.configMap).resolved(),
	}
}

// script checks that a text can be stored, and doesn't start with a byte order mark
// that the shell would take for a part of the first command: only PowerShell skips it,
// and only in a file.
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/parser/CharTraits.cs
func (ms *mistakes) script(kind commandKind, text string) {
	if kind == powerShellFile {
		text = strings.TrimPrefix(text, byteOrderMark)
	}
	switch {
	case strings.HasPrefix(text, byteOrderMark) && kind != cmdFile:
		ms.add(string(kind), "script", text, errors.New("starts with a byte order mark, which would be part of the first command: leave it out"))
	case strings.TrimSpace(text) == "":
		ms.add(string(kind), "script", text, errors.New("is empty: there is nothing to run"))
	case strings.ContainsRune(text, 0):
		ms.add(string(kind), "script", text, errors.New("contains a zero byte, which a script can't have"))
	case !utf8.ValidString(text):
		ms.add(string(kind), "script", text, errors.New("is not valid UTF-8: the API server would change it"))
	}
}

func isNotASCII(r rune) bool { return r > 0x7e }

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
