// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// Unstructured returns the fields of an object that have been set, for server-side
// apply: without the status, and without the empty structs that Kubernetes' types write
// for unset fields, such as resources: {}. Applying those would make the applier own
// them. An object without apiVersion or kind is an error: objects built by this package
// have both; set them on objects that a client has read. A nil object is an error.
//
//	fields, err := hostprocess.Unstructured(set)
//	if err != nil {
//		return err
//	}
//	return r.Apply(ctx, client.ApplyConfigurationFromUnstructured(fields), client.FieldOwner("agent-operator"), client.ForceOwnership)
//
// This uses controller-runtime's client; client-go's dynamic client has Apply too. For
// a manifest, pass the result to Marshal of sigs.k8s.io/yaml.
func Unstructured(object runtime.Object) (*unstructured.Unstructured, error) {
	v := reflect.ValueOf(object)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, errors.New("the object is nil")
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, err
	}
	delete(fields, "status")
	leaveOutUnset(v, fields)
	u := &unstructured.Unstructured{Object: fields}
	if u.GetAPIVersion() == "" || u.GetKind() == "" {
		return nil, fmt.Errorf("%T %s lacks apiVersion or kind: set both", object, quote.Text(u.GetName()))
	}
	return u, nil
}

// leaveOutUnset removes zero structs (not pointers to structs) from the fields of a
// struct and everything in it, because JSON can't omit them.
func leaveOutUnset(v reflect.Value, fields map[string]any) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		field := v.Field(i)
		if name == "" { // inline
			leaveOutUnset(field, fields)
			continue
		}
		value, there := fields[name]
		if there && (value == nil || field.Kind() == reflect.Struct && field.IsZero()) {
			delete(fields, name)
			continue
		}
		switch value := value.(type) {
		case map[string]any:
			leaveOutUnset(field, value)
		case []any:
			for i, item := range value {
				if item, ok := item.(map[string]any); ok && field.Kind() == reflect.Slice {
					leaveOutUnset(field.Index(i), item)
				}
			}
		}
	}
}
