// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package firewall opens ports in the Windows firewall of the nodes.
//
// The containers of a HostProcess pod are on the network of the node, whose firewall
// drops what no rule lets in: a metrics endpoint answers the kubelet's probes, but not
// Prometheus. A [Rule] is one inbound rule of that firewall, as a value. Its init
// container makes the rule where it is missing and changes it where it differs:
//
//	rule := firewall.NewRule("windows-exporter").WithPorts(corev1.ProtocolTCP, 9182)
//	pod := hostprocess.NewPod(accounts.LocalSystem, exporter).
//		WithInitContainers(rule.Container())
//
// Rules outlive the pods that made them. [Rule.Removal] is a pod that removes one.
//
// # The scripts
//
// Both are scripts of PowerShell that stand in the manifest, so that whoever reviews
// what will run as SYSTEM can read them. They use the cmdlets of the module NetSecurity
// and not netsh, which Microsoft advises against:
// https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-R2-and-2012/hh831755(v=ws.11).
//
// The scripts haven't been run by the tests of this module, which have no Windows. What
// they rely on is documented, or done by others on the nodes of clusters; the comments
// name the sources.
package firewall
