// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package input reads Kubernetes manifests and dumps of clusters of any size: YAML and JSON,
// lists, folders, standard input, and the output of kustomize.
//
// It reads objects one by one and decodes only relevant ones, so that its speed is that of
// reading, and its memory doesn't grow with the input.
package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
)

// MaxObject limits the size of an object, far above the limit of an API server. MaxParts limits
// the commas, braces and line ends of a decoded object, because an element of two bytes needs
// a hundred times as much memory.
const (
	MaxObject = 16 << 20
	MaxParts  = 20_000
)

// maxDepth limits nested lists and embedded manifests.
const maxDepth = 8

// Object is one object of a manifest, or describes one that can't be read.
type Object struct {
	// File is where it was read from, Document its document's number there, from 0,
	// and Line its first line, or the line of Err.
	File                  string
	Document, Line        int
	Kind, Namespace, Name string
	// Group is the API group of Kind.
	Group string
	// Object is the decoded object. It is nil if Template, Err or Unchecked is set.
	Object runtime.Object
	// Template is a pod template in a custom resource.
	Template *corev1.PodTemplateSpec
	// Field is the path to Object or Template within the document: of an item of a list
	// in YAML, of a template, or of a manifest in another object.
	Field string
	// Unknown describes unknown fields, which Kubernetes drops.
	Unknown []string
	Err     error
	// Unchecked is the path of a hostProcess: true outside a known pod template.
	Unchecked string

	text  *text
	depth int
}

// LineOf returns the line of a field of Object or Template, or of the nearest enclosing field.
// Call it only during the visit, because the text isn't kept.
func (o Object) LineOf(field string) int { return o.text.line(join(o.Field, field)) }

// PathOf returns the path of a field of Object or Template as seen by a user: relative to the
// object in the file that contains it, or to the item of a list.
func (o Object) PathOf(field string) string {
	if o.Field == "" || o.Err != nil || strings.HasPrefix(o.Field, "items[") {
		return field
	}
	return strings.TrimSuffix(o.Field+"."+field, ".")
}

// Problem returns Err with its place, or nil.
func (o Object) Problem() error {
	if o.Err == nil {
		return nil
	}
	return fmt.Errorf("%s:%d: %w", o.File, o.Line, o.Err)
}

// join joins two paths.
func join(outer, inner string) string {
	if outer == "" || inner == "" || inner[0] == '[' {
		return outer + inner
	}
	return outer + "." + inner
}

// scheme has the kinds with a pod and others of the same groups.
var scheme = sync.OnceValue(func() *runtime.Scheme {
	s := runtime.NewScheme()
	// The three only add known types, and can't fail.
	_ = corev1.AddToScheme(s)
	_ = appsv1.AddToScheme(s)
	_ = batchv1.AddToScheme(s)
	return s
})

var decoder = sync.OnceValue(func() runtime.Decoder {
	return serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme(), scheme(), serializer.SerializerOptions{Strict: true})
})

// object reads one object from JSON. kind is the kind of an item according to its list, or
// zero.
func (r *Reader) object(o Object, data []byte, kind schema.GroupVersionKind) {
	about, own := aboutOf(data)
	o.Kind, o.Namespace, o.Name = about.kind, about.namespace, about.name
	switch {
	case own.Version != "":
	case kind.Version != "":
		own, o.Kind = kind, kind.Kind
	case about.kind != "" && about.apiVersion != "" || about.hasMetadata && (about.hasSpec || about.kind != ""):
		r.fail(o, errNoKind)
		return
	default:
		r.Foreign++
		return
	}
	o.Group = own.Group
	if err := tooMany(data); err != nil {
		r.fail(o, err)
		return
	}
	if strings.HasSuffix(own.Kind, "List") && (about.items != nil || scheme().Recognizes(own)) {
		r.listed(o, about.items, itemKind(own))
		return
	}
	if !scheme().Recognizes(own) {
		r.custom(o, data)
		return
	}
	object, _, err := decoder().Decode(data, &own, nil)
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		for _, e := range strict.Errors() {
			o.Unknown = append(o.Unknown, e.Error())
		}
		err = nil
	}
	if err != nil {
		r.fail(o, err)
		return
	}
	switch object.(type) {
	case *corev1.ConfigMap, *corev1.Secret:
		r.custom(o, data)
		return
	}
	o.Object = object
	r.Visit(o)
}

// listed visits the items of a list that was read as a whole.
func (r *Reader) listed(o Object, list jsontext.Value, kind schema.GroupVersionKind) {
	if o.depth++; o.depth > maxDepth {
		r.fail(o, fmt.Errorf("lists are nested more than %d levels deep", maxDepth))
		return
	}
	var items []jsontext.Value
	_ = json.Unmarshal(list, &items) // which is a list
	for i, data := range items {
		item := Object{File: o.File, Document: o.Document, text: o.text, depth: o.depth, Field: join(o.Field, "items["+strconv.Itoa(i)+"]")}
		item.Line = item.LineOf("")
		for _, problem := range o.Unknown {
			if within := strings.Replace(problem, `"`+item.Field+".", `"`, 1); within != problem {
				item.Unknown = append(item.Unknown, within)
			}
		}
		r.object(item, data, kind)
	}
}

// itemKind returns the kind of items without a kind: those of a PodList are Pods.
func itemKind(list schema.GroupVersionKind) schema.GroupVersionKind {
	if list.Kind = strings.TrimSuffix(list.Kind, "List"); list.Kind == "" {
		return schema.GroupVersionKind{}
	}
	return list
}

// about is the readable metadata of an object. The decoder reports errors in it.
type about struct {
	apiVersion, kind, namespace, name string
	items                             jsontext.Value // a list, or nothing
	hasMetadata, hasSpec              bool
}

func aboutOf(data []byte) (about, schema.GroupVersionKind) {
	var top struct {
		APIVersion jsontext.Value `json:"apiVersion"`
		Kind       jsontext.Value `json:"kind"`
		Metadata   jsontext.Value `json:"metadata"`
		Spec       jsontext.Value `json:"spec"`
		Items      jsontext.Value `json:"items"`
	}
	var metadata struct {
		Name      jsontext.Value `json:"name"`
		Namespace jsontext.Value `json:"namespace"`
	}
	_ = jsonv2.Unmarshal(data, &top, lenient)
	_ = jsonv2.Unmarshal(top.Metadata, &metadata, lenient)
	if top.Items.Kind() != '[' {
		top.Items = nil
	}
	a := about{word(top.APIVersion), word(top.Kind), word(metadata.Namespace), word(metadata.Name), top.Items, top.Metadata != nil, top.Spec != nil}
	return a, kindOf(a.apiVersion, a.kind)
}

// lenient accepts what encoding/json accepts.
var lenient = jsonv2.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// kindOf has no version if a part is missing.
func kindOf(apiVersion, kind string) schema.GroupVersionKind {
	if apiVersion == "" || kind == "" {
		return schema.GroupVersionKind{}
	}
	return schema.FromAPIVersionAndKind(apiVersion, kind)
}

// word returns a JSON string; empty for any other value.
func word(value jsontext.Value) string {
	if value.Kind() != '"' {
		return ""
	}
	text, _ := jsontext.AppendUnquote(nil, value) // which was read as one
	return string(text)
}

var errNoKind = errors.New("kind or apiVersion is missing")

// fail visits an object that can't be read.
func (r *Reader) fail(o Object, err error) {
	o.Err = err
	if match := fieldInJSONError.FindStringSubmatch(err.Error()); match != nil {
		o.Line = o.LineOf(match[1])
	}
	r.Visit(o)
}

var fieldInJSONError = regexp.MustCompile(`Go struct field [^.]+\.(\S+) of type`)

// tooMany returns an error if decoding an object would need too much memory.
func tooMany(data []byte) error {
	if parts := bytes.Count(data, []byte(",")) + bytes.Count(data, []byte("{")) + bytes.Count(data, []byte("\n")); parts > MaxParts {
		return fmt.Errorf("it has %d commas, braces and line ends, and the maximum is %d", parts, MaxParts)
	}
	return nil
}

// custom looks for pods in an object of another kind: pod templates, whole manifests, and
// strings with manifests, as in a ConfigMap.
func (r *Reader) custom(o Object, data []byte) {
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		r.fail(o, err)
		return
	}
	if o.depth++; o.depth > maxDepth {
		r.fail(o, fmt.Errorf("manifests are nested more than %d levels deep", maxDepth))
		return
	}
	found := 0
	r.within(o, o.Field, "", tree, &found)
	if found == 0 {
		r.Others++
	}
}

// within visits the pods in a value, and counts them.
func (r *Reader) within(o Object, path, key string, value any, found *int) {
	switch value := value.(type) {
	case map[string]any:
		if path != o.Field && isText(value["kind"]) && isText(value["apiVersion"]) {
			data, _ := json.Marshal(value) // which was JSON
			if MayHoldHostProcess(data) {
				*found++
				r.object(Object{File: o.File, Document: o.Document, Line: o.text.line(path), Field: path, text: o.text, depth: o.depth}, data, schema.GroupVersionKind{})
			}
			return
		}
		if strings.HasSuffix(strings.ToLower(key), "template") && hasContainers(value["spec"]) {
			*found++
			r.template(o, path, value)
			return
		}
		if on, ok := value["hostProcess"].(bool); ok && on {
			*found++
			o.Field, o.Unchecked = "", join(path, "hostProcess")
			r.Visit(o)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if name == corev1.LastAppliedConfigAnnotation {
				continue // it contains a copy of the object
			}
			step := name
			if strings.ContainsAny(name, ".[]") {
				step = "[" + name + "]"
			}
			r.within(o, join(path, step), name, value[name], found)
		}
	case []any:
		for i, element := range value {
			r.within(o, path+"["+strconv.Itoa(i)+"]", key, element, found)
		}
	case string:
		r.embedded(o, path, value, found)
	}
}

func isText(value any) bool { s, _ := value.(string); return s != "" }

func hasContainers(spec any) bool {
	fields, _ := spec.(map[string]any)
	containers, _ := fields["containers"].([]any)
	return len(containers) > 0
}

// template visits a pod template.
func (r *Reader) template(o Object, path string, value map[string]any) {
	data, _ := json.Marshal(value) // which was JSON
	o.Field = path
	var template corev1.PodTemplateSpec
	if err := json.Unmarshal(data, &template); err != nil {
		o.Line = o.LineOf("")
		r.fail(o, err)
		return
	}
	o.Template = &template
	r.Visit(o)
}
