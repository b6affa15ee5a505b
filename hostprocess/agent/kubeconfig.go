// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// Kubeconfig reads the kubeconfig at mountPath, for example from a ConfigMap, and
// returns it with its paths changed to their paths on this node. These are
// certificate-authority of the clusters, and client-certificate, client-key and
// tokenFile of the users. It changes nothing else, not even comments. Write the result
// to a file, or pass it to a client, which would otherwise take the manifest's paths
// for files of the node.
//
// A path is a mountPath, or below one: see Path. A relative one is relative to the
// kubeconfig, as in client-go. In the symlink modes, a path that starts with the
// container's root is kept. The files must exist. The command of an exec plugin is
// ignored.
//
// The kubeconfig is YAML in block style, as kubectl and kubeadm write it, or JSON.
// Kubeconfig doesn't support YAML's anchors, aliases, tags, scalars of more than one
// line where a mapping is expected, more than one document, and flow style ({a: b})
// around the paths. The error then is an *fs.PathError with the line, and so it is if a
// file isn't found.
//
// Source: https://github.com/kubernetes/client-go/blob/v0.34.0/tools/clientcmd/loader.go (ResolveLocalPaths)
func (r Root) Kubeconfig(mountPath string) ([]byte, error) {
	text, err := r.ReadFile(mountPath)
	if err != nil {
		return nil, err
	}
	config, err := replacePaths(string(text), func(path string) (string, error) {
		return r.Path(r.besides(mountPath, path))
	})
	if err != nil {
		return nil, &fs.PathError{Op: "kubeconfig", Path: mountPath, Err: err}
	}
	return []byte(config), nil
}

// besides returns the mountPath of a file named in the kubeconfig at mountPath.
func (r Root) besides(mountPath, path string) string {
	rooted := winpath.IsSeparator(path[0])
	if r.windows() {
		rooted = rooted || len(path) > 2 && path[1] == ':' && winpath.IsSeparator(path[2])
	}
	if !rooted {
		return mountPath + "/../" + path
	}
	if r.mode == volumes.ModeSymlink16 || r.mode == volumes.ModeSymlinkHPC {
		if rest, ok := cutPrefixFold(winpath.Clean(path), r.dir+`\`); ok {
			return `\` + rest
		}
	}
	return path
}

// filePath is the path of a file in a kubeconfig.
type filePath struct {
	key        string
	value      string
	start, end int // the position of the value in the text, quotes included
}

// replacePaths returns a kubeconfig with each path replaced by replace.
func replacePaths(text string, replace func(path string) (string, error)) (string, error) {
	find, quote := findYAML, quoteYAML
	if strings.HasPrefix(strings.TrimLeft(strings.TrimPrefix(text, bom), " \t\r\n"), "{") {
		find, quote = findJSON, quoteJSON
	}
	paths, at, err := find(text)
	if err != nil {
		return "", fmt.Errorf("line %d: %w", lineAt(text, at), err)
	}
	var b strings.Builder
	done := 0
	for _, p := range paths {
		value, err := replace(p.value)
		if err == nil && hasControl(value) {
			err = errControl
		}
		if err != nil {
			return "", fmt.Errorf("line %d: %s: %w", lineAt(text, p.start), p.key, err)
		}
		if value != p.value {
			b.WriteString(text[done:p.start])
			b.WriteString(quote(value))
			done = p.end
		}
	}
	b.WriteString(text[done:])
	return b.String(), nil
}

const bom = "\ufeff"

func lineAt(text string, at int) int { return 1 + strings.Count(text[:at], "\n") }

var (
	errControl     = errors.New("contains a control character")
	errNoClusters  = errors.New("has no clusters, so it isn't a kubeconfig")
	errNotText     = errors.New("isn't UTF-8 text; Windows PowerShell writes UTF-16 by default")
	errDocuments   = errors.New("has more than one document")
	errIndentation = errors.New("has an indentation that matches no line above")
	errTab         = errors.New("has a tab in the indentation")
	errNeither     = errors.New("is neither a key with a value nor an item of a list; write each value on one line")
	errMoreLines   = errors.New("has a value that continues on the next line; write it on one line")
	errBehind      = errors.New("has text after a value")
	errFlow        = errors.New("has flow style around paths; write it in block style, with one key per line")
	errAnchor      = errors.New("has an anchor, an alias, a tag or a character that can't start a value; write the value itself")
	errEscape      = errors.New("has an escape in a path or key other than \\\\, \\\" and \\/; write it in single quotes")
	errBlock       = errors.New("has a path written as a block; write it after its key")
)

// place is a path in a kubeconfig: the keys, with no key for lists.
type place []step

type step struct {
	key  string
	list bool
	// The rest is for YAML.
	column int
	open   bool // nothing follows on the same line
}

// isFile reports whether the value at p is the path of a file.
func (p place) isFile() bool {
	if len(p) != 4 || p[0].list || !p[1].list || p[2].list || p[3].list {
		return false
	}
	switch p[0].key + "/" + p[2].key + "/" + p[3].key {
	case "clusters/cluster/certificate-authority",
		"users/user/client-certificate", "users/user/client-key", "users/user/tokenFile":
		return true
	}
	return false
}

// mayHold reports whether the value at p may contain the path of a file.
func (p place) mayHold() bool {
	switch len(p) {
	case 0:
		return true
	case 1, 2:
		return p[0].key == "clusters" || p[0].key == "users"
	case 3:
		return p[:2].mayHold() && (p[2].key == "cluster" || p[2].key == "user")
	}
	return p.isFile()
}

func (p place) top() *step { return &p[len(p)-1] }

// findJSON returns the paths of files in a kubeconfig in JSON. An error is at the
// returned offset.
func findJSON(text string) (paths []filePath, at int, err error) {
	skipped := len(text) - len(strings.TrimPrefix(text, bom))
	d := json.NewDecoder(strings.NewReader(text[skipped:]))
	var p place
	key, clusters := false, false // whether a key is next; whether there are clusters
	for {
		at = skipped + int(d.InputOffset())
		token, err := d.Token()
		if err == io.EOF && len(p) == 0 && at > skipped {
			if !clusters {
				err = errNoClusters
			} else {
				err = nil
			}
			return paths, at, err
		}
		if err != nil {
			return nil, at, err
		}
		if len(p) == 0 && at > skipped {
			return nil, at, errDocuments
		}
		value, isString := token.(string)
		switch {
		case isString && key:
			p.top().key, key = value, false
			clusters = clusters || len(p) == 1 && value == "clusters"
			continue
		case isString && p.isFile() && value != "":
			start := at + len(text[at:]) - len(strings.TrimLeft(text[at:], ": \t\r\n"))
			paths = append(paths, filePath{p.top().key, value, start, skipped + int(d.InputOffset())})
		case token == json.Delim('{'):
			p = append(p, step{})
			key = true
			continue
		case token == json.Delim('['):
			p = append(p, step{list: true})
			continue
		case token == json.Delim('}') || token == json.Delim(']'):
			p = p[:len(p)-1]
		}
		key = len(p) > 0 && !p.top().list
	}
}

func quoteJSON(s string) string {
	text, _ := json.Marshal(s) // of a string: no error
	return string(text)
}

func quoteYAML(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// findYAML returns the paths of files in a kubeconfig in YAML. An error is at the
// returned offset.
func findYAML(text string) (paths []filePath, at int, err error) {
	at = strings.IndexFunc(strings.ReplaceAll(text, "\r\n", " \n"), notInYAML)
	if !utf8.ValidString(text) {
		at = 0
	}
	if at >= 0 {
		return nil, at, errNotText
	}
	at = len(text) - len(strings.TrimPrefix(text, bom))
	y := yamlReader{block: -1}
	for line := range strings.Lines(text[at:]) {
		if err := y.line(strings.TrimRight(line, "\r\n"), at); err != nil {
			return nil, at, err
		}
		at += len(line)
	}
	if !y.clusters {
		return nil, at, errNoClusters
	}
	return y.paths, at, nil
}

// notInYAML reports whether c isn't text, or ends a line for only some YAML readers.
func notInYAML(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' || 0x7f <= c && c < 0xa0 || c == 0x2028 || c == 0x2029
}

// yamlReader reads YAML line by line.
type yamlReader struct {
	place    place
	block    int // lines indented by more belong to a block of text; -1 outside of one
	started  bool
	clusters bool
	paths    []filePath
}

// line reads a line, which starts at the given offset.
func (y *yamlReader) line(line string, at int) error {
	rest := strings.TrimLeft(line, " ")
	column := len(line) - len(rest)
	if y.block >= 0 && (rest == "" || column > y.block) {
		return nil
	}
	y.block = -1
	switch {
	case strings.Trim(rest, " \t") == "" || rest[0] == '#':
		return nil
	case rest[0] == '\t':
		return errTab
	case column == 0 && (line == "---" || strings.HasPrefix(line, "--- ") || line == "..." || strings.HasPrefix(line, "... ")):
		if y.started || !endsLine(line[3:]) || line[0] == '.' {
			return errDocuments
		}
		y.started = true
		return nil
	}
	y.started = true
	item := false
	for rest == "-" || strings.HasPrefix(rest, "- ") {
		if err := y.enter(step{list: true, column: column, open: true}); err != nil {
			return err
		}
		rest = strings.TrimLeft(rest[1:], " ")
		column = len(line) - len(rest)
		if endsLine(rest) {
			return nil
		}
		item = true
	}
	key, value, err := cutKey(rest)
	switch {
	case err == errNeither && item:
		y.place.top().open = false
		return y.value(rest, at+column)
	case err != nil:
		return err
	}
	if err := y.enter(step{key: key, column: column}); err != nil {
		return err
	}
	y.clusters = y.clusters || len(y.place) == 1 && key == "clusters"
	return y.value(value, at+len(line)-len(value))
}

// enter goes to a key or an item of a list.
func (y *yamlReader) enter(s step) error {
	if len(y.place) == 0 {
		y.place = place{s}
		return nil
	}
	for len(y.place) > 0 && y.place.top().column > s.column {
		y.place = y.place[:len(y.place)-1]
	}
	if n := len(y.place); n > 1 && !s.list && y.place.top().list && y.place.top().column == s.column {
		y.place = y.place[:n-1] // a list may be as far to the left as its key
	}
	if len(y.place) == 0 {
		return errIndentation
	}
	top := y.place.top()
	switch {
	case top.column == s.column && top.list == s.list:
		*top = s
	case top.open && (top.column < s.column || top.column == s.column && s.list):
		top.open = false
		y.place = append(y.place, s)
	default:
		return errIndentation
	}
	return nil
}

// value reads the text after a key or a dash, at the given offset.
func (y *yamlReader) value(value string, at int) error {
	if endsLine(value) {
		y.place.top().open = true
		return nil
	}
	text, n := value, 0
	switch value[0] {
	case '|', '>':
		if y.place.isFile() {
			return errBlock
		}
		if !endsLine(strings.TrimLeft(value[1:], "+-123456789")) {
			return errBehind
		}
		y.block = y.place.top().column
		return nil
	case '[', '{':
		n = flowLen(value)
		switch {
		case n == 0:
			return errMoreLines
		case !endsLine(value[n:]):
			return errBehind
		case y.place.mayHold() && strings.Trim(value[1:n-1], " ") != "":
			return errFlow
		}
		return nil
	case '"', '\'':
		var exact bool
		text, n, exact = quoted(value)
		switch {
		case n == 0:
			return errMoreLines
		case !endsLine(value[n:]):
			return errBehind
		case !exact && y.place.isFile():
			return errEscape
		}
	case '&', '*', '!', '%', '@', '`', ',', ']', '}':
		return errAnchor
	default:
		if comment := commentAt(value); comment >= 0 {
			text = value[:comment]
		}
		text = strings.TrimRight(text, " \t")
		n = len(text)
		if colonAt(text) >= 0 || text == "-" || text == "?" || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "? ") {
			return errBehind
		}
		if text == "~" || strings.EqualFold(text, "null") {
			text = ""
		}
	}
	if text != "" && y.place.isFile() {
		y.paths = append(y.paths, filePath{y.place.top().key, text, at, at + n})
	}
	return nil
}

// cutKey returns the key at the start of s and the value after it. If there is no key,
// the error is errNeither.
func cutKey(s string) (key, value string, err error) {
	n, exact := 0, true
	switch s[0] {
	case '"', '\'':
		if key, n, exact = quoted(s); n == 0 {
			return "", "", errMoreLines
		}
		if rest := strings.TrimLeft(s[n:], " \t"); colonAt(rest) != 0 {
			return "", "", errNeither
		}
		if !exact {
			return "", "", errEscape
		}
		n += strings.IndexByte(s[n:], ':')
	case '?', '&', '*', '!', '|', '>', '%', '@', '`', '[', '{', ',', ']', '}':
		if s[0] == '?' && !strings.HasPrefix(s, "? ") && s != "?" {
			break
		}
		return "", "", errNeither
	}
	if n == 0 {
		n = colonAt(s)
		if comment := commentAt(s); n < 0 || 0 <= comment && comment < n {
			return "", "", errNeither
		}
		key = strings.TrimRight(s[:n], " \t")
	}
	return key, strings.TrimLeft(s[n+1:], " \t"), nil
}

// colonAt returns the index of the first colon in s that ends a key, or -1.
func colonAt(s string) int {
	for i := range len(s) {
		if s[i] == ':' && (i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\t') {
			return i
		}
	}
	return -1
}

// commentAt returns the index of the blank before a comment in s, or -1.
func commentAt(s string) int {
	for i := range len(s) - 1 {
		if (s[i] == ' ' || s[i] == '\t') && s[i+1] == '#' {
			return i
		}
	}
	return -1
}

// endsLine reports whether s, which follows a value, or a key and a blank, is empty or
// a comment.
func endsLine(s string) bool {
	rest := strings.TrimLeft(s, " \t")
	return rest == "" || rest[0] == '#'
}

// quoted reads the string in quotes at the start of s. It returns its length, 0 if it
// doesn't end in s, and whether text is its value: it isn't if there are escapes other
// than those of quotes, slashes and backslashes.
func quoted(s string) (text string, n int, exact bool) {
	var b strings.Builder
	exact = true
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0] && c == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		case c == s[0]:
			return b.String(), i + 1, exact
		case c == '\\' && s[0] == '"' && i+1 < len(s):
			i++
			exact = exact && strings.IndexByte(`\"/`, s[i]) >= 0
		}
		b.WriteByte(s[i])
	}
	return "", 0, false
}

// flowLen returns the length of the list or mapping in flow style at the start of s,
// or 0 if it doesn't end in s.
func flowLen(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'':
			if _, n, _ := quoted(s[i:]); n > 0 {
				i += n - 1
			} else {
				return 0
			}
		}
	}
	return 0
}
