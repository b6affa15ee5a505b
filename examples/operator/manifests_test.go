// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// installed are the objects of the manifests.
type installed struct {
	webhook    *admissionregistrationv1.ValidatingWebhookConfiguration
	account    *corev1.ServiceAccount
	service    *corev1.Service
	budget     *policyv1.PodDisruptionBudget
	network    *networkingv1.NetworkPolicy
	deployment *appsv1.Deployment
	namespaces []string
	subjects   []rbacv1.Subject
	roles      []string // those that there are, and those of bindings
	bound      []string
}

// readManifests decodes the manifests strictly. What cert-manager knows is skipped.
func readManifests(t *testing.T) installed {
	t.Helper()
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	files, err := filepath.Glob("manifests/*.yaml")
	if err != nil || len(files) != 5 {
		t.Fatal(files, err)
	}
	var all installed
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			data, err := yaml.YAMLToJSONStrict(document)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(data), `"cert-manager.io/v1"`) {
				continue
			}
			object, _, err := decoder.Decode(data, nil, nil)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if o := object.(client.Object); o.GetNamespace() != "" && !slices.Contains(all.namespaces, o.GetNamespace()) {
				t.Errorf("%s: %s comes before its namespace", file, o.GetName())
			}
			switch o := object.(type) {
			case *admissionregistrationv1.ValidatingWebhookConfiguration:
				all.webhook = o
			case *corev1.Namespace:
				all.namespaces = append(all.namespaces, o.Name)
			case *corev1.ServiceAccount:
				all.account = o
			case *corev1.Service:
				all.service = o
			case *policyv1.PodDisruptionBudget:
				all.budget = o
			case *networkingv1.NetworkPolicy:
				all.network = o
			case *appsv1.Deployment:
				all.deployment = o
			case *rbacv1.ClusterRole:
				all.roles = append(all.roles, "ClusterRole/"+o.Name)
			case *rbacv1.Role:
				all.roles = append(all.roles, o.Namespace+"/Role/"+o.Name)
			case *rbacv1.ClusterRoleBinding:
				all.bound, all.subjects = append(all.bound, o.RoleRef.Kind+"/"+o.RoleRef.Name), append(all.subjects, o.Subjects...)
			case *rbacv1.RoleBinding:
				all.bound, all.subjects = append(all.bound, o.Namespace+"/"+o.RoleRef.Kind+"/"+o.RoleRef.Name), append(all.subjects, o.Subjects...)
			default:
				t.Errorf("%s: a %T", file, o)
			}
		}
	}
	return all
}

// TestManifests checks that the manifests match each other and the program.
func TestManifests(t *testing.T) {
	all := readManifests(t)
	template := all.deployment.Spec.Template
	for _, selector := range []map[string]string{all.service.Spec.Selector, all.deployment.Spec.Selector.MatchLabels, all.budget.Spec.Selector.MatchLabels,
		all.network.Spec.PodSelector.MatchLabels, template.Spec.TopologySpreadConstraints[0].LabelSelector.MatchLabels} {
		if len(selector) == 0 || !labels.SelectorFromSet(selector).Matches(labels.Set(template.Labels)) {
			t.Errorf("%v does not select the pods", selector)
		}
	}
	if !slices.Equal(all.namespaces, []string{all.deployment.Namespace, agentNamespace}) {
		t.Errorf("namespaces %q", all.namespaces)
	}
	for _, namespace := range []string{all.service.Namespace, all.account.Namespace, all.budget.Namespace, all.network.Namespace} {
		if namespace != all.deployment.Namespace {
			t.Errorf("namespace %q", namespace)
		}
	}
	if template.Spec.ServiceAccountName != all.account.Name {
		t.Errorf("service account %q", template.Spec.ServiceAccountName)
	}
	for _, subject := range all.subjects {
		if subject.Kind != "ServiceAccount" || subject.Name != all.account.Name || subject.Namespace != all.account.Namespace {
			t.Errorf("a role for %+v", subject)
		}
	}
	if slices.Sort(all.roles); !slices.Equal(all.roles, slices.Sorted(slices.Values(all.bound))) {
		t.Errorf("roles %q, bound %q", all.roles, all.bound)
	}
	if *all.deployment.Spec.Replicas < 2 || all.budget.Spec.MinAvailable.IntValue() != 1 {
		t.Error("a node that is drained must not take the last replica")
	}
	container := template.Spec.Containers[0]
	o := parse(container.Args)
	if path.Dir(o.certFile) != container.VolumeMounts[0].MountPath || path.Dir(o.keyFile) != container.VolumeMounts[0].MountPath {
		t.Errorf("args %q give %+v", container.Args, o)
	}
	port := func(name string) string {
		for _, p := range container.Ports {
			if p.Name == name {
				return fmt.Sprintf(":%d", p.ContainerPort)
			}
		}
		return "no port " + name
	}
	if port(all.service.Spec.Ports[0].TargetPort.StrVal) != o.address || port(container.ReadinessProbe.HTTPGet.Port.StrVal) != o.healthAddress || port(container.LivenessProbe.HTTPGet.Port.StrVal) != o.healthAddress {
		t.Errorf("ports %+v, but the program serves at %s and %s", container.Ports, o.address, o.healthAddress)
	}
	if release, err := os.ReadFile("../../.github/workflows/release.yml"); err != nil || !strings.Contains(string(release), "s|"+container.Image+"|") {
		t.Errorf("a release doesn't put its image in place of %s: %v", container.Image, err)
	}
	if ingress := all.network.Spec.Ingress; port(ingress[0].Ports[0].Port.StrVal) != o.address || len(ingress[0].From) != 0 || port(ingress[1].Ports[0].Port.StrVal) != o.metricsAddress {
		t.Errorf("ingress %+v", ingress)
	}
	if limit := container.Lifecycle.PreStop.Sleep.Seconds + int64((answerTime+2*readTime)/time.Second); *template.Spec.TerminationGracePeriodSeconds <= limit {
		t.Errorf("terminationGracePeriodSeconds must be more than %d", limit)
	}
}

// TestConfiguration checks that every checked kind is sent, and that requests are denied
// without an answer.
func TestConfiguration(t *testing.T) {
	all := readManifests(t)
	var resources []string
	for _, w := range all.webhook.Webhooks {
		if *w.FailurePolicy != admissionregistrationv1.Fail || *w.SideEffects != admissionregistrationv1.SideEffectClassNone || !slices.Equal(w.AdmissionReviewVersions, []string{"v1"}) {
			t.Errorf("%s: %+v", w.Name, w)
		}
		service := w.ClientConfig.Service
		if service.Name != all.service.Name || service.Namespace != all.service.Namespace || *service.Port != all.service.Spec.Ports[0].Port || *service.Path != "/validate" || *w.TimeoutSeconds != int32(answerTime/time.Second) {
			t.Errorf("%s: service %+v", w.Name, service)
		}
		if len(w.MatchConditions) != 1 {
			t.Errorf("%s sends every object", w.Name)
		}
		for _, r := range w.Rules {
			resources = append(resources, r.Resources...)
		}
	}
	slices.Sort(resources)
	want := []string{"cronjobs", "daemonsets", "deployments", "jobs", "pods", "pods/ephemeralcontainers", "podtemplates", "replicasets", "replicationcontrollers", "statefulsets"}
	if !slices.Equal(resources, want) {
		t.Errorf("resources %q, want %q", resources, want)
	}
}
