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

// Severity is the severity of a finding. The zero value is SeverityError, so that a
// forgotten severity fails closed.
type Severity uint8

const (
	// SeverityError: the API server rejects the pod, or a node fails to start it.
	SeverityError Severity = iota
	// SeverityWarning: the pod runs, but part of it is ignored or works differently; or
	// it would be an error if a source settled its facts (Rule.Unverified).
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

// MarshalText returns the text of String, so that JSON contains a word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText parses the result of MarshalText; any other text is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	for _, known := range []Severity{SeverityError, SeverityWarning, SeverityInfo} {
		if string(text) == known.String() {
			*s = known
			return nil
		}
	}
	return fmt.Errorf("severity %s: write error, warning or info", quote.Text(string(text)))
}

// Finding is one problem of a pod. It doesn't refer to the pod. The zero Finding is
// empty.
type Finding struct {
	// Rule is the ID of the rule; see Rules.
	Rule RuleID `json:"rule"`
	// Severity is the severity of the rule.
	Severity Severity `json:"severity"`
	// Field is the path of the field from the validated object on, as in errors of the
	// API server: "spec.template.spec.hostNetwork".
	Field string `json:"field"`
	// Container is the name of the container with the problem; empty for the pod as a
	// whole, or for another object.
	Container string `json:"container,omitempty"`
	// Message describes the problem and its consequence, in a phrase whose subject is
	// the field: "is empty: the API server rejects the pod". Its wording may change.
	Message string `json:"message"`
	// Targets are the targets of the Validator that have the problem; nil if all have
	// it.
	Targets []Target `json:"targets,omitempty"`
	// Fix describes what to do, as a verb phrase.
	Fix string `json:"fix,omitempty"`

	element Element
	// kind is the API server's type of such an error, and value is the value of the
	// field: a text, a number, a bool or nil. Both are set for errors only.
	kind  field.ErrorType
	value any
	// cause is the value to which an error of Unwrap points, or nil.
	cause any
}

// Element is the part of a container, or of a pod, that a finding is about. Use it to
// match findings of two versions of a pod, whose paths may differ. It is comparable.
// The zero Element is the pod itself.
type Element struct {
	// Name is a field of the container, of the pod's spec, or of the object, without
	// the path to it and without an index: "hostNetwork", "volumeMounts",
	// "livenessProbe.exec.command", "metadata.annotations".
	Name string
	// Index is the index in a list of objects, such as "volumeMounts"; -1 for
	// everything else.
	Index int
	// Field is the rest of the path: "mountPath", "[2]" of a command; empty for the
	// whole element.
	Field string
}

// String returns the path within the container, or within the pod's spec:
// "volumeMounts[3].mountPath".
func (e Element) String() string {
	name := e.Name
	if e.Index >= 0 && name != "" {
		name += "[" + strconv.Itoa(e.Index) + "]"
	}
	return join(name, e.Field)
}

// Element returns the element in the finding's Container, or in the pod if that is
// empty.
func (f Finding) Element() Element { return f.element }

// Equal reports whether two findings are equal in every respect. go-cmp uses it.
func (f Finding) Equal(g Finding) bool {
	return f.Rule == g.Rule && f.Severity == g.Severity && f.Field == g.Field && f.Container == g.Container &&
		f.Message == g.Message && slices.Equal(f.Targets, g.Targets) && f.Fix == g.Fix &&
		f.element == g.element && f.kind == g.kind && f.value == g.value && f.cause == g.cause
}

// Unwrap returns the underlying error, if there is one: an *accounts.ParseError for a
// runAsUserName, a *volumes.PathError for a mountPath.
func (f Finding) Unwrap() error {
	switch cause := f.cause.(type) {
	case accounts.ParseError:
		return &cause
	case volumes.PathError:
		return &cause
	}
	return nil
}

// Error returns the finding in one line: "spec.hostNetwork: message (fix) [rule]".
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

// detail returns the message with its targets.
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

// Findings are the problems of an object, in a fixed order: the workload, the metadata,
// the pod, its volumes, then each container (init, regular, ephemeral). The zero
// Findings, nil, means that nothing was found.
type Findings []Finding

// With returns the findings of one severity, in the same order; nil if there are none.
func (fs Findings) With(severity Severity) Findings {
	var kept Findings
	for _, f := range fs {
		if f.Severity == severity {
			kept = append(kept, f)
		}
	}
	return kept
}

// Err returns nil if no finding is an error, otherwise an error that contains all of
// them; errors.As finds the first as a Finding.
func (fs Findings) Err() error {
	failed := fs.With(SeverityError)
	if len(failed) == 0 {
		return nil
	}
	return findingsError{failed}
}

// ErrorList returns the errors in the form of Kubernetes' own validation, for programs
// that already collect such a list. It is nil if no finding is an error.
//
// Type is the API server's type for such an error, or the closest one for errors that
// only nodes detect. BadValue is the text, number or bool in the field, or
// field.OmitValueType. Detail is the message and, in parentheses, the fix. Origin is
// the rule's ID.
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

// Warnings returns the warnings as texts, in the form of an admission webhook's
// warnings. It is nil if there are none.
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
