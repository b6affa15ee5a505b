// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"iter"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// Containers ranges over the containers of a pod, init containers first, then
// regular, then ephemeral ones, each with its field.
func Containers(spec *corev1.PodSpec) iter.Seq2[string, *corev1.Container] {
	return func(yield func(string, *corev1.Container) bool) {
		for i := range spec.InitContainers {
			if !yield("initContainers["+strconv.Itoa(i)+"]", &spec.InitContainers[i]) {
				return
			}
		}
		for i := range spec.Containers {
			if !yield("containers["+strconv.Itoa(i)+"]", &spec.Containers[i]) {
				return
			}
		}
		for i := range spec.EphemeralContainers {
			// The two types have the same fields by construction.
			c := (*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon)
			if !yield("ephemeralContainers["+strconv.Itoa(i)+"]", c) {
				return
			}
		}
	}
}

// OwnUser is the runAsUserName of a container itself, or nil.
func OwnUser(c *corev1.Container) *string {
	if c.SecurityContext == nil || c.SecurityContext.WindowsOptions == nil {
		return nil
	}
	return c.SecurityContext.WindowsOptions.RunAsUserName
}

// PodUser is the runAsUserName of the pod, or nil.
func PodUser(spec *corev1.PodSpec) *string {
	if spec.SecurityContext == nil || spec.SecurityContext.WindowsOptions == nil {
		return nil
	}
	return spec.SecurityContext.WindowsOptions.RunAsUserName
}
