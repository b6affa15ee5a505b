// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/hostprocess-go/sdk/internal/probes"
)

// readinessFlags are the flags of a Kubernetes test binary that windows-operational-readiness
// sets and probes use.
// Source: https://github.com/kubernetes-sigs/windows-operational-readiness/blob/17e9dbf49c38039a48879d4f6349ebb2f479f7ef/pkg/testcases/cases.go#L83-L127
type readinessFlags struct {
	kubeconfig, dir, prefix string
	focus, skip             string
	dryRun                  bool
}

// Environment variables for settings without a flag.
const (
	readinessNode    = "HOSTPROCESS_NODE"
	readinessChanges = "HOSTPROCESS_ALLOW_CHANGES"
)

// RunReadiness replaces the Kubernetes test binary for windows-operational-readiness. It
// writes a report for that project, and returns the exit code: 0 if all probes that match
// the focus were confirmed.
func RunReadiness(args []string, stdout, stderr io.Writer) int {
	ctx, stop := interruptible(context.Background())
	defer stop()
	if err := readiness(ctx, args, streams{nil, stdout, stderr}); err != nil {
		streams{nil, stdout, stderr}.fail("verify", err)
		return 1
	}
	return 0
}

func readiness(ctx context.Context, args []string, s streams) error {
	var f readinessFlags
	flags := flag.NewFlagSet("readiness", flag.ContinueOnError)
	flags.SetOutput(s.err)
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig `file` of the cluster")
	flags.StringVar(&f.dir, "report-dir", "", "`folder` for the report")
	flags.StringVar(&f.prefix, "report-prefix", "", "part of the report's name")
	flags.StringVar(&f.focus, "ginkgo.focus", "", "run the probes that match this `expression`")
	flags.StringVar(&f.skip, "ginkgo.skip", "", "skip the probes that match this `expression`")
	flags.BoolVar(&f.dryRun, "ginkgo.dryRun", false, "run nothing")
	for _, name := range []string{"provider", "node-os-distro", "non-blocking-taints", "ginkgo.flakeAttempts"} {
		flags.String(name, "", "ignored")
	}
	for _, name := range []string{"ginkgo.v", "ginkgo.trace"} {
		flags.Bool(name, false, "ignored")
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	list, err := focused(f.focus, f.skip)
	if err != nil {
		return err
	}
	if f.dryRun {
		for _, p := range list {
			fmt.Fprintln(s.out, readinessName(p))
		}
		return nil
	}
	name := os.Getenv(readinessNode)
	if name == "" {
		return fmt.Errorf("no node: set %s to its name", readinessNode)
	}
	v := &verifier{runner: runner{streams: s, command: "verify"}, cleanUp: cleanUpTime, changes: os.Getenv(readinessChanges) != ""}
	if _, err := v.connect(ctx, &cluster{kubeconfig: f.kubeconfig}, name); err != nil {
		return err
	}
	found, err := v.run(ctx, list)
	if err == nil && f.dir != "" {
		err = writeJUnit(filepath.Join(f.dir, "junit_"+f.prefix+"01.xml"), found)
	}
	if left := found.count(statusNotRun); err == nil && left > 0 {
		err = fmt.Errorf("%d not run: to allow it, set %s", left, readinessChanges)
	} else if err == nil && found.code(ctx) != 0 {
		err = errors.New("not every probe was confirmed")
	}
	return err
}

// readinessName returns the name that a focus is matched against.
func readinessName(p probes.Probe) string { return "[sig-windows] HostProcess probe " + p.Name }

// focused returns the probes that match focus and don't match skip. Like ginkgo, it ignores
// an empty expression.
func focused(focus, skip string) ([]probes.Probe, error) {
	matches := func(expression string, otherwise bool) (func(probes.Probe) bool, error) {
		compiled, err := regexp.Compile(expression)
		return func(p probes.Probe) bool {
			return expression == "" && otherwise || expression != "" && compiled.MatchString(readinessName(p))
		}, err
	}
	wanted, err := matches(focus, true)
	unwanted, problem := matches(skip, false)
	if err := errors.Join(err, problem); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(probes.All(), func(p probes.Probe) bool { return !wanted(p) || unwanted(p) })
	if len(list) == 0 {
		return nil, fmt.Errorf("no probe matches %q without %q", focus, skip)
	}
	return list, nil
}

// junitReport is the part of ginkgo's report that windows-operational-readiness reads.
// Source: https://github.com/kubernetes-sigs/windows-operational-readiness/blob/17e9dbf49c38039a48879d4f6349ebb2f479f7ef/pkg/report/types.go#L16-L68
type junitReport struct {
	XMLName xml.Name `xml:"testsuites"`
	junitCounts
	Suite junitSuite `xml:"testsuite"`
}

type junitCounts struct {
	Tests    int    `xml:"tests,attr"`
	Disabled int    `xml:"disabled,attr"`
	Errors   int    `xml:"errors,attr"`
	Failures int    `xml:"failures,attr"`
	Time     string `xml:"time,attr"`
}

type junitSuite struct {
	Name    string `xml:"name,attr"`
	Package string `xml:"package,attr"`
	junitCounts
	Cases []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Status  string        `xml:"status,attr"`
	Time    string        `xml:"time,attr"`
	Skipped *struct{}     `xml:"skipped,omitempty"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
}

// writeJUnit writes a report in which a probe fails unless it is confirmed or not applicable.
func writeJUnit(file string, all findings) error {
	const name = "HostProcess probes"
	seconds := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
	suite := junitSuite{Name: name, Package: "kubectl-hostprocess"}
	var took time.Duration
	for _, f := range all {
		c := junitCase{Name: "[It] " + readinessName(f.Probe), Class: name, Status: "passed", Time: seconds(f.took)}
		switch f.Status {
		case probes.StatusConfirmed:
		case probes.StatusNotApplicable:
			c.Status, c.Skipped = "skipped", &struct{}{}
			suite.Disabled++
		default:
			c.Status, c.Failure = "failed", &junitFailure{shorten(f.Reason) + f.differences(), string(f.Status)}
			suite.Failures++
		}
		suite.Tests++
		took += f.took
		suite.Cases = append(suite.Cases, c)
	}
	suite.Time = seconds(took)
	text, err := xml.MarshalIndent(junitReport{junitCounts: suite.junitCounts, Suite: suite}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(xml.Header), text...), 0o666)
}
