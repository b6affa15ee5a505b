// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package fleet finds conflicts between workloads on the same node. All HostProcess pods
// of a node share its network, disk, sockets and local groups, so two workloads that work
// alone can break each other. No single manifest shows this; add them all to a Fleet:
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
// A Fleet takes any number of workloads and nodes, one at a time, and keeps only what each
// workload claims on a node.
//
// Two workloads conflict if they claim the same thing and can run on the same node. If you
// add nodes, these are taken for all nodes of the cluster: a workload can run on those
// whose labels, taints, operating system and runtime have no error in
// validate.Validator.Node. A node pool that is currently empty is then not considered.
// Without nodes, two workloads can meet if a Windows node can have labels that both
// select; unless one selects only nodes that the other selects too, such a node may not
// exist, and the conflict is at most a warning. A DaemonSet for Windows Server 2019 and one
// for Windows Server 2022 don't conflict, whichever of the usual labels they use.
//
// # What is a claim
//
//   - A port: each hostPort of regular containers and sidecars and, on the host's network,
//     each containerPort. Different protocols don't conflict. Addresses conflict as in the
//     scheduler: if they are equal, or if one side uses all addresses.
//   - A socket in the directories in which the kubelet looks for plugins (plugins,
//     plugins_registry, device-plugins), if a flag or a variable names it as the one to
//     listen on or to register, such as --endpoint, CSI_ENDPOINT and
//     --kubelet-registration-path. A socket that the program only connects to, as with
//     --csi-address, isn't a claim.
//   - The name of a CSI driver, in a flag --driver-name beside a registrar.
//   - A file or directory of the node that a hostPath volume mounts, unless the mount is
//     read-only, or the volume is a socket or a device. Directories that every node has,
//     and those that all plugins share, aren't claims.
//   - A local group that the pod creates with "net localgroup NAME /add" or
//     New-LocalGroup, with the access that it grants with icacls or like package
//     hostprocess. Two workloads that grant the same access don't conflict.
//   - A firewall rule that the pod creates with "New-NetFirewallRule -Name". Two workloads
//     with the same script don't conflict. A -DisplayName isn't a name.
//
// A program can do more than its manifest shows. The package doesn't see ports that a
// program doesn't declare, files that it writes without a mount, and scripts in a
// ConfigMap.
//
// The same mountPath in two pods is never a conflict. Without the bind filter, a mount is
// a link below the container's own root directory, C:\C\<ID> or C:\hpc\<ID>; with it, only
// the mount's container sees it (see package volumes).
//
// # Which workloads
//
// A Fleet takes everything that validate.Validator.Object takes, if its pod is a
// HostProcess pod. It skips objects that run nothing: workloads with zero replicas,
// suspended or finished Jobs, terminated pods and PodTemplates. It also skips objects that
// a Kubernetes workload controls: add the workload, not its ReplicaSets, Jobs and pods. A
// workload doesn't conflict with itself, however often it is added. For two of its pods on
// one node during an update, see the rules daemon-set-surge-ports and
// deployment-surge-ports in package validate.
//
// # Limits
//
// Memory grows with the claims, the different node selections, and the nodes. Time grows
// with the claims, and with the different selections times the kinds of nodes that they
// distinguish or, without nodes, with the pairs of selections that claim the same thing and
// that no label separates. The output doesn't grow with the pairs of workloads: if many
// claim the same thing, each is reported with the first that it can meet, and with up to
// seven more that can't meet those. Every workload with a conflict is reported at least
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
