// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// Changes are the effects of an upgrade on an object, returned by Diff. The zero
// Changes means that there are no findings before or after it.
type Changes struct {
	// New are the findings that only the nodes after the upgrade have.
	New Findings `json:"new,omitempty"`
	// Cured are the findings that only the nodes before the upgrade have: no rule
	// reports the problem after it. For a rule that is Unverified, this can also mean
	// that nothing is known about the new nodes.
	Cured Findings `json:"cured,omitempty"`
	// Unchanged are the findings that both have, in their form after the upgrade.
	Unchanged Findings `json:"unchanged,omitempty"`
}

// Diff compares the findings of two Validators for the same object: the first has
// today's Targets and KubernetesMinor, the second those after an upgrade. For the nodes
// of a cluster, get them from Targets and TargetsAfter of a survey.Survey.
//
// Two findings are the same if their rule, Container, Element and Field are equal,
// regardless of Message and Targets. So a finding that only some of the nodes had
// before, and all have after, is Unchanged. To see the effect on those nodes only,
// compare with the findings for their target.
//
// Every finding is in exactly one list: New and Unchanged keep the order of after, and
// Cured that of before. Each list is nil if it is empty.
func Diff(before, after Findings) Changes {
	d := difference{before, after, make([]bool, len(before)), make([]bool, len(after))}
	d.pair(func(f Finding) identity { return identity{f.Rule, f.Container, f.element, f.Field, f.Message} })
	d.pair(func(f Finding) identity { return identity{f.Rule, f.Container, f.element, f.Field, ""} })
	var c Changes
	for i, f := range after {
		if d.keeps[i] {
			c.Unchanged = append(c.Unchanged, f)
		} else {
			c.New = append(c.New, f)
		}
	}
	for i, f := range before {
		if !d.kept[i] {
			c.Cured = append(c.Cured, f)
		}
	}
	return c
}

// identity is equal for two findings of the same problem. The field
// distinguishes containers of the same name. The message distinguishes several findings
// of one field, as long as its words are the same before and after.
type identity struct {
	rule      RuleID
	container string
	element   Element
	field     string
	message   string
}

// difference is a comparison in progress.
type difference struct {
	before, after Findings
	kept, keeps   []bool // which of before, and of after, have a counterpart
}

// pair finds the counterparts of those findings that have none yet, in their order.
func (d *difference) pair(of func(Finding) identity) {
	left := make(map[identity][]int, len(d.before))
	for i, f := range d.before {
		if !d.kept[i] {
			left[of(f)] = append(left[of(f)], i)
		}
	}
	for i, f := range d.after {
		if at := left[of(f)]; !d.keeps[i] && len(at) > 0 {
			left[of(f)] = at[1:]
			d.kept[at[0]], d.keeps[i] = true, true
		}
	}
}
