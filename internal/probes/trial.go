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

// trial is a container that works or fails. Package validate predicts that it fails if it
// breaks one of the rules.
type trial struct {
	// name is the container's name, and what describes what it does.
	name, what string
	// rules predict that it fails; none if it works on every node.
	rules   []validate.RuleID
	command hostprocess.Command
	// starts is set if it always starts, so that the trial is unclear if it doesn't.
	starts bool
	// change makes further settings of the container; nil for none.
	change func(hostprocess.Container) hostprocess.Container
	// worked reports whether a container that ran worked, and what it did.
	worked func(Container) (worked, known bool, observation string)
}

// trials sets the steps and the judgement of a probe whose first pod has a container for
// each trial. A second pod cleans up, if necessary.
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

// judge compares the container's outcome with the prediction: that it works, or fails
// because of a rule.
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

// rules returns the rules that predict the failure of trials on the node, by the trial's
// name: the first that its container or the pod breaks. It is nil without trials.
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

// exits is the worked of a trial that should end with an exit code.
func exits(code int32) func(Container) (worked, known bool, observation string) {
	return func(c Container) (worked, known bool, observation string) {
		return c.ExitCode != nil && *c.ExitCode == code, true, c.problem()
	}
}

// refused reports whether the runtime refused to start the container. Other reasons why it
// didn't start, such as an image that can't be pulled, don't count.
func (c Container) refused() bool {
	switch c.Reason {
	case startError, "RunContainerError", "CreateContainerError":
		return c.ExitCode == nil && !c.Running
	}
	return false
}

// cleaner returns a pod that checks what another one left on the node, and removes it. It
// runs as LocalSystem, like the runtime that created it.
func (n Node) cleaner(lines, undo string) step {
	return step{task: n.task(accounts.LocalSystem, script(lines, undo))}
}

// control returns the container that every pod has.
func (a Answer) control() Container { return a.container(task.ContainerName) }
