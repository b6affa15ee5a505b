// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package peers

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/cel-go/cel"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/capabilities"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

//go:embed testdata/pod.yaml
var manifest []byte

// representative is a pod as people write them: two containers, an init
// container, five volumes, seven mounts, env and probes. Nobody finds an error
// in it, so all that is measured is the search.
func representative(t testing.TB) *corev1.Pod {
	t.Helper()
	var pod corev1.Pod
	if err := yaml.UnmarshalStrict(manifest, &pod); err != nil {
		t.Fatal(err)
	}
	return &pod
}

// everyMode is one kind of node for each mode.
var everyMode = []validate.Target{{Mode: volumes.Symlink16}, {Mode: volumes.Bind}, {Mode: volumes.SymlinkHPC}}

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

// TestNobodyFindsAnError holds the benchmarks to equal ground: validate finds
// nothing at all, and the others no error.
func TestNobodyFindsAnError(t *testing.T) {
	capabilities.Setup(true, 0)
	pod := representative(t)
	if findings := (validate.Validator{Targets: everyMode}).Pod(pod); findings != nil {
		t.Errorf("validate: %v", findings)
	}
	if n := validatePodCreate(internal(t, pod)); n != 0 {
		t.Errorf("ValidatePodCreate finds %d errors", n)
	}
	programs, evaluate := expressions(t)
	if !evaluate(pod) {
		t.Errorf("one of %d CEL expressions is false", programs)
	}
	pod.Spec.HostNetwork = false
	if validatePodCreate(internal(t, pod)) == 0 || evaluate(pod) || (validate.Validator{}).Pod(pod).Err() == nil {
		t.Error("hostNetwork: false must be an error to everyone")
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
	b.Run("CEL", func(b *testing.B) {
		b.ReportAllocs()
		_, evaluate := expressions(b)
		for b.Loop() {
			evaluate(pod)
		}
	})
	b.Run("reflect-walk", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			walk(reflect.ValueOf(&pod.Spec))
		}
	})
}

// BenchmarkHandling is what a program does to a pod anyway.
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

// celRules are ten of the rules as a ValidatingAdmissionPolicy would say them.
// All are about containers of two of the three lists, because a policy has to
// name each list by itself.
var celRules = []string{
	`object.spec.?hostNetwork.orValue(false)`,
	`object.spec.?os.?name.orValue("windows") == "windows"`,
	`object.spec.?nodeSelector[?"kubernetes.io/os"].orValue("") == "windows"`,
	`(object.spec.containers + object.spec.?initContainers.orValue([])).all(c, c.?securityContext.?windowsOptions.?hostProcess.orValue(object.spec.?securityContext.?windowsOptions.?hostProcess.orValue(false)))`,
	`(object.spec.containers + object.spec.?initContainers.orValue([])).all(c, c.?securityContext.?windowsOptions.?runAsUserName.orValue(object.spec.?securityContext.?windowsOptions.?runAsUserName.orValue("")) != "")`,
	`(object.spec.containers + object.spec.?initContainers.orValue([])).all(c, !c.?securityContext.?runAsNonRoot.orValue(false))`,
	`(object.spec.containers + object.spec.?initContainers.orValue([])).all(c, !has(c.securityContext) || !has(c.securityContext.privileged) && !has(c.securityContext.capabilities))`,
	`object.spec.containers.all(c, c.?ports.orValue([]).all(p, !has(p.hostPort) || p.hostPort == p.containerPort))`,
	`(object.spec.containers + object.spec.?initContainers.orValue([])).all(c, c.?volumeMounts.orValue([]).all(m, object.spec.?volumes.orValue([]).exists(v, v.name == m.name)))`,
	`object.spec.?volumes.orValue([]).all(v, !has(v.hostPath) || !v.hostPath.path.startsWith("\\\\.\\pipe\\"))`,
}

// expressions compiles the rules once. What it returns does to a pod what the
// API server does for each request: it converts the pod and evaluates every
// expression.
func expressions(t testing.TB) (int, func(*corev1.Pod) bool) {
	t.Helper()
	set, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).Extend(environment.VersionedOptions{
		IntroducedVersion: environment.DefaultCompatibilityVersion(),
		EnvOptions:        []cel.EnvOption{cel.Variable("object", cel.DynType)},
	})
	if err != nil {
		t.Fatal(err)
	}
	env := set.StoredExpressionsEnv()
	var programs []cel.Program
	for _, rule := range celRules {
		ast, issues := env.Compile(rule)
		if issues.Err() != nil {
			t.Fatalf("%s: %v", rule, issues.Err())
		}
		program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, program)
	}
	return len(programs), func(pod *corev1.Pod) bool {
		o, err := runtime.DefaultUnstructuredConverter.ToUnstructured(pod)
		if err != nil {
			t.Fatal(err)
		}
		for i, program := range programs {
			result, _, err := program.Eval(map[string]any{"object": o})
			if err != nil {
				t.Fatalf("%s: %v", celRules[i], err)
			}
			if result.Value() != true {
				return false
			}
		}
		return true
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
