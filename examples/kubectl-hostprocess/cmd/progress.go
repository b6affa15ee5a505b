// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"fmt"
	"io"
	"time"
)

// progress prints the progress in one line of a terminal. It prints nothing if standard error
// isn't a terminal.
type progress struct {
	to    io.Writer // nil to print nothing
	next  time.Time // time of the next update
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

// clear removes the line before other output.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.to, clearLine)
		p.shown = false
	}
}
