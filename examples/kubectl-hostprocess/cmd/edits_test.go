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
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
)

// region is where text is deleted, as SARIF says it.
type region struct{ StartLine, StartColumn, EndLine, EndColumn int }

// suggested is a result with an edit, as a page for code scanning reads it.
type suggested struct {
	rule, description, text string
	region                  region
}

// suggestions are the edits that lint prints for a file.
func suggestions(t *testing.T, file string) []suggested {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if Run([]string{"lint", "-o", "sarif", file}, nil, &stdout, &stderr) > 1 {
		return nil // it can't be read
	}
	var log struct {
		Runs []struct {
			ColumnKind string
			Results    []struct {
				RuleID string
				Fixes  []struct {
					Description     struct{ Text string }
					ArtifactChanges []struct {
						Replacements []struct {
							DeletedRegion   region
							InsertedContent struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Runs[0].ColumnKind != "unicodeCodePoints" {
		t.Errorf("columns of %q", log.Runs[0].ColumnKind)
	}
	var all []suggested
	for _, result := range log.Runs[0].Results {
		for _, f := range result.Fixes {
			r := f.ArtifactChanges[0].Replacements[0]
			all = append(all, suggested{result.RuleID, f.Description.Text, r.InsertedContent.Text, r.DeletedRegion})
		}
	}
	return all
}

// apply edits a text.
func (s suggested) apply(t *testing.T, text string) string {
	t.Helper()
	place := func(line, column int) int {
		at := 0
		for ; line > 1; line-- {
			at += strings.IndexByte(text[at:], '\n') + 1
		}
		for i := range text[at:] {
			if column--; column == 0 {
				return at + i
			}
		}
		if column == 1 {
			return len(text)
		}
		t.Fatalf("%+v is not in the text", s.region)
		return 0
	}
	return text[:place(s.region.StartLine, s.region.StartColumn)] + s.text + text[place(s.region.EndLine, s.region.EndColumn):]
}

// findingsOf are the findings of a file, without their lines, and without the message and what to
// do, which may change with the rest of the pod.
func findingsOf(t *testing.T, file string) map[lint.Finding]int {
	t.Helper()
	var stdout, stderr bytes.Buffer
	Run([]string{"lint", "-o", "json", "-R", "-f", file}, nil, &stdout, &stderr)
	count := map[lint.Finding]int{}
	for line := range strings.Lines(stdout.String()) {
		var f lint.Finding
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		f.Line, f.Message, f.Fix = 0, "", ""
		count[f]++
	}
	return count
}

// TestFixes applies every edit that is suggested for a fixture to the file: the
// finding is gone, there is no other, and nothing else has changed.
func TestFixes(t *testing.T) {
	count := map[string]int{}
	for _, dir := range []string{"testdata/lint", "../../../validate/testdata"} {
		err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(file) != ".yaml" {
				return err
			}
			for _, s := range suggestions(t, file) {
				checkFix(t, file, s)
				count[s.rule]++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, rule := range []string{
		"account-domain-spelling", "account-impossible", "account-local-prefix", "account-missing-domain", "host-network", "host-port",
		"host-process-container-level", "host-process-mismatch", "host-process-mixed", "host-users", "hostname-override",
		"linux-only-field", "linux-only-field-ignored", "mount-propagation-bidirectional", "mount-propagation-ignored",
		"mount-recursive-read-only", "os-linux-pod", "os-missing", "os-name", "os-selection-beta-label", "os-selection-contradictory", "os-selection-missing",
		"pod-resources", "pod-resources-refused", "recursive-read-only-unsupported", "run-as-non-root",
		"run-as-user-name", "run-as-user-name-missing", "stop-signal", "supplemental-groups-policy",
	} {
		if count[rule] == 0 {
			t.Errorf("no fix of %s is suggested for any fixture", rule)
		}
		delete(count, rule)
	}
	if len(count) > 0 {
		t.Errorf("more rules have fixes, add them to the list: %v", count)
	}
}

// checkFix tries one edit of a file.
func checkFix(t *testing.T, file string, s suggested) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := s.apply(t, string(text))
	copied := filepath.Join(t.TempDir(), "edited.yaml")
	if err := os.WriteFile(copied, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	before, after := findingsOf(t, file), findingsOf(t, copied)
	mended := 0
	for f, n := range before {
		f.File = copied
		if after[f] > n {
			t.Errorf("%s, %+v: more of %+v", file, s, f)
		}
		if string(f.Rule) == s.rule && after[f] < n {
			mended++
		}
		delete(after, f)
	}
	if mended == 0 || len(after) > 0 {
		t.Errorf("%s, %+v: %d findings are mended, and new ones are %v", file, s, mended, after)
	}
	old, edits := documents(t, string(text)), documents(t, edited)
	if len(old) != len(edits) {
		t.Fatalf("%s, %+v: %d documents became %d", file, s, len(old), len(edits))
	}
	var changed []string
	for i := range old {
		changed = append(changed, differences("", old[i], edits[i])...)
	}
	if len(changed) != 1 {
		t.Errorf("%s, %+v: changes %q", file, s, changed)
	}
}

// documents are the documents of a file, as they are without a scheme.
func documents(t *testing.T, text string) []any {
	t.Helper()
	var all []any
	for _, part := range strings.Split("\n"+strings.ReplaceAll(text, "\r\n", "\n"), "\n---") {
		var document any
		if err := yaml.Unmarshal([]byte(part), &document); err != nil {
			t.Fatal(err)
		}
		all = append(all, document)
	}
	return all
}

// differences are the paths at which two values differ.
func differences(at string, a, b any) []string {
	x, isMap := a.(map[string]any)
	if y, ok := b.(map[string]any); isMap && ok {
		var all []string
		keys := map[string]bool{}
		for k := range x {
			keys[k] = true
		}
		for k := range y {
			keys[k] = true
		}
		for k := range keys {
			all = append(all, differences(at+"."+k, x[k], y[k])...)
		}
		return all
	}
	u, isList := a.([]any)
	if v, ok := b.([]any); isList && ok && len(u) == len(v) {
		var all []string
		for i := range u {
			all = append(all, differences(fmt.Sprintf("%s[%d]", at, i), u[i], v[i])...)
		}
		return all
	}
	if reflect.DeepEqual(a, b) {
		return nil
	}
	return []string{at}
}

// TestFixText shows what an edit makes of a text.
func TestFixText(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nspec:\n"
	const rest = "  os: {name: windows}\n  nodeSelector: {kubernetes.io/os: windows}\n  containers:\n  - {name: a, image: a, command: [a.exe], workingDir: '%CONTAINER_SANDBOX_MOUNT_POINT%'}\n"
	const options = "  securityContext:\n    windowsOptions: {hostProcess: true, runAsUserName: NT AUTHORITY\\Local Service}\n"
	const level = "  nodeSelector: {kubernetes.io/os: windows}\n  containers:\n  - name: a\n    image: a\n    command: [a.exe]\n    workingDir: '%CONTAINER_SANDBOX_MOUNT_POINT%'\n    securityContext:\n      windowsOptions:\n        hostProcess: true\n        runAsUserName: NT AUTHORITY\\Local Service\n"
	for name, c := range map[string]struct {
		rule     validate.RuleID
		old, new string // of the lines behind spec
	}{
		"another value":          {"host-network", "  hostNetwork: false # why\n" + options + rest, "  hostNetwork: true # why\n" + options + rest},
		"no value":               {"host-network", options + rest, "  hostNetwork: true\n" + options + rest},
		"below a comment":        {"host-network", "  # about it\n  # all\n" + options + rest, "  hostNetwork: true\n  # about it\n  # all\n" + options + rest},
		"in single quotes":       {"account-missing-domain", "  hostNetwork: true\n" + strings.Replace(options, `NT AUTHORITY\Local Service`, "'LocalSystem'", 1) + rest, "  hostNetwork: true\n" + strings.Replace(options, `NT AUTHORITY\Local Service`, `'NT AUTHORITY\SYSTEM'`, 1) + rest},
		"in double quotes":       {"account-missing-domain", "  hostNetwork: true\n" + strings.Replace(options, `NT AUTHORITY\Local Service`, `"LocalSystem"`, 1) + rest, "  hostNetwork: true\n" + strings.Replace(options, `NT AUTHORITY\Local Service`, `"NT AUTHORITY\\SYSTEM"`, 1) + rest},
		"behind other letters":   {"account-missing-domain", "  hostNetwork: true\n  securityContext: {runAsUser: null, windowsOptions: {\"gmsaCredentialSpecName\": \"\", hostProcess: true, runAsUserName: LocalSystem}} # \u00e9\U0001f600\n" + rest, "  hostNetwork: true\n  securityContext: {runAsUser: null, windowsOptions: {\"gmsaCredentialSpecName\": \"\", hostProcess: true, runAsUserName: NT AUTHORITY\\SYSTEM}} # \u00e9\U0001f600\n" + rest},
		"in braces":              {"run-as-user-name-missing", "  hostNetwork: true\n  securityContext: {windowsOptions: {hostProcess: true}}\n" + rest, "  hostNetwork: true\n  securityContext: {windowsOptions: {\"runAsUserName\":\"NT AUTHORITY\\\\Local Service\", hostProcess: true}}\n" + rest},
		"removed":                {"linux-only-field", "  hostPID: true # for metrics\n  hostNetwork: true\n" + options + rest, "  hostNetwork: true\n" + options + rest},
		"removed with its parts": {"linux-only-field", "  hostNetwork: true\n" + options + "    seccompProfile:\n      # of the node\n      type: RuntimeDefault\n    # behind it\n" + rest, "  hostNetwork: true\n" + options + "    # behind it\n" + rest},
		"removed with all around": {"linux-only-field", "  hostNetwork: true\n" + options + rest[:strings.Index(rest, "  - {name")] + "  - name: a\n    image: a\n    securityContext:\n      capabilities:\n        drop: [ALL]\n    command: [a.exe]\n    workingDir: '%CONTAINER_SANDBOX_MOUNT_POINT%'\n",
			"  hostNetwork: true\n" + options + rest[:strings.Index(rest, "  - {name")] + "  - name: a\n    image: a\n    command: [a.exe]\n    workingDir: '%CONTAINER_SANDBOX_MOUNT_POINT%'\n"},
		"an anchor":   {"host-network", "  hostNetwork: &no false\n" + options + rest, "  hostNetwork: &no true\n" + options + rest},
		"an alias":    {"host-network", "  hostPID: &no false\n  hostNetwork: *no # why\n" + options + rest, "  hostPID: &no false\n  hostNetwork: true # why\n" + options + rest},
		"merged in":   {"host-network", "  <<: {hostNetwork: false}\n" + options + rest, "  <<: {hostNetwork: true}\n" + options + rest},
		"for the pod": {"host-process-container-level", "  hostNetwork: true\n  securityContext: {}\n" + level, "  hostNetwork: true\n  securityContext: {\"windowsOptions\":{\"hostProcess\":true}}\n" + level},

		// Not where more than the field might change.
		"a template":            {"host-network", "  hostNetwork: false # {{ .Values.x }}\n" + options + rest, ""},
		"a folded text":         {"account-missing-domain", "  hostNetwork: true\n  securityContext:\n    windowsOptions:\n      hostProcess: true\n      runAsUserName: >-\n        LocalSystem\n" + rest, ""},
		"a text of two lines":   {"linux-only-field", "  hostNetwork: true\n" + options + "    seccompProfile:\n      type: Localhost\n      localhostProfile: \"a\n        b\"\n" + rest, ""},
		"more in the same line": {"linux-only-field", "  hostNetwork: true\n  securityContext: {windowsOptions: {hostProcess: true, runAsUserName: NT AUTHORITY\\Local Service}, fsGroup: 1}\n" + rest, ""},
		"a tag":                 {"host-network", "  hostNetwork: !!bool false\n" + options + rest, ""},
		"it would break more":   {"os-missing", "  hostNetwork: true\n  hostPID: true\n" + options + strings.Replace(rest, "  os: {name: windows}\n", "", 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, end := range []string{"\n", "\r\n"} {
				file := filepath.Join(t.TempDir(), "pod.yaml")
				old := strings.ReplaceAll("# first\n---\n"+pod+c.old, "\n", end)
				if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(findingsIn(findingsOf(t, file)), func(f lint.Finding) bool { return f.Rule == c.rule }) {
					t.Fatalf("no finding of %s", c.rule)
				}
				found := suggestions(t, file)
				at := slices.IndexFunc(found, func(s suggested) bool { return s.rule == string(c.rule) })
				if at < 0 {
					if c.new != "" {
						t.Errorf("nothing is suggested")
					}
					continue
				}
				if diff := cmp.Diff(strings.ReplaceAll("# first\n---\n"+pod+c.new, "\n", end), found[at].apply(t, old)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				checkFix(t, file, found[at])
			}
		})
	}
}

func findingsIn(m map[lint.Finding]int) []lint.Finding {
	var all []lint.Finding
	for f := range m {
		all = append(all, f)
	}
	return all
}

// TestFixesAreBounded: the work for a huge object doesn't grow with the square of
// its findings.
func TestFixesAreBounded(t *testing.T) {
	text := "apiVersion: v1\nkind: Pod\nspec:\n  securityContext: {windowsOptions: {hostProcess: true}}\n  containers:\n"
	for i := range 200 {
		text += fmt.Sprintf("  - name: c%d\n    image: a\n    securityContext:\n      privileged: true\n", i)
	}
	file := filepath.Join(t.TempDir(), "pod.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	edits := map[region]bool{}
	for _, s := range suggestions(t, file) {
		edits[s.region] = true
	}
	if n := len(edits); n == 0 || n > 50 {
		t.Errorf("%d edits", n)
	}
}
