// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/volumes"
)

// The views below are what checks see. They are small and passed by value, so
// that judging a pod without findings allocates nothing.

// workload is the object around a pod template, where an update strategy has a
// say. At most one of the two is set.
type workload struct {
	deployment *appsv1.Deployment
	daemonSet  *appsv1.DaemonSet
}

// pod is the pod that is judged. Its spec is never nil.
type pod struct {
	spec *corev1.PodSpec
	// meta is nil where a PodSpec alone is judged.
	meta *metav1.ObjectMeta
	// minor is the Kubernetes minor of the API server: 37 for v1.37.
	minor int
	// set is the StatefulSet around the pod, whose volumeClaimTemplates become
	// volumes; nil for any other object.
	set *appsv1.StatefulSet
	// volumes finds volumes by name.
	volumes index
	// nodes holds every behaviour that at least one target shows.
	nodes behaviour
}

// windows returns the pod's windowsOptions, or an empty one.
func (p pod) windows() corev1.WindowsSecurityContextOptions {
	if p.spec.SecurityContext == nil || p.spec.SecurityContext.WindowsOptions == nil {
		return corev1.WindowsSecurityContextOptions{}
	}
	return *p.spec.SecurityContext.WindowsOptions
}

// osName is spec.os.name, or nothing.
func (p pod) osName() corev1.OSName {
	if p.spec.OS == nil {
		return ""
	}
	return p.spec.OS.Name
}

// volume finds a volume of the pod by its name; nil where there is none. It asks
// the index itself: a clean pod has nothing that costs more, and index.find can't
// be inlined.
func (p pod) volume(name string) *corev1.Volume {
	if p.volumes != nil {
		if i, ok := p.volumes[name]; ok {
			return &p.spec.Volumes[i]
		}
		return nil
	}
	for i := range p.spec.Volumes {
		if p.spec.Volumes[i].Name == name {
			return &p.spec.Volumes[i]
		}
	}
	return nil
}

func (p pod) volumeName(i int) string { return p.spec.Volumes[i].Name }

// claimTemplate says whether a StatefulSet makes a volume of that name.
func (p pod) claimTemplate(name string) bool {
	return p.set != nil && slices.ContainsFunc(p.set.Spec.VolumeClaimTemplates, func(c corev1.PersistentVolumeClaim) bool {
		return c.Name == name
	})
}

// containerKind is one of the three lists of containers of a pod.
type containerKind uint8

const (
	initContainer containerKind = iota
	regularContainer
	ephemeralContainer
)

// container is one container of the pod, with its place.
type container struct {
	*corev1.Container
	kind  containerKind
	index int
}

// path is the container's field below the pod's spec: "initContainers[0]".
func (c container) path() string {
	list := [...]string{"initContainers", "containers", "ephemeralContainers"}[c.kind]
	return list + "[" + strconv.Itoa(c.index) + "]"
}

// windows returns the container's own windowsOptions, or an empty one.
func (c container) windows() corev1.WindowsSecurityContextOptions {
	if c.SecurityContext == nil || c.SecurityContext.WindowsOptions == nil {
		return corev1.WindowsSecurityContextOptions{}
	}
	return *c.SecurityContext.WindowsOptions
}

// hostProcess is the value that holds for the container: its own, else the
// pod's, else false.
func (p pod) hostProcess(c container) bool {
	value := c.windows().HostProcess
	if value == nil {
		value = p.windows().HostProcess
	}
	return value != nil && *value
}

// runAsUserName is the value that holds for the container: its own, else the
// pod's, else nil.
func (p pod) runAsUserName(c container) *string {
	if own := c.windows().RunAsUserName; own != nil {
		return own
	}
	return p.windows().RunAsUserName
}

// isUsualIdentity says whether a container leaves to the pod who it is, and the
// pod names an account that is not the most powerful one.
func (p pod) isUsualIdentity(c container) bool {
	if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil {
		return false
	}
	name := p.windows().RunAsUserName
	return name != nil && !isLocalSystem(*name)
}

// isLocalSystem says whether a runAsUserName is the most powerful account.
func isLocalSystem(runAsUserName string) bool {
	const system = string(accounts.LocalSystem)
	return len(runAsUserName) == len(system) && strings.EqualFold(runAsUserName, system)
}

// containers ranges over all containers, init containers first, then
// regular, then ephemeral ones. It is the one walk over containers.
func (p pod) containers(yield func(container) bool) {
	for i := range p.spec.InitContainers {
		if !yield(container{&p.spec.InitContainers[i], initContainer, i}) {
			return
		}
	}
	for i := range p.spec.Containers {
		if !yield(container{&p.spec.Containers[i], regularContainer, i}) {
			return
		}
	}
	for i := range p.spec.EphemeralContainers {
		// The two types have the same fields by construction.
		c := (*corev1.Container)(&p.spec.EphemeralContainers[i].EphemeralContainerCommon)
		if !yield(container{c, ephemeralContainer, i}) {
			return
		}
	}
}

// mount is one volumeMount of a container, with the volume it names; the volume
// is nil where the pod has none of that name.
type mount struct {
	*corev1.VolumeMount
	volume *corev1.Volume
	index  int
	// at is where its mountPath is on a node with the bind filter, from which the
	// places on other nodes follow. It is nowhere if the mountPath is refused.
	at volumes.Location
	// refused is why nothing can be mounted at the mountPath, or zero.
	refused volumes.Reason
	// spelling is how the mountPath is written.
	spelling spelling
}

// mount is the i-th volumeMount of the container, which is at a location.
func (p pod) mount(c container, i int, at volumes.Location) mount {
	m := mount{VolumeMount: &c.VolumeMounts[i], volume: p.volume(c.VolumeMounts[i].Name), index: i, at: at, spelling: spellingOf(c.VolumeMounts[i].MountPath)}
	if at == (volumes.Location{}) {
		_, err := volumes.Bind.Resolve(m.MountPath)
		m.refused = reasonOf(err)
	}
	return m
}

// hasOptions says whether the mount says more than what is mounted, and where.
func hasOptions(m *corev1.VolumeMount) bool {
	return m.ReadOnly || m.RecursiveReadOnly != nil || m.MountPropagation != nil || m.SubPath != "" || m.SubPathExpr != ""
}

// isForLinux says whether any field is set that is meant for Linux: one of
// linuxOnlyFields, or runAsNonRoot.
func (p pod) isForLinux() bool {
	for range p.linuxOnlyFields {
		return true
	}
	if s := p.spec.SecurityContext; s != nil && s.RunAsNonRoot != nil {
		return true
	}
	for c := range p.containers {
		if c.SecurityContext != nil && c.SecurityContext.RunAsNonRoot != nil {
			return true
		}
	}
	return false
}

// hasNames says whether the pod says anything of the names it has, or looks up.
func (p pod) hasNames() bool {
	s := p.spec
	return s.DNSPolicy != "" || s.DNSConfig != nil || len(s.HostAliases) > 0 ||
		s.Hostname != "" || s.Subdomain != "" || s.HostnameOverride != nil || s.SetHostnameAsFQDN != nil
}

// selectsWindows says whether the pod selects nodes by kubernetes.io/os: windows
// and by nothing else, as nearly every pod does.
func (p pod) selectsWindows() bool {
	return p.spec.Affinity == nil && len(p.spec.NodeSelector) == 1 && p.spec.NodeSelector[corev1.LabelOSStable] == string(corev1.Windows)
}

// hasHandlers says whether the container has probes or hooks.
func (c container) hasHandlers() bool {
	return c.LivenessProbe != nil || c.ReadinessProbe != nil || c.StartupProbe != nil || c.Lifecycle != nil
}

// runsHostProcess says whether any container really is a HostProcess container.
func (p pod) runsHostProcess() bool {
	for c := range p.containers {
		if p.hostProcess(c) {
			return true
		}
	}
	return false
}
