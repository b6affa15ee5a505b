// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package policy makes a ValidatingAdmissionPolicy for HostProcess pods, which
// the API server evaluates itself: HostProcess is allowed here, if it is right
// and runs as no more than this.
//
//	policy, binding, err := policy.Options{
//		Accounts:   []accounts.Account{accounts.LocalService},
//		Namespaces: []string{"agents"},
//		Images:     []string{"registry.example.com/agents/"},
//	}.Build()
//
// Pods that ask for no HostProcess are left alone. Of the rules of package
// validate, the policy has those that CEL, the language of such policies, can
// express and that nobody else in the API server enforces: Expressed lists them,
// and NotExpressed says of every other one why not. Where a pod is created, the
// policy denies it for such a rule exactly where validate.Validator{} reports the
// rule; the rules about accounts are in the list of allowed accounts, which may
// deny more. An update that leaves the spec as it is always passes.
//
// Policies of admissionregistration.k8s.io/v1 need Kubernetes 1.30. A policy
// can't keep a HostProcess pod out that nodes start by themselves (static pods),
// and it can't see what an image does.
package policy
