// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// envPathSpoilt: the shim searches for programs on its own.
var envPathSpoilt = rule[envCheck]{
	Rule: Rule{
		ID:    "env-path-spoilt",
		Title: "the shim searches for the program in a different PATH than the pod's",
		Doc: `Without the bind filter, the shim (hcsshim) searches for a program that is named without a directory: in the working directory, in the directories of a PATH, and in the Windows directories.

Since containerd 1.7, that is the container's PATH, but with a defect: to remove the variable's name, the shim removes every leading character that occurs in it. From PATH=T:\tools it gets :\tools, because T is a letter of PATH, and from a variable spelled Path it gets ath=… with the first directory. So it doesn't search the first directory. containerd 1.6 searches its own PATH, and none of the container's directories.

What the program itself starts is searched for in the right PATH. With the bind filter, cmd searches for the program, in the right PATH too.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			searchSource,
			"https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go#L344",
			"https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/jobcontainer.go#L204",
		},
		Fix: "write the program's full path",
	},
	when:  fallbackMounts | noLocalGroups,
	about: hasKnownName,
	check: func(_ pod, c container, e *corev1.EnvVar) []problem {
		if len(e.Name) != len("PATH") || !strings.EqualFold(e.Name, "PATH") || e.Value == "" {
			return nil
		}
		program, searched := c.searchedProgram()
		if !searched {
			return nil
		}
		var problems []problem
		shim := cmdline.Shim{Root: cmdline.BindRoot + `\id\`}
		if _, lost := shim.SearchPath(cmdline.Variable{Name: e.Name, Value: e.Value}); lost {
			first, _, _ := strings.Cut(e.Value, ";")
			problems = append(problems, problem{
				field:   "value",
				message: fmt.Sprintf("of %s starts with %s, where the runtime doesn't look for %s: it cuts off part of that directory along with the variable's name", quoted(e.Name), quoted(first), program),
				fix:     "name the variable PATH and start it with a directory on drive C:, or write the program's full path",
				when:    fallbackMounts,
			})
		}
		if len(c.Command) > 0 && !hasOnlyWindows(e.Value) {
			problems = append(problems, problem{
				field:   "value",
				message: fmt.Sprintf("of %s isn't where containerd 1.6 looks for %s: it searches its own PATH", quoted(e.Name), program),
				when:    noLocalGroups,
			})
		}
		return problems
	},
}

// searchedProgram returns the first program of the container, or of its probes and
// hooks, that the shim has to search for: one without a directory, and not one of
// Windows. The image's entrypoint may be one.
func (c container) searchedProgram() (program string, searched bool) {
	if len(c.Command) == 0 {
		return "the image's entrypoint", true
	}
	const longest = 255 // characters of a file's name
	for line := range c.commands {
		if line.Len() == 0 || len(line.Word(0)) > longest {
			continue
		}
		word := line.Program()
		if word != "" && cmdline.IsBare(word) && cmdline.Token(word) == "" && !hostCommand(strings.TrimSuffix(strings.ToLower(word), ".exe")) {
			return quoted(word), true
		}
	}
	return "", false
}

// hasOnlyWindows reports whether all directories of a PATH are Windows directories: of
// the node, which each shim searches, or of the image, which have only tools.
func hasOnlyWindows(path string) bool {
	for directory := range strings.SplitSeq(path, ";") {
		directory = strings.Trim(directory, `" `)
		below := directory[len(cmdline.Token(directory)):]
		if len(below) > 1 && below[1] == ':' {
			below = below[len("C:"):]
		}
		if directory != "" && !cmdline.HasPrefixFold(below, `\windows`) {
			return false
		}
	}
	return true
}
