// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

var update = flag.Bool("update", false, "rewrite RULES.md")

func TestEveryRuleIsWhole(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	// A file at a tag or a commit, a commit, an issue or pull request, or an edition of a
	// standard.
	link := regexp.MustCompile(`^https://(github\.com/[^/ ]+/[^/ ]+/((blob|tree)/([0-9a-f]{40}|(go|v)[0-9]+\.[0-9][^/ ]*)/|commit/[0-9a-f]{7,40}$|(issues|pull)/[0-9]+)|yaml\.org/spec/1\.2\.2/)[^ ]*$`)
	known := map[validate.RuleID]bool{}
	for _, r := range validate.Rules() {
		switch {
		case known[r.ID]:
			t.Errorf("%s: the id is taken", r.ID)
		case !id.MatchString(string(r.ID)):
			t.Errorf("%q: an id is lower-case words joined by hyphens", r.ID)
		case r.Title == "" || strings.HasSuffix(r.Title, ".") || len(r.Title) > 90:
			t.Errorf("%s: the title %q is one line without a period", r.ID, r.Title)
		case r.Doc == "" || r.Fix == "" || r.Since == "" || len(r.Sources) == 0:
			t.Errorf("%s: doc, fix, since and sources say what a person needs; one is missing", r.ID)
		}
		known[r.ID] = true
		for _, source := range r.Sources {
			if !link.MatchString(source) {
				t.Errorf("%s: the source %q is no link to what stays as it is", r.ID, source)
			}
		}
		file := "rule_" + strings.ReplaceAll(string(r.ID), "-", "_") + ".go"
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: the rule isn't in %s: %v", r.ID, file, err)
		}
	}
}

// TestSeverity checks that the severity follows from the outcome alone, and that an
// unverified rule is never an Error.
func TestSeverity(t *testing.T) {
	for _, test := range []struct {
		outcome    validate.Outcome
		unverified bool
		want       validate.Severity
	}{
		{validate.OutcomeRejected, false, validate.SeverityError},
		{validate.OutcomeRejected, true, validate.SeverityWarning},
		{validate.OutcomeFails, false, validate.SeverityError},
		{validate.OutcomeFails, true, validate.SeverityWarning},
		{validate.OutcomeDiffers, false, validate.SeverityWarning},
		{validate.OutcomeDiffers, true, validate.SeverityWarning},
		{validate.OutcomeAdvice, false, validate.SeverityInfo},
		{validate.OutcomeAdvice, true, validate.SeverityInfo},
	} {
		if got := (validate.Rule{Outcome: test.outcome, Unverified: test.unverified}).Severity(); got != test.want {
			t.Errorf("a rule with outcome %s (unverified: %t) is %s, not %s", test.outcome, test.unverified, got, test.want)
		}
	}
}

func TestRulesPage(t *testing.T) {
	page := rulesPage()
	if *update {
		if err := os.WriteFile("RULES.md", page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile("RULES.md")
	if err != nil || !bytes.Equal(bytes.ReplaceAll(old, []byte("\r\n"), []byte("\n")), page) {
		t.Errorf("RULES.md is not that of the rules (%v): run go test ./validate -run TestRulesPage -update", err)
	}
}

func rulesPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Rules\n\nThis page is generated; `validate.Rules()` returns the same in Go.\n\n")
	b.WriteString("- The outcome is what happens to a pod that breaks the rule. **rejected**: the API server rejects it. **fails**: a node fails to start it. **differs**: it starts, but part of it is ignored or works differently. **advice**: it works, but could be better.\n")
	b.WriteString("- The severity follows from the outcome: error for the first two, then warning and info. An *unverified* rule rests on facts that no source settles, and is a warning at most.\n\n")
	b.WriteString("Terms:\n\n")
	b.WriteString("- The **bind filter** is a Windows driver with which containerd 1.7 and newer mount a volume at its mountPath, for one container only, and run every command line in `cmd /c`. Windows Server 2022 and newer have it, Windows Server 2019 since July 2022. Containerd 1.6, and newer versions without the bind filter, mount each volume as a symbolic link below the container's root directory. [More](https://pkg.go.dev/github.com/hostprocess-go/sdk/volumes)\n")
	b.WriteString("- The **shim** is the part of containerd that starts HostProcess containers (hcsshim).\n")
	b.WriteString("- The **container's root directory** has the files of its image. The **sandbox variable**, `CONTAINER_SANDBOX_MOUNT_POINT`, holds its path.\n\n")
	b.WriteString("| rule | severity | outcome | in short |\n| --- | --- | --- | --- |\n")
	rules := validate.Rules()
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, r.ID, r.Severity(), r.Outcome, strings.ReplaceAll(r.Title, "|", "\\|"))
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n%s\n\n", r.ID, strings.ToUpper(r.Title[:1])+r.Title[1:], r.Doc)
		fmt.Fprintf(&b, "- severity: %s", r.Severity())
		if r.Unverified {
			b.WriteString(" (unverified)")
		}
		fmt.Fprintf(&b, "\n- outcome: %s\n", r.Outcome)
		if r.Nodes != "" {
			fmt.Fprintf(&b, "- about: %s\n", r.Nodes)
		}
		fmt.Fprintf(&b, "- fix: %s\n- since: %s\n- sources:\n", r.Fix, r.Since)
		for _, source := range r.Sources {
			fmt.Fprintf(&b, "  - <%s>\n", source)
		}
	}
	return b.Bytes()
}
