// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/volumes"
)

// WithEnv sets an environment variable. The program gets the value as it is: where
// the kubelet would replace $(NAME), or make one $ of $$, the value is escaped; see
// [Container.WithEnvExpanded] for the other way. An empty value is a mistake: the
// runtime drops such a variable, so the program would see the node's variable of that
// name, if there is one. If called again for a name, in whatever case, the last
// call holds.
//
// Equivalent of setting an entry of env. Source:
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/cmd/cmd.go
func (c Container) WithEnv(name, value string) Container {
	return c.envValue("WithEnv", name, value, cmdline.Protect(value))
}

// WithEnvExpanded sets an environment variable that depends on others, as
// [Container.WithEnv] does, but has the kubelet expand the value: it puts the values
// of variables in place of $(NAME), and makes one $ of $$. Only variables that are
// set before this one have a value then, and those of [Container.WithEnvFrom] and of
// services; $(NAME) of any other stays as it is. One that is set on this container,
// but later, is a mistake.
//
// Equivalent of setting an entry of env. Source:
// https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
func (c Container) WithEnvExpanded(name, value string) Container {
	return c.envValue("WithEnvExpanded", name, value, value)
}

func (c Container) envValue(method, name, value, written string) Container {
	c.mistakes.add(method, "name", name, envName(name))
	var err error
	switch {
	case value == "":
		err = errors.New("is empty: the runtime drops the variable, and the program may see the node's; write a value")
	case strings.ContainsRune(value, 0):
		err = errors.New("contains a zero byte, which ends it")
	}
	c.mistakes.add(method, "value of "+name, value, err)
	return c.env(corev1.EnvVar{Name: name, Value: written})
}

// WithEnvValueFrom sets an environment variable to a value that is known only when
// the pod runs. If called again for a name, in whatever case, the last call
// holds.
//
// Equivalent of setting an entry of env with valueFrom.
func (c Container) WithEnvValueFrom(name string, source EnvSource) Container {
	c.mistakes.add("WithEnvValueFrom", "name", name, envName(name))
	if source.source == (corev1.EnvVarSource{}) {
		c.mistakes.add("WithEnvValueFrom", "source", nil, errors.New("is the zero EnvSource: use ConfigMapKey, SecretKey, PodField or ResourceField"))
	}
	c.mistakes.join(source.mistakes)
	return c.env(corev1.EnvVar{Name: name, ValueFrom: source.source.DeepCopy()})
}

// dependencies reports values that refer to a variable which is set after them. If
// there is an envFrom, that may set it before.
func (b *build) dependencies(built *corev1.Container) {
	if len(built.EnvFrom) > 0 {
		return
	}
	later := map[string]string{}
	for _, v := range slices.Backward(built.Env) {
		if cmdline.Expand(v.Value, later) != cmdline.Expand(v.Value, nil) {
			b.wrong(built.Name, "WithEnvExpanded", "value of "+v.Name, v.Value, errors.New("refers to a variable that is set later, which the kubelet doesn't know yet: set that one first"))
		}
		later[v.Name] = ""
	}
}

// env replaces or appends a variable. Windows doesn't tell the case of names
// apart, and of two that differ in it, the runtime keeps the last.
func (c Container) env(v corev1.EnvVar) Container {
	same := func(other corev1.EnvVar) bool { return strings.EqualFold(other.Name, v.Name) }
	c.spec.Env = append(slices.DeleteFunc(slices.Clone(c.spec.Env), same), v)
	return c
}

// envName wants a name that every API server accepts and that the runtime
// doesn't set itself.
func envName(name string) error {
	if strings.EqualFold(name, volumes.SandboxVariable) {
		return errors.New("is set by the runtime, after all others: leave it out")
	}
	return form(validation.IsEnvVarName(name))
}

// WithEnvFrom sets one environment variable for each key of a ConfigMap or Secret,
// with a prefix if there is one. Those of [Container.WithEnv] and
// [Container.WithEnvValueFrom] come after them. If called again, the sources are added.
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

// envFrom wants one source with a name, and a prefix that starts the name of a variable.
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

// EnvSource is where the value of an environment variable comes from. It is an
// immutable value. The zero EnvSource is a mistake.
type EnvSource struct {
	source   corev1.EnvVarSource
	mistakes mistakes
}

// ConfigMapKey is the value of a key of a ConfigMap.
//
// Equivalent of setting valueFrom.configMapKeyRef.
func ConfigMapKey(configMap, key string) EnvSource {
	var s EnvSource
	s.mistakes.add("ConfigMapKey", "configMap", configMap, subdomain(configMap))
	s.mistakes.add("ConfigMapKey", "key", key, dataKey(key))
	s.source.ConfigMapKeyRef = &corev1.ConfigMapKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: configMap}, Key: key,
	}
	return s
}

// SecretKey is the value of a key of a Secret.
//
// Equivalent of setting valueFrom.secretKeyRef.
func SecretKey(secret, key string) EnvSource {
	var s EnvSource
	s.mistakes.add("SecretKey", "secret", secret, subdomain(secret))
	s.mistakes.add("SecretKey", "key", key, dataKey(key))
	s.source.SecretKeyRef = &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: key,
	}
	return s
}

// PodField is the value of a field of the pod: metadata.name,
// metadata.namespace, metadata.uid, spec.nodeName, spec.serviceAccountName,
// status.hostIP, status.podIP, status.podIPs, or one label or annotation, as in
// metadata.labels['app'].
//
// Equivalent of setting valueFrom.fieldRef.
func PodField(path string) EnvSource {
	var s EnvSource
	s.mistakes.add("PodField", "path", path, fieldPath(path, "metadata.name", "metadata.namespace", "metadata.uid",
		"spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.podIP", "status.podIPs"))
	s.source.FieldRef = &corev1.ObjectFieldSelector{FieldPath: path}
	return s
}

// ResourceField is a request or limit of the container: limits.cpu,
// limits.memory, limits.ephemeral-storage, or the same with requests.
//
// Equivalent of setting valueFrom.resourceFieldRef.
func ResourceField(resource string) EnvSource {
	var s EnvSource
	s.mistakes.add("ResourceField", "resource", resource, oneOf(resource, "limits.cpu", "limits.memory",
		"limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage"))
	s.source.ResourceFieldRef = &corev1.ResourceFieldSelector{Resource: resource}
	return s
}

// Optional lets the container start without the ConfigMap, the Secret or the
// key. For a field it is a mistake.
//
// Equivalent of setting optional of the reference.
func (s EnvSource) Optional() EnvSource {
	optional := true
	source := *s.source.DeepCopy()
	switch {
	case source.ConfigMapKeyRef != nil:
		source.ConfigMapKeyRef.Optional = &optional
	case source.SecretKeyRef != nil:
		source.SecretKeyRef.Optional = &optional
	default:
		s.mistakes.receiver("Optional", errors.New("only a ConfigMapKey and a SecretKey can be optional"))
	}
	s.source = source
	return s
}

// dataKey wants a key that a ConfigMap or Secret can have.
func dataKey(key string) error {
	if key == "" {
		return errors.New("is empty: write a key")
	}
	return form(validation.IsConfigMapKey(key))
}

// fieldPath wants one of the paths, or one label or annotation.
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
