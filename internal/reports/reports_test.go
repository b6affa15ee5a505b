// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package reports

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/explain"
)

// report is a failure from a public report, with the answer of this module today:
// exactly one of Rule, Explain, Decoding, Missed and Nothing is set.
type report struct {
	ID     string `json:"id"`
	Source string `json:"source"` // the repository, and an issue, a pull request or a commit of it
	Date   string `json:"date"`
	// Basis is the evidence for the cause: a "statement" of the source, the "diff"
	// that fixed it, or the "thread" of an issue.
	Basis  string `json:"basis"`
	Family string `json:"family"`
	Cause  string `json:"cause"`

	Targets         []string `json:"targets"` // see validate.ParseTarget
	KubernetesMinor int      `json:"kubernetesMinor"`
	Manifest        string   `json:"manifest"` // what matters of it, in our own words
	Text            string   `json:"text"`     // as the source quotes it

	Rule     validate.RuleID   `json:"rule"`     // reports the mistake in the manifest
	Explain  string            `json:"explain"`  // a phrase of the cause that explain finds in the text
	Decoding string            `json:"decoding"` // what strict decoding says about the manifest
	Missed   string            `json:"missed"`   // the rule, or "explain" and the cause, that should find it
	Beside   []validate.RuleID `json:"beside"`   // of a missed manifest: the rules that report something else in it
	Nothing  string            `json:"nothing"`  // why neither a pod nor a text shows it
}

// TestReports fails for a report that is no longer found, and for one that is
// found although the data says that it isn't. With -v it prints the figures.
func TestReports(t *testing.T) {
	count, missed := map[string]int{}, map[string]int{}
	seen := map[string]bool{}
	for _, r := range read(t) {
		if problem := r.problem(); problem != "" {
			t.Errorf("%s: %s", r.ID, problem)
		}
		if seen[r.ID] {
			t.Errorf("%s: the id is taken", r.ID)
		}
		seen[r.ID] = true
		count[strings.Join(r.statuses(), " and ")]++
		if r.Missed != "" {
			missed[r.Missed]++
		}
	}
	if len(seen) < 120 {
		t.Errorf("only %d reports", len(seen))
	}
	t.Logf("%d reports:\n%s\nmissed:\n%s", len(seen), table(count), table(missed))
}

// TestStatus: a status that isn't true is a problem, in either direction.
func TestStatus(t *testing.T) {
	const pod = `{apiVersion: v1, kind: Pod, spec: {hostNetwork: true, nodeSelector: {kubernetes.io/os: windows}, os: {name: windows}, hostPID: true,
		securityContext: {windowsOptions: {hostProcess: true, runAsUserName: NT AUTHORITY\Local Service}},
		containers: [{name: agent, image: agent, command: [powershell, -Command, Get-Date]}]}}`
	const text = "failed to logon user"
	for _, tt := range []struct {
		report report
		want   string // a part of the problem; "" if the status is true
	}{
		{report{Manifest: pod, Rule: "linux-only-field"}, ""},
		{report{Manifest: pod, Rule: "os-linux-pod"}, "os-linux-pod does not report it"},
		{report{Manifest: pod, Missed: "new-rule", Beside: []validate.RuleID{"linux-only-field"}}, ""},
		{report{Manifest: pod, Missed: "new-rule"}, "beside"},
		{report{Manifest: pod, Missed: "linux-only-field", Beside: []validate.RuleID{"linux-only-field"}}, "found now"},
		{report{Manifest: pod, Decoding: "unknown field"}, "decodes"},
		{report{Manifest: strings.Replace(pod, "hostPID", "hostPid", 1), Decoding: `unknown field "spec.hostPid"`}, ""},
		{report{Manifest: strings.Replace(pod, "hostPID", "hostPid", 1), Rule: "linux-only-field"}, "unknown field"},
		{report{Manifest: pod, Targets: []string{"0.1"}, Rule: "linux-only-field"}, "0.1"},
		{report{Text: text, Explain: "couldn't log on"}, ""},
		{report{Text: text, Explain: "another cause"}, "another cause"},
		{report{Text: "Access is denied.", Missed: "explain denied"}, ""},
		{report{Text: text, Missed: "explain logon"}, "found now"},
		{report{Text: text, Nothing: "no text"}, "found now"},
		{report{Nothing: "in the program"}, ""},
		{report{Rule: "linux-only-field"}, "no manifest"},
		{report{Explain: "couldn't log on"}, "no text"},
		{report{Missed: "new-rule"}, "no manifest"},
		{report{Text: text, Missed: "new-rule"}, "no manifest"},
		{report{Manifest: pod, Missed: "explain logon"}, "no text"},
		{report{Manifest: pod, Nothing: "in the image"}, "remove the manifest"},
		{report{Manifest: pod}, "want one status"},
		{report{Text: text, Explain: "couldn't log on", Nothing: "no text"}, "want one status"},
	} {
		r := tt.report
		r.ID, r.Source, r.Date, r.Basis, r.Family, r.Cause = "x", "a/b issue 1", "2026-01-01", "thread", "x", "x"
		if got := r.problem(); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%+v\nproblem %q, want %q", tt.report, got, tt.want)
		}
	}
	if got := (report{Nothing: "x"}).problem(); !strings.Contains(got, "source") {
		t.Errorf("without a source: %q", got)
	}
}

func read(t *testing.T) []report {
	t.Helper()
	data, err := os.ReadFile("testdata/reports.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var reports []report
	if err := yaml.UnmarshalStrict(data, &reports); err != nil {
		t.Fatal(err)
	}
	return reports
}

// statuses are those that are set.
func (r report) statuses() []string {
	var set []string
	for _, s := range []struct{ name, value string }{
		{"rule", string(r.Rule)}, {"explain", r.Explain}, {"decoding", r.Decoding}, {"missed", r.Missed}, {"nothing", r.Nothing},
	} {
		if s.value != "" {
			set = append(set, s.name)
		}
	}
	return set
}

// problem returns what isn't true of a report, or the empty string.
func (r report) problem() string {
	byText := r.Explain != "" || strings.HasPrefix(r.Missed, "explain ")
	switch {
	case r.ID == "" || r.Source == "" || r.Date == "" || r.Family == "" || r.Cause == "" || !slices.Contains([]string{"statement", "diff", "thread"}, r.Basis):
		return "id, source, date, basis, family or cause is missing"
	case len(r.statuses()) != 1:
		return fmt.Sprintf("has the statuses %q; want one status", r.statuses())
	case byText && r.Text == "":
		return "has no text that could be explained"
	case !byText && r.Nothing == "" && r.Manifest == "":
		return "has no manifest that could be judged"
	case byText || r.Nothing != "":
		return r.textProblem()
	}
	return r.manifestProblem()
}

func (r report) textProblem() string {
	causes := explain.Explain(r.Text)
	switch {
	case r.Manifest != "":
		return "remove the manifest: it doesn't show the mistake"
	case r.Explain != "" && !slices.ContainsFunc(causes, func(c explain.Cause) bool { return strings.Contains(c.Cause, r.Explain) }):
		return fmt.Sprintf("no cause of the text says %q: %v", r.Explain, causes)
	case r.Explain == "" && len(causes) > 0:
		return fmt.Sprintf("found now, or explained wrongly; if it is right, say explain instead of missed or nothing: %v", causes)
	}
	return ""
}

func (r report) manifestProblem() string {
	object, err := decode(r.Manifest)
	switch {
	case r.Decoding != "" && err == nil:
		return "the manifest decodes strictly"
	case r.Decoding != "" && strings.Contains(err.Error(), r.Decoding):
		return ""
	case err != nil:
		return err.Error()
	}
	validator := validate.Validator{KubernetesMinor: r.KubernetesMinor}
	for _, text := range r.Targets {
		target, err := validate.ParseTarget(text)
		if err != nil {
			return err.Error()
		}
		validator.Targets = append(validator.Targets, target)
	}
	findings, err := validator.Object(object)
	if err != nil {
		return err.Error()
	}
	var reported []validate.RuleID
	for _, f := range findings {
		reported = append(reported, f.Rule)
	}
	slices.Sort(reported)
	reported = slices.Compact(reported)
	switch {
	case r.Rule != "" && !slices.Contains(reported, r.Rule):
		return fmt.Sprintf("%s does not report it; %q do", r.Rule, reported)
	case r.Missed != "" && slices.Contains(reported, validate.RuleID(r.Missed)):
		return "found now: say rule instead of missed, and remove beside"
	case r.Missed != "" && !slices.Equal(reported, r.Beside):
		return fmt.Sprintf("other rules report on the manifest than beside says: [%s]; if one finds the mistake, say rule instead of missed", join(reported))
	}
	return ""
}

func join(rules []validate.RuleID) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(rules), " ", ", "), "[]")
}

// decode decodes a manifest. It fails on unknown and on duplicate fields.
func decode(manifest string) (runtime.Object, error) {
	scheme := runtime.NewScheme()
	utilruntime.Must(errors.Join(corev1.AddToScheme(scheme), appsv1.AddToScheme(scheme), batchv1.AddToScheme(scheme)))
	decoder := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Yaml: true, Strict: true})
	object, _, err := decoder.Decode([]byte(manifest), nil, nil)
	return object, err
}

// table is a line for each name, the most frequent first.
func table(count map[string]int) string {
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	var lines strings.Builder
	for _, name := range names {
		fmt.Fprintf(&lines, "%5d %s\n", count[name], name)
	}
	return lines.String()
}
