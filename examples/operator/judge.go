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

// Metrics in addition to those of controller-runtime, such as requests by status.
var (
	reviews        = counter("reviews_total", "Number of AdmissionReviews handled.", "allowed", "dry_run")
	deniedFindings = counter("denied_findings_total", "Number of findings that denied a review, by rule.", "rule")
)

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return promauto.With(metrics.Registry).NewCounterVec(prometheus.CounterOpts{Name: "hostprocess_webhook_" + name, Help: help}, labels)
}

// judge is an admission.Handler for every kind that contains a pod. Errors deny a request,
// warnings are returned to the client, and everything else passes. An update is denied only
// for new errors, so that objects older than the webhook can still be changed: errors that
// the old object already has become warnings.
type judge struct {
	validator validate.Validator
	// cached and live read namespaces. A new one may be missing from cached.
	cached, live client.Reader
}

// Handle decides a request, counts it, and logs a denial. It has no side effects, so a dry
// run is handled like any other request.
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

// clip limits the length of untrusted text in the log.
func clip[T ~string](text T) string {
	const most = 512
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// decide allows a request only if its object was checked or contains no pod. If the object
// wasn't checked, it adds a warning.
func (j judge) decide(ctx context.Context, request admission.Request) admission.Response {
	if request.UID == "" {
		return malformed("the review has no uid")
	}
	switch request.Operation {
	case admissionv1.Create, admissionv1.Update:
	case admissionv1.Delete, admissionv1.Connect:
		return passed("operation %q isn't checked: send only CREATE and UPDATE", request.Operation)
	default:
		return malformed("unknown operation %q", clip(request.Operation))
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
		return passed("%s isn't checked: it isn't a known kind that contains a pod", clip(request.Kind.String()))
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

// decoder decodes only JSON.
var decoder = jsonserializer.NewSerializerWithOptions(jsonserializer.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, jsonserializer.SerializerOptions{})

// findings checks an object in its namespace. The kind must be that of the request.
func (j judge) findings(want metav1.GroupVersionKind, raw []byte, namespace *corev1.Namespace) (validate.Findings, error) {
	if len(raw) == 0 {
		return nil, errors.New("is missing, but the operation requires it")
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
		return nil, fmt.Errorf("is a %s, but the request is for a %s", got, kind)
	}
	findings, err := j.validator.Object(object)
	if err != nil {
		return nil, err
	}
	pod, err := validate.PodSpecOf(object)
	return append(findings, j.validator.Namespace(namespace, pod)...), err
}

// maxTold limits the errors and the warnings in an answer, because a hostile request can have
// more than fit.
const maxTold = 50

// answer denies new errors and returns new warnings. Errors that existed before an update
// become warnings.
func answer(findings, before validate.Findings) admission.Response {
	known := map[string]int{} // counts, so that another occurrence of an error is new
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
			warnings = append(warnings, "existing error: "+f.Error())
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

// passed allows a request that has nothing to check.
func passed(format string, args ...any) admission.Response {
	return admission.Allowed("").WithWarnings(fmt.Sprintf(format, args...))
}

// malformed denies a request that can't be checked.
func malformed(format string, args ...any) admission.Response {
	return admission.Errored(http.StatusBadRequest, fmt.Errorf(format, args...))
}
