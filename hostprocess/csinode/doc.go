// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package csinode builds the pod of a CSI node plugin on Windows: a driver, its
// registrar, and optionally a liveness probe.
//
//	driver := hostprocess.NewContainer("driver", "registry.example.com/driver:1.4").
//		WithCommand(hostprocess.ImageProgram("driver.exe", "--endpoint=$(CSI_ENDPOINT)").WithVariables())
//	registrar := hostprocess.NewContainer("registrar", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.17.0")
//	set, err := csinode.New("driver.example.com", driver, registrar).Pod().
//		WithServiceAccount("driver-node").
//		DaemonSet(metav1.ObjectMeta{Name: "driver-node", Namespace: "kube-system"})
//
// # The pod
//
// The driver listens on C:\var\lib\kubelet\plugins\driver.example.com\csi.sock. The
// registrar announces that socket to the kubelet, in
// C:\var\lib\kubelet\plugins_registry. HostProcess containers see both directories
// without a mount. The socket's directory is a volume anyway: the kubelet creates it
// before any container starts, so no init container is needed for that. The kubelet
// creates plugins_registry when it starts.
//
// [Plugin.Pod] returns a [hostprocess.Pod]. Use its methods for everything else: a
// service account, which most drivers need, tolerations, labels, the kinds of nodes
// that the pod is for, and more containers.
//
// Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet.go#L2230 (SyncPod waits for the volumes),
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/hostpath/host_path.go (checkTypeInternal),
// https://github.com/kubernetes-csi/node-driver-registrar/blob/v2.17.0/README.md,
// https://github.com/kubernetes-csi/livenessprobe/blob/v2.19.0/README.md
//
// # The account
//
// All containers run as SYSTEM. The kubelet creates plugins and plugins_registry with
// full access for their owner and none for the group Users, and what is created below
// inherits that. As LocalService, for example, the driver couldn't create its socket,
// and the registrar and the probe couldn't open it. A less privileged registrar would
// improve little: anyone who can write to plugins_registry chooses the drivers to which
// the kubelet passes volumes and their secrets.
//
// Kubelet 1.26 doesn't restrict the two directories, and newer ones don't restrict
// existing directories. That a less privileged account works there is UNVERIFIED (probe
// plugin-directories). To try one, call WithRunAs on the pod or a container.
//
// Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet.go#L1691-L1696 (setupDataDirs),
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/util/filesystem/util_windows.go (MkdirAll, Chmod),
// https://github.com/kubernetes/kubernetes/blob/v1.26.15/pkg/kubelet/kubelet.go#L1324-L1327
//
// # What it replaces
//
// The examples build the node plugins of six projects. A test compares each with the
// published one, field by field, and every difference is listed with its reason. In
// this table, the lines are those of the manifest and of the function in the example.
// The errors and warnings are those that package validate reports for the manifest; it
// reports none for the examples.
//
//	plugin            lines  here  errors and warnings
//	csi-driver-smb       95    19  1: a field for Linux
//	azuredisk           129    25  4: fields for Linux, a hook whose program isn't there
//	azurefile           122    24  4: fields for Linux
//	K2s                 101    18  1: a field for Linux; made from csi-driver-smb
//	vSphere             128    28  1: a DNS policy without effect
//	AWS EBS             322    38  3: a hook whose program isn't there, paths of mounts
package csinode
