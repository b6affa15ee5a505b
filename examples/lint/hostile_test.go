// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/examples/internal/manifest"
)

// TestHostile reads what is broken, or made to break a reader. Each is reported
// with its place, and what can be read around it is judged.
func TestHostile(t *testing.T) {
	text, err := os.ReadFile("testdata/agent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	agent := strings.ReplaceAll(string(text), "\r\n", "\n") // with errors
	const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}`
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
		"byte order mark.json":         {"\ufeff" + pod, 0, "1 objects judged"},
		"UTF-16.json":                  {"\xff\xfe{\x00", 2, "UTF-16.json:1: is UTF-16"},
		"UTF-16 the other way.json":    {"\xfe\xff\x00{", 2, "json:1: is UTF-16"},
		"compressed.json":              {"\x1f\x8b\x08\x00", 2, "compressed.json:1: is compressed by gzip"},
		"empty.yaml":                   {"", 0, "0 objects judged"},
		"binary.yaml":                  {"\x00\x01\x02\x7f", 2, "binary.yaml:1: error parse-error .: yaml: control characters"},
		"not UTF-8.yaml":               {"kind: Pod\napiVersion: v1\nmetadata:\n  name: \xff\xfe\n", 2, "not UTF-8.yaml:4: error parse-error .: it has bytes"},
		"cut off.json":                 {list(pod + ",\n{\"kind\":\n"), 2, "cut off.json:1: error parse-error .: the file ends in line 4, before"},
		"template.yaml":                {"kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n---\n" + agent, 2, "as helm template does"},
		"behind a template.yaml":       {"kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n---\n" + agent, 2, "yaml:24: error host-network"},
		"aliases.yaml":                 {bomb, 2, "aliases.yaml:1: error parse-error .: yaml: document contains excessive aliasing"},
		"alias of itself.yaml":         {"apiVersion: v1\nkind: Pod\nspec: &a\n  x: *a\n", 2, "anchor 'a' value contains itself"},
		"deep.yaml":                    {"a: " + strings.Repeat("[", 100_000), 2, "exceeded max depth"},
		"deep.json":                    {strings.Replace(pod, `"a"`, strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000), 1), 2, "exceeded max depth"},
		"list of lists.json":           {list(list(list(pod))), 0, "1 objects judged"},
		"lists without an end.json":    {strings.Repeat(strings.TrimSuffix(list(""), "]}"), 100) + pod + strings.Repeat("]}", 100), 2, "lists are within lists"},
		"behind a separator.yaml":      {"--- " + pod + "\n--- # comment\n" + pod, 0, "2 objects judged"},
		"behind an end.yaml":           {"kind: Pod\napiVersion: v1\n...\nkind: Pod\napiVersion: v1\n", 0, "2 objects judged"},
		"behind a separator.json":      {pod + "\n--- " + pod + "\n--- # comment\n" + pod, 0, "3 objects judged"},
		"line ends of old.yaml":        {strings.ReplaceAll(agent, "\n", "\r"), 2, "old.yaml:1: error parse-error .: a document starts"},
		"key twice.yaml":               {"apiVersion: v1\nkind: Pod\nspec:\n  hostNetwork: true\n  hostNetwork: false\n", 0, `warning unknown-field hostNetwork: duplicate key "hostNetwork" in line 5`},
		"key twice.json":               {`{"apiVersion":"v1","kind":"Pod","spec":{"hostNetwork":true,"hostNetwork":false}}`, 0, `duplicate field "spec.hostNetwork"`},
		"unknown field in a list.yaml": {"apiVersion: v1\nkind: PodList\nitems:\n- {}\n- spec:\n    x: 1\n", 0, `yaml:6: warning unknown-field spec.x: unknown field "spec.x"`},
		"unknown field of a list.yaml": {"apiVersion: v1\nkind: PodList\nx: 1\nitems:\n- {}\n- {}\n", 0, `warning unknown-field x: unknown field "x"`},
		"large document.yaml":          {"a:\n" + strings.Repeat("- a\n", manifest.MaxDocument/4) + "---\n" + agent, 2, "large document.yaml:1: a document of more than 16 MiB"},
		"many documents.yaml":          {strings.Repeat("kind: Pod\napiVersion: v1\n---\n", 3000), 0, "3000 objects judged"},
		"no object.yaml":               {"- a\n", 2, "no object.yaml:1: error parse-error .: it is not an object"},
		"a word.yaml":                  {"hello\n", 2, "a word.yaml:1: error parse-error .: it is not an object"},
		"terminal escape.json":         {`{"apiVersion":"v1","kind":"Pod","spec":{"hostNetwork":true,"os":{"name":"windows"},"securityContext":{"windowsOptions":{"hostProcess":true}},"containers":[{"name":"a","volumeMounts":[{"name":"a","mountPath":"\\\\a\u001b[2J\n\u202ex"}]}]}}`, 1, `is "\\a<U+001B>[2J<U+000A><U+202E>x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, format := range []string{"text", "json", "sarif"} {
				var stdout, stderr bytes.Buffer
				if code := run([]string{"-o", format, name}, nil, &stdout, &stderr); code != c.code {
					t.Errorf("-o %s: exit code %d, want %d", format, code, c.code)
				}
				if all := stdout.String() + stderr.String(); format == "text" && !strings.Contains(all, c.want) {
					t.Errorf("%q isn't in %.2000s", c.want, all)
				}
			}
		})
	}
}

// TestHostileFolder reads a folder with links to itself and to nowhere, and goes
// on behind each.
func TestHostileFolder(t *testing.T) {
	agent, err := os.ReadFile("testdata/agent.yaml")
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
		code := run([]string{root}, nil, &stdout, &stderr)
		if wantCode := map[bool]int{false: 1, true: 2}[problems > 0]; code != wantCode {
			t.Errorf("%s: exit code %d, want %d", root, code, wantCode)
		}
		if n := strings.Count(stderr.String(), "lint: "); n != problems {
			t.Errorf("%s: %d problems, want %d:\n%s", root, n, problems, stderr.String())
		}
		for _, file := range want {
			file = filepath.FromSlash(strings.Replace(file, "folder", strings.TrimSuffix(root, "/"), 1))
			if n := strings.Count(stdout.String(), file+":20: error host-network"); n != 1 {
				t.Errorf("%s: %s was read %d times", root, file, n)
			}
		}
		if strings.Contains(stdout.String(), "agent.txt") {
			t.Errorf("%s: reads what is no manifest", root)
		}
	}
}
