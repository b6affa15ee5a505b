// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Limits for reviews. Together with maxConnections, they determine the memory limit in the
// manifest, which TestLoad measures.
const (
	// maxBody is the largest review in bytes: two objects of the size that the API server
	// accepts, and 1 MiB for the rest. Package admission has the same limit.
	//
	// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/apiserver/pkg/server/config.go
	maxBody = 7 << 20
	// smallBody is the maximum size of nearly all reviews, in bytes. At most maxLarge larger
	// ones are in memory at the same time.
	smallBody = 64 << 10
	maxLarge  = 2
	// maxElements limits the JSON values in all concurrent reviews together, and therefore
	// in one: far more than two versions of any real pod. Values cost more memory than
	// their text: `{}` becomes a container of a thousand bytes.
	maxElements = 20_000
	// answerTime is how long the API server waits for an answer, and readTime limits how
	// long a client can take to send the body of a review.
	answerTime = 10 * time.Second
	readTime   = 2 * time.Second
)

// bounded passes reviews on to a handler when there is enough memory. Its own answers deny,
// unless an object with too many elements is deleted or keeps its spec, so that objects
// older than the webhook can still be labelled.
type bounded struct {
	next            http.Handler
	large, elements *semaphore.Weighted
}

func newBounded(next http.Handler) *bounded {
	return &bounded{next, semaphore.NewWeighted(maxLarge), semaphore.NewWeighted(maxElements)}
}

func (b *bounded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	if r.ContentLength < 0 || r.ContentLength > smallBody { // unknown, or large
		if err := b.large.Acquire(ctx, 1); err != nil {
			http.Error(w, "too many large reviews, try again: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		defer b.large.Release(1)
	}
	body, err := read(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n := elements(body)
	weight := int64(min(n, maxElements))
	if err := b.elements.Acquire(ctx, weight); err != nil {
		http.Error(w, "too many reviews, try again: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer b.elements.Release(weight)
	if n <= maxElements {
		r.Body = io.NopCloser(bytes.NewReader(body))
		b.next.ServeHTTP(w, r.WithContext(ctx))
	} else if err := oversized(w, body, n); err != nil {
		http.Error(w, "the body isn't an AdmissionReview: "+err.Error(), http.StatusBadRequest)
	}
}

// read returns the body of a request, or an error if the client sends it too slowly.
func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	connection := http.NewResponseController(w)
	if err := connection.SetReadDeadline(time.Now().Add(readTime)); err != nil {
		return nil, err
	}
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), maxBody)) + bytes.MinRead)
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		return nil, fmt.Errorf("the body must arrive within %v and have at most %d bytes: %w", readTime, maxBody, err)
	}
	// If the deadline expired later, it would also end the request's context.
	return body.Bytes(), connection.SetReadDeadline(time.Time{})
}

// elements counts the values in JSON text, except one in each list and object.
func elements(text []byte) (n int) {
	inString := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && (c == '{' || c == '[' || c == ','):
			n++
		}
	}
	return n
}

// oversized answers a review with too many elements to decode. It allows only a review that
// deletes the object or keeps its spec. It returns an error if the body isn't a review.
func oversized(w io.Writer, body []byte, n int) error {
	var review struct {
		metav1.TypeMeta
		Request struct {
			UID       types.UID
			Operation admissionv1.Operation
			// The API server writes equal values as equal text.
			Object, OldObject struct{ Spec, Template json.RawMessage }
		}
	}
	if err := json.Unmarshal(body, &review); err != nil {
		return err
	}
	q := review.Request
	same := len(q.Object.Spec)+len(q.Object.Template) > 0 && bytes.Equal(q.Object.Spec, q.OldObject.Spec) && bytes.Equal(q.Object.Template, q.OldObject.Template)
	answer := malformed("the object is too large to check: it has %d elements, and the maximum is %d; use fewer containers, mounts and variables", n, maxElements)
	if q.UID != "" && (q.Operation == admissionv1.Delete || q.Operation == admissionv1.Update && same) {
		answer = passed("the object is too large to check: it has %d elements, and the maximum is %d; allowed, because its spec doesn't change", n, maxElements)
	}
	answer.UID = q.UID
	return json.NewEncoder(w).Encode(admissionv1.AdmissionReview{TypeMeta: review.TypeMeta, Response: &answer.AdmissionResponse})
}
