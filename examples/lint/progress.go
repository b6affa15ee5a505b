// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far long work is, on a line of a terminal that is written
// over and over. It shows nothing where standard error is not a terminal.
type progress struct {
	to    io.Writer // nil where it shows nothing
	next  time.Time // when the line is written again
	shown bool
	bytes int64 // there are to read; 0 if that isn't known
}

const width = 60

func newProgress(stdout, stderr io.Writer) *progress {
	p := &progress{next: time.Now().Add(time.Second)}
	if isTerminal(stderr) {
		p.to = stderr
	}
	return p
}

// isTerminal says whether something is a character device; the null device is
// one too, but nobody looks at it.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// total adds up the sizes of the files; that of a folder, or of standard input,
// isn't known.
func (p *progress) total(paths []string) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			p.bytes = 0
			return
		}
		p.bytes += info.Size()
	}
}

// update shows how much was read.
func (p *progress) update(objects int, bytes int64) {
	if p.to == nil || time.Now().Before(p.next) {
		return
	}
	p.next = time.Now().Add(200 * time.Millisecond)
	p.shown = true
	line := fmt.Sprintf("%d objects, %d MiB", objects, bytes>>20)
	if p.bytes > 0 {
		line += fmt.Sprintf(" (%d%%)", 100*bytes/p.bytes)
	}
	fmt.Fprintf(p.to, "\r%-*s", width, line)
}

// clear removes the line.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprintf(p.to, "\r%s\r", strings.Repeat(" ", width))
		p.shown = false
	}
}

// above is a writer whose text doesn't run into the line. It is only needed
// where both are on a terminal.
func (p *progress) above(w io.Writer) io.Writer {
	if p.to == nil || !isTerminal(w) {
		return w
	}
	return above{p, w}
}

type above struct {
	*progress
	io.Writer
}

func (a above) Write(text []byte) (int, error) {
	a.clear()
	return a.Writer.Write(text)
}
