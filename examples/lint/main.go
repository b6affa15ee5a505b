// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Lint reads Kubernetes manifests and says what is wrong with their HostProcess
// pods:
//
//	go run ./examples/lint [-o text|json] [-containerd 1.6,1.7,…] FILE|DIR|-…
//
// It exits with 0 where nothing is an error, with 1 where something is, and with
// 2 where something can't be read.
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/validate"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// finding is a line of the output. The rules parse-error and unknown-field are
// not of the catalogue: they are about the manifest itself.
type finding struct {
	File      string            `json:"file"`
	Line      int               `json:"line"`
	Document  int               `json:"document"`
	Kind      string            `json:"kind"`
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Rule      validate.RuleID   `json:"rule"`
	Severity  validate.Severity `json:"severity"`
	Field     string            `json:"field"`
	Message   string            `json:"message"`
	Targets   string            `json:"targets,omitempty"`
	Fix       string            `json:"fix"`
}

// linter judges objects and counts.
type linter struct {
	validator validate.Validator
	print     func(finding)

	judged, passedOver, unreadable int
	count                          [3]int // by severity
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("lint", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: lint [-o text|json] [-containerd 1.6,1.7,...] FILE|DIR|-...")
		flags.PrintDefaults()
	}
	format := flags.String("o", "text", "output: `text` or json, one object a line")
	nodes := flags.String("containerd", "", "the nodes' `versions` of containerd, such as 1.6,1.7.2,1.7@symlinkHPC (default any that is supported today)")
	if flags.Parse(args) != nil {
		return 2
	}
	var l linter
	switch *format {
	case "text":
		l.print = func(f finding) {
			fmt.Fprintf(stdout, "%s:%d: %s %s %s: %s (%s)\n", f.File, f.Line, f.Severity, f.Rule, f.Field, on(f), f.Fix)
		}
	case "json":
		encoder := json.NewEncoder(stdout)
		encoder.SetEscapeHTML(false)
		l.print = func(f finding) { _ = encoder.Encode(f) }
	default:
		fmt.Fprintf(stderr, "lint: -o %q: write text or json\n", *format)
		return 2
	}
	for _, text := range strings.FieldsFunc(*nodes, func(r rune) bool { return r == ',' }) {
		target, err := validate.ParseTarget(text)
		if err != nil {
			fmt.Fprintf(stderr, "lint: -containerd: %v\n", err)
			return 2
		}
		l.validator.Targets = append(l.validator.Targets, target)
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}
	reader := manifest.NewReader(l.object)
	for _, path := range flags.Args() {
		if err := reader.Path(path, stdin); err != nil {
			fmt.Fprintf(stderr, "lint: %v\n", err)
			l.unreadable++
		}
	}
	fmt.Fprintf(stderr, "%d objects judged, %d of other kinds passed over, %d not readable: %d errors, %d warnings, %d infos\n",
		l.judged, l.passedOver, l.unreadable, l.count[validate.Error], l.count[validate.Warning], l.count[validate.Info])
	switch {
	case l.unreadable > 0:
		return 2
	case l.count[validate.Error] > 0:
		return 1
	}
	return 0
}

// on adds the nodes that a finding holds for to its message.
func on(f finding) string {
	if f.Targets == "" {
		return f.Message
	}
	return f.Message + " [on " + f.Targets + "]"
}

// object judges one object of a manifest.
func (l *linter) object(o manifest.Object) {
	report := func(line int, f validate.Finding) {
		l.count[f.Severity]++
		l.print(finding{o.File, line, o.Document, o.Kind, o.Namespace, o.Name, f.Rule, f.Severity, f.Field, f.Message, f.Targets, f.Fix})
	}
	if o.Err != nil {
		l.unreadable++
		report(o.Line, validate.Finding{Rule: "parse-error", Severity: validate.Error, Field: ".", Message: o.Err.Error(), Fix: "correct the manifest"})
		return
	}
	findings, err := l.validator.Object(o.Object)
	if err != nil {
		l.passedOver++
		return
	}
	l.judged++
	for _, problem := range o.Unknown {
		_, field, _ := strings.Cut(problem, "\"")
		field, _, _ = strings.Cut(field, "\"")
		report(o.LineOf(field), validate.Finding{
			Rule: "unknown-field", Severity: validate.Warning, Field: cmp.Or(field, "."),
			Message: problem + ": the API server drops it, or refuses it where validation is strict",
			Fix:     "correct the field's name, or remove it",
		})
	}
	for _, f := range findings {
		report(o.LineOf(f.Field), f)
	}
}
