// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// podMethods are the methods that set the fields of a pod. Fields that no method
// sets are those of New.
var podMethods = map[string]string{
	"activeDeadlineSeconds":         "Edit",
	"affinity":                      "WithAffinity",
	"automountServiceAccountToken":  "WithServiceAccountToken",
	"imagePullSecrets":              "WithImagePullSecrets",
	"nodeSelector":                  "WithNodeSelector",
	"priorityClassName":             "WithPriorityClass",
	"restartPolicy":                 "WithRestartPolicy",
	"runtimeClassName":              "WithRuntimeClass",
	"securityContext":               "WithRunAs",
	"serviceAccountName":            "WithServiceAccount",
	"terminationGracePeriodSeconds": "WithTerminationGracePeriod",
	"tolerations":                   "WithTolerations",
	"volumes":                       "WithMount",
}

// containerMethods are the methods that set the fields of a container. Fields
// that no method sets are those of NewContainer.
var containerMethods = map[string]string{
	"args":                "WithArgs",
	"command":             "WithCommand",
	"env":                 "WithEnv",
	"envFrom":             "WithEnvFromConfigMap",
	"imagePullPolicy":     "WithImagePullPolicy",
	"lifecycle.postStart": "WithPostStart",
	"lifecycle.preStop":   "WithPreStop",
	"livenessProbe":       "WithLivenessProbe",
	"ports":               "WithPort",
	"readinessProbe":      "WithReadinessProbe",
	"resources":           "WithLimit",
	"securityContext":     "WithRunAs",
	"startupProbe":        "WithStartupProbe",
	"volumeMounts":        "WithMount",
	"workingDir":          "WithWorkingDir",
}

// attribute says which call a finding is about. The prefix is where the pod's
// spec is in the object that was judged: "spec.template.spec.".
func (b *build) attribute(prefix string, f validate.Finding) Mistake {
	m := Mistake{Method: "New", Argument: f.Field, Err: f}
	if b.pod.from {
		m.Method = "From"
	}
	field, inSpec := strings.CutPrefix(f.Field, prefix)
	if !inSpec {
		m.Method = metadataMethod(f.Field)
		return m
	}
	c, rest := b.container(field)
	m.Argument = rest
	if rest == accountField {
		m.Argument = accountArgument(b.options(c))
	}
	if c == nil {
		if method, ok := podMethods[head(rest)]; ok {
			m.Method = method
		}
		return m
	}
	if b.pod.account == nil && rest == accountField && ownUser(c) == nil {
		return mistake("New", "account", nil, f)
	}
	m.Container = c.Name
	m.Method = "NewContainer"
	if b.isFrom(c.Name) {
		m.Method = "From"
		return m
	}
	if method := longestHead(containerMethods, rest); method != "" {
		m.Method = method
	}
	if i, ok := element(rest, "volumeMounts", ".mountPath"); ok && i < len(c.VolumeMounts) {
		m.Argument = "mountPath " + strconv.Quote(c.VolumeMounts[i].MountPath)
	}
	return m
}

const accountField = "securityContext.windowsOptions.runAsUserName"

// options are the windowsOptions of a container, or of the pod.
func (b *build) options(c *corev1.Container) *corev1.WindowsSecurityContextOptions {
	switch {
	case c != nil && ownUser(c) != nil:
		return c.SecurityContext.WindowsOptions
	case b.spec.SecurityContext != nil:
		return b.spec.SecurityContext.WindowsOptions
	}
	return nil
}

func accountArgument(o *corev1.WindowsSecurityContextOptions) string {
	if o == nil || o.RunAsUserName == nil {
		return "account nil"
	}
	return "account " + strconv.Quote(*o.RunAsUserName)
}

// isFrom reports whether a container was part of a spec.
func (b *build) isFrom(name string) bool {
	for c := range b.pod.all() {
		if c.from && c.spec.Name == name {
			return true
		}
	}
	return false
}

// metadataMethod is the method that sets a field outside of the spec.
func metadataMethod(field string) string {
	switch {
	case strings.Contains(field, "metadata.annotations"):
		return "WithAnnotations"
	case strings.Contains(field, "metadata.labels"):
		return "WithLabels"
	}
	return "New"
}

// container finds the container that a field is in, and the field within it.
func (b *build) container(field string) (*corev1.Container, string) {
	lists := []struct {
		name string
		list []corev1.Container
	}{{"containers[", b.spec.Containers}, {"initContainers[", b.spec.InitContainers}}
	for _, l := range lists {
		rest, ok := strings.CutPrefix(field, l.name)
		if !ok {
			continue
		}
		number, rest, _ := strings.Cut(rest, "]")
		if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(l.list) {
			return &l.list[i], strings.TrimPrefix(rest, ".")
		}
	}
	return nil, field
}

// head is the first name of a field.
func head(field string) string {
	name, _, _ := strings.Cut(field, ".")
	name, _, _ = strings.Cut(name, "[")
	return name
}

// longestHead finds the method for the longest part of the field that has one.
func longestHead(methods map[string]string, field string) string {
	first := head(field)
	if method, ok := methods[first]; ok {
		return method
	}
	if rest, ok := strings.CutPrefix(field, first+"."); ok {
		return methods[first+"."+head(rest)]
	}
	return ""
}

// element is the index in a field of the form list[index]suffix.
func element(field, list, suffix string) (int, bool) {
	rest, ok := strings.CutPrefix(field, list+"[")
	if !ok {
		return 0, false
	}
	number, ok := strings.CutSuffix(rest, "]"+suffix)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(number)
	return i, err == nil && i >= 0
}
