// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// mistakes collects what is wrong with the arguments of one call. Its methods append to
// a copy, so that values that share the list don't see each other's mistakes.
type mistakes []Mistake

// add appends a mistake if err isn't nil, or if the value is a text that the API would
// change.
func (ms *mistakes) add(method, argument string, value any, err error) {
	if text, _ := value.(string); err == nil && !utf8.ValidString(text) {
		err = errNotUTF8
	}
	if err != nil {
		*ms = append(slices.Clip(*ms), mistake(method, argument, value, err))
	}
}

// join appends the mistakes of a part that was passed as an argument.
func (ms *mistakes) join(more mistakes) {
	*ms = append(slices.Clip(*ms), more...)
}

// in appends mistakes that are about a container.
func (ms *mistakes) in(container string, more ...Mistake) {
	for _, m := range more {
		m.Container = container
		*ms = append(*ms, m)
	}
}

var errNotUTF8 = errors.New("is not valid UTF-8: the API would change it")

var errNoFunction = errors.New("is nil: pass a function")

var errEmpty = errors.New("is empty: write a name")

// form turns the messages of a check in apimachinery into an error, or nil.
func form(messages []string) error {
	if len(messages) == 0 {
		return nil
	}
	return errors.New(strings.Join(messages, "; "))
}

// label checks for a DNS label: the form of container and volume names.
func label(name string) error {
	if name == "" {
		return errEmpty
	}
	return form(validation.IsDNS1123Label(name))
}

// subdomain checks for a DNS subdomain: the form of the names of most objects.
func subdomain(name string) error {
	if name == "" {
		return errEmpty
	}
	return form(validation.IsDNS1123Subdomain(name))
}

// labels checks that labels can have the keys and values.
func (ms *mistakes) labels(method string, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		ms.add(method, "key", key, form(validation.IsQualifiedName(key)))
		ms.add(method, "value of "+key, labels[key], form(validation.IsValidLabelValue(labels[key])))
	}
}

// oneOf checks for one of a few values.
func oneOf[T ~string](value T, allowed ...T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	names := make([]string, len(allowed))
	for i, name := range allowed {
		names[i] = quote.Text(string(name))
	}
	return fmt.Errorf("is unknown: write one of %s", strings.Join(names, ", "))
}

// with returns a copy of base with the entries of more.
func with(base, more map[string]string) map[string]string {
	if len(base)+len(more) == 0 {
		return nil
	}
	all := make(map[string]string, len(base)+len(more))
	maps.Copy(all, base)
	maps.Copy(all, more)
	return all
}
