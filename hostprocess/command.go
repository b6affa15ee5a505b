// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"
)

// Command is a command line, for a container ([Container.WithRun]), a probe
// ([ExecProbe]) or a lifecycle hook ([ExecHook]). It is an immutable value. The
// zero Command is a mistake.
type Command struct {
	words []string
}

// Words is a command line as the API knows it: the program and its arguments,
// each of which the runtime quotes if there is a space in it. It is passed on as
// it is, and judged by package validate.
//
// Equivalent of setting command.
func Words(words ...string) Command {
	return Command{words: slices.Clone(words)}
}

// WithRun sets the command line, in place of the entrypoint of the image. If
// called again, or if [Container.WithCommand] is called, the last call holds.
//
// Equivalent of setting command.
func (c Container) WithRun(command Command) Container {
	c.mistakes.join(command.missing("WithRun"))
	c.command = command
	return c
}

// WithCommand sets the program and its first arguments, in place of the
// entrypoint of the image, as they are. If called again, or if
// [Container.WithRun] is called, the last call holds.
//
// Equivalent of setting command.
func (c Container) WithCommand(words ...string) Container {
	if len(words) == 0 {
		c.mistakes.add("WithCommand", "words", words, errors.New("there is none: name a program"))
	}
	c.command = Words(words...)
	return c
}

// WithArgs sets the arguments that follow the command, or, without a command,
// the entrypoint of the image, as they are. If called again, the last call
// holds.
//
// Equivalent of setting args.
func (c Container) WithArgs(args ...string) Container {
	c.spec.Args = slices.Clone(args)
	return c
}

func (c Command) isZero() bool { return len(c.words) == 0 }

// missing is the mistake of passing the zero Command.
func (c Command) missing(method string) mistakes {
	var found mistakes
	if c.isZero() {
		found.add(method, "command", nil, errors.New("is empty: there is nothing to run"))
	}
	return found
}
