// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

// Default directories and endpoints of a Windows node. They are files of the node: a
// HostProcess container accesses them without a mount, unless a mount hides them.
//
// The kubelet's own defaults have no drive, so they are on the drive from which it was
// started, which is usually C:.
//
// Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/cmd/kubelet/app/options/options.go (defaultRootDir)
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/config/defaults.go
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/kubelet.go (DefaultContainerLogsDir)
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/apis/config/v1beta1/defaults.go (DefaultPodLogsDir)
// https://github.com/kubernetes/kubelet/blob/v0.34.0/pkg/apis/deviceplugin/v1beta1/constants.go
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/util/util_windows.go (LocalEndpoint)
// https://github.com/containerd/containerd/blob/v2.1.1/defaults/defaults_windows.go
const (
	KubeletDir                = `C:\var\lib\kubelet`
	KubeletPluginsDir         = KubeletDir + `\plugins`                     // sockets of CSI drivers
	KubeletRegistrationDir    = KubeletDir + `\plugins_registry`            // sockets by which plugins register
	KubeletDevicePluginSocket = KubeletDir + `\device-plugins\kubelet.sock` // where device plugins register

	PodLogsDir       = `C:\var\log\pods`
	ContainerLogsDir = `C:\var\log\containers`

	PodResourcesPipe = `\\.\pipe\kubelet-pod-resources`
	ContainerdPipe   = `\\.\pipe\containerd-containerd`
)
