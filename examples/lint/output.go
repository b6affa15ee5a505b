// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/hostprocess-go/sdk/examples/internal/oneline"
)

// output prints findings.
type output interface {
	finding(finding)
	// end prints what comes after them; problems are what can't be read at all.
	// It returns the first error of writing.
	end(problems []error) error
}

// newOutput returns the output of a format; nil for a format that isn't there.
func newOutput(format string, to io.Writer) output {
	buffered := bufio.NewWriter(to)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	switch format {
	case "text":
		return text{buffered}
	case "json":
		return jsonLines{buffered, encoder}
	case "sarif":
		return &sarif{to: buffered, encoder: encoder, rules: map[string]int{}}
	}
	return nil
}

// text is for people, and for editors that know FILE:LINE.
type text struct{ to *bufio.Writer }

func (t text) finding(f finding) {
	severity := f.Severity.String()
	if f.Ignored {
		severity = "ignored"
	}
	fmt.Fprintln(t.to, oneline.Of(fmt.Sprintf("%s:%d: %s %s %s: %s (%s)", f.File, f.Line, severity, f.Rule, f.Field, on(f), f.Fix)))
}

func (t text) end([]error) error { return t.to.Flush() }

// on adds the nodes that a finding holds for to its message.
func on(f finding) string {
	if f.Targets == "" {
		return f.Message
	}
	return f.Message + " [on " + f.Targets + "]"
}

// jsonLines is one object a line, for programs.
type jsonLines struct {
	to      *bufio.Writer
	encoder *json.Encoder
}

func (j jsonLines) finding(f finding) { _ = j.encoder.Encode(f) } // Flush returns the error

func (j jsonLines) end([]error) error { return j.to.Flush() }
