// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
)

// Set fields of the pod that have no method with Edit; they are validated by the build.
// Set fields of the workload on the result, and validate it again.
func Example_otherFields() {
	daemonSet, err := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("exporter", "registry.example.com/exporter:2").
			WithCommand(hostprocess.ImageProgram("exporter.exe")).
			WithPort("metrics", 9100)).
		Edit(func(spec *corev1.PodSpec) { spec.SchedulerName = "my-scheduler" }).
		DaemonSet(metav1.ObjectMeta{Name: "exporter", Namespace: "monitoring"})
	if err != nil {
		fmt.Println(err)
		return
	}
	daemonSet.Spec.MinReadySeconds = 30
	daemonSet.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable = ptr.To(intstr.FromInt32(0))
	daemonSet.Spec.UpdateStrategy.RollingUpdate.MaxSurge = ptr.To(intstr.FromInt32(1))
	findings, err := validate.Validator{}.Object(daemonSet)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range findings {
		fmt.Println(f.Field, f.Rule)
	}
	// Output:
	// spec.updateStrategy.rollingUpdate.maxSurge daemon-set-surge-ports
}
