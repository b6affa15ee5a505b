// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

func newPaths(s streams) *cobra.Command {
	var (
		f              files
		version, build string
	)
	command := &cobra.Command{
		Use:   "paths -f FILE|FOLDER|-...",
		Short: "Show where the mounts of HostProcess pods are on a node",
		Long: `Show where the mounts of HostProcess pods are on a node, how to refer to them on any
node, and the values of environment variables that refer to the container's root.

Exit codes: 0 if all mounts work, 1 if one can't, 2 if any input can't be read or the
command line is invalid.`,
		Example: `  kubectl hostprocess paths -f agent.yaml
  kubectl hostprocess paths -f agent.yaml --containerd 1.6.8 --build 20348`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			runtime, mode, err := nodeOf(version, build)
			if err != nil {
				return err
			}
			worst := 0
			out := bufio.NewWriter(s.out)
			code, err := s.inspect(command, &f, nil, nil, &input.Reader{Wanted: input.MayHoldHostProcess, Visit: func(o input.Object) {
				spec := lint.PodSpec(o)
				if !validate.IsHostProcess(spec) {
					return
				}
				fmt.Fprintf(out, "%s, on containerd %s with Windows %s (mode %s)\n", output.OneLine(strings.TrimSpace(o.Kind+" "+o.Name)), version, build, mode)
				for _, c := range workload.Containers(spec) {
					if !printContainer(out, runtime, mode, spec, c) {
						worst = 1
					}
				}
			}})
			if err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
			return exit(max(code, worst))
		},
	}
	f.add(command)
	command.Flags().StringVar(&version, "containerd", "2.1.1", "containerd `version` of the node")
	command.Flags().StringVar(&build, "build", "20348", "Windows `build` of the node, such as 17763.3165")
	return command
}

// nodeOf returns the runtime and the mode of a node; an error if its mode isn't known.
func nodeOf(version, windows string) (volumes.Runtime, volumes.Mode, error) {
	runtime, err := volumes.ParseRuntime("containerd://" + version)
	if err != nil {
		return runtime, volumes.ModeUnknown, fmt.Errorf("--containerd: %w", err)
	}
	build, err := volumes.ParseWindowsBuild(windows)
	if err != nil {
		return runtime, volumes.ModeUnknown, fmt.Errorf("--build: %w", err)
	}
	mode := runtime.Mode(build)
	if mode == volumes.ModeUnknown {
		return runtime, mode, fmt.Errorf("--containerd and --build: unknown how containerd %s on Windows %s mounts volumes: use containerd 1.6 or newer on Windows Server 2019 or newer", version, windows)
	}
	return runtime, mode, nil
}

// printContainer prints the locations of a container's mounts and the values of variables
// that refer to its root, and reports whether all mounts work.
func printContainer(to *bufio.Writer, runtime volumes.Runtime, mode volumes.Mode, spec *corev1.PodSpec, c *corev1.Container) bool {
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
	fmt.Fprintf(to, "\n  container %s, root %s\n", output.OneLine(c.Name), root)
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
		fmt.Fprintf(table, "  %s\t%s\t%s\n", output.OneLine(all[i].Path), output.OneLine(here), output.OneLine(anywhere))
	}
	table.Flush()
	works := true
	for _, p := range problems {
		works = works && p.Conflict != mounts.ConflictNone && p.Conflict != mounts.ConflictSamePlace
		fmt.Fprintf(to, "  ! %s\n", output.OneLine(fmt.Sprint(p)))
	}
	for _, e := range c.Env {
		if strings.Contains(e.Value, volumes.SandboxVariable) {
			value, _ := runtime.EnvValue(e.Value, root)
			fmt.Fprintf(to, "  %s=%s\n", output.OneLine(e.Name), output.OneLine(value))
		}
	}
	fmt.Fprintln(to)
	return works
}
