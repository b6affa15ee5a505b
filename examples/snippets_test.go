// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package examples

import (
	"errors"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the top of the repository.
const root = ".."

// snippet is a block of code in a document.
type snippet struct {
	where    string // file and line, for messages
	language string // the first word after the fence; empty for none
	options  string // what follows it
	text     string // ends with a newline
	from, to int    // where the text is in the document
}

func (s snippet) option(name string) string {
	for _, word := range strings.Fields(s.options) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	return ""
}

// indentedCode is a line that Markdown takes for code without a fence, in
// documents whose lists are indented by less.
var indentedCode = regexp.MustCompile(`^(    |\t)\s*\S`)

// snippetsOf finds the blocks of code in a Markdown document. A block without a
// fence, and a fence that is never closed, is an error.
func snippetsOf(name, document string) ([]snippet, error) {
	var found []snippet
	var open *snippet
	at, blank := 0, true
	for i, line := range strings.SplitAfter(document, "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && open == nil:
			language, options, _ := strings.Cut(fence, " ")
			open = &snippet{where: fmt.Sprintf("%s:%d", name, i+1), language: language, options: options, from: at + len(line)}
		case isFence:
			open.to = at
			open.text = document[open.from:open.to]
			found = append(found, *open)
			open = nil
		case open == nil && blank && indentedCode.MatchString(line):
			return nil, fmt.Errorf("%s:%d: write code between fences, with its language", name, i+1)
		}
		at += len(line)
		blank = strings.TrimSpace(line) == ""
	}
	if open != nil {
		return nil, fmt.Errorf("%s: the fence is never closed", open.where)
	}
	return found, nil
}

func TestSnippetsOf(t *testing.T) {
	document := "# A\n\n```go\nx := 1\n```\n\n- item\n  more\n\n```yaml containerd=1.6\na: b\n\n    c\n```\n"
	found, err := snippetsOf("a.md", document)
	if err != nil || len(found) != 2 {
		t.Fatalf("found %v, %v", found, err)
	}
	if s := found[0]; s.language != "go" || s.text != "x := 1\n" || s.where != "a.md:3" {
		t.Errorf("first: %+v", s)
	}
	if s := found[1]; s.language != "yaml" || s.option("containerd") != "1.6" || document[s.from:s.to] != s.text {
		t.Errorf("second: %+v", s)
	}
	for _, bad := range []string{"text\n\n    code\n", "text\n\n\tcode\n", "```go\nx\n"} {
		if found, err := snippetsOf("a.md", bad); err == nil {
			t.Errorf("%q: found %v and no error", bad, found)
		}
	}
}

// repositoryFiles lists the files below the top of the repository by their
// slash-separated paths, without those of git.
func repositoryFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == ".git" {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err == nil && entry.Type().IsRegular() {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readRepository(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// bodies are the files that a part of one can stand for, as their lines without
// indentation and empty ones. Comments of Go are left out.
type bodies map[string]string

// readBodies reads the repository's files of some kinds: Go that a compiler
// sees, and manifests that a test reads.
func readBodies(t *testing.T) bodies {
	b := bodies{}
	for _, name := range repositoryFiles(t) {
		switch path.Ext(name) {
		case ".go":
			if !strings.Contains(name, "/testdata/") {
				b[name] = plainLines(readRepository(t, name), "//")
			}
		case ".yaml", ".golden":
			b[name] = plainLines(readRepository(t, name), "#")
		}
	}
	return b
}

func plainLines(text, comment string) string {
	var plain strings.Builder
	plain.WriteString("\n")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, comment) {
			plain.WriteString(line + "\n")
		}
	}
	return plain.String()
}

// hold finds the file with an extension in which a fragment stands word for
// word, but for indentation.
func (b bodies) hold(fragment string, extensions ...string) (name string, ok bool) {
	comment := "#"
	if slices.Contains(extensions, ".go") {
		comment = "//"
	}
	fragment = plainLines(fragment, comment)
	for name, body := range b {
		if fragment != "\n" && slices.Contains(extensions, path.Ext(name)) && strings.Contains(body, fragment) {
			return name, true
		}
	}
	return "", false
}

// docSnippets finds the blocks of code in the comments of a Go file that its
// package's page shows, and in its package comment.
func docSnippets(name, source string) ([]snippet, error) {
	fileSet := token.NewFileSet()
	file, err := parser.ParseFile(fileSet, name, source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var found []snippet
	add := func(group *ast.CommentGroup) {
		if group == nil {
			return
		}
		var p comment.Parser
		for _, block := range p.Parse(group.Text()).Content {
			if code, ok := block.(*comment.Code); ok {
				found = append(found, snippet{where: fileSet.Position(group.Pos()).String(), text: code.Text})
			}
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.File:
			add(node.Doc)
		case *ast.FuncDecl:
			add(node.Doc)
			return false
		case *ast.GenDecl:
			add(node.Doc)
		case *ast.TypeSpec:
			add(node.Doc)
		case *ast.ValueSpec:
			add(node.Doc)
		case *ast.Field:
			add(node.Doc)
		}
		return true
	})
	return found, nil
}

func TestDocSnippets(t *testing.T) {
	found, err := docSnippets("a.go", `// Package a does:
//
//	a.Do()
package a

// Do is done:
//
//	kubectl get pods
func Do() {
	// Not shown:
	//
	//	x
}

// T is a type.
type T struct {
	// Field is set:
	//
	//	Field: 1
	Field int
}
`)
	var texts []string
	for _, s := range found {
		texts = append(texts, s.text)
	}
	if want := []string{"a.Do()\n", "kubectl get pods\n", "Field: 1\n"}; err != nil || !slices.Equal(texts, want) {
		t.Errorf("found %q, %v, want %q", texts, err, want)
	}
}

// isCommand reports whether a line is one for a shell.
func isCommand(line string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return slices.Contains([]string{"go", "bash", "cd", "git", "kubectl", "mkdir", "curl"}, word)
}

// checkCommands says what is wrong with the lines of a shell that a test can't
// run, because they need a network, a cluster or a checkout to change. What
// they name of the repository must be there.
func checkCommands(text string) error {
	folder := "."
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		line, _, _ = strings.Cut(line, " > ")
		line, _, _ = strings.Cut(line, "[") // what may be left out, in a line of usage
		if line == "" || line[0] == '#' {
			continue
		}
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == '&' || r == '|' }) {
			words := strings.Fields(part)
			if len(words) > 0 && strings.Contains(text, " -o "+words[0]+" ") {
				continue // what the lines before have built
			}
			if err := checkCommand(&folder, words); err != nil {
				return fmt.Errorf("%q: %w", line, err)
			}
		}
	}
	return nil
}

const modulePath = "github.com/hostprocess-go/sdk"

func checkCommand(folder *string, words []string) error {
	if len(words) == 0 {
		return nil
	}
	two := strings.Join(words[:min(2, len(words))], " ")
	switch {
	case words[0] == "cd" && len(words) == 2:
		*folder = path.Join(*folder, words[1])
		if words[1] == "sdk" { // what git clone makes
			*folder = "."
		}
		return exists(*folder)
	case words[0] == "cp" && len(words) == 3 && words[2] == ".": // from a checkout beside the reader's folder
		return exists(strings.TrimPrefix(words[1], "../sdk/"))
	case words[0] == "mkdir" && len(words) == 2:
		*folder = "." // an empty folder of the reader's
		return nil
	case two == "git clone" && words[2] == "https://"+modulePath,
		two == "go mod" && slices.Contains([]string{"init", "tidy", "edit"}, words[2]),
		two == "go generate", two == "go build":
		return nil
	case two == "go install" && len(words) > 3 && words[2] == "-C":
		return exists(path.Join(*folder, words[3]))
	case two == "go get":
		for _, word := range words[2:] {
			module, _, _ := strings.Cut(word, "@")
			if inner, ours := strings.CutPrefix(module, modulePath); module != "sigs.k8s.io/yaml" && (!ours || exists("./"+inner) != nil) {
				return fmt.Errorf("%s is neither of this module nor needed with it", word)
			}
		}
		return nil
	case two == "go run" && len(words) > 2:
		return exists(path.Join(*folder, words[2]))
	case two == "go test":
		return checkGoTest(*folder, words[2:])
	case words[0] == "/usr/bin/time", path.Base(words[0]) == "mutate": // run a program that was built before
		return nil
	case two == "go -C" && len(words) > 3:
		there := path.Join(*folder, words[2])
		return checkCommand(&there, append([]string{"go"}, words[3:]...))
	case two == "go tool" && len(words) > 2:
		return exists(path.Join(*folder, "go.mod"))
	case words[0] == "bash" && len(words) > 1:
		return exists(path.Join(*folder, words[1]))
	case words[0] == "op-readiness": // of windows-operational-readiness
		if i := slices.Index(words, "--test-directory"); i > 0 && i+1 < len(words) {
			return exists(path.Join(*folder, words[i+1]))
		}
		return nil
	case words[0] == "kubectl" || words[0] == "git" && len(words) > 1 && slices.Contains([]string{"tag", "push", "switch"}, words[1]):
		for i, word := range words[:len(words)-1] {
			if word == "-f" && words[i+1] != "-" {
				if err := exists(path.Join(*folder, words[i+1])); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return errors.New("no test knows such a command: teach checkCommand what it needs, or show another")
}

// checkGoTest reports whether the packages are there, and the tests that -run or
// -bench names.
func checkGoTest(folder string, words []string) error {
	packages := []string{"."}
	if i := slices.IndexFunc(words, func(word string) bool { return strings.HasPrefix(word, ".") }); i >= 0 {
		packages = []string{words[i]}
	}
	for _, name := range packages {
		in := path.Join(folder, strings.TrimSuffix(name, "/..."))
		if err := exists(in); err != nil {
			return err
		}
		for i, word := range words[:max(0, len(words)-1)] {
			if test := words[i+1]; word == "-run" && test != "none" && !definesTest(in, test) {
				return fmt.Errorf("there is no %s in %s", test, in)
			}
		}
	}
	return nil
}

func definesTest(folder, pattern string) bool {
	name, _, _ := strings.Cut(pattern, "/")
	tests, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*_test.go"))
	return slices.ContainsFunc(tests, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "\nfunc "+name+"(")
	})
}

func exists(name string) error {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err
}

func TestCheckCommands(t *testing.T) {
	for text, good := range map[string]bool{
		"go test ./...    # the tests":                                                  true,
		"cd internal/conformance && go test -run TestValidate/1.37 -pods 1000000 .":     true,
		"go run ./examples/quickstart | kubectl apply -f -":                             true,
		"kubectl apply -f examples/operator/manifests/webhook.yaml":                     true,
		"git clone https://github.com/hostprocess-go/sdk && cd sdk":                     true,
		"go get github.com/hostprocess-go/sdk/hostprocess@latest":                       true,
		"go -C internal/conformance test -v ./cost":                                     true,
		"go -C internal/tools tool benchstat ../../peers.txt":                           true,
		"go -C internal/nowhere test ./...":                                             false,
		"go run ./examples/no-such-program":                                             false,
		"go test ./validate -run TestNoSuchThing":                                       false,
		"cd internal/nowhere":                                                           false,
		"kubectl apply -f examples/operator/manifests/no-such.yaml":                     false,
		"git clone https://github.com/someone/else":                                     false,
		"go get github.com/someone/else":                                                false,
		"kubectl hostprocess policy --namespace a \\\n\t--image b | kubectl apply -f -": true,
		"go install -C examples/kubectl-hostprocess .":                                  true,
		"go install -C examples/no-such-program .":                                      false,
		"make all": false,
		"go run ./examples/quickstart [-o text|json] FILE|DIR|-": true,
		"cp ../sdk/examples/quickstart/main.go .":                true,
		"cp ../sdk/examples/quickstart/none.go .":                false,
	} {
		if err := checkCommands(text); (err == nil) != good {
			t.Errorf("checkCommands(%q) = %v", text, err)
		}
	}
}
