// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
)

// podMethods are the methods that set the fields of a pod. Fields that no method
// sets are those of NewPod.
var podMethods = map[string]string{
	"activeDeadlineSeconds":         "WithActiveDeadline",
	"automountServiceAccountToken":  "WithServiceAccount",
	"metadata.annotations":          "WithAnnotations",
	"metadata.labels":               "WithLabels",
	"nodeName":                      "WithNodeName",
	"nodeSelector":                  "WithNodeSelector",
	"priorityClassName":             "WithPriorityClass",
	"restartPolicy":                 "WithRestartPolicy",
	"serviceAccountName":            "WithServiceAccount",
	"terminationGracePeriodSeconds": "WithTerminationGracePeriod",
	"tolerations":                   "WithTolerations",
}

// containerMethods are the methods that set the fields of a container. Fields
// that no method sets are those of NewContainer.
var containerMethods = map[string]string{
	"args":                "WithArgs",
	"command":             "WithCommand",
	"env":                 "WithEnv",
	"envFrom":             "WithEnvFrom",
	"imagePullPolicy":     "WithImagePullPolicy",
	"lifecycle.postStart": "WithPostStart",
	"lifecycle.preStop":   "WithPreStop",
	"livenessProbe":       "WithLivenessProbe",
	"ports":               "WithPort",
	"readinessProbe":      "WithReadinessProbe",
	"resources":           "WithLimit",
	accountField:          "WithRunAs",
	"startupProbe":        "WithStartupProbe",
	"volumeMounts":        "WithMount",
	"workingDir":          "WithWorkingDir",
}

// attribute returns the call that a finding is about, from its container and its
// element.
func (b *build) attribute(f validate.Finding, element validate.Element) Mistake {
	m := Mistake{Method: "NewPod", Argument: element.String(), Err: f}
	if b.pod.from {
		m.Method = "From"
	}
	for _, c := range workload.Containers(&b.spec) {
		if f.Container != "" && c.Name == f.Container {
			m.Container = c.Name
			return b.containerCall(m, c, element)
		}
	}
	switch element.Name {
	case accountField:
		m.Method = cmp.Or(b.pod.accountMethod, "NewPod")
		m.Argument = accountArgument(b.options(nil))
	case "volumes":
		return b.volumeCall(m, element)
	default:
		m.Method = methodOf(podMethods, element.Name, m.Method)
	}
	return m
}

// containerCall is attribute for a finding in a container.
func (b *build) containerCall(m Mistake, c *corev1.Container, element validate.Element) Mistake {
	if element.Name == accountField {
		if b.pod.account == nil && workload.OwnUser(c) == nil {
			return mistake(cmp.Or(b.pod.accountMethod, "NewPod"), "account", nil, m.Err)
		}
		m.Argument = accountArgument(b.options(c))
	}
	if b.isFrom(c, element) {
		m.Method = "From"
		return m
	}
	m.Method = methodOf(containerMethods, element.Name, "NewContainer")
	if element.Name != "volumeMounts" || element.Index < 0 || element.Index >= len(c.VolumeMounts) {
		return m
	}
	switch mount := &c.VolumeMounts[element.Index]; element.Field {
	case "mountPath":
		m.Argument = "mountPath " + quote.Text(mount.MountPath)
	case "subPath":
		m.Argument = "subPath " + quote.Text(mount.SubPath)
	}
	return m
}

// volumeCall is attribute for a finding in a volume, which belongs to the first
// container that mounts it.
func (b *build) volumeCall(m Mistake, element validate.Element) Mistake {
	index := element.Index
	if index < len(b.pod.spec.Volumes) || index >= len(b.spec.Volumes) {
		return m
	}
	v := &b.spec.Volumes[index]
	m.Method = "WithMount"
	for _, c := range workload.Containers(&b.spec) {
		if slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == v.Name }) {
			m.Container = c.Name
			break
		}
	}
	if v.HostPath != nil && element.Field == "hostPath.path" {
		m.Method, m.Argument = "HostPath", "path "+quote.Text(v.HostPath.Path)
	}
	return m
}

const accountField = "securityContext.windowsOptions.runAsUserName"

// options are the windowsOptions of a container, or of the pod.
func (b *build) options(c *corev1.Container) *corev1.WindowsSecurityContextOptions {
	switch {
	case c != nil && workload.OwnUser(c) != nil:
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
	return "account " + quote.Text(*o.RunAsUserName)
}

// isFrom reports whether an element belongs to a container from a spec, and no method
// has set it since.
func (b *build) isFrom(built *corev1.Container, element validate.Element) bool {
	for c := range b.pod.all() {
		if c.from == nil || c.spec.Name != built.Name {
			continue
		}
		if element.Name == accountField {
			return !c.accountSet
		}
		before, after := fieldOf(c.from, element), fieldOf(built, element)
		return before.IsValid() == after.IsValid() && (!before.IsValid() || equality.Semantic.DeepEqual(before.Interface(), after.Interface()))
	}
	return false
}

// fieldOf returns the field of a container, or the item of a list, that an element is
// in; invalid if there is none.
func fieldOf(c *corev1.Container, element validate.Element) reflect.Value {
	name, _, _ := strings.Cut(element.Name, ".")
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if tag != name {
			continue
		}
		field := v.Field(i)
		if field.Kind() != reflect.Slice || element.Index < 0 {
			return field
		}
		if element.Index < field.Len() {
			return field.Index(element.Index)
		}
	}
	return reflect.Value{}
}

// methodOf returns the method for the longest part of an element that has one.
func methodOf(methods map[string]string, element, none string) string {
	for element != "" {
		if method, ok := methods[element]; ok {
			return method
		}
		element = element[:max(strings.LastIndexByte(element, '.'), 0)]
	}
	return none
}
