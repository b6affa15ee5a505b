// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/fleet"
	"github.com/hostprocess-go/sdk/validate/privileges"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	style string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"shown": shown, "count": output.Count, "subject": output.Subject, "beyond": beyond, "maxShort": func() int { return maxShort }, "plural": plural, "link": output.Link, "first": firstParagraph,
	"dashed": func(text string) string { return strings.ReplaceAll(text, " ", "-") },
}).Parse(pageText))

func firstParagraph(text string) string {
	first, _, _ := strings.Cut(text, "\n\n")
	return first
}

// maxShort is how many elements the page shows of a list within a row.
const maxShort = 10

// beyond is how many elements of such a list aren't shown.
func beyond(n int) int { return max(0, n-maxShort) }

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// HTML returns the page.
func (r *Report) HTML() ([]byte, error) {
	sum := sha256.Sum256([]byte(style))
	var b bytes.Buffer
	err := page.Execute(&b, view{r, template.CSS(style), "sha256-" + base64.StdEncoding.EncodeToString(sum[:])})
	return b.Bytes(), err
}

// view is a Report as the template sees it.
type view struct {
	*Report
	Style template.CSS
	// StyleHash is what Content-Security-Policy allows.
	StyleHash string
}

// Sources are the first of what was read.
func (v view) Sources() list[string] {
	return list[string]{v.Report.Sources[:min(len(v.Report.Sources), maxRows)], len(v.Report.Sources)}
}

func (v view) Problems() list[string] { return v.problems }

// Found are the findings of a severity.
func (v view) Errors() int   { return v.found[validate.SeverityError] }
func (v view) Warnings() int { return v.found[validate.SeverityWarning] }
func (v view) Infos() int    { return v.found[validate.SeverityInfo] }
func (v view) Ignored() int  { return v.ignored }

// Rules are those with findings, the worst first.
func (v view) Rules() []*ruleFindings {
	return slices.SortedFunc(maps.Values(v.rules), func(a, b *ruleFindings) int {
		return cmp.Or(cmp.Compare(a.Severity(), b.Severity()), cmp.Compare(b.Found, a.Found), cmp.Compare(a.ID, b.ID))
	})
}

// level is the containers whose accounts have one privilege.
type level struct {
	Name string
	list[container]
}

// container is a row of the table of a level.
type container struct {
	Workload  *privileges.Workload
	Container *privileges.Container
}

// The levels of containers that aren't those of package accounts.
const (
	localGroup = "local group"
	noAccount  = "no account"
)

// levelNames are all levels in their order.
func levelNames() (names []string) {
	for p := accounts.PrivilegeLocalSystem; p > accounts.PrivilegeUnknown; p-- {
		names = append(names, p.String())
	}
	return append(names, localGroup, noAccount)
}

// levelOf returns the level of a container.
func levelOf(c *privileges.Container) string {
	switch {
	case c.Account == nil:
		return noAccount
	case c.Level == accounts.PrivilegeUnknown:
		return localGroup
	}
	return c.Level.String()
}

// Levels are those that containers have.
func (v view) Levels() (levels []level) {
	found := map[string]*list[container]{}
	for i := range v.Workloads {
		w := &v.Workloads[i]
		for j := range w.Containers {
			c := &w.Containers[j]
			of := found[levelOf(c)]
			if of == nil {
				of = &list[container]{}
				found[levelOf(c)] = of
			}
			if of.Total++; of.Total <= maxRows {
				of.Rows = append(of.Rows, container{w, c})
			}
		}
	}
	for _, name := range levelNames() {
		if of := found[name]; of != nil {
			levels = append(levels, level{name, *of})
		}
	}
	return levels
}

// Broken are the rules that a workload breaks, those that are accepted aside.
func (c container) Broken() (rules []validate.RuleID) {
	for _, r := range c.Workload.Rules {
		if !r.Ignored {
			rules = append(rules, r.Rule)
		}
	}
	return rules
}

// May is what the account of the container may do, or why it has none.
func (c container) May() string {
	if c.Container.Account != nil {
		return c.Container.Account.Description()
	}
	if c.Container.AccountField == "" {
		return "No runAsUserName is set: the node takes the user of the image, and can't log on those of Windows images."
	}
	if _, err := accounts.Parse(c.Container.RunAsUserName); err != nil {
		return shown(err.Error())
	}
	return ""
}

// May is what the accounts of the level may do: that of the first, unless there is none.
func (l level) May() string {
	if l.Name == noAccount {
		return ""
	}
	return l.Rows[0].May()
}

// Containers is how many there are.
func (v view) Containers() (n int) {
	for _, w := range v.Workloads {
		n += len(w.Containers)
	}
	return n
}

// LocalSystem is how many containers run as LocalSystem.
func (v view) LocalSystem() (n int) {
	for _, level := range v.Levels() {
		if level.Name == accounts.PrivilegeLocalSystem.String() {
			n = level.Total
		}
	}
	return n
}

// Shows reports whether the page has findings of a rule.
func (v view) Shows(rule validate.RuleID) bool { return v.rules[rule] != nil }

// ShownConflicts are the first of the conflicts.
func (v view) ShownConflicts() list[fleet.Conflict] {
	return list[fleet.Conflict]{v.Conflicts[:min(len(v.Conflicts), maxRows)], len(v.Conflicts)}
}

func (v view) Brought() list[change] { return v.brought }
func (v view) Cured() list[change]   { return v.cured }

// mode is the nodes of one mode.
type mode struct {
	volumes.Mode
	Nodes  int
	Groups []survey.Group
}

// ExamplePath is the mountPath by which modes are explained.
func (v view) ExamplePath() string { return examplePath }

// examplePath is the mountPath by which a mode is explained.
const examplePath = "/etc/agent"

// Example is where a mount at examplePath is.
func (m mode) Example() string {
	location, _ := m.Resolve(examplePath) // zero for ModeUnknown, which the page doesn't ask for
	return location.Path(m.Root("<container ID>"))
}

// Modes are the modes of the nodes.
func (v view) Modes() (modes []mode) {
	if v.Nodes == nil {
		return nil
	}
	for _, one := range []volumes.Mode{volumes.ModeBind, volumes.ModeSymlinkHPC, volumes.ModeSymlink16, volumes.ModeUnknown} {
		m := mode{Mode: one}
		for _, group := range v.Nodes.Groups() {
			if group.Node.Mode == one {
				m.Nodes += group.Nodes
				m.Groups = append(m.Groups, group)
			}
		}
		if m.Nodes > 0 {
			modes = append(modes, m)
		}
	}
	return modes
}

// Others is how many nodes aren't known to run Windows.
func (v view) Others() int {
	if v.Nodes == nil {
		return 0
	}
	return v.Nodes.NotWindows()
}

// Windows is how many Windows nodes there are.
func (v view) Windows() (n int) {
	for _, m := range v.Modes() {
		n += m.Nodes
	}
	return n
}

// capability is one that a node may have.
type capability struct {
	survey.Capabilities
	// Meaning is a sentence about it without its subject.
	Meaning string
}

// Capabilities are all that a node may have, in the order of package survey.
func (view) Capabilities() []capability {
	return []capability{
		{survey.CapabilityHostProcess, "runs HostProcess pods at all"},
		{survey.CapabilityLocalGroups, "takes a local group of the node as runAsUserName"},
		{survey.CapabilityInClusterConfig, "shows mounts at their mountPath, which client-go's InClusterConfig relies on"},
		{survey.CapabilityReadOnlyMounts, "enforces readOnly on mounts"},
		{survey.CapabilityPortForward, "lets kubectl port-forward reach the pod"},
		{survey.CapabilityEnvTokens, "replaces %CONTAINER_SANDBOX_MOUNT_POINT% in environment values"},
	}
}
