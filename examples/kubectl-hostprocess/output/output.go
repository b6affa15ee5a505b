// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package output prints findings as text and in formats for programs. It writes findings
// immediately, so their number doesn't affect memory.
package output

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
)

// Formats are the names of the formats.
var Formats = []string{"text", "json", "sarif", "github", "junit"}

// Writer prints findings.
type Writer interface {
	Finding(lint.Finding)
	// End prints the end of the output. problems are errors of reading, and clean is the
	// number of objects without findings. It returns the first error of writing.
	End(problems []error, clean int) error
}

// Options are options of some formats.
type Options struct {
	Color bool
	// FailOn is the lowest severity that fails; nil if none does.
	FailOn  *validate.Severity
	Version string
}

// New returns the Writer of a format.
func New(format string, to io.Writer, options Options) (Writer, error) {
	buffered := bufio.NewWriter(to)
	encoder := newEncoder(buffered)
	switch format {
	case "text":
		return &text{to: buffered, Palette: Palette{options.Color}}, nil
	case "json":
		return jsonLines{buffered, encoder}, nil
	case "sarif":
		fmt.Fprint(buffered, sarifHead) // End returns the error
		return &sarif{to: buffered, encoder: encoder, version: options.Version}, nil
	case "github":
		return github{buffered}, nil
	case "junit":
		fmt.Fprint(buffered, junitHead)
		return &junit{to: buffered, failOn: options.FailOn}, nil
	}
	return nil, fmt.Errorf("-o %q: must be one of %s", format, strings.Join(Formats, ", "))
}

// Subject names an object: "DaemonSet agents/agent".
func Subject(kind, namespace, name string) string {
	if namespace != "" {
		name = namespace + "/" + name
	}
	return strings.TrimSpace(kind + " " + name)
}

func subject(f lint.Finding) string { return Subject(f.Kind, f.Namespace, f.Name) }

// JSONLine prints a value as JSON in one line; Flush returns the error.
func JSONLine(to *bufio.Writer, value any) { _ = newEncoder(to).Encode(value) }

func newEncoder(to *bufio.Writer) *json.Encoder {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return encoder
}

// jsonLines writes one JSON object per line.
type jsonLines struct {
	to      *bufio.Writer
	encoder *json.Encoder
}

func (j jsonLines) Finding(f lint.Finding) { _ = j.encoder.Encode(f) } // Flush returns the error

func (j jsonLines) End([]error, int) error { return j.to.Flush() }

// github writes the workflow commands that annotate lines of a pull request:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
type github struct{ to *bufio.Writer }

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (g github) Finding(f lint.Finding) {
	if f.Ignored {
		return
	}
	command := f.Severity.String()
	if f.Severity == validate.SeverityInfo {
		command = "notice"
	}
	fmt.Fprintf(g.to, "::%s file=%s,line=%d,title=%s::%s\n", command, propertyEscapes.Replace(f.File), max(1, f.Line),
		propertyEscapes.Replace(string(f.Rule)), dataEscapes.Replace(OneLine(fmt.Sprintf("%s %s (%s) %s", f.Field, f.Text(), f.Fix, Link(f.Rule)))))
}

func (g github) End(problems []error, _ int) error {
	for _, err := range problems {
		fmt.Fprintf(g.to, "::error::%s\n", dataEscapes.Replace(OneLine(err.Error())))
	}
	return g.to.Flush()
}

// links are the URLs of the rules' descriptions.
var links = sync.OnceValue(func() map[validate.RuleID]string {
	all := map[validate.RuleID]string{}
	for _, r := range validate.Rules() {
		all[r.ID] = "https://github.com/hostprocess-go/sdk/blob/" + r.Since + "/validate/RULES.md#" + string(r.ID)
	}
	return all
})

// Link returns the URL of a rule's description; empty for rules about manifests.
func Link(rule validate.RuleID) string { return links()[rule] }
