// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"errors"
	"fmt"
	"go/types"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/explain"
	"github.com/hostprocess-go/sdk/validate/policy"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// surface is every exported type, as a nil pointer to it, and every exported
// function. A test compares it with what the packages export.
var surface = map[string]map[string]any{
	"accounts": {
		"LocalGroup":     (*accounts.LocalGroup)(nil),
		"ParseError":     (*accounts.ParseError)(nil),
		"Privilege":      (*accounts.Privilege)(nil),
		"Reason":         (*accounts.Reason)(nil),
		"ServiceAccount": (*accounts.ServiceAccount)(nil),
		"Account":        (*accounts.Account)(nil),

		"Parse": accounts.Parse,
		"Value": accounts.Value,
	},
	"volumes": {
		"Conflict":     (*volumes.Conflict)(nil),
		"Location":     (*volumes.Location)(nil),
		"Mode":         (*volumes.Mode)(nil),
		"Mount":        (*volumes.Mount)(nil),
		"Origin":       (*volumes.Origin)(nil),
		"ParseError":   (*volumes.ParseError)(nil),
		"PathError":    (*volumes.PathError)(nil),
		"Problem":      (*volumes.Problem)(nil),
		"Reason":       (*volumes.Reason)(nil),
		"Ref":          (*volumes.Ref)(nil),
		"Runtime":      (*volumes.Runtime)(nil),
		"WindowsBuild": (*volumes.WindowsBuild)(nil),

		"ParseMode":           volumes.ParseMode,
		"ParseRuntime":        volumes.ParseRuntime,
		"ParseWindowsBuild":   volumes.ParseWindowsBuild,
		"Portable":            volumes.Portable,
		"ServiceAccountMount": volumes.ServiceAccountMount,
		"Substitute":          volumes.Substitute,
		"TerminationLogMount": volumes.TerminationLogMount,
	},
	"validate": {
		"Finding":   (*validate.Finding)(nil),
		"Findings":  (*validate.Findings)(nil),
		"KindError": (*validate.KindError)(nil),
		"Outcome":   (*validate.Outcome)(nil),
		"Rule":      (*validate.Rule)(nil),
		"RuleID":    (*validate.RuleID)(nil),
		"Severity":  (*validate.Severity)(nil),
		"Target":    (*validate.Target)(nil),
		"Validator": (*validate.Validator)(nil),

		"IsHostProcess": validate.IsHostProcess,
		"NodeTarget":    validate.NodeTarget,
		"ParseTarget":   validate.ParseTarget,
		"PodSpecOf":     validate.PodSpecOf,
		"Rules":         validate.Rules,
		"Strictest":     validate.Strictest,
		"Suppress":      validate.Suppress,
	},
	"validate/explain": {
		"Cause":   (*explain.Cause)(nil),
		"Explain": explain.Explain,
	},
	"validate/policy": {
		"Gap":          (*policy.Gap)(nil),
		"Options":      (*policy.Options)(nil),
		"Expressed":    policy.Expressed,
		"NotExpressed": policy.NotExpressed,
	},
	"validate/survey": {
		"Capabilities": (*survey.Capabilities)(nil),
		"Group":        (*survey.Group)(nil),
		"Node":         (*survey.Node)(nil),
		"Part":         (*survey.Part)(nil),
		"Survey":       (*survey.Survey)(nil),

		"ParseCapabilities": survey.ParseCapabilities,
		"Read":              survey.Read,
	},
	"hostprocess/agent": {
		"Cluster":       (*agent.Cluster)(nil),
		"Dir":           (*agent.Dir)(nil),
		"Endpoint":      (*agent.Endpoint)(nil),
		"EnvError":      (*agent.EnvError)(nil),
		"Process":       (*agent.Process)(nil),
		"Root":          (*agent.Root)(nil),
		"Detect":        agent.Detect,
		"NotifyContext": agent.NotifyContext,
		"ParseEndpoint": agent.ParseEndpoint,
	},
	"hostprocess": {
		"Access":             (*hostprocess.Access)(nil),
		"BuildError":         (*hostprocess.BuildError)(nil),
		"Change":             (*hostprocess.Change)(nil),
		"Command":            (*hostprocess.Command)(nil),
		"Container":          (*hostprocess.Container)(nil),
		"ContainerPrivilege": (*hostprocess.ContainerPrivilege)(nil),
		"Conversion":         (*hostprocess.Conversion)(nil),
		"Decision":           (*hostprocess.Decision)(nil),
		"EnvSource":          (*hostprocess.EnvSource)(nil),
		"Group":              (*hostprocess.Group)(nil),
		"Hook":               (*hostprocess.Hook)(nil),
		"Mistake":            (*hostprocess.Mistake)(nil),
		"MountOption":        (*hostprocess.MountOption)(nil),
		"Pod":                (*hostprocess.Pod)(nil),
		"Probe":              (*hostprocess.Probe)(nil),
		"Volume":             (*hostprocess.Volume)(nil),

		"CSI":                   hostprocess.CSI,
		"CmdFile":               hostprocess.CmdFile,
		"CmdLine":               hostprocess.CmdLine,
		"ConfigMap":             hostprocess.ConfigMap,
		"ConfigMapKey":          hostprocess.ConfigMapKey,
		"Convert":               hostprocess.Convert,
		"DownwardAPI":           hostprocess.DownwardAPI,
		"EmptyDir":              hostprocess.EmptyDir,
		"ExecHook":              hostprocess.ExecHook,
		"ExecProbe":             hostprocess.ExecProbe,
		"ExistingVolume":        hostprocess.ExistingVolume,
		"From":                  hostprocess.From,
		"GRPCProbe":             hostprocess.GRPCProbe,
		"HTTPHook":              hostprocess.HTTPHook,
		"HTTPProbe":             hostprocess.HTTPProbe,
		"HostPath":              hostprocess.HostPath,
		"HostProgram":           hostprocess.HostProgram,
		"ImageProgram":          hostprocess.ImageProgram,
		"MountedProgram":        hostprocess.MountedProgram,
		"Namespace":             hostprocess.Namespace,
		"New":                   hostprocess.New,
		"NewContainer":          hostprocess.NewContainer,
		"NewGroup":              hostprocess.NewGroup,
		"PathProgram":           hostprocess.PathProgram,
		"PersistentVolumeClaim": hostprocess.PersistentVolumeClaim,
		"PodField":              hostprocess.PodField,
		"PowerShell":            hostprocess.PowerShell,
		"PowerShellFile":        hostprocess.PowerShellFile,
		"Privileges":            hostprocess.Privileges,
		"Projected":             hostprocess.Projected,
		"ReadOnly":              hostprocess.ReadOnly,
		"ResourceField":         hostprocess.ResourceField,
		"Secret":                hostprocess.Secret,
		"SecretKey":             hostprocess.SecretKey,
		"ServiceAccountToken":   hostprocess.ServiceAccountToken,
		"SubPath":               hostprocess.SubPath,
		"TCPProbe":              hostprocess.TCPProbe,
		"Words":                 hostprocess.Words,
	},
}

// Nothing is missing from surface.
func TestSurfaceIsWhole(t *testing.T) {
	for _, p := range loadLibrary(t) {
		name := strings.TrimPrefix(p.types.Path(), modulePath+"/")
		for _, symbol := range p.types.Scope().Names() {
			object := p.types.Scope().Lookup(symbol)
			_, constant := object.(*types.Const)
			if _, there := surface[name][symbol]; object.Exported() && !constant && !there {
				t.Errorf("surface lacks %s.%s", name, symbol)
			}
		}
	}
}

// succeed are the functions and methods that have an error as a result and return
// none for the zero value and zero arguments, each with the reason.
var succeed = map[string]string{
	"hostprocess/agent.Detect":                   "asks the system; that of this test is no HostProcess container",
	"hostprocess/agent.Process.Detect":           "a process without an environment is in no HostProcess container",
	"volumes.Ref.Arg":                            "the zero Ref is the root",
	"volumes.Ref.Cmd":                            "the zero Ref is the root",
	"volumes.Ref.Join":                           "no name leads nowhere else",
	"volumes.Ref.PowerShell":                     "the zero Ref is the root",
	"hostprocess/agent.EnvError.Unwrap":          "holds nothing",
	"hostprocess.Mistake.Unwrap":                 "holds nothing",
	"validate.Finding.Unwrap":                    "holds nothing",
	"validate.Findings.Err":                      "holds nothing",
	"validate.Outcome.MarshalText":               "the zero value has a name",
	"validate.Severity.MarshalText":              "the zero value has a name",
	"validate/survey.Capabilities.MarshalText":   "the zero value is the empty set",
	"validate/survey.Capabilities.UnmarshalText": "no text is the empty set",
	"validate/survey.ParseCapabilities":          "no text is the empty set",
}

// The zero value of everything, and zero arguments, either work or are an error;
// none panics.
func TestZeroValuesFailClosed(t *testing.T) {
	used := map[string]bool{}
	for name, function := range callables() {
		zero := make([]reflect.Value, function.Type().NumIn())
		for i := range zero {
			zero[i] = reflect.Zero(function.Type().In(i))
			if in := function.Type().In(i); i == 0 && isReceiver(name, in) {
				zero[i] = reflect.New(in.Elem())
			}
		}
		if function.Type().IsVariadic() {
			zero = zero[:len(zero)-1]
		}
		results, panicked := call(function, zero)
		if panicked != "" {
			t.Errorf("%s of zero values: %s", name, panicked)
			continue
		}
		if len(results) == 0 || !isErrorValue(results[len(results)-1]) {
			continue
		}
		_, may := succeed[name]
		used[name] = true
		switch failed := !results[len(results)-1].IsNil(); {
		case failed && may:
			t.Errorf("%s of zero values fails: take it out of succeed", name)
		case !failed && !may:
			t.Errorf("%s of zero values doesn't fail: say in succeed why that is right", name)
		}
	}
	for name := range succeed {
		if !used[name] {
			t.Errorf("succeed names %s, which isn't there", name)
		}
	}
}

// neither are the functions that return neither a value nor an error for some
// arguments, each with the reason.
var neither = map[string]string{
	"validate.PodSpecOf": "a ReplicationController without a template has no pod, and isn't wrong",
}

// Whatever is passed, nothing panics, and a function returns a value or an error,
// not both. What it returned is passed on to others.
func TestHostileValues(t *testing.T) {
	const rounds = 200
	functions := callables()
	names := slices.Sorted(maps.Keys(functions))
	h := hostile{rand.New(rand.NewPCG(7, 8)), map[reflect.Type][]reflect.Value{}}
	for range rounds {
		for _, name := range names {
			function := functions[name]
			args := h.arguments(function.Type())
			if len(args) > 0 && isReceiver(name, args[0].Type()) && args[0].IsNil() {
				args[0] = reflect.New(args[0].Type().Elem())
			}
			results, panicked := call(function, args)
			if panicked != "" {
				t.Fatalf("%s(%s): %s", name, show(args), panicked)
			}
			if wrong := h.keep(results); wrong != "" && neither[name] == "" {
				t.Fatalf("%s(%s) %s", name, show(args), wrong)
			}
		}
	}
}

// callables are the functions and the methods, which take their receiver as the
// first argument.
func callables() map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for pkg, symbols := range surface {
		for symbol, value := range symbols {
			v := reflect.ValueOf(value)
			if v.Kind() == reflect.Func {
				all[pkg+"."+symbol] = v
				continue
			}
			typ := v.Type()
			if typ.Elem().Kind() == reflect.Interface {
				continue
			}
			for i := range typ.NumMethod() {
				method := typ.Method(i)
				name := pkg + "." + symbol + "." + method.Name
				all[name] = method.Func
				if value, ok := typ.Elem().MethodByName(method.Name); ok {
					all[name] = value.Func
				}
			}
		}
	}
	return all
}

// isReceiver says whether a method is called on a pointer.
func isReceiver(name string, in reflect.Type) bool {
	return in.Kind() == reflect.Pointer && strings.Contains(name, "."+in.Elem().Name()+".")
}

// isNothing is true for zero values, and for empty slices, such as os.ReadFile
// returns with an error.
func isNothing(v reflect.Value) bool { return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 }

func isErrorValue(v reflect.Value) bool { return v.Type() == reflect.TypeFor[error]() }

func call(function reflect.Value, args []reflect.Value) (results []reflect.Value, panicked string) {
	defer func() {
		if r := recover(); r != nil {
			panicked = fmt.Sprintf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return function.Call(args), ""
}

func show(args []reflect.Value) string {
	var texts []string
	for _, arg := range args {
		text := fmt.Sprintf("%#v", arg)
		texts = append(texts, text[:min(len(text), 300)])
	}
	return strings.Join(texts, ", ")
}

// hostile makes arguments, many of which nobody has thought of.
type hostile struct {
	*rand.Rand
	// seen are values that functions have returned.
	seen map[reflect.Type][]reflect.Value
}

// keep checks the results of a call, and remembers some.
func (h hostile) keep(results []reflect.Value) (wrong string) {
	if n := len(results); n > 1 && isErrorValue(results[n-1]) {
		for _, result := range results[:n-1] {
			if failed := !results[n-1].IsNil(); failed && !isNothing(result) {
				wrong = fmt.Sprintf("returns %#v and the error %v", result, results[n-1])
			} else if !failed && result.Kind() == reflect.Pointer && result.IsNil() {
				wrong = "returns neither a value nor an error"
			}
		}
	}
	for _, result := range results {
		if result.Kind() == reflect.Interface && !result.IsNil() {
			result = result.Elem()
		}
		if closer, ok := result.Interface().(io.Closer); ok && !result.IsZero() {
			closer.Close()
		}
		// What errors and findings say of everything must be readable.
		_ = fmt.Sprint(result.Interface())
		const most = 30
		typ := result.Type()
		if list := h.seen[typ]; len(list) < most {
			h.seen[typ] = append(list, result)
		} else {
			list[h.IntN(most)] = result
		}
	}
	return wrong
}

func (h hostile) arguments(function reflect.Type) []reflect.Value {
	var args []reflect.Value
	for i := range function.NumIn() {
		in := function.In(i)
		if !function.IsVariadic() || i < function.NumIn()-1 {
			args = append(args, h.value(in, 0))
			continue
		}
		for range h.IntN(4) {
			args = append(args, h.value(in.Elem(), 0))
		}
	}
	return args
}

var hostileStrings = []string{
	"", " ", "a", "agent", "A", "a b", ".", "..", "../..", "/", "/etc/agent", `\`, `C:\`, "C:", `C:\a`, `D:\a\..\..\b`, "c:a", `\\.\pipe\x`, `\\s\x`, `\\?\C:\a`,
	"\x00", "a\x00b", "\xff", "a\nb", "\r", "%PATH%", "%", "$(A)", "$", "`", "'", "\"", `"a"`, "\u2018", "\u201d", "\u2028", "&|<>()^", "ä", "😀", "\ufeff",
	"1", "-1", "0", "1.6.8", "containerd://1.7.2", "10.0.20348", "9223372036854775808", "1e999999999", "NT AUTHORITY\\SYSTEM", `BUILTIN\Administrators`, "nul",
	"windows", "linux", "bind", "symlink16", "metadata.name", "metadata.labels['", "limits.cpu", "* * * * *", "@daily", "a.ps1", "a.cmd", "unix:///a", "npipe:////./pipe/a",
	"%CONTAINER_SANDBOX_MOUNT_POINT%\\a", "$env:CONTAINER_SANDBOX_MOUNT_POINT", strings.Repeat("x", 300), strings.Repeat("a/", 5000), strings.Repeat("\"", 9000),
}

var hostileNumbers = []int64{0, 1, -1, 2, 80, 65535, 65536, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64, 1e9, 600e9, 255}

var hostileObjects = []runtime.Object{nil, (*corev1.Pod)(nil), (*appsv1.DaemonSet)(nil), (*batchv1.CronJob)(nil), &corev1.Pod{}, &corev1.PodTemplate{},
	&corev1.ReplicationController{}, &appsv1.DaemonSet{}, &appsv1.Deployment{}, &appsv1.ReplicaSet{}, &appsv1.StatefulSet{}, &batchv1.Job{}, &batchv1.CronJob{}, &corev1.Node{}}

// value makes a value of a type: one that was seen, or a new one.
func (h hostile) value(typ reflect.Type, depth int) reflect.Value {
	if list := h.seen[typ]; len(list) > 0 && h.IntN(2) == 0 {
		return list[h.IntN(len(list))]
	}
	v := reflect.New(typ).Elem()
	if depth > 6 || h.IntN(8) == 0 && typ.Kind() != reflect.Struct {
		return v
	}
	switch typ.Kind() {
	case reflect.Bool:
		v.SetBool(h.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(reflect.ValueOf(hostileNumbers[h.IntN(len(hostileNumbers))]).Convert(typ).Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(reflect.ValueOf(hostileNumbers[h.IntN(len(hostileNumbers))]).Convert(typ).Uint())
	case reflect.String:
		v.SetString(hostileStrings[h.IntN(len(hostileStrings))])
	case reflect.Slice:
		for range h.IntN(3) {
			v.Set(reflect.Append(v, h.value(typ.Elem(), depth+1)))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(typ))
		for range h.IntN(3) {
			v.SetMapIndex(h.value(typ.Key(), depth+1), h.value(typ.Elem(), depth+1))
		}
	case reflect.Pointer:
		v.Set(reflect.New(typ.Elem()))
		if inner := h.value(typ.Elem(), depth+1); h.IntN(4) != 0 {
			v.Elem().Set(inner)
		}
	case reflect.Struct:
		for i := range typ.NumField() {
			if typ.Field(i).IsExported() && h.IntN(2) == 0 {
				v.Field(i).Set(h.value(typ.Field(i).Type, depth+1))
			}
		}
	case reflect.Func:
		v.Set(reflect.MakeFunc(typ, func(args []reflect.Value) []reflect.Value {
			var results []reflect.Value
			for i := range typ.NumOut() {
				results = append(results, h.value(typ.Out(i), depth+1))
			}
			return results
		}))
	case reflect.Interface:
		h.implement(v)
	}
	return v
}

// implement sets an interface.
func (h hostile) implement(v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[accounts.Account]():
		if h.IntN(2) == 0 {
			v.Set(h.value(reflect.TypeFor[accounts.LocalGroup](), 0))
		} else {
			v.Set(h.value(reflect.TypeFor[accounts.ServiceAccount](), 0))
		}
	case reflect.TypeFor[runtime.Object]():
		if object := hostileObjects[h.IntN(len(hostileObjects))]; object != nil {
			v.Set(reflect.ValueOf(object))
		}
	case reflect.TypeFor[error]():
		v.Set(reflect.ValueOf(errors.New("x")))
	}
}
