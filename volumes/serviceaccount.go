// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

// Where the kubelet mounts the credentials of the pod's service account in each
// container, as mountPaths. In the symlink modes these are not paths that a
// program can open: see ServiceAccountRefs and Root.Cluster.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.34.0/plugin/pkg/admission/serviceaccount/admission.go (DefaultAPITokenMountPath)
const (
	ServiceAccountDir           = "/var/run/secrets/kubernetes.io/serviceaccount"
	ServiceAccountTokenFile     = ServiceAccountDir + "/token"
	ServiceAccountCAFile        = ServiceAccountDir + "/ca.crt"
	ServiceAccountNamespaceFile = ServiceAccountDir + "/namespace"
)

// DefaultTerminationLog is the path of the termination log of a container that
// sets no terminationMessagePath. The kubelet mounts it as a single file.
//
// Source: https://github.com/kubernetes/api/blob/v0.34.0/core/v1/types.go (TerminationMessagePathDefault)
const DefaultTerminationLog = "/dev/termination-log"

// ServiceAccountRefs are references to the files of the pod's service account.
// Get them from ServiceAccount; those of the zero value name the root.
type ServiceAccountRefs struct {
	Dir       Ref // the directory that holds the three files
	Token     Ref // the bearer token, which the kubelet replaces before it expires
	CA        Ref // the certificates that the API server's is checked with
	Namespace Ref // the namespace of the pod
}

// ServiceAccount returns references to the files of the pod's service account,
// for manifests and scripts. A program in the container uses Root.Cluster.
func ServiceAccount() ServiceAccountRefs {
	const dir = `var\run\secrets\kubernetes.io\serviceaccount`
	return ServiceAccountRefs{Ref{dir}, Ref{dir + `\token`}, Ref{dir + `\ca.crt`}, Ref{dir + `\namespace`}}
}
