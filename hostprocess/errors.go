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

// BuildError says why a pod can't be built. It holds every mistake that was
// found, in this order: calls on the Pod, calls on its containers, what doesn't
// fit together, and what package validate says of the result. The same calls
// give the same list.
//
// errors.As finds what is inside of it: a [Mistake], a validate.Finding, a
// *volumes.PathError, an *accounts.ParseError.
type BuildError struct {
	// Mistakes is never empty.
	Mistakes []Mistake
}

// Error lists the mistakes, one a line if there are several. The wording may
// change.
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

// Mistake is one argument of one call that can't be built. The zero Mistake says
// nothing.
type Mistake struct {
	_ [0]func() // Err may not be comparable, so a Mistake isn't either

	// Container is the name of the container that the call was made for, or
	// empty for a call on the Pod.
	Container string
	// Method is the name of the function or method: "WithMount".
	Method string
	// Argument is the name of the argument and what was passed:
	// `mountPath "C:"`. Where the result is to blame and not one argument, it is
	// the field: "volumeMounts[1].mountPath".
	Argument string
	// Err says what is wrong, what would happen, and what to write instead.
	Err error
}

// Error names container, method and argument, and says what is wrong. The
// wording may change.
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

// text is what Err says, without the field or the value, which Argument names.
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

// mistake makes a Mistake; value is what was passed as the argument.
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
