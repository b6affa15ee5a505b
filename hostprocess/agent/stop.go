// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// NotifyContext returns a copy of parent that is canceled when the container is
// stopped, on every system, or at Ctrl+C. A nil parent is context.Background(). Call
// stop to release it; afterwards a signal ends the program immediately.
//
// On Windows, the signal is CTRL_SHUTDOWN. In mode Bind, the program may then have only
// five seconds, regardless of the pod's grace period: see the package documentation.
func NotifyContext(parent context.Context) (ctx context.Context, stop context.CancelFunc) {
	if parent == nil {
		parent = context.Background()
	}
	return signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
}
