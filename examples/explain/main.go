// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Explain says what the error texts of HostProcess pods mean: the cause, the rule
// of lint that would have found it before, and what to do.
//
//	kubectl describe pod agent | go run ./examples/explain -
//	kubectl get events --all-namespaces -o json | go run ./examples/explain -
//	go run ./examples/explain kubelet.log
//	go run ./examples/explain -text "failed to logon user: Access is denied."
//
// It reads any text, line by line, so a log may have any size. Of objects in JSON
// it names the pod: events, and pods with the states of their containers.
//
// It exits with 0 where something was explained, with 1 where nothing was, and
// with 2 where something can't be read.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("explain", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: explain [-o text|json] -text TEXT\n       explain [-o text|json] FILE|-...")
		flags.PrintDefaults()
	}
	format := flags.String("o", "text", "output: `text` or json (one object a line)")
	given := flags.String("text", "", "the `text` to explain, instead of files")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	fail := func(format string, args ...any) int {
		fmt.Fprintf(stderr, "explain: "+format+"\n", args...)
		return 2
	}
	switch {
	case *format != "text" && *format != "json":
		return fail("-o %q: write text or json", *format)
	case *given != "" && flags.NArg() > 0:
		return fail("-text and %q: write one of them", flags.Arg(0))
	case *given == "" && flags.NArg() == 0:
		flags.Usage()
		return 2
	}
	var found causes
	code := 0
	if *given != "" {
		found.explain(place{}, *given)
	}
	for _, file := range flags.Args() {
		if err := found.read(file, stdin); err != nil {
			code = fail("%v", err)
		}
	}
	out := bufio.NewWriter(stdout)
	found.print(out, *format)
	switch err := out.Flush(); {
	case err != nil:
		return fail("%v", err)
	case code == 0 && len(found.list) == 0:
		fmt.Fprintln(stderr, "explain: nothing was understood")
		return 1
	}
	return code
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

// looksLikeObject says whether a text starts as an object of Kubernetes does. A
// line of a log may be JSON, too.
func looksLikeObject(start string) bool {
	return strings.HasPrefix(strings.TrimSpace(start), "{") && strings.Contains(start, `"apiVersion"`)
}
