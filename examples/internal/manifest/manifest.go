// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package manifest reads Kubernetes manifests for the examples: YAML with any
// number of documents, JSON, and lists of objects. What can't be read is
// reported with its place, and doesn't end the reading of the rest.
//
// Nothing is held longer than it is needed: a file of many documents, and the
// items of a list in JSON, are read one by one, so that a dump of a cluster may
// have any size. A list in YAML is one document, and has to fit into MaxDocument.
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
	"sync"
	"unicode/utf8"

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

// MaxObject is the size up to which an object of JSON is read, and MaxDocument
// that of a document of YAML, which takes many times its size of memory. No API
// server takes an object that is nearly as large; a list in YAML may be.
const (
	MaxObject   = 64 << 20
	MaxDocument = 16 << 20
)

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
	depth int // how many lists it is in
}

// maxDepth is more than any program puts lists into lists.
const maxDepth = 8

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
func NewReader(visit func(Object)) *Reader { return &Reader{decoder: newDecoder(), visit: visit} }

// newDecoder returns the decoder that all Readers share.
var newDecoder = sync.OnceValue(func() runtime.Decoder {
	scheme := runtime.NewScheme()
	// The three add known types only, and can't fail.
	_ = corev1.AddToScheme(scheme)
	_ = appsv1.AddToScheme(scheme)
	_ = batchv1.AddToScheme(scheme)
	return serializer.NewSerializerWithOptions(kindFinder{}, scheme, scheme, serializer.SerializerOptions{Strict: true})
})

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
// or .json, or standard input where the path is "-". It returns an error for each
// file and each folder that can't be read, and reads the others. Links to other
// folders are not followed.
func (r *Reader) Path(path string, stdin io.Reader) []error {
	if path == "-" {
		if err := r.Stream("<stdin>", stdin); err != nil {
			return []error{err}
		}
		return nil
	}
	root := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		root += string(filepath.Separator) // the folder, if the path is a link to it
	}
	var problems []error
	_ = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		isManifest := file == path || slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file))
		if err == nil && isManifest && !entry.IsDir() {
			err = r.file(file, file == path)
		}
		if err != nil {
			problems = append(problems, err)
		}
		return nil
	})
	return problems
}

// file reads a file. One that was asked for by name may be a pipe or a device.
func (r *Reader) file(file string, asked bool) error {
	if info, err := os.Stat(file); err == nil && !asked && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: is no file but a folder, a pipe or a device", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return r.Stream(file, f)
}

// Stream reads the documents of one file.
func (r *Reader) Stream(file string, from io.Reader) error {
	in := bufio.NewReaderSize(counter{from, &r.bytes}, 64<<10)
	start, _ := in.Peek(len(byteOrderMark)) // fewer bytes of a short file
	switch {
	case bytes.Equal(start, byteOrderMark):
		_, _ = in.Discard(len(byteOrderMark)) // which was seen
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		return fmt.Errorf("%s:1: is UTF-16, as Windows PowerShell writes files: write it as UTF-8, such as with Out-File -Encoding utf8", file)
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return fmt.Errorf("%s:1: is compressed by gzip: unpack it first", file)
	}
	if isJSON(in) {
		return r.json(file, in)
	}
	return r.yaml(file, in)
}

// byteOrderMark may be before UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

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
	}
	for {
		row, err := readLine(in)
		line++
		if separates(row) {
			end()
			if rest := bytes.TrimSpace(row[3:]); len(rest) == 0 || rest[0] == '#' {
				first, row = line+1, nil
			} else {
				first, row = line, append([]byte("   "), row[3:]...) // the document starts behind it
			}
		}
		text.Write(row)
		switch {
		case text.Len() > MaxDocument:
			return fmt.Errorf("%s:%d: a document of more than %d MiB, the rest of the file isn't read: write it as JSON, of which lists are read item by item", file, first, MaxDocument>>20)
		case errors.Is(err, io.EOF):
			end()
			return nil
		case err != nil:
			return fmt.Errorf("%s:%d: %w", file, line, err)
		}
	}
}

// readLine reads a line, or the part of one that exceeds MaxDocument.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > MaxDocument {
			return line, err
		}
	}
}

// separates says whether a line starts a document of YAML, or ends one.
func separates(row []byte) bool {
	if !bytes.HasPrefix(row, []byte("---")) && !bytes.HasPrefix(row, []byte("...")) {
		return false
	}
	return len(row) == 3 || bytes.IndexByte([]byte(" \t\r\n"), row[3]) >= 0
}

// hiddenSeparator is one after what YAML takes for the end of a line, and nobody
// else does: the decoder would read no further.
var hiddenSeparator = regexp.MustCompile("(?:\r|\u0085|\u2028|\u2029)(?:---|\\.\\.\\.)(?:[ \t\r\n]|$)")

// document reads one document of YAML: an object, or a list of them.
func (r *Reader) document(o Object, text []byte) {
	if at := hiddenSeparator.FindIndex(text); at != nil {
		o.Line += bytes.Count(text[:at[0]], []byte("\n"))
		o.Err = errors.New("a document starts or ends after a line end that is none of Unix or Windows: end lines with a line feed")
		r.visit(o)
		return
	}
	json, err := yaml.YAMLToJSONStrict(text)
	if duplicates := duplicateKey.FindAllStringSubmatch(fmt.Sprint(err), -1); duplicates != nil {
		json, err = yaml.YAMLToJSON(text)
		for _, d := range duplicates {
			line, _ := strconv.Atoi(d[1]) // digits
			o.Unknown = append(o.Unknown, fmt.Sprintf("duplicate key %s in line %d", d[2], o.Line+line-1))
		}
	}
	if err != nil {
		line, message := lineIn(err)
		if at := notUTF8(text); at >= 0 {
			line, message = 1+bytes.Count(text[:at], []byte("\n")), "it has bytes that are not UTF-8"
		}
		if bytes.Contains(text, []byte("{{")) {
			message += "; a template has to be rendered first, as helm template does"
		}
		o.Line += line - 1
		o.Err = errors.New(message)
		r.visit(o)
		return
	}
	if string(json) == "null" {
		return // comments only
	}
	o.lines = lines{document: &document{text: text, whole: true}}
	if !r.object(o, json, nil) {
		r.fail(o, json, errNoKind)
	}
}

// notUTF8 is where a text stops to be UTF-8; -1 if it is.
func notUTF8(text []byte) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
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
		if o.depth++; o.depth > maxDepth {
			r.fail(o, text, fmt.Errorf("lists are within lists more than %d times", maxDepth))
			return true
		}
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

// item is what is known of an item before it is read. What isn't known of the
// list itself is told of the first one.
func (o Object) item(i int) Object {
	field := "items[" + strconv.Itoa(i) + "]"
	next := Object{File: o.File, Document: o.Document, Line: o.Line, depth: o.depth, lines: o.lines.at(field)}
	for _, problem := range o.Unknown {
		if within := strings.Replace(problem, `"`+field+".", `"`, 1); within != problem {
			next.Unknown = append(next.Unknown, within)
		} else if i == 0 && !strings.Contains(problem, `"items[`) {
			next.Unknown = append(next.Unknown, problem)
		}
	}
	return next
}

var (
	duplicateKey     = regexp.MustCompile(`line (\d+): key (".*") already set in map`)
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
