// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Lint reads Kubernetes manifests, or a dump of a whole cluster, and says what is
// wrong with their HostProcess pods:
//
//	go run ./examples/lint [-o text|json|sarif] [-nodes FILE | -containerd 1.6,1.7,…] FILE|DIR|-…
//
// With -nodes, each pod is judged for the node that it runs on, and each workload
// for the nodes that it may run on:
//
//	kubectl get nodes -o json > nodes.json
//	kubectl get pods,daemonsets --all-namespaces -o json | go run ./examples/lint -nodes nodes.json -
//
// A Namespace in the input, in any file, is judged by its labels of Pod Security
// admission if HostProcess pods are created in it.
//
// A finding of a rule that the object names in its annotation
// hostprocess-go.dev/ignore is shown as ignored, and doesn't count.
//
// It exits with 0 where nothing is an error, with 1 where something is, and with
// 2 where something can't be read.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/validate"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("lint", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: lint [-o text|json|sarif] [-nodes FILE | -containerd 1.6,1.7,...] FILE|DIR|-...")
		flags.PrintDefaults()
	}
	format := flags.String("o", "text", "output: `text`, json (one object a line) or sarif")
	containerd := flags.String("containerd", "", "the nodes' `versions` of containerd, such as 1.6,1.7.2,1.7@symlinkHPC (default 2.x with the bind filter)")
	nodes := flags.String("nodes", "", "`file` with the nodes of the cluster, as kubectl get nodes -o json prints them")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	show := newProgress(stdout, stderr)
	out := newOutput(*format, show.above(stdout))
	l := linter{out: out, wantsFixes: *format == "sarif", stderr: stderr}
	var err error
	switch {
	case out == nil:
		err = fmt.Errorf("-o %q: write text, json or sarif", *format)
	case *nodes == "-" && slices.Contains(flags.Args(), "-"):
		err = errors.New("-nodes -: standard input can be read only once, and an argument is - too")
	default:
		err = l.configure(*containerd, *nodes, stdin)
	}
	if err != nil {
		fmt.Fprintf(stderr, "lint: %v\n", err)
		return 2
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}
	show.total(flags.Args())
	var reader *manifest.Reader
	reader = manifest.NewReader(func(o manifest.Object) {
		l.object(o)
		show.update(l.judged+l.passedOver, reader.Bytes())
	})
	for _, path := range flags.Args() {
		for _, err := range reader.Path(path, stdin) {
			show.clear()
			l.unread(err)
		}
	}
	show.clear()
	if err := out.end(l.problems); err != nil {
		fmt.Fprintf(stderr, "lint: %v\n", err)
		return 2
	}
	l.summary(stderr)
	return l.code()
}

// configure says for which nodes pods are judged.
func (l *linter) configure(containerd, nodes string, stdin io.Reader) error {
	if containerd != "" && nodes != "" {
		return errors.New("-containerd and -nodes: write one of them")
	}
	for text := range strings.FieldsFuncSeq(containerd, func(r rune) bool { return r == ',' }) {
		target, err := validate.ParseTarget(text)
		if err != nil {
			return fmt.Errorf("-containerd: %w", err)
		}
		l.validator.Targets = append(l.validator.Targets, target)
	}
	if nodes == "" {
		return nil
	}
	var err error
	if l.cluster, err = readCluster(nodes, stdin); err != nil {
		return fmt.Errorf("-nodes: %w", err)
	}
	return nil
}
