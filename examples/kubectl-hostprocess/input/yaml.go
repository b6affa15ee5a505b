// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// yamlReader reads one file of YAML.
type yamlReader struct {
	*Reader
	file        string
	index, line int
	offset      int64 // of the next line
	syntax      int   // bytes of irrelevant text
	document    Text
	// A list in kubectl's format is read item by item; the document is then the text around
	// the items.
	inItems bool
	indent  int // of the dashes
	item    Text
	list    list
	// anchored is the line of the first item with an anchor, which later items may use: the
	// rest of the list is read as a whole. It is 0 if there is none.
	anchored int
}

func (r *Reader) yaml(file string, bom int64, in *bufio.Reader) error {
	y := &yamlReader{Reader: r, file: file, offset: bom, document: Text{Line: 1, Offset: bom}}
	for {
		row, err := readLine(in)
		y.line++
		length := int64(len(row))
		if separates(row) {
			y.end()
			y.document = Text{Data: y.document.Data, Line: y.line, Offset: y.offset, Cut: 3}
			if rest := bytes.TrimSpace(row[3:]); len(rest) == 0 || rest[0] == '#' {
				y.document.Line, y.document.Offset, y.document.Cut, row = y.line+1, y.offset+length, 0, nil
			} else {
				row = append([]byte("   "), row[3:]...) // the document starts after it
			}
		}
		y.add(row)
		y.offset += length
		switch {
		case len(y.document.Data)+len(y.item.Data) > MaxObject:
			advice := "use JSON, whose lists are read item by item"
			if y.anchored > 0 {
				advice = y.adviceOnAnchors()
			}
			return fmt.Errorf("%s:%d: a document of more than %d MiB, so the rest of the file isn't read: %s", file, y.document.Line, MaxObject>>20, advice)
		case errors.Is(err, io.EOF):
			y.end()
			return nil
		case err != nil:
			return fmt.Errorf("%s:%d: %w", file, y.line, err)
		}
	}
}

// readLine reads a line, in parts if it exceeds MaxObject. The result is valid until the next
// call.
func readLine(in *bufio.Reader) (line []byte, err error) {
	line, err = in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	line = bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) && len(line) <= MaxObject {
		var part []byte
		part, err = in.ReadSlice('\n')
		line = append(line, part...)
	}
	return line, err
}

// separates reports whether a line starts or ends a YAML document.
func separates(row []byte) bool {
	if !bytes.HasPrefix(row, []byte("---")) && !bytes.HasPrefix(row, []byte("...")) {
		return false
	}
	return len(row) == 3 || bytes.IndexByte([]byte(" \t\r\n"), row[3]) >= 0
}

// startsItem matches the first line of a list.
var startsItem = regexp.MustCompile(`^ *- +[\w"']`)

// add adds a line to the document, or to an item of its list.
func (y *yamlReader) add(row []byte) {
	trimmed := bytes.TrimLeft(row, " ")
	indent := len(row) - len(trimmed)
	switch {
	case y.inItems && onlyComments(row):
		y.item.Data = append(y.item.Data, row...)
		return
	case y.inItems && indent == y.indent && isElement(trimmed):
		if y.endItem(); y.inItems {
			y.startItem(row)
			return
		}
	case y.inItems && indent == 0 && trimmed[0] != '-':
		y.endItem() // a field of the list
		y.inItems = false
	case y.inItems:
		y.item.Data = append(y.item.Data, row...)
		return
	case bytes.HasPrefix(trimmed, []byte("-")) && bytes.HasSuffix(bytes.TrimRight(y.document.Data, "\r\n"), []byte("\nitems:")) && startsItem.Match(row):
		about := y.about()
		y.indent = indent
		y.list = list{Object: Object{File: y.file, Document: y.index, Kind: about.kind}, apiVersion: about.apiVersion}
		if !y.list.mayBeList() {
			break
		}
		if !hasAnchor(y.document.Data) {
			y.inItems = true
			y.startItem(row)
			return
		}
		y.anchored = y.line
	}
	y.document.Data = append(y.document.Data, row...)
}

// isElement reports whether a line starts an element of a list.
func isElement(row []byte) bool {
	return row[0] == '-' && (len(row) == 1 || bytes.IndexByte([]byte(" \r\n"), row[1]) >= 0)
}

// about reads the text around the items of a list, up to a limit.
func (y *yamlReader) about() (a about) {
	if tooMany(y.document.Data) != nil {
		return a
	}
	if data, err := yaml.YAMLToJSON(y.document.Data); err == nil {
		a, _ = aboutOf(data)
	}
	return a
}

// startItem starts an item with its first line, and replaces the dash with a space.
func (y *yamlReader) startItem(row []byte) {
	y.list.items = true
	y.item = Text{Data: append(y.item.Data[:0], row...), Line: y.line, Offset: y.offset, Cut: y.indent + 1}
	y.item.Data[y.indent] = ' '
}

// endItem ends an item. An item with an anchor and those after it stay in the document.
func (y *yamlReader) endItem() {
	data := y.item.Data
	if len(data) == 0 {
		return
	}
	defer func() { y.item.Data = data[:0] }()
	if hasAnchor(data) {
		y.inItems, y.anchored = false, y.item.Line
		y.document.Line = y.item.Line - bytes.Count(y.document.Data, []byte("\n"))
		data[y.indent] = '-'
		y.document.Data = append(y.document.Data, data...)
		return
	}
	if !y.wants(data) {
		y.Others++
		return
	}
	o := Object{File: y.file, Document: y.index, Line: y.item.Line, text: &text{Text: y.item, outer: y.outer}}
	if json := y.toJSON(&o); json != nil {
		y.Reader.item(&y.list, o, json)
	}
}

func (y *yamlReader) adviceOnAnchors() string {
	return fmt.Sprintf("the list is read as a whole, because an item may use the anchor in line %d: replace its aliases with their values", y.anchored)
}

// mayHaveAnchor matches a possible anchor, and hasAnchor reports whether there is one.
var mayHaveAnchor = regexp.MustCompile(`(?m)(?:^|[\s,\[{])&\w`)

func hasAnchor(data []byte) bool {
	var all func(n *yamlv3.Node) bool
	all = func(n *yamlv3.Node) bool { return n.Anchor != "" || slices.ContainsFunc(n.Content, all) }
	var node yamlv3.Node
	return bytes.IndexByte(data, '&') >= 0 && mayHaveAnchor.Match(data) && tooMany(data) == nil && yamlv3.Unmarshal(data, &node) == nil && all(&node)
}

// end ends a document.
func (y *yamlReader) end() {
	y.endItem()
	data := y.document.Data
	defer func() {
		y.document.Data, y.inItems, y.list, y.anchored = data[:0], false, list{}, 0
	}()
	if y.list.items {
		if y.list.Kind == "" {
			about := y.about()
			y.list.Kind, y.list.apiVersion = about.kind, about.apiVersion
		}
		y.ended(&y.list)
		if y.anchored == 0 {
			y.index++
			return
		}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return
	}
	o := Object{File: y.file, Document: y.index, Line: y.document.Line, text: &text{Text: y.document, outer: y.outer}}
	y.index++
	if !y.wants(data) {
		y.unwanted(o)
		return
	}
	if json := y.toJSON(&o); json != nil {
		o.inOuter()
		y.object(o, json, schema.GroupVersionKind{})
	}
}

// maxSyntax limits how much irrelevant text of a named file is parsed as YAML, to report broken
// files.
const maxSyntax = 1 << 20

// unwanted counts a document that isn't decoded.
func (y *yamlReader) unwanted(o Object) {
	data := o.text.Data
	if !y.walking && y.outer == nil && tooMany(data) == nil {
		if y.syntax += len(data); y.syntax <= maxSyntax && y.toJSON(&o) == nil {
			return
		}
	}
	switch {
	case onlyComments(data):
	case bytes.Contains(data, []byte("apiVersion")):
		y.Others++
	default:
		y.Foreign++
	}
}

// onlyComments reports whether a document has no content.
func onlyComments(data []byte) bool {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

var (
	// hiddenSeparator matches a separator after a line ending that only YAML recognizes: the
	// decoder would stop there.
	hiddenSeparator = regexp.MustCompile("(?:\r|\u0085|\u2028|\u2029)(?:---|\\.\\.\\.)(?:[ \t\r\n]|$)")
	duplicateKey    = regexp.MustCompile(`line (\d+): key (".*") already set in map`)
	lineInYAMLError = regexp.MustCompile(`^.*yaml: line (\d+): `)
)

// toJSON converts a document. It returns nil if the document is empty, or after reporting an
// error.
func (y *yamlReader) toJSON(o *Object) []byte {
	data := o.text.Data
	if at := hiddenSeparator.FindIndex(data); at != nil {
		o.Line += bytes.Count(data[:at[0]], []byte("\n"))
		o.Err = errors.New("a document starts or ends after a line end that is neither that of Unix nor that of Windows: end lines with a line feed")
		y.broken(*o, false)
		return nil
	}
	if o.Err = tooMany(data); o.Err != nil {
		if y.anchored > 0 {
			o.Line, o.Err = y.anchored, fmt.Errorf("%w: %s", o.Err, y.adviceOnAnchors())
		}
		y.broken(*o, false)
		return nil
	}
	json, err := yaml.YAMLToJSONStrict(data)
	if duplicates := duplicateKey.FindAllStringSubmatch(fmt.Sprint(err), -1); duplicates != nil {
		json, err = yaml.YAMLToJSON(data)
		for _, d := range duplicates {
			line, _ := strconv.Atoi(d[1]) // digits
			o.Unknown = append(o.Unknown, fmt.Sprintf("duplicate key %s in line %d", d[2], o.Line+line-1))
		}
	}
	if err == nil && string(json) == "null" {
		return nil // comments
	}
	if err == nil {
		return json
	}
	line, message := lineIn(err)
	if !utf8.Valid(data) {
		line, message = 1, "it isn't valid UTF-8"
		for row := range bytes.Lines(data) {
			if !utf8.Valid(row) {
				break
			}
			line++
		}
	}
	isTemplate := bytes.Contains(data, []byte("{{"))
	if isTemplate {
		message = "it is a template: render it first, for example with helm template: " + message
	}
	o.Line += line - 1
	o.Err = errors.New(message)
	y.broken(*o, isTemplate)
	return nil
}

// lineIn splits a YAML error into its line in the document, from 1, and its message.
func lineIn(err error) (line int, message string) {
	message = err.Error()
	match := lineInYAMLError.FindStringSubmatch(message)
	if match == nil {
		return 1, message
	}
	line, _ = strconv.Atoi(match[1]) // digits
	return line, message[len(match[0]):]
}
