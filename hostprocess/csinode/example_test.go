// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/csinode"
)

func ExampleNew() {
	driver := hostprocess.NewContainer("driver", "registry.example.com/driver:1.4").
		WithCommand(hostprocess.ImageProgram("driver.exe", "--endpoint=$(CSI_ENDPOINT)").WithVariables())
	registrar := hostprocess.NewContainer("registrar", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.17.0")
	set, err := csinode.New("driver.example.com", driver, registrar).Pod().
		WithServiceAccount("driver-node").
		DaemonSet(metav1.ObjectMeta{Name: "driver-node", Namespace: "kube-system"})
	if err != nil {
		log.Fatal(err)
	}
	pod := set.Spec.Template.Spec
	fmt.Println(pod.Containers[0].Env[0].Value)
	fmt.Println(pod.Volumes[0].HostPath.Path, *pod.Volumes[0].HostPath.Type)
	fmt.Println(*pod.SecurityContext.WindowsOptions.RunAsUserName, pod.PriorityClassName)
	// Output:
	// unix://C:\var\lib\kubelet\plugins\driver.example.com\csi.sock
	// C:\var\lib\kubelet\plugins\driver.example.com DirectoryOrCreate
	// NT AUTHORITY\SYSTEM system-node-critical
}

// The driver is probed once a minute. The kubelet reaches livenessprobe at a port of the
// loopback address. Any other process on the node can, too, but no other machine.
func ExamplePlugin_WithLivenessProbe() {
	driver := hostprocess.NewContainer("driver", "registry.example.com/driver:1.4").
		WithCommand(hostprocess.ImageProgram("driver.exe", "--endpoint=$(CSI_ENDPOINT)").WithVariables())
	registrar := hostprocess.NewContainer("registrar", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.17.0")
	probe := hostprocess.NewContainer("probe", "registry.k8s.io/sig-storage/livenessprobe:v2.19.0")

	spec, err := csinode.New("driver.example.com", driver, registrar).
		WithLivenessProbe(probe, 29700, func(p *corev1.Probe) { p.PeriodSeconds = 60 }).
		Pod().Build()
	if err != nil {
		log.Fatal(err)
	}
	asked := spec.Containers[0].LivenessProbe
	fmt.Println(asked.HTTPGet.Host, asked.HTTPGet.Port.String(), asked.PeriodSeconds, asked.FailureThreshold)
	fmt.Println(spec.Containers[2].Command[2])
	// Output:
	// 127.0.0.1 29700 60 5
	// --http-endpoint=127.0.0.1:29700
}

// Nodes whose kubelet was started with --root-dir=D:\kubelet.
func ExamplePlugin_WithKubeletDir() {
	driver := hostprocess.NewContainer("driver", "registry.example.com/driver:1.4").
		WithCommand(hostprocess.ImageProgram("driver.exe", "--endpoint=$(CSI_ENDPOINT)").WithVariables())
	registrar := hostprocess.NewContainer("registrar", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.17.0")

	spec, err := csinode.New("driver.example.com", driver, registrar).WithKubeletDir(`D:\kubelet`).Pod().Build()
	if err != nil {
		log.Fatal(err)
	}
	for _, flag := range spec.Containers[1].Command[1:] {
		fmt.Println(flag)
	}
	// Output:
	// --csi-address=unix://D:\kubelet\plugins\driver.example.com\csi.sock
	// --kubelet-registration-path=D:\kubelet\plugins\driver.example.com\csi.sock
	// --plugin-registration-path=D:\kubelet\plugins_registry
}
