// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"go/format"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

func main() { os.Exit(run(os.Args[1:], ".", os.Stdout, os.Stderr)) }

func run(args []string, root string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("newrule", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var r newRule
	flags.StringVar(&r.id, "id", "", "the rule's `id`, for ever: lower-case words joined by hyphens")
	flags.StringVar(&r.layer, "layer", "", "who enforces it: api-server, node, silent or advice")
	flags.StringVar(&r.list, "in", "", "the `list` of validate/rules.go that it belongs to, without Rules: pod, mount, command, …")
	flags.BoolVar(&r.unverified, "unverified", false, "no source settles its facts")
	if flags.Parse(args) != nil {
		return 2
	}
	files, err := r.files(root)
	if err == nil {
		err = write(root, files)
	}
	if err != nil {
		fmt.Fprintf(stderr, "newrule: %v\n", err)
		return 1
	}
	r.next(stdout, files)
	return 0
}

// newRule is what a rule begins with.
type newRule struct {
	id, layer, list string
	unverified      bool
}

// file is a file to write, by its path from the top of the checkout.
type file struct{ path, text string }

const catalogue = "validate/rules.go"

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)

// files returns the rule's files, the catalogue last.
func (r newRule) files(root string) ([]file, error) {
	if !idPattern.MatchString(r.id) {
		return nil, fmt.Errorf("-id %q: write two lower-case words or more, joined by hyphens, such as mount-below-hpc", r.id)
	}
	if slices.ContainsFunc(validate.Rules(), func(rule validate.Rule) bool { return string(rule.ID) == r.id }) {
		return nil, fmt.Errorf("-id %q: there is such a rule", r.id)
	}
	rules, err := os.ReadFile(filepath.Join(root, catalogue))
	if err != nil {
		return nil, fmt.Errorf("run it from the top of the checkout: %w", err)
	}
	kinds, err := os.ReadFile(filepath.Join(root, "validate/rule.go"))
	if err != nil {
		return nil, err
	}
	changed, check, err := r.inCatalogue(string(rules))
	if err != nil {
		return nil, err
	}
	rule, err := r.rule(check, string(kinds))
	if err != nil {
		return nil, err
	}
	fixtures := "validate/testdata/" + r.id + "/"
	return []file{
		{"validate/rule_" + strings.ReplaceAll(r.id, "-", "_") + ".go", rule},
		{fixtures + "fail-one.yaml", "# want: " + r.id + " FIELD\n" + pod},
		{fixtures + "fail-two.yaml", "# want: " + r.id + " FIELD\n" + pod},
		{fixtures + "pass-one.yaml", pod},
		{fixtures + "pass-two.yaml", pod},
		{catalogue, changed},
	}, nil
}

// variable is the name of the rule's variable: mountBelowHpc.
func (r newRule) variable() string {
	words := strings.Split(r.id, "-")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// inCatalogue adds the rule to its list, in order, and returns the type of the
// list's checks.
func (r newRule) inCatalogue(rules string) (changed, check string, err error) {
	var lists []string
	for _, match := range regexp.MustCompile(`(?m)^\t(\w+)Rules = \[\]\*rule\[(\w+)\]\{\n((?:\t\t&\w+,\n)*)\t\}`).FindAllStringSubmatchIndex(rules, -1) {
		name := rules[match[2]:match[3]]
		lists = append(lists, name)
		if name != r.list {
			continue
		}
		lines := strings.SplitAfter(rules[match[6]:match[7]], "\n")
		lines = append(lines[:len(lines)-1], "\t\t&"+r.variable()+",\n")
		slices.Sort(lines)
		return rules[:match[6]] + strings.Join(lines, "") + rules[match[7]:], rules[match[4]:match[5]], nil
	}
	return "", "", fmt.Errorf("-in %q: the lists of %s are %s", r.list, catalogue, strings.Join(lists, ", "))
}

// rule is the text of the rule's file. What a person must write is empty.
func (r newRule) rule(check, kinds string) (string, error) {
	match := regexp.MustCompile(`(?m)^\t` + check + `\s+func\((.*)\) \[\]problem$`).FindStringSubmatch(kinds)
	if match == nil {
		return "", fmt.Errorf("validate/rule.go doesn't say what a %s is", check)
	}
	layers := map[string][2]string{
		"api-server": {"APIServer", "Error"},
		"node":       {"Node", "Error"},
		"silent":     {"Silent", "Warning"},
		"advice":     {"Advice", "Info"},
	}
	layer, ok := layers[r.layer]
	if !ok {
		return "", fmt.Errorf("-layer %q: write api-server, node, silent or advice", r.layer)
	}
	unverified := ""
	if r.unverified {
		unverified = "\t\tUnverified: true,\n"
		if layer[1] == "Error" {
			layer[1] = "Warning"
		}
	}
	var imports string
	if strings.Contains(match[1], "corev1.") {
		imports += "import corev1 \"k8s.io/api/core/v1\"\n\n"
	}
	if strings.Contains(match[1], "volumes.") {
		imports += "import \"github.com/hostprocess-go/sdk/volumes\"\n\n"
	}
	parameters := strings.Split(match[1], ", ")
	for i, parameter := range parameters {
		parameters[i] = "_ " + parameter
	}
	const text = `// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

%[1]s// %[2]s:
var %[2]s = rule[%[3]s]{
	Rule: Rule{
		ID:       %[4]q,
		Title:    "",
		Doc:      %[5]s,
		Severity: %[6]s,
		Layer:    %[7]s,
%[8]s		Since:    %[9]q,
		Sources:  []string{},
		Fix:      "",
	},
	check: func(%[10]s) []problem {
		return nil
	},
}
`
	formatted, err := format.Source(fmt.Appendf(nil, text, imports, r.variable(), check, r.id, "``", layer[1], layer[0], unverified, newest(), strings.Join(parameters, ", ")))
	return string(formatted), err
}

// newest is the version that the newest rules were added in.
func newest() string {
	var since string
	for _, r := range validate.Rules() {
		since = max(since, r.Since)
	}
	return since
}

// write writes files where there were none, and the catalogue.
func write(root string, files []file) error {
	var errs []error
	for _, f := range files {
		if _, err := os.Stat(filepath.Join(root, f.path)); err == nil && f.path != catalogue {
			errs = append(errs, fmt.Errorf("%s is there already", f.path))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(f.text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// next says what is left to do.
func (r newRule) next(w io.Writer, files []file) {
	for _, f := range files {
		fmt.Fprintln(w, f.path)
	}
	fmt.Fprintf(w, `
1. Write the rule: title, doc, fix, sources and check in %s. A source is a link at a tag or a commit.
2. Write the fixtures: two pods that break the rule, each with the field in its want line, and two that nearly do.
3. Say in validate/policy/gaps.go why the admission policy doesn't have it, or give it an expression in validate/policy/rules.go.
4. go test ./validate -run TestRulesPage -update; then go test ./...
5. Describe it for the release notes in .github/next, and run bash .ci/run.
`, files[0].path)
	if r.layer == "api-server" {
		fmt.Fprintln(w, "\nThe API server's error belongs into a table of internal/conformance/compare_test.go, so that the two are compared.")
	}
}

// pod is a pod with which nothing is wrong, to begin a fixture with.
const pod = `apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  os:
    name: windows
  nodeSelector:
    kubernetes.io/os: windows
  hostNetwork: true
  securityContext:
    windowsOptions:
      hostProcess: true
      runAsUserName: 'NT AUTHORITY\Local Service'
  containers:
  - name: agent
    image: 'registry.example.com/agent:1.4'
    command:
    - '%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe'
    workingDir: '%CONTAINER_SANDBOX_MOUNT_POINT%'
`
