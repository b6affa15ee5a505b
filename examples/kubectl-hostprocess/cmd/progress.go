// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"fmt"
	"io"
	"time"
)

// progress shows how far long work is, in a line of a terminal that is written over and
// over; nothing if standard error isn't a terminal.
type progress struct {
	to    io.Writer // nil if it shows nothing
	next  time.Time // when the line is written again
	shown bool
}

func newProgress(stderr io.Writer) *progress {
	p := &progress{next: time.Now().Add(time.Second)}
	if isTerminal(stderr) {
		p.to = stderr
	}
	return p
}

const clearLine = "\r\x1b[K"

func (p *progress) update(objects int, bytes int64) {
	if p.to == nil || time.Now().Before(p.next) {
		return
	}
	p.next = time.Now().Add(200 * time.Millisecond)
	p.shown = true
	fmt.Fprintf(p.to, "%s%d HostProcess objects, %d MiB", clearLine, objects, bytes>>20)
}

// clear removes the line, before anything else is written.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.to, clearLine)
		p.shown = false
	}
}
