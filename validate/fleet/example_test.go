// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate/fleet"
)

// exporter is a DaemonSet that has a port of each node that it selects.
func exporter(namespace, name string, port int32, labels map[string]string) *appsv1.DaemonSet {
	c := hostprocess.NewContainer("exporter", "registry.example.com/exporter:1.4").
		WithCommand(hostprocess.RawCommand("exporter.exe")).
		WithPort("metrics", port)
	d, err := hostprocess.NewPod(accounts.LocalService, c).
		WithNodeSelector(labels).
		DaemonSet(metav1.ObjectMeta{Namespace: namespace, Name: name})
	if err != nil {
		log.Fatal(err)
	}
	return d
}

// One team runs an exporter for each Windows version, another team one exporter on all
// nodes. The first two don't conflict with each other, but the third conflicts with both.
func Example() {
	build := func(build string) map[string]string { return map[string]string{corev1.LabelWindowsBuild: build} }
	objects := []runtime.Object{
		exporter("monitoring", "exporter-2019", 9182, build("10.0.17763")),
		exporter("monitoring", "exporter-2022", 9182, build("10.0.20348")),
		exporter("vendor", "metrics", 9182, nil),
	}
	var f fleet.Fleet
	for _, object := range objects {
		if err := f.Add(object); err != nil {
			log.Fatal(err)
		}
	}
	for _, conflict := range f.Conflicts() {
		fmt.Println(conflict)
	}
	// Output:
	// error: port TCP 9182: DaemonSet monitoring/exporter-2019 spec.template.spec.containers[0].ports[0].containerPort and DaemonSet vendor/metrics spec.template.spec.containers[0].ports[0].containerPort: both use it on Windows nodes with node.kubernetes.io/windows-build=10.0.17763: only one of them runs there; the other's pod stays Pending or, with a nodeName, is rejected (give one of them another port, or let them select different nodes)
	// error: port TCP 9182: DaemonSet monitoring/exporter-2022 spec.template.spec.containers[0].ports[0].containerPort and DaemonSet vendor/metrics spec.template.spec.containers[0].ports[0].containerPort: both use it on Windows nodes with node.kubernetes.io/windows-build=10.0.20348: only one of them runs there; the other's pod stays Pending or, with a nodeName, is rejected (give one of them another port, or let them select different nodes)
}
