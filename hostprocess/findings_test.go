// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate"
)

// A finding for any field is attributed to a call, or to the field itself if there is no
// such container or mount.
// called returns a mistake in a call, without an error.
func called(container, method, argument string) Mistake {
	return Mistake{Container: container, Method: method, Argument: argument}
}

// same reports whether two mistakes about the same finding name the same call.
func same(a, b Mistake) bool {
	return a.Container == b.Container && a.Method == b.Method && a.Argument == b.Argument && cmp.Equal(a.Err, b.Err)
}

// assembled is a build of the pod, without the findings.
func assembled(p Pod) *build { return p.assemble(defaultPolicy) }

func TestAttribute(t *testing.T) {
	p := NewPod(accounts.LocalService, NewContainer("agent", "image").WithMount(ConfigMap("a"), "/a", func(m *corev1.VolumeMount) { m.SubPath = "b" }))
	b := assembled(p.WithInitContainers(NewContainer("first", "image").WithMount(NewVolume("b", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/b"}}), "/b")))
	const prefix = "spec.template.spec."
	below := regexp.MustCompile(`^spec\.template\.(spec\.((initC|c)ontainers\[0\]\.?)?)?`)
	for field, test := range map[string]struct {
		element string
		index   int
		want    Mistake
	}{
		"metadata.labels[a]":                                {"metadata.labels", -1, called("", "WithLabels", "metadata.labels[a]")},
		"spec.template.metadata.labels[a]":                  {"metadata.labels", -1, called("", "WithLabels", "metadata.labels[a]")},
		"spec.template.metadata.annotations[a]":             {"metadata.annotations", -1, called("", "WithAnnotations", "metadata.annotations[a]")},
		"spec.updateStrategy":                               {"spec.updateStrategy", -1, called("", "NewPod", "spec.updateStrategy")},
		prefix + "hostNetwork":                              {"hostNetwork", -1, called("", "NewPod", "hostNetwork")},
		prefix + "tolerations[0].key":                       {"tolerations", 0, called("", "WithTolerations", "tolerations[0].key")},
		prefix + "affinity.nodeAffinity.x[0].y":             {"affinity.nodeAffinity.x", 0, called("", "NewPod", "affinity.nodeAffinity.x[0].y")},
		prefix + "nodeSelector[a]":                          {"nodeSelector", -1, called("", "WithNodeSelector", "nodeSelector[a]")},
		prefix + "initContainers[0].command[0]":             {"command", -1, called("first", "WithCommand", "command[0]")},
		prefix + "containers[0]":                            {"", -1, called("agent", "NewContainer", "")},
		prefix + "containers[0].image":                      {"image", -1, called("agent", "NewContainer", "image")},
		prefix + "containers[0].lifecycle":                  {"lifecycle", -1, called("agent", "NewContainer", "lifecycle")},
		prefix + "containers[0].lifecycle.stopSignal":       {"lifecycle.stopSignal", -1, called("agent", "NewContainer", "lifecycle.stopSignal")},
		prefix + "containers[0].lifecycle.preStop.exec":     {"lifecycle.preStop.exec", -1, called("agent", "WithPreStop", "lifecycle.preStop.exec")},
		prefix + "containers[0].lifecycle.postStart.exec":   {"lifecycle.postStart.exec", -1, called("agent", "WithPostStart", "lifecycle.postStart.exec")},
		prefix + "containers[0].volumeMounts[0].mountPath":  {"volumeMounts", 0, called("agent", "WithMount", `mountPath "/a"`)},
		prefix + "containers[0].volumeMounts[0].subPath":    {"volumeMounts", 0, called("agent", "WithMount", `subPath "b"`)},
		prefix + "containers[0].volumeMounts[0].name":       {"volumeMounts", 0, called("agent", "WithMount", "volumeMounts[0].name")},
		prefix + "containers[0].volumeMounts[1].mountPath":  {"volumeMounts", 1, called("agent", "WithMount", "volumeMounts[1].mountPath")},
		prefix + "containers[0].volumeMounts[-1].mountPath": {"volumeMounts", -1, called("agent", "WithMount", "volumeMounts[-1].mountPath")},
		prefix + "containers[0].volumeMounts[x].mountPath":  {"volumeMounts", -1, called("agent", "WithMount", "volumeMounts[x].mountPath")},
		prefix + "volumes[1].configMap":                     {"volumes", 1, called("agent", "WithMount", "volumes[1].configMap")},
		prefix + "volumes[0].hostPath.path":                 {"volumes", 0, called("first", "HostPath", `path "/b"`)},
		prefix + "volumes[2].hostPath":                      {"volumes", 2, called("", "NewPod", "volumes[2].hostPath")},
	} {
		f := validate.Finding{Field: field, Container: test.want.Container}
		if test.element == "volumes" {
			f.Container = ""
		}
		test.want.Err = f
		if got := b.attribute(f, elementAt(test.element, test.index, below.ReplaceAllString(field, ""))); !same(got, test.want) {
			t.Errorf("%s: %#v\nwant %#v", field, got, test.want)
		}
	}
}

// For a pod without an account, that is reported once, in addition to other problems of
// its containers.
func TestAttributeWithoutAccount(t *testing.T) {
	b := assembled(NewPod(nil, NewContainer("agent", "image")))
	for element, test := range map[string]struct{ field, want string }{
		accountField: {"containers[0]." + accountField, `NewPod: account nil`},
		"command":    {"containers[0].command[0]", `container "agent": WithCommand: command[0]`},
	} {
		m := b.attribute(validate.Finding{Container: "agent"}, elementAt(element, -1, strings.TrimPrefix(test.field, "containers[0].")))
		m.Err = nil
		if got := m.Error(); got != test.want {
			t.Errorf("%s: %s, want %s", test.field, got, test.want)
		}
	}
}

// The account that a finding is about is that of the container, or else the pod's.
func TestAttributeAccount(t *testing.T) {
	b := assembled(NewPod(accounts.LocalService, NewContainer("a", "i"), NewContainer("b", "i").WithRunAs(accounts.LocalSystem)))
	for field, want := range map[string]Mistake{
		accountField:                    called("", "NewPod", `account "NT AUTHORITY\Local Service"`),
		"containers[0]." + accountField: called("a", "WithRunAs", `account "NT AUTHORITY\Local Service"`),
		"containers[1]." + accountField: called("b", "WithRunAs", `account "NT AUTHORITY\SYSTEM"`),
	} {
		f := validate.Finding{Field: field, Container: want.Container}
		want.Err = f
		if got := b.attribute(f, elementAt(accountField, -1, accountField)); !same(got, want) {
			t.Errorf("%s: %#v\nwant %#v", field, got, want)
		}
	}
	b.spec.SecurityContext = nil
	if got := b.attribute(validate.Finding{}, elementAt(accountField, -1, accountField)).Argument; got != "account nil" {
		t.Errorf("without a securityContext: %s", got)
	}
}

// A finding about a volume that a container mounts is attributed to WithMount, and one
// about a volume of the spec to From.
func TestAttributeVolumes(t *testing.T) {
	spec := &corev1.PodSpec{Volumes: []corev1.Volume{{Name: "brought"}}}
	b := assembled(From(spec).WithContainers(NewContainer("a", "i").WithMount(EmptyDir("added"), "/a")))
	for field, want := range map[string]Mistake{
		"volumes[0].emptyDir": called("", "From", "volumes[0].emptyDir"),
		"volumes[1].emptyDir": called("a", "WithMount", "volumes[1].emptyDir"),
	} {
		f := validate.Finding{Field: field}
		want.Err = f
		if got := b.attribute(f, elementAt("volumes", int(field[len("volumes[")]-'0'), field)); !same(got, want) {
			t.Errorf("%s: %#v\nwant %#v", field, got, want)
		}
	}
}

// In a container that was part of a spec, only what a method has set since is that
// method's.
func TestAttributeChangedContainer(t *testing.T) {
	spec := &corev1.PodSpec{Containers: []corev1.Container{{Name: "a", VolumeMounts: []corev1.VolumeMount{{Name: "v", MountPath: "/v"}}}}}
	p := From(spec).WithRunAs(accounts.LocalService)
	change := func(c Container) Container { return c.WithMount(EmptyDir("w"), "/w").WithRunAs(accounts.LocalSystem) }
	for _, test := range []struct {
		p              Pod
		element, field string
		index          int
		want           string
	}{
		{p, "volumeMounts", "volumeMounts[0].mountPath", 0, `container "a": From: volumeMounts[0].mountPath`},
		{p, accountField, accountField, -1, `container "a": From: account "NT AUTHORITY\Local Service"`},
		{p.EditContainer("a", change), "volumeMounts", "volumeMounts[0].mountPath", 0, `container "a": From: volumeMounts[0].mountPath`},
		{p.EditContainer("a", change), "volumeMounts", "volumeMounts[1].mountPath", 1, `container "a": WithMount: mountPath "/w"`},
		{p.EditContainer("a", change), accountField, accountField, -1, `container "a": WithRunAs: account "NT AUTHORITY\SYSTEM"`},
	} {
		m := assembled(test.p).attribute(validate.Finding{Container: "a"}, elementAt(test.element, test.index, test.field))
		m.Err = nil
		if got := m.Error(); got != test.want {
			t.Errorf("%s: %s, want %s", test.field, got, test.want)
		}
	}
}

// elementAt is the element of a path from the container, or from the pod's spec, on.
func elementAt(name string, index int, path string) validate.Element {
	rest := strings.TrimPrefix(path, name)
	if index >= 0 {
		rest = strings.TrimPrefix(rest, fmt.Sprintf("[%d]", index))
	}
	return validate.Element{Name: name, Index: index, Field: strings.TrimPrefix(rest, ".")}
}
