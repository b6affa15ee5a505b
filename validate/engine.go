// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// holder is the object that holds a pod, as far as rules and field paths need it.
type holder struct {
	object   any // nil for a part of an object of the caller's own
	workload workload
	// template is the field of the pod template: "spec.template" for a DaemonSet,
	// "" for a Pod.
	template string
	// path replaces template where a caller validates a part of an object of its
	// own.
	path *field.Path
	// bare is true where path is that of a PodSpec, not of a template.
	bare bool
}

// engine validates one pod: it walks over it once, tries each rule where it
// looks, and turns problems into findings.
type engine struct {
	holder  holder
	pod     pod
	ignore  []RuleID
	targets []Target
	// assumed are traits that every subject is taken to have, hidden those that
	// none is. Only tests set them, to find traits that are computed wrongly.
	assumed, hidden traits
	found           Findings
}

// tryAll tries rules of one subject: those about the nodes that the pod is for,
// and about something that the subject has. Call calls a check for the subject.
func tryAll[check any](e *engine, rules *ruleList[check], has traits, at *fieldPath, call func(check) []problem) {
	has = (has|e.assumed)&^e.hidden | always
	if rules.about&has == 0 {
		return
	}
	before := len(e.found)
	for _, group := range rules.groups {
		if group.about&has == 0 {
			continue
		}
		for _, rule := range group.rules {
			if rule.when != 0 && rule.when&e.pod.nodes == 0 {
				continue
			}
			if problems := call(rule.check); len(problems) > 0 {
				e.report(&rule.Rule, rule.when, at, problems)
			}
		}
	}
	if found := e.found[before:]; len(found) > 1 {
		slices.SortStableFunc(found, func(a, b Finding) int { return strings.Compare(string(a.Rule), string(b.Rule)) })
	}
}

// tryPod tries the rules about the pod and all parts of it. The pod has the traits of
// its parts, too.
func (e *engine) tryPod() {
	p := e.pod
	ofPod := p.traits()
	if e.holder.workload != (workload{}) {
		tryAll(e, workloadRules, 0, &fieldPath{base: inObject}, func(check workloadCheck) []problem { return check(e.pod, e.holder.workload) })
	}
	if p.meta != nil {
		tryAll(e, metadataRules, ofPod, &fieldPath{base: inMetadata}, func(check metadataCheck) []problem { return check(e.pod, e.pod.meta) })
	}
	if o, ok := p.options(); ok {
		e.tryOptions(o, &fieldPath{base: inSpec})
	}
	t, parts := ofPod, len(e.found)
	at := fieldPath{base: inSpec, list: "volumes"}
	call := func(check volumeCheck) []problem { return check(e.pod, &p.spec.Volumes[at.index]) }
	for i := range p.spec.Volumes {
		at.index = i
		ofVolume := volumeTraits(&p.spec.Volumes[i])
		t |= ofVolume
		tryAll(e, volumeRules, ofVolume, &at, call)
	}
	for c := range p.containers {
		t |= e.tryContainer(c, ofPod)
	}
	whole := len(e.found)
	tryAll(e, podRules, t, &fieldPath{base: inSpec}, func(check podCheck) []problem { return check(e.pod) })
	e.moveBack(parts, whole)
}

// moveBack moves the findings from start to end to the end of the list. Rules about a
// whole run after those about its parts, but their findings come first.
func (e *engine) moveBack(start, end int) {
	if start < end && end < len(e.found) {
		moved := slices.Clone(e.found[start:end])
		n := copy(e.found[start:], e.found[end:])
		copy(e.found[start+n:], moved)
	}
}

// tryContainer tries the rules about a container and all parts of it, and returns what
// it has. The container has the traits of the pod itself and of its own parts, too.
func (e *engine) tryContainer(c container, ofPod traits) traits {
	at := fieldPath{base: inContainer, container: c, index: noIndex}
	parts := len(e.found)
	t := ofPod | containerTraits(c) | e.tryMounts(c)
	at.list = "env"
	call := func(check envCheck) []problem { return check(e.pod, c, &c.Env[at.index]) }
	for i := range c.Env {
		at.index = i
		ofEnv := envTraits(&c.Env[i])
		t |= ofEnv
		tryAll(e, envRules, ofEnv, &at, call)
	}
	at.index = noIndex
	for line := range c.commands {
		at.list = line.at
		ofLine := lineTraits(line.Line)
		t |= ofLine
		tryAll(e, commandRules, ofLine, &at, func(check commandCheck) []problem { return check(e.pod, c, line) })
		if ofLine&hasHostProgram == 0 {
			continue
		}
		if decoded, script, ok := line.decode(); ok {
			// A token is a reference here, because nothing replaces it.
			tryAll(e, scriptRules, lineTraits(decoded.Line)|hasReference, &at, func(check commandCheck) []problem {
				return slices.DeleteFunc(check(e.pod, c, decoded), func(found problem) bool { return found.field != script })
			})
		}
	}
	whole := len(e.found)
	at.list = ""
	tryAll(e, containerRules, t, &at, func(check containerCheck) []problem { return check(e.pod, c) })
	if o, ok := c.options(); ok {
		e.tryOptions(o, &at)
	}
	e.moveBack(parts, whole)
	return t
}

// tryMounts tries the rules about the mounts of a container, and about those of
// them that conflict, and returns what the mounts have.
func (e *engine) tryMounts(c container) (has traits) {
	at := fieldPath{base: inContainer, container: c}
	var buffer [few / 2]mount
	mounts := e.pod.mounts(c, buffer[:0])
	if len(c.VolumeDevices) > 0 {
		has |= mayOverlap
	}
	if e.pod.mayConflict(c, mounts) {
		has |= mayOverlap
		for _, clash := range e.pod.conflicts(c) {
			tryAll(e, conflictRules, 0, &at, func(check conflictCheck) []problem { return check(e.pod, c, clash) })
		}
	}
	at.list = "volumeMounts"
	call := func(check mountCheck) []problem { return check(e.pod, c, mounts[at.index]) }
	for i := range mounts {
		at.index = i
		has |= mounts[i].traits
		tryAll(e, mountRules, mounts[i].traits, &at, call)
	}
	return has
}

// tryOptions tries the rules about windowsOptions, of the pod or of a container.
func (e *engine) tryOptions(o options, owner *fieldPath) {
	at := *owner
	at.list, at.index = "securityContext.windowsOptions", noIndex
	tryAll(e, optionsRules, o.traits(), &at, func(check optionsCheck) []problem { return check(e.pod, o) })
}

// report adds a finding for each problem, except problems of nodes that aren't targets.
func (e *engine) report(rule *Rule, when nodeSet, at *fieldPath, problems []problem) {
	if slices.Contains(e.ignore, rule.ID) {
		return
	}
	for i := range problems {
		p := &problems[i]
		if p.when == 0 || p.when&e.pod.nodes != 0 {
			e.found = append(e.found, e.finding(rule, when, *at, p))
		}
	}
}

func (e *engine) finding(rule *Rule, when nodeSet, at fieldPath, p *problem) Finding {
	if p.when != 0 {
		when = p.when
	}
	fix := rule.Fix
	if p.fix != "" {
		fix = p.fix
	}
	if p.container.Container != nil {
		at = fieldPath{base: inContainer, container: p.container}
	}
	if p.list != "" {
		at.list, at.index = p.list, p.index
	}
	f := Finding{
		Rule:     rule.ID,
		Severity: rule.Severity(),
		Message:  p.message,
		Targets:  which(e.targets, when, e.pod.minor),
		Fix:      fix,
		cause:    p.cause,
	}
	if at.base == inContainer {
		f.Container = at.container.Name
	}
	f.element = elementOf(at, p.field)
	if f.Severity == SeverityError {
		f.kind, f.value = p.kind, valueAt(e.base(at), join(at.below(), p.field))
	}
	if p.noIndex {
		at.index = noIndex
	}
	f.Field = join(e.field(at), p.field)
	return f
}

// elementOf is the element at a path, and the field in it.
func elementOf(at fieldPath, field string) Element {
	if at.list != "" && at.index != noIndex {
		return Element{at.list, at.index, field}
	}
	name := join(at.list, field)
	if at.base == inMetadata {
		name = join("metadata", name)
	}
	end := strings.IndexByte(name, '[')
	if end < 0 {
		end = len(name)
	}
	return Element{name[:end], noIndex, name[end:]}
}

// fieldPath is the field that a check is about. It is formatted only for a finding.
type fieldPath struct {
	base      fieldBase
	container container
	// list is a field below the base, and index the element of it.
	list  string
	index int
}

// fieldBase is where a fieldPath starts.
type fieldBase uint8

const (
	inObject fieldBase = iota
	inMetadata
	inSpec
	inContainer
)

// noIndex is the index of a fieldPath that is no element of a list.
const noIndex = -1

// field returns the text of a path, from the object that is validated.
func (e *engine) field(at fieldPath) string {
	path := e.holder.template
	if e.holder.path != nil {
		path = e.holder.path.String()
	}
	switch {
	case at.base == inObject:
		path = ""
	case at.base == inMetadata:
		path = join(path, "metadata")
	case !e.holder.bare:
		path = join(path, "spec")
	}
	if at.base == inContainer {
		path = join(path, at.container.path())
	}
	return join(path, at.below())
}

// below is the text of a path from its base on.
func (at fieldPath) below() string {
	if at.list != "" && at.index != noIndex {
		return at.list + "[" + strconv.Itoa(at.index) + "]"
	}
	return at.list
}

// base returns the object that a path starts at.
func (e *engine) base(at fieldPath) any {
	switch at.base {
	case inMetadata:
		return e.pod.meta
	case inSpec:
		return e.pod.spec
	case inContainer:
		return at.container.Container
	}
	return e.holder.object
}

// join puts two parts of a field path together.
func join(base, field string) string {
	if base == "" || field == "" || strings.HasPrefix(field, "[") {
		return base + field
	}
	return base + "." + field
}
