// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package policy builds a ValidatingAdmissionPolicy that restricts HostProcess pods to
// the accounts, namespaces, service accounts and images that you allow, and rejects pods
// that could not run. The API server enforces it without a webhook:
//
//	policy, binding, err := policy.Options{
//		Accounts:   []accounts.Account{accounts.LocalService},
//		Namespaces: []string{"agents"},
//		Images:     []string{"registry.example.com/agents/"},
//	}.Build()
//
// The policy ignores pods without HostProcess containers. It contains the errors of
// package validate that CEL, the language of such policies, can express and that the API
// server doesn't enforce itself. It also contains the rules about two annotations that
// the shim, the part of containerd that starts HostProcess containers, obeys if containerd
// passes them on: hostprocess-inherit-user, with which a pod runs as the shim's account
// regardless of runAsUserName, and hostprocess-rootfs-location. Expressed lists the rules,
// and NotExpressed gives the reason for every other rule.
//
// For these rules, the policy denies the creation of a pod exactly if validate.Validator{}
// reports the rule. The list of allowed accounts covers the rules about accounts, and may
// deny more. An update that changes neither the spec nor these annotations always passes.
//
// Policies of admissionregistration.k8s.io/v1 require Kubernetes 1.30. A policy can't stop
// HostProcess pods that nodes start by themselves (static pods). It doesn't see what an
// image does, or the annotations that a scheduler adds when it binds a pod to a node
// (pods/binding): grant that permission to schedulers only.
package policy
