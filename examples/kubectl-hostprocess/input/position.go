// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// text is the text of a document or an item. It is parsed only when a place in it is needed,
// because most objects have no findings.
type text struct {
	Text
	outer  *outer // the object that contains the text; nil for a file
	parsed bool
}

// Text is the text of an object in its file.
type Text struct {
	Data   []byte
	Line   int   // the first one
	Offset int64 // where Data starts
	// Cut is the number of bytes of Data that were replaced by spaces: those before the object
	// on its first line.
	Cut  int
	JSON bool
	// Root is the content of Data, also for JSON.
	Root *yaml.Node
}

// Text returns the text of an object, during its visit, or an error if the object is only a
// part of a text.
func (o Object) Text() (*Text, error) {
	t := o.text
	switch {
	case t == nil || t.outer != nil:
		return nil, errors.New("it is embedded in another object")
	case o.Field != "":
		return nil, errors.New("it is part of a list or an object that is read as a whole")
	}
	t.parse()
	if t.Root == nil {
		return nil, errors.New("its text is no longer available")
	}
	return &t.Text, nil
}

// Edited reads the object's document after an edit. It returns false if the result isn't one
// object of the same kind.
func (o Object) Edited(data []byte) (Object, bool) {
	var all []Object
	reader := Reader{Visit: func(edited Object) { all = append(all, edited) }}
	if err := reader.Stream(o.File, bytes.NewReader(data)); err != nil || len(all) != 1 || all[0].Err != nil || all[0].Kind != o.Kind {
		return Object{}, false
	}
	edited := all[0]
	edited.Document, edited.Line = o.Document, o.Line
	edited.text = &text{Text: o.text.Text}
	edited.text.Data, edited.text.Root = data, nil
	return edited, true
}

// line returns the line of a field, or of the nearest enclosing field.
func (t *text) line(field string) int {
	if t == nil {
		return 1
	}
	_, within := t.find(field)
	switch {
	case t.outer == nil:
		return t.Line + within
	case t.outer.exact:
		return t.outer.line + t.Line - 1 + within
	}
	return t.outer.line
}

// find returns a field, or nil if it is missing, and the line in the text, from 0, of the field
// or the nearest enclosing field.
func (t *text) find(field string) (node *yaml.Node, line int) {
	t.parse()
	if t.Root == nil {
		return nil, 0
	}
	node, line = t.Root, t.Root.Line-1
	for _, step := range Steps(field) {
		_, key, value := Child(node, step)
		if value == nil {
			return nil, line
		}
		node, line = value, key.Line-1
	}
	return node, line
}

// block returns the first line of a string in block style ("|"), or the line of the field and
// false if the field has another style.
func (t *text) block(field string) (line int, ok bool) {
	node, _ := t.find(field)
	if node == nil || node.Style&yaml.LiteralStyle == 0 || t.outer != nil && !t.outer.exact {
		return t.line(field), false
	}
	return t.line(field) + 1, true
}

func (t *text) parse() {
	if t.parsed {
		return
	}
	t.parsed = true
	var document yaml.Node
	if t.JSON {
		p := jsonParser{Decoder: newDecoder(bytes.NewBuffer(t.Data)), data: t.Data, line: 1, column: 1}
		t.Root = p.node()
	} else if yaml.Unmarshal(t.Data, &document) == nil && len(document.Content) > 0 {
		t.Root = document.Content[0]
	}
}

// jsonParser parses JSON into YAML nodes.
type jsonParser struct {
	*jsontext.Decoder
	data                 []byte
	offset, line, column int // lines are counted up to here
}

// node returns the next value; nil if there is none.
func (p *jsonParser) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.FlowStyle}
	kind := p.PeekKind()
	if kind != '{' && kind != '[' {
		value, err := p.ReadValue()
		if err != nil {
			return nil
		}
		n.Value = string(value)
		if kind == '"' {
			n.Style, n.Value = yaml.DoubleQuotedStyle, word(value)
		}
		n.Line, n.Column = p.place(len(value))
		return n
	}
	if n.Kind = yaml.MappingNode; kind == '[' {
		n.Kind = yaml.SequenceNode
	}
	if _, err := p.ReadToken(); err != nil {
		return nil
	}
	n.Line, n.Column = p.place(1)
	for {
		if kind := p.PeekKind(); kind == '}' || kind == ']' {
			_, _ = p.ReadToken() // which was seen
			return n
		}
		inner := p.node()
		if inner == nil {
			return n
		}
		n.Content = append(n.Content, inner)
	}
}

// place returns the start of the last token.
func (p *jsonParser) place(length int) (line, column int) {
	start := int(p.InputOffset()) - length
	between := p.data[p.offset:start]
	if at := bytes.LastIndexByte(between, '\n'); at >= 0 {
		p.line += bytes.Count(between, []byte("\n"))
		p.column, between = 1, between[at+1:]
	}
	p.column += utf8.RuneCount(between)
	p.offset = start
	return p.line, p.column
}

// Steps splits a field path: "spec.containers[0]" is spec, containers, 0, and
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

// Child returns a field of a mapping or an element of a list: the node that contains it, the
// node with its line, and its value. It follows aliases and merges.
func Child(node *yaml.Node, step string) (in, key, value *yaml.Node) {
	merges := 1000 // limits nested merges
	return child(node, step, &merges)
}

func child(node *yaml.Node, step string, merges *int) (in, key, value *yaml.Node) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind == yaml.SequenceNode {
		index, err := strconv.Atoi(step)
		if err != nil || index < 0 || index >= len(node.Content) {
			return nil, nil, nil
		}
		return node, node.Content[index], node.Content[index]
	}
	if *merges--; *merges < 0 || node.Kind != yaml.MappingNode {
		return nil, nil, nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == step {
			return node, node.Content[i], node.Content[i+1]
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag != "!!merge" {
			continue
		}
		sources := []*yaml.Node{node.Content[i+1]}
		if sources[0].Kind == yaml.SequenceNode {
			sources = sources[0].Content
		}
		for _, source := range sources {
			if in, key, value = child(source, step, merges); value != nil {
				return in, key, value
			}
		}
	}
	return nil, nil, nil
}
