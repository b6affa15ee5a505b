// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "k8s.io/apimachinery/pkg/runtime"

// Thorough judges an object as Object does, but tries every rule where it looks,
// also where Object sees at a glance that there is nothing for it to find.
func (v Validator) Thorough(object runtime.Object) (Findings, error) {
	around, meta, spec, err := inside(object)
	if err != nil || !IsHostProcess(spec) {
		return nil, err
	}
	r := v.newRun(around, meta, spec)
	r.judgeThoroughly()
	return r.found, nil
}

func (r *run) judgeThoroughly() {
	for _, rule := range workloadRules {
		if rule.applies(r.pod.nodes) {
			report(r, rule, place{root: object}, rule.check(r.pod, r.workload))
		}
	}
	for _, rule := range metadataRules {
		if r.pod.meta != nil && rule.applies(r.pod.nodes) {
			report(r, rule, place{root: metadata}, rule.check(r.pod))
		}
	}
	if o, ok := r.pod.options(); ok {
		r.tryAllOptions(o, place{root: spec})
	}
	for _, rules := range [][]*rule[podCheck]{podRules, linuxRules, nameRules, selectionRules} {
		r.judgePod(rules)
	}
	for i := range r.pod.spec.Volumes {
		if r.pod.spec.Volumes[i].HostPath != nil {
			r.judgeVolume(i, hostPathRules)
		}
		r.judgeVolume(i, volumeRules)
	}
	for c := range r.pod.containers {
		for _, rules := range [][]*rule[containerCheck]{identityRules, portRules, handlerRules, workingDirRules, resourceRules} {
			r.judgeWhole(c, rules)
		}
		r.judgeMemory(c)
		if o, ok := c.options(); ok {
			r.tryAllOptions(o, place{root: inContainer, container: c})
		}
		r.judgeMountsThoroughly(c)
		r.judgeEnv(c, ^traits(0))
		for line := range c.commands {
			line.traits = ^traits(0)
			r.judgeCommand(c, line)
		}
	}
}

func (r *run) tryAllOptions(o options, owner place) {
	owner.list, owner.index = "securityContext.windowsOptions", noIndex
	for _, rules := range [][]*rule[optionsCheck]{optionsRules, gmsaRules, accountRules} {
		r.tryOptions(o, owner, rules)
	}
}

func (r *run) judgeMountsThoroughly(c container) {
	r.judgeWhole(c, mountListRules)
	var l locations
	places := l.locate(c)
	for _, conflict := range r.pod.allConflicts(c) {
		for _, rule := range conflictRules {
			// What is added may conflict with itself alone; then no mount is to blame.
			if len(c.VolumeMounts) > 0 && rule.applies(r.pod.nodes) {
				report(r, rule, place{root: inContainer, container: c}, rule.check(r.pod, c, conflict))
			}
		}
	}
	for i := range c.VolumeMounts {
		for _, rules := range [][]*rule[mountCheck]{mountRules, mountPathRules, mountOptionRules} {
			r.tryMount(c, r.pod.mount(c, i, places[i]), rules)
		}
	}
}
