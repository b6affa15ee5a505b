// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	htmlreport "github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/report"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/fleet"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

func newHTML(s streams) *cobra.Command {
	var (
		f          files
		c          cluster
		choice     selection
		now, to    nodes
		file, date string
	)
	command := &cobra.Command{
		Use:   "report [-o FILE] [--to VERSION] [-f FILE|FOLDER|-]...",
		Short: "Write an HTML report about a cluster",
		Long: `Write an HTML report for reviewers of a cluster's HostProcess pods: the nodes and how they
mount volumes, the findings of lint, the privileges of the containers, conflicts between
workloads and, with --to, the changes that an upgrade of the nodes causes.

The report is a single file without scripts or external resources, and can be printed.
Long lists are cut; the report then prints the total and the command for the full list.

Pods are checked for the nodes in the input, as with lint --nodes, or for --containerd.
Without files, reads the current cluster, which requires the same permissions as lint.
Standard input is copied to a temporary file, because it is read twice.

Exit codes: 0 if the report was written, 1 if it was and a finding reaches --fail-on,
2 if any input can't be read or the command line is invalid. The report also lists what
can't be read.`,
		Example: `  kubectl hostprocess report -o report.html

  # Add what changes when the nodes get containerd 2.3
  kubectl hostprocess report -o report.html --to 2.3.4

  # Report on a dump of a cluster
  kubectl get nodes,namespaces,daemonsets,deployments -A -o json > cluster.json
  kubectl hostprocess report -o report.html -f cluster.json`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			p := &page{fail: func(err error) { s.fail("report", err) }, seen: map[string]bool{}, show: newProgress(s.err)}
			p.Version, p.Date = version(), time.Now().UTC().Format("2006-01-02 15:04 MST")
			var failOn *validate.Severity
			var err error
			if p.linter.Selection, failOn, err = choice.configure(command, &nodes{}); err != nil {
				return err
			}
			at, err := parseDate(date)
			if err != nil {
				return err
			}
			if date != "" {
				p.Date = date
			}
			if err := p.judgeFor(now, to); err != nil {
				return err
			}
			p.LeftOut = choice.leftOut()
			if err := p.read(command.Context(), &f, &c, s.in); err != nil {
				return err
			}
			p.linter.End()
			p.show.clear()
			p.Checked, p.Elsewhere = p.linter.Checked, p.linter.Elsewhere
			p.Nodes, p.Unsupported = &p.cluster.Survey, p.cluster.Survey.Unsupported(at)
			p.Workloads, p.Conflicts = p.all.Workloads(), p.fleet.Conflicts()
			html, err := p.HTML()
			switch {
			case err != nil:
			case file == "":
				_, err = s.out.Write(html)
			default:
				err = os.WriteFile(file, html, 0o666)
			}
			if err != nil {
				return err
			}
			return exit(lintCode(&p.linter, failOn))
		},
	}
	f.add(command)
	c.add(command)
	choice.add(command)
	flags := command.Flags()
	flags.StringVarP(&file, "output", "o", "", "write the report to this `file` (default: standard output)")
	flags.StringVar(&date, "date", "", "list versions that are no longer supported on this `day`, such as 2027-03-31 (default: today)")
	flags.StringSliceVar(&now.containerd, "containerd", nil, "check for nodes with these containerd `versions`, such as 1.6.8,1.7 or 1.7@symlinkHPC (default: those of the nodes in the input, or 2.x with the bind filter)")
	flags.StringVar(&now.kubernetes, "kubernetes", "", fmt.Sprintf("Kubernetes `version`, such as 1.33 (default: 1.%d)", validate.NewestKubernetesMinor))
	flags.StringSliceVar(&to.containerd, "to", nil, "show what changes with these containerd `versions`")
	flags.StringVar(&to.kubernetes, "to-kubernetes", "", fmt.Sprintf("Kubernetes `version` after the upgrade (default: 1.%d)", validate.NewestKubernetesMinor))
	_ = command.MarkFlagFilename("output", "html") // which was just added
	failOn := command.Flag("fail-on")
	failOn.DefValue, choice.failOn = "none", "none"
	return command
}

// leftOut describes the findings that aren't shown.
func (s *selection) leftOut() (all []string) {
	if len(s.disable) > 0 {
		all = append(all, "findings of "+strings.Join(s.disable, ", "))
	}
	if len(s.enableOnly) > 0 {
		all = append(all, "findings of rules other than "+strings.Join(s.enableOnly, ", "))
	}
	if s.minSeverity != "info" {
		all = append(all, "findings below "+s.minSeverity)
	}
	return all
}

// upgradeText returns the versions after an upgrade; empty for none.
func upgradeText(to nodes) string {
	if len(to.containerd) == 0 {
		return ""
	}
	text := "containerd " + strings.Join(to.containerd, ", ")
	if to.kubernetes != "" {
		text += " and Kubernetes " + to.kubernetes
	}
	return text
}

// page builds a Report.
type page struct {
	htmlreport.Report
	linter  lint.Linter
	targets lint.Linter // returns targets, so that linter doesn't count pods twice
	cluster lint.Cluster
	fleet   fleet.Fleet
	all     privileges.Inventory
	upgrade upgrade
	fail    func(error)
	seen    map[string]bool // the problems
	show    *progress
}

// judgeFor sets the nodes to check for, now and after an upgrade.
func (p *page) judgeFor(now, to nodes) (err error) {
	if p.linter.Validator, err = now.validator("containerd", "kubernetes"); err != nil {
		return err
	}
	if p.upgrade.after, err = to.validator("to", "to-kubernetes"); err != nil {
		return err
	}
	if to.kubernetes != "" && len(to.containerd) == 0 {
		return errors.New("--to-kubernetes requires --to with the containerd versions")
	}
	p.Containerd, p.Upgrade = now.containerd, upgradeText(to)
	if len(now.containerd) == 0 {
		return checkWhole(p.upgrade.after.Targets, "--containerd")
	}
	return nil
}

// maxSeen limits the problems that are remembered. Further ones are counted again when the
// files are read the second time.
const maxSeen = 10_000

// problem adds an error of reading, once, although files are read twice.
func (p *page) problem(err error) {
	text := err.Error()
	if p.seen[text] {
		return
	}
	if len(p.seen) < maxSeen {
		p.seen[text] = true
	}
	p.linter.Unreadable++
	p.AddProblem(err)
	p.show.clear()
	p.fail(err)
}

// read reads the nodes, and then the objects to check for them.
func (p *page) read(ctx context.Context, f *files, c *cluster, stdin io.Reader) error {
	p.linter.Report = p.AddFinding
	if !f.given() {
		return p.readCluster(ctx, c)
	}
	if slices.Contains(f.names, "-") {
		kept, err := os.CreateTemp("", "kubectl-hostprocess")
		if err != nil {
			return err
		}
		defer os.Remove(kept.Name())
		defer kept.Close()
		if _, err := io.Copy(kept, stdin); err != nil {
			p.problem(fmt.Errorf("<stdin>: %w", err))
		}
		stdin = io.NewSectionReader(kept, 0, 1<<62)
	}
	for _, name := range f.names {
		if name == "-" {
			name = "standard input"
		}
		p.Sources = append(p.Sources, name)
	}
	if f.kustomize != "" {
		p.Sources = append(p.Sources, "kustomize build "+f.kustomize)
	}
	nodes := &input.Reader{Wanted: mayBeNode, Visit: p.node, Stdin: stdin}
	for _, err := range f.read(nodes) {
		p.problem(err)
	}
	if err := p.prepare(); err != nil {
		return err
	}
	if slices.Contains(f.names, "-") {
		_, _ = stdin.(io.Seeker).Seek(0, io.SeekStart)
	}
	objects := &input.Reader{Wanted: mayBeShown, Stdin: stdin}
	objects.Visit = func(o input.Object) {
		p.object(o, false)
		p.show.update(p.linter.Checked, objects.Bytes)
	}
	for _, err := range f.read(objects) {
		p.problem(err)
	}
	return nil
}

// mayBeNode reports whether an object may be a Node. Items of a NodeList may have no kind.
var mayBeNode = regexp.MustCompile(`Node|nodeInfo`).Match

// mayBeShown reports whether an object may be relevant.
func mayBeShown(text []byte) bool {
	return input.MayMatter(text) || mayBeEvidence(text)
}

// readCluster is read for the cluster.
func (p *page) readCluster(ctx context.Context, c *cluster) error {
	config, _, err := c.config()
	if err != nil {
		return err
	}
	p.Sources = []string{"the cluster " + config.Host}
	if c.namespace != "" {
		p.Sources[0] = "namespace " + c.namespace + " of " + p.Sources[0]
	}
	live, err := c.connect()
	if err != nil {
		return err
	}
	for _, err := range live.listNodes(ctx, &input.Reader{Visit: p.node}) {
		p.problem(err)
	}
	if err := p.prepare(); err != nil {
		return err
	}
	var alike repeated
	reader := &input.Reader{Wanted: mayBeShown}
	reader.Visit = func(o input.Object) {
		owner := ownerOf(o)
		p.linter.Report = func(f lint.Finding) {
			if owner != "" && f.Kind == "Pod" {
				alike.add(owner, unplaced(f))
			} else {
				p.AddFinding(unplaced(f))
			}
		}
		p.object(o, live.covered(o))
		p.show.update(p.linter.Checked, reader.Bytes)
	}
	for _, err := range append(live.all(ctx, reader), live.listNamespaces(ctx, reader)...) {
		p.problem(err)
	}
	alike.report(p.AddFinding)
	return nil
}

// prepare prepares for objects after all nodes were read.
func (p *page) prepare() error {
	p.upgrade.before, p.targets.Validator = p.linter.Validator, p.linter.Validator
	if len(p.linter.Validator.Targets) > 0 {
		return nil
	}
	if p.cluster.Nodes() > 0 {
		p.linter.Cluster, p.targets.Cluster, p.upgrade.nodes = &p.cluster, &p.cluster, &p.cluster.Survey
	}
	if p.Upgrade != "" && len(p.cluster.Survey.Groups()) == 0 {
		return errors.New("--to: the input has no Windows nodes: set their containerd versions with --containerd")
	}
	return nil
}

// node adds a node.
func (p *page) node(o input.Object) {
	if err := o.Problem(); err != nil {
		p.problem(err)
	}
	if node, ok := o.Object.(*corev1.Node); ok {
		p.cluster.Add(node)
		_ = p.fleet.Add(node) // which accepts every node
	}
}

// object adds an object. It is covered if its owner is read as well.
func (p *page) object(o input.Object, covered bool) {
	if err := o.Problem(); err != nil {
		p.problem(err)
		return
	}
	if _, isPod := o.Object.(*corev1.Pod); isPod || !covered {
		p.linter.Object(o)
	}
	addEvidence(&p.all, &p.targets, o)
	if covered || !validate.IsHostProcess(lint.PodSpec(o)) {
		return
	}
	_ = p.fleet.Add(claimant(o)) // it contains a pod
	if p.Upgrade != "" {
		p.AddChanges(o, p.upgrade.of(o))
	}
}
