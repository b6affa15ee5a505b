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

// Unstructured returns the fields of an object that somebody has set, as server-side
// apply needs them: without a status, and without the empty structs that Kubernetes'
// types write for fields that nobody has set, such as resources: {}. To apply those
// would make the applier own them. An object without apiVersion and kind is an error:
// what this package builds has both; for what a client has read, set them. A nil object
// is an error.
//
//	fields, err := hostprocess.Unstructured(set)
//	if err != nil {
//		return err
//	}
//	return r.Apply(ctx, client.ApplyConfigurationFromUnstructured(fields), client.FieldOwner("agent-operator"), client.ForceOwnership)
//
// That is controller-runtime's client; client-go's dynamic client has Apply, too. For a
// manifest, pass the result to Marshal of sigs.k8s.io/yaml.
func Unstructured(object runtime.Object) (*unstructured.Unstructured, error) {
	v := reflect.ValueOf(object)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, errors.New("there is no object: it is nil")
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, err
	}
	delete(fields, "status")
	leaveOutUnset(v, fields)
	u := &unstructured.Unstructured{Object: fields}
	if u.GetAPIVersion() == "" || u.GetKind() == "" {
		return nil, fmt.Errorf("%T %s has no apiVersion or no kind: set both", object, quote.Text(u.GetName()))
	}
	return u, nil
}

// leaveOutUnset takes out of the fields of a struct, and of all that is in it, those
// that are structs, not pointers to one, and zero, because JSON can't leave them out.
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
