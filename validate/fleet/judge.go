// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"cmp"
	"slices"
	"strings"
)

// Limits for the report about one claim.
const (
	// mostPartners is the number of other workloads with which a workload is reported for one thing.
	mostPartners = 8
	// patience is how many more are tried after the first.
	patience = 256
	// fewTokens is the number of places up to which a selection is searched place by place.
	fewTokens = 16
)

// Conflicts returns the conflicts of the added workloads, sorted by what they are about
// and by workload; nil if there are none. The order of the additions doesn't matter.
// Conflicts can be called again after more additions.
func (f *Fleet) Conflicts() []Conflict {
	j := judge{fleet: f, meetings: map[[2]int32]*meeting{}}
	var things []thing
	for t, all := range f.claims {
		if all.several() {
			things = append(things, t)
		}
	}
	if len(things) == 0 {
		return nil
	}
	slices.SortFunc(things, thing.compare)
	j.prepare(things)
	for _, t := range things {
		j.judge(t, f.claims[t])
	}
	return j.found
}

func (t thing) compare(u thing) int {
	return cmp.Or(cmp.Compare(t.kind, u.kind), strings.Compare(t.key, u.key))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// several reports whether more than one workload has claims.
func (c *claims) several() bool {
	for i := range c.list {
		if c.list[i].workload != c.list[0].workload {
			return true
		}
	}
	return false
}

// judge finds the conflicts among all claims.
type judge struct {
	fleet    *Fleet
	order    []int32 // of workloads, by name
	classes  *nodeClasses
	allowed  [][]int32 // the classes of each selection, if there are nodes
	tokens   [][]int32 // see tokensOf
	meetings map[[2]int32]*meeting
	found    []Conflict
}

// meeting is where two selections meet.
type meeting struct {
	possible, certain bool
	within            [2]bool // all nodes of one are nodes of the other
	count             int
	names             []string
	where             string
}

// prepare compares the selections of claims that can conflict.
func (j *judge) prepare(things []thing) {
	f := j.fleet
	j.order = make([]int32, len(f.workloads))
	byName := make([]int32, len(f.workloads))
	for i := range byName {
		byName[i] = int32(i)
	}
	slices.SortStableFunc(byName, func(a, b int32) int { return strings.Compare(f.workloads[a], f.workloads[b]) })
	for place, i := range byName {
		j.order[i] = int32(place)
	}
	used := make([]bool, len(f.selections.list))
	for _, t := range things {
		for i := range f.claims[t].list {
			used[f.claims[t].list[i].selection] = true
		}
	}
	var list []*selection
	for i, s := range f.selections.list {
		if used[i] {
			list = append(list, s)
		}
	}
	if f.hasNodes {
		j.classes = classify(f.nodes, list)
		j.allowed = make([][]int32, len(used))
		for i, s := range f.selections.list {
			if used[i] {
				j.allowed[i] = j.classes.of(s.spec)
			}
		}
		j.tokens = j.allowed
		return
	}
	j.tokens = tokensOf(f.selections.list, used)
}

// tokensOf returns for each selection the values that it allows for the label that
// separates most of them, as numbers; nil if it allows any. Two selections that have
// tokens, and none in common, can't meet.
func tokensOf(list []*selection, used []bool) [][]int32 {
	values := map[string]map[string]int32{}
	each := func(yield func(i int, key, value string)) {
		for i, s := range list {
			if !used[i] {
				continue
			}
			if s.spec.NodeName != "" {
				yield(i, "", s.spec.NodeName)
			}
			for key, value := range s.spec.NodeSelector {
				yield(i, key, value)
			}
		}
	}
	best := ""
	each(func(_ int, key, value string) {
		if values[key] == nil {
			values[key] = map[string]int32{}
		}
		if _, ok := values[key][value]; !ok {
			values[key][value] = int32(len(values[key]))
		}
		if a, b := len(values[key]), len(values[best]); a > b || a == b && key < best {
			best = key
		}
	})
	tokens := make([][]int32, len(list))
	each(func(i int, key, value string) {
		if key == best {
			tokens[i] = []int32{values[key][value]}
		}
	})
	return tokens
}

// meet returns where two selections meet; the first index must not be the greater.
func (j *judge) meet(a, b int32) *meeting {
	if m, ok := j.meetings[[2]int32{a, b}]; ok {
		return m
	}
	m := &meeting{}
	if j.classes != nil {
		m.count, m.names = j.classes.common(j.allowed[a], j.allowed[b])
		m.possible, m.certain = m.count > 0, true
		m.within = [2]bool{m.count == j.classes.count(j.allowed[a]), m.count == j.classes.count(j.allowed[b])}
		if m.possible {
			m.where = on(m.names, m.count)
		}
	} else {
		s, t := j.fleet.selections.list[a], j.fleet.selections.list[b]
		if m.possible = s.canMeet(t); m.possible {
			m.within = [2]bool{s.isWithin(t), t.isWithin(s)}
			m.certain = m.within != [2]bool{}
			switch m.within {
			case [2]bool{true, true}:
				m.where = where(min(s.text, t.text))
			case [2]bool{true, false}:
				m.where = where(s.text)
			case [2]bool{false, true}:
				m.where = where(t.text)
			default:
				m.where = where(min(s.text, t.text)+" and "+max(s.text, t.text)) + ", if there are any,"
			}
		}
	}
	const most = 1 << 20
	if len(j.meetings) == most {
		clear(j.meetings)
	}
	j.meetings[[2]int32{a, b}] = m
	return m
}

// where describes the nodes of selection.text.
func where(text string) string {
	if text == "" {
		return "on every Windows node"
	}
	return "on Windows nodes with " + text
}

// sort is a set of claims to one thing that conflict with the same others.
type sort struct {
	selection, detail int32
	fixed             bool
}

func (c *claim) sort() sort { return sort{c.selection, c.detail, c.fixed} }

// seen are the first claims of each sort that were judged.
type seen struct {
	list    []claim
	known   map[sort]bool
	byToken map[int32][]int32
	free    []int32 // without tokens
	// searched caches the result for a sort and the length of the list at that time.
	searched map[sort]search
}

type search struct {
	length int
	found  []int32
}

// judge finds the conflicts over one thing. Claims of workloads that have a pod on every
// node come first, because conflicts between two of these are the worst.
func (j *judge) judge(t thing, all *claims) {
	list := slices.Clone(all.list)
	slices.SortStableFunc(list, func(a, b claim) int {
		return cmp.Or(cmp.Compare(btoi(b.fixed), btoi(a.fixed)), cmp.Compare(j.order[a.workload], j.order[b.workload]),
			j.compareTexts(a.field, b.field), j.compareTexts(a.detail, b.detail),
			strings.Compare(j.fleet.selections.list[a.selection].key, j.fleet.selections.list[b.selection].key))
	})
	s := seen{known: map[sort]bool{}, byToken: map[int32][]int32{}, searched: map[sort]search{}}
	start := len(j.found)
	reported, told := map[int32]bool{}, map[[2]int32]bool{} // workloads, and pairs of them
	for i := range list {
		c := &list[i]
		for _, k := range j.partners(t, &s, c) {
			other := &s.list[k]
			pair := [2]int32{min(other.workload, c.workload), max(other.workload, c.workload)}
			if !told[pair] {
				told[pair], reported[pair[0]], reported[pair[1]] = true, true, true
				j.report(t, all.shown, other, c)
			}
		}
		s.add(j, c)
	}
	// Some conflict only with later ones, which were reported with others.
	for i := range list {
		c := &list[i]
		if reported[c.workload] {
			continue
		}
		if partners := j.partners(t, &s, c); len(partners) > 0 {
			other := &s.list[partners[0]]
			reported[other.workload], reported[c.workload] = true, true
			j.report(t, all.shown, other, c)
		}
	}
	slices.SortStableFunc(j.found[start:], func(a, b Conflict) int {
		return cmp.Or(strings.Compare(a.Claims[0].Workload, b.Claims[0].Workload), strings.Compare(a.Claims[1].Workload, b.Claims[1].Workload))
	})
}

// add adds a claim, if it is the first of its sort.
func (s *seen) add(j *judge, c *claim) {
	if s.known[c.sort()] {
		return
	}
	s.known[c.sort()] = true
	i := int32(len(s.list))
	s.list = append(s.list, *c)
	tokens := j.tokens[c.selection]
	if tokens == nil {
		s.free = append(s.free, i)
	}
	for _, token := range tokens {
		s.byToken[token] = append(s.byToken[token], i)
	}
}

// partners returns claims that a claim conflicts with: the first, and further ones that
// don't conflict with those, up to a limit.
func (j *judge) partners(t thing, s *seen, c *claim) []int32 {
	if last, ok := s.searched[c.sort()]; ok && last.length == len(s.list) {
		return last.found
	}
	var found []int32
	left, own := patience, false
	try := func(i int32) bool {
		other := &s.list[i]
		if other.workload == c.workload {
			own = true // a workload doesn't conflict with itself
			return true
		}
		if j.conflict(t, other, c) && !slices.ContainsFunc(found, func(k int32) bool { return j.conflict(t, &s.list[k], other) }) {
			found = append(found, i)
		}
		if len(found) > 0 {
			left--
		}
		return len(found) < mostPartners && left > 0
	}
	tokens := j.tokens[c.selection]
	if j.classes != nil && len(tokens) == 0 {
		return nil // it can be on no node
	}
	if len(tokens) == 0 || len(tokens) > fewTokens || len(s.list) <= fewTokens {
		for i := range s.list {
			if !try(int32(i)) {
				break
			}
		}
	} else {
		candidates := slices.Clone(s.free)
		for _, token := range tokens {
			candidates = append(candidates, s.byToken[token]...)
		}
		slices.Sort(candidates)
		for _, i := range slices.Compact(candidates) {
			if !try(i) {
				break
			}
		}
	}
	if !own {
		s.searched[c.sort()] = search{len(s.list), found}
	}
	return found
}

func (j *judge) compareTexts(a, b int32) int {
	return strings.Compare(j.fleet.texts.list[a], j.fleet.texts.list[b])
}

// conflict reports whether two claims to a thing exclude each other on some node.
func (j *judge) conflict(t thing, a, b *claim) bool {
	texts := j.fleet.texts.list
	return t.kind.incompatible(texts[a.detail], texts[b.detail]) && j.meet(min(a.selection, b.selection), max(a.selection, b.selection)).possible
}

// report adds a conflict, with the workloads sorted by name.
func (j *judge) report(t thing, shown string, a, b *claim) {
	if j.order[a.workload] > j.order[b.workload] {
		a, b = b, a
	}
	f, m := j.fleet, *j.meet(min(a.selection, b.selection), max(a.selection, b.selection))
	if a.selection > b.selection {
		m.within[0], m.within[1] = m.within[1], m.within[0]
	}
	texts := f.texts.list
	c := t.consequenceOf(shown, m, detailed{texts[a.detail], a.fixed}, detailed{texts[b.detail], b.fixed})
	j.found = append(j.found, Conflict{
		What:      c.what,
		Severity:  severity(c.outcome, m.certain),
		Claims:    [2]Claim{{f.workloads[a.workload], texts[a.field]}, {f.workloads[b.workload], texts[b.field]}},
		Nodes:     slices.Clone(m.names),
		NodeCount: m.count,
		Message:   c.message,
		Fix:       c.fix,
	})
}
