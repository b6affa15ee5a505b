// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
)

// admit checks a pod before a controller creates it. It returns warnings for the user,
// and an error if the pod can't run.
func admit(pod *corev1.Pod) (warnings []string, err error) {
	findings := validate.Validator{}.Pod(pod)
	if err := findings.Err(); err != nil {
		return nil, err
	}
	return findings.Warnings(), nil
}

// agentPod returns a pod with mistakes: an account that no node can log on, a script of
// two lines, and an empty variable.
func agentPod() *corev1.Pod {
	yes, user := true, "ContainerAdministrator"
	pod := &corev1.Pod{}
	pod.Name = "agent"
	pod.Spec = corev1.PodSpec{
		OS:           &corev1.PodOS{Name: corev1.Windows},
		NodeSelector: map[string]string{corev1.LabelOSStable: "windows"},
		HostNetwork:  true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: &yes, RunAsUserName: &user,
		}},
		Containers: []corev1.Container{{
			Name:       "agent",
			Image:      "registry.example.com/agent:1.4",
			Command:    []string{"powershell.exe", "-Command", "Set-Location C:\\agent\n.\\agent.exe"},
			WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%",
			Env:        []corev1.EnvVar{{Name: "HTTP_PROXY"}},
		}},
	}
	return pod
}

// A controller validates a pod before it creates it, and repairs what it can.
func Example_gate() {
	pod := agentPod()
	_, err := admit(pod)
	var first validate.Finding
	fmt.Println("a finding:", errors.As(err, &first), first.Rule)
	for _, f := range (validate.Validator{}).Pod(pod) {
		fmt.Println(f.Severity, f.Rule, f.Field)
	}

	*pod.Spec.SecurityContext.WindowsOptions.RunAsUserName = `NT AUTHORITY\Local Service`
	pod.Spec.Containers[0].Command = []string{`%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`}
	warnings, err := admit(pod)
	fmt.Println("repaired:", err)
	for _, w := range warnings {
		fmt.Println(w)
	}
	// Output:
	// a finding: true account-container-user
	// error account-container-user spec.securityContext.windowsOptions.runAsUserName
	// warning env-empty spec.containers[0].env[0].value
	// error command-newline spec.containers[0].command[2]
	// repaired: <nil>
	// spec.containers[0].env[0].value: of "HTTP_PROXY" is empty: the variable is dropped, and the process gets the node's variable of that name, if any (remove the variable, or give it a value) [env-empty]
}
