// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"

	admissionv1 "k8s.io/api/admission/v1"
)

// maxBody is the size of the largest request that an API server takes itself.
// etcd stores objects of half that size at most, so an update with its old and
// its new object still fits.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/apiserver/pkg/server/config.go
const maxBody = 3 << 20

// reviewer answers AdmissionReviews of admission.k8s.io/v1. What is no such
// review gets an HTTP error and no answer that could be taken for consent; an
// API server with failurePolicy: Fail then denies the request.
type reviewer struct {
	judge   *judge
	metrics *metrics
	log     *slog.Logger
}

func (r *reviewer) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	review, status, err := read(w, request)
	if err != nil {
		r.metrics.count("refused_requests_total", "status", fmt.Sprint(status))
		r.log.Warn("request refused", "status", status, "error", err)
		http.Error(w, err.Error(), status)
		return
	}
	asked := review.Request
	answer := r.judge.answer(asked)
	answer.UID = asked.UID
	review.Request, review.Response = nil, answer
	body, err := json.Marshal(review)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.record(asked, answer)
	w.Header().Set("Content-Type", "application/json")
	// A client that has gone away gets no answer, which is no consent.
	_, _ = w.Write(body)
}

// record counts and logs an answer. A dry run is answered as any other request,
// and counted apart; there is nothing else that it could change.
func (r *reviewer) record(asked *admissionv1.AdmissionRequest, answer *admissionv1.AdmissionResponse) {
	dryRun := asked.DryRun != nil && *asked.DryRun
	r.metrics.count("reviews_total", "allowed", fmt.Sprint(answer.Allowed), "dry_run", fmt.Sprint(dryRun))
	if answer.Allowed {
		return
	}
	r.log.Info("denied", "uid", asked.UID, "operation", asked.Operation, "kind", asked.Kind.String(), "namespace", asked.Namespace,
		"name", asked.Name, "user", asked.UserInfo.Username, "dryRun", dryRun, "message", answer.Result.Message)
}

// read returns the review in a request; where there is none, the status to
// answer and why.
func read(w http.ResponseWriter, request *http.Request) (*admissionv1.AdmissionReview, int, error) {
	if request.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, http.StatusMethodNotAllowed, fmt.Errorf("method %q: send a POST", request.Method)
	}
	if kind, _, err := mime.ParseMediaType(request.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, http.StatusUnsupportedMediaType, fmt.Errorf("content type %q: send application/json", request.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("the body has more than %d bytes", large.Limit)
	}
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("the body can't be read: %w", err)
	}
	review := &admissionv1.AdmissionReview{}
	if err := json.Unmarshal(body, review); err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("the body is no AdmissionReview: %w", err)
	}
	if want := admissionv1.SchemeGroupVersion.String(); review.APIVersion != want || review.Kind != "AdmissionReview" {
		return nil, http.StatusBadRequest, fmt.Errorf("the body is a %q of %q, not an AdmissionReview of %s: set admissionReviewVersions to [v1]", review.Kind, review.APIVersion, want)
	}
	if review.Request == nil || review.Request.UID == "" {
		return nil, http.StatusBadRequest, errors.New("the AdmissionReview has no request with a uid")
	}
	return review, 0, nil
}
