// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"fmt"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate/policy"
)

// The policy allows HostProcess pods only in the namespace agents, with images of one
// registry, as LocalService or as a local group.
func ExampleOptions_Build() {
	vap, binding, err := policy.Options{
		Name:       "hostprocess-agents",
		Accounts:   []accounts.Account{accounts.LocalService, accounts.LocalGroup("hpc-agents")},
		Namespaces: []string{"agents"},
		Images:     []string{"registry.example.com/agents/"},
	}.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(vap.Kind, vap.Name, "->", binding.Kind, binding.Spec.ValidationActions)
	for _, v := range vap.Spec.Validations[:4] {
		fmt.Println("-", v.Message)
	}
	// Output:
	// ValidatingAdmissionPolicy hostprocess-agents -> ValidatingAdmissionPolicyBinding [Deny]
	// - HostProcess pods are not allowed in this namespace
	// - HostProcess containers are not allowed with this image
	// - HostProcess containers may only run as NT AUTHORITY\Local Service, hpc-agents: set runAsUserName to one of them
	// - an emptyDir with medium: HugePages can't be used on Windows: remove medium [empty-dir-huge-pages]
}

func ExampleOptions_Build_refused() {
	_, _, err := policy.Options{Images: []string{"registry.example.com/agent:latest"}}.Build()
	fmt.Println(err)
	// Output:
	// policy: Accounts: is empty, so no HostProcess pod could run: add at least one account, such as accounts.LocalService
	// policy: Images: [0] "registry.example.com/agent:latest": write a repository without a tag, such as registry.example.com/agents/logs, or a prefix with a slash at its end, such as registry.example.com/agents/
}

func ExampleNotExpressed() {
	for _, gap := range policy.NotExpressed() {
		if gap.Rule == "command-newline" || gap.Rule == "host-network" {
			fmt.Printf("%s: %s\n", gap.Rule, gap.Why)
		}
	}
	// Output:
	// command-newline: CEL would have to parse command lines like cmd, with its quotes
	// host-network: the API server itself rejects such a pod, before it evaluates policies
}
