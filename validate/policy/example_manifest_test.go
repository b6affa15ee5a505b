// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate/policy"
)

// manifest returns a policy and its binding as one file for kubectl apply. They are for
// a cluster in which only the agents of one team may be HostProcess pods.
func manifest() (string, error) {
	policy, binding, err := policy.Options{
		Accounts:   []accounts.Account{accounts.LocalService},
		Namespaces: []string{"agents"},
		Images:     []string{"registry.example.com/agents/"},
	}.Build()
	if err != nil {
		return "", err
	}
	var documents []string
	for _, object := range []any{policy, binding} {
		text, err := yaml.Marshal(object)
		if err != nil {
			return "", err
		}
		documents = append(documents, string(text))
	}
	return strings.Join(documents, "---\n"), nil
}

// A command prints the policy for kubectl apply.
func Example_manifest() {
	text, err := manifest()
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, binding, _ := strings.Cut(text, "---\n")
	first, _, _ := strings.Cut(policy, "spec:\n")
	fmt.Println(first + "---\n" + binding)
	// Output:
	// apiVersion: admissionregistration.k8s.io/v1
	// kind: ValidatingAdmissionPolicy
	// metadata:
	//   name: hostprocess
	// ---
	// apiVersion: admissionregistration.k8s.io/v1
	// kind: ValidatingAdmissionPolicyBinding
	// metadata:
	//   name: hostprocess
	// spec:
	//   policyName: hostprocess
	//   validationActions:
	//   - Deny
}
