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

// azureDisk is the node plugin of azuredisk-csi-driver, whose manifest has 129 lines:
// https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/v1.34.5/deploy/csi-azuredisk-node-windows-hostprocess.yaml
func azureDisk() (*appsv1.DaemonSet, error) {
	driver := hostprocess.NewContainer("azuredisk", "mcr.microsoft.com/oss/v2/kubernetes-csi/azuredisk-csi:v1.34.5-windows-hp").
		WithCommand(hostprocess.ImageProgram("azurediskplugin.exe", "--v=5", "--endpoint=$(CSI_ENDPOINT)", "--nodeid=$(KUBE_NODE_NAME)",
			"--allow-empty-cloud-config=true", "--enable-windows-host-process=true", "--metrics-address=0.0.0.0:29605").WithVariables()).
		WithPreStop(hostprocess.Exec(hostprocess.ImageProgram("azurediskplugin.exe", "--pre-stop-hook=true"))).
		WithEnvValueFrom("KUBE_NODE_NAME", hostprocess.PodField("spec.nodeName")).
		WithEnvValueFrom("AZURE_CREDENTIAL_FILE", corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "azure-cred-file"}, Key: "path-windows", Optional: ptr.To(true),
		}}).
		WithPort("metrics", 29605).
		WithRequest(corev1.ResourceCPU, "10m").
		WithRequest(corev1.ResourceMemory, "40Mi").
		WithLimit(corev1.ResourceMemory, "1000Mi")
	registrar := hostprocess.NewContainer("node-driver-registrar", "mcr.microsoft.com/oss/v2/kubernetes-csi/csi-node-driver-registrar:v2.17.0").
		WithArgs("--v=2").
		WithRequest(corev1.ResourceCPU, "30m").
		WithRequest(corev1.ResourceMemory, "40Mi").
		WithLimit(corev1.ResourceMemory, "150Mi")
	return csinode.New("disk.csi.azure.com", driver, registrar).Pod().
		WithServiceAccount("csi-azuredisk-node-sa").
		WithSelector(map[string]string{"app": "csi-azuredisk-node-win"}).
		WithTolerations(corev1.Toleration{Key: "node.kubernetes.io/os", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}).
		Edit(func(s *corev1.PodSpec) { s.Affinity = nodesWithout("type", "virtual-kubelet") }).
		DaemonSet(metav1.ObjectMeta{Name: "csi-azuredisk-node-win", Namespace: "kube-system"})
}

// nodesWithout keeps pods away from nodes whose label has one of the values.
func nodesWithout(label string, values ...string) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchExpressions: []corev1.NodeSelectorRequirement{{Key: label, Operator: corev1.NodeSelectorOpNotIn, Values: values}},
		}}},
	}}
}

// A driver with a hook, a metrics port and an affinity. The hook of the published
// manifest runs /azurediskplugin.exe, which on nodes with the bind filter is a file of the
// node, and not there.
func Example_azureDisk() {
	set, err := azureDisk()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Spec.Template.Spec.Containers[0].Lifecycle.PreStop.Exec.Command)
	// Output:
	// [%CONTAINER_SANDBOX_MOUNT_POINT%\azurediskplugin.exe --pre-stop-hook=true]
}
