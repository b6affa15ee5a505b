// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

// Where the two shells are on every Windows node. The runtime itself counts on
// both: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go
const (
	powerShellPath = `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`
	cmdPath        = `C:\Windows\System32\cmd.exe`
)

// PowerShell runs a script in Windows PowerShell 5.1, which every Windows Server
// has. The script may have any number of lines and any characters, because it
// goes into the command line in base64. Only its length is limited: to some 3,000
// characters where a node with the bind filter is meant, and some 12,000
// otherwise. For more, there is [PowerShellFile].
//
// The exit code is that of the exit statement; without one, it is 1 if the last
// command failed and 0 otherwise. In the script, $env:CONTAINER_SANDBOX_MOUNT_POINT
// is the root of the container with a backslash at its end.
//
// Equivalent of setting command to powershell.exe with -EncodedCommand.
func PowerShell(script string) Command {
	c := Command{method: powerShell, words: []string{script}}
	c.mistakes.script(powerShell, script)
	return c
}

// byteOrderMark is what some editors put before the text of a file.
const byteOrderMark = "\ufeff"

// PowerShellFile runs a script in Windows PowerShell 5.1, from a ConfigMap that
// goes beside the workload: [Pod.ConfigMaps] returns it. The container mounts it
// on its own. The script may be as long as a ConfigMap, 1 MiB. Several scripts can
// have the same ConfigMap, if their files differ; file is a name that ends in
// .ps1.
//
// The exit code is that of the exit statement, and 0 without one, or 1 if the
// script was ended by an error. In the script,
// $env:CONTAINER_SANDBOX_MOUNT_POINT is the root of the container with a
// backslash at its end.
//
// Equivalent of setting command to powershell.exe with -File.
func PowerShellFile(configMap, file, script string) Command {
	if strings.ContainsFunc(script, isNotASCII) && !strings.HasPrefix(script, byteOrderMark) {
		script = byteOrderMark + script // without it, PowerShell reads the file in the code page of the node
	}
	return fileCommand(powerShellFile, configMap, file, ".ps1", script)
}

// CmdLine runs one line in cmd, for who wants its operators and variables:
// "net stop agent & copy a.exe b.exe". On nodes with the bind filter cmd runs a
// second cmd, so that the line means the same as elsewhere; but %NAME% is replaced
// by the first one already. Double quotes, a backslash at the end and control
// characters are mistakes, because they don't arrive; use [CmdFile] for those.
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

// CmdFile runs a batch file in cmd, from a ConfigMap that goes beside the
// workload: [Pod.ConfigMaps] returns it. The container mounts it on its own.
// Several scripts can have the same ConfigMap, if their files differ; file is a
// name that ends in .cmd. Line breaks become those of Windows. Characters that
// aren't ASCII are mistakes, because it depends on the node how cmd reads them, and
// so are a carriage return that ends no line and a Ctrl-Z (0x1A), at which cmd stops
// reading.
//
// Equivalent of setting command to cmd.exe with /d and /c.
func CmdFile(configMap, file, script string) Command {
	lines := strings.ReplaceAll(script, "\r\n", "\n")
	c := fileCommand(cmdFile, configMap, file, ".cmd", strings.ReplaceAll(lines, "\n", "\r\n"))
	switch {
	case strings.ContainsFunc(script, isNotASCII):
		c.mistakes.add(string(cmdFile), "script", script, errors.New("contains characters that aren't ASCII, which cmd reads in the code page of the node: use PowerShellFile"))
	case strings.Contains(lines, "\r"):
		c.mistakes.add(string(cmdFile), "script", script, errors.New("contains a carriage return without a line feed, which ends no line for cmd: write \\n or \\r\\n"))
	case strings.Contains(script, "\x1a"):
		c.mistakes.add(string(cmdFile), "script", script, errors.New("contains a Ctrl-Z (0x1A), at which cmd stops reading the file"))
	}
	return c
}

// file is the function that runs the same kind of script from a file.
func (k commandKind) file() commandKind {
	if k == powerShell {
		return powerShellFile
	}
	return cmdFile
}

// scriptFile is a script that comes out of a ConfigMap.
type scriptFile struct {
	configMap, file, text string
}

// scripts is where the ConfigMaps with scripts are mounted.
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

// ref is where the file is on every node.
func (f scriptFile) ref() (volumes.Ref, error) {
	root, err := volumes.Portable(scripts)
	if err != nil {
		return root, err
	}
	return root.Join(f.configMap, f.file)
}

// mount is the mount of the file's ConfigMap.
func (f scriptFile) mount() mount {
	return mount{
		spec:   corev1.VolumeMount{MountPath: scripts + f.configMap},
		volume: ConfigMap(f.configMap).resolved(),
	}
}

// script wants a text that can be stored, and that doesn't start with a byte order
// mark where the shell would take it for a part of the first command: only
// PowerShell, and only in a file, reads one over.
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/parser/CharTraits.cs
func (ms *mistakes) script(kind commandKind, text string) {
	if kind == powerShellFile {
		text = strings.TrimPrefix(text, byteOrderMark)
	}
	switch {
	case strings.HasPrefix(text, byteOrderMark) && kind != cmdFile:
		ms.add(string(kind), "script", text, errors.New("starts with a byte order mark, which would be a part of the first command: leave it out"))
	case strings.TrimSpace(text) == "":
		ms.add(string(kind), "script", text, errors.New("is empty: there is nothing to run"))
	case strings.ContainsRune(text, 0):
		ms.add(string(kind), "script", text, errors.New("contains a zero byte, which no script can have"))
	case !utf8.ValidString(text):
		ms.add(string(kind), "script", text, errors.New("is not UTF-8: the API server would change it"))
	}
}

func isNotASCII(r rune) bool { return r > 0x7e }

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// encoded is a script as -EncodedCommand wants it: UTF-16, little end first, in
// base64.
func encoded(script string) string {
	units := utf16.Encode([]rune(script))
	raw := make([]byte, 0, 2*len(units))
	for _, u := range units {
		raw = binary.LittleEndian.AppendUint16(raw, u)
	}
	return base64.StdEncoding.EncodeToString(raw)
}
