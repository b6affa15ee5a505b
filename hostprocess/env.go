// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

// WithEnv sets an environment variable. The program gets the value unchanged: $(NAME),
// which the kubelet would replace, and $$, which it would shorten, are escaped. To have
// them replaced, set the variable with [Container.Edit]. An empty value is a mistake:
// the runtime drops such a variable, and the program gets the node's variable of that
// name, if there is one. Names are compared without regard to case.
//
// Equivalent of setting an entry of env. Source:
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go
func (c Container) WithEnv(name, value string) Container {
	const method = "WithEnv"
	c.mistakes.add(method, "name", name, envName(name))
	var err error
	switch {
	case value == "":
		err = errors.New("is empty: the runtime drops the variable, and the program may get the node's; write a value")
	case strings.ContainsRune(value, 0):
		err = errors.New("contains a zero byte, which ends it")
	}
	c.mistakes.add(method, "value of "+name, value, err)
	return c.env(corev1.EnvVar{Name: name, Value: cmdline.Protect(value)})
}

// WithEnvValueFrom sets an environment variable to a value that is known only when the
// pod runs: a field of the pod ([PodField]), or a key of a ConfigMap or Secret. Names
// are compared without regard to case.
//
// Equivalent of setting an entry of env with valueFrom.
func (c Container) WithEnvValueFrom(name string, source corev1.EnvVarSource) Container {
	c.mistakes.add("WithEnvValueFrom", "name", name, envName(name))
	c.mistakes.valueFrom(source)
	return c.env(corev1.EnvVar{Name: name, ValueFrom: source.DeepCopy()})
}

// PodField is the value of a field of the pod, for [Container.WithEnvValueFrom]:
// metadata.name, metadata.namespace, metadata.uid, spec.nodeName,
// spec.serviceAccountName, status.hostIP, status.podIP, status.podIPs, or a single
// label or annotation, such as metadata.labels['app'].
//
// Equivalent of setting valueFrom.fieldRef.
func PodField(path string) corev1.EnvVarSource {
	return corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}
}

// valueFrom checks that there is one source, with a name and a key, or a field, that can exist.
func (ms *mistakes) valueFrom(s corev1.EnvVarSource) {
	const method = "WithEnvValueFrom"
	if n := fieldsSet(s); n != 1 {
		ms.add(method, "source", nil, fmt.Errorf("sets %d kinds of source: set one", n))
	}
	if r := s.FieldRef; r != nil {
		ms.add(method, "fieldRef.fieldPath", r.FieldPath, fieldPath(r.FieldPath, "metadata.name", "metadata.namespace", "metadata.uid",
			"spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.podIP", "status.podIPs"))
	}
	if r := s.ResourceFieldRef; r != nil {
		ms.add(method, "resourceFieldRef.resource", r.Resource, oneOf(r.Resource, "limits.cpu", "limits.memory",
			"limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage"))
	}
	if r := s.ConfigMapKeyRef; r != nil {
		ms.add(method, "configMapKeyRef.name", r.Name, subdomain(r.Name))
		ms.add(method, "configMapKeyRef.key", r.Key, dataKey(r.Key))
	}
	if r := s.SecretKeyRef; r != nil {
		ms.add(method, "secretKeyRef.name", r.Name, subdomain(r.Name))
		ms.add(method, "secretKeyRef.key", r.Key, dataKey(r.Key))
	}
}

// env replaces or appends a variable. Windows ignores the case of names, and of two
// that differ only in case, the runtime keeps the last.
func (c Container) env(v corev1.EnvVar) Container {
	same := func(other corev1.EnvVar) bool { return strings.EqualFold(other.Name, v.Name) }
	c.spec.Env = append(slices.DeleteFunc(slices.Clone(c.spec.Env), same), v)
	return c
}

// envName checks for a name that every API server accepts and that the runtime doesn't
// set itself.
func envName(name string) error {
	if strings.EqualFold(name, volumes.SandboxVariable) {
		return errors.New("is set by the runtime, after all others: leave it out")
	}
	return form(validation.IsEnvVarName(name))
}

// WithEnvFrom sets one environment variable for each key of a ConfigMap or Secret, with
// an optional prefix. Variables of [Container.WithEnv] and [Container.WithEnvValueFrom]
// take precedence.
//
// Equivalent of appending to envFrom.
func (c Container) WithEnvFrom(sources ...corev1.EnvFromSource) Container {
	c.spec.EnvFrom = slices.Clip(c.spec.EnvFrom)
	for _, s := range sources {
		c.mistakes.envFrom(s)
		c.spec.EnvFrom = append(c.spec.EnvFrom, *s.DeepCopy())
	}
	return c
}

// envFrom checks for one source with a name, and a prefix that can start the name of a
// variable.
func (ms *mistakes) envFrom(s corev1.EnvFromSource) {
	const method = "WithEnvFrom"
	switch {
	case s.ConfigMapRef != nil && s.SecretRef != nil:
		ms.add(method, "source", s.ConfigMapRef.Name, errors.New("names a ConfigMap and a Secret: pass two sources"))
	case s.ConfigMapRef != nil:
		ms.add(method, "configMapRef.name", s.ConfigMapRef.Name, subdomain(s.ConfigMapRef.Name))
	case s.SecretRef != nil:
		ms.add(method, "secretRef.name", s.SecretRef.Name, subdomain(s.SecretRef.Name))
	default:
		ms.add(method, "source", nil, errors.New("names neither a ConfigMap nor a Secret"))
	}
	if s.Prefix != "" {
		ms.add(method, "prefix", s.Prefix, form(validation.IsEnvVarName(s.Prefix)))
	}
}

// dataKey checks that a ConfigMap or Secret can have the key.
func dataKey(key string) error {
	if key == "" {
		return errors.New("is empty: write a key")
	}
	return form(validation.IsConfigMapKey(key))
}

// fieldPath checks for one of the paths, or one label or annotation.
func fieldPath(path string, allowed ...string) error {
	for _, kind := range []string{"metadata.labels['", "metadata.annotations['"} {
		if key, ok := strings.CutPrefix(path, kind); ok {
			key, closed := strings.CutSuffix(key, "']")
			if !closed {
				return errors.New("is not closed: write metadata.labels['key']")
			}
			return form(validation.IsQualifiedName(key))
		}
	}
	return oneOf(path, allowed...)
}
