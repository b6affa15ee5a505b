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
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/internal/workload"
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
		Long: `Explain why a HostProcess pod fails: what the error texts of the kubelet, containerd
and hcsshim mean, which rule of lint finds the mistake, and what to do.

An argument that isn't the name of a file is a text to explain. Files may be logs of any
size, what kubectl describe prints, and events and pods in JSON. With --pod, the status,
the events and the logs of a pod are fetched and explained; it takes the rights to get
pods and pods/log, and to list events.

Exit codes: 0 if something was explained, 1 if nothing was, 2 if something can't be read
or the command line is wrong.`,
		Example: `  # A pod
  kubectl hostprocess explain --pod agent-x7k2p -n agents

  # A text
  kubectl hostprocess explain "failed to logon user: Access is denied."

  # What a pod, all events and the kubelet say
  kubectl describe pod agent | kubectl hostprocess explain -
  kubectl get events -A -o json | kubectl hostprocess explain -
  kubectl hostprocess explain kubelet.log`,
		RunE: func(command *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			if len(args)+len(names) == 0 && pod == "" {
				return errors.New("nothing to explain: name a text, a file, - (standard input) or a pod (--pod)")
			}
			var found causes
			code := 0
			for _, arg := range args {
				if arg != "-" && !isFile(arg) {
					found.explain(place{}, arg)
					continue
				}
				names = append(names, arg)
			}
			for _, name := range names {
				if err := found.read(name, s.in); err != nil {
					s.fail("explain", err)
					code = 2
				}
			}
			if pod != "" {
				for _, err := range found.pod(command.Context(), &c, pod) {
					s.fail("explain", err)
					code = 2
				}
			}
			out := bufio.NewWriter(s.out)
			found.print(out, format, output.Palette{On: wantsColor(s.out)})
			if err := out.Flush(); err != nil {
				return err
			}
			if code == 0 && len(found.list) == 0 {
				fmt.Fprintln(s.err, "nothing was understood")
				code = 1
			}
			return exit(code)
		},
	}
	command.Flags().StringSliceVarP(&names, "filename", "f", nil, "explain what this `file` says, or standard input (-)")
	_ = command.MarkFlagFilename("filename") // which was just added
	command.Flags().StringVar(&pod, "pod", "", "explain the status, the events and the logs of this `pod` of the cluster")
	c.addWithout(command)
	command.Flags().StringVarP(&c.namespace, "namespace", "n", "", "the `namespace` of the pod (default that of the context)")
	addFormat(command, &format, []string{"text", "json"})
	return command
}

// isFile reports whether an argument names a file rather than being a text: it is there,
// or looks like the name of one that should be.
func isFile(arg string) bool {
	if _, err := os.Stat(arg); err == nil || !errors.Is(err, fs.ErrNotExist) && !strings.Contains(arg, " ") {
		return true
	}
	return !strings.Contains(arg, " ") && strings.ContainsAny(arg, ".") && !strings.Contains(arg, ":")
}

// logLines and logBytes are how much of each log is read.
const (
	logLines = "2000"
	logBytes = "16777216"
)

// pod explains what the cluster says of a pod, and returns what can't be read.
func (c *causes) pod(ctx context.Context, flags *cluster, name string) (problems []error) {
	cluster, err := flags.connect()
	if err != nil {
		return []error{err}
	}
	path := "/api/v1/namespaces/" + cluster.usual
	data, err := cluster.get(ctx, path+"/pods/"+name)
	var pod corev1.Pod
	if err == nil {
		err = json.Unmarshal(data, &pod)
	}
	if err != nil {
		return []error{err}
	}
	if err := c.objects("pod", bytes.NewReader(data)); err != nil {
		problems = append(problems, err)
	}
	events, err := cluster.get(ctx, path+"/events", "fieldSelector", "involvedObject.kind=Pod,involvedObject.name="+name)
	if err == nil {
		err = c.objects("events", bytes.NewReader(events))
	}
	if err != nil {
		problems = append(problems, err)
	}
	for _, container := range workload.Containers(&pod.Spec) {
		for _, previous := range []string{"false", "true"} {
			log, err := cluster.get(ctx, path+"/pods/"+name+"/log", "container", container.Name, "previous", previous, "tailLines", logLines, "limitBytes", logBytes)
			switch {
			case apierrors.IsBadRequest(err) || apierrors.IsNotFound(err):
				continue // the container has not started, or not before
			case err == nil:
				err = c.lines("log of "+container.Name, bufio.NewReader(bytes.NewReader(log)))
			}
			if err != nil {
				problems = append(problems, err)
			}
		}
	}
	return problems
}
