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

// statusNotRun is the verdict on a probe that was skipped.
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
		Short: "Verify the library's claims on a Windows node",
		Long: `Verify the library's claims on a Windows node. The claims come from source code and
documentation; those that no source confirms are marked UNVERIFIED. A probe tests one claim:
it runs a few HostProcess pods and compares the results with the library's prediction.

Probes run one at a time, and their pods are deleted. Each pod runs on exactly this node,
tolerates every taint, and runs as Local Service unless it needs more. The namespace must
allow HostProcess pods. Probes that change the node run only with --allow-changes, and undo
their changes at the end, even if you interrupt the command (Ctrl-C). To see what they
change, use --list.

With --result, the command also writes a file with the versions of the node and, for each
probe, the claim, the predictions, the observations, the verdict and the pods' answers. The
node's names and addresses and the namespace are removed, unless you set --with-names.
Please submit the file, whatever the verdicts:
https://github.com/hostprocess-go/sdk/issues/new?template=node-verdict.yml

Requires permission to create, get, watch and delete pods, to get nodes, and to list
events. Pods that remain after a lost connection have the label
` + managedBy + `=` + manager + `.

Exit codes: 0 if every applicable probe that ran was confirmed; 1 if one was refuted; 125
if none was refuted but one is unclear, or nothing could be run; 130 if interrupted; 2 if
the command line is invalid.`,
		Example: `  # List the probes with their claims, requirements and changes
  kubectl hostprocess verify --list

  # Run the probes that don't change the node, and write a file to submit
  kubectl hostprocess verify win-3 -n operations --result win-3.yaml

  # Run all probes
  kubectl hostprocess verify win-3 -n operations --allow-changes --result win-3.yaml

  # Print the pods of a probe
  kubectl hostprocess verify win-3 --probe mount-locations --dry-run`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(command *cobra.Command, args []string) error {
			chosen, err := chooseProbes(names)
			switch {
			case err != nil:
				return err
			case list && len(args) > 0:
				return errors.New("pass a node or --list, not both")
			case list:
				return printProbes(s.out, chosen, len(names) == 0)
			case len(args) != 1:
				return errors.New("pass the name of one node")
			}
			if i := slices.IndexFunc(chosen, v.leavesOut); len(names) > 0 && i >= 0 && !dryRun {
				return fmt.Errorf("--probe %s changes the node: to allow it, set --allow-changes", chosen[i].Name)
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
				if result, err = os.Create(file); err != nil { // before the probes, which take minutes
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
	flags.StringVarP(&c.namespace, "namespace", "n", "", "`namespace` of the pods (default: namespace of the context)")
	flags.StringSliceVar(&names, "probe", nil, "run only this `probe`; can be repeated")
	flags.BoolVar(&list, "list", false, "list the probes without running them")
	flags.BoolVar(&v.changes, "allow-changes", false, "also run probes that change the node and undo the change")
	flags.DurationVar(&v.cleanUp, "clean-up-time", cleanUpTime, "time for the node to clean up between the pods of a probe")
	flags.StringVar(&image, "image", hostprocess.BaseImage, "`image` of the pods; must not contain files")
	flags.StringVar(&file, "result", "", "write the result to this YAML `file`")
	flags.BoolVar(&withNames, "with-names", false, "keep the names and addresses of the node in the file")
	flags.BoolVar(&dryRun, "dry-run", false, "print the pods as YAML without creating them; only reads the node")
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

// chooseProbes returns the probes with these names, in their order; all without names.
func chooseProbes(names []string) ([]probes.Probe, error) {
	all := probes.All()
	if len(names) == 0 {
		return all, nil
	}
	for _, name := range names {
		if !slices.Contains(probeNames(), name) {
			return nil, fmt.Errorf("--probe %q: no such probe; see --list", name)
		}
	}
	return slices.DeleteFunc(all, func(p probes.Probe) bool { return !slices.Contains(names, p.Name) }), nil
}

// printProbes prints the probes with their claims, marks, requirements and changes, and the
// marks that no probe settles.
func printProbes(to io.Writer, list []probes.Probe, all bool) error {
	out := bufio.NewWriter(to)
	for i, p := range list {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "%s\n  %s\n", p.Name, p.Claim)
		for _, line := range [][2]string{{"settles", strings.Join(p.Settles, ", ")}, {"requires", p.Needs}, {"changes", p.Changes}} {
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

// connect reads the node, on which predictions depend.
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

// leavesOut reports whether a probe changes the node without permission.
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

// pods returns the pods of a probe. The API server generates their names, so that they don't
// conflict with remaining pods.
func (v *verifier) pods(p probes.Probe) ([]*corev1.Pod, error) {
	pods, err := p.Pods(v.node)
	for _, pod := range pods {
		pod.Namespace, pod.GenerateName, pod.Name = v.namespace, pod.Name+"-", ""
		pod.Labels[managedBy] = manager
	}
	return pods, err
}

// finding is the result of a probe.
type finding struct {
	probes.Probe
	probes.Verdict
	answers []probes.Answer
	took    time.Duration
}

type findings []finding

// run runs probes, and prints each verdict immediately. After an interrupt, the result lacks
// the probes that didn't start. The error is that of printing.
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

// verify runs a probe. If the probe changes the node, an interrupt doesn't stop it.
func (v *verifier) verify(ctx context.Context, p probes.Probe) finding {
	f := finding{Probe: p}
	pods, err := v.pods(p)
	switch {
	case err != nil:
		f.Verdict = probes.Verdict{Status: probes.StatusUnclear, Reason: err.Error()}
		return f
	case len(pods) > 0 && v.leavesOut(p):
		f.Verdict = probes.Verdict{Status: statusNotRun, Reason: "it changes the node, which requires --allow-changes"}
		return f
	}
	if p.Changes != "" {
		defer context.AfterFunc(ctx, func() { v.fail(v.command, fmt.Errorf("waiting for %s to undo its changes", p.Name)) })()
		ctx = context.WithoutCancel(ctx)
	}
	var problem error // the first; later pods undo the changes of the probe
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
	// stuckTime is how long a pod can be stuck before the probe continues. Pods whose
	// containers start at the second attempt need less.
	stuckTime = 30 * time.Second
	// startTime is how much longer than its deadline a pod can take: to reach the kubelet,
	// and until the kubelet stops it.
	startTime = 5 * time.Minute
	// cleanUpTime is the default time for the node to clean up after a pod before the next
	// pod checks what is left. The API server deletes a finished pod immediately, without
	// waiting for the node.
	// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/core/pod/strategy.go#L194-L197
	cleanUpTime = 15 * time.Second
)

// ask creates a pod, waits until it has ended or was refused, and deletes it. It returns when
// the pod is gone.
func (v *verifier) ask(ctx context.Context, pod *corev1.Pod) (answer probes.Answer, err error) {
	if err := v.post(ctx, pod); err != nil {
		return answer, fmt.Errorf("the API server rejects it: %w", err)
	}
	defer func() {
		v.delete(ctx)
		err = errors.Join(err, v.gone(ctx))
	}()
	var stuck time.Time // since then
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
			return answer, fmt.Errorf("it is still %s, long after its deadline", answer.State)
		}
		if current, err = v.next(ctx, current); err != nil {
			return answer, err
		}
	}
}

// isStuck reports whether a container or the pod was refused and no container runs. The
// kubelet retries until the pod's deadline, when its error message is lost.
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

// gone waits until the deleted pod is gone and its processes have ended.
func (v *verifier) gone(ctx context.Context) error {
	until := time.Now().Add(2 * stopTime)
	for pod := v.pod; ctx.Err() == nil; {
		var err error
		if pod, err = v.next(ctx, pod); err != nil || pod == nil {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("the node doesn't stop pod %s/%s", pod.Namespace, pod.Name)
		}
	}
	return nil
}

// statuses are the statuses of findings, in the order of the summary.
var statuses = []probes.Status{probes.StatusConfirmed, probes.StatusRefuted, probes.StatusUnclear, probes.StatusNotApplicable, statusNotRun}

func (all findings) count(status probes.Status) (n int) {
	for _, f := range all {
		if f.Status == status {
			n++
		}
	}
	return n
}

// String returns a summary of the findings.
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

// print prints the verdict and the checks that aren't confirmed.
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

// differences formats the checks that aren't confirmed.
func (f finding) differences() (text string) {
	for _, c := range f.Checks {
		if c.Status != probes.StatusConfirmed {
			text += fmt.Sprintf("    %s: %s\n      predicted  %s\n      observed   %s\n", c.Status, shorten(c.What), shorten(c.Prediction), shorten(c.Observation))
		}
	}
	return text
}

// shorten truncates a text to a few lines of a terminal; the file has all of it.
func shorten(text string) string {
	const most = 500
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return output.OneLine(text)
}
