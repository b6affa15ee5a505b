// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
)

// The label of the pods of run and verify.
const (
	managedBy = "app.kubernetes.io/managed-by"
	manager   = "kubectl-hostprocess"
)

func newRun(s streams) *cobra.Command {
	var (
		c             cluster
		what          action
		account       string
		image         string
		timeout       time.Duration
		limit         int64
		keep, dryRun  bool
		serviceLogons = []cobra.Completion{string(accounts.LocalService), string(accounts.NetworkService), string(accounts.LocalSystem)}
	)
	command := &cobra.Command{
		Use:   "run NODE [flags] -- PROGRAM [ARGUMENT]...",
		Short: "Run a command on a Windows node",
		Long: `Run a command on a Windows node in a temporary HostProcess pod, and print its output.

The command is a program on the node, with its full path (C:\k\collect-logs.exe) or found
in the PATH (ipconfig), or a Windows PowerShell script (--powershell, --script). No shell
runs it: for operators such as & and >, use a script.

The pod runs on exactly this node and tolerates every taint. It runs as Local Service; to
change the node, you usually need --run-as 'NT AUTHORITY\SYSTEM'. The namespace must allow
HostProcess pods. If the pod can't be scheduled or started, the reason is printed. If you
interrupt the command (Ctrl-C), the pod is deleted and the node stops the command.

Up to containerd 1.7, the last lines of a short-lived program can be missing from the
output; those of a script can't.

Requires permission to create, get, watch and delete pods, to get pods/log and nodes, and
to list events. Without the last three, only the end of the output is printed, and mistakes
are found later. Pods that remain (after --keep or a lost connection) have the label
` + managedBy + `=` + manager + `.

Exit codes: that of the command, or 255 if it is greater or negative; 124 if the command
doesn't start or end within --timeout; 125 if it can't run or its result is unknown; 130 if
interrupted; 2 if the command line is invalid.`,
		Example: `  # Run a program
  kubectl hostprocess run win-3 -- ipconfig /all
  kubectl hostprocess run win-3 -n ops --run-as 'NT AUTHORITY\SYSTEM' -- 'C:\k\collect-logs.exe' -out 'C:\k\logs 1'

  # Run a script
  kubectl hostprocess run win-3 --powershell 'Get-Service containerd | ConvertTo-Json'
  kubectl hostprocess run win-3 --run-as 'NT AUTHORITY\SYSTEM' --script restart-kubeproxy.ps1

  # Print the pod without creating it
  kubectl hostprocess run win-3 --dry-run -- ipconfig /all`,
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) == 0 || command.ArgsLenAtDash() == 0 {
				return errors.New("no node: pass its name before the command")
			}
			run, err := what.command(args[1:], command.ArgsLenAtDash() == 1, s.in)
			if err != nil {
				return err
			}
			who, err := accounts.Parse(account)
			if err != nil {
				return fmt.Errorf("--run-as: %w", err)
			}
			if timeout < time.Second || timeout%time.Second != 0 {
				return fmt.Errorf("--timeout %v: must be a whole number of seconds, at least 1", timeout)
			}
			if limit < 0 {
				return fmt.Errorf("--limit-bytes %d: must not be negative", limit)
			}
			r := &runner{streams: s, command: "run", timeout: timeout, limit: limit, keep: keep}
			made := task.New(args[0], who, run).WithImage(image).WithActiveDeadline(timeout)
			meta := metav1.ObjectMeta{GenerateName: "hostprocess-run-", Namespace: c.namespace, Labels: map[string]string{managedBy: manager}}
			pod, err := made.Pod(meta)
			switch {
			case err != nil:
				r.say(err.Error())
				return exit(2)
			case dryRun:
				return printPod(s.out, pod)
			}
			config, namespace, err := c.config()
			if err == nil {
				config.WarningHandler = rest.NewWarningWriter(s.err, rest.WarningWriterOptions{Deduplicate: true})
				r.client, err = newCoreClient(config, namespace)
			}
			if err != nil {
				s.fail("run", err)
				return exit(codeNotRun)
			}
			ctx, stop := interruptible(command.Context())
			defer stop()
			meta.Namespace = namespace
			return exit(r.run(ctx, args[0], made, meta))
		},
	}
	c.addWithout(command)
	flags := command.Flags()
	flags.StringVarP(&c.namespace, "namespace", "n", "", "`namespace` of the pod (default: namespace of the context)")
	flags.StringVar(&account, "run-as", string(accounts.LocalService), "run the command as this `account`: a built-in service account or a local group of the node")
	flags.StringVar(&what.powershell, "powershell", "", "run this `script` in Windows PowerShell")
	flags.StringVar(&what.file, "script", "", "run the script in this `file`, or - for standard input, in Windows PowerShell")
	flags.StringVar(&image, "image", hostprocess.BaseImage, "`image` of the pod")
	flags.DurationVar(&timeout, "timeout", task.DefaultDeadline, "time limit for the command to start, and then to end, such as 90s or 2h")
	flags.Int64Var(&limit, "limit-bytes", 10<<20, "print at most this many `bytes` of the output")
	flags.BoolVar(&keep, "keep", false, "don't delete the pod")
	flags.BoolVar(&dryRun, "dry-run", false, "print the pod as YAML without contacting the cluster")
	// The flags were just added.
	_ = command.RegisterFlagCompletionFunc("run-as", cobra.FixedCompletions(serviceLogons, cobra.ShellCompDirectiveNoFileComp))
	_ = command.MarkFlagFilename("script", "ps1")
	return command
}

// interruptible returns a context that an interrupt cancels. A second Ctrl-C exits
// immediately. It ignores SIGPIPE, which every broken connection sends, so that the program
// can still delete its pods when its output is closed.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, func() { signal.Reset(os.Interrupt) })
	return ctx, stop
}

// action is the script to run instead of a program.
type action struct{ powershell, file string }

// command returns the command: a program after two dashes, or a script.
func (a action) command(program []string, dashes bool, stdin io.Reader) (hostprocess.Command, error) {
	var none hostprocess.Command
	switch {
	case len(program) > 0 && !dashes:
		return none, fmt.Errorf("%q: put -- before the command", program[0])
	case len(program) > 0 && a == action{} && strings.ContainsAny(program[0], `/\:`):
		return hostprocess.HostProgram(program[0], program[1:]...), nil
	case len(program) > 0 && a == action{}:
		name := program[0]
		if !strings.Contains(name, ".") {
			name += ".exe" // without it, some nodes don't find the program
		}
		return hostprocess.PathProgram(name, program[1:]...), nil
	case len(program) > 0 || a.powershell != "" && a.file != "":
		return none, errors.New("pass only one of a program, --powershell and --script")
	case a.powershell != "":
		return task.PowerShell(a.powershell), nil
	case a.file == "":
		return none, errors.New("nothing to run: pass -- and a program, --powershell or --script")
	}
	if a.file != "-" {
		opened, err := os.Open(a.file)
		if err != nil {
			return none, fmt.Errorf("--script: %w", err)
		}
		defer opened.Close()
		stdin = opened
	}
	const most = 1 << 20 // far more than fits into a command line
	text, err := io.ReadAll(io.LimitReader(stdin, most))
	if err == nil && !utf8.Valid(text) {
		err = errors.New("not UTF-8: save it with Set-Content -Encoding utf8")
	}
	if err != nil {
		return none, fmt.Errorf("--script %s: %w", a.file, err)
	}
	return task.PowerShell(strings.TrimPrefix(string(text), "\ufeff")), nil
}

// printPod prints a pod without its status.
func printPod(to io.Writer, pod *corev1.Pod) error {
	text, err := yaml.Marshal(struct {
		*corev1.Pod
		Status *struct{} `json:"status,omitempty"`
	}{Pod: pod})
	if err != nil {
		return err
	}
	_, err = to.Write(text)
	return err
}
