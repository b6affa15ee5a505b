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
// say. At most one of them is set.
type workload struct {
	deployment  *appsv1.Deployment
	daemonSet   *appsv1.DaemonSet
	statefulSet *appsv1.StatefulSet
}

// pod is the pod that is judged. Its spec is never nil.
type pod struct {
	spec *corev1.PodSpec
	// meta is nil where a PodSpec alone is judged.
	meta *metav1.ObjectMeta
	// set is the StatefulSet around the pod, whose volumeClaimTemplates become
	// volumes; nil for any other object.
	set *appsv1.StatefulSet
	// index finds volumes by name; nil while there are few.
	index *volumeIndex
	// claims finds the templates of the set by name.
	claims index
	// minor is the Kubernetes minor of the API server: 37 for v1.37.
	minor int
	// nodes are all that at least one target is.
	nodes nodeSet
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

// volume finds a volume of the pod by its name; nil where there is none.
func (p pod) volume(name string) *corev1.Volume {
	if p.index != nil {
		if i, ok := p.index.byName[name]; ok {
			return &p.spec.Volumes[i]
		}
		return nil
	}
	all := p.spec.Volumes
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// mounted reports whether a container of the pod mounts the volume of that name.
func (p pod) mounted(volume string) bool {
	if p.index != nil {
		return p.index.mounted[volume]
	}
	for c := range p.containers {
		if slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume }) {
			return true
		}
	}
	return false
}

// volumeIndex makes the cost of a pod with many volumes linear.
type volumeIndex struct {
	byName  map[string]int
	mounted map[string]bool
}

// newVolumeIndex returns the index of a pod; nil if it has few volumes, which are
// searched, so that a usual pod costs no allocation.
func newVolumeIndex(p pod) *volumeIndex {
	if len(p.spec.Volumes) <= few {
		return nil
	}
	x := &volumeIndex{newIndex(len(p.spec.Volumes), func(i int) string { return p.spec.Volumes[i].Name }), map[string]bool{}}
	for c := range p.containers {
		for i := range c.VolumeMounts {
			x.mounted[c.VolumeMounts[i].Name] = true
		}
	}
	return x
}

// claimTemplate reports whether a StatefulSet makes a volume of that name.
func (p pod) claimTemplate(name string) bool {
	return p.set != nil && p.claims.find(name, len(p.set.Spec.VolumeClaimTemplates), p.claimName) >= 0
}

// claimName is the name of a template of the set.
func (p pod) claimName(i int) string { return p.set.Spec.VolumeClaimTemplates[i].Name }

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

// fieldBelow returns the path of a field of the container, below the pod's spec; of
// the zero container, that of a field of the spec.
func (c container) fieldBelow(field string) string {
	if c.Container == nil {
		return field
	}
	return c.path() + "." + field
}

// windows returns the container's own windowsOptions, or an empty one.
func (c container) windows() corev1.WindowsSecurityContextOptions {
	if c.SecurityContext == nil || c.SecurityContext.WindowsOptions == nil {
		return corev1.WindowsSecurityContextOptions{}
	}
	return *c.SecurityContext.WindowsOptions
}

// hostProcess returns the effective value for the container: its own, else the pod's,
// else false.
func (p pod) hostProcess(c container) bool {
	value := c.windows().HostProcess
	if value == nil {
		value = p.windows().HostProcess
	}
	return value != nil && *value
}

// runAsUserName returns the effective value for the container: its own, else the pod's,
// else nil.
func (p pod) runAsUserName(c container) *string {
	if own := c.windows().RunAsUserName; own != nil {
		return own
	}
	return p.windows().RunAsUserName
}

// isLocalSystem reports whether a runAsUserName is the most powerful account.
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
	traits traits
	// rel is a plain path without its drive and the separator after it.
	rel string
	// resolved keeps what the path is resolved to, if it is odd.
	resolved *resolvedPath
}

// resolvedPath is where a mountPath is on a node with the bind filter, from which
// the places on other nodes follow; or why nothing can be mounted there.
type resolvedPath struct {
	at      volumes.Location
	refused volumes.Reason
}

func resolvePath(mountPath string) resolvedPath {
	at, err := volumes.ModeBind.Resolve(mountPath)
	return resolvedPath{at, reasonOf(err)}
}

// mounts appends the mounts of a container to list.
func (p pod) mounts(c container, list []mount) []mount {
	for i := range c.VolumeMounts {
		v := &c.VolumeMounts[i]
		m := mount{VolumeMount: v, volume: p.volume(v.Name)}
		m.traits, m.rel = mountTraits(v, m.volume)
		if m.traits&hasOddPath != 0 {
			resolved := resolvePath(v.MountPath)
			m.resolved = &resolved
		}
		list = append(list, m)
	}
	return list
}

// resolve returns what the mountPath is resolved to, which costs little where it
// was not kept.
func (m *mount) resolve() resolvedPath {
	if m.resolved != nil {
		return *m.resolved
	}
	return resolvePath(m.MountPath)
}

// at is where the mount is; nowhere if its mountPath is refused.
func (m *mount) at() volumes.Location { return m.resolve().at }

// refused is why nothing can be mounted at the mountPath, or zero.
func (m *mount) refused() volumes.Reason { return m.resolve().refused }

// fault returns the volumes.PathError of a mountPath that is refused, or nil. It is the
// cause of a problem.
func (m *mount) fault() any {
	if reason := m.refused(); reason != "" {
		return volumes.PathError{Path: m.MountPath, Reason: reason}
	}
	return nil
}

// runsHostProcess reports whether any container really is a HostProcess container.
func (p pod) runsHostProcess() bool {
	for c := range p.containers {
		if p.hostProcess(c) {
			return true
		}
	}
	return false
}
