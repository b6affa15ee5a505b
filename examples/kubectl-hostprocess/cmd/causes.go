// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate/explain"
)

// place is where a text is from: nowhere for the command line.
type place struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Object is what the text is about, if that is known.
	Object string `json:"object,omitempty"`
}

// cause is one that was found, with its first place.
type cause struct {
	explain.Cause
	place
	Times int `json:"times"`
}

// causes are what was found, in order.
type causes struct{ list []*cause }

// explain adds what a text means. A cause that is known is counted, per object.
func (c *causes) explain(at place, text string) {
	for _, found := range explain.Explain(text) {
		known, at := false, at
		if at.Object == "" && at.File != "" {
			at.Line += strings.Count(text[:strings.Index(text, found.Matched)], "\n")
		}
		for _, other := range c.list {
			if other.Cause.Cause == found.Cause && other.Object == at.Object {
				other.Times++
				known = true
			}
		}
		if !known {
			c.list = append(c.list, &cause{found, at, 1})
		}
	}
}

// maxMessage is how much of a message is read at once; what exceeds it is read as
// another one.
const maxMessage = 1 << 20

// lines explains a text message by message: a line, with those after it that are
// indented, as YAML folds them.
func (c *causes) lines(file string, in *bufio.Reader) error {
	var message strings.Builder
	line, first := 0, 1
	end := func() {
		c.explain(place{File: file, Line: first}, message.String())
		message.Reset()
		first = line
	}
	isStart := true // of a line, which may be longer than the buffer
	for {
		part, err := in.ReadSlice('\n')
		if isStart && len(part) > 0 {
			line++
		}
		if isStart && len(part) > 0 && part[0] != ' ' && part[0] != '\t' || message.Len() > maxMessage {
			end()
		}
		message.Write(part)
		isStart = err == nil
		switch {
		case errors.Is(err, io.EOF):
			end()
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			end()
			return fmt.Errorf("%s:%d: %w", file, line, err)
		}
	}
}

// objects explains events, and the states of pods.
func (c *causes) objects(file string, in io.Reader) error {
	var problems []error
	reader := input.Reader{Visit: func(o input.Object) {
		at := place{File: o.File, Line: o.Line}
		switch object := o.Object.(type) {
		case *corev1.Event:
			about := object.InvolvedObject
			at.Object = name(about.Kind, about.Namespace, about.Name)
			c.explain(at, object.Reason+"\n"+object.Message)
		case *corev1.Pod:
			at.Object = name(o.Kind, o.Namespace, o.Name)
			for _, text := range states(&object.Status) {
				c.explain(at, text)
			}
		default:
			if o.Err != nil {
				problems = append(problems, o.Problem())
			}
		}
	}}
	return errors.Join(append(problems, reader.Stream(file, in))...)
}

func name(kind, namespace, name string) string {
	return strings.Trim(kind+" "+strings.TrimPrefix(namespace+"/"+name, "/"), " ")
}

// states are what a pod says of itself and of its containers, now and before.
func states(status *corev1.PodStatus) []string {
	all := []string{status.Reason + "\n" + status.Message}
	for _, condition := range status.Conditions {
		all = append(all, condition.Reason+"\n"+condition.Message)
	}
	for _, list := range [][]corev1.ContainerStatus{status.InitContainerStatuses, status.ContainerStatuses, status.EphemeralContainerStatuses} {
		for _, container := range list {
			for _, state := range []corev1.ContainerState{container.State, container.LastTerminationState} {
				if state.Waiting != nil {
					all = append(all, state.Waiting.Message)
				}
				if state.Terminated != nil {
					all = append(all, state.Terminated.Message)
				}
			}
		}
	}
	return all
}

// print prints the causes; Flush returns the error.
func (c *causes) print(to *bufio.Writer, format string, color output.Palette) {
	for i, found := range c.list {
		if format == "json" {
			_ = json.NewEncoder(to).Encode(found)
			continue
		}
		if i > 0 {
			fmt.Fprintln(to)
		}
		found.print(to, color)
	}
}

func (c *cause) print(to io.Writer, color output.Palette) {
	var where []string
	if c.File != "" {
		where = append(where, c.File+":"+strconv.Itoa(c.Line))
	}
	if c.Object != "" {
		where = append(where, c.Object)
	}
	if c.Times > 1 {
		where = append(where, strconv.Itoa(c.Times)+" times")
	}
	fmt.Fprint(to, color.Bold(output.OneLine(strings.Join(strings.Fields(c.Matched), " "))))
	if len(where) > 0 {
		fmt.Fprintf(to, " (%s)", output.OneLine(strings.Join(where, ", ")))
	}
	fmt.Fprintf(to, "\n  cause  %s\n  fix    %s\n", c.Cause.Cause, c.Fix)
	if len(c.Rules) > 0 {
		var rules []string
		for _, id := range c.Rules {
			rules = append(rules, string(id))
		}
		fmt.Fprintf(to, "  rules  %s\n", strings.Join(rules, ", "))
	}
	for _, source := range c.Sources {
		fmt.Fprintf(to, "  see    %s\n", source)
	}
}

// read explains a file, or standard input.
func (c *causes) read(file string, stdin io.Reader) error {
	if file == "-" {
		return c.stream("<stdin>", stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.stream(file, f)
}

// stream explains objects of JSON, and anything else as text.
func (c *causes) stream(file string, from io.Reader) error {
	in := bufio.NewReaderSize(from, 64<<10)
	if start, _ := in.Peek(4 << 10); looksLikeObject(string(start)) {
		return c.objects(file, in)
	}
	return c.lines(file, in)
}

// looksLikeObject reports whether a text starts as an object of Kubernetes does. A
// line of a log may be JSON, too.
func looksLikeObject(start string) bool {
	return strings.HasPrefix(strings.TrimSpace(start), "{") && strings.Contains(start, `"apiVersion"`)
}
