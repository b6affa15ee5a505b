// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// jsonReader reads one file of JSON.
type jsonReader struct {
	*Reader
	file    string
	in      *pushback
	limited *budget // of in
	d       *jsontext.Decoder
	index   int // of the document
	// text is all that was read since start, while a whole object is being read.
	text  []byte
	start int64
}

// json reads objects of JSON, one after the other. Lines that separate documents of
// YAML may be between them.
func (r *Reader) json(file string, in io.Reader) error {
	j := &jsonReader{Reader: r, file: file, in: &pushback{from: in}, limited: &budget{}}
	j.limited.from = j.in
	j.reset()
	for {
		j.limited.refill()
		kind := j.d.PeekKind()
		line := j.line() + j.blankLines()
		o := Object{File: file, Document: j.index, Line: line}
		var err error
		switch kind {
		case '{':
			j.index++
			err = j.object(o)
		case 0, '0':
			if again, _ := j.separator(); again { // what is wrong is read again
				continue
			}
			if _, err = j.d.ReadToken(); err == io.EOF {
				return nil
			}
			r.foreign(1)
		default:
			_, err = j.d.ReadValue()
			r.foreign(1)
		}
		if err != nil {
			return j.fail(o, err)
		}
	}
}

// pushback is a reader whose bytes can be given back.
type pushback struct {
	held []byte
	from io.Reader
}

func (p *pushback) Read(b []byte) (int, error) {
	if len(p.held) > 0 {
		n := copy(b, p.held)
		p.held = p.held[n:]
		return n, nil
	}
	return p.from.Read(b)
}

// reset starts a new decoder, with what the last one has not used.
func (j *jsonReader) reset() {
	if j.d != nil {
		unread := slices.Clone(j.d.UnreadBuffer())
		j.limited.lines -= bytes.Count(unread, []byte("\n")) // which will be read once more
		j.in.held = append(unread, j.in.held...)
	}
	j.d = jsontext.NewDecoder(j.limited, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// separator reads what separates documents of YAML, and a comment behind it, and reports
// whether there was one.
func (j *jsonReader) separator() (bool, error) {
	if j.d.StackDepth() > 0 {
		return false, nil
	}
	j.reset()
	in := bufio.NewReaderSize(j.in, 16)
	giveBack := func() {
		rest, _ := in.Peek(in.Buffered())
		j.in.held = append(slices.Clone(rest), j.in.held...)
	}
	for {
		c, err := in.ReadByte()
		if err != nil {
			return false, err
		}
		if c == '\n' {
			j.limited.lines++
		} else if c != ' ' && c != '\t' && c != '\r' {
			_ = in.UnreadByte() // which was just read
			break
		}
	}
	start, _ := in.Peek(4) // fewer bytes at the end
	found := separates(start)
	if found {
		_, _ = in.Discard(3) // which was seen
		for {
			c, err := in.ReadByte()
			if err != nil {
				break
			}
			if c == '#' {
				for c != '\n' && err == nil {
					c, err = in.ReadByte()
				}
			}
			if c == '\n' {
				j.limited.lines++
				break
			}
			if c != ' ' && c != '\t' && c != '\r' {
				_ = in.UnreadByte() // which was just read
				break
			}
		}
	}
	giveBack()
	return found, nil
}

// fail reports what ended the reading of a file.
func (j *jsonReader) fail(o Object, err error) error {
	j.limited.copied = nil
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errTooLarge):
		return fmt.Errorf("%s:%d: %w: the rest of the file isn't read", j.file, o.Line, errTooLarge)
	case errors.Is(err, io.ErrUnexpectedEOF):
		o.Err = fmt.Errorf("the file ends in line %d, before this object does", j.line()+bytes.Count(j.d.UnreadBuffer(), []byte("\n")))
	case errors.As(err, &syntax):
		unread := j.d.UnreadBuffer()
		o.Line = j.line() + bytes.Count(unread[:min(max(0, syntax.ByteOffset-j.d.InputOffset()), int64(len(unread)))], []byte("\n"))
		o.Err = fmt.Errorf("%w: the rest of the file isn't read", syntax.Err)
	default:
		if inner := errors.Unwrap(err); inner != nil { // without the words of the decoder
			err = inner
		}
		return fmt.Errorf("%s:%d: %w", j.file, j.line(), err)
	}
	j.broken(o, false)
	return nil
}

// line is the line of what was read last, from 1.
func (j *jsonReader) line() int {
	return 1 + j.limited.lines - bytes.Count(j.d.UnreadBuffer(), []byte("\n"))
}

// blankLines is how many lines there are before the next value.
func (j *jsonReader) blankLines() int {
	unread := j.d.UnreadBuffer()
	rest := bytes.TrimLeft(unread, " \t\r\n,:")
	return bytes.Count(unread[:len(unread)-len(rest)], []byte("\n"))
}

// list is what is known of an object while its items are read.
type list struct {
	Object
	apiVersion string
	items      bool
	// waiting are items without a kind, if the list tells its own after them.
	waiting []waiting
	size    int
}

type waiting struct {
	text *text
	line int
}

// mayBeList reports whether the object is a list, as far as it has told.
func (l *list) mayBeList() bool { return l.Kind == "" || strings.HasSuffix(l.Kind, "List") }

// kind is that of items that don't name it; nil as long as it isn't known.
func (l *list) kind() *schema.GroupVersionKind {
	own := kindOf(l.apiVersion, l.Kind)
	if own == nil {
		return nil
	}
	return itemKind(own)
}

// object reads one object. If it is a list, its items are visited as they come.
func (j *jsonReader) object(o Object) error {
	j.text = append(j.text[:0], j.d.UnreadBuffer()...)
	j.start = j.d.InputOffset()
	j.limited.copied = &j.text
	l := list{Object: o}
	if _, err := j.d.ReadToken(); err != nil {
		return err
	}
	for {
		name, err := j.d.ReadToken()
		if err != nil {
			return err
		}
		if name.Kind() == '}' {
			break
		}
		field := name.String()
		if field == "items" && l.mayBeList() && j.d.PeekKind() == '[' {
			l.items = true
			j.limited.copied, j.text = nil, j.text[:0]
			if err := j.items(&l); err != nil {
				return err
			}
			continue
		}
		if l.items {
			j.limited.refill()
		}
		value, err := j.d.ReadValue()
		switch {
		case err != nil:
			return err
		case field == "kind":
			l.Kind = word(value)
		case field == "apiVersion":
			l.apiVersion = word(value)
		}
	}
	j.limited.copied = nil
	if l.items {
		j.ended(&l)
		return nil
	}
	data := bytes.TrimLeft(j.text[:j.d.InputOffset()-j.start], " \t\r\n")
	switch {
	case !j.wants(data) && l.Kind == "" && l.apiVersion == "":
		j.foreign(1)
		return nil
	case !j.wants(data):
		j.other(1)
		return nil
	}
	o.text = &text{data: data, first: o.Line, isJSON: true, outer: j.outer}
	o.inOuter()
	j.Reader.object(o, data, nil)
	return nil
}

// items reads the items of a list.
func (j *jsonReader) items(l *list) error {
	if _, err := j.d.ReadToken(); err != nil {
		return err
	}
	for {
		j.limited.refill()
		if j.d.PeekKind() == ']' {
			_, err := j.d.ReadToken()
			return err
		}
		data, err := j.d.ReadValue()
		if err != nil {
			return err
		}
		if !j.wants(data) {
			j.other(1)
			continue
		}
		line := j.line() - bytes.Count(data, []byte("\n"))
		t := &text{data: data, first: line, isJSON: true, outer: j.outer}
		if l.Kind == "" {
			if _, own := aboutOf(data); own == nil {
				t.data = slices.Clone(data)
				l.waiting = append(l.waiting, waiting{t, line})
				if l.size += len(data); l.size > MaxObject {
					return fmt.Errorf("a list has more than %d MiB of items without a kind before its own: write its kind first", MaxObject>>20)
				}
				continue
			}
		}
		j.item(l, t, line)
	}
}

// item visits an item of a list.
func (r *Reader) item(l *list, t *text, line int) {
	o := Object{File: l.File, Document: l.Document, Line: line, text: t}
	o.inOuter()
	r.object(o, t.data, l.kind())
}

// ended visits what has waited for the kind of its list.
func (r *Reader) ended(l *list) {
	if !l.mayBeList() {
		r.other(len(l.waiting))
		return // of another kind, with items of its own
	}
	for _, w := range l.waiting {
		r.item(l, w.text, w.line)
	}
}

// inOuter gives an object that a text of another holds its place in that.
func (o *Object) inOuter() {
	if outer := o.text.outer; outer != nil {
		o.Field, o.depth, o.Document = outer.path, outer.object.depth, outer.object.Document
		o.Line = o.text.line("")
	}
}
