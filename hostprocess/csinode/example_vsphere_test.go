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

// vSphere is the node plugin of vsphere-csi-driver, whose manifest has 128 lines:
// https://github.com/kubernetes-sigs/vsphere-csi-driver/blob/v3.7.3/manifests/vanilla/vsphere-csi-driver.yaml#L573-L700
func vSphere() (*appsv1.DaemonSet, error) {
	driver := hostprocess.NewContainer("vsphere-csi-node", "registry.k8s.io/csi-vsphere/driver:v3.7.3").
		WithCommand(hostprocess.ImageProgram("csi.exe", "--fss-name=internal-feature-states.csi.vsphere.vmware.com",
			"--fss-namespace=$(CSI_NAMESPACE)").WithVariables()).
		WithImagePullPolicy(corev1.PullAlways).
		WithEnvValueFrom("NODE_NAME", hostprocess.PodField("spec.nodeName")).
		WithEnvValueFrom("CSI_NAMESPACE", hostprocess.PodField("metadata.namespace")).
		WithEnv("X_CSI_MODE", "node").
		WithEnv("X_CSI_SPEC_REQ_VALIDATION", "false").
		WithEnv("X_CSI_SPEC_DISABLE_LEN_CHECK", "true").
		WithEnv("LOGGER_LEVEL", "PRODUCTION").
		WithEnv("X_CSI_LOG_LEVEL", "DEBUG").
		WithEnv("NODEGETINFO_WATCH_TIMEOUT_MINUTES", "1")
	registrar := hostprocess.NewContainer("node-driver-registrar", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.13.0").
		WithArgs("--v=5")
	probe := hostprocess.NewContainer("liveness-probe", "registry.k8s.io/sig-storage/livenessprobe:v2.15.0").
		WithArgs("--v=4")
	return csinode.New("csi.vsphere.vmware.com", driver, registrar).
		WithLivenessProbe(probe, 9810, func(p *corev1.Probe) { p.PeriodSeconds, p.TimeoutSeconds, p.FailureThreshold = 5, 5, 3 }).
		Pod().
		WithServiceAccount("vsphere-csi-node").
		WithSelector(map[string]string{"app": "vsphere-csi-node-windows"}).
		WithLabels(map[string]string{"role": "vsphere-csi-windows"}).
		WithTolerations(
			corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute},
			corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}).
		DaemonSet(metav1.ObjectMeta{Name: "vsphere-csi-node-windows", Namespace: "vmware-system-csi"})
}

// A driver that reads CSI_ENDPOINT by itself, with a liveness probe. Its port isn't
// livenessprobe's default, 9808, which only one plugin on a node can use.
func Example_vSphere() {
	set, err := vSphere()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Spec.Template.Spec.Containers[2].Command[1:], set.Spec.Template.Spec.Containers[2].Args)
	// Output:
	// [--csi-address=unix://C:\var\lib\kubelet\plugins\csi.vsphere.vmware.com\csi.sock --http-endpoint=127.0.0.1:9810] [--v=4]
}
