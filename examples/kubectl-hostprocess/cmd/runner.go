// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/explain"
	"github.com/hostprocess-go/sdk/validate/survey"
)

// Exit codes other than the command's, as for timeout, docker run and a shell.
const (
	codeTimeout     = 124
	codeNotRun      = 125
	codeInterrupted = 130
	codeNoByte      = 255
)

const (
	// moment limits the wait for a change of the pod, because new events don't change it.
	moment = 3 * time.Second
	// stopTime is the time for the kubelet to stop the command at its deadline.
	stopTime = time.Minute
	// patience is the time limit for requests that continue after an interrupt, and for the
	// rest of the output.
	patience = 30 * time.Second
)

// runner runs one task: it creates the pod, prints the output, and deletes the pod.
type runner struct {
	streams
	command string // of this program, for messages
	client  *coreClient
	timeout time.Duration
	limit   int64 // bytes of the output
	keep    bool

	pod     *corev1.Pod
	printed int64
	told    string
}

// coreClient is the part of client-go's typed client that a runner needs. The whole client
// is larger than the rest of this program.
type coreClient struct {
	rest   *rest.RESTClient
	params runtime.ParameterCodec
	nodes  *gentype.Client[*corev1.Node]
	pods   *gentype.Client[*corev1.Pod]
	events *gentype.ClientWithList[*corev1.Event, *corev1.EventList]
}

// newCoreClient returns a client for one namespace.
func newCoreClient(config *rest.Config, namespace string) (*coreClient, error) {
	scheme := runtime.NewScheme()
	_ = corev1.AddToScheme(scheme) // which only adds known types
	config.APIPath, config.GroupVersion = "/api", &corev1.SchemeGroupVersion
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client, err := rest.RESTClientFor(config)
	if err != nil {
		return nil, err
	}
	params := runtime.NewParameterCodec(scheme)
	return &coreClient{
		client, params,
		gentype.NewClient("nodes", client, params, "", func() *corev1.Node { return &corev1.Node{} }),
		gentype.NewClient("pods", client, params, namespace, func() *corev1.Pod { return &corev1.Pod{} }),
		gentype.NewClientWithList("events", client, params, namespace, func() *corev1.Event { return &corev1.Event{} }, func() *corev1.EventList { return &corev1.EventList{} }),
	}, nil
}

var (
	errTimeout = errors.New("--timeout expired")
	errCut     = errors.New("the output is longer than --limit-bytes")
	errWrite   = errors.New("the output can't be written")
)

// run runs the task and returns the exit code. A canceled context interrupts it.
func (r *runner) run(ctx context.Context, node string, made task.Task, meta metav1.ObjectMeta) int {
	if err := r.create(ctx, node, made, meta); err != nil {
		if ctx.Err() != nil {
			return codeInterrupted
		}
		r.say(err.Error())
		for _, cause := range explain.Explain(err.Error()) {
			r.say(cause.Cause + " To fix it, " + cause.Fix + ".")
		}
		return codeNotRun
	}
	defer r.delete(ctx)
	result, err := r.follow(ctx)
	code := result.ExitCode
	switch {
	case ctx.Err() != nil:
		r.say("interrupted")
		return codeInterrupted
	case err == nil && result.State == task.StateSucceeded:
		return 0
	}
	r.say(result.String())
	if err != nil {
		r.say(err.Error())
	}
	switch {
	case errors.Is(err, errTimeout), result.State == task.StateDeadlineExceeded:
		return codeTimeout
	case err != nil, result.State != task.StateFailed, code == nil, *code == 0:
		return codeNotRun
	case *code < 0, *code > codeNoByte:
		return codeNoByte
	}
	return int(*code)
}

// create creates the pod for the node, if the node can run it.
func (r *runner) create(ctx context.Context, name string, made task.Task, meta metav1.ObjectMeta) error {
	node, unknown := r.client.nodes.Get(ctx, name, metav1.GetOptions{})
	if unknown != nil && !apierrors.IsForbidden(unknown) {
		return unknown
	}
	if about, _ := survey.Read(node); unknown == nil && len(about.Targets()) > 0 {
		made = made.With(func(p hostprocess.Pod) hostprocess.Pod { return p.For(about.Targets()...) })
	}
	pod, err := made.Pod(meta)
	if err != nil {
		return err
	}
	if unknown == nil {
		if err := (validate.Validator{}).Node(node, &pod.Spec).Err(); err != nil {
			return fmt.Errorf("node %s: %w", name, err)
		}
	}
	return r.post(ctx, pod)
}

// post creates the pod. An interrupt waits, because deleting the pod requires its name.
func (r *runner) post(ctx context.Context, pod *corev1.Pod) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	r.pod, err = r.client.pods.Create(ctx, pod, metav1.CreateOptions{})
	return err
}

// follow prints the output, and returns when the result is final.
func (r *runner) follow(ctx context.Context) (result task.Result, err error) {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	var logs chan error // nil until the command has started
	until := time.Now().Add(r.timeout)
	for pod := r.pod; ; {
		result = task.Outcome(pod, r.events(ctx, result.State)...)
		if logs == nil && (result.State == task.StateRunning || result.ExitCode != nil) {
			until = time.Now().Add(r.timeout + stopTime)
			logs = make(chan error, 1)
			go func() {
				err := r.print(reading)
				if errors.Is(err, errWrite) {
					stop() // the output is closed
				}
				logs <- err
			}()
		}
		if result.Final || reading.Err() != nil {
			break
		}
		if result.Message != "" {
			r.say(result.String())
		}
		if pod, err = r.next(reading, pod); err != nil {
			break
		}
		if time.Now().After(until) {
			what := "started"
			if logs != nil {
				what = "ended"
			}
			err = fmt.Errorf("%w: the command hasn't %s", errTimeout, what)
			break
		}
	}
	switch {
	case logs == nil:
		return result, err
	case !result.Final:
		stop()
		if problem := <-logs; errors.Is(problem, errWrite) {
			err = problem
		}
		return result, err
	}
	time.AfterFunc(patience, stop)
	return result, r.rest(ctx, result, <-logs)
}

// rest prints the rest of the output if reading it failed.
func (r *runner) rest(ctx context.Context, result task.Result, problem error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if problem != nil && !errors.Is(problem, errCut) && !errors.Is(problem, errWrite) {
		problem = r.print(ctx)
	}
	if errors.Is(problem, errWrite) {
		return problem
	}
	if problem != nil {
		r.say(problem.Error())
	}
	if r.printed > 0 || result.Output == "" {
		return nil
	}
	if _, err := fmt.Fprintln(r.out, strings.TrimSuffix(result.Output, "\n")); err != nil {
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	return nil
}

// print prints the logs as they arrive, from where it stopped before.
func (r *runner) print(ctx context.Context) error {
	options := &corev1.PodLogOptions{Container: task.ContainerName, Follow: true}
	logs, err := r.client.rest.Get().Namespace(r.pod.Namespace).Resource("pods").Name(r.pod.Name).SubResource("log").VersionedParams(options, r.client.params).Stream(ctx)
	if err != nil {
		return fmt.Errorf("the logs can't be read: %w", err)
	}
	defer logs.Close()
	buffer := make([]byte, 32<<10)
	for skip := r.printed; ; {
		n, err := logs.Read(buffer)
		known := min(skip, int64(n))
		skip -= known
		part := buffer[known:n]
		most := min(int64(len(part)), r.limit-r.printed)
		if _, err := r.out.Write(part[:most]); err != nil {
			return fmt.Errorf("%w: %w", errWrite, err)
		}
		r.printed += most
		switch {
		case most < int64(len(part)):
			return errCut
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("the logs can't be read: %w", err)
		}
	}
}

// next returns the pod after a change or a moment; nil if it is gone.
func (r *runner) next(ctx context.Context, pod *corev1.Pod) (*corev1.Pod, error) {
	wait, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	if changes, err := r.client.pods.Watch(wait, metav1.SingleObject(pod.ObjectMeta)); err == nil {
		select {
		case change, ok := <-changes.ResultChan():
			if ok && change.Type != watch.Error {
				cancel()
			}
		case <-wait.Done():
		}
		changes.Stop()
	}
	<-wait.Done()
	now, err := r.client.pods.Get(ctx, pod.Name, metav1.GetOptions{})
	switch {
	case err == nil:
		return now, nil
	case apierrors.IsNotFound(err):
		return nil, nil
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		return pod, err
	case ctx.Err() == nil:
		r.say(err.Error()) // and retry
	}
	return pod, nil
}

// events returns the events of a pod that hasn't started; none if they can't be read.
func (r *runner) events(ctx context.Context, state task.State) []corev1.Event {
	if state == task.StateRunning {
		return nil
	}
	list, err := r.client.events.List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.uid=" + string(r.pod.UID), Limit: pageSize})
	if err != nil {
		return nil
	}
	return list.Items
}

// delete deletes the pod; the node then stops the command.
func (r *runner) delete(ctx context.Context) {
	name := r.pod.Namespace + "/" + r.pod.Name
	if r.keep {
		r.say("kept pod " + name)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := r.client.pods.Delete(ctx, r.pod.Name, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(r.pod.UID))})
	if err != nil && !apierrors.IsNotFound(err) {
		r.say(fmt.Sprintf("pod %s wasn't deleted: %v", name, err))
	}
}

// say prints a text, unless it was the last one.
func (r *runner) say(text string) {
	if text == r.told {
		return
	}
	r.told = text
	for line := range strings.Lines(text) {
		fmt.Fprintf(r.err, "kubectl hostprocess %s: %s\n", r.command, output.OneLine(strings.TrimSpace(line)))
	}
}
