// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package fix edits the text of manifests. No YAML library leaves a file as it is, so a
// field is changed in the text, where its node stands; all else stays byte for byte.
package fix

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
)

// Edit is a change of a file: Text takes the place of what stands between Start and End.
type Edit struct {
	Start, End Place
	Text       string
	// Does says what it does, and why.
	Does string
}

// Place is a place in a file, before a character. Both count from 1, and columns count
// characters, not bytes.
type Place struct{ Line, Column int }

// Document is a document of YAML, or an item of a list in one.
type Document struct {
	text  []byte
	first int  // line in the file
	cut   bool // its first line isn't that of the file
	root  *yaml.Node
	rows  []string
}

// oddLineEnd is one that YAML knows and editors don't, or the other way around.
var oddLineEnd = regexp.MustCompile("\r[^\n]|\r$|\u0085|\u2028|\u2029")

// NewDocument returns the document of an object; false if its text can't be edited: it
// is JSON, is within another object, has anchors, aliases, tags or line ends of old, or
// is a template.
func NewDocument(o input.Object) (*Document, bool) {
	text, first, cut, root := o.YAML()
	d := &Document{text: text, first: first, cut: cut, root: root}
	return d, root != nil && !oddLineEnd.Match(text) && d.isPlain()
}

// Set returns the edit that gives a field a value, written as JSON; or that removes the
// field, if the value is empty. It returns false if that can't be done without a change
// of anything else.
func (d *Document) Set(field, value string) (Edit, bool) {
	steps := input.Steps(field)
	edit, ok := d.set(steps, value)
	if !ok || d.cut && edit.Start.Line == 1 || !d.changes(edit, steps, value) {
		return Edit{}, false
	}
	edit.Start.Line += d.first - 1
	edit.End.Line += d.first - 1
	return edit, true
}

// Edited returns the text of the document after an edit that Set returned.
func (d *Document) Edited(e Edit) []byte {
	e.Start.Line -= d.first - 1
	e.End.Line -= d.first - 1
	return Apply(d.text, e)
}

// Apply edits a text.
func Apply(text []byte, e Edit) []byte {
	start, end := offset(text, e.Start), offset(text, e.End)
	return slices.Concat(text[:start], []byte(e.Text), text[end:])
}

// offset is where a place is in a text.
func offset(text []byte, at Place) int {
	start := 0
	for line := 1; line < at.Line; line++ {
		next := bytes.IndexByte(text[start:], '\n')
		if next < 0 {
			return len(text)
		}
		start += next + 1
	}
	row, _, _ := bytes.Cut(text[start:], []byte("\n"))
	return start + column(row, at.Column)
}

// column is where a column of a row starts.
func column(row []byte, column int) int {
	at := 0
	for ; column > 1 && at < len(row); column-- {
		_, size := utf8.DecodeRune(row[at:])
		at += size
	}
	return at
}

// changes reports whether an edit does what it is for, and nothing else: the edited text
// is read again, and compared with what it should hold.
func (d *Document) changes(e Edit, steps []string, value string) bool {
	var want, got, element any
	if sigsyaml.Unmarshal(d.text, &want) != nil || sigsyaml.UnmarshalStrict(Apply(d.text, e), &got) != nil {
		return false
	}
	if value != "" && json.Unmarshal([]byte(value), &element) != nil {
		return false
	}
	want, ok := with(want, steps, element, value == "")
	return ok && reflect.DeepEqual(want, got)
}

// with returns a value with another element at some place, or without it, and without
// the objects in which nothing is left.
func with(whole any, steps []string, element any, remove bool) (any, bool) {
	if len(steps) == 0 {
		return element, !remove
	}
	switch whole := whole.(type) {
	case nil:
		inner, ok := with(nil, steps[1:], element, remove)
		return map[string]any{steps[0]: inner}, ok
	case map[string]any:
		inner, known := whole[steps[0]]
		if remove && (len(steps) == 1 || len(steps) > 1 && isOnly(inner, steps[1:])) {
			delete(whole, steps[0])
			return whole, known
		}
		inner, ok := with(inner, steps[1:], element, remove)
		whole[steps[0]] = inner
		return whole, ok
	case []any:
		index, err := strconv.Atoi(steps[0])
		if err != nil || index < 0 || index >= len(whole) {
			return nil, false
		}
		inner, ok := with(whole[index], steps[1:], element, remove)
		whole[index] = inner
		return whole, ok
	}
	return nil, false
}

// isOnly reports whether a value holds nothing but what the steps lead to.
func isOnly(whole any, steps []string) bool {
	fields, ok := whole.(map[string]any)
	if !ok || len(fields) != 1 {
		return false
	}
	inner, ok := fields[steps[0]]
	return ok && (len(steps) == 1 || isOnly(inner, steps[1:]))
}

// isPlain reports whether each value of the document stands where it is used, and
// only there.
func (d *Document) isPlain() bool {
	return !bytes.Contains(d.text, []byte("{{")) && all(d.root, func(n *yaml.Node) bool {
		return n.Kind != yaml.AliasNode && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0
	})
}

// all reports whether something holds for a node and all within it, which are
// looked at in the order in which they stand.
func all(node *yaml.Node, holds func(*yaml.Node) bool) bool {
	return holds(node) && !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return !all(n, holds) })
}

// pair is a key of a mapping, and its value.
type pair struct{ mapping, key, value *yaml.Node }

// set edits the document, whose lines count from 1.
func (d *Document) set(steps []string, value string) (Edit, bool) {
	whole, node := steps, d.root
	var path []pair // empty behind an element of a list
	for len(steps) > 0 {
		key, child := input.Child(node, steps[0])
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
func (d *Document) replace(node *yaml.Node, value string) (Edit, bool) {
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
	return Edit{Start: start, End: Place{start.Line, start.Column + utf8.RuneCountInString(old)}, Text: text}, !strings.Contains(text, "\n")
}

func isScalar(value string) bool { return !strings.ContainsAny(value[:1], "{[") }

// toYAML writes JSON as YAML, without a line end behind it.
func toYAML(value string) string {
	text, _ := sigsyaml.JSONToYAML([]byte(value)) // what isn't JSON gives nothing, which is no edit
	return strings.TrimSuffix(string(text), "\n")
}

// remove takes out the lines of a key; and of what is around it, where nothing
// else is in that.
func (d *Document) remove(path []pair) (Edit, bool) {
	for len(path) > 1 && len(path[len(path)-1].mapping.Content) == 2 {
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		return Edit{}, false
	}
	p := path[len(path)-1]
	last, ok := d.lastLine(p.value)
	first := d.row(p.key.Line)
	if !ok || len(p.mapping.Content) == 2 || p.mapping.Style&yaml.FlowStyle != 0 || strings.TrimLeft(first[:column([]byte(first), p.key.Column)], " ") != "" || !strings.HasSuffix(d.row(last), "\n") {
		return Edit{}, false
	}
	return Edit{Start: Place{p.key.Line, 1}, End: Place{last + 1, 1}}, true
}

// lastLine is the line in which a value ends; false if a text in it spans lines,
// or if something else follows in the line.
func (d *Document) lastLine(value *yaml.Node) (int, bool) {
	last, token := value, ""
	fits := all(value, func(n *yaml.Node) bool {
		last, token = n, d.token(n)
		return token != "" || n.Kind != yaml.ScalarNode
	})
	row := d.row(last.Line)
	rest := strings.TrimLeft(row[column([]byte(row), last.Column)+len(token):], " \t\r\n[]{},")
	return last.Line, fits && (rest == "" || rest[0] == '#')
}

// insert writes a new key before the first one of a mapping.
func (d *Document) insert(node *yaml.Node, steps []string, value string) (Edit, bool) {
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
		return Edit{Start: at, End: at, Text: value[1:len(value)-1] + ", "}, true
	}
	end := "\n"
	if strings.HasSuffix(d.row(1), "\r\n") {
		end = "\r\n"
	}
	text := strings.Split(toYAML(value), "\n")
	indent := strings.Repeat(" ", at.Column-1)
	if row := d.row(at.Line); strings.TrimLeft(row[:column([]byte(row), at.Column)], " ") != "" {
		return Edit{Start: at, End: at, Text: strings.Join(append(text, ""), end+indent)}, true // behind the dash of a list
	}
	for at.Column = 1; strings.HasPrefix(strings.TrimLeft(d.row(at.Line-1), " "), "#"); {
		at.Line-- // above the comment of the first key
	}
	return Edit{Start: at, End: at, Text: indent + strings.Join(text, end+indent) + end}, true
}

// quotedToken is a text in quotes that ends in its line.
var quotedToken = regexp.MustCompile(`^(?:'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*")`)

// token is how a value is written, if it is within a line and not empty.
func (d *Document) token(node *yaml.Node) string {
	row := d.row(node.Line)
	text := row[column([]byte(row), node.Column):]
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
func (d *Document) row(line int) string {
	if d.rows == nil {
		d.rows = strings.SplitAfter(string(d.text), "\n")
	}
	if line < 1 || line > len(d.rows) {
		return ""
	}
	return d.rows[line-1]
}
