// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

// privilege describes one container.
type privilege struct {
	File           string                  `json:"file"`
	Kind           string                  `json:"kind"`
	Namespace      string                  `json:"namespace,omitempty"`
	Name           string                  `json:"name"`
	Owner          string                  `json:"owner,omitempty"`
	Pods           int                     `json:"pods"`
	ServiceAccount string                  `json:"serviceAccount"`
	PodSecurity    string                  `json:"podSecurity"`
	Rules          []privileges.BrokenRule `json:"rules,omitempty"`

	Container     string                  `json:"container"`
	Role          privileges.Role         `json:"role"`
	RunAsUserName string                  `json:"runAsUserName"`
	AccountField  string                  `json:"accountField,omitempty"`
	Group         accounts.LocalGroup     `json:"group,omitempty"`
	Privilege     string                  `json:"privilege"`
	May           string                  `json:"may,omitempty"`
	Problem       string                  `json:"problem,omitempty"`
	Image         string                  `json:"image"`
	Digest        string                  `json:"digest,omitempty"`
	HostPaths     []privileges.HostPath   `json:"hostPaths,omitempty"`
	Credentials   []privileges.Credential `json:"credentials,omitempty"`
	Less          []string                `json:"less,omitempty"`
}

// privilegeFormats are the formats of the output.
var privilegeFormats = []string{"text", "table", "json", "csv"}

func newPrivileges(s streams) *cobra.Command {
	var (
		f      files
		n      nodes
		c      cluster
		format string
	)
	command := &cobra.Command{
		Use:   "privileges [-f FILE|FOLDER|-]...",
		Short: "Show the privileges of HostProcess containers, and how to reduce them",
		Long: `Show what each HostProcess container can do to its node, and how to run it with fewer
rights: its account and the field that sets it, its image and digest, its host paths,
tokens and Secrets, its owner, the Pod Security level that its namespace enforces, and the
rules of lint that it breaks.

Use the output as evidence for the check "Minimize the admission of Windows HostProcess
containers" of the CIS Kubernetes Benchmark. Rows are sorted so that you can compare two
reports. With -o json, each line describes one container. With -o csv, cells that a
spreadsheet would evaluate as a formula start with a single quote.

A workload is listed once, without its ReplicaSets and pods. Pods that differ from their
workload follow it; identical ones are listed once.

Mounts don't limit a HostProcess container: it can access everything that its account can.
The automounted token is listed unless the pod opts out; service accounts aren't read, so
an opt-out there isn't seen. The Pod Security level is (none) if the Namespace doesn't set
it, and (unknown) if the input doesn't contain the Namespace.

Without files, reads the current cluster, which requires permission to list pods,
workloads, custom resources that contain pods, such as Argo Rollouts, nodes and namespaces.
Each workload is checked for the nodes that its pods may run on.

Exit codes: 0 if no container runs as LocalSystem or has an invalid account, 1 if one
does, 2 if any input can't be read or the command line is invalid.`,
		Example: `  # Show the containers in the cluster, or in manifests
  kubectl hostprocess privileges
  kubectl hostprocess privileges -R -f deploy/

  # Print an overview, or the evidence for an audit
  kubectl hostprocess privileges -o table
  kubectl hostprocess privileges -o csv > hostprocess.csv

  # Find containers that run as LocalSystem from an image that isn't pinned
  kubectl hostprocess privileges -o json | jq 'select(.privilege == "local system" and .digest == null)'

  # Show the containers in a dump of a cluster
  kubectl get namespaces,pods,daemonsets -A -o json | kubectl hostprocess privileges -f -`,
		RunE: func(command *cobra.Command, args []string) error {
			f.names = append(f.names, args...)
			if err := checkFormat(format, privilegeFormats...); err != nil {
				return err
			}
			var l lint.Linter // determines the nodes of each object
			if err := n.configure(&l, &f, s.in); err != nil {
				return err
			}
			var found privileges.Inventory
			all := func(cluster *live, ctx context.Context, r *input.Reader) (problems []error) {
				if l.Cluster == nil && len(l.Validator.Targets) == 0 {
					var err error
					if l.Cluster, err = cluster.nodes(ctx); err != nil {
						problems, l.Cluster = append(problems, err), nil
					}
				}
				problems = append(problems, cluster.all(ctx, r)...)
				r.Wanted = nil
				return append(problems, cluster.listNamespaces(ctx, r)...)
			}
			code, err := s.inspect(command, &f, &c, all, &input.Reader{Wanted: mayBeEvidence, Visit: func(o input.Object) {
				if o.Unchecked != "" {
					s.fail(command.Name(), fmt.Errorf("%s: %s sets hostProcess outside a known pod template, so it isn't listed", o.File, o.Unchecked))
					return
				}
				addEvidence(&found, &l, o)
			}})
			if err != nil {
				return err
			}
			workloads := found.Workloads()
			if err := printPrivileges(s.out, format, output.Palette{On: wantsColor(s.out)}, workloads); err != nil {
				return err
			}
			return exit(max(code, privilegesCode(workloads)))
		},
	}
	f.add(command)
	n.add(command)
	c.add(command)
	addFormat(command, &format, privilegeFormats)
	return command
}

// addEvidence adds an object, checked for its nodes according to a linter.
func addEvidence(to *privileges.Inventory, l *lint.Linter, o input.Object) {
	to.Validator = l.Validator
	to.Validator.Targets = l.Targets(o)
	if o.Template == nil {
		_ = to.Add(o.Object, o.File) // fails for objects without a pod
		return
	}
	about := metav1.ObjectMeta{Namespace: o.Namespace, Name: o.Name}
	to.AddTemplate(schema.GroupKind{Group: o.Group, Kind: o.Kind}, about, o.Template, field.NewPath(o.Field), o.File)
}

// mayBeEvidence reports whether a text may contain a HostProcess pod or a namespace.
func mayBeEvidence(text []byte) bool {
	return input.MayHoldHostProcess(text) || bytes.Contains(text, []byte("Namespace"))
}

func privilegesCode(workloads []privileges.Workload) int {
	for _, w := range workloads {
		for _, c := range w.Containers {
			if c.Account == nil || c.Level == accounts.PrivilegeLocalSystem {
				return 1
			}
		}
	}
	return 0
}

// printPrivileges prints workloads in a format.
func printPrivileges(to io.Writer, format string, p output.Palette, workloads []privileges.Workload) error {
	out := bufio.NewWriter(to) // Flush returns the first error
	switch format {
	case "text":
		for _, w := range workloads {
			printWorkload(out, p, w)
		}
	case "table":
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "NAMESPACE\tWORKLOAD\tPODS\tCONTAINER\tACCOUNT\tPRIVILEGE\tIMAGE BY\tWRITES\tCREDENTIALS\tENFORCES\tRULES")
		for _, w := range workloads {
			for _, c := range w.Containers {
				fmt.Fprintln(table, strings.Join(tableRow(w, c), "\t"))
			}
		}
		table.Flush()
	case "json":
		for _, w := range workloads {
			for _, c := range w.Containers {
				output.JSONLine(out, newPrivilege(w, c))
			}
		}
	case "csv":
		table := csv.NewWriter(out)
		_ = table.Write(csvHeader)
		for _, w := range workloads {
			for _, c := range w.Containers {
				_ = table.Write(csvRow(w, c))
			}
		}
		table.Flush()
	}
	return out.Flush()
}

func newPrivilege(w privileges.Workload, c privileges.Container) privilege {
	p := privilege{
		File: w.Source, Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, Owner: ownerText(w), Pods: w.Pods,
		ServiceAccount: w.ServiceAccount, PodSecurity: w.Enforce, Rules: w.Rules,
		Container: c.Name, Role: c.Role, RunAsUserName: c.RunAsUserName, AccountField: c.AccountField, Privilege: c.Level.String(),
		Image: c.Image, Digest: c.Digest, HostPaths: c.HostPaths, Credentials: c.Credentials, Less: c.Less,
	}
	p.Group, _ = c.Account.(accounts.LocalGroup)
	if c.Account != nil {
		p.May = c.Account.Description()
	} else {
		p.Problem = accountProblem(c)
	}
	return p
}

// accountProblem explains why a container has no valid account.
func accountProblem(c privileges.Container) string {
	if c.AccountField == "" {
		return "no runAsUserName is set: the node uses the user of the image, and can't log on users of Windows images"
	}
	_, err := accounts.Parse(c.RunAsUserName)
	return err.Error() // not nil, because Account is nil
}

// ownerText returns the controller of a workload, "DaemonSet agent"; empty if it has none.
func ownerText(w privileges.Workload) string {
	if w.Owner == nil {
		return ""
	}
	return w.Owner.Kind + " " + w.Owner.Name
}

// printWorkload prints a workload as text; Flush returns the error.
func printWorkload(to *bufio.Writer, p output.Palette, w privileges.Workload) {
	title := output.Subject(w.Kind, w.Namespace, w.Name)
	if w.Kind == "Pod" && w.Pods > 1 {
		title += fmt.Sprintf(" and %d more", w.Pods-1)
	}
	if owner := ownerText(w); owner != "" {
		title += " of " + owner
	}
	fmt.Fprintln(to, p.Bold(output.OneLine(title)))
	line := func(indent, name, text string) {
		if text != "" {
			fmt.Fprintf(to, "%s%s %s\n", indent, p.Dim(name+":"), output.OneLine(text))
		}
	}
	if w.Kind != "Pod" && w.Pods > 0 {
		line("  ", "pods", strconv.Itoa(w.Pods))
	}
	line("  ", "service account", w.ServiceAccount)
	line("  ", "Pod Security enforces", w.Enforce)
	line("  ", "broken rules", rulesText(w.Rules))
	for _, c := range w.Containers {
		one := newPrivilege(w, c)
		fmt.Fprintf(to, "  %s\n", p.Bold(output.OneLine(fmt.Sprintf("%s container %s: %s", c.Role, c.Name, cmp.Or(c.RunAsUserName, "(no runAsUserName)")))))
		line("    ", level(c), cmp.Or(one.May, one.Problem))
		line("    ", "set in", c.AccountField)
		line("    ", "image", imageText(c))
		line("    ", "writes", pathsText(c, false))
		line("    ", "reads", pathsText(c, true))
		line("    ", "credentials", credentialsText(c))
		for _, less := range c.Less {
			fmt.Fprintf(to, "    - %s\n", output.OneLine(less))
		}
	}
}

func tableRow(w privileges.Workload, c privileges.Container) []string {
	pinned := "tag"
	if c.Digest != "" {
		pinned = "digest"
	}
	var writes []string
	for _, h := range c.HostPaths {
		if !h.ReadOnly {
			writes = append(writes, h.Path)
		}
	}
	cells := []string{
		w.Namespace, w.Kind + "/" + w.Name, strconv.Itoa(w.Pods), c.Name, c.RunAsUserName, level(c),
		pinned, strings.Join(writes, ", "), strconv.Itoa(len(c.Credentials)), w.Enforce, rulesCount(w.Rules),
	}
	for i := range cells {
		cells[i] = cmp.Or(output.OneLine(cells[i]), "-")
	}
	return cells
}

// level names the privilege of a container.
func level(c privileges.Container) string {
	switch {
	case c.Account == nil:
		return "no account"
	case c.Level == accounts.PrivilegeUnknown:
		return "local group"
	}
	return c.Level.String()
}

// rulesCount counts broken rules: "1 error, 2 warnings".
func rulesCount(rules []privileges.BrokenRule) string {
	var counts [3]int
	for _, r := range rules {
		counts[r.Severity]++
	}
	var all []string
	for severity, n := range counts {
		word := validate.Severity(severity).String()
		switch {
		case n == 0:
		case validate.Severity(severity) == validate.SeverityInfo:
			all = append(all, output.Count(n, word, word))
		default:
			all = append(all, output.Count(n, word))
		}
	}
	return strings.Join(all, ", ")
}

var csvHeader = []string{
	"namespace", "kind", "name", "owner", "pods", "serviceAccount", "podSecurity", "container", "role",
	"runAsUserName", "accountField", "group", "privilege", "problem", "image", "digest",
	"writes", "reads", "credentials", "rules", "stepDown", "file",
}

func csvRow(w privileges.Workload, c privileges.Container) []string {
	p := newPrivilege(w, c)
	cells := []string{
		p.Namespace, p.Kind, p.Name, p.Owner, strconv.Itoa(p.Pods), p.ServiceAccount, p.PodSecurity, p.Container, string(p.Role),
		p.RunAsUserName, p.AccountField, string(p.Group), p.Privilege, p.Problem, p.Image, p.Digest,
		pathsText(c, false), pathsText(c, true), credentialsText(c), rulesText(p.Rules), strings.Join(p.Less[:min(1, len(p.Less))], ""), p.File,
	}
	for i := range cells {
		cells[i] = cell(cells[i])
	}
	return cells
}

// formula matches the start of a formula, also after a semicolon, which some programs treat
// as the end of a cell.
var formula = regexp.MustCompile(`(^|;)([\s"']*)([=+@-])`)

// cell escapes a text so that spreadsheet programs don't evaluate it as a formula. Source:
// https://github.com/OWASP/www-community/blob/0e5e8f001bc2b6d5c8d09ca9b1700c4643296a82/pages/attacks/CSV_Injection.md
func cell(text string) string {
	return formula.ReplaceAllString(output.OneLine(text), "$1$2'$3")
}

// imageText returns the image of a container, and whether it is pinned.
func imageText(c privileges.Container) string {
	if c.Digest == "" {
		return c.Image + " (not pinned by a digest)"
	}
	return c.Image
}

// pathsText lists the host paths that a container mounts with or without readOnly.
func pathsText(c privileges.Container, readOnly bool) string {
	var all []string
	for _, h := range c.HostPaths {
		if h.ReadOnly != readOnly {
			continue
		}
		text := h.Path
		if h.Type != "" {
			text += " (" + string(h.Type) + ")"
		}
		if h.SubPath != "" {
			text += " (subPath " + h.SubPath + ")"
		}
		text += " at " + h.MountPath
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// credentialsText lists the credentials of a container.
func credentialsText(c privileges.Container) string {
	var all []string
	for _, g := range c.Credentials {
		text := "Secret " + g.Name
		switch g.Kind {
		case privileges.CredentialToken:
			text = "automounted token"
			if !g.Automounted {
				text = fmt.Sprintf("token for %s (%d s)", cmp.Or(g.Audience, "the API server"), g.ExpirationSeconds)
			}
		case privileges.CredentialPodCertificate:
			text = fmt.Sprintf("certificate of %s (%d s)", g.Name, g.ExpirationSeconds)
		}
		if g.Env != "" {
			text += " in env " + g.Env
		} else {
			text += " at " + g.MountPath
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// rulesText lists broken rules, the most severe first.
func rulesText(rules []privileges.BrokenRule) string {
	var all []string
	for _, r := range rules {
		text := r.Severity.String() + " " + string(r.Rule)
		if r.Ignored {
			text += " (ignored)"
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}
