// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/validate"
)

// Probe is one claim of the library, and how a node settles it. Get one from [All]. The
// zero Probe has no pods, and its verdict is [StatusUnclear].
type Probe struct {
	// Name is stable, and fit for a part of a pod's name: "mount-locations".
	Name string
	// Claim is what the library says, in a sentence.
	Claim string
	// Settles are the marks UNVERIFIED that the probe settles: "rule:mount-path-device" for
	// a rule of package validate, "accounts.NetworkService" for a comment. It is empty for
	// a claim that sources settle, but that no node has confirmed.
	Settles []string
	// Breaks are rules of package validate that the pods break on purpose, besides those
	// in Settles.
	Breaks []validate.RuleID
	// Needs is what the node must have for the probe to say anything, in words; empty for
	// nothing that not every node has. See Applies.
	Needs string
	// Changes is what the probe changes on the node, beside what every pod does, and how
	// that is undone; empty for nothing.
	Changes string

	applies func(Node) (why string)
	steps   func(Node) []step
	judge   func(Node, []Answer, *judgement)
	// trials are the containers of the first pod that work or don't, if it has such.
	trials func(Node) []trial
}

// step is a pod of a probe.
type step struct {
	task task.Task
	// mayFail says that the whole pod may not start, which is an answer.
	mayFail bool
}

// All returns the probes, in the order in which to run them: what the others rest on
// comes first.
func All() []Probe {
	return []Probe{
		containerRoot(),
		mountLocations(),
		environment(),
		searchPath(),
		mountBelowRoot(),
		readOnlyMounts(),
		oddMountPaths(),
		wholeDrive(),
		collidingMounts(),
		nestedMounts(),
		mountOverImplicit(),
		imageVolume(),
		pipes(),
		directoriesLeft(),
		workingDirectories(),
		exitCodes(),
		lostOutput(),
		terminationMessage(),
		serviceAccounts(),
		accountSpellings(),
		localGroup(),
		administratorsToken(),
		pluginDirectories(),
		commandLines(),
		argumentSplitting(),
		metacharacters(),
		percentSigns(),
		quotedProgram(),
		escapedQuotes(),
		commandLength(),
		missingPrograms(),
		builtinCommands(),
		scriptAsProgram(),
		consolePrograms(),
		sockets(),
		otherArchitecture(),
		nodeNetwork(),
		inClusterConfig(),
		stopping(),
		staleSubPath(),
	}
}

// Applies reports whether the probe says anything about such a node, and if not, why.
func (p Probe) Applies(n Node) (why string, ok bool) {
	if p.applies == nil {
		return "", true
	}
	why = p.applies(n)
	return why, why == ""
}

// Pods returns the pods of the probe for a node, each to be run when the one before it is
// gone. They have names and labels, and no namespace. They are the caller's. If the probe
// doesn't apply to the node, there are none. The error is that of package hostprocess for
// a node whose name is none, or an image that can't be one.
func (p Probe) Pods(n Node) ([]*corev1.Pod, error) {
	var pods []*corev1.Pod
	ignored := p.broken()
	for i, step := range p.list(n) {
		pod, err := step.task.With(func(pod hostprocess.Pod) hostprocess.Pod { return pod.Ignore(ignored...) }).Pod(metav1.ObjectMeta{
			Name:   fmt.Sprintf("verify-%s-%d", p.Name, i+1),
			Labels: map[string]string{"app.kubernetes.io/name": "hostprocess-verify", "app.kubernetes.io/component": p.Name},
		})
		if err != nil {
			return nil, fmt.Errorf("probe %s: %w", p.Name, err)
		}
		pods = append(pods, pod)
	}
	return pods, nil
}

// broken are the rules that the pods break on purpose.
func (p Probe) broken() []validate.RuleID {
	rules := slices.Clone(p.Breaks)
	for _, mark := range p.Settles {
		if id, ok := strings.CutPrefix(mark, ruleMark); ok {
			rules = append(rules, validate.RuleID(id))
		}
	}
	return rules
}

// ruleMark is the start of a mark that is a rule's.
const ruleMark = "rule:"

func (p Probe) list(n Node) []step {
	if _, ok := p.Applies(n); !ok || p.steps == nil {
		return nil
	}
	return p.steps(n)
}

// Judge returns what the answers of the pods, in the order of Pods, say about the claim. It
// is [StatusUnclear] where they say nothing: there are too few, a control did not run, or
// what it printed can't be read.
func (p Probe) Judge(n Node, answers []Answer) Verdict {
	if why, ok := p.Applies(n); !ok {
		return Verdict{Status: StatusNotApplicable, Reason: why}
	}
	rules, err := p.rules(n)
	if err != nil {
		return unclear(err.Error())
	}
	return p.verdict(n, p.list(n), rules, answers)
}

// verdict is Judge for a node to which the probe applies, given its pods there and the
// rules by which its trials don't work.
func (p Probe) verdict(n Node, steps []step, rules map[string]validate.RuleID, answers []Answer) Verdict {
	if len(steps) == 0 {
		return unclear("the probe has no pods")
	}
	if len(answers) != len(steps) {
		return unclear(fmt.Sprintf("%d of %d pods have answered", len(answers), len(steps)))
	}
	for _, a := range answers {
		for _, c := range a.Containers {
			if c.ExitCode != nil && c.ID == "" {
				return unclear("container " + c.Name + " has run, and has no ID, which its root depends on")
			}
		}
	}
	for i, step := range steps {
		if step.mayFail {
			continue
		}
		if control := answers[i].container(task.ContainerName); !control.answered() {
			return unclear(fmt.Sprintf("pod %d of %d: %s", i+1, len(steps), strings.Join(notEmpty("the control did not run", control.problem(), answers[i].problem()), ": ")))
		}
	}
	j := judgement{rules: rules}
	p.judge(n, answers, &j)
	return j.verdict()
}

func unclear(reason string) Verdict { return Verdict{Status: StatusUnclear, Reason: clip(reason)} }

func notEmpty(texts ...string) []string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
