// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
)

// k2s is the node plugin of K2s, whose manifest has 101 lines:
// https://github.com/Siemens-Healthineers/K2s/blob/v1.8.1/addons/storage/smb/manifests/windows/csi-smb-node-windows-hp.yaml
func k2s() (*appsv1.DaemonSet, error) {
	set, err := smb()
	if err != nil {
		return nil, err
	}
	set.Namespace = "storage-smb"
	return hostprocess.Update(set, func(p hostprocess.Pod) hostprocess.Pod {
		image := func(image string) func(hostprocess.Container) hostprocess.Container {
			return func(c hostprocess.Container) hostprocess.Container { return c.WithImage(image) }
		}
		return p.
			EditContainer("smb", image("shsk2s.azurecr.io/sig-storage/smbplugin:v1.20.1-hp")).
			EditContainer("node-driver-registrar", image("shsk2s.azurecr.io/sig-storage/csi-node-driver-registrar:v2.16.0-hp")).
			Edit(func(s *corev1.PodSpec) {
				s.Tolerations = []corev1.Toleration{{Key: "OS", Operator: corev1.TolerationOpEqual, Value: "Windows", Effect: corev1.TaintEffectNoSchedule}}
			})
	})
}

// A variant of another plugin, here that of csi-driver-smb: other images, another
// namespace and another taint.
func Example_k2s() {
	set, err := k2s()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Namespace, set.Spec.Template.Spec.Containers[0].Image, set.Spec.Template.Spec.Tolerations[0].Key)
	// Output:
	// storage-smb shsk2s.azurecr.io/sig-storage/smbplugin:v1.20.1-hp OS
}
