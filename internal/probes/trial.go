// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"cmp"
	"slices"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/validate"
)

// trial is a container that works or doesn't. Package validate predicts which: it doesn't
// if it breaks one of the rules.
type trial struct {
	// name is that of the container, and what is what it does, for people.
	name, what string
	// rules are those by which it doesn't work; none for one that works on every node.
	rules   []validate.RuleID
	command hostprocess.Command
	// starts is set for one that starts in any case, so that it says nothing if it doesn't.
	starts bool
	// change is what else the container has; nil for nothing.
	change func(hostprocess.Container) hostprocess.Container
	// worked reports whether a container that has run did what it should, and what it did.
	worked func(Container) (worked, known bool, observation string)
}

// trials makes the steps and the judgement of a probe whose first pod has a container for
// each trial. What clears up after them, if anything, is a second pod.
func trials(p Probe, account accounts.Account, list func(Node) []trial, cleanUp ...func(Node) step) Probe {
	p.trials = list
	p.steps = func(n Node) []step {
		var containers []hostprocess.Container
		for _, one := range list(n) {
			c := n.container(one.name, one.command)
			if one.change != nil {
				c = one.change(c)
			}
			containers = append(containers, c)
		}
		steps := []step{{task: n.task(account, control(), containers...)}}
		for _, s := range cleanUp {
			steps = append(steps, s(n))
		}
		return steps
	}
	p.judge = func(n Node, answers []Answer, j *judgement) {
		for _, one := range list(n) {
			one.judge(answers[0].container(one.name), j.rules[one.name], j)
		}
	}
	return p
}

// judge compares what became of the container with the prediction: that it works, or the
// rule by which it doesn't.
func (t trial) judge(c Container, rule validate.RuleID, j *judgement) {
	prediction := "works"
	if rule != "" {
		prediction = "fails: " + string(rule)
	}
	var worked, known bool
	observation := c.problem()
	switch {
	case c.ExitCode != nil || c.Running:
		worked, known, observation = t.worked(c)
	case c.refused():
		known = !t.starts
	}
	if !known {
		j.unclear(t.what, prediction, observation)
		return
	}
	j.is(worked == (rule == ""), t.what, prediction, observation)
}

// rules returns the rules by which the trials don't work on the node: of each, by its
// name, the first that its container breaks, or the pod does. It is nil without trials.
func (p Probe) rules(n Node) (map[string]validate.RuleID, error) {
	if p.trials == nil {
		return nil, nil
	}
	n.Name = cmp.Or(n.Name, "node") // answers can be judged without
	pods, err := p.Pods(n)
	if err != nil || len(pods) == 0 {
		return nil, err
	}
	v := validate.Validator{Targets: []validate.Target{n.Target}, KubernetesMinor: n.Target.KubeletMinor()}
	rules := map[string]validate.RuleID{}
	for _, f := range v.Pod(pods[0]) {
		for _, t := range p.trials(n) {
			if slices.Contains(t.rules, f.Rule) && rules[t.name] == "" && (f.Container == t.name || f.Container == "") {
				rules[t.name] = f.Rule
			}
		}
	}
	return rules, nil
}

// exits is what a container does that should end with an exit code.
func exits(code int32) func(Container) (worked, known bool, observation string) {
	return func(c Container) (worked, known bool, observation string) {
		return c.ExitCode != nil && *c.ExitCode == code, true, c.problem()
	}
}

// refused reports whether the runtime didn't start the container. Everything else that
// keeps one from starting, such as an image that can't be pulled, says nothing about it.
func (c Container) refused() bool {
	switch c.Reason {
	case startError, "RunContainerError", "CreateContainerError":
		return c.ExitCode == nil && !c.Running
	}
	return false
}

// cleaner is a pod that looks at what another has left on the node, and takes it away. It
// runs as LocalSystem, as what has made it does.
func (n Node) cleaner(lines, undo string) step {
	return step{task: n.task(accounts.LocalSystem, script(lines, undo))}
}

// control returns the container that every pod has.
func (a Answer) control() Container { return a.container(task.ContainerName) }
