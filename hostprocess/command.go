// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// Command is a command line for a container ([Container.WithCommand]), a probe or a
// lifecycle hook ([Exec]). It is an immutable value. The zero Command is a mistake.
//
// The same words mean different things on different nodes. On a node with the bind
// filter, which every current node has, the runtime runs each command line with cmd /c:
// a line break ends it, and & | < > ( ) ^ % have a special meaning unless they are
// escaped. On other nodes, the program is started directly. Build writes the command so
// that it works on all nodes that the pod is for ([Pod.For]), and reports a mistake if
// that isn't possible.
//
// There are four ways to name a program. [ImageProgram] is a file of the image,
// [MountedProgram] a file of a mount, [HostProgram] a file of the node, and
// [PathProgram] a program on the PATH. Their arguments arrive exactly as given, except
// that the runtime replaces %CONTAINER_SANDBOX_MOUNT_POINT% and
// $env:CONTAINER_SANDBOX_MOUNT_POINT with the root directory of the container;
// [volumes.Portable] makes such references to mounted files. This applies to programs
// that split their command line like Microsoft's C library, as Go programs do.
//
// [PowerShell], [PowerShellFile], [CmdLine] and [CmdFile] are scripts. [RawCommand]
// passes on its words unchanged.
type Command struct {
	method commandKind
	// words are the program as given and its arguments, or one script.
	words []string
	// path is the path of the program in the image.
	path string
	// mountPath is the mount of the program.
	mountPath string
	file      scriptFile
	variables bool
	bare      bool
	mistakes  mistakes
}

// commandKind is the function that made a command.
type commandKind string

const (
	rawCommand     commandKind = "RawCommand"
	imageProgram   commandKind = "ImageProgram"
	mountedProgram commandKind = "MountedProgram"
	hostProgram    commandKind = "HostProgram"
	pathProgram    commandKind = "PathProgram"
	powerShell     commandKind = "PowerShell"
	powerShellFile commandKind = "PowerShellFile"
	cmdLine        commandKind = "CmdLine"
	cmdFile        commandKind = "CmdFile"
)

// RawCommand is a command line in the form of the API: the program and its arguments,
// which the runtime quotes if they contain a space. It is passed on unchanged, and
// checked by package validate.
//
// Equivalent of setting command.
func RawCommand(words ...string) Command {
	c := Command{method: rawCommand, words: slices.Clone(words)}
	if len(words) == 0 {
		c.mistakes.add(string(rawCommand), "words", nil, errors.New("is empty: name a program"))
	}
	c.mistakes.texts(string(rawCommand), words)
	return c
}

// texts checks that the words can be part of a command line.
func (ms *mistakes) texts(method string, list []string) {
	for _, word := range list {
		var err error
		if strings.ContainsRune(word, 0) {
			err = errors.New("contains a zero byte, with which the program can't start")
		}
		ms.add(method, "word", word, err)
	}
}

// ImageProgram runs a file of the image. The path is relative to the root directory of
// the image: "agent.exe", "bin/agent.exe".
//
// Equivalent of setting command to %CONTAINER_SANDBOX_MOUNT_POINT%\path and the
// arguments.
func ImageProgram(path string, args ...string) Command {
	c := program(imageProgram, path, args)
	ref, err := volumes.Ref{}.Join(path)
	c.mistakes.add(string(imageProgram), "path", path, err)
	c.path = imageRoot + "\\" + ref.Rel()
	return c
}

// MountedProgram runs a file of a mount in the same container, given by the mountPath
// and the path below it. A mountPath without a mount is a mistake.
//
// Equivalent of setting command to the path of the file on the nodes that the pod is
// for: at the mountPath itself if all of them have the bind filter, otherwise below
// %CONTAINER_SANDBOX_MOUNT_POINT%.
func MountedProgram(mountPath, path string, args ...string) Command {
	c := program(mountedProgram, path, args)
	c.mountPath = mountPath
	ref, err := volumes.Portable(mountPath)
	c.mistakes.add(string(mountedProgram), "mountPath", mountPath, err)
	_, err = ref.Join(path)
	c.mistakes.add(string(mountedProgram), "path", path, err)
	return c
}

// HostProgram runs a file of the node, given by its absolute path with the drive:
// C:\Windows\System32\ipconfig.exe.
//
// Equivalent of setting command to the path and the arguments.
func HostProgram(path string, args ...string) Command {
	c := program(hostProgram, path, args)
	loc, err := volumes.ModeBind.Resolve(path)
	if err == nil && (len(path) < 2 || path[1] != ':') {
		err = errors.New("has no drive: write one, such as C: or D:, in front")
	}
	c.mistakes.add(string(hostProgram), "path", path, err)
	c.words[0] = loc.Destination()
	return c
}

// PathProgram runs a program by its name. It is searched for in the working directory,
// which is the root directory of the image unless [Container.WithWorkingDir] sets
// another, in the container's PATH, which is the node's unless the image has its own,
// and in the system directories. Prefer [HostProgram] if another file could have the
// same name.
//
// Equivalent of setting command to the name and the arguments.
func PathProgram(name string, args ...string) Command {
	c := program(pathProgram, name, args)
	if strings.ContainsAny(name, "/\\:") {
		c.mistakes.add(string(pathProgram), "name", name, errors.New("is a path: use HostProgram, ImageProgram or MountedProgram"))
	}
	return c
}

func program(kind commandKind, path string, args []string) Command {
	return Command{method: kind, words: append([]string{path}, args...)}
}

// WithVariables makes the kubelet replace $(NAME) in the arguments of a program with
// the value of the container's environment variable; without it, $(NAME) arrives
// unchanged. A name without a variable in the container is a mistake. In a probe, only
// variables set with [Container.WithEnv] have a value, and only without $$ and $( in
// it. For a lifecycle hook, a script or a [RawCommand], WithVariables is a mistake.
//
// On nodes with the bind filter, a value with quotes or with characters that are
// special to cmd doesn't arrive unchanged, and can do harm. If [Container.WithEnv] sets
// such a value, that is a mistake. Other values can't be checked: if you aren't certain
// of them, let the program read the variable itself.
func (c Command) WithVariables() Command {
	switch c.method {
	case imageProgram, mountedProgram, hostProgram, pathProgram:
		c.variables = true
	default:
		c.mistakes.add("WithVariables", "command", string(c.method), errors.New("is not a program: only its arguments are escaped"))
	}
	return c
}

// WithCommand sets the command that the container runs, instead of the image's
// entrypoint.
//
// Equivalent of setting command.
func (c Container) WithCommand(command Command) Container {
	c.command = command
	if command.isZero() {
		c.mistakes.add("WithCommand", "command", nil, errNoCommand)
	}
	return c
}

var errNoCommand = errors.New("is the zero Command: use ImageProgram, PowerShell or another function that returns one")

// WithArgs sets the arguments that follow [Container.WithCommand] or, without it, the
// image's entrypoint, unchanged. With any command other than [RawCommand], it is a
// mistake.
//
// Equivalent of setting args.
func (c Container) WithArgs(args ...string) Container {
	c.mistakes.texts("WithArgs", args)
	c.spec.Args = slices.Clone(args)
	return c
}

func (c Command) isZero() bool { return c.method == "" }
