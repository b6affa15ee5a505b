// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net/http"

	admissionv1 "k8s.io/api/admission/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	"github.com/hostprocess-go/sdk/validate"
)

// judge decides about the objects of requests.
type judge struct {
	validator validate.Validator
	decoder   runtime.Decoder
	known     *runtime.Scheme
}

func newJudge(validator validate.Validator) *judge {
	scheme := runtime.NewScheme()
	// The three add known types only, and can't fail.
	_ = corev1.AddToScheme(scheme)
	_ = appsv1.AddToScheme(scheme)
	_ = batchv1.AddToScheme(scheme)
	return &judge{validator, serializer.NewCodecFactory(scheme).UniversalDeserializer(), scheme}
}

// answer decides about a request. Only what was judged, or what holds no pod, is
// allowed; and where it was not judged, a warning says so.
func (j *judge) answer(asked *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	switch asked.Operation {
	case admissionv1.Create, admissionv1.Update:
	default:
		return passed("operation %q is not judged: send CREATE and UPDATE only", asked.Operation)
	}
	object, err := j.decode(asked.Kind, asked.Object)
	if err != nil {
		return malformed("object: %v", err)
	}
	if _, err := validate.PodSpecOf(object); err != nil {
		return passed("%s is not judged: it holds no pod that this webhook knows", asked.Kind.String())
	}
	findings, err := j.validator.Object(object)
	if err != nil {
		return malformed("object: %v", err)
	}
	if asked.Operation == admissionv1.Create {
		return decide(findings, nil)
	}
	old, err := j.decode(asked.Kind, asked.OldObject)
	if err != nil {
		return malformed("oldObject: %v", err)
	}
	before, err := j.validator.Object(old)
	if err != nil {
		return malformed("oldObject: %v", err)
	}
	return decide(findings, before)
}

// decode reads an object, whose kind must be that of the request. An object of a
// kind that is not known is nil.
func (j *judge) decode(want metav1.GroupVersionKind, raw runtime.RawExtension) (runtime.Object, error) {
	kind := schema.GroupVersionKind(want)
	if len(raw.Raw) == 0 || string(raw.Raw) == "null" {
		return nil, errors.New("is missing, but the operation has one")
	}
	if !j.known.Recognizes(kind) {
		return nil, nil
	}
	object, got, err := j.decoder.Decode(raw.Raw, nil, nil)
	if err != nil {
		return nil, err
	}
	if *got != kind {
		return nil, fmt.Errorf("is a %s, but the request is about a %s", got, kind)
	}
	return object, nil
}

// decide denies errors and tells of warnings, but only what an update brings in:
// of what was there before, it only reminds of errors.
func decide(findings, before validate.Findings) *admissionv1.AdmissionResponse {
	known := map[defect]int{} // how often, so that the same error once more is new
	for _, f := range before {
		known[defectOf(f)]++
	}
	answer := &admissionv1.AdmissionResponse{Allowed: true}
	var denied validate.Findings
	for _, f := range findings {
		known[defectOf(f)]--
		switch old := known[defectOf(f)] >= 0; {
		case f.Severity == validate.SeverityError && old:
			answer.Warnings = append(answer.Warnings, "not new: "+f.Error())
		case f.Severity == validate.SeverityError:
			denied = append(denied, f)
		case f.Severity == validate.SeverityWarning && !old:
			answer.Warnings = append(answer.Warnings, f.Error())
		}
	}
	if more := len(answer.Warnings) - maxTold; more > 0 {
		answer.Warnings = append(answer.Warnings[:maxTold], fmt.Sprintf("and %d more", more))
	}
	if len(denied) > 0 {
		answer.Allowed, answer.Result = false, status(denied)
	}
	return answer
}

// defect is what a finding says of a container or of the pod, wherever the
// container is in its list, so that findings can be matched across updates.
type defect struct {
	rule               validate.RuleID
	container, element string
	message, targets   string
}

func defectOf(f validate.Finding) defect {
	// An index changes when something is inserted before it.
	return defect{f.Rule, f.Container, f.Element().Name, f.Message, fmt.Sprint(f.Targets)}
}

// maxTold is how many errors and how many warnings an answer tells: a request can
// be made to have more than fit into an answer.
const maxTold = 50

// status is the denial, in the form of the API server's own.
func status(denied validate.Findings) *metav1.Status {
	details, more := &metav1.StatusDetails{}, ""
	if n := len(denied) - maxTold; n > 0 {
		denied, more = denied[:maxTold], fmt.Sprintf("; and %d more", n)
	}
	for _, f := range denied {
		details.Causes = append(details.Causes, metav1.StatusCause{Type: metav1.CauseTypeFieldValueInvalid, Field: f.Field, Message: f.Message})
	}
	return &metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusUnprocessableEntity,
		Reason:  metav1.StatusReasonInvalid,
		Message: denied.Err().Error() + more,
		Details: details,
	}
}

// passed lets a request through that there is nothing to judge in.
func passed(format string, args ...any) *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{Allowed: true, Warnings: []string{fmt.Sprintf(format, args...)}}
}

// malformed denies a request that can't be judged.
func malformed(format string, args ...any) *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{Result: &metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusBadRequest,
		Reason:  metav1.StatusReasonBadRequest,
		Message: fmt.Sprintf(format, args...),
	}}
}
