// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"slices"

	"github.com/hostprocess-go/sdk/validate"
)

// Mark is a statement of this module that no source settles: a rule of package validate
// with Unverified, or a comment with the word UNVERIFIED. The zero Mark is none.
type Mark struct {
	// Name is "rule:" and the id of the rule, or the package of the comment, below the
	// module's path, and the symbol that it is about: "accounts.NetworkService". A comment
	// of the package itself has no symbol; of several, the second ends in "#2".
	Name string
	// Probes are the names of those that settle it.
	Probes []string
	// Reason says why no probe does; empty if there is one.
	Reason string
}

// Marks returns all marks: first the rules, in the order of validate.Rules, then the
// comments. Each has a probe or a reason.
func Marks() []Mark {
	var marks []Mark
	for _, r := range validate.Rules() {
		if r.Unverified {
			marks = append(marks, Mark{Name: ruleMark + string(r.ID)})
		}
	}
	for _, name := range comments() {
		marks = append(marks, Mark{Name: name})
	}
	reasons := reasons()
	all := All()
	for i := range marks {
		m := &marks[i]
		for _, p := range all {
			if slices.Contains(p.Settles, m.Name) {
				m.Probes = append(m.Probes, p.Name)
			}
		}
		m.Reason = reasons[m.Name]
	}
	return marks
}

// comments are the marks in comments; a test compares them with the source.
func comments() []string {
	return []string{
		"accounts.Administrators",
		"accounts.NetworkService",
		"accounts.ServiceAccount",
		"hostprocess/agent",
		"hostprocess/agent#2",
		"hostprocess/csinode",
		"hostprocess/task.PowerShell",
		"internal/mounts.ConflictSamePlace",
		"volumes",
		"volumes.Mode.Resolve",
	}
}

// reasons are why no probe settles a mark.
func reasons() map[string]string {
	return map[string]string{
		"rule:memory-limit-power-shell": "that a limit may be too small is nothing that one run can refute: how much memory PowerShell needs depends on what it runs, and on what else the node does",
		"hostprocess/agent#2":           "it takes somebody who logs on to the node itself and off again while a pod runs, which no pod can do",
	}
}
