// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// subject is a pod, and where it is in the object that is judged.
type subject struct {
	pod      pod
	workload workload
	// at is the field of the pod template, or of the pod: "" for a Pod,
	// "spec.template" for a DaemonSet.
	at string
	// path replaces at where a caller judges a part of an object of its own.
	path *field.Path
	// bare is true where path is that of a PodSpec, not of a template.
	bare bool
}

// run judges one pod: it walks over it once, tries each rule where it looks,
// and turns problems into findings.
type run struct {
	subject
	disabled []RuleID
	targets  []Target
	found    Findings
}

// judge tries every rule. Most lists of rules are tried only where there is
// something for them to look at, which a usual pod has not.
func (r *run) judge() {
	for _, rule := range workloadRules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, place{root: object}, rule.check(r.pod, r.workload))
		}
	}
	if r.pod.meta != nil {
		for _, rule := range metadataRules {
			if rule.applies(r.pod.nodes) {
				report(r, rule, place{root: metadata}, rule.check(r.pod))
			}
		}
	}
	if o, ok := r.pod.options(); ok {
		r.judgeOptions(o, place{root: spec})
	}
	r.judgePod(podRules)
	if r.pod.isForLinux() {
		r.judgePod(linuxRules)
	}
	if r.pod.hasNames() {
		r.judgePod(nameRules)
	}
	if !r.pod.selectsWindows() {
		r.judgePod(selectionRules)
	}
	for i := range r.pod.spec.Volumes {
		v := &r.pod.spec.Volumes[i]
		if v.HostPath != nil {
			r.judgeVolume(i, hostPathRules)
		}
		if v.Image != nil || v.EmptyDir != nil && v.EmptyDir.Medium != "" {
			r.judgeVolume(i, volumeRules)
		}
	}
	for c := range r.pod.containers {
		r.judgeContainer(c)
	}
}

// judgePod tries rules that look at the whole pod.
func (r *run) judgePod(rules []*rule[podCheck]) {
	for _, rule := range rules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, place{root: spec}, rule.check(r.pod))
		}
	}
}

// judgeVolume tries rules that look at one volume.
func (r *run) judgeVolume(i int, rules []*rule[volumeCheck]) {
	for _, rule := range rules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, place{root: spec, list: "volumes", index: i}, rule.check(r.pod, &r.pod.spec.Volumes[i]))
		}
	}
}

// judgeContainer tries the rules that look at a container or a part of one.
func (r *run) judgeContainer(c container) {
	if !r.pod.isUsualIdentity(c) {
		r.judgeWhole(c, identityRules)
	}
	if len(c.Ports) > 0 {
		r.judgeWhole(c, portRules)
	}
	if c.hasHandlers() {
		r.judgeWhole(c, handlerRules)
	}
	if c.WorkingDir != cmdline.CmdToken {
		r.judgeWhole(c, workingDirRules)
	}
	if len(c.Resources.Limits)+len(c.Resources.Requests) > 0 {
		r.judgeWhole(c, resourceRules)
	}
	r.judgeMemory(c)
	if o, ok := c.options(); ok {
		r.judgeOptions(o, place{root: inContainer, container: c})
	}
	if !r.pod.hasPlainMounts(c) {
		r.judgeMounts(c)
	}
	r.judgeEnv(c, c.envTraits())
	for line := range c.commands {
		line.traits = lineTraits(line.Line)
		r.judgeCommand(c, line)
	}
}

// judgeCommand tries the rules that look at a command line.
func (r *run) judgeCommand(c container, line command) {
	for _, rule := range commandRules {
		if rule.concerns(line.traits) && rule.applies(r.pod.nodes) {
			report(r, rule, place{inContainer, c, line.at, noIndex}, rule.check(r.pod, c, line))
		}
	}
}

// judgeMemory tries the rules that look at the memory limit, if there is one.
func (r *run) judgeMemory(c container) {
	limit, ok := c.Resources.Limits[corev1.ResourceMemory]
	if !ok {
		return
	}
	bytes := limit.Value()
	for _, rule := range memoryRules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, place{root: inContainer, container: c}, rule.check(c, bytes))
		}
	}
}

// judgeWhole tries rules that look at the whole container.
func (r *run) judgeWhole(c container, rules []*rule[containerCheck]) {
	for _, rule := range rules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, place{root: inContainer, container: c}, rule.check(r.pod, c))
		}
	}
}

// judgeMounts tries the rules that look at mounts.
func (r *run) judgeMounts(c container) {
	r.judgeWhole(c, mountListRules)
	var l locations
	places := l.locate(c)
	for _, conflict := range l.conflicts(r.pod, c, places) {
		for _, rule := range conflictRules {
			if rule.applies(r.pod.nodes) {
				report(r, rule, place{root: inContainer, container: c}, rule.check(r.pod, c, conflict))
			}
		}
	}
	for i := range c.VolumeMounts {
		r.judgeMount(c, r.pod.mount(c, i, places[i]))
	}
}

// judgeMount tries the rules that look at one mount: about the mountPath as it
// is written, and about the options of a mount, only where there is anything of
// that.
func (r *run) judgeMount(c container, m mount) {
	r.tryMount(c, m, mountRules)
	if m.refused != 0 || m.spelling.odd() {
		r.tryMount(c, m, mountPathRules)
	}
	if hasOptions(m.VolumeMount) {
		r.tryMount(c, m, mountOptionRules)
	}
}

// tryMount tries rules that look at one mount.
func (r *run) tryMount(c container, m mount, rules []*rule[mountCheck]) {
	for _, rule := range rules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, place{inContainer, c, "volumeMounts", m.index}, rule.check(r.pod, c, m))
		}
	}
}

// judgeEnv tries the rules that look at environment variables.
func (r *run) judgeEnv(c container, have traits) {
	for _, rule := range envListRules {
		if rule.concerns(have) && rule.applies(r.pod.nodes) {
			report(r, rule, place{root: inContainer, container: c}, rule.check(r.pod, c))
		}
	}
	for i := range c.Env {
		for _, rule := range envRules {
			if rule.applies(r.pod.nodes) {
				report(r, rule, place{inContainer, c, "env", i}, rule.check(r.pod, c, &c.Env[i]))
			}
		}
	}
}

// judgeOptions tries the rules that look at windowsOptions, of the pod or of a
// container.
func (r *run) judgeOptions(o options, owner place) {
	owner.list, owner.index = "securityContext.windowsOptions", noIndex
	r.tryOptions(o, owner, optionsRules)
	if o.GMSACredentialSpec != nil || o.GMSACredentialSpecName != nil {
		r.tryOptions(o, owner, gmsaRules)
	}
	if o.fault != nil || o.group {
		r.tryOptions(o, owner, accountRules)
	}
}

// tryOptions tries rules that look at windowsOptions.
func (r *run) tryOptions(o options, owner place, rules []*rule[optionsCheck]) {
	for _, rule := range rules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, owner, rule.check(r.pod, o))
		}
	}
}

// applies says whether any target behaves as the rule is about.
func (r *rule[check]) applies(nodes behaviour) bool {
	return r.when == 0 || r.when&nodes != 0
}

// concerns reports whether a subject has anything that the rule is about.
func (r *rule[check]) concerns(have traits) bool {
	return r.about == 0 || r.about&have != 0
}

// root is where the field of a problem starts.
type root uint8

const (
	object root = iota
	metadata
	spec
	inContainer
)

// noIndex is the index of a place that is no element of a list.
const noIndex = -1

// place is what a check looked at. It becomes text only for a finding.
type place struct {
	root      root
	container container
	// list is a field below the root, and index the element of it.
	list  string
	index int
}

// report turns problems into findings. It is small, so that a check that finds
// nothing costs no call.
func report[check any](r *run, rule *rule[check], at place, problems []problem) {
	if len(problems) > 0 {
		r.report(&rule.Rule, rule.when, at, problems)
	}
}

// report leaves out the problems of nodes that nobody asked for.
func (r *run) report(rule *Rule, when behaviour, at place, problems []problem) {
	for _, p := range problems {
		if slices.Contains(r.disabled, rule.ID) {
			return
		}
		if p.when != 0 && p.when&r.pod.nodes == 0 {
			continue
		}
		r.found = append(r.found, r.finding(rule, when, at, p))
	}
}

func (r *run) finding(rule *Rule, when behaviour, at place, p problem) Finding {
	if p.when != 0 {
		when = p.when
	}
	fix := rule.Fix
	if p.fix != "" {
		fix = p.fix
	}
	if p.list {
		at.index = noIndex
	}
	return Finding{
		Rule:     rule.ID,
		Severity: rule.Severity(),
		Field:    join(r.fieldOf(at), p.field),
		Message:  p.message,
		Targets:  names(r.targets, when),
		Fix:      fix,
	}
}

// fieldOf is the path of a place, from the object that is judged.
func (r *run) fieldOf(at place) string {
	base := r.at
	if r.path != nil {
		base = r.path.String()
	}
	switch {
	case at.root == object:
		base = ""
	case at.root == metadata:
		base = join(base, "metadata")
	case !r.bare:
		base = join(base, "spec")
	}
	if at.root == inContainer {
		base = join(base, at.container.path())
	}
	base = join(base, at.list)
	if at.list != "" && at.index != noIndex {
		base += "[" + strconv.Itoa(at.index) + "]"
	}
	return base
}

// join puts two parts of a field path together.
func join(base, field string) string {
	if base == "" || field == "" || strings.HasPrefix(field, "[") {
		return base + field
	}
	return base + "." + field
}
