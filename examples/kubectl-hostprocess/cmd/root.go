// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package cmd holds the commands, a file each.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
)

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// fail prints problems but for those that are nil, and returns the exit code: 0 if all are.
func (s streams) fail(command string, problems ...error) (code int) {
	for _, err := range problems {
		if err != nil {
			fmt.Fprintf(s.err, "kubectl hostprocess %s: %s\n", command, output.OneLine(err.Error()))
			code = 2
		}
	}
	return code
}

// exitCode is an error that was told already: the program ends with it.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// exit returns a code as an error; nil for 0.
func exit(code int) error {
	if code == 0 {
		return nil
	}
	return exitCode(code)
}

// Run runs the program and returns its exit code.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runContext(context.Background(), args, streams{stdin, stdout, stderr})
}

func runContext(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(s.err, "%s: %s\n", command.CommandPath(), output.OneLine(err.Error()))
	fmt.Fprintf(s.err, "See '%s --help'.\n", command.CommandPath())
	return 2
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-hostprocess",
		Short: "Check, fix and explain Windows HostProcess pods",
		Long: `Check, fix and explain Windows HostProcess pods.

A HostProcess container is a process of a Windows node. The API server accepts most of
the pods that a node then can't run as intended; these commands find out before.

To complete commands and flags in a shell, put an executable file with the name
kubectl_complete-hostprocess and this content into your PATH:

  #!/bin/sh
  kubectl hostprocess __complete "$@"`,
		Example: `  # What is wrong in the cluster, or in manifests
  kubectl hostprocess lint
  kubectl hostprocess lint -R -f deploy/

  # Why a pod fails
  kubectl hostprocess explain --pod agent-x7k2p -n agents`,
		Annotations:       map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl hostprocess"},
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("kubectl-hostprocess {{.Version}}\n")
	root.AddCommand(newLint(s), newFix(s), newExplain(s), newRules(s), newPaths(s), newSurvey(s), newPrivileges(s), newConflicts(s), newHTML(s), newDiff(s), newPolicy(s), newRun(s), newVerify(s))
	return root
}

// addFormat adds the flag for the format of the output.
func addFormat(command *cobra.Command, format *string, formats []string) {
	command.Flags().StringVarP(format, "output", "o", formats[0], "print `format`: "+strings.Join(formats, ", "))
	complete(command, "output", formats...)
}

// complete completes the values of a flag that was added.
func complete(command *cobra.Command, flag string, values ...cobra.Completion) {
	_ = command.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// checkFormat is an error for a format that a command doesn't have.
func checkFormat(format string, formats ...string) error {
	if !slices.Contains(formats, format) {
		return fmt.Errorf("-o %q: write %s", format, strings.Join(formats, " or "))
	}
	return nil
}

// version is that of the module, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// isTerminal reports whether a person looks at a writer.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// wantsColor reports whether text on a writer may be coloured: https://no-color.org
func wantsColor(w io.Writer) bool { return os.Getenv("NO_COLOR") == "" && isTerminal(w) }
