// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/validate"
)

// builders are the packages whose Examples make objects for a cluster.
var builders = map[string]struct {
	// makers are the functions and methods that make them.
	makers []string
	// record is a function that passes on what a maker returns, and keeps a copy.
	record string
	// without are the Examples that make none, each with the reason.
	without map[string]string
}{
	"hostprocess": {
		makers: []string{"Build", "Pod", "DaemonSet", "Deployment", "Job", "CronJob"},
		record: recordObject,
		without: map[string]string{
			"ExamplePod_Build_mistakes": "shows what Build refuses",
			"ExamplePod_Edit":           "shows what Build refuses",
			"ExampleUpdate":             "starts from a workload without a name",
		},
	},
	"hostprocess/csinode": {
		makers: []string{"Build", "DaemonSet", "Update"},
		record: recordObject,
	},
	"hostprocess/firewall": {
		makers:  []string{"Build", "DaemonSet"},
		record:  recordObject,
		without: map[string]string{"ExampleRule_WithConfigMap": "makes ConfigMaps only"},
	},
	"hostprocess/task": {
		makers: []string{"Pod", "Job"},
		// An object without a name can't be applied.
		record: `func record[T interface{ GetName() string }](object T, err error) (T, error) {
			if err == nil && object.GetName() != "" {
				keep(object)
			}
			return object, err
		}`,
		without: map[string]string{
			"Example":        "makes a pod without a name, to be created",
			"ExampleOutcome": "reads pods",
		},
	},
	"validate/policy": {
		makers: []string{"Build"},
		record: `func record[T, U any](policy T, binding U, err error) (T, U, error) {
			if err == nil {
				keep(policy)
				keep(binding)
			}
			return policy, binding, err
		}`,
		without: map[string]string{
			"ExampleOptions_Build_refused": "shows what Build refuses",
			"ExampleNotExpressed":          "shows which rules a policy lacks",
		},
	},
}

// recordObject keeps what a maker of one object returns.
const recordObject = `func record[T any](object T, err error) (T, error) {
	if err == nil {
		keep(object)
	}
	return object, err
}`

// keep writes an object to a file, a line each.
const keep = `func keep(object any) {
	data, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	file, err := os.OpenFile(os.Getenv("CONFORMANCE_OBJECTS"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	if _, err := file.Write(append(data, '\n')); err != nil {
		panic(err)
	}
}
`

// readers are the packages whose Examples read objects and make none.
var readers = []string{"accounts", "volumes", "hostprocess/agent", "hostprocess/agent/install", "hostprocess/convert", "internal/probes", "validate", "validate/explain", "validate/fleet", "validate/privileges", "validate/survey"}

// programs are the folders of examples/, with the objects of each, or the reason why there
// are none.
var programs = map[string]struct {
	objects func(t *testing.T) []object
	without string
}{
	"check": {without: "reads manifests; its tests run it"},
	"quickstart": {objects: func(t *testing.T) []object {
		return yamlObjects(t, goOutput(t, "run", "./examples/quickstart"))
	}},
	"kubectl-hostprocess": {objects: func(t *testing.T) []object {
		return yamlObjects(t, goOutput(t, "-C", "examples/kubectl-hostprocess", "run", ".", "policy", "--account", `NT AUTHORITY\Local Service`, "--namespace", "agents", "--image", "registry.example.com/agents/"))
	}},
	"operator":  {objects: func(t *testing.T) []object { return operatorManifests(t, "*") }},
	"guides":    {without: "is text; what it shows is run by the tests beside it"},
	"incluster": {without: "reads from a cluster; its tests run it against a server"},
}

// example is an object for a cluster, and which example made it.
type example struct {
	name   string
	object object
}

// examples returns the objects of all examples of the module. It fails if one is missing
// here.
func examples(t *testing.T) (all []example) {
	t.Helper()
	for _, dir := range strings.Fields(string(goOutput(t, "list", "-f", "{{.Dir}}", "./..."))) {
		root, err := filepath.Abs(repository)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, dir)
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.ToSlash(name)
		files, names := exampleFiles(t, dir)
		if len(names) == 0 || slices.Contains(readers, name) {
			continue
		}
		if _, ok := builders[name]; !ok {
			t.Errorf("package %s has examples: say in examples_test.go whether they make objects for a cluster", name)
			continue
		}
		all = append(all, builtExamples(t, name, dir, files, names)...)
	}
	folders, err := os.ReadDir(filepath.Join(repository, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		program, ok := programs[folder.Name()]
		if !ok || (program.objects == nil) == (program.without == "") {
			t.Errorf("examples/%s: say in examples_test.go which objects it makes for a cluster, or why none", folder.Name())
		} else if program.objects != nil {
			for _, o := range program.objects(t) {
				all = append(all, example{"examples/" + folder.Name(), o})
			}
		}
	}
	return all
}

// repository is the folder of the module that is tested here.
var repository = filepath.Join("..", "..")

// goOutput runs the go command in that folder.
func goOutput(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = repository
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd, err, out, stderr.Bytes())
	}
	return out
}

// exampleFiles are the test files of a package that have Examples, and the names
// of those.
func exampleFiles(t *testing.T, dir string) (files map[string]*ast.File, names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]*ast.File{}
	for _, path := range paths {
		// In a file set of its own, a position is the offset and one.
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Example") {
				files[path] = parsed
				names = append(names, f.Name.Name)
			}
		}
	}
	slices.Sort(names)
	return files, names
}

// builtExamples runs the Examples of a package, and keeps the objects that their makers
// return. It passes changed files to the go command as an overlay, so that it writes
// nothing into the checkout.
func builtExamples(t *testing.T, name, dir string, files map[string]*ast.File, names []string) (all []example) {
	t.Helper()
	var (
		work    = t.TempDir()
		replace = map[string]string{}
		builder = builders[name]
	)
	write := func(target string, text []byte) {
		source := filepath.Join(work, filepath.Base(target))
		if err := os.WriteFile(source, text, 0o600); err != nil {
			t.Fatal(err)
		}
		replace[target] = source
	}
	for path, file := range files {
		insert := map[int]string{}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if selector, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(builder.makers, selector.Sel.Name) {
					insert[int(call.Pos())-1], insert[int(call.End())-1] = "record(", ")"
				}
			}
			return true
		})
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, offset := range slices.Backward(slices.Sorted(maps.Keys(insert))) {
			text = slices.Insert(text, offset, []byte(insert[offset])...)
		}
		write(path, text)
	}
	write(filepath.Join(dir, "record_test.go"), []byte("package "+filepath.Base(dir)+"_test\n\nimport (\n\t\"encoding/json\"\n\t\"os\"\n)\n\n"+keep+builder.record))
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file, binary, objects := filepath.Join(work, "overlay.json"), filepath.Join(work, "examples.test"), filepath.Join(work, "objects")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	goOutput(t, "test", "-c", "-overlay", file, "-o", binary, "./"+name)
	for _, f := range names {
		if err := os.WriteFile(objects, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(binary, "-test.run", "^"+f+"$")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CONFORMANCE_OBJECTS="+objects)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %s: %v\n%s", name, f, err, out)
		}
		lines, err := os.ReadFile(objects)
		if err != nil {
			t.Fatal(err)
		}
		switch why, ok := builder.without[f]; {
		case ok && len(lines) > 0:
			t.Errorf("%s makes objects, and is said to make none: %s", f, why)
		case !ok && len(lines) == 0:
			t.Errorf("%s makes no object that was seen: say in examples_test.go why, or which function makes it", f)
		}
		for line := range bytes.Lines(lines) {
			all = append(all, example{name + "." + f, whole(t, line)})
		}
	}
	return all
}

// whole is a recorded value as an object for a cluster: the value itself, or a
// Pod with the spec that it is.
func whole(t *testing.T, line []byte) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(line, &o); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	if o["kind"] != nil {
		return o
	}
	return object{"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": "agent"}, "spec": o}
}

// operatorManifests are those of examples/operator in files of a name.
func operatorManifests(t *testing.T, name string) (all []object) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "examples", "operator", "manifests", name+".yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(name, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, yamlObjects(t, text)...)
	}
	return all
}

// yamlObjects reads the objects of a manifest.
func yamlObjects(t *testing.T, text []byte) (all []object) {
	t.Helper()
	for _, part := range bytes.Split(text, []byte("\n---\n")) {
		var o object
		if err := yaml.UnmarshalStrict(part, &o); err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

// takesExamples applies the objects of every example, as kubectl apply --server-side
// does: as a dry run, then for real, and once more, which changes nothing. The pods are
// scheduled to nodes for which the rules report no error, and those of a DaemonSet to all
// of these.
func takesExamples(t *testing.T, s *server, nodes []corev1.Node) {
	s.installCertManager(t)
	all := examples(t)
	slices.SortStableFunc(all, func(a, b example) int { return a.order() - b.order() })
	for i, e := range all {
		meta := e.object["metadata"].(object)
		if _, namespaced := s.resource(t, e.object); namespaced {
			if meta["namespace"] == nil {
				meta["namespace"] = fmt.Sprintf("example-%d", i)
			}
			s.apply(t, object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": meta["namespace"]}}, "&force=true")
		}
		t.Run(fmt.Sprintf("%s/%s %s", e.name, e.object["kind"], meta["name"]), func(t *testing.T) {
			s.apply(t, e.object, "&dryRun=All")
			first, again := s.apply(t, e.object, ""), s.apply(t, e.object, "")
			if diff := cmp.Diff(first["spec"], again["spec"], cmpopts.IgnoreMapEntries(isNodeName)); diff != "" {
				t.Errorf("applied once more, it is another (-once +twice):\n%s", diff)
			}
			s.runs(t, e.object, nodes)
		})
	}
}

// order is lower for objects that have to exist first. Objects that guard the cluster are
// last, because they would reject the pods of other examples.
func (e example) order() int {
	switch version, _ := e.object["apiVersion"].(string); {
	case e.object["kind"] == "Namespace":
		return 0
	case strings.HasPrefix(version, "admissionregistration.k8s.io/"):
		return 2
	}
	return 1
}

// isNodeName reports whether it is the field that the scheduler sets.
func isNodeName(field string, _ any) bool { return field == "nodeName" }

// apply applies an object and returns what is stored then. An unknown field is an
// error.
func (s *server) apply(t *testing.T, o object, query string) (stored object) {
	t.Helper()
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	collection, _ := s.resource(t, o)
	meta := o["metadata"].(object)
	path := fmt.Sprintf("%s/%s?fieldManager=conformance&fieldValidation=Strict%s", collection, meta["name"], query)
	code, body := s.patch(t, path, "application/apply-patch+yaml", string(data))
	if code != http.StatusOK && code != http.StatusCreated {
		t.Fatalf("%s: %d %s\n%s", path, code, body, data)
	}
	if err := json.Unmarshal([]byte(body), &stored); err != nil {
		t.Fatal(err)
	}
	return stored
}

// resource is the path of the objects of a kind, in the namespace that the object
// names, and whether they have one.
func (s *server) resource(t *testing.T, o object) (path string, namespaced bool) {
	t.Helper()
	version, kind := o["apiVersion"].(string), o["kind"].(string)
	path = "/apis/" + version
	if !strings.Contains(version, "/") {
		path = "/api/" + version
	}
	var list struct {
		Resources []struct {
			Name, Kind string
			Namespaced bool
		}
	}
	s.get(t, path, &list)
	for _, r := range list.Resources {
		if r.Kind != kind || strings.Contains(r.Name, "/") {
			continue
		}
		if r.Namespaced {
			path += fmt.Sprintf("/namespaces/%v", o["metadata"].(object)["namespace"])
		}
		return path + "/" + r.Name, r.Namespaced
	}
	t.Fatalf("the server doesn't know %s %s", version, kind)
	return "", false
}

// get reads the object at a path.
func (s *server) get(t *testing.T, path string, into any) {
	t.Helper()
	code, body, err := s.do(t.Context(), http.MethodGet, path, nil)
	if err == nil && code != http.StatusOK {
		err = errors.New(string(body))
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		t.Fatalf("%s: %d %v", path, code, err)
	}
}

// runs waits until the pods of an object are scheduled, and checks their nodes.
func (s *server) runs(t *testing.T, o object, nodes []corev1.Node) {
	t.Helper()
	meta := o["metadata"].(object)
	spec := o["spec"]
	selector := "?fieldSelector=metadata.name=" + fmt.Sprint(meta["name"])
	switch o["kind"] {
	case "Pod":
	case "DaemonSet", "Deployment":
		template := spec.(object)["template"].(object)
		var pairs []string
		for key, value := range template["metadata"].(object)["labels"].(object) {
			pairs = append(pairs, fmt.Sprintf("%s=%s", key, value))
		}
		selector = "?labelSelector=" + strings.Join(pairs, ",")
		spec = template["spec"]
	default:
		return // it has no pods
	}
	var typed corev1.PodSpec
	if err := convert(spec, &typed); err != nil {
		t.Fatal(err)
	}
	if typed.SchedulerName != "" && typed.SchedulerName != corev1.DefaultSchedulerName {
		return // nothing here would place it
	}
	want := map[string]bool{}
	for _, node := range nodes {
		if typed.NodeSelector[corev1.LabelOSStable] != node.Labels[corev1.LabelOSStable] {
			continue // the rules are about Windows
		}
		if (validate.Validator{}).Node(&node, &typed).Err() == nil {
			want[node.Name] = true
		}
	}
	var got map[string]bool
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(100 * time.Millisecond) {
		got = s.scheduled(t, meta["namespace"].(string), selector)
		if o["kind"] == "DaemonSet" && len(got) >= len(want) || o["kind"] != "DaemonSet" && len(got) > 0 {
			break
		}
	}
	everywhere := o["kind"] != "DaemonSet" || maps.Equal(got, want)
	nowhereElse := !slices.ContainsFunc(slices.Collect(maps.Keys(got)), func(name string) bool { return !want[name] })
	if len(got) == 0 || !everywhere || !nowhereElse {
		t.Errorf("nodes with a pod: %v; nodes without an error: %v", got, want)
	}
}

// certManager is the source of the types of examples/operator's certificate.
const (
	certManager    = "github.com/cert-manager/cert-manager@v1.21.2"
	certManagerSum = "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68="
)

// installCertManager adds the types of cert-manager to the server.
func (s *server) installCertManager(t *testing.T) {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", certManager)
	cmd.Dir = t.TempDir() // no module asks for it
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, text)
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal(text, &module); err != nil {
		t.Fatal(err)
	}
	if module.Sum != certManagerSum {
		t.Fatalf("%s has the sum %s, not %s", certManager, module.Sum, certManagerSum)
	}
	for _, kind := range []string{"issuers", "certificates"} {
		text, err := os.ReadFile(filepath.Join(module.Dir, "deploy", "crds", "cert-manager.io_"+kind+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range yamlObjects(t, text) {
			s.apply(t, o, "")
		}
		path := "/apis/cert-manager.io/v1/" + kind
		for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
			if code, body, err := s.do(t.Context(), http.MethodGet, path, nil); err == nil && code == http.StatusOK {
				break
			} else if time.Since(begin) > time.Minute {
				t.Fatalf("%s: %d %s %v", path, code, body, err)
			}
		}
	}
}
