// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

// Status is what a node says about a claim. The zero Status is that of no verdict.
type Status string

const (
	// StatusConfirmed means that the node did what the library predicts.
	StatusConfirmed Status = "Confirmed"
	// StatusRefuted means that it did something else: the library is wrong about the node.
	StatusRefuted Status = "Refuted"
	// StatusUnclear means that the probe could not find out.
	StatusUnclear Status = "Unclear"
	// StatusNotApplicable means that the claim isn't about such a node.
	StatusNotApplicable Status = "NotApplicable"
)

// Verdict is what a probe has found. The zero Verdict says nothing.
type Verdict struct {
	// Status is the worst of the checks: refuted, else unclear, else confirmed.
	Status Status `json:"status"`
	// Reason says why the probe as a whole is unclear or not applicable; it is empty if
	// there are checks.
	Reason string `json:"reason,omitempty"`
	// Checks are what the claim comes to on this node, one by one, in an order that is the
	// same each time.
	Checks []Check `json:"checks,omitempty"`
}

// Check is one prediction and what the node did. The zero Check says nothing.
type Check struct {
	// What is what was looked at, in a few words.
	What string `json:"what"`
	// Prediction is what the library says, and Observation what the node did, or why that
	// isn't known.
	Prediction  string `json:"prediction"`
	Observation string `json:"observation"`
	Status      Status `json:"status"`
}

// judgement collects checks. It knows the rules by which trials don't work, by the names
// of their containers.
type judgement struct {
	rules  map[string]validate.RuleID
	checks []Check
}

func (j *judgement) add(status Status, what, prediction, observation string) {
	j.checks = append(j.checks, Check{What: what, Prediction: prediction, Observation: clip(observation), Status: status})
}

// is adds a check of something that was seen.
func (j *judgement) is(right bool, what, prediction, observation string) {
	status := StatusRefuted
	if right {
		status = StatusConfirmed
	}
	j.add(status, what, prediction, observation)
}

// samePath adds a check of a path, in which case doesn't count.
func (j *judgement) samePath(what, prediction, observation string) {
	j.is(strings.EqualFold(prediction, observation), what, prediction, observation)
}

// sameBool adds a check of a yes or no.
func (j *judgement) sameBool(what string, prediction bool, observation *bool) {
	if observation == nil {
		j.unclear(what, yesNo(prediction), "the answer says nothing about it")
		return
	}
	j.is(prediction == *observation, what, yesNo(prediction), yesNo(*observation))
}

// unclear adds a check of which nothing was seen, and why.
func (j *judgement) unclear(what, prediction, why string) {
	j.add(StatusUnclear, what, prediction, why)
}

// answer reads what a container has printed; if it can't be read, that is a check.
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
