// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"reflect"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// valueAt returns the text, number or bool at a path below an object, whose parts are
// named as in JSON: "volumeMounts[1].mountPath". It is nil if nothing is there, and for a
// list or an object.
func valueAt(object any, path string) any {
	v := pointedTo(reflect.ValueOf(object))
	for path != "" && v.IsValid() {
		path = strings.TrimPrefix(path, ".")
		if key, rest, ok := strings.Cut(path, "]"); ok && path[0] == '[' {
			v, path = pointedTo(elementAt(v, key[1:])), rest
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		v, path = pointedTo(fieldNamed(v, path[:end])), path[end:]
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Struct:
		switch value := v.Interface().(type) {
		case resource.Quantity:
			return value.String()
		case intstr.IntOrString:
			return value.String()
		}
	}
	return nil
}

// pointedTo follows pointers. It returns the zero Value for nil.
func pointedTo(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v
}

// elementAt returns the element of a list or a map; invalid if there is none.
func elementAt(v reflect.Value, key string) reflect.Value {
	switch v.Kind() {
	case reflect.Map:
		return v.MapIndex(reflect.ValueOf(key).Convert(v.Type().Key()))
	case reflect.Slice:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < v.Len() {
			return v.Index(i)
		}
	}
	return reflect.Value{}
}

// fieldNamed returns the field with a name in JSON; invalid if there is none.
func fieldNamed(v reflect.Value, name string) reflect.Value {
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case !field.IsExported():
		case tag == name:
			return v.Field(i)
		case field.Anonymous && tag == "":
			if inline := fieldNamed(pointedTo(v.Field(i)), name); inline.IsValid() {
				return inline
			}
		}
	}
	return reflect.Value{}
}
