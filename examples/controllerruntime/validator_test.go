// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
)

// pod is a HostProcess pod without errors.
func pod(t *testing.T) *corev1.Pod {
	t.Helper()
	p, err := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").WithCommand(hostprocess.RawCommand("agent.exe")),
	).Pod(metav1.ObjectMeta{Name: "agent", Namespace: "agents"})
	if err != nil {
		t.Fatal(err)
	}
	p.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	return p
}

// ask sends a request through controller-runtime to the adapter.
func ask[T runtime.Object](t *testing.T, operation admissionv1.Operation, object, old T) admission.Response {
	t.Helper()
	raw := func(o T) runtime.RawExtension {
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return runtime.RawExtension{Raw: data}
	}
	handler := admission.WithValidator(scheme.Scheme, validator[T]{})
	return handler.Handle(t.Context(), admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		UID: "1", Operation: operation, Object: raw(object), OldObject: raw(old),
	}})
}

func TestValidator(t *testing.T) {
	good, bad, worse, warned := pod(t), pod(t), pod(t), pod(t)
	bad.Spec.HostNetwork = false
	worse.Spec = *bad.Spec.DeepCopy()
	worse.Spec.Containers[0].Image = "registry.example.com/agent:1.5"
	labelled := bad.DeepCopy()
	labelled.Labels = map[string]string{"a": "b"}
	warned.Spec.DNSPolicy = corev1.DNSClusterFirstWithHostNet
	for name, test := range map[string]struct {
		operation   admissionv1.Operation
		old, object *corev1.Pod
		allowed     bool
		warnings    int
	}{
		"create good":         {admissionv1.Create, nil, good, true, 0},
		"create bad":          {admissionv1.Create, nil, bad, false, 0},
		"create with warning": {admissionv1.Create, nil, warned, true, 1},
		"update to bad":       {admissionv1.Update, good, bad, false, 0},
		"update to good":      {admissionv1.Update, bad, good, true, 0},
		"label a bad one":     {admissionv1.Update, bad, labelled, true, 0},
		"change what is bad":  {admissionv1.Update, bad, worse, false, 0},
		"delete what is bad":  {admissionv1.Delete, bad, bad, true, 0},
	} {
		answer := ask(t, test.operation, test.object, test.old)
		if answer.Allowed != test.allowed || len(answer.Warnings) != test.warnings {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

// TestKinds has the adapter judge a template.
func TestKinds(t *testing.T) {
	bad := pod(t)
	bad.Spec.HostNetwork = false
	template := corev1.PodTemplateSpec{Spec: bad.Spec}
	for kind, answer := range map[string]admission.Response{
		"DaemonSet": ask(t, admissionv1.Create, &appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Template: template}}, nil),
		"Job":       ask(t, admissionv1.Create, &batchv1.Job{Spec: batchv1.JobSpec{Template: template}}, nil),
	} {
		if answer.Allowed {
			t.Errorf("%s: %+v", kind, answer)
		}
	}
	if answer := ask(t, admissionv1.Create, &corev1.Service{}, nil); answer.Allowed {
		t.Errorf("a kind that holds no pod: %+v", answer)
	}
}

// TestRegister registers the webhooks with a manager that talks to nobody.
func TestRegister(t *testing.T) {
	mgr, err := ctrl.NewManager(&rest.Config{Host: "127.0.0.1:1"}, manager.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := registerAll(mgr, validate.Validator{}); err != nil {
		t.Fatal(err)
	}
}
