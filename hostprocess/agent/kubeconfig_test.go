// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

// kubeadm's ConfigMap kube-proxy has this file.
const kubeProxy = `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: https://10.96.0.1:443
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
`

func TestKubeconfigOfAConfigMap(t *testing.T) {
	for _, mode := range everyMode {
		n := newNode(t, mode)
		n.mount("/var/lib/kube-proxy", map[string]string{
			"kubeconfig.conf": kubeProxy,
			"relative.conf":   strings.ReplaceAll(kubeProxy, volumes.ServiceAccountDir+"/token", "pki/../token.txt"),
			"token.txt":       "another token",
		})
		root := n.root()
		account, err := root.Path(volumes.ServiceAccountDir)
		if err != nil {
			t.Fatal(err)
		}
		got, err := root.Kubeconfig("/var/lib/kube-proxy/kubeconfig.conf")
		want := strings.NewReplacer(
			volumes.ServiceAccountDir+"/ca.crt", yamlQuote(filepath.Join(account, "ca.crt")),
			volumes.ServiceAccountDir+"/token", yamlQuote(filepath.Join(account, "token")),
		).Replace(kubeProxy)
		if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", mode, err, diff)
		}
		got, err = root.Kubeconfig("/var/lib/kube-proxy/relative.conf")
		if want := "tokenFile: " + yamlQuote(filepath.Join(n.destination("/var/lib/kube-proxy"), "token.txt")); !strings.Contains(string(got), want) || err != nil {
			t.Errorf("%s: %v: %s isn't in\n%s", mode, err, want, got)
		}
	}
}

func yamlQuote(s string) string { return "'" + s + "'" }

// In the symlink modes, the root shows where the file is, but not in which mount.
func TestKubeconfigWithTheRoot(t *testing.T) {
	for _, mode := range []volumes.Mode{volumes.ModeSymlink16, volumes.ModeSymlinkHPC} {
		n := newNode(t, mode)
		for _, dir := range []string{mode.Root(id), strings.ReplaceAll(strings.ToLower(mode.Root(id)), `\`, "/")} {
			n.write(n.destination("/k/config"), strings.ReplaceAll(kubeProxy, "/var/run", dir+"/var/run"))
			got, err := n.root().Kubeconfig("/k/config")
			if want := yamlQuote(filepath.Join(n.destination(volumes.ServiceAccountDir), "token")); !strings.Contains(string(got), want) || err != nil {
				t.Errorf("%s: %v: %s isn't in\n%s", dir, err, want, got)
			}
		}
	}
}

func TestKubeconfigErrors(t *testing.T) {
	n := newNode(t, volumes.ModeSymlink16)
	n.write(n.destination("/k/flow"), "clusters: [{cluster: {certificate-authority: /x}}]\n")
	n.write(n.destination("/k/missing"), strings.ReplaceAll(kubeProxy, "token\n", "no-token\n"))
	n.write(n.destination("/k/pipe"), strings.ReplaceAll(kubeProxy, "/var/run", "//./pipe"))
	root := n.root()
	for path, want := range map[string]error{"/k/flow": agent.ErrFlow, "/k/missing": fs.ErrNotExist, "/k/pipe": fs.ErrInvalid, "/k/nothing": fs.ErrNotExist} {
		got, err := root.Kubeconfig(path)
		var pathError *fs.PathError
		if !errors.As(err, &pathError) || pathError.Path != path || !errors.Is(err, want) || got != nil {
			t.Errorf("%s: got %q, %v, want %v", path, got, err, want)
		}
	}
	if _, err := root.Kubeconfig("/k/missing"); !strings.Contains(err.Error(), "line 18: tokenFile: ") {
		t.Errorf("the error doesn't say where: %v", err)
	}
	_, err := agent.Root{}.Kubeconfig("/k")
	wantPathError(t, err, "/k", volumes.ReasonModeUnknown)
}

// mark replaces a path in these tests.
func mark(path string) (string, error) { return "<" + path + ">", nil }

func TestReplacePaths(t *testing.T) {
	const head = "clusters:\n- cluster:\n    certificate-authority: "
	for name, test := range map[string]struct{ in, want string }{
		"single quotes":      {head + "'/a b/it''s'\n", head + "'</a b/it''s>'\n"},
		"double quotes":      {head + `"C:\\k\\\"x\" \/y"` + "\n", head + `'<C:\k\"x" /y>'` + "\n"},
		"a comment":          {head + "/x # not /y\n", head + "'</x>' # not /y\n"},
		"a hash in a name":   {head + "/x#y\n", head + "'</x#y>'\n"},
		"a colon in a name":  {head + "C:\\k:x\n", head + "'<C:\\k:x>'\n"},
		"blanks at the end":  {head + "/x \t \n", head + "'</x>' \t \n"},
		"CRLF":               {strings.ReplaceAll(head, "\n", "\r\n") + "/x\r\n    server: y\r\n", strings.ReplaceAll(head, "\n", "\r\n") + "'</x>'\r\n    server: y\r\n"},
		"no newline":         {head + "/x", head + "'</x>'"},
		"a byte order mark":  {"\ufeff" + head + "/x", "\ufeff" + head + "'</x>'"},
		"a start":            {"# a comment\n--- # another\n" + head + "/x\n", "# a comment\n--- # another\n" + head + "'</x>'\n"},
		"quoted keys":        {"\"clusters\":\n- 'cluster' :\n    \"certificate-authority\": /x\n", "\"clusters\":\n- 'cluster' :\n    \"certificate-authority\": '</x>'\n"},
		"indented lists":     {"clusters:\n  - name: x\n    cluster:\n       certificate-authority: /x\n", "clusters:\n  - name: x\n    cluster:\n       certificate-authority: '</x>'\n"},
		"a dash alone":       {"clusters:\n-\n  cluster:\n    certificate-authority: /x\n", "clusters:\n-\n  cluster:\n    certificate-authority: '</x>'\n"},
		"a dash and comment": {"clusters:\n- # the first\n  cluster:\n    certificate-authority: /x\n", "clusters:\n- # the first\n  cluster:\n    certificate-authority: '</x>'\n"},
		"many users": {
			"clusters:\nusers:\n- name: a\n  user:\n    client-certificate: /c\n    client-key: k\n- name: b\n  user: {}\n- user:\n    tokenFile: /t\n    token: /t\n",
			"clusters:\nusers:\n- name: a\n  user:\n    client-certificate: '</c>'\n    client-key: '<k>'\n- name: b\n  user: {}\n- user:\n    tokenFile: '</t>'\n    token: /t\n"},
		"nothing there": {
			head + "\n    server: x\n- cluster:\n    certificate-authority: \"\"\n- cluster:\n    certificate-authority: ~\n- cluster:\n    certificate-authority: null # none\n- cluster:\n    certificate-authority: # none\n",
			head + "\n    server: x\n- cluster:\n    certificate-authority: \"\"\n- cluster:\n    certificate-authority: ~\n- cluster:\n    certificate-authority: null # none\n- cluster:\n    certificate-authority: # none\n"},
		"what only looks like it": {in: "clusters:\n- cluster:\n    certificate-authority-data: L3g=\n    extensions:\n    - name: x\n      certificate-authority: /x\n  certificate-authority: /x\n  users:\n  - user:\n      tokenFile: /x\ncertificate-authority: /x\ntokenFile: /x\nuser:\n  tokenFile: /x\n"},
		"a block of text": {
			head[:len("clusters:\n- cluster:\n")] + "    extensions: |-2 # text\n     a\n\n       certificate-authority: /no\n    # a comment\n    certificate-authority: /x\n",
			head[:len("clusters:\n- cluster:\n")] + "    extensions: |-2 # text\n     a\n\n       certificate-authority: /no\n    # a comment\n    certificate-authority: '</x>'\n"},
		"flow style elsewhere": {
			"preferences: {colors: true} # ok\nclusters: []\nusers:\n- user:\n    exec:\n      args: [\"--x=}\", 'a]''b', {c: [d]}]\n      env: []\n    tokenFile: /x\ncontexts: [{name: x, context: {user: y}}]\n",
			"preferences: {colors: true} # ok\nclusters: []\nusers:\n- user:\n    exec:\n      args: [\"--x=}\", 'a]''b', {c: [d]}]\n      env: []\n    tokenFile: '</x>'\ncontexts: [{name: x, context: {user: y}}]\n"},
		"items of lists": {in: "clusters:\nusers:\n- user:\n    exec:\n      args:\n      - --x\n      - \"a: b\"\n      - 'c' # c\n      - |\n        tokenFile: /x\n      - - d\n        - e\n"},
		"JSON": {
			"\ufeff \r\n{\"clusters\" : [ {\"cluster\":\t{ \"certificate-authority\"\n:  \"C:\\\\k\\\"\\u0041\" , \"server\":\"/x\"} } ],\"users\":[{\"user\":{\"tokenFile\":\"/t\",\"client-key\":\"\",\"client-certificate\":null}}]} \n",
			"\ufeff \r\n{\"clusters\" : [ {\"cluster\":\t{ \"certificate-authority\"\n:  \"\\u003cC:\\\\k\\\"A\\u003e\" , \"server\":\"/x\"} } ],\"users\":[{\"user\":{\"tokenFile\":\"\\u003c/t\\u003e\",\"client-key\":\"\",\"client-certificate\":null}}]} \n"},
		"what only looks like it in JSON": {in: `{"clusters":[{"cluster":{"x":{"certificate-authority":"/x"},"y":["certificate-authority","/x"]},"certificate-authority":"/x"}],"user":[{"user":{"tokenFile":"/x"}}],"users":{"a":{"tokenFile":"/x"}},"tokenFile":"/x"}`},
	} {
		if test.want == "" {
			test.want = test.in
		}
		got, err := agent.ReplacePaths(test.in, mark)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if err := sameBut(test.in, got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got, err = agent.ReplacePaths(test.in, func(path string) (string, error) { return path, nil })
		if got != test.in || err != nil {
			t.Errorf("%s: paths that stay are rewritten: %v (-want +got):\n%s", name, err, cmp.Diff(test.in, got))
		}
	}
}

func TestReplacePathsErrors(t *testing.T) {
	const head = "clusters:\n- cluster:\n    server: x\n"
	const ca = "    certificate-authority: "
	for name, test := range map[string]struct {
		in   string
		line int
		want error
	}{
		"nothing":                    {"", 1, agent.ErrNoClusters},
		"something else":             {"apiVersion: v1\nkind: ConfigMap\n", 3, agent.ErrNoClusters},
		"clusters of something else": {"data:\n  clusters:\n", 3, agent.ErrNoClusters},
		"JSON of something else":     {`{"data":{"clusters":[]}}`, 1, agent.ErrNoClusters},
		"text":                       {"<html>\n", 1, agent.ErrNeither},
		"UTF-16":                     {"c\x00l\x00", 1, agent.ErrNotText},
		"a wrong byte":               {head + "# \xff\n", 1, agent.ErrNotText},
		"a carriage return":          {head + "    x: y\rz: a\n", 4, agent.ErrNotText},
		"a line separator":           {head + "    x: y\u2028z: a\n", 4, agent.ErrNotText},
		"a next line":                {head + "    x: y\u0085z: a\n", 4, agent.ErrNotText},
		"a bell":                     {"a: \a\n", 1, agent.ErrNotText},
		"a delete":                   {"a: \x7f\n", 1, agent.ErrNotText},
		"two documents":              {head + "---\n" + head, 4, agent.ErrDocuments},
		"two starts":                 {"---\n---\n", 2, agent.ErrDocuments},
		"an end":                     {head + "...\n", 4, agent.ErrDocuments},
		"a start with text":          {"--- a: b\n", 1, agent.ErrDocuments},
		"a directive":                {"%YAML 1.2\n---\n", 1, agent.ErrNeither},
		"a tab":                      {"clusters:\n\t- cluster:\n", 2, agent.ErrTab},
		"a tab after blanks":         {"clusters:\n \t- cluster:\n", 2, agent.ErrTab},
		"to the left of all":         {"  clusters:\n- cluster:\n", 2, agent.ErrIndentation},
		"between":                    {"clusters:\n- cluster:\n      server: x\n    name: y\n", 4, agent.ErrIndentation},
		"below a value":              {head + ca + "/x\n      /y: z\n", 5, agent.ErrIndentation},
		"a list in a value":          {head + ca + "/x\n    - y\n", 5, agent.ErrIndentation},
		"a mapping below an item":    {"clusters:\n- x\n  cluster:\n    certificate-authority: /x\n", 3, agent.ErrIndentation},
		"a key in a list":            {"clusters:\n  - x\n  cluster: y\n", 3, agent.ErrIndentation},
		"a text of two lines":        {head + ca + "/x\n      /y\n", 5, agent.ErrNeither},
		"two lines in quotes":        {head + ca + "'/x\n      /y'\n", 4, agent.ErrMoreLines},
		"two lines in double quotes": {head + ca + "\"/x\\\n      /y\"\n", 4, agent.ErrMoreLines},
		"an open quoted key":         {"\"clusters\n\":\n", 1, agent.ErrMoreLines},
		"flow of two lines":          {head + "    extensions: [a,\n      b]\n", 4, agent.ErrMoreLines},
		"an open quote in flow":      {head + "    extensions: [a, 'b]\n", 4, agent.ErrMoreLines},
		"text after quotes":          {head + ca + "'/x' y\n", 4, agent.ErrBehind},
		"text after flow":            {head + "    extensions: [] x\n", 4, agent.ErrBehind},
		"a mapping in a line":        {head + ca + "x: y\n", 4, agent.ErrBehind},
		"a list in a line":           {head + ca + "- y\n", 4, agent.ErrBehind},
		"a key in a line":            {head + ca + "? y\n", 4, agent.ErrBehind},
		"text after a block":         {head + "    extensions: | x\n", 4, agent.ErrBehind},
		"flow in a cluster":          {"clusters:\n- cluster: {certificate-authority: /x}\n", 2, agent.ErrFlow},
		"flow in a list":             {"clusters:\n- {cluster: {certificate-authority: /x}}\n", 2, agent.ErrFlow},
		"flow of users":              {"clusters:\nusers: [{user: {tokenFile: /x}}]\n", 2, agent.ErrFlow},
		"flow in a user":             {"clusters:\nusers:\n- user: {tokenFile: /x}\n", 3, agent.ErrFlow},
		"flow as a path":             {head + ca + "[/x]\n", 4, agent.ErrFlow},
		"an alias":                   {head + ca + "*x\n", 4, agent.ErrAnchor},
		"an anchor":                  {head + ca + "&x /x\n", 4, agent.ErrAnchor},
		"an anchor of a mapping":     {"clusters:\n- cluster: &x\n    certificate-authority: /x\n", 2, agent.ErrAnchor},
		"a merge":                    {"clusters:\n- cluster:\n    <<: *x\n", 3, agent.ErrAnchor},
		"a tag":                      {head + ca + "!!binary L3g=\n", 4, agent.ErrAnchor},
		"a reserved character":       {head + ca + "@x\n", 4, agent.ErrAnchor},
		"an alias as an item":        {"clusters:\n- *x\n", 2, agent.ErrAnchor},
		"a key that is a list":       {"clusters:\n? [a]\n: b\n", 2, agent.ErrNeither},
		"an escape":                  {head + ca + `"/x\x41"` + "\n", 4, agent.ErrEscape},
		"an escape in a key":         {`"certificate\x2dauthority": x` + "\n", 1, agent.ErrEscape},
		"a path as a block":          {head + ca + "|\n      /x\n", 4, agent.ErrBlock},
		"a path as a folded block":   {head + ca + ">-\n      /x\n", 4, agent.ErrBlock},
		"JSON and more":              {"{\"clusters\":[]}\n{}", 1, agent.ErrDocuments},
		"flow that is no JSON":       {"{\"clusters\":\n\n  [a]}", 3, nil},
		"JSON without an end":        {"{\"clusters\":[\n", 1, nil},
	} {
		got, err := agent.ReplacePaths(test.in, mark)
		if err == nil || got != "" || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: got %q, %v, want %v", name, got, err, test.want)
			continue
		}
		if line := fmt.Sprintf("line %d: ", test.line); !strings.HasPrefix(err.Error(), line) {
			t.Errorf("%s: %v isn't in %s", name, err, line)
		}
	}
	failed := errors.New("not here")
	if got, err := agent.ReplacePaths(kubeProxy, func(string) (string, error) { return "x", failed }); !errors.Is(err, failed) || got != "" {
		t.Errorf("a failing replacement: %q, %v", got, err)
	}
	if got, err := agent.ReplacePaths(kubeProxy, func(string) (string, error) { return "/a\nb", nil }); err == nil || got != "" {
		t.Errorf("a replacement with a newline: %q, %v", got, err)
	}
}

// sameBut reports what differs in two kubeconfigs for a reader of YAML, other than
// that mark has been applied to the paths.
func sameBut(before, after string) error {
	var want, got map[string]any
	if err := yaml.Unmarshal([]byte(strings.TrimPrefix(before, "\ufeff")), &want); err != nil {
		return nil // it wasn't YAML before
	}
	if err := yaml.Unmarshal([]byte(strings.TrimPrefix(after, "\ufeff")), &got); err != nil {
		return fmt.Errorf("it can't be read any more: %w", err)
	}
	markAll(want, got, "clusters", "cluster", "certificate-authority")
	markAll(want, got, "users", "user", "client-certificate", "client-key", "tokenFile")
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("(-want +got):\n%s", diff)
	}
	return nil
}

// markAll applies mark to the expected paths. Without quotes, a path may look like a
// number or a boolean: it is removed from both maps if it is quoted text in got.
func markAll(want, got map[string]any, list, inner string, keys ...string) {
	for i, fields := range fieldsOf(want, list, inner) {
		for _, key := range keys {
			switch value := fields[key].(type) {
			case string:
				if value != "" {
					fields[key], _ = mark(value)
				}
			case float64, int64, bool:
				others := fieldsOf(got, list, inner)
				if i >= len(others) {
					return
				}
				if text, _ := others[i][key].(string); strings.HasPrefix(text, "<") {
					delete(fields, key)
					delete(others[i], key)
				}
			}
		}
	}
}

func fieldsOf(config map[string]any, list, inner string) []map[string]any {
	items, _ := config[list].([]any)
	all := make([]map[string]any, len(items))
	for i, item := range items {
		item, _ := item.(map[string]any)
		all[i], _ = item[inner].(map[string]any)
	}
	return all
}

// TestReplacePathsLikeYAML makes kubeconfigs from pieces and compares the result with a
// YAML parser.
func TestReplacePathsLikeYAML(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	pieces := strings.Split(`clusters:|users:|contexts: []|- cluster:|- user:|cluster:|user:|-|- name: a|certificate-authority: /a|certificate-authority: '/a''b'|"certificate-authority": "/a"|client-key: /k # x|tokenFile: ../t|tokenFile:|extensions: >|text|exec: {a: [b]}|# comment|- - x|- "q"|  `+"``", "|")
	accepted := 0
	for range 30_000 {
		var b bytes.Buffer
		b.WriteString("clusters:\n")
		for range 1 + rng.IntN(8) {
			fmt.Fprintf(&b, "%s%s\n", strings.Repeat(" ", rng.IntN(4)*2), pieces[rng.IntN(len(pieces))])
		}
		got, err := agent.ReplacePaths(b.String(), mark)
		if err != nil {
			continue
		}
		accepted++
		if err := sameBut(b.String(), got); err != nil {
			t.Fatalf("%v\n%s\n%s", err, b.String(), got)
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d kubeconfigs are read", accepted)
	}
}

func FuzzReplacePaths(f *testing.F) {
	f.Add(kubeProxy)
	f.Add(`{"clusters":[{"cluster":{"certificate-authority":"/x"}}],"users":[{"user":{"tokenFile":"y"}}]}`)
	f.Add("clusters:\r\n- cluster: # c\r\n   'certificate-authority': \"C:\\\\x\"\r\nusers:\r\n  - user:\r\n      exec: {a: [b]}\r\n      tokenFile: ../t # c\r\n")
	f.Add("clusters:\nusers:\n- user:\n    x: |2-\n      tokenFile: /x\n    - tokenFile: /y\n")
	f.Add("clusters:\nusers:\n- user:\n    tokenFile: 000000 # 0\n    client-key: yes\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := agent.ReplacePaths(text, mark)
		if err != nil {
			return
		}
		if err := sameBut(text, got); err != nil {
			t.Fatalf("%v\n%q\n%q", err, text, got)
		}
	})
}

// The kubeconfig of a Cluster, written to a file, is read back by Root.Kubeconfig.
func TestKubeconfigOfCluster(t *testing.T) {
	n := newNode(t, volumes.ModeBind)
	cluster := agent.Cluster{Host: "https://10.96.0.1:443", TokenFile: volumes.ServiceAccountDir + "/token", CAFile: volumes.ServiceAccountDir + "/ca.crt"}
	n.write(n.destination("/k/config"), string(cluster.Kubeconfig()))
	got, err := n.root().Kubeconfig("/k/config")
	if err != nil {
		t.Fatal(err)
	}
	want, err := n.root().Cluster()
	if err != nil {
		t.Fatal(err)
	}
	want.Namespace = ""
	if diff := cmp.Diff(string(want.Kubeconfig()), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := os.ReadFile(want.TokenFile); err != nil {
		t.Error(err)
	}
}
