// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package convert_test

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/hostprocess/convert"
)

func Example() {
	var set appsv1.DaemonSet
	if err := yaml.Unmarshal([]byte(`
spec:
  template:
    spec:
      hostNetwork: true
      hostPID: true
      nodeSelector:
        kubernetes.io/os: linux
      containers:
      - name: agent
        image: registry.example.com/agent:1.4
        command: [/usr/local/bin/agent]
        securityContext:
          privileged: true
`), &set); err != nil {
		fmt.Println(err)
		return
	}
	conversion, err := convert.Workload(&set)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range conversion.Changes {
		fmt.Printf("%s: %s, now %s\n", c.Field, orUnset(c.Before), orUnset(c.After))
	}
	for _, d := range conversion.Open {
		fmt.Println("open:", d.Field)
	}
	// Output:
	// spec.template.spec.securityContext.windowsOptions.hostProcess: unset, now true
	// spec.template.spec.securityContext.windowsOptions.runAsUserName: unset, now "NT AUTHORITY\\Local Service"
	// spec.template.spec.hostPID: true, now unset
	// spec.template.spec.containers[0].securityContext.privileged: true, now unset
	// spec.template.spec.os: unset, now {"name":"windows"}
	// spec.template.spec.nodeSelector[kubernetes.io/os]: "linux", now "windows"
	// open: spec.template.spec.securityContext.windowsOptions.runAsUserName
	// open: spec.template.spec.containers[0].command[0]
}

func orUnset(value string) string {
	if value == "" {
		return "unset"
	}
	return value
}
