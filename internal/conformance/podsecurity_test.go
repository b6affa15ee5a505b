// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/hostprocess-go/sdk/validate"
)

// privileged is the policy of a cluster whose administrator has set none.
var privileged = api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}

// TestPodSecurity compares the findings of package validate for pods and namespaces with
// Pod Security admission, for generated pods and labels.
func TestPodSecurity(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	k := atMost(t, newest)
	count := map[validate.RuleID]int{}
	hostProcess, other := 0, 0
	for number := range *podsFlag {
		pod := generatedPod(t, number, k)
		// reason returns the reasons why a level refuses the pod, if it does.
		reason := func(lv api.LevelVersion) (all []string) {
			for _, result := range evaluator.EvaluatePod(lv, &pod.ObjectMeta, &pod.Spec) {
				if !result.Allowed {
					all = append(all, result.ForbiddenReason)
				}
			}
			return all
		}
		ours := validate.IsHostProcess(&pod.Spec)
		theirs := slices.Contains(reason(api.LevelVersion{Level: api.LevelBaseline, Version: api.LatestVersion()}), "hostProcess")
		if ours != theirs {
			t.Fatalf("seed %d, object %d: IsHostProcess says %t, Pod Security says %t:\n%v", *seedFlag, number, ours, theirs, pod.Spec)
		}
		ns := generatedNamespace(number)
		findings := validate.Validator{}.Namespace(ns, &pod.Spec)
		var got []found
		for _, f := range findings {
			got = append(got, found{f.Rule, f.Field})
			count[f.Rule]++
		}
		var want []found
		if ours {
			hostProcess++
			want = wantOfNamespace(ns, reason)
		} else {
			other++
		}
		if got = sorted(got); !slices.Equal(got, want) {
			t.Fatalf("seed %d, object %d: namespace labels %q:\ngot  %v\nwant %v", *seedFlag, number, ns.Labels, got, want)
		}
	}
	t.Logf("seed %d: %d HostProcess pods, %d others; findings: %v", *seedFlag, hostProcess, other, count)
	if hostProcess == 0 || other == 0 || len(count) < 4 {
		t.Error("the generated pods and namespaces don't show every case")
	}
}

// wantOfNamespace returns the expected findings of the rules about namespaces, by the code
// of Pod Security admission.
func wantOfNamespace(ns *corev1.Namespace, reason func(api.LevelVersion) []string) []found {
	effective, errs := api.PolicyToEvaluate(ns.Labels, api.Policy{Enforce: privileged, Audit: privileged, Warn: privileged})
	var want []found
	for _, e := range errs {
		want = append(want, found{"namespace-pod-security-label", e.Field})
	}
	refused := len(reason(effective.Enforce)) > 0
	if refused {
		want = append(want, found{"namespace-pod-security-enforce", "metadata.labels[" + api.EnforceLevelLabel + "]"})
	}
	if len(reason(effective.Audit)) > 0 {
		want = append(want, found{"namespace-pod-security-audit", "metadata.labels[" + api.AuditLevelLabel + "]"})
	}
	if !refused && len(reason(effective.Warn)) > 0 {
		want = append(want, found{"namespace-pod-security-warn", "metadata.labels[" + api.WarnLevelLabel + "]"})
	}
	return sorted(want)
}

// generatedPod returns the pod of a generated object. In one of four, every hostProcess is
// false: it isn't a HostProcess pod, but the field is set.
func generatedPod(t *testing.T, number uint64, k kubernetes) *corev1.Pod {
	t.Helper()
	o := generate(*seedFlag, number, k)
	if number%4 == 0 {
		withdraw(o)
	}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	typed, err := decode(o["kind"].(string), data)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := validate.PodSpecOf(typed)
	if err != nil {
		t.Fatal(err)
	}
	return &corev1.Pod{Spec: *spec}
}

// withdraw makes every hostProcess false.
func withdraw(v any) {
	switch v := v.(type) {
	case object:
		for name := range v {
			if name == "hostProcess" {
				v[name] = false
			}
			withdraw(v[name])
		}
	case list:
		for _, element := range v {
			withdraw(element)
		}
	}
}

// generatedNamespace is a namespace with labels at the borders of the rules.
func generatedNamespace(number uint64) *corev1.Namespace {
	g := newGenerator(*seedFlag, ^number, newest)
	labels := map[string]string{}
	for _, mode := range []string{"enforce", "audit", "warn"} {
		if g.often() {
			labels["pod-security.kubernetes.io/"+mode] = pick(g, []string{"privileged", "privileged", "baseline", "restricted", "", "Privileged", "none", "privileged "})
		}
		if g.seldom() {
			labels["pod-security.kubernetes.io/"+mode+"-version"] = pick(g, []string{
				"latest", "v1.0", "v1.22", "v1.30", "v1.99", "", "Latest", "v1", "v1.", "v1.01", "v2.0", "1.30", "v1.30.1", "v1.-1", "v1.x", "v1.9999999999999999999999",
			})
		}
	}
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "agents", Labels: labels}}
}
