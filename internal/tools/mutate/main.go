// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Command mutate tests the tests of Go packages: it makes one small mistake after
// the other in a package (a mutant), and expects a test of that package to fail.
//
//	go build -C internal/tools -o /tmp/mutate ./mutate
//	/tmp/mutate ./accounts ./volumes ./validate ./hostprocess ./internal/cmdline ./internal/winpath
//
// It prints each mutant that no test notices, which is for a person to judge:
// often a test of an input at a boundary is missing; where no input makes a
// difference, the code can usually be simpler; and some mutants are as right as
// the code. A mutant is one of these, constants and texts left out:
//
//   - == != < <= > >= && || as their opposite, and < and <= or > and >= swapped
//   - an operator of numbers as another one, and -x as x
//   - !x as x, and a condition or a result that is a name or a call as its opposite
//   - ++ and --, and break and continue of a loop, swapped
//
// All mutants of a package are compiled at once, into one program, and an
// environment variable selects the active one. A mutant is run against the tests that
// reach it, the fast ones first, with -short; if no test reaches it, it survives. Tools that compile and link once for each mutant take hours for the
// thousands of mutants of package validate.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

func main() {
	jobs := flag.Int("j", runtime.NumCPU(), "how many mutants run at a time")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: mutate [-j jobs] package ...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *jobs, flag.Args()); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, jobs int, patterns []string) error {
	packages, err := load(ctx, patterns)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, p := range packages {
		start := time.Now()
		if err := p.build(ctx, work); err != nil {
			return err
		}
		if err := p.trace(ctx); err != nil {
			return err
		}
		results := map[result]int{}
		err := p.testMutants(ctx, jobs, func(m mutant, r result) {
			results[r]++
			if r == survived {
				fmt.Printf("%s:%d: %s: %s\n", m.file, m.line, m.change, m.text)
			}
		})
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d mutants: %d killed, %d timed out, %d survived, in %v\n", p.folder, len(p.mutants),
			results[killed], results[timedOut], results[survived], time.Since(start).Round(time.Second))
	}
	return nil
}
