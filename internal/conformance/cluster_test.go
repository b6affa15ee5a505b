// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// TestServer asks a real API server.
func TestServer(t *testing.T) {
	s := startServer(t)
	t.Run("answers like the reference", func(t *testing.T) { answersAlike(t, s) })
	t.Run("accepts the example", func(t *testing.T) { acceptsExample(t, s) })
	t.Run("agrees about fixtures", func(t *testing.T) { agreesAboutFixtures(t, s) })
	t.Run("Pod Security", func(t *testing.T) { podSecurity(t, s) })
}

// answersAlike proves the reference program: over generated objects it reports
// what the real server reports.
func answersAlike(t *testing.T, s *server) {
	k := atMost(t, newest)
	ref := k.start(t)
	s.namespace(t, "generated", nil)
	for number := range uint64(300) {
		o := generate(*seedFlag, number, k)
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		answers, err := ref.create(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(answers[0].Errors, s.create(t, "generated", o, dryRun).errors); diff != "" {
			t.Fatalf("seed %d, object %d: the reference and kube-apiserver differ (-reference +kube-apiserver):\n%s\n%s", *seedFlag, number, diff, data)
		}
	}
}

// acceptsExample applies what examples/quickstart prints.
func acceptsExample(t *testing.T, s *server) {
	cmd := exec.Command("go", "run", "./examples/quickstart")
	cmd.Dir = filepath.Join("..", "..")
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var o object
	if err := yaml.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	s.namespace(t, "example", nil)
	if r := s.create(t, "example", o, dryRun); r.message != "" {
		t.Errorf("a strict dry run is refused: %s\n%s", r, text)
	}
	s.must(t, "example", o)
}

// agreesAboutFixtures creates every fixture of package validate for the newest
// Kubernetes. The server refuses those, and only those, that break a rule of its
// layer, at the fields of the findings.
func agreesAboutFixtures(t *testing.T, s *server) {
	s.namespace(t, "fixtures", nil)
	for _, d := range fixtures(t) {
		if d.minor != newest {
			continue
		}
		r := s.create(t, "fixtures", d.object, dryRun)
		c, err := compare(d.object, d.data, newest, answer{Errors: r.errors})
		if err != nil {
			t.Errorf("%s: %v", d.path, err)
		}
		if len(c.disagreements) > 0 {
			t.Errorf("%s: %v; the server says: %s", d.path, c.disagreements, r)
		}
	}
}

// podSecurity creates a HostProcess pod in namespaces that enforce the levels of
// Pod Security. Only privileged lets it in.
func podSecurity(t *testing.T, s *server) {
	pod := object{
		"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": "agent"},
		"spec": object{
			"hostNetwork":     true,
			"securityContext": object{"windowsOptions": object{"hostProcess": true, "runAsUserName": `NT AUTHORITY\Local Service`}},
			"containers":      list{object{"name": "agent", "image": "registry.example.com/agent:1.4"}},
		},
	}
	for level, allowed := range map[string]bool{"privileged": true, "baseline": false, "restricted": false} {
		s.namespace(t, level, object{"pod-security.kubernetes.io/enforce": level})
		r := s.create(t, level, pod, dryRun)
		if allowed != (r.message == "") {
			t.Errorf("enforce=%s: allowed must be %t, but the server says: %s", level, allowed, r)
		}
		if !allowed && !strings.Contains(r.message, "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)") {
			t.Errorf("enforce=%s: refused for another reason: %s", level, r)
		}
	}
}
