// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate/explain"
)

func newExplain(s streams) *cobra.Command {
	var (
		names       []string
		format, pod string
		c           cluster
	)
	command := &cobra.Command{
		Use:   "explain [TEXT | FILE | -]... [-f FILE]... [--pod NAME]",
		Short: "Explain why a HostProcess pod fails",
		Long: `Explain why a HostProcess pod fails: what the errors of the kubelet, containerd and
hcsshim mean, which rule of lint finds the mistake, and how to fix it.

An argument that isn't the name of a file is an error message to explain. Files can be
logs of any size, the output of kubectl describe, and events and pods in JSON. With --pod,
the status, events and logs of a pod in the cluster are explained, which requires
permission to get pods and pods/log and to list events.

Exit codes: 0 if an error was explained, 1 if none was, 2 if any input can't be read or
the command line is invalid.`,
		Example: `  # Explain the errors of a pod
  kubectl hostprocess explain --pod agent-x7k2p -n agents

  # Explain an error message
  kubectl hostprocess explain "failed to logon user: Access is denied."

  # Explain the errors in kubectl's output and in the kubelet's log
  kubectl describe pod agent | kubectl hostprocess explain -
  kubectl get events -A -o json | kubectl hostprocess explain -
  kubectl hostprocess explain kubelet.log`,
		RunE: func(command *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			if len(args)+len(names) == 0 && pod == "" {
				return errors.New("nothing to explain: pass an error message, a file, - for standard input, or --pod")
			}
			var found causes
			for _, arg := range args {
				if arg != "-" && !isFile(arg) {
					found.explain(place{}, arg)
					continue
				}
				names = append(names, arg)
			}
			var problems []error
			for _, name := range names {
				problems = append(problems, found.read(name, s.in))
			}
			if pod != "" {
				problems = append(problems, found.pod(command.Context(), &c, pod)...)
			}
			code := s.fail("explain", problems...)
			out := bufio.NewWriter(s.out)
			found.print(out, format, output.Palette{On: wantsColor(s.out)})
			if err := out.Flush(); err != nil {
				return err
			}
			if code == 0 && len(found.list) == 0 {
				fmt.Fprintln(s.err, "no known error found")
				code = 1
			}
			return exit(code)
		},
	}
	command.Flags().StringSliceVarP(&names, "filename", "f", nil, "`file` with errors to explain, or - for standard input")
	_ = command.MarkFlagFilename("filename") // which was just added
	command.Flags().StringVar(&pod, "pod", "", "explain the status, events and logs of this `pod` in the cluster")
	c.addWithout(command)
	command.Flags().StringVarP(&c.namespace, "namespace", "n", "", "`namespace` of the pod (default: namespace of the context)")
	addFormat(command, &format, []string{"text", "json"})
	return command
}

// isFile reports whether an argument is the name of a file and not a text: the file exists,
// or the argument looks like a file name.
func isFile(arg string) bool {
	if _, err := os.Stat(arg); err == nil || !errors.Is(err, fs.ErrNotExist) && !strings.Contains(arg, " ") {
		return true
	}
	return !strings.Contains(arg, " ") && strings.ContainsAny(arg, ".") && !strings.Contains(arg, ":")
}

// logLines and logBytes limit how much of each log is read.
const (
	logLines = "2000"
	logBytes = "16777216"
)

// pod explains the status, events and logs of a pod. It returns the errors, some of which
// may be nil.
func (c *causes) pod(ctx context.Context, flags *cluster, name string) (problems []error) {
	cluster, err := flags.connect()
	var pod corev1.Pod
	path := ""
	if err == nil {
		path = "/api/v1/namespaces/" + cluster.usual
		err = cluster.getJSON(ctx, path+"/pods/"+name, &pod)
	}
	if err != nil {
		return []error{err}
	}
	c.status(place{File: "pod", Line: 1}, &pod)
	events, err := cluster.get(ctx, path+"/events", "fieldSelector", "involvedObject.kind=Pod,involvedObject.name="+name)
	problems = append(problems, err, c.objects("events", bytes.NewReader(events)))
	for _, container := range workload.Containers(&pod.Spec) {
		for _, previous := range []string{"false", "true"} {
			log, err := cluster.get(ctx, path+"/pods/"+name+"/log", "container", container.Name, "previous", previous, "tailLines", logLines, "limitBytes", logBytes)
			if !apierrors.IsBadRequest(err) && !apierrors.IsNotFound(err) { // these mean that it has no current or previous log
				problems = append(problems, err)
			}
			problems = append(problems, c.lines("log of "+container.Name, bufio.NewReader(bytes.NewReader(log))))
		}
	}
	return problems
}

// place is the origin of a text; zero for the command line.
type place struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Object is the subject of the text, if known.
	Object string `json:"object,omitempty"`
}

// cause is a cause that was found, with its first place.
type cause struct {
	explain.Cause
	place
	Times int `json:"times"`
}

// causes are the causes that were found, in order.
type causes struct{ list []*cause }

// explain adds the causes in a text. It counts repeated causes per object.
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

// maxMessage limits the length of a message; the rest is read as another message.
const maxMessage = 1 << 20

// lines explains a text by message: a line with the indented lines after it, as YAML folds
// them.
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

// objects explains events and the states of pods.
func (c *causes) objects(file string, in io.Reader) error {
	var problems []error
	reader := input.Reader{Visit: func(o input.Object) {
		at := place{File: o.File, Line: o.Line}
		switch object := o.Object.(type) {
		case *corev1.Event:
			about := object.InvolvedObject
			at.Object = output.Subject(about.Kind, about.Namespace, about.Name)
			c.explain(at, object.Reason+"\n"+object.Message)
		case *corev1.Pod:
			c.status(at, object)
		default:
			if o.Err != nil {
				problems = append(problems, o.Problem())
			}
		}
	}}
	return errors.Join(append(problems, reader.Stream(file, in))...)
}

// status explains the current and previous states of a pod and its containers.
func (c *causes) status(at place, pod *corev1.Pod) {
	at.Object = output.Subject("Pod", pod.Namespace, pod.Name)
	status := &pod.Status
	c.explain(at, status.Reason+"\n"+status.Message)
	for _, condition := range status.Conditions {
		c.explain(at, condition.Reason+"\n"+condition.Message)
	}
	for _, container := range slices.Concat(status.InitContainerStatuses, status.ContainerStatuses, status.EphemeralContainerStatuses) {
		for _, state := range []corev1.ContainerState{container.State, container.LastTerminationState} {
			if state.Waiting != nil {
				c.explain(at, state.Waiting.Message)
			}
			if state.Terminated != nil {
				c.explain(at, state.Terminated.Message)
			}
		}
	}
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

// looksLikeObject reports whether a text starts like a Kubernetes object. A line of a log
// can be JSON, too.
func looksLikeObject(start string) bool {
	return strings.HasPrefix(strings.TrimSpace(start), "{") && strings.Contains(start, `"apiVersion"`)
}
