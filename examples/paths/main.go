// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Paths prints where the mounts of the HostProcess pods of a manifest are on a
// node, how to refer to them on any node, and what the node makes of variables
// that hold the root of the container:
//
//	go run ./examples/paths -containerd 1.6.8 -build 20348 FILE...
//
// It exits with 1 where a mount can't work there, and with 2 where something
// can't be read.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("paths", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: paths [-containerd 1.6.8] [-build 20348] FILE|DIR|-...")
		flags.PrintDefaults()
	}
	version := flags.String("containerd", "2.1.1", "the node's `version` of containerd")
	windows := flags.String("build", "20348", "the node's `build` of Windows, such as 17763.3165")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	runtime, mode, err := nodeOf(*version, *windows)
	if err != nil {
		fmt.Fprintf(stderr, "paths: %v\n", err)
		return 2
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}
	code := 0
	fail := func(to int) { code = max(code, to) }
	reader := manifest.NewReader(func(o manifest.Object) {
		if o.Err != nil {
			fmt.Fprintf(stderr, "paths: %s:%d: %v\n", o.File, o.Line, o.Err)
			fail(2)
			return
		}
		spec, err := validate.PodSpecOf(o.Object)
		if err != nil || !validate.IsHostProcess(spec) {
			return
		}
		fmt.Fprintf(stdout, "%s %s, on containerd %s with Windows %s (mode %s)\n", o.Kind, o.Name, *version, *windows, mode)
		containers := slices.Concat(spec.InitContainers, spec.Containers)
		for _, e := range spec.EphemeralContainers {
			containers = append(containers, corev1.Container(e.EphemeralContainerCommon))
		}
		for _, c := range containers {
			if !printContainer(stdout, runtime, mode, spec, c) {
				fail(1)
			}
		}
	})
	for _, path := range flags.Args() {
		for _, err := range reader.Path(path, stdin) {
			fmt.Fprintf(stderr, "paths: %v\n", err)
			fail(2)
		}
	}
	return code
}

// nodeOf is the runtime and the mode of a node; that the mode is not known is an
// error.
func nodeOf(version, windows string) (volumes.Runtime, volumes.Mode, error) {
	runtime, err := volumes.ParseRuntime("containerd://" + version)
	if err != nil {
		return runtime, volumes.ModeUnknown, fmt.Errorf("-containerd: %w", err)
	}
	build, err := volumes.ParseWindowsBuild(windows)
	if err != nil {
		return runtime, volumes.ModeUnknown, fmt.Errorf("-build: %w", err)
	}
	mode := runtime.Mode(build)
	if mode == volumes.ModeUnknown {
		return runtime, mode, fmt.Errorf("-containerd and -build: no mode is known for containerd %s on Windows %s: use containerd 1.6 or newer on Windows Server 2019 or newer", version, windows)
	}
	return runtime, mode, nil
}

// printContainer prints where the mounts of one container are, and what its
// variables become that hold the root, and says whether all mounts work.
func printContainer(to io.Writer, runtime volumes.Runtime, mode volumes.Mode, spec *corev1.PodSpec, c corev1.Container) bool {
	all := make([]mounts.Mount, 0, len(c.VolumeMounts)+2)
	for _, m := range c.VolumeMounts {
		all = append(all, mounts.Mount{Path: m.MountPath})
	}
	all = append(all, mounts.TerminationLogMount(c.TerminationMessagePath))
	if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
		all = append(all, mounts.ServiceAccountMount())
	}
	locations, problems := mounts.ResolveAll(mode, all...)

	root := mode.Root("<id>")
	fmt.Fprintf(to, "\n  container %s, root %s\n", c.Name, root)
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  MOUNT\tON THIS NODE\tON ANY NODE")
	for i, location := range locations {
		here, anywhere := "refused", "-"
		if ref, err := volumes.Portable(all[i].Path); err == nil {
			here = location.Path(root)
			if anywhere, err = ref.Arg(); err != nil {
				anywhere = err.Error()
			}
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", all[i].Path, here, anywhere)
	}
	table.Flush()
	works := true
	for _, p := range problems {
		works = works && p.Conflict != mounts.ConflictNone && p.Conflict != mounts.ConflictSamePlace
		fmt.Fprintf(to, "  ! %s\n", p)
	}
	for _, e := range c.Env {
		if strings.Contains(e.Value, volumes.SandboxVariable) {
			value, _ := runtime.EnvValue(e.Value, root)
			fmt.Fprintf(to, "  %s=%s\n", e.Name, value)
		}
	}
	fmt.Fprintln(to)
	return works
}
