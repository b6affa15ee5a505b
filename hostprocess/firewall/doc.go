// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package firewall opens ports in the Windows firewall of the nodes, for HostProcess
// pods that must be reached from elsewhere:
//
//	rule := firewall.NewRule("windows-exporter").WithPorts(corev1.ProtocolTCP, 9182)
//	pod := hostprocess.NewPod(accounts.LocalSystem, exporter).
//		WithInitContainers(rule.Container())
//
// The containers of a HostProcess pod use the network of the node, whose firewall drops
// connections that no rule allows: a metrics endpoint answers the kubelet's probes, but
// not Prometheus. A [Rule] is one inbound rule of that firewall, as a value. Its init
// container creates the rule if it is missing, and changes it if it differs.
//
// Rules outlive the pods that created them. [Rule.Removal] is a pod that removes one.
//
// # The scripts
//
// The PowerShell scripts are in the manifest, so that reviewers can read what runs as
// SYSTEM. They use the cmdlets of the module NetSecurity instead of netsh, which
// Microsoft advises against:
// https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-R2-and-2012/hh831755(v=ws.11).
//
// The tests of this module, which have no Windows, don't run the scripts. What they
// rely on is documented, or used by others on the nodes of clusters; the comments link
// to the sources.
package firewall
