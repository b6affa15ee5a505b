// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"testing"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate"
)

// Whatever field a finding names, it is attributed to a call; where there is no
// such container or mount, to the field as it is.
func TestAttribute(t *testing.T) {
	p := New(accounts.LocalService, NewContainer("agent", "image").WithMount(ConfigMap("a"), "/a"))
	b := p.WithInitContainers(NewContainer("first", "image")).assemble(defaultPolicy)
	const prefix = "spec.template.spec."
	for field, want := range map[string]Mistake{
		"metadata.labels[a]":                              {"", "WithLabels", "metadata.labels[a]", nil},
		"spec.template.metadata.labels[a]":                {"", "WithLabels", "spec.template.metadata.labels[a]", nil},
		"spec.template.metadata.annotations[a]":           {"", "WithAnnotations", "spec.template.metadata.annotations[a]", nil},
		"spec.updateStrategy":                             {"", "New", "spec.updateStrategy", nil},
		prefix + "hostNetwork":                            {"", "New", "hostNetwork", nil},
		prefix + "tolerations[0].key":                     {"", "WithTolerations", "tolerations[0].key", nil},
		prefix + "nodeSelector[a]":                        {"", "WithNodeSelector", "nodeSelector[a]", nil},
		prefix + "initContainers[0].command[0]":           {"first", "WithCommand", "command[0]", nil},
		prefix + "containers[0].image":                    {"agent", "NewContainer", "image", nil},
		prefix + "containers[0].lifecycle":                {"agent", "NewContainer", "lifecycle", nil},
		prefix + "containers[0].lifecycle.stopSignal":     {"agent", "NewContainer", "lifecycle.stopSignal", nil},
		prefix + "containers[0].lifecycle.preStop.exec":   {"agent", "WithPreStop", "lifecycle.preStop.exec", nil},
		prefix + "containers[0].lifecycle.postStart.exec": {"agent", "WithPostStart", "lifecycle.postStart.exec", nil},
		prefix + "containers[0].volumeMounts[0].mountPath": {
			"agent", "WithMount", `mountPath "/a"`, nil},
		prefix + "containers[0].volumeMounts[0].name":       {"agent", "WithMount", "volumeMounts[0].name", nil},
		prefix + "containers[0].volumeMounts[1].mountPath":  {"agent", "WithMount", "volumeMounts[1].mountPath", nil},
		prefix + "containers[0].volumeMounts[-1].mountPath": {"agent", "WithMount", "volumeMounts[-1].mountPath", nil},
		prefix + "containers[0].volumeMounts[x].mountPath":  {"agent", "WithMount", "volumeMounts[x].mountPath", nil},
		prefix + "containers[1].image":                      {"", "New", "containers[1].image", nil},
		prefix + "containers[-1].image":                     {"", "New", "containers[-1].image", nil},
		prefix + "containers[x].image":                      {"", "New", "containers[x].image", nil},
	} {
		f := validate.Finding{Field: field}
		want.Err = f
		if got := b.attribute(prefix, f); got != want {
			t.Errorf("%s: %#v\nwant %#v", field, got, want)
		}
	}
}

// A pod without an account gets that told once, and what else is wrong with its
// containers as well.
func TestAttributeWithoutAccount(t *testing.T) {
	b := New(nil, NewContainer("agent", "image")).assemble(defaultPolicy)
	for field, want := range map[string]string{
		"containers[0]." + accountField: `New: account nil`,
		"containers[0].command[0]":      `container "agent": WithCommand: command[0]`,
	} {
		m := b.attribute("", validate.Finding{Field: field})
		m.Err = nil
		if got := m.Error(); got != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
}

// The account that a finding is about is that of the container, or else the pod's.
func TestAttributeAccount(t *testing.T) {
	b := New(accounts.LocalService, NewContainer("a", "i"), NewContainer("b", "i").WithRunAs(accounts.LocalSystem)).assemble(defaultPolicy)
	for field, want := range map[string]Mistake{
		accountField:                    {"", "WithRunAs", `account "NT AUTHORITY\\Local Service"`, nil},
		"containers[0]." + accountField: {"a", "WithRunAs", `account "NT AUTHORITY\\Local Service"`, nil},
		"containers[1]." + accountField: {"b", "WithRunAs", `account "NT AUTHORITY\\SYSTEM"`, nil},
	} {
		f := validate.Finding{Field: field}
		want.Err = f
		if got := b.attribute("", f); got != want {
			t.Errorf("%s: %#v\nwant %#v", field, got, want)
		}
	}
	b.spec.SecurityContext = nil
	if got := b.attribute("", validate.Finding{Field: accountField}).Argument; got != "account nil" {
		t.Errorf("without a securityContext: %s", got)
	}
}
