// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"
)

// installed are the objects of the manifests, by kind.
type installed struct {
	webhook    *admissionregistrationv1.ValidatingWebhookConfiguration
	namespace  *corev1.Namespace
	account    *corev1.ServiceAccount
	service    *corev1.Service
	budget     *policyv1.PodDisruptionBudget
	deployment *appsv1.Deployment
}

// read decodes the manifests strictly. What cert-manager knows is skipped.
func readManifests(t *testing.T) installed {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme, admissionregistrationv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	var all installed
	for _, file := range []string{"webhook.yaml", "deployment.yaml"} {
		text, err := os.ReadFile(filepath.Join("manifests", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			data, err := yaml.YAMLToJSONStrict(document)
			if err != nil {
				t.Fatal(err)
			}
			object, _, err := decoder.Decode(data, nil, nil)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			switch o := object.(type) {
			case *admissionregistrationv1.ValidatingWebhookConfiguration:
				all.webhook = o
			case *corev1.Namespace:
				all.namespace = o
			case *corev1.ServiceAccount:
				all.account = o
			case *corev1.Service:
				all.service = o
			case *policyv1.PodDisruptionBudget:
				all.budget = o
			case *appsv1.Deployment:
				all.deployment = o
			default:
				t.Errorf("%s: a %T", file, o)
			}
		}
	}
	return all
}

// TestManifests says that the manifests fit together and to the program.
func TestManifests(t *testing.T) {
	all := readManifests(t)
	template := all.deployment.Spec.Template
	for _, selector := range []map[string]string{all.service.Spec.Selector, all.deployment.Spec.Selector.MatchLabels, all.budget.Spec.Selector.MatchLabels} {
		if !labels.SelectorFromSet(selector).Matches(labels.Set(template.Labels)) {
			t.Errorf("%v does not select the pods", selector)
		}
	}
	for _, namespace := range []string{all.service.Namespace, all.deployment.Namespace, all.account.Namespace, all.budget.Namespace} {
		if namespace != all.namespace.Name {
			t.Errorf("namespace %q", namespace)
		}
	}
	if template.Spec.ServiceAccountName != all.account.Name {
		t.Errorf("service account %q", template.Spec.ServiceAccountName)
	}
	container := template.Spec.Containers[0]
	o, err := parse(container.Args, os.Stderr)
	if err != nil || o.address != ":8443" || o.healthAddress != ":8080" || path.Dir(o.certFile) != container.VolumeMounts[0].MountPath || path.Dir(o.keyFile) != container.VolumeMounts[0].MountPath {
		t.Errorf("args %q give %+v", container.Args, o)
	}
	if !slices.ContainsFunc(container.Ports, func(p corev1.ContainerPort) bool { return p.Name == all.service.Spec.Ports[0].TargetPort.StrVal }) {
		t.Error("the Service's port is not the container's")
	}
	if limit := int64(o.drain.Seconds() + answerTime.Seconds()); *template.Spec.TerminationGracePeriodSeconds <= limit {
		t.Errorf("terminationGracePeriodSeconds must be more than %d", limit)
	}
}

// TestConfiguration says that every kind that is judged is sent, and that no
// answer means no.
func TestConfiguration(t *testing.T) {
	all := readManifests(t)
	var resources []string
	for _, w := range all.webhook.Webhooks {
		if *w.FailurePolicy != admissionregistrationv1.Fail || *w.SideEffects != admissionregistrationv1.SideEffectClassNone || !slices.Equal(w.AdmissionReviewVersions, []string{"v1"}) {
			t.Errorf("%s: %+v", w.Name, w)
		}
		service := w.ClientConfig.Service
		if service.Name != all.service.Name || service.Namespace != all.service.Namespace || *service.Port != all.service.Spec.Ports[0].Port || *service.Path != "/validate" {
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
