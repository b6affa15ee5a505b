// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
)

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
  os: {name: windows}
  hostNetwork: true
  nodeSelector: {kubernetes.io/os: windows}
  securityContext: {windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\Local Service'}}
  containers:
  - {name: agent, image: agent:1, command: ['%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe'], workingDir: '%CONTAINER_SANDBOX_MOUNT_POINT%'}
`

func TestCheck(t *testing.T) {
	broken := strings.Replace(pod, "hostNetwork: true", "hostNetwork: false", 1)
	for _, test := range []struct {
		name, in, out string
		failed, err   bool
	}{
		{name: "nothing"},
		{name: "empty documents", in: "---\n---\n# nothing\n---\n"},
		{name: "a right pod", in: pod},
		{name: "a broken pod behind a right one", in: pod + "---" + broken, out: "error: spec.hostNetwork", failed: true},
		{name: "an object without a pod", in: "apiVersion: v1\nkind: ConfigMap\n", out: "skipped, it holds no pod: "},
		{name: "an object of an unknown kind", in: "apiVersion: example.com/v1\nkind: Agent\n---" + broken, out: "skipped, it holds no pod: ", failed: true},
		{name: "no YAML", in: "a: [", err: true},
		{name: "no object", in: "a: b", err: true},
	} {
		var out strings.Builder
		failed, err := check(strings.NewReader(test.in), &out)
		if failed != test.failed || (err != nil) != test.err || !strings.HasPrefix(out.String(), test.out) || test.out == "" && out.Len() > 0 {
			t.Errorf("%s: failed %t, %v, %q", test.name, failed, err, out.String())
		}
	}
}
