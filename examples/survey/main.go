// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Survey says what the Windows nodes of a cluster can do for HostProcess pods,
// and whether one DaemonSet can serve them all:
//
//	kubectl get nodes -o json | go run ./examples/survey [-o text|json] [-need local-groups,…] [-each] -
//
// It prints the nodes that are alike as one, and with -each every node as well, as
// it is read. It exits with 0 if one DaemonSet that needs the capabilities of -need
// can serve all Windows nodes, with 1 if not, and with 2 if something can't be read.
// The nodes are read one by one, so there may be any number of them.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/validate/survey"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("survey", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: survey [-o text|json] [-need CAPABILITY,...] [-each] FILE|DIR|-...")
		flags.PrintDefaults()
	}
	format := flags.String("o", "text", "output: `text` or json")
	need := survey.CapabilityHostProcess
	flags.TextVar(&need, "need", need, "the `capabilities` that the DaemonSet needs: "+survey.Capabilities(0xff).String())
	each := flags.Bool("each", false, "print what each Windows node says of itself, before the rest")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	out, ok := map[string]output{"text": text{}, "json": jsonOutput{}}[*format]
	if !ok {
		fmt.Fprintf(stderr, "survey: -o %q: write text or json\n", *format)
		return 2
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}
	code := 0
	fail := func(format string, args ...any) {
		fmt.Fprintf(stderr, "survey: "+format+"\n", args...)
		code = 2
	}
	var s survey.Survey
	buffered := bufio.NewWriter(stdout)
	reader := manifest.NewReader(func(o manifest.Object) {
		if node, ok := o.Object.(*corev1.Node); ok {
			s.Add(node)
			if read, isWindows := survey.Read(node); *each && isWindows {
				out.node(buffered, node.Name, read)
			}
		} else if o.Err != nil {
			fail("%s:%d: %v", o.File, o.Line, o.Err)
		}
	})
	for _, path := range flags.Args() {
		for _, err := range reader.Path(path, stdin) {
			fail("%v", err)
		}
	}
	r := newReport(&s, need|survey.CapabilityHostProcess)
	out.report(buffered, r)
	if err := buffered.Flush(); err != nil {
		fail("%v", err)
	}
	if code == 0 && !r.served() {
		code = 1
	}
	return code
}
