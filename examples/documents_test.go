// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package examples

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/validate/explain"
)

var update = flag.Bool("update", false, "write the output that documents show anew")

// TestDocuments runs what the documents of the repository show. It finds them,
// and the blocks of code in them, itself. By its language, a block is
//
//   - go: a program, whose output is the next block, whatever its language; or
//     a fragment, which stands in a Go file of the repository;
//   - yaml: a manifest, checked by kubectl hostprocess lint: a comment "lint: RULE" at the end
//     of a line names what it finds there, and nothing else may be found;
//     "containerd=1.6,1.7" after the language names the nodes. Or a fragment,
//     which stands in a manifest or a Go file of the repository;
//   - console: commands of the repository, go run or kubectl hostprocess, each after
//     "$ ", with their output;
//   - sh: commands that need a network, a cluster or a checkout to change; what
//     they name of the repository is there;
//   - powershell: a script that stands in a Go file of the repository;
//   - text: an error of a node, which package explain understands.
//
// Any other block fails.
func TestDocuments(t *testing.T) {
	var documents []string
	for _, name := range repositoryFiles(t) {
		if path.Ext(name) == ".md" && !strings.Contains(name, "/testdata/") {
			documents = append(documents, name)
		}
	}
	if !slices.Contains(documents, "README.md") {
		t.Fatalf("the README is not among the documents %q", documents)
	}
	run := newRunner(t)
	for _, name := range documents {
		text := readRepository(t, name)
		snippets, err := snippetsOf(name, text)
		if err != nil {
			t.Error(err)
		}
		run.document(name, text, snippets)
	}
	run.programs()
	for _, name := range documents {
		t.Run(name, func(t *testing.T) { run.check(t, name) })
	}
}

// drawings are blocks in comments that are no code, by their first words.
var drawings = []string{
	"Symlink16             Bind", // volumes: the modes
	"calico ",                    // volumes: calico's functions beside ours
	"plugin            lines",    // hostprocess/csinode: lines of manifests beside ours
	"runHostProcessPS ",          // hostprocess/task: WMCO's function beside ours
	"# want: <rule id> <field>",  // validate: what a fixture says of itself
}

// TestDocComments looks at the blocks of code in the comments of Go files: each
// is a command, or stands in a file that a compiler or a test reads.
func TestDocComments(t *testing.T) {
	b := readBodies(t)
	count := 0
	for _, name := range repositoryFiles(t) {
		if path.Ext(name) != ".go" || strings.Contains(name, "/testdata/") {
			continue
		}
		snippets, err := docSnippets(name, readRepository(t, name))
		if err != nil {
			t.Error(err)
		}
		for _, s := range snippets {
			count++
			if slices.ContainsFunc(drawings, func(words string) bool { return strings.HasPrefix(strings.TrimSpace(s.text), words) }) {
				continue
			}
			if isCommand(s.text) {
				if err := checkCommands(s.text); err != nil {
					t.Errorf("%s: %v", s.where, err)
				}
			} else if _, ok := b.hold(s.text, ".go", ".yaml", ".golden"); !ok {
				t.Errorf("%s: no file that is compiled or read by a test holds\n%s", s.where, s.text)
			}
		}
	}
	if count < 10 {
		t.Errorf("found only %d blocks of code in comments", count)
	}
}

// runner runs the snippets of documents.
type runner struct {
	t         *testing.T
	bodies    bodies
	documents map[string]*document
	sources   []string      // of the programs
	outputs   []string      // of the programs, in the same order
	program   func() string // the path of kubectl-hostprocess
}

type document struct {
	text     string
	snippets []snippet
	program  map[int]int // by the index of the snippet with its output
}

func newRunner(t *testing.T) *runner {
	r := &runner{t: t, bodies: readBodies(t), documents: map[string]*document{}}
	r.program = sync.OnceValue(func() string {
		program := filepath.Join(t.TempDir(), "kubectl-hostprocess.exe")
		// Its libraries may need a newer Go than this module does.
		goCommand(t, filepath.Join(root, "examples", "kubectl-hostprocess"), []string{"GOTOOLCHAIN=auto", "GOWORK=off"}, "build", "-o", program, ".")
		return program
	})
	return r
}

// document notes the programs of a document, which are built together later.
func (r *runner) document(name, text string, snippets []snippet) {
	d := &document{text: text, snippets: snippets, program: map[int]int{}}
	for i, s := range snippets {
		if !isProgram(s) {
			continue
		}
		if i+1 == len(snippets) {
			r.t.Errorf("%s: the output of the program doesn't follow", s.where)
			continue
		}
		d.program[i+1] = len(r.sources)
		r.sources = append(r.sources, s.text)
	}
	r.documents[name] = d
}

func isProgram(s snippet) bool {
	return s.language == "go" && strings.HasPrefix(s.text, "package ")
}

// programs builds and runs the programs in a module of their own, as a reader
// would who has this module and nothing else.
func (r *runner) programs() {
	folder := r.t.TempDir()
	for name, text := range readersModule(r.t) {
		write(r.t, filepath.Join(folder, name), text)
	}
	for i, source := range r.sources {
		write(r.t, filepath.Join(folder, fmt.Sprintf("program%d", i), "main.go"), source)
	}
	offline := []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off"}
	goCommand(r.t, folder, offline, "vet", "./...")
	goCommand(r.t, folder, offline, "build", "-o", "bin/", "./...")
	for i := range r.sources {
		program, err := filepath.Glob(filepath.Join(folder, "bin", fmt.Sprintf("program%d", i)) + "*")
		if err != nil || len(program) == 0 {
			r.t.Fatalf("program %d was not built: %v", i, err)
		}
		r.outputs = append(r.outputs, output(r.t, root, exec.Command(program[0])))
	}
}

// readersModule is the go.mod and go.sum of a module that requires this one.
func readersModule(t *testing.T) map[string]string {
	t.Helper()
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	mod := strings.Replace(readRepository(t, "go.mod"), "module "+modulePath, "module example.com/agent", 1)
	mod += fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %[1]s => %s\n", modulePath, filepath.ToSlash(here))
	return map[string]string{"go.mod": mod, "go.sum": readRepository(t, "go.sum")}
}

// check runs a document's snippets, and compares the output.
func (r *runner) check(t *testing.T, name string) {
	d := r.documents[name]
	current := d.text
	for i := len(d.snippets) - 1; i >= 0; i-- {
		s := d.snippets[i]
		text := s.text
		if program, ok := d.program[i]; ok {
			text = r.outputs[program]
		} else if s.language == "console" {
			text = r.console(t, s)
		} else if err := r.still(t, s); err != nil {
			t.Errorf("%s: %v", s.where, err)
		}
		current = current[:s.from] + text + current[s.to:]
	}
	if *update {
		write(t, filepath.Join(root, filepath.FromSlash(name)), current)
		return
	}
	if diff := cmp.Diff(d.text, current); diff != "" {
		t.Errorf("%s shows other output than its programs and commands have, run go test ./examples -run TestDocuments -update (-shown +output):\n%s", name, diff)
	}
}

// still judges a snippet that has no output of its own.
func (r *runner) still(t *testing.T, s snippet) error {
	switch s.language {
	case "go":
		if _, ok := r.bodies.hold(s.text, ".go"); !ok && !isProgram(s) {
			return errors.New("no Go file of the repository holds this fragment")
		}
	case "powershell":
		if _, ok := r.bodies.hold(s.text, ".go"); !ok {
			return errors.New("no Go file of the repository holds this script")
		}
	case "yaml":
		if isManifest.MatchString(s.text) {
			return r.manifest(t, s)
		}
		if _, ok := r.bodies.hold(s.text, ".yaml", ".golden"); ok {
			return nil
		}
		if _, ok := r.bodies.hold(s.text, ".go"); !ok {
			return errors.New("no manifest of the repository holds this fragment")
		}
	case "sh":
		return checkCommands(s.text)
	case "text":
		if len(explain.Explain(s.text)) == 0 {
			return errors.New("package explain doesn't understand this text")
		}
	default:
		return fmt.Errorf("nobody knows how to test a snippet of the language %q", s.language)
	}
	return nil
}

var (
	isManifest = regexp.MustCompile(`(?m)^kind: `)
	lintWants  = regexp.MustCompile(`# lint: ([a-z, -]+)$`)
)

// manifest has lint check a manifest, and compares what it finds with the
// comments of the lines.
func (r *runner) manifest(t *testing.T, s snippet) error {
	var want, got []string
	number := 0
	for line := range strings.Lines(s.text) {
		number++
		if match := lintWants.FindStringSubmatch(strings.TrimRight(line, "\n")); match != nil {
			for _, rule := range strings.Split(match[1], ",") {
				want = append(want, fmt.Sprintf("line %d: %s", number, strings.TrimSpace(rule)))
			}
		}
	}
	file := filepath.Join(t.TempDir(), "snippet.yaml")
	write(t, file, s.text)
	args := []string{"lint", "-o", "json"}
	if versions := s.option("containerd"); versions != "" {
		args = append(args, "--containerd", versions)
	}
	command := exec.Command(r.program(), append(args, "-f", file)...)
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if code := command.ProcessState.ExitCode(); code != 0 && code != 1 {
		return fmt.Errorf("lint: %w\n%s", err, stderr.String())
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var finding struct {
			Line    int
			Rule    string
			Ignored bool
		}
		if err := decoder.Decode(&finding); err != nil {
			return err
		}
		if !finding.Ignored {
			got = append(got, fmt.Sprintf("line %d: %s", finding.Line, finding.Rule))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("lint finds something else than the comments say (-comments +lint):\n%s", diff)
	}
	return nil
}

// console runs the commands of a snippet.
func (r *runner) console(t *testing.T, s snippet) string {
	var shown strings.Builder
	for line := range strings.Lines(s.text) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		shown.WriteString(line)
		words := strings.Fields(command)
		isGo := len(words) > 2 && words[0] == "go" && words[1] == "run" && strings.HasPrefix(words[2], "./")
		isOurs := len(words) > 2 && words[0] == "kubectl" && words[1] == "hostprocess"
		switch {
		case !isGo && !isOurs || strings.ContainsAny(command, "|<>&;'\""):
			t.Errorf("%s: can't run %q; a console shows go run ./… or kubectl hostprocess … and its output", s.where, command)
		case isGo:
			shown.WriteString(output(t, root, exec.Command("go", words[1:]...)))
		default:
			shown.WriteString(output(t, root, exec.Command(r.program(), words[2:]...)))
		}
	}
	if shown.Len() == 0 {
		t.Errorf("%s: a console without a command", s.where)
	}
	return shown.String()
}

// goCommand runs the go command, which must succeed.
func goCommand(t *testing.T, folder string, env []string, args ...string) {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), env...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// output is what a command prints. An exit code other than 0 is part of the
// work of some.
func output(t *testing.T, folder string, command *exec.Cmd) string {
	t.Helper()
	command.Dir = folder
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Errorf("%s printed nothing: %v\n%s", strings.Join(command.Args, " "), err, stderr.String())
	}
	return string(out)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
