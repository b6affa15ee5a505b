// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serveKinds adds groups of kinds that aren't Kubernetes' own to a server: by version, the
// schema of each kind, in the order of preference.
func (s *apiServer) serveKinds(t *testing.T, group string, versions []string, schemas map[string]map[string]string) {
	t.Helper()
	var list []object
	for _, version := range versions {
		paths, components := object{}, object{"io.k8s.ObjectMeta": object{"properties": object{"name": object{"type": "string"}}}}
		for kind, schema := range schemas[version] {
			about := object{"group": group, "version": version, "kind": kind}
			get := func(action string) object {
				return object{"get": object{"x-kubernetes-action": action, "x-kubernetes-group-version-kind": about}}
			}
			path := "/apis/" + group + "/" + version + "/"
			resource := strings.ToLower(kind) + "s"
			paths[path+resource], paths[path+"namespaces/{namespace}/"+resource] = get("list"), get("list")
			paths[path+"namespaces/{namespace}/"+resource+"/{name}"] = get("get")
			if strings.HasPrefix(kind, "Cluster") {
				delete(paths, path+"namespaces/{namespace}/"+resource)
			}
			var properties object
			if err := json.Unmarshal([]byte(schema), &properties); err != nil {
				t.Fatal(err)
			}
			one := object{"type": "object", "x-kubernetes-group-version-kind": []object{about}}
			if properties != nil {
				properties["metadata"] = object{"allOf": []object{{"$ref": "#/components/schemas/io.k8s.ObjectMeta"}}}
				one["properties"] = properties
			}
			components["com.example."+kind] = one
			components["com.example.PodTemplate"] = object{"properties": object{"hostProcess": object{"type": "boolean"}}}
		}
		document, err := json.Marshal(object{"openapi": "3.0.0", "paths": paths, "components": object{"schemas": components}})
		if err != nil {
			t.Fatal(err)
		}
		if s.single == nil {
			s.single = map[string]string{}
		}
		s.single["/openapi/v3/apis/"+group+"/"+version+"?"] = string(document)
		list = append(list, object{"groupVersion": group + "/" + version, "version": version})
	}
	groups, err := json.Marshal(object{"kind": "APIGroupList", "groups": []object{{"name": "apps"}, {"name": group, "versions": list}}})
	if err != nil {
		t.Fatal(err)
	}
	s.single["/apis?"] = string(groups)
}

const (
	closedSchema = `{"spec":{"properties":{"template":{"properties":{"spec":{"properties":{"hostNetwork":{"type":"boolean"}}}}}}},"status":{"x-kubernetes-preserve-unknown-fields":true}}`
	podSchema    = `{"spec":{"properties":{"template":{"properties":{"spec":{"properties":{"hostProcess":{"type":"boolean"}}}}}}}}`
	openSchema   = `{"spec":{"properties":{"template":{"x-kubernetes-preserve-unknown-fields":true}}}}`
	refSchema    = `{"spec":{"allOf":[{"$ref":"#/components/schemas/com.example.PodTemplate"}]}}`
)

// TestKinds: the kinds whose objects may hold a pod are found by their schemas, each in one
// version.
func TestKinds(t *testing.T) {
	s := small()
	s.serveKinds(t, "example.com", []string{"v1", "v1beta1"}, map[string]map[string]string{
		"v1":      {"Closed": closedSchema, "Full": podSchema, "Open": openSchema, "Refers": refSchema, "ClusterFull": podSchema, "None": "null"},
		"v1beta1": {"Full": podSchema, "Old": openSchema, "Closed": closedSchema},
	})
	for namespace, want := range map[string][]string{
		"":       {"v1/clusterfulls", "v1/fulls", "v1/nones", "v1/opens", "v1/referss", "v1beta1/olds"},
		"agents": {"v1/namespaces/agents/fulls", "v1/namespaces/agents/nones", "v1/namespaces/agents/opens", "v1/namespaces/agents/referss", "v1beta1/namespaces/agents/olds"},
	} {
		flags := cluster{kubeconfig: s.start(t), namespace: namespace}
		live, err := flags.connect()
		if err != nil {
			t.Fatal(err)
		}
		kinds, problems := live.kinds(t.Context())
		if len(problems) > 0 {
			t.Error(problems)
		}
		var got []string
		for _, k := range kinds {
			got = append(got, strings.TrimPrefix(k.path, "/apis/example.com/"))
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("namespace %q (-want +got):\n%s", namespace, diff)
		}
	}
}

// TestKindsWithoutSchemas: of a group that publishes no schemas, what can be listed is read.
func TestKindsWithoutSchemas(t *testing.T) {
	s := small()
	s.single = map[string]string{
		"/apis?":                        `{"groups":[{"name":"metrics.example.com","versions":[{"groupVersion":"metrics.example.com/v1"}]}]}`,
		"/apis/metrics.example.com/v1?": `{"resources":[{"name":"values","kind":"Value","namespaced":true,"verbs":["get"]},{"name":"agents","kind":"Agent","namespaced":true,"verbs":["get","list"]},{"name":"hosts","kind":"Host","verbs":["list"]}]}`,
	}
	s.missing = "/openapi/v3/apis/metrics.example.com/v1"
	for namespace, want := range map[string][]string{
		"":       {"/apis/metrics.example.com/v1/agents", "/apis/metrics.example.com/v1/hosts"},
		"agents": {"/apis/metrics.example.com/v1/namespaces/agents/agents"},
	} {
		flags := cluster{kubeconfig: s.start(t), namespace: namespace}
		live, err := flags.connect()
		if err != nil {
			t.Fatal(err)
		}
		kinds, problems := live.kinds(t.Context())
		var got []string
		for _, k := range kinds {
			got = append(got, k.path)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
			t.Errorf("namespace %q: %v (-want +got):\n%s", namespace, problems, diff)
		}
	}
}

// owned is an object of apps/v1 with an owner.
func owned(name, apiVersion, kind, owner string) object {
	return object{
		"metadata": object{"name": name, "namespace": "agents", "ownerReferences": []object{{"apiVersion": apiVersion, "kind": kind, "name": owner, "uid": "1", "controller": true}}},
		"spec":     object{"template": object{"spec": hostProcessSpec("", "Guests")}},
	}
}

// TestCustomKinds: the objects of such kinds are checked, what they own is checked with them,
// and what is owned by other objects is checked by itself.
func TestCustomKinds(t *testing.T) {
	s := small()
	s.lists["/api/v1/pods"], s.lists["/apis/apps/v1/daemonsets"] = []object{}, []object{owned("agent", "operator.example.com/v1", "Installation", "default"), owned("by-config", "v1", "ConfigMap", "agent")}
	s.lists["/apis/apps/v1/replicasets"] = []object{
		owned("checked-1", "argoproj.io/v1alpha1", "Rollout", "checked"),
		owned("refers-1", "argoproj.io/v1alpha1", "Rollout", "refers"),
		owned("other-1", "apps/v1", "Deployment", "other"),
	}
	s.lists["/api/v1/pods"] = []object{
		{"metadata": owned("static", "v1", "Node", "new")["metadata"], "spec": hostProcessSpec("new", "Guests")},
		{"metadata": owned("clone", "apps.example.com/v1", "CloneSet", "clone")["metadata"], "spec": hostProcessSpec("new", "Guests")},
		{"metadata": owned("checked-1-x", "apps/v1", "ReplicaSet", "checked-1")["metadata"], "spec": hostProcessSpec("new", "Guests")},
	}
	s.serveKinds(t, "argoproj.io", []string{"v1alpha1"}, map[string]map[string]string{"v1alpha1": {"Rollout": podSchema}})
	const applied = `{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","spec":{"template":{"spec":{"securityContext":{"windowsOptions":{"hostProcess":true}},"containers":[{"name":"a"}]}}}}`
	s.lists["/apis/argoproj.io/v1alpha1/rollouts"] = []object{
		{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": object{"name": "checked", "namespace": "agents", "annotations": object{"kubectl.kubernetes.io/last-applied-configuration": applied}}, "spec": object{"template": object{"spec": hostProcessSpec("", "Guests")}}},
		{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": object{"name": "refers", "namespace": "agents"}, "spec": object{"workloadRef": object{"name": "other"}}},
	}
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"privileges", "-o", "json", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	var got []string
	for line := range strings.Lines(stdout.String()) {
		var p privilege
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		got = append(got, p.Kind+" "+p.Name)
	}
	want := []string{"Pod clone", "DaemonSet agent", "DaemonSet by-config", "Pod static", "ReplicaSet other-1", "ReplicaSet refers-1", "Rollout checked"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("privileges (-want +got):\n%s", diff)
	}

	stdout.Reset()
	if code := Run([]string{"lint", "-o", "json", "--enable-only", "account-local-group", "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 1 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	got = nil
	for line := range strings.Lines(stdout.String()) {
		var f struct{ Kind, Name string }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		got = append(got, f.Kind+" "+f.Name)
	}
	want = []string{"Rollout checked", "DaemonSet agent", "DaemonSet by-config", "ReplicaSet refers-1"} // the pods are on a node that has local groups
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lint (-want +got):\n%s", diff)
	}
}

// TestKindsRefused: kinds that can't be read are named.
func TestKindsRefused(t *testing.T) {
	for want, change := range map[string]func(s *apiServer){
		"/apis/argoproj.io/v1alpha1/rollouts is forbidden":            func(*apiServer) {},
		"/openapi/v3/apis/argoproj.io/v1alpha1 is forbidden":          func(s *apiServer) { delete(s.single, "/openapi/v3/apis/argoproj.io/v1alpha1?") },
		"resources of argoproj.io/v1alpha1 can't be read: unexpected": func(s *apiServer) { s.single["/openapi/v3/apis/argoproj.io/v1alpha1?"] = "{" },
		"custom resources can't be read: invalid":                     func(s *apiServer) { s.single["/apis?"] = "no JSON" },
	} {
		s := small()
		s.serveKinds(t, "argoproj.io", []string{"v1alpha1"}, map[string]map[string]string{"v1alpha1": {"Rollout": podSchema}})
		change(s)
		for _, command := range []string{"lint", "privileges"} {
			var stdout, stderr bytes.Buffer
			if code := Run([]string{command, "--kubeconfig", s.start(t)}, nil, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), want) {
				t.Errorf("%s: exit code %d, %q isn't in %s", command, code, want, stderr.String())
			}
		}
	}
}
