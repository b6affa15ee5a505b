// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"slices"

	"github.com/hostprocess-go/sdk/validate"
)

// Mark is a statement in this module that no source settles: a rule of package validate
// with Unverified, or a comment with the word UNVERIFIED. The zero Mark is none.
type Mark struct {
	// Name is "rule:" and the id of the rule, or the package of the comment, relative to
	// the module, and its symbol: "accounts.NetworkService". A package comment has no
	// symbol. If several marks have the same name, the second ends in "#2".
	Name string
	// Probes are the names of the probes that settle it.
	Probes []string
	// Reason explains why no probe settles it; empty if one does.
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

// comments returns the marks in comments; a test compares them with the source.
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

// reasons explain why no probe settles a mark.
func reasons() map[string]string {
	return map[string]string{
		"rule:memory-limit-power-shell": "one run can't refute that a limit may be too small: how much memory PowerShell needs depends on the script and on the load of the node",
		"hostprocess/agent#2":           "requires a user to log on to the node and off again while a pod runs, which a pod can't do",
	}
}
