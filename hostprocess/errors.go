// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// BuildError lists all mistakes that prevent a pod from being built, in this order:
// calls on the Pod, calls on its containers, combinations that don't fit, and findings
// of package validate in the result. The same calls give the same list.
//
// errors.As finds each [Mistake], and in it a validate.Finding, a *volumes.PathError or
// an *accounts.ParseError.
type BuildError struct {
	// Mistakes is never empty.
	Mistakes []Mistake
}

// Error lists the mistakes, one per line if there are several. The wording may change.
func (e *BuildError) Error() string {
	if len(e.Mistakes) == 1 {
		return e.Mistakes[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d mistakes:", len(e.Mistakes))
	for _, m := range e.Mistakes {
		b.WriteString("\n\t" + m.Error())
	}
	return b.String()
}

// Unwrap lets errors.As and errors.Is reach every mistake.
func (e *BuildError) Unwrap() []error {
	all := make([]error, len(e.Mistakes))
	for i, m := range e.Mistakes {
		all[i] = m
	}
	return all
}

// Mistake is one invalid argument of a call. The zero Mistake is empty.
type Mistake struct {
	_ [0]func() // Err may not be comparable, so a Mistake isn't either

	// Container is the name of the container of the call, or empty for a call on the
	// Pod.
	Container string
	// Method is the name of the function or method: "WithMount".
	Method string
	// Argument is the name of the argument and its value: `mountPath "C:"`. If the
	// problem is in the result and not in one argument, it is the field:
	// "volumeMounts[1].mountPath".
	Argument string
	// Err describes the problem, its consequence and the fix.
	Err error
}

// Error names the container, the method and the argument, and describes the problem.
// The wording may change.
func (m Mistake) Error() string {
	var b strings.Builder
	if m.Container != "" {
		b.WriteString("container " + quote.Text(m.Container) + ": ")
	}
	b.WriteString(m.Method)
	if m.Argument != "" {
		b.WriteString(": " + m.Argument)
	}
	if m.Err != nil {
		b.WriteString(": " + m.text())
	}
	return b.String()
}

// text is the text of Err without the field or the value, which Argument contains.
func (m Mistake) text() string {
	switch err := m.Err.(type) {
	case validate.Finding:
		err.Field = ""
		return err.Error()
	case *accounts.ParseError:
		return err.Problem() + "; " + err.Fix()
	case *volumes.PathError:
		return err.Problem()
	case *field.Error:
		return err.ErrorBody()
	}
	return m.Err.Error()
}

// Unwrap returns Err.
func (m Mistake) Unwrap() error { return m.Err }

// mistake returns a Mistake; value is the value of the argument.
func mistake(method, argument string, value any, err error) Mistake {
	switch v := value.(type) {
	case string:
		argument += " " + quote.Text(v)
	case []string:
		words := make([]string, len(v))
		for i, word := range v {
			words[i] = quote.Text(word)
		}
		argument += " [" + strings.Join(words, " ") + "]"
	case nil:
		argument += " nil"
	default:
		argument += fmt.Sprintf(" %v", v)
	}
	return Mistake{Method: method, Argument: argument, Err: err}
}
