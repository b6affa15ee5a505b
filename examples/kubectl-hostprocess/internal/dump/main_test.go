// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
)

// TestRun reads what is printed: each object has its own name, and each pod is
// on a node that is there.
func TestRun(t *testing.T) {
	var s survey.Survey
	names, hostProcess := map[string]int{}, 0
	for _, args := range [][]string{{"-nodes", "500"}, {"-pods", "1000", "-on", "500"}} {
		var out, again bytes.Buffer
		if run(args, &out, io.Discard) != 0 || run(args, &again, io.Discard) != 0 || !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Fatalf("%q doesn't print the same twice", args)
		}
		reader := input.Reader{Visit: func(o input.Object) {
			if o.Err != nil || len(o.Unknown) > 0 {
				t.Fatalf("%v, %q", o.Err, o.Unknown)
			}
			names[o.Kind+o.Namespace+o.Name]++
			switch object := o.Object.(type) {
			case *corev1.Node:
				s.Add(object)
			case *corev1.Pod:
				if names["Node"+object.Spec.NodeName] != 1 {
					t.Fatalf("%s is on %s", o.Name, object.Spec.NodeName)
				}
				if validate.IsHostProcess(&object.Spec) {
					hostProcess++
				}
			}
		}}
		if err := reader.Stream("dump", &out); err != nil {
			t.Fatal(err)
		}
	}
	if len(names) != 1500 || hostProcess != 100 || s.NotWindows() != 167 || len(s.Groups()) < 4 {
		t.Errorf("%d objects, %d HostProcess pods, %d nodes without Windows, %d groups", len(names), hostProcess, s.NotWindows(), len(s.Groups()))
	}
}

func TestRefused(t *testing.T) {
	for _, args := range [][]string{nil, {"-nodes", "-1"}, {"-nodes", "1", "-pods", "1"}, {"-pods", "1", "-on", "0"}, {"-nodes", "1", "x"}, {"-x"}} {
		var stderr bytes.Buffer
		if code := run(args, io.Discard, &stderr); code != 2 || stderr.Len() == 0 {
			t.Errorf("%q: exit code %d: %s", args, code, stderr.String())
		}
	}
}
