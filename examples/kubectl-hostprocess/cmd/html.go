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
		Short: "Make a page of HTML about a cluster",
		Long: `Make a page of HTML about the HostProcess pods of a cluster, for people who review it:
its nodes and how they mount volumes, what lint finds, what the containers may do, the
conflicts between workloads, and, with --to, what an upgrade of the nodes changes.

The page is one file. It runs no script, loads nothing, and can be printed. Of long lists
it shows the first rows, how many there are, and the command that prints them all.

Pods are checked for the nodes that are read with them, as lint --nodes does, or for those
of --containerd. If no file is named, nodes, pods and workloads are those of the cluster of
the kubeconfig; it takes the rights that lint takes. Standard input is copied to a file in
the folder for temporary files, because it is read twice.

Exit codes: 0 if the page was written, 1 if it was, and a finding is as bad as --fail-on,
2 if something can't be read or the command line is wrong. What can't be read is named in
the page, too.`,
		Example: `  kubectl hostprocess report -o report.html

  # What changes when the nodes get containerd 2.3
  kubectl hostprocess report -o report.html --to 2.3.4

  # Of a dump
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
			at := time.Now()
			if date != "" {
				if at, err = time.Parse(time.DateOnly, date); err != nil {
					return fmt.Errorf("--date %q: write a day such as 2027-03-31", date)
				}
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
	flags.StringVarP(&file, "output", "o", "", "write the page to this `file` (default standard output)")
	flags.StringVar(&date, "date", "", "tell what isn't supported on this `day`, such as 2027-03-31 (default today)")
	flags.StringSliceVar(&now.containerd, "containerd", nil, "check for nodes with these `versions` of containerd, such as 1.6.8,1.7 or 1.7@symlinkHPC (default those of the nodes that are read, or 2.x with the bind filter)")
	flags.StringVar(&now.kubernetes, "kubernetes", "", fmt.Sprintf("the `version` of the API server, such as 1.33 (default 1.%d)", validate.NewestKubernetesMinor))
	flags.StringSliceVar(&to.containerd, "to", nil, "show what changes with these `versions` of containerd")
	flags.StringVar(&to.kubernetes, "to-kubernetes", "", fmt.Sprintf("the `version` of the API server after the upgrade (default 1.%d)", validate.NewestKubernetesMinor))
	_ = command.MarkFlagFilename("output", "html") // which was just added
	failOn := command.Flag("fail-on")
	failOn.DefValue, choice.failOn = "none", "none"
	return command
}

// leftOut tells which findings aren't shown.
func (s *selection) leftOut() (all []string) {
	if len(s.disable) > 0 {
		all = append(all, "those of "+strings.Join(s.disable, ", "))
	}
	if len(s.enableOnly) > 0 {
		all = append(all, "those of other rules than "+strings.Join(s.enableOnly, ", "))
	}
	if s.minSeverity != "info" {
		all = append(all, "those that are less than "+s.minSeverity)
	}
	return all
}

// upgradeText is what the nodes have after an upgrade; empty for none.
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

// page is a Report in the making.
type page struct {
	htmlreport.Report
	linter  lint.Linter
	targets lint.Linter // which is asked for them, so that linter doesn't count pods twice
	cluster lint.Cluster
	fleet   fleet.Fleet
	all     privileges.Inventory
	upgrade upgrade
	fail    func(error)
	seen    map[string]bool // the problems
	show    *progress
}

// judgeFor says for which nodes, now and after an upgrade.
func (p *page) judgeFor(now, to nodes) (err error) {
	if p.linter.Validator, err = now.validator("containerd", "kubernetes"); err != nil {
		return err
	}
	if p.upgrade.after, err = to.validator("to", "to-kubernetes"); err != nil {
		return err
	}
	if to.kubernetes != "" && len(to.containerd) == 0 {
		return errors.New("--to-kubernetes: write the versions of containerd with --to, too")
	}
	p.Containerd, p.Upgrade = now.containerd, upgradeText(to)
	if len(now.containerd) == 0 {
		return checkWhole(p.upgrade.after.Targets, "--containerd")
	}
	return nil
}

// maxSeen is how many problems are remembered: of more, those of the second reading count
// again.
const maxSeen = 10_000

// problem notes something that can't be read. Files are read twice.
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

// read reads the nodes, and then the objects, which are judged for them.
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

// mayBeNode reports whether an object may be a Node: an item of a NodeList needn't name
// its kind.
var mayBeNode = regexp.MustCompile(`Node|nodeInfo`).Match

// mayBeShown reports whether an object is one to look at.
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

// prepare makes ready for objects, when all nodes were read.
func (p *page) prepare() error {
	p.upgrade.before, p.targets.Validator = p.linter.Validator, p.linter.Validator
	if len(p.linter.Validator.Targets) > 0 {
		return nil
	}
	if p.cluster.Nodes() > 0 {
		p.linter.Cluster, p.targets.Cluster, p.upgrade.nodes = &p.cluster, &p.cluster, &p.cluster.Survey
	}
	if p.Upgrade != "" && len(p.cluster.Survey.Groups()) == 0 {
		return errors.New("--to: there are no Windows nodes in what was read: name the versions that they have with --containerd")
	}
	return nil
}

// node notes a node.
func (p *page) node(o input.Object) {
	if err := o.Problem(); err != nil {
		p.problem(err)
	}
	if node, ok := o.Object.(*corev1.Node); ok {
		p.cluster.Add(node)
		_ = p.fleet.Add(node) // which takes every node
	}
}

// object notes what is to be said about an object. What is covered belongs to another one
// that is read as well.
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
	_ = p.fleet.Add(claimant(o)) // which holds a pod
	if p.Upgrade != "" {
		p.AddChanges(o, p.upgrade.of(o))
	}
}
