// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/csinode"
)

// smb is the node plugin of csi-driver-smb, whose manifest has 95 lines:
// https://github.com/kubernetes-csi/csi-driver-smb/blob/v1.20.3/deploy/csi-smb-node-windows-hostprocess.yaml
func smb() (*appsv1.DaemonSet, error) {
	driver := hostprocess.NewContainer("smb", "registry.k8s.io/sig-storage/smbplugin:v1.20.3-windows-hp").
		WithCommand(hostprocess.ImageProgram("smbplugin.exe", "--v=5", "--endpoint=$(CSI_ENDPOINT)", "--nodeid=$(KUBE_NODE_NAME)",
			"--enable-windows-host-process=true", "--remove-smb-mapping-during-unmount=true").WithVariables()).
		WithEnvValueFrom("KUBE_NODE_NAME", hostprocess.PodField("spec.nodeName")).
		WithRequest(corev1.ResourceCPU, "10m").
		WithRequest(corev1.ResourceMemory, "40Mi").
		WithLimit(corev1.ResourceMemory, "600Mi")
	registrar := hostprocess.NewContainer("node-driver-registrar", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.17.0").
		WithArgs("--v=2").
		WithRequest(corev1.ResourceCPU, "30m").
		WithRequest(corev1.ResourceMemory, "40Mi").
		WithLimit(corev1.ResourceMemory, "150Mi")
	return csinode.New("smb.csi.k8s.io", driver, registrar).Pod().
		WithServiceAccount("csi-smb-node-sa").
		WithSelector(map[string]string{"app": "csi-smb-node-win"}).
		WithTolerations(corev1.Toleration{Key: "node.kubernetes.io/os", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}).
		DaemonSet(metav1.ObjectMeta{Name: "csi-smb-node-win", Namespace: "kube-system"})
}

// A driver and its registrar. The test of this package compares the DaemonSet with the
// published one, field by field.
func Example() {
	set, err := smb()
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range set.Spec.Template.Spec.Containers {
		fmt.Println(c.Name, c.Command[1:], c.Args)
	}
	// Output:
	// smb [--v=5 --endpoint=$(CSI_ENDPOINT) --nodeid=$(KUBE_NODE_NAME) --enable-windows-host-process=true --remove-smb-mapping-during-unmount=true] []
	// node-driver-registrar [--csi-address=unix://C:\var\lib\kubelet\plugins\smb.csi.k8s.io\csi.sock --kubelet-registration-path=C:\var\lib\kubelet\plugins\smb.csi.k8s.io\csi.sock --plugin-registration-path=C:\var\lib\kubelet\plugins_registry] [--v=2]
}
