// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/go/packages"
)

// A testedPackage is a package with all its mutants.
type testedPackage struct {
	*packages.Package
	folder  string // from where this program was called, with slashes
	mutants []mutant
	work    string // a folder for what is only needed for a while
	program string // its tests
	tests   []test // the fast ones first
}

type test struct {
	name    string
	time    time.Duration
	reached map[int]bool // mutants
}

type result int

const (
	survived result = iota
	killed
	timedOut
)

func load(ctx context.Context, patterns []string) ([]*testedPackage, error) {
	loaded, err := packages.Load(&packages.Config{Context: ctx, Mode: packages.LoadSyntax, Fset: token.NewFileSet()}, patterns...)
	if err != nil {
		return nil, err
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	var all []*testedPackage
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, p.Errors[0]
		}
		folder, err := filepath.Rel(here, p.Dir)
		if err != nil {
			return nil, err
		}
		all = append(all, &testedPackage{Package: p, folder: filepath.ToSlash(folder)})
	}
	return all, nil
}

//go:embed active.go.txt
var active string

// build compiles the tests, and with them all mutants.
func (p *testedPackage) build(ctx context.Context, work string) error {
	p.work = filepath.Join(work, strings.ReplaceAll(p.folder, "/", "-"))
	if err := os.MkdirAll(p.work, 0o700); err != nil {
		return err
	}
	in := &instrumenter{pkg: p.Types, info: p.TypesInfo, fset: p.Fset}
	replaced := map[string]string{}
	write := func(name string, text []byte) error {
		replaced[filepath.Join(p.Dir, name)] = filepath.Join(p.work, name)
		return os.WriteFile(filepath.Join(p.work, name), text, 0o600)
	}
	for i, name := range p.CompiledGoFiles {
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		base := filepath.Base(name)
		if err := write(base, in.file(p.folder+"/"+base, p.Syntax[i], source)); err != nil {
			return err
		}
	}
	p.mutants = in.mutants
	text := strings.NewReplacer("PACKAGE", p.Name, "COUNT", strconv.Itoa(len(p.mutants))).Replace(active)
	if err := write("active_mutant.go", []byte(text)); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return err
	}
	file := filepath.Join(p.work, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		return err
	}
	p.program = filepath.Join(p.work, "tests.exe")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s", "-overlay", file, "-o", p.program, ".")
	build.Dir = p.Dir
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the mutants of %s don't compile: %w\n%s", p.folder, err, output)
	}
	return nil
}

// trace runs each test alone, for the mutants that it reaches and its time.
func (p *testedPackage) trace(ctx context.Context) error {
	list := exec.CommandContext(ctx, p.program, "-test.list", "^(Test|Fuzz|Example)")
	list.Dir = p.Dir
	names, err := list.Output()
	if err != nil {
		return fmt.Errorf("%s: -test.list: %w", p.folder, err)
	}
	for _, name := range strings.Fields(string(names)) {
		t := test{name: name, reached: map[int]bool{}}
		file := filepath.Join(p.work, name+".reached")
		start := time.Now()
		command := p.command(ctx, []test{t}, "MUTANTS_REACHED="+file)
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %s fails without a mistake in the code: %w\n%s", p.folder, name, err, output)
		}
		t.time = time.Since(start)
		numbers, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, number := range strings.Fields(string(numbers)) {
			id, err := strconv.Atoi(number)
			if err != nil {
				return err
			}
			t.reached[id] = true
		}
		p.tests = append(p.tests, t)
	}
	slices.SortFunc(p.tests, func(a, b test) int { return cmp.Compare(a.time, b.time) })
	return nil
}

func (p *testedPackage) command(ctx context.Context, tests []test, env ...string) *exec.Cmd {
	names := make([]string, len(tests))
	for i, t := range tests {
		names[i] = t.name
	}
	c := exec.CommandContext(ctx, p.program, "-test.short", "-test.failfast", "-test.run", "^("+strings.Join(names, "|")+")$")
	c.Dir = p.Dir
	c.Env = append(append(os.Environ(), "GOMAXPROCS=1", "TMPDIR="+p.work), env...)
	c.WaitDelay = time.Second
	return c
}

// testMutants reports one result at a time, in any order.
func (p *testedPackage) testMutants(ctx context.Context, jobs int, report func(mutant, result)) error {
	var reporting sync.Mutex
	var group errgroup.Group
	group.SetLimit(jobs)
	for _, m := range p.mutants {
		group.Go(func() error {
			r, err := p.testMutant(ctx, m)
			if err != nil {
				return err
			}
			reporting.Lock()
			defer reporting.Unlock()
			report(m, r)
			return nil
		})
	}
	return group.Wait()
}

// slow is the time from which on a test has a process of its own.
const slow = 200 * time.Millisecond

func (p *testedPackage) testMutant(ctx context.Context, m mutant) (result, error) {
	reaching := slices.DeleteFunc(slices.Clone(p.tests), func(t test) bool { return !t.reached[m.id] })
	for len(reaching) > 0 {
		n := 1
		for reaching[0].time < slow && n < len(reaching) && reaching[n].time < slow {
			n++
		}
		r, err := p.runTests(ctx, reaching[:n], m)
		if r != survived || err != nil {
			return r, err
		}
		reaching = reaching[n:]
	}
	return survived, nil
}

func (p *testedPackage) runTests(ctx context.Context, tests []test, m mutant) (result, error) {
	limit := 5 * time.Second
	for _, t := range tests {
		limit += 5 * t.time
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var output bytes.Buffer
	c := p.command(limited, tests, "MUTANT="+strconv.Itoa(m.id))
	c.Stdout, c.Stderr = &output, &output
	err := c.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return survived, ctx.Err()
	case limited.Err() != nil:
		return timedOut, nil
	case errors.As(err, &exit):
		return killed, nil
	}
	return survived, err
}
