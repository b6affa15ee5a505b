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

// maxShort limits the elements of a list within a row.
const maxShort = 10

// beyond returns the number of elements of such a list that aren't shown.
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

// Sources returns the first sources.
func (v view) Sources() list[string] {
	return list[string]{v.Report.Sources[:min(len(v.Report.Sources), maxRows)], len(v.Report.Sources)}
}

func (v view) Problems() list[string] { return v.problems }

// The number of findings, by severity.
func (v view) Errors() int   { return v.found[validate.SeverityError] }
func (v view) Warnings() int { return v.found[validate.SeverityWarning] }
func (v view) Infos() int    { return v.found[validate.SeverityInfo] }
func (v view) Ignored() int  { return v.ignored }

// Rules returns the rules with findings, the most severe first.
func (v view) Rules() []*ruleFindings {
	return slices.SortedFunc(maps.Values(v.rules), func(a, b *ruleFindings) int {
		return cmp.Or(cmp.Compare(a.Severity(), b.Severity()), cmp.Compare(b.Found, a.Found), cmp.Compare(a.ID, b.ID))
	})
}

// level is the containers with the same privilege.
type level struct {
	Name string
	list[container]
}

// container is a row of the table of a level.
type container struct {
	Workload  *privileges.Workload
	Container *privileges.Container
}

// The levels in addition to those of package accounts.
const (
	localGroup = "local group"
	noAccount  = "no account"
)

// levelNames returns all levels in their order.
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

// Levels returns the levels with containers.
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

// Broken returns the rules that a workload breaks, except suppressed ones.
func (c container) Broken() (rules []validate.RuleID) {
	for _, r := range c.Workload.Rules {
		if !r.Ignored {
			rules = append(rules, r.Rule)
		}
	}
	return rules
}

// May describes what the account of the container can do, or why it has none.
func (c container) May() string {
	if c.Container.Account != nil {
		return c.Container.Account.Description()
	}
	if c.Container.AccountField == "" {
		return "No runAsUserName is set: the node uses the user of the image, and can't log on users of Windows images."
	}
	if _, err := accounts.Parse(c.Container.RunAsUserName); err != nil {
		return shown(err.Error())
	}
	return ""
}

// May describes what the account of the first container can do; empty without an account.
func (l level) May() string {
	if l.Name == noAccount {
		return ""
	}
	return l.Rows[0].May()
}

// Containers returns the number of containers.
func (v view) Containers() (n int) {
	for _, w := range v.Workloads {
		n += len(w.Containers)
	}
	return n
}

// LocalSystem returns the number of containers that run as LocalSystem.
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

// ShownConflicts returns the first conflicts.
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

// ExamplePath returns examplePath.
func (v view) ExamplePath() string { return examplePath }

// examplePath is the mountPath that explains the modes.
const examplePath = "/etc/agent"

// Example returns the location of a mount at examplePath.
func (m mode) Example() string {
	location, _ := m.Resolve(examplePath) // zero for ModeUnknown, for which the page has no example
	return location.Path(m.Root("<container ID>"))
}

// Modes returns the modes of the nodes.
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

// Others returns the number of nodes that aren't known to run Windows.
func (v view) Others() int {
	if v.Nodes == nil {
		return 0
	}
	return v.Nodes.NotWindows()
}

// Windows returns the number of Windows nodes.
func (v view) Windows() (n int) {
	for _, m := range v.Modes() {
		n += m.Nodes
	}
	return n
}

// capability is a capability of nodes.
type capability struct {
	survey.Capabilities
	// Meaning completes the sentence "the node ...".
	Meaning string
}

// Capabilities returns all capabilities of nodes, in the order of package survey.
func (view) Capabilities() []capability {
	return []capability{
		{survey.CapabilityHostProcess, "can run HostProcess pods"},
		{survey.CapabilityLocalGroups, "accepts a local group as runAsUserName"},
		{survey.CapabilityInClusterConfig, "mounts volumes at their mountPath, which client-go's InClusterConfig requires"},
		{survey.CapabilityReadOnlyMounts, "enforces readOnly on mounts"},
		{survey.CapabilityPortForward, "supports kubectl port-forward"},
		{survey.CapabilityEnvTokens, "replaces %CONTAINER_SANDBOX_MOUNT_POINT% in environment variables"},
	}
}
