// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

// ServiceAccountDir is where the kubelet mounts the credentials of the pod's service
// account in each container, as a mountPath: the files token, ca.crt and namespace. In
// the symlink modes it is not a path that a program can open. Name the files with
// Portable and Ref.Join; a program in the container uses package agent.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.34.0/plugin/pkg/admission/serviceaccount/admission.go (DefaultAPITokenMountPath)
const ServiceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// DefaultTerminationLog is the path of the termination log of a container that
// sets no terminationMessagePath. The kubelet mounts it as a single file.
//
// Source: https://github.com/kubernetes/api/blob/v0.34.0/core/v1/types.go (TerminationMessagePathDefault)
const DefaultTerminationLog = "/dev/termination-log"
