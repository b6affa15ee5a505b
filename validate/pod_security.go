// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// podSecurityPrefix is the prefix of the labels of Pod Security admission.
const podSecurityPrefix = "pod-security.kubernetes.io/"

// Levels of Pod Security.
const (
	privileged = "privileged"
	baseline   = "baseline"
	restricted = "restricted"
)

// podSecurityLevel returns the level that a namespace is labelled with for a
// mode (enforce, warn, audit), or nothing: an unknown one counts as the fallback.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/pod-security-admission/api/helpers.go#L177-L237
func podSecurityLevel(ns *corev1.Namespace, mode, fallback string) string {
	level, labelled := ns.Labels[podSecurityPrefix+mode]
	if labelled && !isLevel(level) {
		return fallback
	}
	return level
}

// isLevel reports whether it is one of the three levels.
func isLevel(text string) bool {
	return text == privileged || text == baseline || text == restricted
}

// isLevelVersion reports whether it is "latest" or "v1.x".
func isLevelVersion(text string) bool {
	if text == "latest" {
		return true
	}
	minor, ok := strings.CutPrefix(text, "v1.")
	if !ok || minor == "" || len(minor) > 1 && minor[0] == '0' || strings.Trim(minor, "0123456789") != "" {
		return false
	}
	_, err := strconv.Atoi(minor)
	return err == nil
}

// refusesHostProcess reports whether HostProcess violates a level.
func refusesHostProcess(level string) bool { return level == baseline || level == restricted }

// podSecurityField returns the field of a namespace for a label.
func podSecurityField(label string) string {
	return "metadata.labels[" + podSecurityPrefix + label + "]"
}
