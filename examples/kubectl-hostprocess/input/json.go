// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// jsonReader reads one file of JSON.
type jsonReader struct {
	*Reader
	*jsontext.Decoder
	file  string
	bom   int64 // offset of the start
	in    *budget
	index int // of the document
	// text is the text since start, while a whole object is being read.
	text  []byte
	start int64
}

func newDecoder(in io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(in, lenient)
}

// json reads JSON objects. YAML document separators may be between them.
func (r *Reader) json(file string, bom int64, in *bufio.Reader) error {
	limited := &budget{from: in}
	j := &jsonReader{Reader: r, Decoder: newDecoder(limited), file: file, bom: bom, in: limited}
	for {
		j.in.refill()
		kind := j.PeekKind()
		o := Object{File: file, Document: j.index, Line: j.line() + j.blankLines()}
		var err error
		if kind == '{' {
			j.index++
			err = j.object(o)
		} else {
			var value jsontext.Value
			if value, err = j.ReadValue(); err == io.EOF {
				return nil
			}
			if string(value) != separator {
				r.Foreign++
			}
		}
		if err != nil {
			return j.fail(o, err)
		}
	}
}

// fail reports the error that ended the reading of a file.
func (j *jsonReader) fail(o Object, err error) error {
	j.in.copied = nil
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errTooLarge):
		return fmt.Errorf("%s:%d: %w: the rest of the file isn't read", j.file, o.Line, errTooLarge)
	case errors.Is(err, io.ErrUnexpectedEOF):
		o.Err = fmt.Errorf("the file ends in line %d, before the end of this object", j.line()+bytes.Count(j.UnreadBuffer(), []byte("\n")))
	case errors.As(err, &syntax):
		unread := j.UnreadBuffer()
		o.Line = j.line() + bytes.Count(unread[:min(max(0, syntax.ByteOffset-j.InputOffset()), int64(len(unread)))], []byte("\n"))
		o.Err = fmt.Errorf("%w: the rest of the file isn't read", syntax.Err)
	default:
		if inner := errors.Unwrap(err); inner != nil { // without the decoder's prefix
			err = inner
		}
		return fmt.Errorf("%s:%d: %w", j.file, j.line(), err)
	}
	j.broken(o, false)
	return nil
}

// line returns the current line, from 1.
func (j *jsonReader) line() int {
	return 1 + j.in.lines - bytes.Count(j.UnreadBuffer(), []byte("\n"))
}

// blankLines returns the number of lines before the next value.
func (j *jsonReader) blankLines() int {
	unread := j.UnreadBuffer()
	rest := bytes.TrimLeft(unread, " \t\r\n,:")
	return bytes.Count(unread[:len(unread)-len(rest)], []byte("\n"))
}

// list is the state of an object while its items are read.
type list struct {
	Object
	apiVersion string
	items      bool
	// waiting are items without a kind, until the kind of the list is known.
	waiting []waiting
	size    int // of those: no more than MaxObject is kept
}

type waiting struct {
	Object
	data []byte // as JSON
}

// mayBeList reports whether the object may be a list, according to the fields read so far.
func (l *list) mayBeList() bool { return l.Kind == "" || strings.HasSuffix(l.Kind, "List") }

// kind returns the kind of items without a kind; zero while it is unknown.
func (l *list) kind() schema.GroupVersionKind { return itemKind(kindOf(l.apiVersion, l.Kind)) }

// object reads one object. If it is a list, it visits each item immediately.
func (j *jsonReader) object(o Object) error {
	j.text = append(j.text[:0], j.UnreadBuffer()...)
	j.start = j.InputOffset()
	j.in.copied = &j.text
	l := list{Object: o}
	if _, err := j.ReadToken(); err != nil {
		return err
	}
	for {
		name, err := j.ReadToken()
		if err != nil {
			return err
		}
		if name.Kind() == '}' {
			break
		}
		field := name.String()
		if field == "items" && l.mayBeList() && j.PeekKind() == '[' {
			l.items = true
			j.in.copied, j.text = nil, j.text[:0]
			if err := j.items(&l); err != nil {
				return err
			}
			continue
		}
		if l.items {
			j.in.refill()
		}
		value, err := j.ReadValue()
		switch {
		case err != nil:
			return err
		case field == "kind":
			l.Kind = word(value)
		case field == "apiVersion":
			l.apiVersion = word(value)
		case field == "metadata" && (l.items || l.mayBeList()):
			var about struct {
				Continue string `json:"continue"`
			}
			_ = jsonv2.Unmarshal(value, &about, lenient) // what is wrong with it continues nothing
			j.Continue = about.Continue
		}
	}
	j.in.copied = nil
	if l.items {
		j.ended(&l)
		return nil
	}
	data := bytes.TrimLeft(j.text[:j.InputOffset()-j.start], " \t\r\n")
	switch {
	case !j.wants(data) && l.Kind == "" && l.apiVersion == "":
		j.Foreign++
		return nil
	case !j.wants(data):
		j.Others++
		return nil
	}
	o.text = j.textOf(data, o.Line)
	o.inOuter()
	j.Reader.object(o, data, schema.GroupVersionKind{})
	return nil
}

// textOf returns the text of the last value.
func (j *jsonReader) textOf(data []byte, line int) *text {
	return &text{Text: Text{Data: data, Line: line, Offset: j.bom + j.InputOffset() - int64(len(data)), JSON: true}, outer: j.outer}
}

// items reads the items of a list.
func (j *jsonReader) items(l *list) error {
	if _, err := j.ReadToken(); err != nil {
		return err
	}
	for {
		j.in.refill()
		if j.PeekKind() == ']' {
			_, err := j.ReadToken()
			return err
		}
		data, err := j.ReadValue()
		if err != nil {
			return err
		}
		if !j.wants(data) {
			j.Others++
			continue
		}
		line := j.line() - bytes.Count(data, []byte("\n"))
		j.item(l, Object{File: l.File, Document: l.Document, Line: line, text: j.textOf(data, line)}, data)
	}
}

// item visits an item of a list, or keeps it until the kind of the list is known.
func (r *Reader) item(l *list, o Object, data []byte) {
	o.inOuter()
	if _, own := aboutOf(data); own.Version != "" || l.Kind != "" {
		r.object(o, data, l.kind())
		return
	}
	before := l.size
	if l.size += len(data) + 1<<10; l.size <= MaxObject { // an item needs more memory than its text
		data = bytes.Clone(data)
		if o.text.JSON {
			o.text.Data = data
		} else {
			o.text.Data = bytes.Clone(o.text.Data)
		}
		l.waiting = append(l.waiting, waiting{o, data})
	} else if before <= MaxObject {
		r.fail(o, fmt.Errorf("a list has more than %d MiB of items without a kind before its own kind, so the rest isn't read: put its kind first", MaxObject>>20))
	}
}

// ended visits the items that waited for the kind of their list.
func (r *Reader) ended(l *list) {
	if !l.mayBeList() {
		r.Others += len(l.waiting)
		return // of another kind, with items of its own
	}
	for _, w := range l.waiting {
		r.object(w.Object, w.data, l.kind())
	}
}

// inOuter sets the place of an embedded object in its outer object.
func (o *Object) inOuter() {
	if outer := o.text.outer; outer != nil {
		o.Field, o.depth, o.Document = outer.path, outer.object.depth, outer.object.Document
		o.Line = o.text.line("")
	}
}
