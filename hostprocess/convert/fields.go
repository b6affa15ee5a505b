// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const linuxOnly = "it is for Linux, and the API server rejects it for a pod with spec.os.name windows"

// linuxOnlyPod removes what the API server rejects in a Windows pod, outside of the
// containers.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L5020
func (c *converter) linuxOnlyPod() {
	s := c.spec
	remove(c, "hostPID", &s.HostPID, linuxOnly)
	remove(c, "hostIPC", &s.HostIPC, linuxOnly)
	remove(c, "hostUsers", &s.HostUsers, linuxOnly)
	remove(c, "shareProcessNamespace", &s.ShareProcessNamespace, linuxOnly)
	remove(c, "resources", &s.Resources, "the API server rejects resources for the whole pod on Windows; set them for the containers")
	remove(c, "hostnameOverride", &s.HostnameOverride, "the API server rejects it together with hostNetwork")
	sc := s.SecurityContext
	const at = "securityContext."
	remove(c, at+"appArmorProfile", &sc.AppArmorProfile, linuxOnly)
	remove(c, at+"seLinuxOptions", &sc.SELinuxOptions, linuxOnly)
	remove(c, at+"seccompProfile", &sc.SeccompProfile, linuxOnly)
	remove(c, at+"fsGroup", &sc.FSGroup, linuxOnly)
	remove(c, at+"fsGroupChangePolicy", &sc.FSGroupChangePolicy, linuxOnly)
	remove(c, at+"sysctls", &sc.Sysctls, linuxOnly)
	remove(c, at+"runAsUser", &sc.RunAsUser, linuxOnly)
	remove(c, at+"runAsGroup", &sc.RunAsGroup, linuxOnly)
	remove(c, at+"supplementalGroups", &sc.SupplementalGroups, linuxOnly)
	remove(c, at+"supplementalGroupsPolicy", &sc.SupplementalGroupsPolicy, linuxOnly)
	remove(c, at+"seLinuxChangePolicy", &sc.SELinuxChangePolicy, linuxOnly)
	c.nonRoot(at, &sc.RunAsNonRoot)
}

func (c *converter) nonRoot(at string, field **bool) {
	if *field != nil && **field {
		remove(c, at+"runAsNonRoot", field, "a HostProcess container can't have it; runAsUserName determines its rights")
	}
}

// annotations removes the Linux security profiles that older pods set in annotations.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.26.0/pkg/apis/core/annotation_key_constants.go
func (c *converter) annotations(meta *metav1.ObjectMeta) {
	const appArmor, seccomp, ofContainer = "container.apparmor.security.beta.kubernetes.io/", "seccomp.security.alpha.kubernetes.io/pod", "container.seccomp.security.alpha.kubernetes.io/"
	spec := c.at
	c.at = strings.TrimSuffix(spec, "spec.")
	for _, key := range slices.Sorted(maps.Keys(meta.Annotations)) {
		if strings.HasPrefix(key, appArmor) || key == seccomp || strings.HasPrefix(key, ofContainer) {
			c.changed("metadata.annotations["+key+"]", show(meta.Annotations[key]), "", "it is for Linux")
			delete(meta.Annotations, key)
		}
	}
	c.at = spec
}

// container converts one container. at is its field and a dot.
func (c *converter) container(at string, container *corev1.Container) {
	if sc := container.SecurityContext; sc != nil {
		before := len(c.changes)
		c.securityContext(at+"securityContext.", sc)
		emptied(c, before, &container.SecurityContext)
	}
	for i := range container.Ports {
		p := &container.Ports[i]
		if p.HostPort != p.ContainerPort {
			remove(c, at+"ports"+index(i)+".hostPort", &p.HostPort, "ports aren't mapped on the node's network; the API server rejects any port but the container's")
		}
	}
	for i := range container.VolumeMounts {
		m := &container.VolumeMounts[i]
		if m.MountPropagation != nil && *m.MountPropagation == corev1.MountPropagationBidirectional {
			remove(c, at+"volumeMounts"+index(i)+".mountPropagation", &m.MountPropagation, "Windows has none, and the API server allows it in privileged containers only")
		}
		if m.RecursiveReadOnly != nil && *m.RecursiveReadOnly == corev1.RecursiveReadOnlyEnabled {
			remove(c, at+"volumeMounts"+index(i)+".recursiveReadOnly", &m.RecursiveReadOnly, "Windows has none, and the container would not start")
		}
	}
	c.stopSignal(at, container)
}

// stopSignal keeps the two signals that Windows supports.
func (c *converter) stopSignal(at string, container *corev1.Container) {
	l := container.Lifecycle
	if l == nil || l.StopSignal == nil || *l.StopSignal == corev1.SIGTERM || *l.StopSignal == corev1.SIGKILL {
		return
	}
	before := len(c.changes)
	remove(c, at+"lifecycle.stopSignal", &l.StopSignal, "the API server allows only SIGTERM and SIGKILL in a Windows pod")
	emptied(c, before, &container.Lifecycle)
}

// emptied removes what has become empty.
func emptied[T any](c *converter, before int, at **T) {
	var none T
	if len(c.changes) > before && equality.Semantic.DeepEqual(**at, none) {
		*at = nil
	}
}

// securityContext removes what the API server rejects in a Windows container.
func (c *converter) securityContext(at string, sc *corev1.SecurityContext) {
	remove(c, at+"appArmorProfile", &sc.AppArmorProfile, linuxOnly)
	remove(c, at+"seLinuxOptions", &sc.SELinuxOptions, linuxOnly)
	remove(c, at+"seccompProfile", &sc.SeccompProfile, linuxOnly)
	remove(c, at+"capabilities", &sc.Capabilities, linuxOnly)
	remove(c, at+"readOnlyRootFilesystem", &sc.ReadOnlyRootFilesystem, linuxOnly)
	remove(c, at+"privileged", &sc.Privileged, linuxOnly)
	remove(c, at+"allowPrivilegeEscalation", &sc.AllowPrivilegeEscalation, linuxOnly)
	remove(c, at+"procMount", &sc.ProcMount, linuxOnly)
	remove(c, at+"runAsUser", &sc.RunAsUser, linuxOnly)
	remove(c, at+"runAsGroup", &sc.RunAsGroup, linuxOnly)
	c.nonRoot(at, &sc.RunAsNonRoot)
	options := sc.WindowsOptions
	if options == nil {
		return
	}
	before := len(c.changes)
	remove(c, at+"windowsOptions.hostProcess", &options.HostProcess, "it is set once, for the pod")
	c.account(at+"windowsOptions.runAsUserName", &options.RunAsUserName)
	emptied(c, before, &sc.WindowsOptions)
}

// isPipe reports whether a path is the name of a pipe.
func isPipe(path string) bool {
	return strings.HasPrefix(strings.ToLower(strings.ReplaceAll(path, "\\", "/")), "//./pipe/")
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
