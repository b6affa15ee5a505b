// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package peers

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/capabilities"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/conformance/vap"
	"github.com/hostprocess-go/sdk/validate"
	vappolicy "github.com/hostprocess-go/sdk/validate/policy"
	"github.com/hostprocess-go/sdk/volumes"
)

//go:embed testdata/pod.yaml
var manifest []byte

// representative is a typical pod: two containers, an init container, five volumes,
// seven mounts, env and probes. It is valid for all validators, so the benchmarks
// measure only the search for errors.
func representative(t testing.TB) *corev1.Pod {
	t.Helper()
	var pod corev1.Pod
	if err := yaml.UnmarshalStrict(manifest, &pod); err != nil {
		t.Fatal(err)
	}
	return &pod
}

// everyMode is one kind of node for each mode.
var everyMode = []validate.Target{validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16), validate.NewTarget(volumes.Runtime{}, volumes.ModeBind), validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)}

// internal is the pod in the API server's own type, defaulted.
func internal(t testing.TB, pod *corev1.Pod) *core.Pod {
	t.Helper()
	pod = pod.DeepCopy()
	legacyscheme.Scheme.Default(pod)
	var converted core.Pod
	if err := legacyscheme.Scheme.Convert(pod, &converted, nil); err != nil {
		t.Fatal(err)
	}
	return &converted
}

func validatePodCreate(pod *core.Pod) int {
	options := podutil.GetValidationOptionsFromPodSpecAndMeta(&pod.Spec, nil, &pod.ObjectMeta, nil)
	options.ResourceIsPod = true
	return len(validation.ValidatePodCreate(pod, options))
}

// TestNobodyFindsAnError: all benchmarks validate a valid pod. Package validate has no
// finding at all, and the others have no error.
func TestNobodyFindsAnError(t *testing.T) {
	capabilities.Setup(true, 0)
	pod := representative(t)
	if findings := (validate.Validator{Targets: everyMode}).Pod(pod); findings != nil {
		t.Errorf("validate: %v", findings)
	}
	if n := validatePodCreate(internal(t, pod)); n != 0 {
		t.Errorf("ValidatePodCreate finds %d errors", n)
	}
	denies := admissionPolicy(t)
	if messages := denies(pod); messages != nil {
		t.Errorf("the admission policy: %q", messages)
	}
	pod.Spec.SecurityContext.WindowsOptions.RunAsUserName = nil
	if len(denies(pod)) == 0 || (validate.Validator{}).Pod(pod).Err() == nil {
		t.Error("a pod without an account must be an error to the rules and to the admission policy")
	}
	pod.Spec.HostNetwork = false
	if validatePodCreate(internal(t, pod)) == 0 || (validate.Validator{}).Pod(pod).Err() == nil {
		t.Error("hostNetwork: false must be an error to the rules and to the API server")
	}
}

func BenchmarkValidate(b *testing.B) {
	capabilities.Setup(true, 0)
	pod := representative(b)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		b.Fatal(err)
	}
	baseline := api.LevelVersion{Level: api.LevelBaseline, Version: api.LatestVersion()}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			validate.Validator{}.Pod(pod)
		}
	})
	b.Run("ours-all-modes", func(b *testing.B) {
		b.ReportAllocs()
		v := validate.Validator{Targets: everyMode}
		for b.Loop() {
			v.Pod(pod)
		}
	})
	b.Run("ours-IsHostProcess", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			validate.IsHostProcess(&pod.Spec)
		}
	})
	b.Run("ValidatePodCreate", func(b *testing.B) {
		b.ReportAllocs()
		converted := internal(b, pod)
		for b.Loop() {
			validatePodCreate(converted)
		}
	})
	b.Run("default-convert-ValidatePodCreate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			validatePodCreate(internal(b, pod))
		}
	})
	b.Run("PodSecurity-baseline", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			evaluator.EvaluatePod(baseline, &pod.ObjectMeta, &pod.Spec)
		}
	})
	b.Run("admission-policy", func(b *testing.B) {
		b.ReportAllocs()
		denies := admissionPolicy(b)
		for b.Loop() {
			denies(pod)
		}
	})
	b.Run("reflect-walk", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			walk(reflect.ValueOf(&pod.Spec))
		}
	})
}

// BenchmarkHandling is the baseline: the work that every program does for a pod.
func BenchmarkHandling(b *testing.B) {
	pod := representative(b)
	data, err := json.Marshal(pod)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("json-Unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := json.Unmarshal(data, new(corev1.Pod)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("PodSpec-DeepCopy", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pod.Spec.DeepCopy()
		}
	})
}

// admissionPolicy returns the policy of validate/policy, which has the rules that CEL can
// express, as the API server evaluates it for each pod.
func admissionPolicy(t testing.TB) func(*corev1.Pod) []string {
	t.Helper()
	made, _, err := vappolicy.Options{Accounts: []accounts.Account{accounts.LocalSystem, accounts.LocalService}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	evaluator, err := vap.New(made)
	if err != nil {
		t.Fatal(err)
	}
	return func(pod *corev1.Pod) []string {
		messages, err := evaluator.Denies(t.Context(), "agents", pod, nil)
		if err != nil {
			t.Fatal(err)
		}
		return messages
	}
}

// walk visits every field, as a program does that looks for fields by name.
func walk(v reflect.Value) (fields int) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			fields += walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fields += 1 + walk(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			fields += walk(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			fields += walk(v.MapIndex(key))
		}
	}
	return fields
}
