// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate"
)

// TestEveryRule fails for a new rule that is neither expressed nor has a reason why not,
// and for an ID without a rule.
func TestEveryRule(t *testing.T) {
	for _, gap := range NotExpressed() {
		if gap.Why == "" {
			t.Errorf("%s: add it to expressions, or to ownGaps with a reason", gap.Rule)
		}
	}
	lists := map[validate.RuleID]int{}
	for _, ids := range [][]validate.RuleID{slices.Collect(maps.Keys(expressions)), byAccounts, slices.Collect(maps.Keys(ownGaps))} {
		for _, id := range ids {
			lists[id]++
		}
	}
	known := 0
	for _, r := range validate.Rules() {
		if lists[r.ID] > 1 {
			t.Errorf("%s is in %d lists", r.ID, lists[r.ID])
		}
		known += lists[r.ID]
	}
	if known != len(expressions)+len(byAccounts)+len(ownGaps) {
		t.Error("a list has an id that no rule has")
	}
	if all := len(Expressed()) + len(NotExpressed()); all != len(validate.Rules()) {
		t.Errorf("%d rules of %d", all, len(validate.Rules()))
	}
}

// TestReasons compares each reason with the rule's entry in the catalogue, and with the
// nodes for which the rule is reported.
func TestReasons(t *testing.T) {
	gaps := map[validate.RuleID]string{}
	for _, gap := range NotExpressed() {
		gaps[gap.Rule] = gap.Why
	}
	for _, r := range validate.Rules() {
		switch why, gap := gaps[r.ID]; {
		case !gap:
			annotated := r.ID == "inherit-user-annotation" || r.ID == "rootfs-location-annotation"
			if expressed := r.Severity() == validate.SeverityError || annotated; !expressed && !slices.Contains(byAccounts, r.ID) {
				t.Errorf("%s is expressed, but no error", r.ID)
			}
		case strings.HasPrefix(why, "the API server itself rejects"):
			if r.Outcome != validate.OutcomeRejected || r.Severity() != validate.SeverityError {
				t.Errorf("%s: %s, but it is %s and %s", r.ID, why, r.Severity(), r.Outcome)
			}
		case strings.HasPrefix(why, "such a pod runs"):
			if r.Severity() == validate.SeverityError {
				t.Errorf("%s: %s, but it is an error", r.ID, why)
			}
		}
	}
	for id, want := range map[validate.RuleID]string{
		// One of each kind, and those that two reasons would fit.
		"namespace-pod-security-audit":   "about a namespace",
		"namespace-pod-security-enforce": "about a namespace",
		"node-state":                     "about a node",
		"node-taint":                     "about a node",
		"command-quotes":                 "such a pod runs",
		"port-forward":                   "such a pod runs",
		"host-network":                   "the API server itself rejects",
		"account-local-group":            "nodes without the bind filter",
		"mount-collision":                "nodes without the bind filter",
		"working-dir-required":           "nodes without the bind filter",
		"command-newline":                "command lines",
		"command-posix-path":             "command lines",
		"command-program":                "command lines",
		"daemon-set-surge-ports":         "a workload",
		"os-selection-contradictory":     "node affinity",
		"run-as-user-hangs":              "Kubernetes 1.28",
	} {
		if !strings.Contains(gaps[id], want) {
			t.Errorf("%s: %q, want %q", id, gaps[id], want)
		}
	}
	if why := whyNot(validate.Rule{ID: "new", Outcome: validate.OutcomeFails}); why != "" {
		t.Errorf("a new error would need no expression: %s", why)
	}
}

func TestSorted(t *testing.T) {
	if !slices.IsSorted(Expressed()) {
		t.Errorf("not sorted: %q", Expressed())
	}
	if !slices.IsSortedFunc(NotExpressed(), func(a, b Gap) int { return strings.Compare(string(a.Rule), string(b.Rule)) }) {
		t.Error("the gaps are not sorted")
	}
}

func TestBuild(t *testing.T) {
	policy, binding, err := Options{Accounts: []accounts.Account{accounts.LocalService}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	if policy.Name != "hostprocess" || binding.Name != policy.Name || binding.Spec.PolicyName != policy.Name {
		t.Errorf("names %q, %q and %q", policy.Name, binding.Name, binding.Spec.PolicyName)
	}
	if *policy.Spec.FailurePolicy != admissionregistrationv1.Fail || !slices.Equal(binding.Spec.ValidationActions, []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny}) {
		t.Error("the policy fails open")
	}
	// Each way to set the spec or the annotations of a pod.
	rules := policy.Spec.MatchConstraints.ResourceRules
	if len(rules) != 1 || !slices.Equal(rules[0].Operations, []admissionregistrationv1.OperationType{"CREATE", "UPDATE"}) ||
		!slices.Equal(rules[0].APIGroups, []string{""}) || !slices.Equal(rules[0].APIVersions, []string{"v1"}) ||
		!slices.Equal(rules[0].Resources, []string{"pods", "pods/ephemeralcontainers", "pods/status"}) ||
		*rules[0].Scope != admissionregistrationv1.AllScopes || *policy.Spec.MatchConstraints.MatchPolicy != admissionregistrationv1.Equivalent {
		t.Errorf("the policy is asked about %+v", policy.Spec.MatchConstraints)
	}
	if want := 1 + len(expressions); len(policy.Spec.Validations) != want {
		t.Errorf("%d validations, want %d", len(policy.Spec.Validations), want)
	}
	for _, v := range policy.Spec.Validations {
		if v.Message == "" || strings.ContainsAny(v.Message, "\r\n") || strings.TrimSpace(v.Message) != v.Message {
			t.Errorf("message %q of %s", v.Message, v.Expression)
		}
	}
	again, _, _ := Options{Accounts: []accounts.Account{accounts.LocalService}}.Build()
	if diff := cmp.Diff(policy, again); diff != "" {
		t.Errorf("another policy the second time:\n%s", diff)
	}
	policy.Spec.Validations[0].Expression = "true"
	*policy.Spec.FailurePolicy = admissionregistrationv1.Ignore
	if third, _, _ := (Options{Accounts: []accounts.Account{accounts.LocalService}}).Build(); cmp.Diff(again, third) != "" {
		t.Error("changing a policy changed the next")
	}
}

func TestBuildRefuses(t *testing.T) {
	local := []accounts.Account{accounts.LocalService}
	for name, test := range map[string]struct {
		options Options
		fields  []string
	}{
		"zero value":            {Options{}, []string{"Accounts"}},
		"nil account":           {Options{Accounts: []accounts.Account{nil}}, []string{"Accounts"}},
		"nil group":             {Options{Accounts: []accounts.Account{(*accounts.LocalGroup)(nil)}}, []string{"Accounts: [0]"}},
		"nil service account":   {Options{Accounts: []accounts.Account{accounts.LocalService, (*accounts.ServiceAccount)(nil)}}, []string{"Accounts: [1]"}},
		"embedded account":      {Options{Accounts: []accounts.Account{struct{ accounts.Account }{}}}, []string{"Accounts: [0]"}},
		"unknown service":       {Options{Accounts: []accounts.Account{accounts.ServiceAccount(`NT AUTHORITY\TrustedInstaller`)}}, []string{"Accounts"}},
		"group with expression": {Options{Accounts: []accounts.Account{accounts.LocalGroup(`x"] || true || u in ["`)}}, []string{"Accounts"}},
		"name":                  {Options{Name: "a b", Accounts: local}, []string{"Name"}},
		"namespace":             {Options{Accounts: local, Namespaces: []string{"agents", `"] || true`}}, []string{"Namespaces"}},
		"service account":       {Options{Accounts: local, ServiceAccounts: []string{"default"}}, []string{"ServiceAccounts"}},
		"no namespace left":     {Options{Accounts: local, Namespaces: []string{}, ServiceAccounts: []string{}, Images: []string{}}, []string{"Namespaces", "ServiceAccounts", "Images"}},
		"empty image":           {Options{Accounts: local, Images: []string{""}}, []string{"Images"}},
		"every image":           {Options{Accounts: local, Images: []string{"/"}}, []string{"Images"}},
		"tag":                   {Options{Accounts: local, Images: []string{"registry.example.com/agent:1"}}, []string{"Images"}},
		"digest":                {Options{Accounts: local, Images: []string{"registry.example.com/agent@sha256:00"}}, []string{"Images"}},
		"wildcard":              {Options{Accounts: local, Images: []string{"registry.example.com/*"}}, []string{"Images"}},
		"two lines":             {Options{Accounts: local, Images: []string{"registry.example.com/a\nb"}}, []string{"Images"}},
		"not UTF-8":             {Options{Accounts: local, Images: []string{"registry.example.com/\xff"}}, []string{"Images"}},
		"action":                {Options{Accounts: local, Actions: []admissionregistrationv1.ValidationAction{"Allow"}}, []string{"Actions"}},
		"two actions":           {Options{Accounts: local, Actions: []admissionregistrationv1.ValidationAction{"Deny", "Warn"}}, []string{"Actions"}},
		"several":               {Options{Name: "A", Namespaces: []string{"B"}}, []string{"Name", "Accounts", "Namespaces"}},
	} {
		policy, binding, err := test.options.Build()
		if err == nil || policy != nil || binding != nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, field := range test.fields {
			if !strings.Contains(err.Error(), field) {
				t.Errorf("%s: the error doesn't name %s: %v", name, field, err)
			}
		}
	}
	if _, _, err := (Options{Accounts: local, Images: []string{"registry.example.com:5000/agents/", "busybox"}}).Build(); err != nil {
		t.Error(err)
	}
}

// TestBuildOfPointers: a pointer to an account is the account that it points to.
func TestBuildOfPointers(t *testing.T) {
	service, group := accounts.LocalService, accounts.LocalGroup("hpc-agents")
	want, _, err := Options{Accounts: []accounts.Account{service, group}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	pointers := []accounts.Account{&service, &group}
	got, _, err := Options{Accounts: pointers}.Build()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policy (-values +pointers):\n%s", diff)
	}
	if pointers[0] != accounts.Account(&service) {
		t.Error("the caller's list was changed")
	}
}

// TestAnnotations: the shim obeys two annotations, and so runs containers as its
// own account, or puts their files where the node doesn't expect them. They must
// not come with an update either, and no other annotation asks for an evaluation.
func TestAnnotations(t *testing.T) {
	policy, _, err := Options{Accounts: []accounts.Account{accounts.LocalSystem}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	for key, rule := range map[string]validate.RuleID{
		"microsoft.com/hostprocess-inherit-user":    "inherit-user-annotation",
		"microsoft.com/hostprocess-rootfs-location": "rootfs-location-annotation",
	} {
		value := func(object string) string { return object + `.metadata.?annotations[?"` + key + `"].orValue("")` }
		if condition := policy.Spec.MatchConditions[0].Expression; !strings.Contains(condition, " || "+value("object")+" != "+value("oldObject")) {
			t.Errorf("an update of %s isn't seen: %s", key, condition)
		}
		if !slices.ContainsFunc(policy.Spec.Validations, func(v admissionregistrationv1.Validation) bool {
			return strings.HasPrefix(v.Expression, value("object")) && strings.HasSuffix(v.Message, "["+string(rule)+"]")
		}) {
			t.Errorf("no validation looks at %s", key)
		}
	}
}

// TestRunsAs: the policy accepts exactly the spellings that a node accepts for an allowed
// account.
func TestRunsAs(t *testing.T) {
	const service = `(u.startsWith("NT AUTHORITY\\") && u.lowerAscii() in `
	for name, test := range map[string]struct {
		allowed []accounts.Account
		want    string
	}{
		"LocalSystem":    {[]accounts.Account{accounts.LocalSystem}, service + `["nt authority\\system"])`},
		"LocalService":   {[]accounts.Account{accounts.LocalService}, service + `["nt authority\\local service", "nt authority\\localservice"])`},
		"NetworkService": {[]accounts.Account{accounts.NetworkService}, service + `["nt authority\\network service", "nt authority\\networkservice"])`},
		"two services":   {[]accounts.Account{accounts.LocalService, accounts.LocalSystem}, service + `["nt authority\\local service", "nt authority\\localservice", "nt authority\\system"])`},
		"groups":         {[]accounts.Account{accounts.HyperVAdministrators, accounts.LocalGroup("ÄZaz09@[`{")}, `u.lowerAscii() in ["hyper-v administrators", "\u00c4zaz09@[` + "`" + `{"]`},
		"both":           {[]accounts.Account{accounts.Users, accounts.LocalSystem}, service + `["nt authority\\system"]) || u.lowerAscii() in ["users"]`},
	} {
		want := each(`[` + account + `.orValue("")].all(u, u == "" || ` + test.want + `)`)
		if got := runsAs(test.allowed); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestActions tries each action, alone and together with each other one.
func TestActions(t *testing.T) {
	const deny, warn, audit = admissionregistrationv1.Deny, admissionregistrationv1.Warn, admissionregistrationv1.Audit
	type actions = []admissionregistrationv1.ValidationAction
	for _, ok := range []actions{{deny}, {warn}, {audit}, {deny, audit}, {audit, deny}, {warn, audit}} {
		_, binding, err := Options{Accounts: []accounts.Account{accounts.LocalService}, Actions: ok}.Build()
		if err != nil || !slices.Equal(binding.Spec.ValidationActions, ok) {
			t.Errorf("%v: %v", ok, err)
			continue
		}
		binding.Spec.ValidationActions[0] = "changed"
		if ok[0] == "changed" {
			t.Error("the binding shares the caller's list")
		}
	}
	for _, bad := range []actions{{deny, warn}, {warn, audit, deny}, {""}, {deny, "deny"}} {
		if _, _, err := (Options{Accounts: []accounts.Account{accounts.LocalService}, Actions: bad}).Build(); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
}

// TestRefusesEach: each element of each list is checked, and each problem reported.
func TestRefusesEach(t *testing.T) {
	_, _, err := Options{
		Accounts:        []accounts.Account{accounts.LocalService, nil, accounts.LocalGroup(""), accounts.Users, nil},
		Namespaces:      []string{"agents", "", "A", strings.Repeat("a", 63), strings.Repeat("a", 64), "a.b"},
		ServiceAccounts: []string{"a/b", "/b", "a/", "a/b/c", "A/b", "a/B", "a/b.c", ""},
		Images:          []string{"a", "", "b:1", "c/"},
		Actions:         []admissionregistrationv1.ValidationAction{"x", "Audit", "y"},
	}.Build()
	if err == nil {
		t.Fatal("no error")
	}
	var got []string
	for line := range strings.Lines(err.Error()) {
		got = append(got, regexp.MustCompile(`^policy: (\w+: \[\d+\])`).FindStringSubmatch(line)[1])
	}
	want := []string{
		"Accounts: [1]", "Accounts: [2]", "Accounts: [4]", "Namespaces: [1]", "Namespaces: [2]", "Namespaces: [4]", "Namespaces: [5]",
		"ServiceAccounts: [1]", "ServiceAccounts: [2]", "ServiceAccounts: [3]", "ServiceAccounts: [4]", "ServiceAccounts: [5]", "ServiceAccounts: [7]",
		"Images: [1]", "Images: [2]", "Actions: [0]", "Actions: [2]",
	}
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestIsImage(t *testing.T) {
	const allowed = "-./0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz"
	for r := rune(0); r < 0x100; r++ {
		if got, want := isImage("a"+string(r)+"b/c"), strings.ContainsRune(allowed, r); got != want {
			t.Errorf("%q can be in an image: %t", r, got)
		}
	}
	for image, want := range map[string]bool{
		"": false, "/": false, "/a": false, "a": true, "a/": true, "a:1": false, "a:1/": true, "a/b:1": false, "[::1]:5000/a": true, ":": false, "a/:": false,
	} {
		if isImage(image) != want {
			t.Errorf("%q: %t", image, !want)
		}
	}
}

// TestImagePattern tries images that look like allowed ones. CEL and Go have the
// same regular expressions.
func TestImagePattern(t *testing.T) {
	pattern := regexp.MustCompile(imagePattern([]string{"registry.example.com/agent", "registry.example.com:5000/agents/", "busybox"}))
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for image, want := range map[string]bool{
		"registry.example.com/agent":                    true,
		"registry.example.com/agent:1.4":                true,
		"registry.example.com/agent" + digest:           true,
		"registry.example.com/agent:1.4" + digest:       true,
		"registry.example.com:5000/agents/logs:1":       true,
		"registry.example.com:5000/agents/logs/deep/er": true,
		"busybox":                           true,
		"busybox:1":                         true,
		"":                                  false,
		"registry.example.com/agent-evil":   false,
		"registry.example.com/agent.evil:1": false,
		"registry.example.com/agent/evil":   false,
		"registry.example.com/agents/evil":  false,
		"registryxexample.com/agent":        false,
		"evil.example.com/registry.example.com/agent":   false,
		"registry.example.com/agent@evil.example.com/x": false,
		"registry.example.com/agent:evil.example.com/x": false,
		"registry.example.com/agent:1.4\nevil":          false,
		"evil\nregistry.example.com/agent:1.4":          false,
		"registry.example.com/agent:1.4 ":               false,
		"registry.example.com:5000/agents/":             false,
		"registry.example.com:5000/agents-evil/x":       false,
		"registry.example.com:5000/agents/x\nevil/y":    false,
		"registry.example.com:50001/agents/x":           false,
		"registry.example.com/agents/x":                 false,
		"docker.io/library/busybox":                     false,
		"busybox/evil":                                  false,
		"evil/busybox":                                  false,
		"REGISTRY.example.com/agent":                    false,
	} {
		if got := pattern.MatchString(image); got != want {
			t.Errorf("%q: %t", image, got)
		}
	}
}

// FuzzQuote: a quoted string can't leave its quotes.
func FuzzQuote(f *testing.F) {
	f.Add(`plain`)
	f.Add(`"] || true || "" in ["`)     // the end of a list
	f.Add(`back\slash\`)                // the end of the quotes
	f.Add("line\nend\x00\x7f")          // control characters
	f.Add("é \u2028 \U0001f600 \ufffd") // not ASCII
	f.Fuzz(func(t *testing.T, s string) {
		quoted := celString(s)
		inside := quoted[1 : len(quoted)-1]
		for i := 0; i < len(inside); i++ {
			switch c := inside[i]; {
			case c == '\\':
				i++
			case c == '"' || c < ' ' || c > '~':
				t.Fatalf("%s has %q in it", quoted, c)
			}
		}
		if back, err := strconv.Unquote(quoted); err != nil || back != s {
			t.Fatalf("%s is %q, %v", quoted, back, err)
		}
	})
}
