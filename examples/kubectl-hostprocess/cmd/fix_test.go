// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

func TestFix(t *testing.T) {
	golden(t, "fix", "agent.yaml", []goldenCase{
		{Name: "diff", Args: []string{"fix", "--diff", "-f", "agent.yaml"}, Code: 1},
		{Name: "dry-run", Args: []string{"fix", "--dry-run", "-R", "-f", "."}, Code: 1},
		{Name: "stdin", Args: []string{"fix", "-f", "-"}},
		{Name: "stdin-diff", Args: []string{"fix", "--diff", "-"}, Code: 1},
		{Name: "list", Args: []string{"fix", "--diff", "-f", "list.yaml"}, Code: 1},
		{Name: "convert", Args: []string{"fix", "--convert", "--diff", "linux.yaml"}, Code: 1},
		{Name: "disabled", Args: []string{"fix", "--diff", "--disable", "os-missing", "--min-severity", "error", "agent.yaml"}, Code: 1},
		{Name: "list-json", Args: []string{"fix", "--diff", "list.json"}, Code: 1},
		{Name: "anchors", Args: []string{"fix", "--diff", "anchors.yaml"}, Code: 1},
		{Name: "uneditable", Args: []string{"fix", "--diff", "uneditable.yaml"}},
		{Name: "no-file", Args: []string{"fix", "missing.yaml"}, Code: 2},
		{Name: "no-argument", Args: []string{"fix"}, Code: 2},
		{Name: "help", Args: []string{"fix", "-h"}},
	})
}

// TestFixWritesFiles fixes a copy of each fixture of each rule. No finding is new, the
// rest of the file is as it was, and fixing it again changes nothing.
func TestFixWritesFiles(t *testing.T) {
	fixtures, err := filepath.Abs("../../../validate/testdata")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(fixtures)); err != nil {
		t.Fatal(err)
	}
	before := findingsOf(t, fixtures)
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"fix", "-R", "-f", folder}, nil, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	edited := 0
	err = filepath.WalkDir(fixtures, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".yaml" {
			return err
		}
		inside, err := filepath.Rel(fixtures, file)
		if err != nil {
			return err
		}
		old, fixed := readText(t, file), readText(t, filepath.Join(folder, inside))
		if old == fixed {
			return nil
		}
		edited++
		comments := func(text string) (all []string) {
			for line := range strings.Lines(text) {
				if strings.HasPrefix(strings.TrimSpace(line), "#") {
					all = append(all, line)
				}
			}
			return all
		}
		if diff := cmp.Diff(comments(old), comments(fixed)); diff != "" {
			t.Errorf("%s: comments (-old +fixed):\n%s", inside, diff)
		}
		if strings.Contains(old, "\r\n") != strings.Contains(fixed, "\r\n") {
			t.Errorf("%s: other line ends", inside)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fewer := 0
	for f, n := range findingsOf(t, folder) {
		inside, err := filepath.Rel(folder, f.File)
		if err != nil {
			t.Fatal(err)
		}
		f.File = filepath.Join(fixtures, inside)
		if n > before[f] {
			t.Errorf("%d findings became %d: %+v", before[f], n, f)
		}
		fewer -= n
	}
	for _, n := range before {
		fewer += n
	}
	if edited < 20 || fewer < edited {
		t.Errorf("%d files edited, %d findings gone", edited, fewer)
	}
	stdout.Reset()
	if code := Run([]string{"fix", "--dry-run", "-R", "-f", folder}, nil, &stdout, &stderr); code != 0 {
		t.Errorf("there is more to fix:\n%s", stdout.String())
	}
	t.Logf("%d files edited, %d findings gone", edited, fewer)
}

// TestFixJSON fixes the fixtures as JSON, in lines and in one: what is fixed is what is
// fixed in YAML at least, and nothing is left to fix.
func TestFixJSON(t *testing.T) {
	fixtures, err := filepath.Glob("../../../validate/testdata/*/*.yaml")
	if err != nil || len(fixtures) < 100 {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	folder := t.TempDir()
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, file := range fixtures {
		text := readText(t, file)
		if strings.Contains(text, "\n---") || strings.Contains(text, "kind: List") {
			continue
		}
		object, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var lines bytes.Buffer
		if err := json.Indent(&lines, object, "", "    "); err != nil {
			t.Fatal(err)
		}
		write(fmt.Sprintf("%d.yaml", i), []byte(text))
		write(fmt.Sprintf("%d-lines.json", i), lines.Bytes())
		write(fmt.Sprintf("%d-one-line.json", i), []byte("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["+string(object)+","+string(object)+"]}\n"))
		write(fmt.Sprintf("%d-windows.json", i), bytes.ReplaceAll(lines.Bytes(), []byte("\n"), []byte("\r\n")))
	}
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"fix", folder}, nil, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	findings := map[string]int{}
	for f, n := range findingsOf(t, folder) {
		findings[filepath.Base(f.File)] += n
	}
	edited := 0
	for i := range fixtures {
		name := func(suffix string) string { return strconv.Itoa(i) + suffix }
		if lines := findings[name("-lines.json")]; lines > findings[name(".yaml")] || 2*lines != findings[name("-one-line.json")] || lines != findings[name("-windows.json")] {
			t.Errorf("%s: %d findings in YAML, %d in lines, %d in one line, twice, %d in lines of Windows", fixtures[i], findings[name(".yaml")], lines, findings[name("-one-line.json")], findings[name("-windows.json")])
		}
		if text, err := os.ReadFile(filepath.Join(folder, name("-windows.json"))); err == nil {
			if bytes.Count(text, []byte("\n")) != bytes.Count(text, []byte("\r\n")) {
				t.Errorf("%s: other line ends:\n%q", fixtures[i], text)
			}
			edited++
		}
	}
	stdout.Reset()
	if code := Run([]string{"fix", "--dry-run", folder}, nil, &stdout, &stderr); code != 0 || edited < 100 {
		t.Errorf("%d files, and there is more to fix:\n%s", edited, stdout.String())
	}
}

// TestConvertFixtures converts a copy of the fixtures of some rules: what it writes can be
// read, and converting it again changes nothing.
func TestConvertFixtures(t *testing.T) {
	folder := t.TempDir()
	rules, err := filepath.Glob("../../../validate/testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for i, rule := range rules {
		if info, err := os.Stat(rule); i%8 != 0 || err != nil || !info.IsDir() { // all take a minute
			continue
		}
		if err := os.CopyFS(filepath.Join(folder, filepath.Base(rule)), os.DirFS(rule)); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"fix", "--convert", "-R", "-f", folder}, nil, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	stdout.Reset()
	if code := Run([]string{"fix", "--convert", "--dry-run", "-R", "-f", folder}, nil, &stdout, &stderr); code != 0 {
		t.Errorf("there is more to convert:\n%s", stdout.String())
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFixKeepsFiles: a file is replaced as a whole, with its permissions, and the target
// of a link is.
func TestFixKeepsFiles(t *testing.T) {
	text := readText(t, "testdata/fix/agent.yaml")
	t.Chdir(t.TempDir())
	if err := os.WriteFile("agent.yaml", []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("agent.yaml", "link.yaml"); err != nil {
		t.Logf("without links, which this system doesn't allow: %v", err)
	} else if code := Run([]string{"fix", "link.yaml"}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 0 {
		t.Errorf("a link: exit code %d", code)
	} else if info, err := os.Lstat("link.yaml"); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
	if code := Run([]string{"fix", "agent.yaml"}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 0 {
		t.Errorf("a file: exit code %d", code)
	}
	info, err := os.Stat("agent.yaml")
	if err != nil || info.Mode().Perm()&0o077 != 0o040 && os.PathSeparator == '/' {
		t.Errorf("permissions %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(".")
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".hostprocess") }) {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if readText(t, "agent.yaml") == text {
		t.Error("nothing was fixed")
	}
}

// TestFixMany: if an object needs more edits than the limit, fix says so, and a second run
// makes the rest.
func TestFixMany(t *testing.T) {
	var manifest strings.Builder
	manifest.WriteString("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  os: {name: windows}\n  hostNetwork: true\n  nodeSelector: {kubernetes.io/os: windows}\n" +
		"  securityContext: {windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\\Local Service'}}\n  containers:\n")
	for i := range 60 {
		fmt.Fprintf(&manifest, "  - name: c%d\n    image: a\n    command: ['%%CONTAINER_SANDBOX_MOUNT_POINT%%\\a.exe']\n    securityContext:\n      privileged: true\n", i)
	}
	file := filepath.Join(t.TempDir(), "many.yaml")
	if err := os.WriteFile(file, []byte(manifest.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		file + ":1: not all findings are fixed: run fix again\nMade 50 edits in 1 file\n",
		"Made 10 edits in 1 file\n",
	} {
		var stdout, stderr bytes.Buffer
		if code := Run([]string{"fix", file}, nil, &stdout, &stderr); code != 0 || stderr.String() != want {
			t.Errorf("exit code %d, %q, want %q", code, stderr.String(), want)
		}
	}
}
