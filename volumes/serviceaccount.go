// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

// ServiceAccountDir is the mountPath at which the kubelet mounts the credentials of the
// pod's service account in each container: the files token, ca.crt and namespace. In the
// symlink modes, programs can't open this path. Refer to the files with Portable and
// Ref.Join; in a program inside the container, use package agent.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.34.0/plugin/pkg/admission/serviceaccount/admission.go (DefaultAPITokenMountPath)
const ServiceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// DefaultTerminationLog is the path of the termination log of a container without a
// terminationMessagePath. The kubelet mounts it as a single file.
//
// Source: https://github.com/kubernetes/api/blob/v0.34.0/core/v1/types.go (TerminationMessagePathDefault)
const DefaultTerminationLog = "/dev/termination-log"
