// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
)

// TestHostile reads what is broken, or made to break a reader. Each is reported
// with its place, and what can be read around it is judged.
func TestHostile(t *testing.T) {
	text, err := os.ReadFile("testdata/lint/agent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	agent := strings.ReplaceAll(string(text), "\r\n", "\n") // with errors
	const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"hostNetwork":false,"os":{"name":"windows"},"securityContext":{"windowsOptions":{"hostProcess":true}},"containers":[{"name":"b","image":"b"}]}}`
	const yamlPod = "apiVersion: v1\nkind: Pod\nspec:\n  hostNetwork: false\n  securityContext: {windowsOptions: {hostProcess: true}}\n  containers: [{name: b, image: b}]\n"
	list := func(inside string) string { return `{"apiVersion":"v1","kind":"List","items":[` + "\n" + inside + "]}" }
	bomb := "apiVersion: v1\nkind: Pod\na: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 8) + "]\n"
	}
	for name, c := range map[string]struct {
		text string
		code int
		want string // in what is printed
	}{
		"Windows line ends.yaml":       {strings.ReplaceAll(agent, "\n", "\r\n"), 1, "yaml:20: error host-network"},
		"byte order mark.yaml":         {"\ufeff" + agent, 1, "yaml:20: error host-network"},
		"byte order mark.json":         {"\ufeff" + pod, 1, "Checked 1 HostProcess object:"},
		"UTF-16.json":                  {"\xff\xfe{\x00", 2, "UTF-16.json:1: UTF-16"},
		"UTF-16 the other way.json":    {"\xfe\xff\x00{", 2, "json:1: UTF-16"},
		"compressed.json":              {"\x1f\x8b\x08\x00", 2, "compressed.json:1: gzip-compressed"},
		"empty.yaml":                   {"", 0, "Checked 0 HostProcess objects"},
		"binary.yaml":                  {"\x00\x01\x02\x7f", 2, "binary.yaml:1: error parse-error .: yaml: control characters"},
		"NUL.yaml":                     {yamlPod + "\x00", 2, "NUL.yaml:1: error parse-error .: yaml: control characters"},
		"NUL.json":                     {pod + "\x00" + pod, 2, "NUL.json:1: error parse-error .: invalid character"},
		"not UTF-8.yaml":               {"kind: Pod\napiVersion: v1\nmetadata:\n  name: \xff\xfe\n", 2, "not UTF-8.yaml:4: error parse-error .: it isn't valid UTF-8"},
		"cut off.json":                 {list(pod + ",\n{\"kind\":\n"), 2, "cut off.json:4: error parse-error .: invalid character"},
		"cut off at the end.json":      {strings.TrimSuffix(list(pod+",\n{\"kind\":\n"), "]}"), 2, "the end.json:1: error parse-error .: the file ends in line 4, before"},
		"cut off.yaml":                 {yamlPod + "  volumes: [", 2, "cut off.yaml:7: error parse-error .: did not find expected node content"},
		"wrong.json":                   {list(pod + ",\n{\"kind\": nope}\n"), 2, "wrong.json:3: error parse-error .: invalid character"},
		"template.yaml":                {"kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n---\n" + agent, 2, "render it first"},
		"behind a template.yaml":       {"kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n---\n" + agent, 2, "yaml:24: error host-network"},
		"aliases.yaml":                 {bomb + "hostProcess: true\n", 2, "aliases.yaml:1: error parse-error .: yaml: document contains excessive aliasing"},
		"alias of itself.yaml":         {"apiVersion: v1\nkind: Pod\nspec: &a\n  x: *a\n", 2, "anchor 'a' value contains itself"},
		"deep.yaml":                    {"a: " + strings.Repeat("[", 100_000), 2, "exceeded max depth"},
		"deep.json":                    {strings.Replace(pod, `"a"`, strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000), 1), 2, "deep.json:1: error parse-error .: exceeded max depth"},
		"list of lists.json":           {list(list(list(pod))), 1, "Checked 1 HostProcess object:"},
		"lists without an end.json":    {strings.Repeat(strings.TrimSuffix(list(""), "]}"), 100) + pod + strings.Repeat("]}", 100), 2, "lists are nested"},
		"behind a separator.yaml":      {"--- " + pod + "\n--- # comment\n" + pod, 1, "Checked 2 HostProcess objects:"},
		"behind an end.yaml":           {yamlPod + "...\n" + yamlPod, 1, "yaml:11: error"},
		"behind a separator.json":      {pod + "\n--- " + pod + "\n--- # comment\n" + pod, 1, "json:4: error"},
		"line ends of old.yaml":        {strings.ReplaceAll(agent, "\n", "\r"), 2, "old.yaml:1: error parse-error .: a document starts"},
		"no line feed.yaml":            {strings.ReplaceAll(yamlPod, "\n", "\r"), 1, "yaml:4: error"},
		"key twice.yaml":               {yamlPod + "  hostNetwork: true\n", 1, `warning unknown-field hostNetwork: duplicate key "hostNetwork" in line 7`},
		"key twice.json":               {strings.Replace(pod, `"os"`, `"hostNetwork":false,"os"`, 1), 1, `duplicate field "spec.hostNetwork"`},
		"unknown field in a list.yaml": {"apiVersion: v1\nkind: PodList\nitems:\n- {}\n- spec:\n    hostProcess: 1\n", 0, "yaml:6: warning unknown-field spec.hostProcess: is unknown to Kubernetes"},
		"another case.yaml":            {strings.ReplaceAll(yamlPod, "hostProcess", "hostprocess"), 0, "yaml:5: warning unknown-field spec.securityContext.windowsOptions.hostprocess: is unknown to Kubernetes"},
		"escaped.json":                 {strings.ReplaceAll(pod, "hostProcess", `h\u006fstProcess`), 1, "Checked 1 HostProcess object:"},
		"escaped.yaml":                 {strings.ReplaceAll(yamlPod, "hostProcess", `"h\x6fstProcess"`), 1, "Checked 1 HostProcess object:"},
		"anchors.yaml":                 {"x-common: &options {hostProcess: true}\napiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: a, image: a}]\n  securityContext: {windowsOptions: *options}\n", 1, "yaml:4: error host-network"},
		"alias of another item.yaml":   {"apiVersion: v1\nkind: List\nitems:\n- " + pod + "\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec: &a\n    hostNetwork: false\n    securityContext: {windowsOptions: {hostProcess: true}}\n    containers: [{name: b, image: b}]\n# next\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: c}\n  spec:\n    <<: *a\n    hostPID: true\nmetadata: {}\n", 1, "item.yaml:18: warning linux-only-field-ignored spec.hostPID"},
		"alias of the list.yaml":       {"apiVersion: v1\nkind: List\nmetadata:\n  x: &a {windowsOptions: {hostProcess: true}}\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec:\n    securityContext: *a\n    containers: [{name: b, image: b}]\n", 1, "Checked 1 HostProcess object:"},
		"alias of nothing.yaml":        {"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec: {a: hostProcess}\n- apiVersion: v1\n  kind: Pod\n  spec: {b: *a, c: hostProcess}\n", 2, "unknown anchor 'a' referenced"},
		"alias in a long list.yaml":    {"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: &a {}\n" + strings.Repeat("- apiVersion: v1\n  kind: Pod\n  metadata: *a\n", input.MaxParts/3) + "- " + pod + "\n", 2, "list.yaml:4: error parse-error .: it has 20020 commas, braces and line ends, and the maximum is 20000: the list is read as a whole, because an item may use the anchor in line 4: replace"},
		"large document.yaml":          {"a:\n" + strings.Repeat("- a\n", input.MaxObject/4) + "---\n" + agent, 2, "large document.yaml:1: a document of more than 16 MiB"},
		"many documents.yaml":          {strings.Repeat(yamlPod+"---\n", 500), 1, "Checked 500 HostProcess objects:"},
		"many elements.json":           {strings.Replace(pod, `"os"`, `"volumes":[{}`+strings.Repeat(",{}", input.MaxParts/2)+`],"os"`, 1), 2, "json:1: error parse-error .: it has 20016 commas"},
		"many elements.yaml":           {yamlPod + "  volumes: [{}" + strings.Repeat(",{}", input.MaxParts/2) + "]\n", 2, "yaml:1: error parse-error .: it has 20012 commas"},
		"white space.json":             {"{\"apiVersion\":" + strings.Repeat(" ", 20<<20) + "\"v1\"}", 2, "white space.json:1: an object or white space of more than 16 MiB"},
		"line feeds.json":              {strings.Repeat("\n", 2<<20) + pod, 2, "line feeds.json:1: error parse-error .: it has 20971"},
		"no object.yaml":               {"- hostProcess\n", 0, "skipped 1 document that isn't a Kubernetes manifest"},
		"a word.yaml":                  {"hostProcess\n", 0, "skipped 1 document that isn't a Kubernetes manifest"},
		"package.json":                 {`{"name":"hostprocess","version":"1.0.0"}`, 0, "skipped 1 document that isn't a Kubernetes manifest"},
		"words.json":                   {`{"a":1} null [1] "x" true -1`, 0, "skipped 6 documents that aren't Kubernetes manifests"},
		"terminal escape.json":         {`{"apiVersion":"v1","kind":"Pod","spec":{"hostNetwork":true,"os":{"name":"windows"},"securityContext":{"windowsOptions":{"hostProcess":true}},"containers":[{"name":"a","volumeMounts":[{"name":"a","mountPath":"\\\\a\u001b[2J\n\u202ex"}]}]}}`, 1, `is "\\a<U+001B>[2J<U+000A><U+202E>x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, format := range output.Formats {
				if len(c.text) > 1<<20 && format != "json" {
					continue // slow, and nothing new
				}
				var stdout, stderr bytes.Buffer
				if code := Run([]string{"lint", "-o", format, name}, nil, &stdout, &stderr); code != c.code {
					t.Errorf("-o %s: exit code %d, want %d", format, code, c.code)
				}
				checkOutput(t, format, stdout.Bytes())
				if all := lines(t, stdout.String()) + stderr.String(); format == "json" && !strings.Contains(all, c.want) {
					t.Errorf("%q isn't in %.2000s", c.want, all)
				}
				if strings.ContainsAny(stdout.String(), "\x00\x1b\u202e") && format == "text" {
					t.Errorf("%q has characters that a terminal obeys", stdout.String())
				}
			}
		})
	}
}

// checkOutput checks that programs can read what is printed for them.
func checkOutput(t *testing.T, format string, printed []byte) {
	t.Helper()
	var err error
	switch format {
	case "json":
		for decoder := json.NewDecoder(bytes.NewReader(printed)); err == nil; {
			err = decoder.Decode(&map[string]any{})
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
	case "csv":
		_, err = csv.NewReader(bytes.NewReader(printed)).ReadAll()
	case "sarif":
		err = json.Unmarshal(printed, &map[string]any{})
	case "junit":
		err = invalidJUnit(t, printed)
	}
	if err != nil {
		t.Errorf("-o %s: %v in %.500s", format, err, printed)
	}
}

// TestOutputOfBrokenInput: what is printed stays readable if reading fails halfway.
func TestOutputOfBrokenInput(t *testing.T) {
	text, err := os.ReadFile("testdata/privileges/agents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	node := "---\napiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus: {nodeInfo: {operatingSystem: windows, kernelVersion: 10.0.20348.1, containerRuntimeVersion: \"containerd://2.1.1\"}}\n---\n"
	for _, c := range []struct {
		command string
		formats []string
	}{{"lint", output.Formats}, {"survey", []string{"json"}}, {"survey --each", []string{"json"}}, {"privileges", privilegeFormats}} {
		for _, format := range c.formats {
			stdin := io.MultiReader(strings.NewReader(string(text)+node), iotest.ErrReader(errors.New("broken pipe")))
			var stdout, stderr bytes.Buffer
			code := Run(append(strings.Fields(c.command), "-o", format, "-f", "-"), stdin, &stdout, &stderr)
			if code != 2 || stdout.Len() == 0 || !strings.Contains(stderr.String(), "broken pipe") {
				t.Errorf("%s: exit code %d: %s", c.command, code, stderr.String())
			}
			checkOutput(t, format, stdout.Bytes())
		}
	}
}

// lines writes findings in JSON as FILE:LINE: SEVERITY RULE FIELD: MESSAGE.
func lines(t *testing.T, findings string) string {
	var all strings.Builder
	for line := range strings.Lines(findings) {
		var f lint.Finding
		if json.Unmarshal([]byte(line), &f) == nil {
			fmt.Fprintf(&all, "%s:%d: %s %s %s: %s\n", f.File, f.Line, f.Severity, f.Rule, f.Field, f.Message)
		}
	}
	return all.String()
}

// TestHostileFolder reads a folder with links to itself and to nowhere, and goes
// on behind each.
func TestHostileFolder(t *testing.T) {
	agent, err := os.ReadFile("testdata/lint/agent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, dir := range []string{"folder", "folder/below", "folder/named.yaml"} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"folder/agent.yaml", "folder/below/agent.yml", "folder/named.yaml/agent.json", "folder/agent.txt"} {
		if err := os.WriteFile(file, agent, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"folder/agent.yaml", "folder/below/agent.yml", "folder/named.yaml/agent.json"}
	problems := 0
	for link, to := range map[string]string{"folder/loop": ".", "folder/a-loop.yaml": "..", "folder/nowhere.yaml": "none", "folder/linked.yaml": "agent.yaml", "link": "folder"} {
		err := os.Symlink(to, link)
		if err == nil {
			_, err = os.Lstat(link) // wine says that it made a link, and makes none
		}
		if err != nil {
			t.Logf("without links, which this system doesn't allow: %v", err)
			break
		}
		if link == "folder/linked.yaml" {
			want = append(want, link)
		}
		if link == "folder/a-loop.yaml" || link == "folder/nowhere.yaml" {
			problems++
		}
	}
	for _, root := range []string{"folder", "folder/", "link"} {
		if _, err := os.Stat(root); err != nil {
			continue // no links
		}
		var stdout, stderr bytes.Buffer
		code := Run([]string{"lint", "-o", "json", "-R", "-f", root}, nil, &stdout, &stderr)
		if wantCode := map[bool]int{false: 1, true: 2}[problems > 0]; code != wantCode {
			t.Errorf("%s: exit code %d, want %d", root, code, wantCode)
		}
		if n := strings.Count(stderr.String(), "hostprocess lint: "); n != problems {
			t.Errorf("%s: %d problems, want %d:\n%s", root, n, problems, stderr.String())
		}
		for _, file := range want {
			file = filepath.FromSlash(strings.Replace(file, "folder", strings.TrimSuffix(root, "/"), 1))
			if n := strings.Count(lines(t, stdout.String()), file+":20: error host-network"); n != 1 {
				t.Errorf("%s: %s was read %d times", root, file, n)
			}
		}
		if strings.Contains(stdout.String(), "agent.txt") {
			t.Errorf("%s: reads what is no manifest", root)
		}
	}
}
