// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package cmd contains the commands, each in its own file.
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

// streams are the standard streams of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// fail prints the problems that aren't nil, and returns the exit code: 0 if all are nil.
func (s streams) fail(command string, problems ...error) (code int) {
	for _, err := range problems {
		if err != nil {
			fmt.Fprintf(s.err, "kubectl hostprocess %s: %s\n", command, output.OneLine(err.Error()))
			code = 2
		}
	}
	return code
}

// exitCode is the exit code after an error that was already printed.
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

A HostProcess container runs as a process on a Windows node. The API server accepts most
of the pods that a node then can't run as intended. These commands find the mistakes before
you deploy.

For shell completion, put an executable file named kubectl_complete-hostprocess with this
content in your PATH:

  #!/bin/sh
  kubectl hostprocess __complete "$@"`,
		Example: `  # Check the cluster, or manifests
  kubectl hostprocess lint
  kubectl hostprocess lint -R -f deploy/

  # Explain why a pod fails
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
	command.Flags().StringVarP(format, "output", "o", formats[0], "output `format`: "+strings.Join(formats, ", "))
	complete(command, "output", formats...)
}

// complete sets the completions of a flag's values.
func complete(command *cobra.Command, flag string, values ...cobra.Completion) {
	_ = command.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// checkFormat returns an error if a command doesn't have the format.
func checkFormat(format string, formats ...string) error {
	if !slices.Contains(formats, format) {
		return fmt.Errorf("-o %q: must be %s", format, strings.Join(formats, " or "))
	}
	return nil
}

// version returns the version of the module, or the commit of the build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// isTerminal reports whether a writer is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// wantsColor reports whether text on a writer may be coloured: https://no-color.org
func wantsColor(w io.Writer) bool { return os.Getenv("NO_COLOR") == "" && isTerminal(w) }
