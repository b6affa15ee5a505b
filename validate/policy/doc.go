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
// validate, the policy has the errors that CEL, the language of such policies,
// can express and that nobody else in the API server enforces. It also has the
// two rules about annotations that the shim obeys where containerd passes them
// on, hostprocess-inherit-user and hostprocess-rootfs-location: a pod with the
// first runs as the account of the shim, whatever its runAsUserName is. Expressed
// lists the rules, and NotExpressed says of every other one why the policy does
// not have it. When a pod is created, the policy denies it for such a rule exactly
// where validate.Validator{} reports the rule; the rules about accounts are in the
// list of allowed accounts, which may deny more. An update that changes neither
// the spec nor these annotations always passes.
//
// Policies of admissionregistration.k8s.io/v1 need Kubernetes 1.30. A policy
// can't keep out HostProcess pods that nodes start by themselves (static pods).
// It does not see what an image does, nor the annotations that a scheduler adds to
// a pod when it binds the pod to a node (pods/binding): keep that permission for
// schedulers.
package policy
