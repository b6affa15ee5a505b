// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// Server-side apply wants the fields that are meant and no others. The objects
// have their apiVersion and kind; leave out the status, and send the rest: with
// client-go as a patch of type ApplyPatchType, with controller-runtime as in
// examples/controllerruntime.
func Example_serverSideApply() {
	ds, err := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").WithCommand(hostprocess.RawCommand("agent.exe"))).
		DaemonSet(metav1.ObjectMeta{Name: "agent", Namespace: "agents"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(ds)
	if err != nil {
		fmt.Println(err)
		return
	}
	delete(fields, "status")
	patch, err := json.Marshal(fields)
	if err != nil {
		fmt.Println(err)
		return
	}
	var meant struct {
		APIVersion, Kind string
		Status           any
	}
	fmt.Println(types.ApplyPatchType, json.Unmarshal(patch, &meant), meant.APIVersion, meant.Kind, meant.Status)
	// Output:
	// application/apply-patch+yaml <nil> apps/v1 DaemonSet <nil>
}
