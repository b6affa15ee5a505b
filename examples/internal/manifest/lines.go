// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package manifest

//lint:file-ignore SA1019 the package with the line numbers is deprecated only in favour of a module of its own, which this one does not require

import (
	"strconv"
	"strings"

	yaml "sigs.k8s.io/yaml/goyaml.v3"
)

// lines knows where the fields of a document, or of a part of it, stand.
type lines struct {
	document *document
	part     string
}

// document is a text that is taken apart when a line is asked for: most objects
// have no findings.
type document struct {
	text []byte
	// whole says that the text has the lines of its file as they are.
	whole bool
	rows  []string
	root  *yaml.Node
	read  bool
}

// of is the line of a field, or of the nearest one around it, from 1.
func (l lines) of(field string) int {
	node := l.document.node()
	if node == nil {
		return 1
	}
	line := node.Line
	for _, step := range steps(l.part + "." + field) {
		key, value := child(node, step)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return line
}

// at is a part of the document.
func (l lines) at(field string) lines { return lines{l.document, l.part + "." + field} }

// node is the document's content; nil where it can't be read.
func (d *document) node() *yaml.Node {
	if d == nil {
		return nil
	}
	if !d.read {
		d.read = true
		var node yaml.Node
		if yaml.Unmarshal(d.text, &node) == nil && len(node.Content) > 0 {
			d.root = node.Content[0]
		}
	}
	return d.root
}

// steps takes a field apart: "spec.containers[0]" is spec, containers, 0, and
// "labels[example.com/a]" is labels, example.com/a.
func steps(field string) []string {
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

// child finds a field of a mapping or an element of a list; it returns the node
// whose line is the field's, and the value.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
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
