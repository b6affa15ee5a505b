// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

func Example() {
	pod := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
			WithCommand(hostprocess.ImageProgram("agent.exe")).
			WithMount(hostprocess.ConfigMap("agent-config"), "/etc/agent"))
	spec, err := pod.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := yaml.Marshal(spec)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(text))
	// Output:
	// automountServiceAccountToken: false
	// containers:
	// - command:
	//   - '%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe'
	//   image: registry.example.com/agent:1.4
	//   name: agent
	//   resources: {}
	//   volumeMounts:
	//   - mountPath: /etc/agent
	//     name: configmap-agent-config
	//   workingDir: '%CONTAINER_SANDBOX_MOUNT_POINT%'
	// hostNetwork: true
	// nodeSelector:
	//   kubernetes.io/os: windows
	// os:
	//   name: windows
	// securityContext:
	//   windowsOptions:
	//     hostProcess: true
	//     runAsUserName: NT AUTHORITY\Local Service
	// volumes:
	// - configMap:
	//     name: agent-config
	//   name: configmap-agent-config
}

// All mistakes are reported at once.
func ExamplePod_Build_mistakes() {
	_, err := hostprocess.NewPod(nil,
		hostprocess.NewContainer("Agent", "registry.example.com/agent:1.4").
			WithEnv("TOKEN", "").
			WithMount(hostprocess.Secret("tls"), "C:")).
		Build()
	var failed *hostprocess.BuildError
	if errors.As(err, &failed) {
		for _, m := range failed.Mistakes {
			fmt.Printf("%q %s %s\n", m.Container, m.Method, m.Argument)
		}
	}
	// Output:
	// "" NewPod account nil
	// "Agent" NewContainer name "Agent"
	// "Agent" WithEnv value of TOKEN ""
	// "Agent" WithMount mountPath "C:"
}

// A base pod is shared, and each variant is a copy.
func Example_variants() {
	base := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4")).
		WithPriorityClass("system-node-critical").
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists})
	for _, name := range []string{"agent", "agent-canary"} {
		pod := base
		if name == "agent-canary" {
			pod = pod.WithNodeSelector(map[string]string{"example.com/canary": "true"})
		}
		daemonSet, err := pod.DaemonSet(metav1.ObjectMeta{Name: name})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(daemonSet.Name, daemonSet.Spec.Selector.MatchLabels, daemonSet.Spec.Template.Spec.NodeSelector)
	}
	// Output:
	// agent map[app.kubernetes.io/name:agent] map[kubernetes.io/os:windows]
	// agent-canary map[app.kubernetes.io/name:agent-canary] map[example.com/canary:true kubernetes.io/os:windows]
}

// A new image for a Deployment that exists; everything else of it stays as it is.
func ExampleUpdate() {
	deployment := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "agent"}},
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "agent", "team": "windows"}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "agent", Image: "registry.example.com/agent:1.4"}}},
		},
		RevisionHistoryLimit: ptr.To(int32(2)),
	}}
	updated, err := hostprocess.Update(deployment, func(p hostprocess.Pod) hostprocess.Pod {
		return p.EditContainer("agent", func(c hostprocess.Container) hostprocess.Container {
			return c.WithImage("registry.example.com/agent:1.5")
		})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(updated.Spec.Template.Spec.Containers[0].Image, updated.Spec.Template.Labels, *updated.Spec.RevisionHistoryLimit)
	// Output:
	// registry.example.com/agent:1.5 map[app:agent team:windows] 2
}

// Fields without a method are set by a function, and validated like the others.
func ExamplePod_Edit() {
	_, err := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4")).
		Edit(func(spec *corev1.PodSpec) { spec.HostNetwork = false }).
		Build()
	var m hostprocess.Mistake
	if errors.As(err, &m) {
		fmt.Println(m.Method, m.Argument)
	}
	// Output:
	// Edit hostNetwork
}
