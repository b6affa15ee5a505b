// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package fleet finds what goes wrong between workloads on one node.
//
// All HostProcess pods of a node share its network, its disk, its sockets and its local
// groups, and no single manifest shows that two of them want the same. A Fleet takes any
// number of workloads and nodes, one at a time, and keeps only what each of them claims
// of a node:
//
//	var f fleet.Fleet
//	for _, object := range objects {
//		if err := f.Add(object); err != nil {
//			log.Fatal(err)
//		}
//	}
//	for _, conflict := range f.Conflicts() {
//		fmt.Println(conflict)
//	}
//
// Two workloads conflict if they claim the same and can be on one node. Where nodes were
// added, these are all the nodes there are: a workload can be on those whose labels,
// taints, system and runtime validate.Validator.Node finds no error in. A pool that has no
// nodes at the moment isn't seen then. Where none were added, two workloads can meet if a Windows node can have labels that both select; if
// neither selects only what the other does too, it isn't certain that there is such a
// node, and the conflict is a warning at most. A DaemonSet for Windows Server 2019 and
// one for Windows Server 2022 don't conflict, by whichever of the usual labels they tell
// them apart.
//
// # What is a claim
//
//   - A port: each hostPort of regular containers and sidecars and, on the host's network,
//     each containerPort. Protocols are told apart, and addresses as the scheduler does it:
//     the same address, or all addresses on one side.
//   - A socket in the directories in which the kubelet looks for plugins (plugins,
//     plugins_registry, device-plugins), where a flag or a variable names it as the one to
//     listen on or to register, such as --endpoint, CSI_ENDPOINT and
//     --kubelet-registration-path. One that is only connected to, as by --csi-address, is
//     no claim.
//   - The name of a CSI driver, where a flag --driver-name stands beside a registrar.
//   - A file or directory of the node that a hostPath volume is mounted from, unless the
//     mount is read-only, or its volume a socket or a device. Directories that every node
//     has, and those that all plugins share, are no claims.
//   - A local group that the pod makes with "net localgroup NAME /add" or New-LocalGroup,
//     together with what it grants with icacls, or as package hostprocess does. Two
//     workloads that grant the same don't conflict.
//   - A rule of the firewall that the pod makes with "New-NetFirewallRule -Name". Two
//     workloads with the same script don't conflict, and a -DisplayName is no name.
//
// A program can do more than its manifest shows: a port that it listens on without
// declaring it, a file that it writes without a mount, or a script in a ConfigMap aren't
// seen.
//
// The same mountPath in two pods is no conflict on any node. Without the bind filter a
// mount is a link below the container's own root, C:\C\<ID> or C:\hpc\<ID>, and with it
// the mount is seen by its container alone (see package volumes).
//
// # Which workloads
//
// Everything that validate.Validator.Object takes, if its pod is a HostProcess pod.
// Skipped is what runs nothing: zero replicas, a suspended or finished Job, a pod that
// has ended, a PodTemplate. An object that a workload of Kubernetes controls is skipped, too: add the
// workload, not its ReplicaSets, Jobs and pods. A workload doesn't conflict with itself,
// whatever its update strategy and however often it is added: whether its own update can
// put two of its pods on one node is what the rules daemon-set-surge-ports and
// deployment-surge-ports of package validate tell.
//
// # How much
//
// The memory grows with the claims, the different selections of nodes, and the nodes; the
// time with the claims, and with the different selections times the kinds of nodes that
// they tell apart, or, without nodes, with the pairs of selections that claim one thing and
// that no label tells apart. The output doesn't grow with the pairs of workloads: of many
// that claim the same, each is reported with the first that it can meet, and with up to
// seven more that can't meet those. Every workload that has a conflict is reported at least
// once for each thing.
//
// Sources:
//   - https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/util/utils.go#L240-L276 (GetHostPorts)
//   - https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/kube-scheduler/framework/types.go#L637 (CheckConflict)
//   - https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/scheduler/eventhandlers.go#L885 (what the kubelet admits)
//   - https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/csi/csi_plugin.go#L242-L283 (one CSI driver of a name)
//   - https://github.com/kubernetes-csi/node-driver-registrar/blob/v2.17.0/cmd/csi-node-driver-registrar/node_register.go (the registration's socket)
//   - https://github.com/kubernetes-csi/csi-driver-smb/blob/v1.20.3/pkg/csi-common/server.go (a driver deletes the socket that is there)
//   - https://github.com/containerd/containerd/blob/v2.3.4/vendor/github.com/containerd/go-cni/opts.go (loadFromConfDir: the first CNI configuration by name)
//   - https://github.com/MicrosoftDocs/windows-powershell-docs/blob/f113d6bda7df4bf60fb213c320c12678b40ae571/docset/winserver2025-ps/NetSecurity/New-NetFirewallRule.md#-name (one firewall rule of a name)
package fleet
