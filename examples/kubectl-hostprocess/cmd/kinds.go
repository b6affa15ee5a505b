// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
)

// kind is a kind of custom resources that may contain a pod.
type kind struct {
	group, name string
	path        string // of its list
}

// ownerKey names an object that owns others.
type ownerKey struct{ group, kind, namespace, name string }

// custom reads the objects of all such kinds, adds those with a pod to owners, and returns
// the errors.
func (l *live) custom(ctx context.Context, r *input.Reader) []error {
	kinds, problems := l.kinds(ctx)
	l.owners = map[ownerKey]bool{}
	visit := r.Visit
	defer func() { r.Visit = visit }()
	for _, k := range kinds {
		r.Visit = func(o input.Object) {
			if lint.PodSpec(o) != nil {
				l.owners[ownerKey{k.group, k.name, o.Namespace, o.Name}] = true
			}
			visit(o)
		}
		if err := l.list(ctx, r, k.path); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// kinds returns the kinds that may contain a pod according to the API server's published
// schemas. Objects have no fields outside their schema, because the API server drops them,
// unless a definition from apiextensions.k8s.io/v1beta1 still has preserveUnknownFields,
// which isn't published. If a group publishes no schemas, as some metrics adapters, it
// returns all its kinds. It uses the API server's preferred version of each kind.
//
// Sources:
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
// https://github.com/kubernetes/apiextensions-apiserver/blob/v0.37.2/pkg/controller/openapi/builder/builder.go#L383-L427
func (l *live) kinds(ctx context.Context) (kinds []kind, problems []error) {
	var groups metav1.APIGroupList
	if err := l.getJSON(ctx, "/apis", &groups); err != nil {
		return nil, []error{fmt.Errorf("custom resources can't be read: %w", err)}
	}
	for _, group := range groups.Groups {
		if !strings.Contains(group.Name, ".") {
			continue // a group of builtin
		}
		known := map[string]bool{}
		for _, version := range group.Versions {
			lists, mayHoldPod, err := l.lists(ctx, version.GroupVersion)
			if err != nil {
				problems = append(problems, fmt.Errorf("resources of %s can't be read: %w", version.GroupVersion, err))
				continue
			}
			for _, path := range slices.Sorted(maps.Keys(lists)) {
				name := lists[path]
				if l.namespace != "" {
					path = strings.Replace(path, "/namespaces/{namespace}/", "/namespaces/"+l.namespace+"/", 1)
				}
				if strings.Contains(path, "{") || strings.Contains(path, "/namespaces/") != (l.namespace != "") || known[name] {
					continue
				}
				known[name] = true
				if mayHoldPod(name) {
					kinds = append(kinds, kind{group.Name, name, path})
				}
			}
		}
	}
	return kinds, problems
}

// lists returns the kinds of a group and version, by the paths of their lists.
func (l *live) lists(ctx context.Context, version string) (kinds map[string]string, mayHoldPod func(kind string) bool, err error) {
	kinds = map[string]string{}
	var all schemas
	err = l.getJSON(ctx, "/openapi/v3/apis/"+version, &all)
	if !apierrors.IsNotFound(err) {
		for path, methods := range all.Paths {
			if methods.Get.Action == "list" {
				kinds[path] = methods.Get.Kind.Kind
			}
		}
		return kinds, all.mayHoldPod, err
	}
	var resources metav1.APIResourceList
	err = l.getJSON(ctx, "/apis/"+version, &resources)
	for _, r := range resources.APIResources {
		if slices.Contains(r.Verbs, "list") {
			kinds["/apis/"+version+"/"+r.Name] = r.Kind
			if r.Namespaced {
				kinds["/apis/"+version+"/namespaces/{namespace}/"+r.Name] = r.Kind
			}
		}
	}
	return kinds, func(string) bool { return true }, err
}

// getJSON decodes the response for a path.
func (l *live) getJSON(ctx context.Context, path string, to any) error {
	data, err := l.get(ctx, path)
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	return err
}

// schemas is the relevant part of an OpenAPI 3 document.
type schemas struct {
	Paths map[string]struct {
		Get struct {
			Action string                  `json:"x-kubernetes-action"`
			Kind   metav1.GroupVersionKind `json:"x-kubernetes-group-version-kind"`
		} `json:"get"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]published `json:"schemas"`
	} `json:"components"`
}

// published is the schema of a type.
type published struct {
	Kinds      []metav1.GroupVersionKind  `json:"x-kubernetes-group-version-kind"`
	Properties map[string]json.RawMessage `json:"properties"`
	Open       bool                       `json:"x-kubernetes-preserve-unknown-fields"`
}

var (
	// holdsPod matches a schema with the field, or with arbitrary fields.
	holdsPod = regexp.MustCompile(`"hostProcess"\s*:\s*\{|"x-kubernetes-preserve-unknown-fields"\s*:\s*true`)
	refers   = regexp.MustCompile(`"\$ref"\s*:\s*"#/components/schemas/([^"]+)"`)
)

// mayHoldPod reports whether objects of a kind may contain a HostProcess pod.
func (s *schemas) mayHoldPod(kind string) bool {
	isKind := func(k metav1.GroupVersionKind) bool { return k.Kind == kind }
	for name, one := range s.Components.Schemas {
		if slices.ContainsFunc(one.Kinds, isKind) && s.mayHold(name, map[string]bool{}) {
			return true
		}
	}
	return false
}

// mayHold searches a schema and those that it refers to. It ignores the status, which runs
// nothing.
func (s *schemas) mayHold(name string, seen map[string]bool) bool {
	one := s.Components.Schemas[name]
	if seen[name] {
		return false
	}
	seen[name] = true
	if one.Open || len(one.Kinds) > 0 && len(one.Properties) == 0 {
		return true
	}
	for field, text := range one.Properties {
		if field == "hostProcess" || field != "status" && holdsPod.Match(text) {
			return true
		}
		for _, ref := range refers.FindAllSubmatch(text, -1) {
			if field != "status" && s.mayHold(string(ref[1]), seen) {
				return true
			}
		}
	}
	return false
}
