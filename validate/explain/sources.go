// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

// The code that writes the texts, each pinned to a tag or a commit. Entries add the
// lines.
const (
	validationSource = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go"
	sandboxSource    = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_sandbox.go"
	predicateSource  = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/predicate.go"
	admissionSource  = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/pod-security-admission/admission/admission.go"
	shimSource       = "https://github.com/microsoft/hcsshim/blob/v0.12.9/cmd/containerd-shim-runhcs-v1/"
	jobSource        = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go"
	logonSource      = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go"
	logonSource16    = "https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/logon.go"
	mountsSource     = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go"
	mountsSource16   = "https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/mounts.go"
	pathSource       = "https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/path.go"
	docSource        = "https://github.com/kubernetes/website/blob/23009a516ff325a0d551d0f69de43ceeeac60d65/content/en/docs/tasks/configure-pod-container/create-hostprocess-pod.md"
)
