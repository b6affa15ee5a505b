// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
)

// Shim describes how the shim of a node starts the processes of a container. All
// versions for containerd 1.7 and later do it in the same way.
//
// It doesn't model which program the line starts, because that depends on the files of
// the node. If no file's name ends at the first blank, and the name isn't in quotes, the
// shim tries longer parts of the line until one names a file, and quotes that part; this
// only happens if the root has blanks in it.
//
// Sources:
// https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/jobcontainer.go#L160
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go#L223
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/path.go#L78
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go#L102
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go#L461
type Shim struct {
	// Root is the root of the container as the shim holds it, with a backslash at
	// the end. Where it is put in the place of a token, its last character is left
	// out, whatever that is.
	Root string
	// Bind is set where the node has the bind filter.
	Bind bool
	// OwnPath is set for the shim of containerd 1.6. It leaves the PATH of a
	// container alone, and looks for programs in its own.
	OwnPath bool
}

// Line returns the command line that the shim builds from the words.
func (s Shim) Line(words []string) string {
	line := s.substitute(Join(words))
	if s.Bind {
		return shell + line
	}
	return line
}

// Dir returns the directory in which the shim starts the process, given the one
// that containerd asks for.
func (s Shim) Dir(dir string) string {
	if dir == "" {
		return s.Root
	}
	if substituted := s.substitute(dir); s.Bind || substituted != dir {
		return substituted
	}
	if len(dir) > 1 && dir[1] == ':' {
		dir = dir[2:]
	}
	return winpath.Join(s.Root, dir)
}

// Variable is an environment variable.
type Variable struct {
	// Name is the name, and Value the value.
	Name, Value string
}

// Env returns the variables with which the shim starts a process beside those of
// the node, and in place of those of the same name, given a container's, in the
// order of the manifest. Case doesn't count in a name. It returns an *EnvError if
// the result isn't known.
//
// An empty value is no variable, so neither does it replace an earlier one or the
// node's. The last is that of the root, whatever the container says.
func (s Shim) Env(vars []Variable) ([]Variable, error) {
	var env []Variable
	index := map[string]int{}       // in env, by what counts in a name
	spelling := map[string]string{} // in the manifest, likewise
	for i, v := range vars {
		if strings.Contains(v.Name+v.Value, "\x00") {
			return nil, &EnvError{i, EnvZeroByte}
		}
		if v.Value == "" || strings.EqualFold(v.Name, SandboxVariable) {
			continue
		}
		got := s.variable(v)
		name := strings.ToLower(got.Name)
		at, again := index[name]
		switch {
		case !again:
			index[name], spelling[name] = len(env), v.Name
			env = append(env, got)
		case spelling[name] != v.Name:
			return nil, &EnvError{i, EnvTwoSpellings}
		default:
			env[at] = got
		}
	}
	return append(env, Variable{SandboxVariable, s.Root}), nil
}

// variable returns v as a process gets it. A name with white space before PATH
// loses it.
func (s Shim) variable(v Variable) Variable {
	v.Value = s.substitute(v.Value)
	entry := strings.TrimSpace(v.Name + "=" + v.Value)
	if s.OwnPath || len(entry) < len(pathEntry) || !strings.EqualFold(entry[:len(pathEntry)], pathEntry) {
		return v
	}
	if !strings.HasSuffix(entry, ";") {
		entry += ";"
	}
	return Variable{entry[:len("PATH")], entry[len(pathEntry):] + s.Root + morePath}
}

const (
	pathEntry = "PATH="
	// morePath is appended by the shim to a container's PATH and the root.
	morePath = `;C:\WINDOWS\System32\WindowsPowerShell\v1.0\;C:\WINDOWS\System32\Wbem`
)

// SearchPath returns the directories, with semicolons between them, in which the
// shim looks for the program that it starts: after the working directory and
// before the system's. v is the PATH of the container. With the bind filter, the
// program is cmd, which looks for the container's in PATH itself.
//
// The shim means to cut off the name of the variable, but cuts off all letters of
// it: the first directory is lost if it begins with one of them, as T:\tools does,
// and always if the name is spelled otherwise, as Path is.
func (s Shim) SearchPath(v Variable) (path string, firstLost bool) {
	if s.OwnPath {
		return "", false
	}
	v = s.variable(v)
	path = strings.Trim(v.Name+"="+v.Value, pathEntry)
	return path, path != v.Value
}

// substitute is Substitute with the root as the shim holds it.
func (s Shim) substitute(text string) string {
	return replaceTokens(text, s.Root[:max(0, len(s.Root)-1)])
}

// EnvError is returned if the variables that a process gets aren't known.
type EnvError struct {
	// Index is that of the variable.
	Index int
	// Reason is the cause.
	Reason EnvReason
}

// Error returns the text of the reason.
func (e *EnvError) Error() string { return e.Reason.String() }

// EnvReason is the reason of an [EnvError]. The zero EnvReason isn't used.
type EnvReason uint8

const (
	// EnvZeroByte is a zero byte.
	EnvZeroByte EnvReason = iota + 1
	// EnvTwoSpellings is a name that differs from an earlier one in case only, or,
	// for PATH, in white space before it.
	EnvTwoSpellings
)

// String says what is wrong, as the end of a sentence.
func (r EnvReason) String() string {
	switch r {
	case EnvZeroByte:
		return "contains a zero byte, which ends the value: what follows becomes another variable; two in a row, or one at the end, end the environment"
	case EnvTwoSpellings:
		return "has the same name for Windows as another variable: which of the two the process gets is decided anew each time it starts"
	}
	return "can't be set"
}
