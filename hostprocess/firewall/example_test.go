// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package firewall_test

import (
	"fmt"
	"log"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess/firewall"
)

// After the workload is gone, a DaemonSet removes the rule from every node; delete it
// as soon as all of its pods are ready.
func ExampleRule_Removal() {
	set, err := firewall.NewRule("windows-exporter").Removal().
		DaemonSet(metav1.ObjectMeta{Name: "remove-firewall-rule", Namespace: "monitoring"})
	if err != nil {
		log.Fatal(err)
	}
	spec := set.Spec.Template.Spec
	fmt.Println(spec.InitContainers[0].Name)
	fmt.Println(spec.InitContainers[0].Env[0].Value)
	// Output:
	// remove-firewall-rule-windows-exporter
	// $ErrorActionPreference = 'Stop'
	// $name = 'windows-exporter'
	// function Find-Rule {
	//   try { Get-NetFirewallRule -Name $name -ErrorAction Stop } catch {
	//     if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*') { throw }
	//   }
	// }
	// if (Find-Rule) { Remove-NetFirewallRule -Name $name -ErrorAction Stop }
	// exit 0
}

// A rule that only lets Prometheus in, which runs in the network of the pods, and not
// on networks that are public.
func ExampleRule_WithRemoteAddresses() {
	rule := firewall.NewRule("windows-exporter").
		WithPorts(corev1.ProtocolTCP, 9182).
		WithRemoteAddresses("10.244.0.0/16").
		WithProfiles(firewall.ProfileDomain, firewall.ProfilePrivate)
	spec, err := pod(rule).Build()
	if err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(spec.InitContainers[0].Env[0].Value) {
		if strings.Contains(line, "= '") {
			fmt.Print(line)
		}
	}
	// Output:
	// $ErrorActionPreference = 'Stop'
	// $name = 'windows-exporter'
	//   Enabled = 'True'
	//   Direction = 'Inbound'
	//   Action = 'Allow'
	//   Profile = 'Domain', 'Private'
	//   Protocol = 'TCP'
	//   LocalPort = '9182'
	//   RemoteAddress = '10.244.0.0/255.255.0.0'
	//   Program = 'Any'
	//   Service = 'Any'
}

// Three rules: for a program of the node, a service of the node, and a range of ports.
// Their scripts are files of one ConfigMap, which is applied first.
func ExampleRule_WithConfigMap() {
	rules := []firewall.Rule{
		firewall.NewRule("kubeadm").WithProgram(`C:\k\kubeadm.exe`),
		firewall.NewRule("time").WithService("W32Time").WithPorts(corev1.ProtocolUDP, 123),
		firewall.NewRule("node-ports").WithPortRange(corev1.ProtocolTCP, 30000, 32767),
	}
	p := pod()
	for _, rule := range rules {
		rule = rule.WithConfigMap("firewall").WithImage("registry.example.com/windows-host-process-containers-base-image:2.0.0")
		p = p.WithInitContainers(rule.Container())
	}
	maps, err := p.ConfigMaps("kube-system")
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range maps {
		fmt.Println(m.Name, len(m.Data))
	}
	// Output:
	// firewall 3
}
