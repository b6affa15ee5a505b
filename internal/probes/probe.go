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

// Probe tests one claim of the library on a node. Get one from [All]. The zero Probe has no
// pods, and its verdict is [StatusUnclear].
type Probe struct {
	// Name is stable and can be part of a pod's name: "mount-locations".
	Name string
	// Claim is the library's claim, in a sentence.
	Claim string
	// Settles lists the UNVERIFIED marks that the probe settles: "rule:mount-path-device" for
	// a rule of package validate, "accounts.NetworkService" for a comment. It is empty for
	// a claim that sources settle but no node has confirmed.
	Settles []string
	// Breaks lists the rules of package validate that the pods break on purpose, in
	// addition to those in Settles.
	Breaks []validate.RuleID
	// Needs describes what the probe requires of the node; empty if every node has it.
	// See Applies.
	Needs string
	// Changes describes what the probe changes on the node beyond what every pod changes,
	// and how that is undone; empty if it changes nothing.
	Changes string

	applies func(Node) (why string)
	steps   func(Node) []step
	judge   func(Node, []Answer, *judgement)
	// trials returns the trials in the first pod; nil if it has none.
	trials func(Node) []trial
}

// step is a pod of a probe.
type step struct {
	task task.Task
	// mayFail is set if it is an answer that the whole pod doesn't start.
	mayFail bool
}

// All returns the probes in the order in which to run them: those that others depend on
// come first.
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

// Applies reports whether the probe applies to the node, and if not, why.
func (p Probe) Applies(n Node) (why string, ok bool) {
	if p.applies == nil {
		return "", true
	}
	why = p.applies(n)
	return why, why == ""
}

// Pods returns the pods of the probe for a node. Run each when the previous one is gone.
// They have names and labels but no namespace, and belong to the caller. There are none if
// the probe doesn't apply to the node. Errors are those of package hostprocess for an
// invalid node name or image.
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

// broken returns the rules that the pods break on purpose.
func (p Probe) broken() []validate.RuleID {
	rules := slices.Clone(p.Breaks)
	for _, mark := range p.Settles {
		if id, ok := strings.CutPrefix(mark, ruleMark); ok {
			rules = append(rules, validate.RuleID(id))
		}
	}
	return rules
}

// ruleMark is the prefix of marks of rules.
const ruleMark = "rule:"

func (p Probe) list(n Node) []step {
	if _, ok := p.Applies(n); !ok || p.steps == nil {
		return nil
	}
	return p.steps(n)
}

// Judge returns the verdict on the claim. The answers are in the order of Pods. The status
// is [StatusUnclear] if there are too few answers, a control didn't run, or an answer can't
// be read.
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

// verdict is Judge for a node to which the probe applies. The rules are those that predict
// the failure of trials.
func (p Probe) verdict(n Node, steps []step, rules map[string]validate.RuleID, answers []Answer) Verdict {
	if len(steps) == 0 {
		return unclear("the probe has no pods")
	}
	if len(answers) != len(steps) {
		return unclear(fmt.Sprintf("%d of %d pods answered", len(answers), len(steps)))
	}
	for _, a := range answers {
		for _, c := range a.Containers {
			if c.ExitCode != nil && c.ID == "" {
				return unclear("container " + c.Name + " ran but has no ID, which determines its root")
			}
		}
	}
	for i, step := range steps {
		if step.mayFail {
			continue
		}
		if control := answers[i].container(task.ContainerName); !control.answered() {
			return unclear(fmt.Sprintf("pod %d of %d: %s", i+1, len(steps), strings.Join(notEmpty("the control didn't run", control.problem(), answers[i].problem()), ": ")))
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
