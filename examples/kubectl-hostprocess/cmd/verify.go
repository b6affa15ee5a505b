// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/probes"
	"github.com/hostprocess-go/sdk/validate"
)

// statusNotRun is the verdict about a probe that was left out.
const statusNotRun probes.Status = "NotRun"

func newVerify(s streams) *cobra.Command {
	var (
		c            cluster
		v            = verifier{runner: runner{streams: s, command: "verify"}}
		names        []string
		image, file  string
		list, dryRun bool
		withNames    bool
	)
	command := &cobra.Command{
		Use:   "verify NODE [flags]",
		Short: "Find out on a real node whether what this program says is true",
		Long: `Find out on a real Windows node whether what this program says is true. What it knows is
read from source code and documents, and some of it no source settles: it is marked
UNVERIFIED. A probe is one such claim, made of a few HostProcess pods and a judgement of
what they answer.

The probes run one after the other, each alone, and their pods are deleted. Each pod is
for exactly this node and tolerates every taint. It runs as Local Service if that is
enough. The namespace must allow HostProcess pods. A probe that changes the node undoes
that at its end, and runs with --allow-changes only; what it changes is in --list. If you
interrupt the command (Ctrl-C), such a probe comes to its end first.

With --result, everything is written to a file as well: the versions of the node, and of
each probe the claim, the predictions, what was observed, the verdict, and the answers.
The names and addresses of the node and the name of the namespace are left out, unless
you ask for them with --with-names. Send the file in, whatever the verdicts are:
https://github.com/hostprocess-go/sdk/issues/new?template=node-verdict.yml

It takes the rights to create, get, watch and delete pods, to get nodes, and to list
events. Pods that were left behind (the connection was lost) have the label
` + managedBy + `=` + manager + `.

Exit codes: 0 if every probe that ran and is about such a node was confirmed; 1 if one was
refuted; 125 if none was refuted, and one is unclear, or nothing could be run; 130 if it was
interrupted; 2 if the command line is wrong.`,
		Example: `  # Which probes there are, and what they claim, need and change
  kubectl hostprocess verify --list

  # Those that change nothing, with a file to send in
  kubectl hostprocess verify win-3 -n operations --result win-3.yaml

  # All of them
  kubectl hostprocess verify win-3 -n operations --allow-changes --result win-3.yaml

  # The pods of one
  kubectl hostprocess verify win-3 --probe mount-locations --dry-run`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(command *cobra.Command, args []string) error {
			chosen, err := chooseProbes(names)
			switch {
			case err != nil:
				return err
			case list && len(args) > 0:
				return errors.New("a node and --list: write one of them")
			case list:
				return printProbes(s.out, chosen, len(names) == 0)
			case len(args) != 1:
				return errors.New("no node: name one")
			}
			if i := slices.IndexFunc(chosen, v.leavesOut); len(names) > 0 && i >= 0 && !dryRun {
				return fmt.Errorf("--probe %s changes the node: allow that with --allow-changes", chosen[i].Name)
			}
			ctx, stop := interruptible(command.Context())
			defer stop()
			node, err := v.connect(ctx, &c, args[0])
			if err != nil {
				s.fail("verify", err)
				return exit(codeNotRun)
			}
			v.node.Image = image
			if dryRun {
				return v.printPods(chosen)
			}
			var result *os.File
			if file != "" {
				if result, err = os.Create(file); err != nil { // now, and not after minutes
					return fmt.Errorf("--result: %w", err)
				}
			}
			found, err := v.run(ctx, chosen)
			if file != "" {
				err = errors.Join(err, newVerdicts(node, v.node, found, v.namespace, withNames).write(result), result.Close())
			}
			if err != nil {
				s.fail("verify", err)
				return exit(codeNotRun)
			}
			return exit(found.code(ctx))
		},
	}
	c.addWithout(command)
	flags := command.Flags()
	flags.StringVarP(&c.namespace, "namespace", "n", "", "make the pods in this `namespace` (default that of the context)")
	flags.StringSliceVar(&names, "probe", nil, "run this `probe`, and others that are named, only")
	flags.BoolVar(&list, "list", false, "list the probes instead")
	flags.BoolVar(&v.changes, "allow-changes", false, "run probes that change the node, and undo that, too")
	flags.DurationVar(&v.cleanUp, "clean-up-time", cleanUpTime, "how long the node has to clean up between the pods of a probe")
	flags.StringVar(&image, "image", hostprocess.BaseImage, "the `image` of the pods, which must hold no files")
	flags.StringVar(&file, "result", "", "write the result to this `file`, as YAML")
	flags.BoolVar(&withNames, "with-names", false, "leave the names and addresses of the node in the file")
	flags.BoolVar(&dryRun, "dry-run", false, "print the pods as YAML instead; the cluster is asked for the node only")
	// The flags were just added.
	_ = command.RegisterFlagCompletionFunc("probe", cobra.FixedCompletions(probeNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = command.MarkFlagFilename("result", "yaml")
	return command
}

func probeNames() []cobra.Completion {
	var names []cobra.Completion
	for _, p := range probes.All() {
		names = append(names, p.Name)
	}
	return names
}

// chooseProbes returns the probes of those names, in their order; all if there are no names.
func chooseProbes(names []string) ([]probes.Probe, error) {
	all := probes.All()
	if len(names) == 0 {
		return all, nil
	}
	for _, name := range names {
		if !slices.Contains(probeNames(), name) {
			return nil, fmt.Errorf("--probe %q: there is no such probe, see --list", name)
		}
	}
	return slices.DeleteFunc(all, func(p probes.Probe) bool { return !slices.Contains(names, p.Name) }), nil
}

// printProbes lists probes with what they claim, settle, need and change, and the marks
// that none of them settles.
func printProbes(to io.Writer, list []probes.Probe, all bool) error {
	out := bufio.NewWriter(to)
	for i, p := range list {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "%s\n  %s\n", p.Name, p.Claim)
		for _, line := range [][2]string{{"settles", strings.Join(p.Settles, ", ")}, {"needs", p.Needs}, {"changes", p.Changes}} {
			if line[1] != "" {
				fmt.Fprintf(out, "  %-8s %s\n", line[0], line[1])
			}
		}
	}
	for _, m := range probes.Marks() {
		if all && len(m.Probes) == 0 {
			fmt.Fprintf(out, "\nNo probe settles %s: %s\n", m.Name, m.Reason)
		}
	}
	return out.Flush()
}

// verifier runs probes on a node. Its runner is that of the current pod.
type verifier struct {
	runner
	node      probes.Node
	namespace string
	changes   bool          // allowed
	cleanUp   time.Duration // between the pods of a probe
}

// connect reads the node, without which nothing can be predicted.
func (v *verifier) connect(ctx context.Context, c *cluster, name string) (node *corev1.Node, err error) {
	config, namespace, err := c.config()
	if err != nil {
		return nil, err
	}
	config.WarningHandler = rest.NewWarningWriter(v.err, rest.WarningWriterOptions{Deduplicate: true})
	if v.client, err = newCoreClient(config, namespace); err != nil {
		return nil, err
	}
	v.namespace = namespace
	if node, err = v.client.nodes.Get(ctx, name, metav1.GetOptions{}); err != nil {
		return nil, err
	}
	v.node, err = probes.NewNode(node)
	return node, err
}

// leavesOut reports whether a probe changes the node, and that isn't allowed.
func (v *verifier) leavesOut(p probes.Probe) bool { return p.Changes != "" && !v.changes }

// printPods prints the pods of probes.
func (v *verifier) printPods(list []probes.Probe) error {
	first := true
	for _, p := range list {
		pods, err := v.pods(p)
		if err != nil {
			return err
		}
		for _, pod := range pods {
			if !first {
				fmt.Fprintln(v.out, "---")
			}
			first = false
			if err := printPod(v.out, pod); err != nil {
				return err
			}
		}
	}
	return nil
}

// pods returns the pods of a probe as they are made: their names are the API server's, so
// that one that was left behind is in nobody's way.
func (v *verifier) pods(p probes.Probe) ([]*corev1.Pod, error) {
	pods, err := p.Pods(v.node)
	for _, pod := range pods {
		pod.Namespace, pod.GenerateName, pod.Name = v.namespace, pod.Name+"-", ""
		pod.Labels[managedBy] = manager
	}
	return pods, err
}

// finding is what was found out about a claim.
type finding struct {
	probes.Probe
	probes.Verdict
	answers []probes.Answer
	took    time.Duration
}

type findings []finding

// run runs probes, and prints their verdicts as they come. After an interrupt, those that
// haven't begun aren't in the result. The error is that of printing.
func (v *verifier) run(ctx context.Context, list []probes.Probe) (all findings, err error) {
	out := bufio.NewWriter(v.out)
	width := 0
	for _, p := range list {
		width = max(width, len(p.Name))
	}
	for _, p := range list {
		if ctx.Err() != nil {
			break
		}
		fmt.Fprintf(out, "%-*s  ", width, p.Name)
		if out.Flush() != nil {
			break
		}
		begin := time.Now()
		f := v.verify(ctx, p)
		f.took = time.Since(begin)
		f.print(out, output.Palette{On: wantsColor(v.out)})
		all = append(all, f)
	}
	fmt.Fprintln(out, all)
	return all, out.Flush()
}

// verify runs a probe. One that changes the node comes to its end in spite of an interrupt.
func (v *verifier) verify(ctx context.Context, p probes.Probe) finding {
	f := finding{Probe: p}
	pods, err := v.pods(p)
	switch {
	case err != nil:
		f.Verdict = probes.Verdict{Status: probes.StatusUnclear, Reason: err.Error()}
		return f
	case len(pods) > 0 && v.leavesOut(p):
		f.Verdict = probes.Verdict{Status: statusNotRun, Reason: "it changes the node, and --allow-changes isn't set"}
		return f
	}
	if p.Changes != "" {
		defer context.AfterFunc(ctx, func() { v.fail(v.command, fmt.Errorf("waiting for %s to undo what it has changed", p.Name)) })()
		ctx = context.WithoutCancel(ctx)
	}
	var problem error // the first; the pods after it undo what the probe has changed
	for i, pod := range pods {
		if i > 0 {
			select {
			case <-time.After(v.cleanUp):
			case <-ctx.Done():
			}
		}
		answer, err := v.ask(ctx, pod)
		if err != nil && problem == nil {
			problem = fmt.Errorf("pod %d of %d: %w", i+1, len(pods), err)
		}
		if problem != nil && p.Changes == "" {
			break
		}
		f.answers = append(f.answers, answer)
	}
	if problem != nil {
		f.Verdict = probes.Verdict{Status: probes.StatusUnclear, Reason: problem.Error()}
		return f
	}
	f.Verdict = p.Judge(v.node, f.answers)
	return f
}

const (
	// stuckTime is how long a pod may be as if it never started. A pod whose containers start
	// at the second attempt needs less.
	stuckTime = 30 * time.Second
	// startTime is how much longer than its deadline a pod may take: to get to the kubelet,
	// and for the kubelet to stop it.
	startTime = 5 * time.Minute
	// cleanUpTime is how long the node has by default to clean up after a pod before the
	// next one of a probe looks at what is left. The API server forgets a pod that has ended
	// as soon as it is asked to delete it, without waiting for the node.
	// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/core/pod/strategy.go#L194-L197
	cleanUpTime = 15 * time.Second
)

// ask makes a pod, waits until it has ended or is refused, and deletes it. It returns when
// the pod is gone.
func (v *verifier) ask(ctx context.Context, pod *corev1.Pod) (answer probes.Answer, err error) {
	if err := v.post(ctx, pod); err != nil {
		return answer, fmt.Errorf("the API server refuses it: %w", err)
	}
	defer func() {
		v.delete(ctx)
		err = errors.Join(err, v.gone(ctx))
	}()
	var stuck time.Time // since when it has been
	until := time.Now().Add(time.Duration(ptr.Deref(pod.Spec.ActiveDeadlineSeconds, 0))*time.Second + startTime)
	for current := v.pod; ; {
		var final bool
		answer, final = probes.Read(current, v.events(ctx, answer.State)...)
		switch {
		case ctx.Err() != nil:
			return answer, errors.New("interrupted")
		case !isStuck(answer):
			stuck = time.Time{}
		case stuck.IsZero():
			stuck = time.Now()
		default:
			final = final || time.Since(stuck) > stuckTime
		}
		switch {
		case final:
			return answer, nil
		case time.Now().After(until):
			return answer, fmt.Errorf("it is %s, long after its deadline", answer.State)
		}
		if current, err = v.next(ctx, current); err != nil {
			return answer, err
		}
	}
}

// isStuck reports whether something of a pod was refused and nothing of it runs: the
// kubelet tries again until the pod's deadline, when what it had to say is lost.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/status/status_manager.go#L741-L770 (TerminatePod)
func isStuck(a probes.Answer) bool {
	refused := a.Message != ""
	for _, c := range a.Containers {
		if c.Running {
			return false
		}
		refused = refused || c.ExitCode == nil && c.Message != ""
	}
	return refused
}

// gone waits until the pod that was deleted is no longer there, and what it did has ended.
func (v *verifier) gone(ctx context.Context) error {
	until := time.Now().Add(2 * stopTime)
	for pod := v.pod; ctx.Err() == nil; {
		var err error
		if pod, err = v.next(ctx, pod); err != nil || pod == nil {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("the node doesn't end pod %s/%s", pod.Namespace, pod.Name)
		}
	}
	return nil
}

// statuses are those of findings, in the order in which they are counted.
var statuses = []probes.Status{probes.StatusConfirmed, probes.StatusRefuted, probes.StatusUnclear, probes.StatusNotApplicable, statusNotRun}

func (all findings) count(status probes.Status) (n int) {
	for _, f := range all {
		if f.Status == status {
			n++
		}
	}
	return n
}

// String sums up the findings.
func (all findings) String() string {
	words := map[probes.Status]string{probes.StatusNotApplicable: "not applicable", statusNotRun: "not run"}
	var parts []string
	for _, status := range statuses {
		word, ok := words[status]
		if !ok {
			word = strings.ToLower(string(status))
		}
		if n := all.count(status); n > 0 || status == probes.StatusConfirmed || status == probes.StatusRefuted {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	return output.Count(len(all), "probe") + ": " + strings.Join(parts, ", ")
}

func (all findings) code(ctx context.Context) int {
	switch {
	case ctx.Err() != nil:
		return codeInterrupted
	case all.count(probes.StatusRefuted) > 0:
		return 1
	case all.count(probes.StatusUnclear) > 0:
		return codeNotRun
	}
	return 0
}

// print prints the verdict, and the checks that aren't confirmed.
func (f finding) print(to io.Writer, p output.Palette) {
	word := string(f.Status)
	switch f.Status {
	case probes.StatusRefuted:
		word = p.Severity(validate.SeverityError, word)
	case probes.StatusUnclear:
		word = p.Severity(validate.SeverityWarning, word)
	case probes.StatusNotApplicable, statusNotRun:
		word = p.Dim(word)
	}
	if f.Reason != "" {
		word += ": " + shorten(f.Reason)
	}
	fmt.Fprintf(to, "%s\n%s", word, f.differences())
}

// differences are the checks that aren't confirmed.
func (f finding) differences() (text string) {
	for _, c := range f.Checks {
		if c.Status != probes.StatusConfirmed {
			text += fmt.Sprintf("    %s: %s\n      predicted  %s\n      observed   %s\n", c.Status, shorten(c.What), shorten(c.Prediction), shorten(c.Observation))
		}
	}
	return text
}

// shorten returns what fits into some lines of a terminal; the file has all of it.
func shorten(text string) string {
	const most = 500
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return output.OneLine(text)
}
