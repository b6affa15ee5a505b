// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package fix edits the text of manifests. YAML libraries don't preserve the format of a
// file, so it changes only the text of a field and leaves all other bytes unchanged.
package fix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/hostprocess/convert"
)

// Edit is a change of a file: Text replaces the text between Start and End.
type Edit struct {
	// Start and End are zero if the text is JSON and the start of its line is unknown.
	Start, End Place
	Text       string
	// Does describes the edit and its reason.
	Does string

	start, end int // bytes of the document
}

// Place is a position before a character in a file. Lines and columns start at 1, and columns
// count characters, not bytes.
type Place struct{ Line, Column int }

// Document is a YAML or JSON object whose text can be edited.
type Document struct {
	*input.Text
	repeats bool // it has aliases
}

// oddLineEnd matches line endings that YAML and editors treat differently.
var oddLineEnd = regexp.MustCompile("\r[^\n]|\r$|\u0085|\u2028|\u2029")

// NewDocument returns the document of an object, during its visit, or an error if its text
// can't be edited.
func NewDocument(o input.Object) (*Document, error) {
	text, err := o.Text()
	switch {
	case err != nil:
		return nil, err
	case text.JSON:
		return &Document{Text: text}, nil
	case bytes.Contains(text.Data, []byte("{{")):
		return nil, errors.New("it is a template")
	case oddLineEnd.Match(text.Data):
		return nil, errors.New("it has line endings other than LF and CRLF")
	}
	return &Document{text, !all(text.Root, func(n *yaml.Node) bool { return n.Kind != yaml.AliasNode })}, nil
}

// all reports whether something holds for a node and all within it, which are
// looked at in the order in which they stand.
func all(node *yaml.Node, holds func(*yaml.Node) bool) bool {
	return holds(node) && !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return !all(n, holds) })
}

// Set returns the edit that makes a change. What an alias repeats is changed in one place
// if each of its uses is to change alike, as the wanted changes say. The error says why
// nothing can be edited without a change of anything else.
func (d *Document) Set(change convert.Change, wanted []convert.Change) (Edit, error) {
	e, why := d.set(change, wanted, true)
	if why != nil && d.repeats {
		if local, err := d.set(change, wanted, false); err == nil {
			e, why = local, nil
		}
	}
	if why != nil {
		return Edit{}, why
	}
	e.Does = Describe(change)
	if !d.JSON || d.Offset == 0 || bytes.IndexByte(d.Data[:e.start], '\n') >= 0 {
		e.Start, e.End = d.place(e.start), d.place(e.end)
	}
	return e, nil
}

// Describe describes a change and its reason.
func Describe(c convert.Change) string {
	if c.After == "" {
		return "remove " + c.Field + ": " + c.Why
	}
	after := c.After
	var text string
	if json.Unmarshal([]byte(after), &text) == nil {
		after = `"` + text + `"` // doesn't double backslashes
	}
	return "set " + c.Field + " to " + after + ": " + c.Why
}

// Apply returns the text of the document after an edit.
func (d *Document) Apply(e Edit) []byte {
	return slices.Concat(d.Data[:e.start], []byte(e.Text), d.Data[e.end:])
}

// With returns the content of the document after a change, as JSON.
func (d *Document) With(change convert.Change) ([]byte, error) {
	whole, err := d.with(change)
	if err != nil {
		return nil, err
	}
	return json.Marshal(whole)
}

func (d *Document) with(changes ...convert.Change) (any, error) {
	whole, err := d.decode(d.Data)
	for _, c := range changes {
		var element any
		if c.After != "" && err == nil {
			err = json.Unmarshal([]byte(c.After), &element)
		}
		var ok bool
		if whole, ok = with(whole, input.Steps(c.Field), element, c.After == ""); !ok && err == nil {
			err = fmt.Errorf("it has no %s", c.Field)
		}
	}
	return whole, err
}

func (d *Document) decode(text []byte) (whole any, err error) {
	if d.JSON {
		return whole, json.Unmarshal(text, &whole)
	}
	return whole, sigsyaml.Unmarshal(text, &whole)
}

// with returns a value with an element set or removed, and without objects that become empty.
// It returns false if the path doesn't exist.
func with(whole any, steps []string, element any, remove bool) (any, bool) {
	if len(steps) == 0 {
		return element, !remove
	}
	if whole == nil {
		whole = map[string]any{}
	}
	switch whole := whole.(type) {
	case map[string]any:
		inner, ok := whole[steps[0]]
		if !remove || len(steps) > 1 {
			inner, ok = with(inner, steps[1:], element, remove)
		}
		fields, isObject := inner.(map[string]any)
		if whole[steps[0]] = inner; remove && (len(steps) == 1 || isObject && len(fields) == 0) {
			delete(whole, steps[0])
		}
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

// spot is the place of a change.
type spot struct {
	path   []pair     // to the node, from the last element of a list on
	node   *yaml.Node // the last existing one
	rest   []string   // the steps after it
	anchor string     // of an enclosing node
}

// pair is a key of a mapping and its value.
type pair struct{ mapping, key, value *yaml.Node }

// find follows aliases and merges, or stops before them.
func (d *Document) find(steps []string, through bool) spot {
	s := spot{node: d.Root, rest: steps}
	for len(s.rest) > 0 && (through || s.node.Kind != yaml.AliasNode) {
		in, key, child := input.Child(s.node, s.rest[0])
		if child == nil || in != s.node && !through {
			break
		}
		if s.path = append(s.path, pair{in, key, child}); in.Kind != yaml.MappingNode {
			s.path = nil
		}
		if s.node, s.rest = child, s.rest[1:]; through && child.Kind == yaml.AliasNode {
			s.node = child.Alias
		}
		for _, n := range []*yaml.Node{in, s.node} {
			if n.Anchor != "" {
				s.anchor = n.Anchor
			}
		}
	}
	return s
}

// isSame reports whether two spots are in the same text.
func (s spot) isSame(other spot) bool {
	return s.node == other.node && slices.Equal(s.rest, other.rest)
}

func (d *Document) set(change convert.Change, wanted []convert.Change, through bool) (Edit, error) {
	at := d.find(input.Steps(change.Field), through)
	e, err := d.edit(at, change.After)
	switch {
	case err != nil:
		return e, err
	case e.start < d.Cut:
		return e, errors.New("it follows a dash or a separator in the same line")
	}
	got, err := d.decode(d.Apply(e))
	if err != nil {
		return e, err
	}
	alike := []convert.Change{change}
	for _, other := range wanted {
		if other.Field != change.Field && other.After == change.After && at.isSame(d.find(input.Steps(other.Field), through)) {
			alike = append(alike, other)
		}
	}
	for _, changes := range [][]convert.Change{alike[:1], alike} {
		want, err := d.with(changes...)
		if at.anchor != "" {
			onlyKnown(got)
			onlyKnown(want)
		}
		if err == nil && reflect.DeepEqual(want, got) {
			return e, nil
		}
	}
	if at.anchor != "" {
		return e, fmt.Errorf("aliases of the anchor &%s would change as well", at.anchor)
	}
	return e, errors.New("more than this field would change")
}

// onlyKnown removes fields that Kubernetes drops, which often contain anchors for the others.
func onlyKnown(object any) {
	fields, _ := object.(map[string]any)
	maps.DeleteFunc(fields, func(name string, _ any) bool {
		return !slices.Contains([]string{"apiVersion", "kind", "metadata", "spec", "template", "status"}, name)
	})
}

// edit writes a value at a spot, or removes it.
func (d *Document) edit(at spot, value string) (Edit, error) {
	var object map[string]json.RawMessage
	if len(at.rest) == 0 && at.node.Kind == yaml.MappingNode && len(at.node.Content) == 2 && json.Unmarshal([]byte(value), &object) == nil && len(object) == 1 {
		key, inner := at.node.Content[0], at.node.Content[1]
		if only, same := object[key.Value]; same {
			at.path, at.node = append(at.path, pair{at.node, key, inner}), inner
			return d.edit(at, string(only))
		}
	}
	switch {
	case value == "" && len(at.rest) == 0:
		return d.remove(at.path)
	case value != "" && len(at.rest) == 0:
		return d.replace(at.node, value)
	case value != "":
		return d.insert(at.node, at.rest, value)
	}
	return Edit{}, errors.New("it isn't a separate field")
}

// replace replaces a value within one line, and keeps its quotes.
func (d *Document) replace(node *yaml.Node, value string) (Edit, error) {
	if node.Style&yaml.TaggedStyle != 0 {
		return Edit{}, errors.New("the value has a tag")
	}
	start, length := d.token(node)
	if length == 0 || strings.ContainsAny(value[:1], "{[") {
		return Edit{}, errors.New("the value isn't a plain word in one line")
	}
	text := value // a string has double quotes
	var word string
	switch isText := !d.JSON && json.Unmarshal([]byte(value), &word) == nil; {
	case isText && node.Style == yaml.SingleQuotedStyle:
		text = "'" + strings.ReplaceAll(word, "'", "''") + "'"
	case isText && node.Style == 0:
		text = toYAML(value)
	}
	if strings.Contains(text, "\n") {
		return Edit{}, errors.New("the new value needs several lines")
	}
	return Edit{start: start, end: start + length, Text: text}, nil
}

// toYAML returns JSON as YAML, without a final line end.
func toYAML(value string) string {
	text, _ := sigsyaml.JSONToYAML([]byte(value)) // empty if it isn't JSON, which makes no edit
	return strings.TrimSuffix(string(text), "\n")
}

var errMoreInLine = errors.New("the same lines contain something else")

// remove removes a key, and its parents if they become empty.
func (d *Document) remove(path []pair) (Edit, error) {
	for len(path) > 1 && len(path[len(path)-1].mapping.Content) == 2 {
		path = path[:len(path)-1]
	}
	if len(path) == 0 || len(path[len(path)-1].mapping.Content) == 2 {
		return Edit{}, errors.New("its parent would be empty")
	}
	p := path[len(path)-1]
	start := d.offset(p.key)
	if d.JSON {
		if i := slices.Index(p.mapping.Content, p.key); i+2 < len(p.mapping.Content) {
			return Edit{start: start, end: d.offset(p.mapping.Content[i+2])}, nil
		} else { // with the comma before it
			return Edit{start: d.endOfJSON(p.mapping.Content[i-1]), end: d.endOfJSON(p.value)}, nil
		}
	}
	end, ok := d.endOfLines(p.value)
	row := d.rowOf(start)
	if !ok || p.mapping.Style&yaml.FlowStyle != 0 || !isBlank(d.Data[row:start]) {
		return Edit{}, errMoreInLine
	}
	return Edit{start: row, end: end}, nil
}

func (d *Document) endOfJSON(node *yaml.Node) int {
	at := d.offset(node)
	var value json.RawMessage
	_ = json.NewDecoder(bytes.NewReader(d.Data[at:])).Decode(&value) // which was read before
	return at + len(value)
}

// endOfLines returns the end of the lines of a value; false if a string in it spans lines, or
// something else follows on the last line.
func (d *Document) endOfLines(value *yaml.Node) (int, bool) {
	at, length := 0, 0
	fits := all(value, func(n *yaml.Node) bool {
		at, length = d.token(n)
		return length > 0 || n.Kind&(yaml.MappingNode|yaml.SequenceNode) != 0
	})
	rest, _, ended := bytes.Cut(d.Data[at+length:], []byte("\n"))
	behind := bytes.TrimLeft(rest, " \t\r[]{},")
	return at + length + len(rest) + 1, fits && ended && (len(behind) == 0 || behind[0] == '#')
}

// insert writes a new key before the first one of a mapping.
func (d *Document) insert(node *yaml.Node, steps []string, value string) (Edit, error) {
	for i := len(steps) - 1; i >= 0; i-- {
		key, _ := json.Marshal(steps[i]) // never fails for a string
		value = "{" + string(key) + ":" + value + "}"
	}
	if start := d.offset(node); node.Kind == yaml.MappingNode && bytes.HasPrefix(d.Data[start:], []byte("{}")) {
		return Edit{start: start, end: start + len("{}"), Text: value}, nil
	}
	if node.Kind != yaml.MappingNode || len(node.Content) == 0 {
		return Edit{}, errors.New("its parent has no fields")
	}
	at := d.offset(node.Content[0])
	row := d.rowOf(at)
	before := string(d.Data[row:at])
	end := "\n"
	if first, _, _ := bytes.Cut(d.Data, []byte("\n")); bytes.HasSuffix(first, []byte("\r")) {
		end = "\r\n"
	}
	if node.Style&yaml.FlowStyle != 0 {
		text := value[1:len(value)-1] + ", "
		if outer := d.indent(d.offset(node)); isBlank([]byte(before)) && len(outer) < len(before) {
			var pretty bytes.Buffer
			_ = json.Indent(&pretty, []byte(value), outer, before[len(outer):]) // which is JSON
			text = strings.TrimSuffix(strings.TrimPrefix(pretty.String(), "{\n"+before), "\n"+outer+"}")
			text = strings.ReplaceAll(text+",\n"+before, "\n", end)
		}
		return Edit{start: at, end: at, Text: text}, nil
	}
	text := strings.Split(toYAML(value), "\n")
	indent := strings.Repeat(" ", node.Content[0].Column-1)
	if !isBlank([]byte(before)) {
		return Edit{start: at, end: at, Text: strings.Join(append(text, ""), end+indent)}, nil // after the dash of a list
	}
	for row > 0 { // above the comment of the first key
		above := d.rowOf(row - 1)
		if !bytes.HasPrefix(bytes.TrimLeft(d.Data[above:row], " "), []byte("#")) {
			break
		}
		row = above
	}
	return Edit{start: row, end: row, Text: indent + strings.Join(text, end+indent) + end}, nil
}

var (
	// anchorName is an anchor before a value.
	anchorName = regexp.MustCompile(`^&\S+ +`)
	// quoted is a text in quotes that ends in its line.
	quoted = regexp.MustCompile(`^(?:'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\[^\n])*")`)
)

// token returns the place and the length of a scalar or an alias; 0 if it spans lines or is
// empty.
func (d *Document) token(node *yaml.Node) (start, length int) {
	start = d.offset(node)
	start += len(anchorName.Find(d.Data[start:]))
	text := d.Data[start:]
	switch {
	case node.Kind == yaml.AliasNode:
		length = len("*" + node.Value)
	case node.Kind != yaml.ScalarNode:
	case node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		length = len(quoted.Find(text))
	case bytes.HasPrefix(text, []byte(node.Value)):
		length = len(node.Value)
	}
	return start, length
}

// offset returns the start of a node.
func (d *Document) offset(node *yaml.Node) int {
	line, at := 1, 0
	for row := range bytes.Lines(d.Data) {
		if line == node.Line {
			break
		}
		line, at = line+1, at+len(row)
	}
	for column := 1; column < node.Column && at < len(d.Data); column++ {
		_, size := utf8.DecodeRune(d.Data[at:])
		at += size
	}
	return at
}

// rowOf returns the start of a row.
func (d *Document) rowOf(at int) int { return bytes.LastIndexByte(d.Data[:at], '\n') + 1 }

// indent returns the white space at the start of a row.
func (d *Document) indent(at int) string {
	row := d.Data[d.rowOf(at):at]
	return string(row[:len(row)-len(bytes.TrimLeft(row, " \t"))])
}

func isBlank(text []byte) bool { return len(bytes.TrimLeft(text, " \t")) == 0 }

// place returns the place of a byte in the file.
func (d *Document) place(at int) Place {
	before := d.Data[:at]
	return Place{d.Line + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[d.rowOf(at):])}
}
