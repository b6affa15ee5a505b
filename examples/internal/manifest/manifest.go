// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package manifest reads Kubernetes manifests for the examples: YAML with any
// number of documents, JSON, and lists of objects. What can't be read is
// reported with its place, and never ends the reading of the rest.
package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"
)

// Object is one object of a manifest.
type Object struct {
	// File is where it was read from, Document its document's number from 0, and
	// Line the first line of that document, or the line of Err.
	File     string
	Document int
	Line     int
	// Kind, Namespace and Name are what it says of itself.
	Kind, Namespace, Name string
	// Object is nil where the kind holds no pod, or where Err says why the
	// document can't be read.
	Object runtime.Object
	Err    error
	// Unknown are the fields that Kubernetes does not know and drops.
	Unknown []string

	lines lines
}

// LineOf is the line of a field, such as "spec.containers[0].image", or of the
// nearest field around it that is there.
func (o Object) LineOf(field string) int { return o.Line + o.lines.of(field) - 1 }

// Reader reads manifests. Make one with NewReader.
type Reader struct {
	decoder runtime.Decoder
	visit   func(Object)
}

// NewReader returns a Reader that calls visit for each object, in order.
func NewReader(visit func(Object)) *Reader {
	scheme := runtime.NewScheme()
	// The three add known types only, and can't fail.
	_ = corev1.AddToScheme(scheme)
	_ = appsv1.AddToScheme(scheme)
	_ = batchv1.AddToScheme(scheme)
	codecs := serializer.NewCodecFactory(scheme, serializer.EnableStrict)
	return &Reader{decoder: codecs.UniversalDeserializer(), visit: visit}
}

// Path reads a file, a folder with everything below it that ends in .yaml, .yml
// or .json, or standard input where the path is "-".
func (r *Reader) Path(path string, stdin io.Reader) error {
	if path == "-" {
		return r.Stream("<stdin>", stdin)
	}
	return filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		isManifest := slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file))
		if entry.IsDir() || file != path && !isManifest {
			return nil
		}
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		return r.Stream(file, f)
	})
}

// Stream reads the documents of one file.
func (r *Reader) Stream(file string, from io.Reader) error {
	in := bufio.NewReader(from)
	var text bytes.Buffer
	index, line, first := 0, 0, 1
	end := func() {
		if len(bytes.TrimSpace(text.Bytes())) > 0 {
			r.document(Object{File: file, Document: index, Line: first}, text.Bytes())
			index++
		}
		text.Reset()
		first = line + 1
	}
	for {
		row, err := in.ReadBytes('\n')
		line++
		if separates(row) {
			end()
		} else {
			text.Write(row)
		}
		if errors.Is(err, io.EOF) {
			end()
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
}

// separates says whether a line ends a YAML document.
func separates(row []byte) bool {
	rest, ok := bytes.CutPrefix(row, []byte("---"))
	return ok && (len(rest) == 0 || bytes.ContainsAny(rest[:1], " \t\r\n"))
}

// document reads one document: an object, or a list of them.
func (r *Reader) document(o Object, text []byte) {
	json, err := yaml.YAMLToJSON(text)
	if err != nil {
		line, message := lineIn(err)
		o.Line += line - 1
		o.Err = errors.New(message)
		r.visit(o)
		return
	}
	if string(json) == "null" {
		return // comments only
	}
	o.lines = linesOf(text)
	r.object(o, json)
}

// object reads one object from JSON.
func (r *Reader) object(o Object, json []byte) {
	var about metav1.PartialObjectMetadata
	if err := yaml.Unmarshal(json, &about); err == nil {
		o.Kind, o.Namespace, o.Name = about.Kind, about.Namespace, about.Name
	}
	object, _, err := r.decoder.Decode(json, nil, nil)
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		for _, e := range strict.Errors() {
			o.Unknown = append(o.Unknown, e.Error())
		}
		err = nil
	}
	switch {
	case runtime.IsNotRegisteredError(err):
		r.visit(o) // of another kind
		return
	case err != nil:
		o.Line, o.Err = o.LineOf(fieldIn(err)), err
		r.visit(o)
		return
	}
	if list, ok := object.(*corev1.List); ok {
		for i, item := range list.Items {
			next := o
			next.Unknown, next.lines = nil, o.lines.at("items["+strconv.Itoa(i)+"]")
			r.object(next, item.Raw)
		}
		return
	}
	if items, err := meta.ExtractList(object); err == nil {
		for i, item := range items {
			next := o
			next.Unknown, next.lines = nil, o.lines.at("items["+strconv.Itoa(i)+"]")
			next.Kind = strings.TrimSuffix(o.Kind, "List")
			if about, err := meta.Accessor(item); err == nil {
				next.Namespace, next.Name = about.GetNamespace(), about.GetName()
			}
			next.Object = item
			r.visit(next)
		}
		return
	}
	o.Object = object
	r.visit(o)
}

var (
	lineInYAMLError  = regexp.MustCompile(`^.*yaml: line (\d+): `)
	fieldInJSONError = regexp.MustCompile(`Go struct field [^.]+\.(\S+) of type`)
)

// lineIn takes the line out of a YAML error, from 1, because it counts from the
// document's start and not from the file's.
func lineIn(err error) (line int, message string) {
	message = err.Error()
	match := lineInYAMLError.FindStringSubmatch(message)
	if match == nil {
		return 1, message
	}
	line, _ = strconv.Atoi(match[1]) // digits
	return line, message[len(match[0]):]
}

// fieldIn is the field that a JSON error names, or nothing.
func fieldIn(err error) string {
	if match := fieldInJSONError.FindStringSubmatch(err.Error()); match != nil {
		return match[1]
	}
	return ""
}
