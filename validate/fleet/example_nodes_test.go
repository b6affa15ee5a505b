// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate/fleet"
)

// If the nodes were added, only conflicts on them are reported.
func ExampleFleet_Add_nodes() {
	node := func(name, pool string) *corev1.Node {
		return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelOSStable: "windows", "pool": pool}}}
	}
	var f fleet.Fleet
	for _, object := range []runtime.Object{
		exporter("monitoring", "exporter", 9182, nil),
		exporter("vendor", "metrics", 9182, map[string]string{"pool": "gpu"}),
		node("win-a", "web"), node("win-b", "gpu"), node("win-c", "gpu"),
	} {
		if err := f.Add(object); err != nil {
			log.Fatal(err)
		}
	}
	for _, c := range f.Conflicts() {
		fmt.Println(c.What, c.NodeCount, c.Nodes)
	}
	// Output:
	// port TCP 9182 2 [win-b win-c]
}
