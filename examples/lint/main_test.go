// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/examples/internal/golden"
	"github.com/hostprocess-go/sdk/examples/internal/manifest"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"good", []string{"testdata/good.yaml"}, 0},
		{"agent", []string{"testdata/agent.yaml"}, 1},
		{"agent-on-two-runtimes", []string{"-containerd", "1.6.8,1.7", "testdata/agent.yaml"}, 1},
		{"agent-json", []string{"-o", "json", "testdata/agent.yaml"}, 1},
		{"namespaces", []string{"testdata/namespaces.yaml"}, 1},
		{"patch", []string{"testdata/patch.yaml"}, 0},
		{"agent-sarif", []string{"-o", "sarif", "testdata/agent.yaml"}, 1},
		{"broken", []string{"testdata/broken.yaml"}, 2},
		{"folder", []string{"testdata"}, 2},
		{"stdin", []string{"-"}, 1},
		{"cluster", []string{"testdata/cluster/pods.json"}, 0},
		{"cluster-nodes", []string{"-nodes", "testdata/cluster/nodes.json", "testdata/cluster/pods.json"}, 1},
		{"cluster-nodes-json", []string{"-o", "json", "-nodes", "testdata/cluster/nodes.json", "testdata/cluster/pods.json"}, 1},
		{"cluster-nodes-sarif", []string{"-o", "sarif", "-nodes", "testdata/cluster/nodes.json", "testdata/cluster/pods.json"}, 1},
		{"good-sarif", []string{"-o", "sarif", "testdata/good.yaml"}, 0},
		{"broken-sarif", []string{"-o", "sarif", "testdata/broken.yaml", "testdata/missing.yaml"}, 2},
		{"no-nodes", []string{"-nodes", "testdata/good.yaml", "-"}, 2},
		{"broken-nodes", []string{"-nodes", "testdata/broken.yaml", "-"}, 2},
		{"no-nodes-file", []string{"-nodes", "testdata/missing.json", "-"}, 2},
		{"stdin-twice", []string{"-nodes", "-", "-"}, 2},
		{"nodes-and-containerd", []string{"-nodes", "testdata/cluster/nodes.json", "-containerd", "1.7", "-"}, 2},
		{"no-file", []string{"testdata/good.yaml", "testdata/missing.yaml"}, 2},
		{"help", []string{"-h"}, 0},
		{"no-argument", nil, 2},
		{"no-such-format", []string{"-o", "xml", "-"}, 2},
		{"no-such-runtime", []string{"-containerd", "1.6,1.x", "-"}, 2},
	} {
		golden.Run(t, c.name, run, "testdata/agent.yaml", c.args, c.code)
	}
}

// TestProgress shows how far work is.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := progress{to: &out, bytes: 4 << 20}
	p.update(10, 1<<20)
	p.update(20, 2<<20) // too soon
	p.clear()
	p.clear()
	want := "\r" + fmt.Sprintf("%-60s", "10 objects, 1 MiB (25%)") + "\r" + strings.Repeat(" ", 60) + "\r"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("on a terminal (-want +got):\n%s", diff)
	}
	out.Reset()
	p.update(30, 3<<20)
	p.next = time.Time{}
	p.update(30, 3<<20)
	fmt.Fprint(above{&p, &out}, "finding")
	if !strings.HasSuffix(out.String(), "\rfinding") {
		t.Errorf("a finding runs into the line: %q", out.String())
	}
	for _, paths := range [][]string{{"testdata/good.yaml"}, {"testdata/good.yaml", "testdata"}, {"-"}} {
		q := newProgress(&out, &out)
		q.total(paths)
		if (q.bytes > 0) != (len(paths) == 1 && paths[0] != "-") || q.to != nil {
			t.Errorf("%v: %d bytes, shown %t", paths, q.bytes, q.to != nil)
		}
	}
}

// broken can't be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestCannotWrite(t *testing.T) {
	for _, format := range []string{"text", "json", "sarif"} {
		var stderr bytes.Buffer
		if code := run([]string{"-o", format, "testdata/agent.yaml"}, nil, broken{}, &stderr); code != 2 || !strings.Contains(stderr.String(), "disk full") {
			t.Errorf("%s: exit code %d: %s", format, code, stderr.String())
		}
	}
}

// BenchmarkDump reads a list of 1000 pods, one in ten of them a HostProcess pod,
// and judges them: how much of the time is reading, and how much are the rules.
func BenchmarkDump(b *testing.B) {
	var list struct {
		APIVersion string            `json:"apiVersion"`
		Items      []json.RawMessage `json:"items"`
		Kind       string            `json:"kind"`
	}
	text, err := os.ReadFile("testdata/cluster/pods.json")
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(text, &list); err != nil {
		b.Fatal(err)
	}
	windows := list.Items[1] // without findings, but for nodes with containerd 1.6
	linux := json.RawMessage(bytes.Replace(windows, []byte(`"hostProcess": true`), []byte(`"hostProcess": false`), 1))
	list.Items = nil
	for i := range 1000 {
		list.Items = append(list.Items, linux)
		if i%10 == 0 {
			list.Items[i] = windows
		}
	}
	if text, err = json.Marshal(list); err != nil {
		b.Fatal(err)
	}
	var objects []manifest.Object
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			objects = objects[:0]
			reader := manifest.NewReader(func(o manifest.Object) { objects = append(objects, o) })
			if err := reader.Stream("f", bytes.NewReader(text)); err != nil {
				b.Fatal(err)
			}
		}
	})
	l := linter{out: newOutput("text", io.Discard), stderr: io.Discard}
	b.Run("judge", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for _, o := range objects {
				l.object(o)
			}
		}
	})
	if l.judged == 0 || l.code() != 0 {
		b.Errorf("%d judged, code %d", l.judged, l.code())
	}
}

// TestJSONIsOneObjectALine reads what a program would read.
func TestJSONIsOneObjectALine(t *testing.T) {
	var stdout, stderr bytes.Buffer
	run([]string{"-o", "json", "testdata/agent.yaml"}, nil, &stdout, &stderr)
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	for _, line := range lines {
		var f map[string]any
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, key := range []string{"file", "line", "document", "kind", "namespace", "name", "rule", "severity", "field", "message", "fix"} {
			if _, ok := f[key]; !ok {
				t.Errorf("%s has no %q", line, key)
			}
		}
		if f["file"] != "testdata/agent.yaml" || f["document"] != 1.0 || f["kind"] != "DaemonSet" || f["namespace"] != "agents" || f["name"] != "agent" {
			t.Errorf("%s is not about the DaemonSet", line)
		}
	}
	if len(lines) < 2 {
		t.Errorf("only %d findings", len(lines))
	}
}
