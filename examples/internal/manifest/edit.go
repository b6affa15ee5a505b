// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package manifest

//lint:file-ignore SA1019 see lines.go

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	yaml "sigs.k8s.io/yaml/goyaml.v3"

	sigsyaml "sigs.k8s.io/yaml"
)

// Edit is a change of a file: the text from Start up to End gives way to Text.
type Edit struct {
	Start, End Place
	Text       string
}

// Place is a place in a file, before a character. Both count from 1, and columns
// count characters, not bytes.
type Place struct{ Line, Column int }

// Set returns the edit that gives a field a value, written as JSON; or that
// takes the field out, where the value is empty. The field is spelled as for
// LineOf.
//
// It returns false where the edit isn't sure to change that field alone: in a
// file of JSON and in a list, which programs write; in a document with anchors,
// aliases, tags or a template; and where a text spans lines. Like LineOf, it is
// for the visit of the object only.
func (o Object) Set(field, value string) (Edit, bool) {
	d := o.lines.document
	if d == nil || !d.whole || o.lines.part != "" || !d.isPlain() {
		return Edit{}, false
	}
	edit, ok := d.set(steps(field), value)
	edit.Start.Line += o.Line - 1
	edit.End.Line += o.Line - 1
	return edit, ok
}

// Edited is the text of the object's document after an edit that Set returned.
func (o Object) Edited(e Edit) []byte {
	rows := bytes.SplitAfter(o.lines.document.text, []byte("\n"))
	before := slices.Concat(rows[:e.Start.Line-o.Line]...)
	after := slices.Concat(rows[e.End.Line-o.Line:]...)
	start, end := offset(rows[e.Start.Line-o.Line], e.Start.Column), offset(rows[e.End.Line-o.Line], e.End.Column)
	return slices.Concat(before, rows[e.Start.Line-o.Line][:start], []byte(e.Text), after[end:])
}

// offset is where a column of a row starts.
func offset(row []byte, column int) int {
	at := 0
	for ; column > 1 && at < len(row); column-- {
		_, size := utf8.DecodeRune(row[at:])
		at += size
	}
	return at
}

// isPlain says whether each value of the document stands where it is used, and
// only there.
func (d *document) isPlain() bool {
	return d.node() != nil && !bytes.Contains(d.text, []byte("{{")) && all(d.root, func(n *yaml.Node) bool {
		return n.Kind != yaml.AliasNode && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0
	})
}

// all says whether something holds for a node and all within it, which are
// looked at in the order in which they stand.
func all(node *yaml.Node, holds func(*yaml.Node) bool) bool {
	return holds(node) && !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return !all(n, holds) })
}

// pair is a key of a mapping, and its value.
type pair struct{ mapping, key, value *yaml.Node }

// set edits the document, whose lines count from 1.
func (d *document) set(steps []string, value string) (Edit, bool) {
	whole, node := steps, d.root
	var path []pair // empty behind an element of a list
	for len(steps) > 0 {
		key, child := child(node, steps[0])
		if child == nil {
			break
		}
		if path = append(path, pair{node, key, child}); node.Kind != yaml.MappingNode {
			path = nil
		}
		node, steps = child, steps[1:]
	}
	var object map[string]json.RawMessage
	if len(steps) == 0 && node.Kind == yaml.MappingNode && len(node.Content) == 2 && json.Unmarshal([]byte(value), &object) == nil && len(object) == 1 {
		if only, same := object[node.Content[0].Value]; same {
			return d.set(append(whole, node.Content[0].Value), string(only))
		}
	}
	switch {
	case value == "" && len(steps) == 0:
		return d.remove(path)
	case value != "" && len(steps) == 0:
		return d.replace(node, value)
	case value != "":
		return d.insert(node, steps, value)
	}
	return Edit{}, false // it isn't there already
}

// replace writes another value into the place of one that fits into a line, with
// the quotes that this has.
func (d *document) replace(node *yaml.Node, value string) (Edit, bool) {
	old := d.token(node)
	if old == "" || !isScalar(value) {
		return Edit{}, false
	}
	text := value // which is text in double quotes, if it is a text
	var word string
	switch isText := json.Unmarshal([]byte(value), &word) == nil; {
	case isText && node.Style == yaml.SingleQuotedStyle:
		text = "'" + strings.ReplaceAll(word, "'", "''") + "'"
	case isText && node.Style == 0:
		text = toYAML(value)
	}
	start := Place{node.Line, node.Column}
	return Edit{start, Place{start.Line, start.Column + utf8.RuneCountInString(old)}, text}, !strings.Contains(text, "\n")
}

func isScalar(value string) bool { return !strings.ContainsAny(value[:1], "{[") }

// toYAML writes JSON as YAML, without a line end behind it.
func toYAML(value string) string {
	text, _ := sigsyaml.JSONToYAML([]byte(value)) // what isn't JSON gives nothing, which is no edit
	return strings.TrimSuffix(string(text), "\n")
}

// remove takes out the lines of a key; and of what is around it, where nothing
// else is in that.
func (d *document) remove(path []pair) (Edit, bool) {
	for len(path) > 1 && len(path[len(path)-1].mapping.Content) == 2 {
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		return Edit{}, false
	}
	p := path[len(path)-1]
	last, ok := d.lastLine(p.value)
	first := d.row(p.key.Line)
	if !ok || len(p.mapping.Content) == 2 || p.mapping.Style&yaml.FlowStyle != 0 || strings.TrimLeft(first[:offset([]byte(first), p.key.Column)], " ") != "" || !strings.HasSuffix(d.row(last), "\n") {
		return Edit{}, false
	}
	return Edit{Start: Place{p.key.Line, 1}, End: Place{last + 1, 1}}, true
}

// lastLine is the line in which a value ends; false if a text in it spans lines,
// or if something else follows in the line.
func (d *document) lastLine(value *yaml.Node) (int, bool) {
	last, token := value, ""
	fits := all(value, func(n *yaml.Node) bool {
		last, token = n, d.token(n)
		return token != "" || n.Kind != yaml.ScalarNode
	})
	row := d.row(last.Line)
	rest := strings.TrimLeft(row[offset([]byte(row), last.Column)+len(token):], " \t\r\n[]{},")
	return last.Line, fits && (rest == "" || rest[0] == '#')
}

// insert writes a new key before the first one of a mapping.
func (d *document) insert(node *yaml.Node, steps []string, value string) (Edit, bool) {
	if node.Kind != yaml.MappingNode || len(node.Content) == 0 {
		return Edit{}, false
	}
	for i := len(steps) - 1; i >= 0; i-- {
		key, _ := json.Marshal(steps[i]) // a string always can be
		value = "{" + string(key) + ":" + value + "}"
	}
	first := node.Content[0]
	at := Place{first.Line, first.Column}
	if node.Style&yaml.FlowStyle != 0 {
		return Edit{at, at, value[1:len(value)-1] + ", "}, true
	}
	end := "\n"
	if strings.HasSuffix(d.row(1), "\r\n") {
		end = "\r\n"
	}
	text := strings.Split(toYAML(value), "\n")
	indent := strings.Repeat(" ", at.Column-1)
	if row := d.row(at.Line); strings.TrimLeft(row[:offset([]byte(row), at.Column)], " ") != "" {
		return Edit{at, at, strings.Join(append(text, ""), end+indent)}, true // behind the dash of a list
	}
	for at.Column = 1; strings.HasPrefix(strings.TrimLeft(d.row(at.Line-1), " "), "#"); {
		at.Line-- // above the comment of the first key
	}
	return Edit{at, at, indent + strings.Join(text, end+indent) + end}, true
}

// quotedToken is a text in quotes that ends in its line.
var quotedToken = regexp.MustCompile(`^(?:'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*")`)

// token is how a value is written, if it is within a line and not empty.
func (d *document) token(node *yaml.Node) string {
	row := d.row(node.Line)
	text := row[offset([]byte(row), node.Column):]
	if node.Kind != yaml.ScalarNode || text == "" {
		return ""
	}
	length := len(node.Value)
	if quoted := quotedToken.FindString(text); node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		length = len(quoted)
	}
	var value yaml.Node
	text = text[:min(length, len(text))]
	if text == "" || strings.Contains(text, "\n") || yaml.Unmarshal([]byte(text), &value) != nil || len(value.Content) != 1 || value.Content[0].Kind != yaml.ScalarNode || value.Content[0].Value != node.Value {
		return ""
	}
	return text
}

// row is a line of the document with its end; nothing for one that isn't there.
func (d *document) row(line int) string {
	if d.rows == nil {
		d.rows = strings.SplitAfter(string(d.text), "\n")
	}
	if line < 1 || line > len(d.rows) {
		return ""
	}
	return d.rows[line-1]
}
