// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// nodesOf returns the properties of the targets that command lines depend on.
func nodesOf(targets []validate.Target) cmdline.Nodes {
	var nodes cmdline.Nodes
	for _, t := range targets {
		if t.RunsCmd() {
			nodes.Shell = true
		} else {
			nodes.Direct = true
		}
	}
	if len(targets) == 0 {
		nodes.Shell = true
	}
	return nodes
}

// commandField is a field with a command. The kubelet replaces $(NAME) in a container's
// command and, with values known beforehand, in a probe's, but not in a hook's.
type commandField int

const (
	inContainer commandField = iota
	inProbe
	inHook
)

// run returns the words of a command, and adds the mount or the variable of its script
// to the container. It returns no words if there are mistakes, so that they cause no
// further findings.
func (b *build) run(c Command, built *corev1.Container, in commandField) []string {
	before := len(b.mistakes)
	b.mistakes.in(built.Name, c.mistakes...)
	if len(c.mistakes) > 0 {
		return nil
	}
	list := b.words(c, built, in)
	if len(b.mistakes) > before {
		return nil
	}
	return list
}

func (b *build) words(c Command, built *corev1.Container, in commandField) []string {
	nodes := b.nodes
	nodes.Expand, nodes.Variables = in != inHook, c.variables
	if nodes.Expand && nodes.Variables {
		b.references(c, built, in)
	}
	switch c.method {
	case rawCommand:
		return slices.Clone(c.words)
	case powerShell:
		return b.powerShell(c, built, nodes)
	case powerShellFile:
		return b.powerShellFile(c, built, nodes)
	case cmdLine:
		return b.cmdLine(c, built, nodes)
	case cmdFile:
		return b.encode(c, built, nodes, cmdPath, "/d", "/c", b.scriptFile(c, built))
	}
	program := c.words[0]
	switch c.method {
	case imageProgram:
		program = c.path
	case mountedProgram:
		program = b.mounted(c, built)
	}
	list := b.encode(c, built, nodes, program, c.words[1:]...)
	if list != nil && nodes.Variables && nodes.Shell {
		b.values(c, built, list)
	}
	return list
}

// encode writes a program and its arguments so that they arrive unchanged.
func (b *build) encode(c Command, built *corev1.Container, nodes cmdline.Nodes, program string, args ...string) []string {
	list, err := cmdline.Encode(program, args, nodes)
	if err == nil {
		return list
	}
	wrong := err.(*cmdline.Error) // as it says
	m := mistake(string(c.method), "program", program, err)
	switch {
	case wrong.Reason == cmdline.NoVariables:
		m = mistake("WithVariables", "command", string(c.method), err)
	case c.method == cmdLine:
		m = mistake(string(c.method), "script", shortened(c.words[0]), errors.New("is too long for a command line: use "+string(cmdFile)))
	case wrong.Word > 0:
		m = mistake(string(c.method), fmt.Sprintf("args[%d]", wrong.Word-1), shortened(args[wrong.Word-1]), errors.New(wrong.Reason.String()))
	}
	b.mistakes.in(built.Name, m)
	return nil
}

// shortened limits the length of a text in a message.
func shortened(text string) string {
	if len(text) <= 200 {
		return text
	}
	return strings.ToValidUTF8(text[:200], "") + "…"
}

// cmdLine puts a space before the line, so that the runtime adds quotes, which
// hide the line from the first cmd and which the second one removes.
func (b *build) cmdLine(c Command, built *corev1.Container, nodes cmdline.Nodes) []string {
	line := " " + c.words[0]
	const placeholder = "x"
	list := b.encode(c, built, nodes, cmdPath, "/d", "/s", "/c", " "+strings.Repeat(placeholder, len(line)))
	if list == nil {
		return nil
	}
	list[len(list)-1] = line
	if nodes.Expand {
		list[len(list)-1] = cmdline.Protect(line)
	}
	return list
}

// mounted returns the path of a mounted program.
func (b *build) mounted(c Command, built *corev1.Container) string {
	at, err := volumes.ModeBind.Resolve(c.mountPath)
	if err == nil && !slices.ContainsFunc(built.VolumeMounts, func(m corev1.VolumeMount) bool {
		other, err := volumes.ModeBind.Resolve(m.MountPath)
		return err == nil && strings.EqualFold(other.Destination(), at.Destination())
	}) {
		b.wrong(built.Name, string(c.method), "mountPath", c.mountPath, errors.New("is not the mountPath of a mount in this container: add one with WithMount"))
	}
	return b.inMount(c.mountPath, c.words[0])
}

// inMount returns the path of a file below a mount: at its mountPath if all nodes have
// it there, otherwise below the root of the container. Paths that can't be joined were
// reported when the command was created.
func (b *build) inMount(mountPath, path string) string {
	at, err := volumes.ModeBind.Resolve(mountPath)
	if err != nil {
		return path
	}
	ref, _ := volumes.Portable(mountPath) // refuses the same
	file, err := ref.Join(path)
	if err != nil {
		return path
	}
	root := imageRoot
	if !b.nodes.Direct {
		root = at.Destination()[:len("C:")]
	}
	return file.Path(root)
}

// scriptFile mounts the ConfigMap of a script, unless it is mounted already, and
// returns the path of the file.
func (b *build) scriptFile(c Command, built *corev1.Container) string {
	m := c.file.mount()
	if !slices.ContainsFunc(built.VolumeMounts, func(other corev1.VolumeMount) bool { return other.MountPath == m.spec.MountPath }) {
		m.spec.Name = b.volume(built.Name, &m.volume)
		built.VolumeMounts = append(built.VolumeMounts, m.spec)
	}
	b.script(built.Name, c)
	return b.inMount(m.spec.MountPath, c.file.file)
}
