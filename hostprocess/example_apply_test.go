// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// For server-side apply, an object must have only the fields that its caller owns.
func ExampleUnstructured() {
	ds, err := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").WithCommand(hostprocess.ImageProgram("agent.exe"))).
		DaemonSet(metav1.ObjectMeta{Name: "agent", Namespace: "agents"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fields, err := hostprocess.Unstructured(ds)
	if err != nil {
		fmt.Println(err)
		return
	}
	patch, err := fields.MarshalJSON() // for client-go's Patch
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(types.ApplyPatchType, strings.Contains(string(patch), "resources"), strings.Contains(string(patch), "status"))
	// Output:
	// application/apply-patch+yaml false false
}
