// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	jsonserializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/hostprocess-go/sdk/validate"
)

// What is counted besides what controller-runtime counts, such as requests by status.
var (
	reviews        = counter("reviews_total", "AdmissionReviews that were judged.", "allowed", "dry_run")
	deniedFindings = counter("denied_findings_total", "Findings for which a review was denied, by rule.", "rule")
)

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return promauto.With(metrics.Registry).NewCounterVec(prometheus.CounterOpts{Name: "hostprocess_webhook_" + name, Help: help}, labels)
}

// judge is an admission.Handler for every kind that holds a pod. Errors deny a request,
// warnings are told to its sender, and everything else passes. Of an update, only what it
// brings in counts, so that an object from before the webhook can still be changed:
// errors that the old object has as well are warnings.
type judge struct {
	validator validate.Validator
	// cached and live read namespaces. One that is new may be missing from cached.
	cached, live client.Reader
}

// Handle decides about a request, counts it, and logs a denial. A dry run is answered as
// any other request: there is nothing else that it changes.
func (j judge) Handle(ctx context.Context, request admission.Request) admission.Response {
	answer := j.decide(ctx, request)
	dryRun := request.DryRun != nil && *request.DryRun
	reviews.WithLabelValues(fmt.Sprint(answer.Allowed), fmt.Sprint(dryRun)).Inc()
	if !answer.Allowed {
		ctrl.Log.Info("denied", "uid", clip(request.UID), "operation", clip(request.Operation), "kind", clip(request.Kind.String()), "namespace", clip(request.Namespace),
			"name", clip(request.Name), "user", clip(request.UserInfo.Username), "dryRun", dryRun, "message", clip(answer.Result.Message))
	}
	return answer
}

// clip bounds what a line of the log says in somebody else's words.
func clip[T ~string](text T) string {
	const most = 512
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// decide allows only what was judged, or what holds no pod; and where it was not judged,
// a warning says so.
func (j judge) decide(ctx context.Context, request admission.Request) admission.Response {
	if request.UID == "" {
		return malformed("the review has no uid: an API server gives each one")
	}
	switch request.Operation {
	case admissionv1.Create, admissionv1.Update:
	case admissionv1.Delete, admissionv1.Connect:
		return passed("operation %q is not judged: send CREATE and UPDATE only", request.Operation)
	default:
		return malformed("operation %q: there is no such operation", clip(request.Operation))
	}
	key := client.ObjectKey{Name: request.Namespace}
	var namespace corev1.Namespace
	err := j.cached.Get(ctx, key, &namespace)
	if apierrors.IsNotFound(err) {
		err = j.live.Get(ctx, key, &namespace)
	}
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, fmt.Errorf("namespace: %w", err))
	}
	findings, err := j.findings(request.Kind, request.Object.Raw, &namespace)
	var other *validate.KindError
	switch {
	case errors.As(err, &other):
		return passed("%s is not judged: it holds no pod that this webhook knows", clip(request.Kind.String()))
	case err != nil:
		return malformed("object: %w", err)
	case request.Operation == admissionv1.Create:
		return answer(findings, nil)
	}
	before, err := j.findings(request.Kind, request.OldObject.Raw, &namespace)
	if err != nil {
		return malformed("oldObject: %w", err)
	}
	return answer(findings, before)
}

// decoder reads JSON and nothing else.
var decoder = jsonserializer.NewSerializerWithOptions(jsonserializer.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, jsonserializer.SerializerOptions{})

// findings judges an object, whose kind must be that of the request, in its namespace.
func (j judge) findings(want metav1.GroupVersionKind, raw []byte, namespace *corev1.Namespace) (validate.Findings, error) {
	if len(raw) == 0 {
		return nil, errors.New("is missing, but the operation has one")
	}
	kind := schema.GroupVersionKind(want)
	if !scheme.Scheme.Recognizes(kind) {
		return nil, &validate.KindError{}
	}
	object, got, err := decoder.Decode(raw, nil, nil)
	if err != nil {
		return nil, err
	}
	if *got != kind {
		return nil, fmt.Errorf("is a %s, but the request is about a %s", got, kind)
	}
	findings, err := j.validator.Object(object)
	if err != nil {
		return nil, err
	}
	pod, err := validate.PodSpecOf(object)
	return append(findings, j.validator.Namespace(namespace, pod)...), err
}

// maxTold is how many errors and how many warnings an answer tells: a request can be
// made to have more than fit into an answer.
const maxTold = 50

// answer denies errors and tells of warnings, but only what an update brings in: of what
// was there before, it only reminds of errors.
func answer(findings, before validate.Findings) admission.Response {
	known := map[string]int{} // how often, so that the same error once more is new
	for _, f := range before {
		known[defect(f)]++
	}
	var denied validate.Findings
	var warnings []string
	for _, f := range findings {
		key := defect(f)
		known[key]--
		switch old := known[key] >= 0; {
		case f.Severity == validate.SeverityError && old:
			warnings = append(warnings, "not new: "+f.Error())
		case f.Severity == validate.SeverityError:
			denied = append(denied, f)
			deniedFindings.WithLabelValues(string(f.Rule)).Inc()
		case f.Severity == validate.SeverityWarning && !old:
			warnings = append(warnings, f.Error())
		}
	}
	if more := len(warnings) - maxTold; more > 0 {
		warnings = append(warnings[:maxTold], fmt.Sprintf("and %d more", more))
	}
	if len(denied) == 0 {
		return admission.Allowed("").WithWarnings(warnings...)
	}
	more := ""
	if n := len(denied) - maxTold; n > 0 {
		denied, more = denied[:maxTold], fmt.Sprintf("; and %d more", n)
	}
	response := admission.Errored(http.StatusUnprocessableEntity, errors.New(denied.Err().Error()+more)).WithWarnings(warnings...)
	response.Result.Reason, response.Result.Details = metav1.StatusReasonInvalid, &metav1.StatusDetails{}
	for _, f := range denied {
		cause := metav1.StatusCause{Type: metav1.CauseTypeFieldValueInvalid, Field: f.Field, Message: f.Message}
		response.Result.Details.Causes = append(response.Result.Details.Causes, cause)
	}
	return response
}

// defect is what a finding says of a container or of the pod, wherever that is in its list:
// an index changes when something is inserted before it.
func defect(f validate.Finding) string {
	return fmt.Sprintf("%s %q %q %q %s", f.Rule, f.Container, f.Element().Name, f.Message, f.Targets)
}

// passed lets a request through that there is nothing to judge in.
func passed(format string, args ...any) admission.Response {
	return admission.Allowed("").WithWarnings(fmt.Sprintf(format, args...))
}

// malformed denies a request that can't be judged.
func malformed(format string, args ...any) admission.Response {
	return admission.Errored(http.StatusBadRequest, fmt.Errorf(format, args...))
}
