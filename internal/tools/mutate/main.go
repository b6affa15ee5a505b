// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Command mutate tests the tests of Go packages: it makes one small mistake
// after the other in a package (a mutant), and expects a test of that package
// to fail.
//
//	go build -C internal/tools -o /tmp/mutate ./mutate
//	/tmp/mutate ./accounts ./volumes
//
// All mutants of a package are compiled at once, into one program, and an
// environment variable says which of them is active. A mutant is run against
// the tests that come across it, the fast ones first.
//
// It prints each mutant that no test notices, and the numbers of each package. The exit code is 1 when a mutant survives that isn't listed in
// equivalent.txt, or when a mutant that is listed there doesn't survive.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

func main() {
	jobs := flag.Int("j", runtime.NumCPU(), "how many mutants run at a time")
	reach := flag.Bool("reach", false, "try no mutant, print those that no test comes across")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: mutate [-j jobs] [-reach] package ...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *jobs, *reach, flag.Args()); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, jobs int, reach bool, patterns []string) error {
	listed, err := readEquivalents()
	if err != nil {
		return err
	}
	packages, err := load(ctx, patterns)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	wrong := 0
	for _, p := range packages {
		start := time.Now()
		if err := p.build(ctx, work); err != nil {
			return err
		}
		if err := p.trace(ctx); err != nil {
			return err
		}
		if reach {
			p.printUnreached()
			continue
		}
		var s summary
		if err := p.testMutants(ctx, jobs, func(m mutant, r result) { listed.judge(m, r, &s) }); err != nil {
			return err
		}
		listed.findMissing(p.folder, &s)
		wrong += s.survived + s.mistaken
		fmt.Printf("%s: %d mutants: %d killed, %d timed out, %d equivalent, %d survived, in %v\n", p.folder, len(p.mutants),
			s.killed, s.timedOut, s.equivalent, s.survived, time.Since(start).Round(time.Second))
	}
	if wrong > 0 {
		return errors.New("write a test that fails for each mutant above, or list it in equivalent.txt with the reason")
	}
	return nil
}
