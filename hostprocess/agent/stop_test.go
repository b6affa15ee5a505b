// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package agent_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
)

// On Windows, a process can't send these signals to itself. Go's own tests of the runtime
// cover the signal for CTRL_SHUTDOWN.
func TestNotifyContext(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		var background context.Context
		ctx, stop := agent.NotifyContext(background)
		if ctx.Err() != nil {
			t.Fatalf("%s: has ended before", sig)
		}
		if err := self.Signal(sig); err != nil {
			t.Fatal(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the context goes on", sig)
		}
		stop()
	}
}

func TestNotifyContextOfItsParent(t *testing.T) {
	type key struct{}
	parent, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, "value"))
	ctx, stop := agent.NotifyContext(parent)
	defer stop()
	if ctx.Value(key{}) != "value" || ctx.Err() != nil {
		t.Errorf("got %v, %v", ctx.Value(key{}), ctx.Err())
	}
	cancel()
	<-ctx.Done()

	ctx, stop = agent.NotifyContext(context.Background())
	stop()
	if <-ctx.Done(); !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("after stop: %v", ctx.Err())
	}
}
