// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// Command is a command line, for a container ([Container.WithCommand]), a probe
// or a lifecycle hook ([Exec]). It is an immutable value. The
// zero Command is a mistake.
//
// The same words don't mean the same on every node. On a node with the bind
// filter, which is any of today, the runtime runs each command line with cmd /c:
// a line break ends it, and & | < > ( ) ^ % do something unless they are written
// in a special way. On other nodes the program is started directly. Build writes
// the command so that it works on all the nodes that the pod is meant for
// ([Pod.For]), and says so where that can't be done.
//
// There are four ways to name a program. [ImageProgram] is a file of the image,
// [MountedProgram] is a file of a mount, [HostProgram] is a file of the node, and
// [PathProgram] is looked for in the PATH. Their arguments arrive exactly as they
// are given, but for %CONTAINER_SANDBOX_MOUNT_POINT% and
// $env:CONTAINER_SANDBOX_MOUNT_POINT, in whose place the runtime puts the root of
// the container; [volumes.Portable] makes such references to mounted files. How
// the program splits its command line is its own business; what is said here
// holds for all that do it like Microsoft's C library, as Go does.
//
// [PowerShell], [PowerShellFile], [CmdLine] and [CmdFile] are scripts. [RawCommand]
// passes on what it is given.
type Command struct {
	method commandKind
	// words are the program as it was given and its arguments, or one script.
	words []string
	// path is where the program of an image is.
	path string
	// mountPath is where the program is mounted.
	mountPath string
	file      scriptFile
	variables bool
	bare      bool
	mistakes  mistakes
}

// commandKind is the function that has made a command.
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

// RawCommand is a command line as the API knows it: the program and its arguments,
// each of which the runtime quotes if there is a space in it. It is passed on as
// it is, and judged by package validate.
//
// Equivalent of setting command.
func RawCommand(words ...string) Command {
	c := Command{method: rawCommand, words: slices.Clone(words)}
	if len(words) == 0 {
		c.mistakes.add(string(rawCommand), "words", nil, errors.New("there is none: name a program"))
	}
	c.mistakes.texts(string(rawCommand), words)
	return c
}

// texts checks that a command line can have the words.
func (ms *mistakes) texts(method string, list []string) {
	for _, word := range list {
		var err error
		if strings.ContainsRune(word, 0) {
			err = errors.New("contains a zero byte, with which no program starts")
		}
		ms.add(method, "word", word, err)
	}
}

// ImageProgram runs a file of the image, named by its path from the root of the
// image: "agent.exe", "bin/agent.exe".
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

// MountedProgram runs a file of a mount of the same container, named by the
// mountPath and the path from there. A mountPath at which nothing is mounted is a
// mistake.
//
// Equivalent of setting command to the place where the mount is on the nodes that
// the pod is meant for: at the mountPath itself if all of them have the bind
// filter, and below %CONTAINER_SANDBOX_MOUNT_POINT% otherwise.
func MountedProgram(mountPath, path string, args ...string) Command {
	c := program(mountedProgram, path, args)
	c.mountPath = mountPath
	ref, err := volumes.Portable(mountPath)
	c.mistakes.add(string(mountedProgram), "mountPath", mountPath, err)
	_, err = ref.Join(path)
	c.mistakes.add(string(mountedProgram), "path", path, err)
	return c
}

// HostProgram runs a file of the node, named by its absolute path with the drive:
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

// PathProgram runs a program that is found by its name: in the working directory,
// which is the root of the image unless [Container.WithWorkingDir] says
// otherwise, in the PATH of the container, which is that of the node unless the
// image has its own, and in the system's directories. [HostProgram] can't be
// confused with a file of the same name.
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

// WithVariables has the kubelet put the values of the container's environment
// variables in place of $(NAME) in the arguments of a program; without it, $(NAME)
// arrives as it is. A name that the container has no variable of is a mistake. For
// a probe, only variables set with [Container.WithEnv] have a value, and only without
// $$ and $( in it; for a lifecycle hook, and for scripts and [RawCommand], it is a mistake.
//
// On nodes with the bind filter, a value with quotes or with characters that are
// special to cmd doesn't arrive as it is, and can do harm. One that
// [Container.WithEnv] sets is a mistake then. Others can't be looked at here: let
// the program read the variable itself where their content isn't certain.
func (c Command) WithVariables() Command {
	switch c.method {
	case imageProgram, mountedProgram, hostProgram, pathProgram:
		c.variables = true
	default:
		c.mistakes.add("WithVariables", "command", string(c.method), errors.New("is no program: only the arguments of one are kept from being replaced in the first place"))
	}
	return c
}

// WithCommand sets what the container runs, in place of the entrypoint of the image.
// If called again, the last call holds.
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

// WithArgs sets the arguments that follow [Container.WithCommand] or, without
// it, the entrypoint of the image, as they are. With any other command than [RawCommand]
// it is a mistake. If called again, the last call holds.
//
// Equivalent of setting args.
func (c Container) WithArgs(args ...string) Container {
	c.mistakes.texts("WithArgs", args)
	c.spec.Args = slices.Clone(args)
	return c
}

func (c Command) isZero() bool { return c.method == "" }
