// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

// Status is the result of a probe. The zero Status is that of no verdict.
type Status string

const (
	// StatusConfirmed means that the node did what the library predicts.
	StatusConfirmed Status = "Confirmed"
	// StatusRefuted means that the node did something else: the library is wrong about it.
	StatusRefuted Status = "Refuted"
	// StatusUnclear means that the probe couldn't test the claim.
	StatusUnclear Status = "Unclear"
	// StatusNotApplicable means that the claim doesn't apply to the node.
	StatusNotApplicable Status = "NotApplicable"
)

// Verdict is the result of a probe. The zero Verdict is none.
type Verdict struct {
	// Status is the worst of the checks: refuted, else unclear, else confirmed.
	Status Status `json:"status"`
	// Reason explains why the whole probe is unclear or not applicable; empty if there are
	// checks.
	Reason string `json:"reason,omitempty"`
	// Checks are the predictions that follow from the claim on this node, in a fixed order.
	Checks []Check `json:"checks,omitempty"`
}

// Check is one prediction and what the node did. The zero Check is none.
type Check struct {
	// What describes what was checked, in a few words.
	What string `json:"what"`
	// Prediction is what the library predicts, and Observation what the node did, or why
	// that is unknown.
	Prediction  string `json:"prediction"`
	Observation string `json:"observation"`
	Status      Status `json:"status"`
}

// judgement collects checks. Its rules predict the failure of trials, by their names.
type judgement struct {
	rules  map[string]validate.RuleID
	checks []Check
}

func (j *judgement) add(status Status, what, prediction, observation string) {
	j.checks = append(j.checks, Check{What: what, Prediction: prediction, Observation: clip(observation), Status: status})
}

// is adds a check with an observation.
func (j *judgement) is(right bool, what, prediction, observation string) {
	status := StatusRefuted
	if right {
		status = StatusConfirmed
	}
	j.add(status, what, prediction, observation)
}

// samePath adds a check of a path, ignoring case.
func (j *judgement) samePath(what, prediction, observation string) {
	j.is(strings.EqualFold(prediction, observation), what, prediction, observation)
}

// sameBool adds a check of a boolean.
func (j *judgement) sameBool(what string, prediction bool, observation *bool) {
	if observation == nil {
		j.unclear(what, yesNo(prediction), "the answer doesn't include it")
		return
	}
	j.is(prediction == *observation, what, yesNo(prediction), yesNo(*observation))
}

// unclear adds a check without an observation, and why.
func (j *judgement) unclear(what, prediction, why string) {
	j.add(StatusUnclear, what, prediction, why)
}

// answer decodes a container's answer; if it can't, it adds an unclear check.
func (j *judgement) answer(c Container, what, prediction string, into any) bool {
	if !c.answered() {
		j.unclear(what, prediction, c.problem())
		return false
	}
	if err := c.decode(into); err != nil {
		j.unclear(what, prediction, err.Error())
		return false
	}
	return true
}

func (j *judgement) verdict() Verdict {
	v := Verdict{Status: StatusConfirmed, Checks: j.checks}
	if len(j.checks) == 0 {
		return unclear("nothing was checked")
	}
	for _, c := range j.checks {
		switch {
		case c.Status == StatusRefuted:
			v.Status = StatusRefuted
		case c.Status == StatusUnclear && v.Status == StatusConfirmed:
			v.Status = StatusUnclear
		}
	}
	return v
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
