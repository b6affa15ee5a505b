// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package manifest

//lint:file-ignore SA1019 the package with the line numbers is deprecated only in favour of a module of its own, which this one does not require

import (
	"strconv"
	"strings"

	yaml "sigs.k8s.io/yaml/goyaml.v3"
)

// lines knows where the fields of a document stand.
type lines struct{ node *yaml.Node }

// linesOf reads a document once more, for its lines.
func linesOf(text []byte) lines {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return lines{}
	}
	return lines{document.Content[0]}
}

// of is the line of a field, or of the nearest one around it, from 1.
func (l lines) of(field string) int {
	if l.node == nil {
		return 1
	}
	node, line := l.node, l.node.Line
	for _, step := range steps(field) {
		key, value := child(node, step)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return line
}

// at is a part of the document.
func (l lines) at(field string) lines {
	node := l.node
	for _, step := range steps(field) {
		if _, node = child(node, step); node == nil {
			return l
		}
	}
	return lines{node}
}

// steps takes a field apart: "spec.containers[0]" is spec, containers, [0].
func steps(field string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(field, "[", ".["), func(r rune) bool { return r == '.' })
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
	if index, err := strconv.Atoi(strings.Trim(step, "[]")); err == nil && node.Kind == yaml.SequenceNode {
		if index < 0 || index >= len(node.Content) {
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
