// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

// Severity says how bad a finding is. The zero value is SeverityError, so that a
// finding whose severity was forgotten fails closed.
type Severity uint8

const (
	// SeverityError: the API server rejects the pod, or a node fails to start it.
	SeverityError Severity = iota
	// SeverityWarning: the pod runs, but part of it is ignored or means something else
	// than it says; or it would be an error if its facts were settled by a
	// source (Rule.Unverified).
	SeverityWarning
	// SeverityInfo: advice. The pod works.
	SeverityInfo
)

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	switch s {
	case SeverityError:
		return "error"
	case SeverityWarning:
		return "warning"
	case SeverityInfo:
		return "info"
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// MarshalText writes the severity as String does, so that JSON holds a word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote; any other text is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	for _, known := range []Severity{SeverityError, SeverityWarning, SeverityInfo} {
		if string(text) == known.String() {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("severity %s: write error, warning or info", quote.Text(string(text)))
}

// Finding is one thing that is wrong with a pod. It holds nothing of the pod it was
// found in. The zero Finding says nothing.
type Finding struct {
	// Rule is the rule that was broken; Rules tells more of it.
	Rule RuleID `json:"rule"`
	// Severity is the rule's.
	Severity Severity `json:"severity"`
	// Field is the path of the field, spelled as the API server spells it, from
	// the object that was judged: "spec.template.spec.hostNetwork".
	Field string `json:"field"`
	// Container is the name of the container that the finding is in; empty for one
	// about the pod as a whole, or about another object.
	Container string `json:"container,omitempty"`
	// Message says what is wrong and what will happen. Its wording may change.
	Message string `json:"message"`
	// Targets are those of the Validator's targets that it holds for; nil where it
	// holds for all of them.
	Targets []Target `json:"targets,omitempty"`
	// Fix says what to do, as a verb phrase.
	Fix string `json:"fix,omitempty"`

	element Element
	// kind is what the API server calls such an error, and value what the field holds:
	// a text, a number, a bool or nil. Both are set for errors only.
	kind  field.ErrorType
	value any
	// cause is what an error that Unwrap returns points to, or nil.
	cause any
}

// Element is the part of a container, or of a pod, that a finding is about. Programs
// use it to match findings of two versions of a pod, whose paths may differ. It is
// comparable. The zero Element is the pod itself.
type Element struct {
	// Name is a field of the container, of the pod's spec, or of the object, without
	// the path to it and without an index: "hostNetwork", "volumeMounts",
	// "livenessProbe.exec.command", "metadata.annotations".
	Name string
	// Index is the index in a list of objects, such as "volumeMounts"; -1 for
	// everything else.
	Index int
	// Field is what follows: "mountPath", "[2]" of a command; empty for the whole
	// element.
	Field string
}

// String returns the path from the container, or from the pod's spec, on:
// "volumeMounts[3].mountPath".
func (e Element) String() string {
	name := e.Name
	if e.Index >= 0 && name != "" {
		name += "[" + strconv.Itoa(e.Index) + "]"
	}
	return join(name, e.Field)
}

// Element returns what the finding is about in its Container, or in the pod if that
// is empty.
func (f Finding) Element() Element { return f.element }

// Equal reports whether two findings are the same in everything. It lets tests compare
// them with go-cmp.
func (f Finding) Equal(g Finding) bool {
	return f.Rule == g.Rule && f.Severity == g.Severity && f.Field == g.Field && f.Container == g.Container &&
		f.Message == g.Message && slices.Equal(f.Targets, g.Targets) && f.Fix == g.Fix &&
		f.element == g.element && f.kind == g.kind && f.value == g.value && f.cause == g.cause
}

// Unwrap returns the error that the finding rests on, if there is one: an
// *accounts.ParseError for a runAsUserName, a *volumes.PathError for a mountPath.
func (f Finding) Unwrap() error {
	switch cause := f.cause.(type) {
	case accounts.ParseError:
		return &cause
	case volumes.PathError:
		return &cause
	}
	return nil
}

// Error makes a Finding an error: "spec.hostNetwork: message (fix) [rule]".
func (f Finding) Error() string {
	var b strings.Builder
	if f.Field != "" {
		b.WriteString(f.Field + ": ")
	}
	b.WriteString(f.detail())
	if f.Fix != "" {
		b.WriteString(" (" + f.Fix + ")")
	}
	b.WriteString(" [" + string(f.Rule) + "]")
	return b.String()
}

// detail is the message with the targets it holds for.
func (f Finding) detail() string {
	if len(f.Targets) == 0 {
		return f.Message
	}
	names := make([]string, len(f.Targets))
	for i, t := range f.Targets {
		names[i] = t.String()
	}
	return f.Message + " [on " + strings.Join(names, ", ") + "]"
}

// Findings is what is wrong with an object, in the order of the walk: the
// workload, the metadata, the pod, its volumes, then container after container
// (init, regular, ephemeral). The same input gives the same order. The zero
// Findings, nil, means that nothing was found.
type Findings []Finding

// With returns the findings of one severity, in the same order; nil where there
// are none.
func (fs Findings) With(severity Severity) Findings {
	var kept Findings
	for _, f := range fs {
		if f.Severity == severity {
			kept = append(kept, f)
		}
	}
	return kept
}

// Err returns nil where no finding is an error, else an error that names every
// one of them; errors.As finds the first as a Finding.
func (fs Findings) Err() error {
	failed := fs.With(SeverityError)
	if len(failed) == 0 {
		return nil
	}
	return findingsError{failed}
}

// ErrorList returns the Errors in the form of Kubernetes' own validation, for
// programs that already collect such a list. It is nil where no finding is an error.
//
// The Type is the one that the API server has for the field, or would have, if it
// knew what only nodes do. BadValue is the text, number or bool in the field, or
// field.OmitValueType. Detail is the message and, in parentheses, the fix. Origin is
// the rule's id.
func (fs Findings) ErrorList() field.ErrorList {
	var list field.ErrorList
	for _, f := range fs.With(SeverityError) {
		e := &field.Error{Type: f.kind, Field: f.Field, BadValue: f.value, Detail: f.detail(), Origin: string(f.Rule)}
		if e.Type == "" {
			e.Type = field.ErrorTypeInvalid
		}
		if e.BadValue == nil {
			e.BadValue = field.OmitValueType{}
		}
		if f.Fix != "" {
			e.Detail += " (" + f.Fix + ")"
		}
		list = append(list, e)
	}
	return list
}

// Warnings returns the Warnings as texts, in the form that an admission webhook
// answers them. It is nil where there are none.
func (fs Findings) Warnings() []string {
	var texts []string
	for _, f := range fs.With(SeverityWarning) {
		texts = append(texts, f.Error())
	}
	return texts
}

// findingsError is the error that Err returns.
type findingsError struct{ findings Findings }

func (e findingsError) Error() string {
	texts := make([]string, len(e.findings))
	for i, f := range e.findings {
		texts[i] = f.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap lets errors.As and errors.Is reach every finding.
func (e findingsError) Unwrap() []error {
	all := make([]error, len(e.findings))
	for i, f := range e.findings {
		all[i] = f
	}
	return all
}
