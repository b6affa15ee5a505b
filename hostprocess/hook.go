// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
)

// hookKind is one of the lifecycle hooks of a container.
type hookKind int

const (
	postStart hookKind = iota
	preStop
	hookKinds
)

// WithPostStart sets what is done right after the container has started, without
// an order between the two. If it fails, the container is stopped. An init
// container can't have it. If called again, the last call holds.
//
// Equivalent of setting lifecycle.postStart.
func (c Container) WithPostStart(hook Hook) Container {
	return c.hook("WithPostStart", postStart, hook)
}

// WithPreStop sets what is done before the container is told to stop. It is the
// surest way to let a program end in peace on a node with the bind filter, where
// the process that is told to stop is cmd and not the program. An init container
// can't have it. If called again, the last call holds.
//
// Equivalent of setting lifecycle.preStop.
func (c Container) WithPreStop(hook Hook) Container {
	return c.hook("WithPreStop", preStop, hook)
}

func (c Container) hook(method string, kind hookKind, hook Hook) Container {
	if hook.isZero() {
		c.mistakes.add(method, "hook", nil, errors.New("is the zero Hook: use ExecHook or HTTPHook"))
	}
	c.mistakes.join(hook.mistakes)
	c.hooks[kind] = hook
	return c
}

// Hook is what the kubelet does when a container starts or stops. It is an
// immutable value. The zero Hook is a mistake.
type Hook struct {
	http     *corev1.HTTPGetAction
	command  Command
	mistakes mistakes
}

// ExecHook runs a command in the container, as the account of the container and
// in its working directory.
//
// Equivalent of setting exec of a lifecycle handler.
func ExecHook(command Command) Hook {
	return Hook{command: command, mistakes: command.missing("ExecHook")}
}

// HTTPHook asks for a path over HTTP, at the pod's own address, which is the
// node's.
//
// Equivalent of setting httpGet of a lifecycle handler.
func HTTPHook(path string, port int32) Hook {
	var h Hook
	h.http = httpGet(&h.mistakes, "HTTPHook", path, port)
	return h
}

func (h *Hook) isZero() bool {
	return h.http == nil && h.command.isZero() && len(h.mistakes) == 0
}
