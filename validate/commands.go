// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import corev1 "k8s.io/api/core/v1"

// commands ranges over every command line of the container: its own, if it
// names one, and those of its exec probes and lifecycle hooks.
func (c container) commands(yield func(command) bool) {
	if len(c.Command)+len(c.Args) > 0 && !yield(commandOf("", c.Command, c.Args)) {
		return
	}
	_ = c.exec("livenessProbe.exec", probe(c.LivenessProbe), yield) &&
		c.exec("readinessProbe.exec", probe(c.ReadinessProbe), yield) &&
		c.exec("startupProbe.exec", probe(c.StartupProbe), yield) &&
		c.Lifecycle != nil &&
		c.exec("lifecycle.postStart.exec", hook(c.Lifecycle.PostStart), yield) &&
		c.exec("lifecycle.preStop.exec", hook(c.Lifecycle.PreStop), yield)
}

// exec yields the command line of an exec action, if there is one.
func (container) exec(at string, action *corev1.ExecAction, yield func(command) bool) bool {
	return action == nil || yield(commandOf(at, action.Command, nil))
}

func probe(p *corev1.Probe) *corev1.ExecAction {
	if p == nil {
		return nil
	}
	return p.Exec
}

func hook(h *corev1.LifecycleHandler) *corev1.ExecAction {
	if h == nil {
		return nil
	}
	return h.Exec
}
