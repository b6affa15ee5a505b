// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Dump prints a reproducible dump of an invented cluster of any size, in the format of
// kubectl get -o json. Use it to measure programs that read dumps:
//
//	go -C examples/kubectl-hostprocess run ./internal/dump -nodes 100000 > nodes.json
//	go -C examples/kubectl-hostprocess build -o /tmp/hostprocess .
//	go -C examples/kubectl-hostprocess run ./internal/dump -pods 1000000 -on 100000 | /usr/bin/time -v /tmp/hostprocess lint --nodes nodes.json -f -
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("dump", flag.ContinueOnError)
	flags.SetOutput(stderr)
	nodes := flags.Int("nodes", 0, "print a list with this `number` of nodes, every third with Linux")
	pods := flags.Int("pods", 0, "print a list with this `number` of pods, every tenth a HostProcess pod")
	on := flags.Int("on", 1000, "`number` of nodes that the pods run on")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if flags.NArg() > 0 || *nodes < 0 || *pods < 0 || *on < 1 || (*nodes > 0) == (*pods > 0) {
		fmt.Fprintln(stderr, "dump: pass -nodes N, or -pods N and -on N, each at least 1")
		return 2
	}
	err := error(nil)
	if *nodes > 0 {
		err = list(stdout, *nodes, nodeOf, func(i int) int { return i })
	} else {
		err = list(stdout, *pods, podOf, func(i int) int { return i % *on })
	}
	if err != nil {
		fmt.Fprintf(stderr, "dump: %v\n", err)
		return 1
	}
	return 0
}

// kinds is how many different objects there are; the others differ from them by
// their names only.
const kinds = 210

// list prints items with their own number, and the number of their node.
func list(to io.Writer, items int, object func(kind int) any, node func(i int) int) error {
	texts := make([][]byte, kinds)
	for k := range texts {
		var err error
		if texts[k], err = json.MarshalIndent(object(k), "        ", "    "); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(to, 1<<20)
	fmt.Fprint(out, "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n        ")
	for i := range items {
		if i > 0 {
			fmt.Fprint(out, ",\n        ")
		}
		n := node(i)
		named := bytes.ReplaceAll(texts[i%kinds], []byte("ITEM"), fmt.Appendf(nil, "%07d", i))
		named = bytes.ReplaceAll(named, []byte("NODE"), fmt.Appendf(nil, "%s-%06d", []string{"lin", "win", "win"}[n%3], n))
		if _, err := out.Write(named); err != nil {
			return err
		}
	}
	fmt.Fprint(out, "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n")
	return out.Flush()
}

// nodeOf is a node: of three runtimes, and of several builds of Windows.
func nodeOf(kind int) any {
	n := corev1.Node{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"}}
	n.Name = "NODE"
	info := &n.Status.NodeInfo
	*info = corev1.NodeSystemInfo{Architecture: "amd64", KubeletVersion: "v1.33.4"}
	pool := fmt.Sprint("pool-", kind%7)
	if kind%3 == 0 {
		info.OperatingSystem, info.KernelVersion, info.OSImage, info.ContainerRuntimeVersion = "linux", "6.8.0-1030", "Ubuntu 24.04.2 LTS", "containerd://2.1.1"
	} else {
		build := []string{"17763.7558", "20348.3932", "20348.4023", "26100.4349"}[kind%7%4]
		info.OperatingSystem, info.KernelVersion, info.OSImage = "windows", "10.0."+build, "Windows Server Datacenter"
		info.ContainerRuntimeVersion = "containerd://" + []string{"1.6.35", "1.7.20", "1.7.27", "2.1.1"}[kind%7%4]
	}
	n.Labels = map[string]string{
		corev1.LabelOSStable: info.OperatingSystem, corev1.LabelArchStable: "amd64", corev1.LabelHostname: "NODE",
		corev1.LabelTopologyZone: fmt.Sprint("zone-", kind%3), corev1.LabelInstanceTypeStable: "standard-8", "example.com/pool": pool,
	}
	if info.OperatingSystem == "windows" {
		n.Labels[corev1.LabelWindowsBuild] = info.KernelVersion[:strings.LastIndex(info.KernelVersion, ".")]
	}
	for i := range 40 { // a kubelet tells of 50
		n.Status.Images = append(n.Status.Images, corev1.ContainerImage{Names: []string{
			fmt.Sprintf("registry.example.com/team-%d/program-%d@sha256:%064x", i%5, i, i), fmt.Sprintf("registry.example.com/team-%d/program-%d:1.%d", i%5, i, i),
		}, SizeBytes: int64(i) << 20})
	}
	for _, condition := range []corev1.NodeConditionType{corev1.NodeMemoryPressure, corev1.NodeDiskPressure, corev1.NodePIDPressure, corev1.NodeReady} {
		n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{Type: condition, Status: corev1.ConditionFalse, Reason: "Kubelet", Message: "as the kubelet says"})
	}
	return n
}

// podOf is a pod of three containers, with a status. Some of the HostProcess
// pods have findings.
func podOf(kind int) any {
	p := corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}}
	p.Name, p.Namespace, p.UID = "pod-ITEM", fmt.Sprint("team-", kind%5), "7d0b8c9e-0000-4000-8000-00000ITEM"
	p.Labels = map[string]string{"app": fmt.Sprint("app-", kind%50), "pod-template-hash": "6f9c7b5d4"}
	p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: "agent", UID: "7d0b8c9e-0000-4000-8000-000000000001", Controller: ptr.To(true)}}
	s := &p.Spec
	s.NodeName, s.RestartPolicy, s.DNSPolicy = "NODE", corev1.RestartPolicyAlways, corev1.DNSDefault
	s.Volumes = []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "agent"}}}}}
	s.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	for i := range 3 {
		c := corev1.Container{
			Name: fmt.Sprint("container-", i), Image: fmt.Sprintf("registry.example.com/team/agent-%d:1.%d", i, kind),
			Command: []string{`%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`}, Args: []string{"--config", `%CONTAINER_SANDBOX_MOUNT_POINT%\etc\agent\config.yaml`},
			WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%", VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/agent"}},
			TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile, ImagePullPolicy: corev1.PullIfNotPresent,
		}
		for j := range 6 {
			c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprint("AGENT_OPTION_", j), Value: fmt.Sprint("value of ", j)})
		}
		s.Containers = append(s.Containers, c)
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: fmt.Sprintf("registry.example.com/team/agent@sha256:%064x", i), ContainerID: fmt.Sprintf("containerd://%064x", kind), Ready: true})
	}
	if kind%10 == 1 {
		s.HostNetwork, s.OS = true, &corev1.PodOS{Name: corev1.Windows}
		s.NodeSelector = map[string]string{corev1.LabelOSStable: "windows"}
		s.SecurityContext = &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true), RunAsUserName: ptr.To([]string{`NT AUTHORITY\Local Service`, "agents"}[kind/10%2])}}
	}
	return p
}
