// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/csinode"
)

// azureFile is the node plugin of azurefile-csi-driver, whose manifest has 122 lines:
// https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/v1.35.7/deploy/csi-azurefile-node-windows-hostprocess.yaml
func azureFile() (*appsv1.DaemonSet, error) {
	driver := hostprocess.NewContainer("azurefile", "mcr.microsoft.com/oss/v2/kubernetes-csi/azurefile-csi:v1.35.7-windows-hp").
		WithCommand(hostprocess.ImageProgram("azurefileplugin.exe", "--v=5", "--endpoint=$(CSI_ENDPOINT)", "--nodeid=$(KUBE_NODE_NAME)",
			"--enable-windows-host-process=true", "--metrics-address=0.0.0.0:29615").WithVariables()).
		WithEnvValueFrom("KUBE_NODE_NAME", hostprocess.PodField("spec.nodeName")).
		WithEnvValueFrom("AZURE_CREDENTIAL_FILE", corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "azure-cred-file"}, Key: "path-windows", Optional: ptr.To(true),
		}}).
		WithPort("metrics", 29615).
		WithRequest(corev1.ResourceCPU, "10m").
		WithRequest(corev1.ResourceMemory, "40Mi").
		WithLimit(corev1.ResourceMemory, "600Mi")
	registrar := hostprocess.NewContainer("node-driver-registrar", "mcr.microsoft.com/oss/v2/kubernetes-csi/csi-node-driver-registrar:v2.17.0").
		WithArgs("--v=2").
		WithRequest(corev1.ResourceCPU, "30m").
		WithRequest(corev1.ResourceMemory, "40Mi").
		WithLimit(corev1.ResourceMemory, "150Mi")
	return csinode.New("file.csi.azure.com", driver, registrar).Pod().
		WithServiceAccount("csi-azurefile-node-sa").
		WithSelector(map[string]string{"app": "csi-azurefile-node-win"}).
		WithTolerations(corev1.Toleration{Key: "node.kubernetes.io/os", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}).
		Edit(func(s *corev1.PodSpec) { s.Affinity = nodesWithout("type", "virtual-kubelet") }).
		DaemonSet(metav1.ObjectMeta{Name: "csi-azurefile-node-win", Namespace: "kube-system"})
}

// A driver with variables from a ConfigMap. The published manifest quotes the address of
// the metrics as for a shell; there is none, and the driver can't listen on it.
func Example_azureFile() {
	set, err := azureFile()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Spec.Template.Spec.Containers[0].Command[5])
	// Output:
	// --metrics-address=0.0.0.0:29615
}
