// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// text is the text of a document or of an item. It is taken apart when a place in it
// is asked for: most objects have no findings.
type text struct {
	data   []byte
	first  int // line in the file
	isJSON bool
	cut    bool   // spaces take the place of what is before it in its first line
	outer  *outer // the object that holds the text; nil for a file

	parsed bool
	root   *yaml.Node               // of YAML
	lines  map[jsontext.Pointer]int // of JSON, from 0
}

// YAML returns the text of the object's document of YAML, its first line in the file, and
// its root, which is nil if the object isn't all there is to the document, or isn't of
// YAML. cut reports whether spaces in the first line take the place of the dash of a list
// or of a separator.
func (o Object) YAML() (data []byte, first int, cut bool, root *yaml.Node) {
	t := o.text
	if t == nil || t.isJSON || t.outer != nil || o.Field != "" {
		return nil, 0, false, nil
	}
	t.parse()
	return t.data, t.first, t.cut, t.root
}

// Edited reads the object's document again, after an edit. It returns false if that isn't
// one object of the same kind.
func (o Object) Edited(data []byte) (Object, bool) {
	var all []Object
	reader := Reader{Visit: func(edited Object) { all = append(all, edited) }}
	if err := reader.Stream(o.File, bytes.NewReader(data)); err != nil || len(all) != 1 || all[0].Err != nil || all[0].Kind != o.Kind {
		return Object{}, false
	}
	edited := all[0]
	edited.Document, edited.Line = o.Document, o.Line
	edited.text = &text{data: data, first: o.text.first, cut: o.text.cut}
	return edited, true
}

// line returns the line of a field, or of the nearest field around it.
func (t *text) line(field string) int {
	if t == nil {
		return 1
	}
	within := t.lineWithin(Steps(field))
	switch {
	case t.outer == nil:
		return t.first + within
	case t.outer.exact:
		return t.outer.line + t.first - 1 + within
	}
	return t.outer.line
}

// lineWithin is the line in the text, from 0.
func (t *text) lineWithin(steps []string) int {
	t.parse()
	if t.isJSON {
		pointer, line := jsontext.Pointer(""), t.lines[""]
		for _, step := range steps {
			pointer = pointer.AppendToken(step)
			next, ok := t.lines[pointer]
			if !ok {
				break
			}
			line = next
		}
		return line
	}
	if t.root == nil {
		return 0
	}
	node, line := t.root, t.root.Line
	for _, step := range steps {
		key, value := Child(node, step)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return line - 1
}

// block returns the line of the first line of a text in block style ("|"); or the
// line of the field, and false, if the field has another style.
func (t *text) block(field string) (line int, ok bool) {
	line = t.line(field)
	if t.isJSON || t.root == nil || t.outer != nil && !t.outer.exact {
		return line, false
	}
	node := t.root
	for _, step := range Steps(field) {
		if _, node = Child(node, step); node == nil {
			return line, false
		}
	}
	if node.Kind != yaml.ScalarNode || node.Style&yaml.LiteralStyle == 0 {
		return line, false
	}
	return line + 1, true
}

func (t *text) parse() {
	if t.parsed {
		return
	}
	t.parsed = true
	if t.isJSON {
		t.lines = linesOfJSON(t.data)
		return
	}
	var node yaml.Node
	if yaml.Unmarshal(t.data, &node) == nil && len(node.Content) > 0 {
		t.root = node.Content[0]
	}
}

// linesOfJSON returns the line of each key and each element, from 0.
func linesOfJSON(data []byte) map[jsontext.Pointer]int {
	lines := map[jsontext.Pointer]int{}
	d := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	line, counted := 0, int64(0)
	for {
		if _, err := d.ReadToken(); err != nil {
			return lines
		}
		offset := d.InputOffset()
		line += bytes.Count(data[counted:offset], []byte("\n"))
		counted = offset
		if pointer := d.StackPointer(); !contains(lines, pointer) {
			lines[pointer] = line
		}
	}
}

func contains[K comparable, V any](m map[K]V, key K) bool { _, ok := m[key]; return ok }

// Steps takes a field path apart: "spec.containers[0]" is spec, containers, 0, and
// "labels[example.com/a]" is labels, example.com/a.
func Steps(field string) []string {
	var all []string
	for field != "" {
		step, rest := "", ""
		switch field[0] {
		case '.':
			field = field[1:]
			continue
		case '[':
			step, rest, _ = strings.Cut(field[1:], "]")
		default:
			end := strings.IndexAny(field+".", ".[")
			step, rest = field[:end], field[end:]
		}
		all, field = append(all, step), rest
	}
	return all
}

// Child returns a field of a mapping, or an element of a list: the node that has the
// line of it, and its value.
func Child(node *yaml.Node, step string) (key, value *yaml.Node) {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil {
		return nil, nil
	}
	if node.Kind == yaml.SequenceNode {
		index, err := strconv.Atoi(step)
		if err != nil || index < 0 || index >= len(node.Content) {
			return nil, nil
		}
		return node.Content[index], node.Content[index]
	}
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == step {
			return node.Content[i], node.Content[i+1]
		}
	}
	return nil, nil
}
