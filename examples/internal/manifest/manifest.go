// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package manifest reads Kubernetes manifests for the examples: YAML with any
// number of documents, JSON, and lists of objects. What can't be read is
// reported with its place, and doesn't end the reading of the rest.
//
// Nothing is held longer than it is needed: a file of many documents, and the
// items of a list in JSON, are read one by one, so that a dump of a cluster may
// have any size. A list in YAML is one document, and has to fit into MaxObject.
package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
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
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"sigs.k8s.io/yaml"
)

// MaxObject is the size up to which an object, or a document of YAML, is read. No
// API server takes an object that is nearly as large.
const MaxObject = 64 << 20

// Object is one object of a manifest.
type Object struct {
	// File is where it was read from, Document its document's number from 0, and
	// Line the first line of that document, or of the item of a list, or the line
	// of Err.
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
// nearest field around it that is there. It is for the visit of the object only,
// after which the text is gone.
func (o Object) LineOf(field string) int { return o.Line + o.lines.of(field) - 1 }

// Reader reads manifests. Make one with NewReader.
type Reader struct {
	decoder runtime.Decoder
	visit   func(Object)
	bytes   int64
}

// NewReader returns a Reader that calls visit for each object, in order.
func NewReader(visit func(Object)) *Reader {
	scheme := runtime.NewScheme()
	// The three add known types only, and can't fail.
	_ = corev1.AddToScheme(scheme)
	_ = appsv1.AddToScheme(scheme)
	_ = batchv1.AddToScheme(scheme)
	decoder := serializer.NewSerializerWithOptions(kindFinder{}, scheme, scheme, serializer.SerializerOptions{Strict: true})
	return &Reader{decoder: decoder, visit: visit}
}

// Bytes is how much was read so far.
func (r *Reader) Bytes() int64 { return r.bytes }

// counter counts what is read through it.
type counter struct {
	from  io.Reader
	bytes *int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	*c.bytes += int64(n)
	return n, err
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
	in := bufio.NewReaderSize(counter{from, &r.bytes}, 64<<10)
	read := r.yaml
	if isJSON(in) {
		read = r.json
	}
	if err := read(file, in); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// yaml reads documents of YAML.
func (r *Reader) yaml(file string, in *bufio.Reader) error {
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
		row, err := readLine(in)
		line++
		if separates(row) {
			end()
		} else {
			text.Write(row)
		}
		switch {
		case text.Len() > MaxObject:
			return fmt.Errorf("line %d: a document of more than %d MiB: write it as JSON, which is read item by item", first, MaxObject>>20)
		case errors.Is(err, io.EOF):
			end()
			return nil
		case err != nil:
			return err
		}
	}
}

// readLine reads a line, or the part of one that exceeds MaxObject.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > MaxObject {
			return line, err
		}
	}
}

// separates says whether a line ends a YAML document.
func separates(row []byte) bool {
	rest, ok := bytes.CutPrefix(row, []byte("---"))
	return ok && (len(rest) == 0 || bytes.ContainsAny(rest[:1], " \t\r\n"))
}

// document reads one document of YAML: an object, or a list of them.
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
	o.lines = lines{document: &document{text: text}}
	if !r.object(o, json, nil) {
		r.fail(o, json, errNoKind)
	}
}

var errNoKind = errors.New("it has no kind, or no apiVersion")

// object reads one object from JSON. The defaults are its kind, where it doesn't
// say one itself; they may be nil. It returns false, and visits nothing, where
// the kind is missing.
func (r *Reader) object(o Object, text []byte, defaults *schema.GroupVersionKind) (hasKind bool) {
	object, kind, err := r.decoder.Decode(text, defaults, nil)
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		for _, e := range strict.Errors() {
			o.Unknown = append(o.Unknown, e.Error())
		}
		err = nil
	}
	switch {
	case runtime.IsMissingKind(err):
		return false
	case runtime.IsNotRegisteredError(err):
		o.about(text)
		r.visit(o) // of another kind
		return true
	case err != nil:
		r.fail(o, text, err)
		return true
	}
	o.Kind = kind.Kind
	if list, ok := object.(*corev1.List); ok {
		for i, item := range list.Items {
			if next := o.item(i); !r.object(next, item.Raw, nil) {
				r.fail(next, item.Raw, errNoKind)
			}
		}
		return true
	}
	if items, err := meta.ExtractList(object); err == nil {
		for i, item := range items {
			next := o.item(i)
			next.Kind = strings.TrimSuffix(o.Kind, "List")
			next.is(item)
			r.visit(next)
		}
		return true
	}
	o.is(object)
	r.visit(o)
	return true
}

// fail visits an object that can't be read.
func (r *Reader) fail(o Object, text []byte, err error) {
	o.about(text)
	o.Err = err
	if line := syntaxLine(text); line >= 0 {
		o.Line += line
	} else {
		o.Line = o.LineOf(fieldIn(err))
	}
	r.visit(o)
}

// is sets the object, and its name.
func (o *Object) is(object runtime.Object) {
	o.Object = object
	if about, err := meta.Accessor(object); err == nil {
		o.Namespace, o.Name = about.GetNamespace(), about.GetName()
	}
}

// about reads what can be read of an object that is not decoded.
func (o *Object) about(text []byte) {
	var about metav1.PartialObjectMetadata
	if json.Unmarshal(text, &about) == nil {
		o.Kind, o.Namespace, o.Name = about.Kind, about.Namespace, about.Name
	}
}

// item is what is known of an item before it is read.
func (o Object) item(i int) Object {
	return Object{File: o.File, Document: o.Document, Line: o.Line, lines: o.lines.at("items[" + strconv.Itoa(i) + "]")}
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
