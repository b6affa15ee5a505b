// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// isJSON says whether a file starts as an object of JSON does. A template of
// Helm, with its two braces, does not.
func isJSON(in *bufio.Reader) bool {
	start, _ := in.Peek(4 << 10) // fewer bytes of a short file
	rest, brace := bytes.CutPrefix(bytes.TrimSpace(start), []byte("{"))
	rest = bytes.TrimSpace(rest)
	return brace && len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

// json reads objects of JSON, one after the other. Lines that separate documents
// of YAML may be between them.
func (r *Reader) json(file string, in *bufio.Reader) error {
	s := &scanner{in: in, line: 1}
	for index := 0; ; {
		c, err := s.peek(nil)
		if errors.Is(err, io.EOF) {
			return nil
		}
		o := Object{File: file, Document: index, Line: s.line}
		switch {
		case err != nil:
		case c == '-' && s.separator():
			continue
		case c == '{':
			index++
			err = r.jsonObject(s, o)
		default:
			o.Err = fmt.Errorf("%q doesn't start an object of JSON: the rest of the file isn't read", c)
			r.visit(o)
			return nil
		}
		if errors.Is(err, io.EOF) {
			o.Err = fmt.Errorf("the file ends in line %d, before this object does", s.line)
			r.visit(o)
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", file, s.line, err)
		}
	}
}

// list is what is known of an object while its items are read.
type list struct {
	Object
	apiVersion string
	items      int
	// waiting are items without a kind, if the list tells its own after them.
	waiting []waiting
}

type waiting struct {
	line int
	text []byte
}

// jsonObject reads one object. If it is a list, its items are visited as they
// come, and left out of its text.
func (r *Reader) jsonObject(s *scanner, o Object) error {
	l := list{Object: o}
	var text []byte
	key, word := "", "" // the key of the value that comes, and the word before it
	err := s.take(&text)
	for err == nil {
		var c byte
		if c, err = s.peek(&text); err != nil {
			break
		}
		switch {
		case c == '}':
			if err = s.take(&text); err == nil {
				r.end(l, text)
				return nil
			}
		case c == ',' || c == ':':
			key, word = word, ""
			err = s.take(&text)
		case c == '[' && key == `"items"` && l.mayBeList():
			text = append(text, "[]"...)
			err = r.items(s, &l)
		default:
			start := len(text)
			err = s.value(&text)
			if word = ""; len(text)-start <= maxWord {
				word = string(text[start:])
			}
			l.learn(key, word)
		}
	}
	return err
}

// maxWord is more than what is looked at can have: a kind, or an apiVersion.
const maxWord = 512

// learn notes what the object says of itself.
func (l *list) learn(key, value string) {
	to := map[string]*string{`"kind"`: &l.Kind, `"apiVersion"`: &l.apiVersion}[key]
	if to != nil {
		_ = json.Unmarshal([]byte(value), to) // what isn't a word is reported when it is decoded
	}
}

// mayBeList says whether the object is a list, as far as it has told.
func (l *list) mayBeList() bool { return l.Kind == "" || strings.HasSuffix(l.Kind, "List") }

// defaults is the kind of items that don't tell it: those of a PodList are Pods.
func (l *list) defaults() *schema.GroupVersionKind {
	version, err := schema.ParseGroupVersion(l.apiVersion)
	if err != nil || l.Kind == "" {
		return nil
	}
	kind := version.WithKind(strings.TrimSuffix(l.Kind, "List"))
	return &kind
}

// items reads the items of a list.
func (r *Reader) items(s *scanner, l *list) error {
	var text []byte
	err := s.take(&text)
	for err == nil {
		text = text[:0]
		var c byte
		if c, err = s.peek(nil); err != nil {
			break
		}
		line := s.line
		switch err = s.value(&text); {
		case err != nil:
		case c == ']':
			return nil
		case c != ',':
			l.items++
			r.item(l, line, text)
		}
	}
	return err
}

// item visits an item; or lets it wait for the kind of the list.
func (r *Reader) item(l *list, line int, text []byte) {
	o := Object{File: l.File, Document: l.Document, Line: line, lines: lines{document: &document{text: text}}}
	if l.Kind == "" && (text[0] != '{' || !r.object(o, text, nil)) {
		l.waiting = append(l.waiting, waiting{line, slices.Clone(text)})
	} else if l.Kind != "" && !r.object(o, text, l.defaults()) {
		r.fail(o, text, errNoKind)
	}
}

// end visits an object that was read, or what waits of a list.
func (r *Reader) end(l list, text []byte) {
	switch {
	case l.items == 0:
		l.lines = lines{document: &document{text: text}}
		if !r.object(l.Object, text, nil) {
			r.fail(l.Object, text, errNoKind)
		}
	case len(l.waiting) > 0 && l.Kind == "":
		r.fail(l.Object, text, errNoKind)
	case len(l.waiting) > 0 && !l.mayBeList():
		r.visit(l.Object) // of another kind, with items of its own
	default:
		for _, w := range l.waiting {
			r.item(&l, w.line, w.text)
		}
	}
}

// syntaxLine is the line, from 0, in which JSON is wrong; -1 if it isn't.
func syntaxLine(text []byte) int {
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(text, new(json.RawMessage)), &syntax) {
		return bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
	}
	return -1
}
