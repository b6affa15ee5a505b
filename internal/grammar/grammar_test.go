// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package grammar

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/firewall"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

var parser *Parser

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "grammar")
	if err == nil {
		parser, err = NewParser(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := parser.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// known keeps what was parsed: many pods have the same wrapper.
var known = map[string]Tree{}

func parse(t *testing.T, script string) Tree {
	t.Helper()
	tree, found := known[script]
	if !found {
		var err error
		if tree, err = parser.Parse(script); err != nil {
			t.Fatal(err)
		}
		if len(known) < 1000 {
			known[script] = tree
		}
	}
	return tree
}

// generator makes a pod whose scripts contain an untrusted name and path. A name with
// certain characters is a mistake.
type generator struct {
	forbidden string
	pod       func(name, path string) hostprocess.Pod
}

const (
	anything    = ""
	inGroups    = "\"/\\[]:;|=,+*?<>@" + control
	inRules     = "|*?[]`" + control
	inPaths     = "*?\"<>|:/\\" + control
	control     = "\t\n\r\x00\x7f"
	inMountPath = inPaths + "%&^#" // # because the grammar takes it for a comment in some places
)

func command(c hostprocess.Command) hostprocess.Pod {
	return hostprocess.NewPod(accounts.LocalSystem, hostprocess.NewContainer("agent", "image").WithCommand(c))
}

// inPod is a pod with an init container, or with a group.
func inPod(change func(hostprocess.Pod) hostprocess.Pod) hostprocess.Pod {
	return change(command(hostprocess.ImageProgram("agent.exe")))
}

// line and lines are scripts of users that are right.
func line(name string) string { return "Write-Output " + quote.PowerShell(name) }

func lines(name, path string) string {
	return line(name) + "\nGet-Item -LiteralPath " + quote.PowerShell(path) + "\n"
}

var generators = map[string]generator{
	"PowerShell, one line": {anything, func(name, _ string) hostprocess.Pod { return command(hostprocess.PowerShell(line(name))) }},
	"PowerShell, one line, bare": {anything, func(name, _ string) hostprocess.Pod {
		return command(hostprocess.PowerShell(line(name)).Bare())
	}},
	"PowerShell": {anything, func(name, path string) hostprocess.Pod {
		return command(hostprocess.PowerShell(lines(name, path)))
	}},
	"PowerShellFile": {anything, func(name, path string) hostprocess.Pod {
		return command(hostprocess.PowerShellFile("scripts", "a.ps1", lines(name, path)))
	}},
	"PowerShellFile, named": {anything, func(name, _ string) hostprocess.Pod {
		return command(hostprocess.PowerShellFile(name, name+".ps1", "exit 0"))
	}},
	"probes and hooks": {anything, func(name, path string) hostprocess.Pod {
		return hostprocess.NewPod(accounts.LocalSystem, hostprocess.NewContainer("agent", "image").
			WithCommand(hostprocess.ImageProgram("agent.exe")).
			WithReadinessProbe(hostprocess.Exec(hostprocess.PowerShell(line(name)))).
			WithLivenessProbe(hostprocess.Exec(hostprocess.PowerShell(lines(name, path)))).
			WithPostStart(hostprocess.Exec(hostprocess.PowerShell(line(path)))).
			WithPreStop(hostprocess.Exec(hostprocess.PowerShellFile("scripts", "stop.ps1", lines(path, name)))))
	}},
	"Ref.PowerShell": {anything, func(_, path string) hostprocess.Pod {
		ref, err := volumes.Portable(path)
		if err != nil {
			return hostprocess.Pod{}
		}
		text, err := ref.PowerShell()
		if err != nil {
			return hostprocess.Pod{}
		}
		return command(hostprocess.PowerShell("$file = " + text + "\nGet-Content -LiteralPath " + text))
	}},
	"Group": {inGroups, func(name, path string) hostprocess.Pod {
		return inPod(func(p hostprocess.Pod) hostprocess.Pod { return p.WithGroup(group(name, path)) })
	}},
	"Group, in a file": {inGroups, func(name, path string) hostprocess.Pod {
		return inPod(func(p hostprocess.Pod) hostprocess.Pod {
			return p.WithGroup(group(name, path).WithConfigMap("scripts"))
		})
	}},
	"Group.Removal": {inGroups, func(name, path string) hostprocess.Pod { return group(name, path).Removal() }},
	"firewall": {inRules, func(name, path string) hostprocess.Pod {
		return inPod(func(p hostprocess.Pod) hostprocess.Pod { return p.WithInitContainers(rule(name, path).Container()) })
	}},
	"firewall, in a file": {inRules, func(name, path string) hostprocess.Pod {
		return inPod(func(p hostprocess.Pod) hostprocess.Pod {
			return p.WithInitContainers(rule(name, path).WithConfigMap("scripts").Container())
		})
	}},
	"firewall.Removal": {inRules, func(name, path string) hostprocess.Pod { return rule(name, path).Removal() }},
	"task": {anything, func(name, path string) hostprocess.Pod {
		return command(task.PowerShell(lines(name, path)))
	}},
}

func group(name, path string) hostprocess.Group {
	return hostprocess.NewGroup(accounts.LocalGroup(name)).
		WithDirectory(path, hostprocess.AccessModify).
		WithAccess(`C:\Windows\Logs`, hostprocess.AccessRead)
}

func rule(name, path string) firewall.Rule {
	return firewall.NewRule(name).
		WithPorts(corev1.ProtocolTCP, 80, 443).
		WithPortRange(corev1.ProtocolTCP, 5000, 5020).
		WithProgram(path).
		WithService("W32Time").
		WithProfiles(firewall.ProfileDomain, firewall.ProfilePrivate).
		WithRemoteAddresses("10.0.0.0/8", "fd00::/8", "LocalSubnet")
}

// Every generated script is PowerShell, whatever is in it: it has no errors, the same
// shape as with a plain name and a plain path, and strings that are read as those.
func TestGeneratedScripts(t *testing.T) {
	const count = 5000
	random := rand.New(rand.NewPCG(1, 2))
	for _, kind := range slices.Sorted(maps.Keys(generators)) {
		generate := generators[kind]
		want := references(t, generate)
		parsed, attempts := 0, 0
		for pods := 0; pods < count; attempts++ {
			if attempts == 400*count {
				t.Fatalf("%s: only %d of %d random names and paths can be built", kind, pods, attempts)
			}
			name, path := randomText(random, generate.forbidden), `C:\x`+randomText(random, inPaths)+"x"
			switch kind {
			case "PowerShellFile, named":
				name = randomObjectName(random)
			case "Ref.PowerShell":
				path = `C:\x` + randomText(random, inMountPath) + "x"
			}
			pod := generate.pod(name, path)
			if _, err := pod.Build(); err != nil {
				continue // a mistake, which is what the builder's tests are about
			}
			pods++
			for _, got := range scriptsOf(t, pod) {
				check(t, kind, want, got, name, path)
				parsed++
			}
			if t.Failed() {
				return
			}
		}
		t.Logf("%s: %d scripts of %d pods, after %d attempts", kind, parsed, count, attempts)
	}
}

// All code that puts untrusted text into a script is covered by the generators. If this
// fails, add a generator, and then the file here. The scripts of package probes hold texts
// of the package; TestProbes parses each of them.
func TestEveryGenerator(t *testing.T) {
	want := []string{"hostprocess/firewall/script.go", "hostprocess/group.go", "hostprocess/task/powershell.go"}
	var got []string
	repository := os.DirFS("../..")
	err := fs.WalkDir(repository, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || path.Dir(name) == "internal/probes" {
			return err
		}
		text, err := fs.ReadFile(repository, name)
		if strings.Contains(string(text), "quote.PowerShell(") {
			got = append(got, name)
		}
		return err
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("texts of somebody else are put into scripts by %q, want %q; %v", got, want, err)
	}
}

// script is a text that PowerShell parses, and its place.
type script struct{ place, text string }

// The plain name and path. A # makes PowerShell put the script into a variable.
var plain = []script{{"plain", `C:\dir\file`}, {"pl#ain", `C:\dir\fi#le`}, {"p.lain", `C:\dir\file`}}

// reference is the tree of a script with a plain name and path.
type reference struct {
	tree       Tree
	name, path string
}

// references returns those of a generator, by the place of the script.
func references(t *testing.T, generate generator) map[string][]reference {
	t.Helper()
	all := map[string][]reference{}
	for _, text := range plain {
		pod := generate.pod(text.place, text.text)
		if _, err := pod.Build(); err != nil {
			continue
		}
		for _, s := range scriptsOf(t, pod) {
			tree := parse(t, s.text)
			if len(tree.Errors) > 0 {
				t.Fatalf("%s isn't PowerShell: %q\n%s", s.place, tree.Errors, s.text)
			}
			all[s.place] = append(all[s.place], reference{tree, text.place, text.text})
		}
	}
	if len(all) == 0 {
		t.Fatal("no plain name can be built")
	}
	return all
}

// check parses a script, and compares it with those of the plain names.
func check(t *testing.T, kind string, want map[string][]reference, got script, name, path string) {
	t.Helper()
	tree := parse(t, got.text)
	if len(tree.Errors) > 0 {
		t.Errorf("%s, %s, for the name %q and the path %q, isn't PowerShell: %q\n%s", kind, got.place, name, path, tree.Errors, got.text)
		return
	}
	texts := unquoted(tree.Strings)
	if kind == "task" && got.place == "variable" { // it hands on two scripts as strings
		for _, inner := range []string{texts[0], texts[slices.IndexFunc(texts, func(text string) bool { return strings.Contains(text, "$LASTEXITCODE") })]} {
			if tree := parse(t, inner); len(tree.Errors) > 0 {
				t.Errorf("%s, inside, for the name %q and the path %q, isn't PowerShell: %q\n%s", kind, name, path, tree.Errors, inner)
			}
		}
	}
	for _, reference := range want[got.place] {
		if reference.tree.Shape == tree.Shape && slices.EqualFunc(reference.expected(name, path), texts, strings.EqualFold) {
			return
		}
	}
	t.Errorf("%s, %s, for the name %q and the path %q, isn't what it is for plain ones: its strings are %q\n%s", kind, got.place, name, path, texts, got.text)
}

// expected are the strings of a script with another name and path.
func (r reference) expected(name, path string) []string {
	texts := unquoted(r.tree.Strings)
	for i, text := range texts {
		switch text {
		case r.name:
			texts[i] = Normalized(name)
		case r.path:
			texts[i] = Normalized(path)
		default: // a script in a string
			text = strings.ReplaceAll(text, quote.PowerShell(r.name), Normalized(quote.PowerShell(name)))
			texts[i] = strings.ReplaceAll(text, quote.PowerShell(r.path), Normalized(quote.PowerShell(path)))
		}
	}
	return texts
}

// unquoted are the texts of string literals. The name of a mounted script is left out: it
// is a label, made of the name of something else.
func unquoted(literals []string) []string {
	const mounted = `C:\var\run\hostprocess\`
	texts := make([]string, len(literals))
	for i, literal := range literals {
		texts[i] = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(literal, "'"), "'"), "''", "'")
		if strings.HasPrefix(texts[i], mounted) && strings.HasSuffix(texts[i], ".ps1") {
			texts[i] = mounted
		}
	}
	return texts
}

// scriptsOf returns what the containers of a pod give PowerShell to run, after the kubelet
// has read it, and the scripts in its ConfigMaps.
func scriptsOf(t *testing.T, pod hostprocess.Pod) []script {
	t.Helper()
	spec, err := pod.Build()
	if err != nil {
		t.Fatal(err)
	}
	maps, err := pod.ConfigMaps("")
	if err != nil {
		t.Fatal(err)
	}
	var all []script
	run := func(place string, words []string, expand bool) {
		at := slices.IndexFunc(words, func(word string) bool { return word == "-Command" })
		if at < 0 || !strings.HasSuffix(words[0], "powershell.exe") {
			return
		}
		text := strings.Join(words[at+1:], " ")
		if expand {
			text = cmdline.Expand(text, nil)
		}
		all = append(all, script{place, text})
	}
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		kind := "container"
		if strings.Contains(c.Name, "remove") {
			kind = "removal"
		}
		run(kind, c.Command, true)
		for place, probe := range map[string]*corev1.Probe{"readiness": c.ReadinessProbe, "liveness": c.LivenessProbe} {
			if probe != nil {
				run(place, probe.Exec.Command, true)
			}
		}
		if c.Lifecycle != nil {
			run("postStart", c.Lifecycle.PostStart.Exec.Command, false)
			run("preStop", c.Lifecycle.PreStop.Exec.Command, false)
		}
		for _, variable := range c.Env {
			if cmdline.IsScriptVariable(variable.Name) {
				all = append(all, script{"variable", cmdline.Expand(variable.Value, nil)})
			}
		}
	}
	for _, m := range maps {
		for _, text := range m.Data {
			// PowerShell reads over the byte order mark of a file.
			all = append(all, script{"file", strings.TrimPrefix(text, "\ufeff")})
		}
	}
	return all
}

// pieces are the parts of random names and paths.
var pieces = append(strings.Split(" '\"`$(){}[]<>|&;,@#%^!~=+-*?:.\t\n\r\x00\x7fabcXYZ019\u00e9\u00df\u65e5\U0001f600\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u2013\u2014\u2015\u00a0\u200b\ufeff\u202e", ""),
	"$(calc)", "'; calc; '", "\u2019; calc #", "--%", "'@", "@'", "#>", "<#", "${x}", "$x", "%TEMP%", "`n", "''", "\u2018\u2019", "exit", "using", "agents", "program", "files",
	"$env:CONTAINER_SANDBOX_MOUNT_POINT", "%CONTAINER_SANDBOX_MOUNT_POINT%", "$env:HOSTPROCESS_SCRIPT", "[ScriptBlock]", "-Force", "C", "c:")

// randomText has none of the forbidden characters.
func randomText(r *rand.Rand, forbidden string) string {
	var b strings.Builder
	for range 1 + r.IntN(8) {
		if piece := pieces[r.IntN(len(pieces))]; !strings.ContainsAny(piece, forbidden) {
			b.WriteString(piece)
		}
	}
	return b.String()
}

// randomObjectName is a DNS subdomain.
func randomObjectName(r *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	b := []byte{letters[r.IntN(36)]}
	for range r.IntN(30) {
		switch r.IntN(6) {
		case 0:
			b = append(b, "-."[r.IntN(2)], letters[r.IntN(36)])
		default:
			b = append(b, letters[r.IntN(36)])
		}
	}
	return string(b)
}

// What isn't quoted is found: most of it is no PowerShell, and the rest is another
// script. That is how the tests above would fail.
func TestUnquotedIsFound(t *testing.T) {
	unquoted := func(name string) string { return "$name = '" + name + "'\nRemove-Item $name" }
	right := parse(t, unquoted("plain"))
	if len(right.Errors) > 0 || !slices.Equal(right.Strings, []string{"'plain'"}) {
		t.Fatalf("the right script is read as %+v", right)
	}
	for name, parses := range map[string]bool{
		"it's":                  false,
		"'":                     false,
		"a' b":                  false,
		"\u2019":                false,
		"'; calc; '":            true,
		"' + $(calc) + '":       true,
		"\u2019; calc; \u2018":  true,
		"'\nRemove-Item 'C:\\":  true,
		"' | Out-Null # \u201b": true,
	} {
		tree := parse(t, unquoted(name))
		if (len(tree.Errors) == 0) != parses {
			t.Errorf("%q: errors %q", name, tree.Errors)
		}
		if tree.Shape == right.Shape && len(tree.Errors) == 0 {
			t.Errorf("%q is read as a plain name: %q", name, tree.Strings)
		}
		quoted := parse(t, "$name = "+quote.PowerShell(name)+"\nRemove-Item $name")
		if quoted.Shape != right.Shape || len(quoted.Errors) > 0 {
			t.Errorf("%q in quotes is read as %+v", name, quoted)
		}
	}
}

// The grammar knows what isn't PowerShell.
func TestGrammar(t *testing.T) {
	for script, right := range map[string]bool{
		"if ($x) { exit 1 }":               true,
		"try { a } catch { throw }":        true,
		"$x = @{\n  A = 'b', 'c'\n}\nF @x": true,
		"function F($x) { $x }":            true,
		"if ($x) { exit 1":                 false,
		"if $x { exit 1 }":                 false,
		"$x = @{ A = }":                    false,
		"& { exit 0 } }":                   false,
		"'a":                               false,
		"\u2018a\u2019":                    true,
		"\u201ca":                          false,
		"$x = ":                            false,
	} {
		if tree := parse(t, script); (len(tree.Errors) == 0) != right {
			t.Errorf("%q: errors %q", script, tree.Errors)
		}
	}
}
