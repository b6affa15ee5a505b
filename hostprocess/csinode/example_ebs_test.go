// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/csinode"
)

// ebs is the node plugin of aws-ebs-csi-driver, whose template has 322 lines:
// https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.64.0/charts/aws-ebs-csi-driver/templates/_node-windows.tpl
func ebs() (*appsv1.DaemonSet, error) {
	driver := hostprocess.NewContainer("ebs-plugin", "public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.64.0").
		WithCommand(hostprocess.ImageProgram("aws-ebs-csi-driver.exe", "node", "--endpoint=$(CSI_ENDPOINT)",
			"--logging-format=text", "--v=2", "--windows-host-process=true").WithVariables()).
		WithPreStop(hostprocess.Exec(hostprocess.ImageProgram("aws-ebs-csi-driver.exe", "pre-stop-hook"))).
		WithReadinessProbe(hostprocess.HTTPGet("/healthz", 9808), every(5, 3)).
		WithEnvValueFrom("CSI_NODE_NAME", hostprocess.PodField("spec.nodeName")).
		WithRequest(corev1.ResourceCPU, "10m").
		WithRequest(corev1.ResourceMemory, "40Mi").
		WithLimit(corev1.ResourceMemory, "256Mi")
	registrar := hostprocess.NewContainer("node-driver-registrar", "public.ecr.aws/csi-components/csi-node-driver-registrar:v2.17.0-eksbuild.5").
		WithArgs("--http-endpoint=127.0.0.1:9809", "--v=2").
		WithPort("healthz-ndr", 9809).
		WithLivenessProbe(hostprocess.HTTPGet("/healthz", 9809), every(90, 15), func(p *corev1.Probe) { p.InitialDelaySeconds = 30 }).
		WithRequest(corev1.ResourceCPU, "10m").
		WithRequest(corev1.ResourceMemory, "150Mi").
		WithLimit(corev1.ResourceMemory, "150Mi")
	probe := hostprocess.NewContainer("liveness-probe", "public.ecr.aws/csi-components/livenessprobe:v2.19.0-eksbuild.5").
		WithRequest(corev1.ResourceCPU, "10m").
		WithRequest(corev1.ResourceMemory, "150Mi").
		WithLimit(corev1.ResourceMemory, "150Mi")
	set, err := csinode.New("ebs.csi.aws.com", driver, registrar).WithLivenessProbe(probe, 9808).Pod().
		WithServiceAccount("ebs-csi-node-sa").
		WithSelector(map[string]string{"app": "ebs-csi-node", "app.kubernetes.io/name": "aws-ebs-csi-driver"}).
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists}).
		Edit(func(s *corev1.PodSpec) {
			s.Affinity = nodesWithout("eks.amazonaws.com/compute-type", "fargate", "auto", "hybrid")
			for i := range s.Containers {
				s.Containers[i].TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
			}
		}).
		DaemonSet(metav1.ObjectMeta{Name: "ebs-csi-node-windows", Namespace: "kube-system", Labels: map[string]string{"app.kubernetes.io/name": "aws-ebs-csi-driver"}})
	if err != nil {
		return nil, err
	}
	set.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable = ptr.To(intstr.FromString("10%"))
	return set, nil
}

// every asks a program that listens on the loopback address alone.
func every(seconds, timeout int32) func(*corev1.Probe) {
	return func(p *corev1.Probe) {
		p.HTTPGet.Host, p.PeriodSeconds, p.TimeoutSeconds = "127.0.0.1", seconds, timeout
	}
}

// A driver with a liveness probe, and a registrar with one of its own.
func Example_awsEBS() {
	set, err := ebs()
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range set.Spec.Template.Spec.Containers {
		fmt.Println(c.Name, c.Ports)
	}
	fmt.Println(set.Spec.Template.Spec.Containers[0].LivenessProbe.HTTPGet.Port.String())
	// Output:
	// ebs-plugin []
	// node-driver-registrar [{healthz-ndr 0 9809 TCP }]
	// liveness-probe [{healthz 0 9808 TCP }]
	// 9808
}
