// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Command hostile calls everything that the library exports with zero and hostile
// values. TestHostile adds a file that lists the exported symbols.
package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// exported holds every exported function, and a nil pointer to every exported
// type, by package and name.
var exported = map[string]any{}

// succeed lists functions and methods that can return an error, but return none for the
// zero value and zero arguments, each with the reason.
var succeed = map[string]string{
	"hostprocess/agent.Detect":                   "asks the system; that of this test is no HostProcess container",
	"hostprocess/agent.Process.Detect":           "a process without an environment is in no HostProcess container",
	"volumes.Ref.Arg":                            "the zero Ref is the root",
	"volumes.Ref.Cmd":                            "the zero Ref is the root",
	"volumes.Ref.Join":                           "no name leads nowhere else",
	"volumes.Ref.PowerShell":                     "the zero Ref is the root",
	"hostprocess/agent.EnvError.Unwrap":          "holds nothing",
	"validate.Finding.Unwrap":                    "holds nothing",
	"hostprocess.Mistake.Unwrap":                 "holds nothing",
	"validate.Findings.Err":                      "holds nothing",
	"validate.Outcome.MarshalText":               "the zero value has a name",
	"validate.Target.MarshalText":                "the zero value has a name",
	"validate.Severity.MarshalText":              "the zero value has a name",
	"validate/survey.Capabilities.MarshalText":   "the zero value is the empty set",
	"validate/survey.Capabilities.UnmarshalText": "no text is the empty set",
	"validate/survey.ParseCapabilities":          "no text is the empty set",
}

// neither lists the functions that return neither a value nor an error for some
// arguments, each with the reason.
var neither = map[string]string{
	"validate.PodSpecOf": "a ReplicationController without a template has no pod, and isn't wrong",
}

func main() {
	functions := callables()
	if len(functions) == 0 {
		report("nothing to call: run go test ./internal/repotest")
	}
	zeroValues(functions)
	hostileValues(functions)
	if failed {
		os.Exit(1)
	}
}

var failed bool

func report(format string, args ...any) {
	failed = true
	fmt.Printf(format+"\n", args...)
}

// zeroValues calls everything with zero values: it works or is an error, and
// doesn't panic.
func zeroValues(functions map[string]callable) {
	var errs []string
	for name, f := range functions {
		var args []reflect.Value
		for i := range f.Type().NumIn() {
			switch in := f.Type().In(i); {
			case i == 0 && f.method:
				args = append(args, receiver(reflect.Zero(in)))
			case !f.Type().IsVariadic() || i < f.Type().NumIn()-1:
				args = append(args, reflect.Zero(in))
			}
		}
		results, panicked := f.call(args)
		if panicked != "" {
			report("%s of zero values: %s", name, panicked)
			continue
		}
		if len(results) == 0 || results[len(results)-1].Type() != errorType {
			continue
		}
		errs = append(errs, name)
		if failed, may := !results[len(results)-1].IsNil(), succeed[name] != ""; failed == may {
			report("%s of zero values: failed is %t, but in the table succeed is %t", name, failed, may)
		}
	}
	for name := range succeed {
		if !slices.Contains(errs, name) {
			report("succeed names %s, which isn't there", name)
		}
	}
}

// hostileValues calls everything with hostile values: nothing panics, and a function that
// can fail returns a value or an error, not both. Results are passed on to other functions.
func hostileValues(functions map[string]callable) {
	const rounds = 200
	h := hostile{rand.New(rand.NewPCG(7, 8)), map[reflect.Type][]reflect.Value{}, types(), map[reflect.Type][]reflect.Type{}}
	broken := map[string]bool{} // reported already
	for range rounds {
		for _, name := range slices.Sorted(maps.Keys(functions)) {
			f := functions[name]
			args := h.arguments(f)
			results, panicked := f.call(args)
			wrong := panicked
			if panicked == "" {
				wrong = h.keep(results, neither[name] != "")
			}
			if wrong != "" && !broken[name] {
				broken[name] = true
				report("%s(%s) %s", name, show(args), wrong)
			}
		}
	}
}

// callable is a function or a method, which takes its receiver as the first
// argument.
type callable struct {
	reflect.Value
	method bool
}

func callables() map[string]callable {
	all := map[string]callable{}
	for name, value := range exported {
		v := reflect.ValueOf(value)
		if v.Kind() == reflect.Func {
			all[name] = callable{v, false}
			continue
		}
		typ := v.Type() // a pointer, which has the methods of the value as well
		for i := range typ.NumMethod() {
			method := typ.Method(i)
			if ofValue, ok := typ.Elem().MethodByName(method.Name); ok {
				method = ofValue
			}
			all[name+"."+method.Name] = callable{method.Func, true}
		}
	}
	return all
}

func (f callable) call(args []reflect.Value) (results []reflect.Value, panicked string) {
	defer func() {
		if r := recover(); r != nil {
			panicked = fmt.Sprintf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return f.Call(args), ""
}

// receiver replaces a nil pointer, on which a method may panic.
func receiver(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return reflect.New(v.Type().Elem())
	}
	return v
}

func show(args []reflect.Value) string {
	var texts []string
	for _, arg := range args {
		text := fmt.Sprintf("%#v", arg)
		texts = append(texts, text[:min(len(text), 300)])
	}
	return strings.Join(texts, ", ")
}

var errorType = reflect.TypeFor[error]()

// hostile makes arguments.
type hostile struct {
	*rand.Rand
	// seen holds values that functions have returned.
	seen map[reflect.Type][]reflect.Value
	// types and implement are for interfaces.
	types     []reflect.Type
	implement map[reflect.Type][]reflect.Type
}

// keep checks the results of a call, and remembers some.
func (h hostile) keep(results []reflect.Value, mayBeNeither bool) (wrong string) {
	if n := len(results); n > 1 && results[n-1].Type() == errorType {
		for _, result := range results[:n-1] {
			nothing := result.IsZero() || result.Kind() == reflect.Slice && result.Len() == 0 // as of os.ReadFile
			if failed := !results[n-1].IsNil(); failed && !nothing {
				wrong = fmt.Sprintf("returns %#v and the error %v", result, results[n-1])
			} else if !failed && !mayBeNeither && result.Kind() == reflect.Pointer && result.IsNil() {
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
		_ = fmt.Sprint(result.Interface()) // errors and findings are readable
		const most = 30
		if list := h.seen[result.Type()]; len(list) < most {
			h.seen[result.Type()] = append(list, result)
		} else {
			list[h.IntN(most)] = result
		}
	}
	return wrong
}

func (h hostile) arguments(f callable) []reflect.Value {
	var args []reflect.Value
	for i := range f.Type().NumIn() {
		in := f.Type().In(i)
		switch {
		case i == 0 && f.method:
			args = append(args, receiver(h.value(in, 0)))
		case !f.Type().IsVariadic() || i < f.Type().NumIn()-1:
			args = append(args, h.value(in, 0))
		default:
			for range h.IntN(4) {
				args = append(args, h.value(in.Elem(), 0))
			}
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

// implementations lists, for an interface, the exported types and the kinds of
// Kubernetes that implement it.
func (h hostile) implementations(typ reflect.Type) []reflect.Type {
	if h.implement[typ] == nil {
		h.implement[typ] = slices.DeleteFunc(slices.Clone(h.types), func(t reflect.Type) bool {
			return !t.Implements(typ)
		})
	}
	return h.implement[typ]
}

// types lists all that may implement an interface.
func types() (all []reflect.Type) {
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		if t := reflect.TypeOf(exported[name]); t.Kind() == reflect.Pointer && t.Elem().Kind() != reflect.Interface {
			all = append(all, t.Elem(), t)
		}
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme} {
		if err := add(scheme); err != nil {
			report("%v", err)
		}
	}
	kinds := scheme.AllKnownTypes()
	for _, kind := range slices.SortedFunc(maps.Keys(kinds), func(a, b schema.GroupVersionKind) int { return strings.Compare(a.String(), b.String()) }) {
		all = append(all, reflect.PointerTo(kinds[kind]))
	}
	return all
}

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
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.Set(reflect.ValueOf(hostileNumbers[h.IntN(len(hostileNumbers))]).Convert(typ))
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
		v.Set(reflect.MakeFunc(typ, func([]reflect.Value) []reflect.Value {
			var results []reflect.Value
			for i := range typ.NumOut() {
				results = append(results, h.value(typ.Out(i), depth+1))
			}
			return results
		}))
	case reflect.Interface:
		if all := h.implementations(typ); len(all) > 0 {
			value := h.value(all[h.IntN(len(all))], depth+1)
			if typ == errorType {
				value = receiver(value) // a nil error is a nil interface
			}
			v.Set(value)
		}
	}
	return v
}
