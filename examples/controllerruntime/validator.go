// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/hostprocess-go/sdk/validate"
)

// validator is a validate.Validator as an admission.Validator, for any kind that
// holds a pod. Errors deny a request, warnings are told to its sender.
type validator[T runtime.Object] struct{ validate.Validator }

func (v validator[T]) ValidateCreate(_ context.Context, object T) (admission.Warnings, error) {
	findings, err := v.Object(object)
	if err != nil {
		return nil, err
	}
	return findings.Warnings(), findings.Err()
}

// ValidateUpdate lets an update through that leaves the pod as it is, so that an
// object that was there before the webhook can still be scaled and deleted.
func (v validator[T]) ValidateUpdate(ctx context.Context, old, object T) (admission.Warnings, error) {
	before, err := validate.PodSpecOf(old)
	if err != nil {
		return nil, err
	}
	if after, err := validate.PodSpecOf(object); err == nil && equality.Semantic.DeepEqual(before, after) {
		return nil, nil
	}
	return v.ValidateCreate(ctx, object)
}

func (validator[T]) ValidateDelete(context.Context, T) (admission.Warnings, error) { return nil, nil }
