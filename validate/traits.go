// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// traits are properties of a subject that are cheap to compute. A rule about something
// rare names the trait that a subject must have in its row (about), and is not
// tried on others. Traits only save time: a check must be right without them, and
// a rule that names none is tried always. What most pods have is no trait, so that
// nothing at all is tried on most parts of them.
type traits uint64

// always is a trait of every subject, for rules that name none.
const always traits = 1 << 63

// Traits of a pod, a container and a mount. Those of a command line are in
// commands.go.
const (
	// hasLinuxFields: a field is set that means something on Linux only. All of a
	// container's securityContext but its windowsOptions counts as such a field.
	hasLinuxFields traits = 1 << iota
	// isUnusual: the pod isn't simply one for Windows on the host's network. Its os.name
	// isn't windows, or hostNetwork is false; it has resources or a runtimeClassName; a
	// field about the names that it has or looks up is set; or it has annotations or the
	// label kubernetes.io/os.
	isUnusual
	// selectsNodes: the pod selects nodes by anything else than
	// kubernetes.io/os: windows.
	selectsNodes
	// hasGMSA: windowsOptions have a credential spec.
	hasGMSA
	// hasUncommonAccount: the runAsUserName is none of the service accounts, as
	// the documentation writes them.
	hasUncommonAccount
	// hasOwnOptions: a container has windowsOptions of its own, or the pod has no
	// runAsUserName for all.
	hasOwnOptions
	// runsAsSystem: the pod's runAsUserName is the most powerful account.
	runsAsSystem
	// isOddVolume: a volume is a hostPath, but not simply a directory with a plain path on
	// a drive; an emptyDir with a medium; or an image.
	isOddVolume
	// hasPorts: the container has ports.
	hasPorts
	// hasOddHandlers: the container has hooks, or a probe that runs a command or names a
	// host.
	hasOddHandlers
	// hasOddResources: the container has requests or limits of anything else than CPU
	// and memory, or requests alone.
	hasOddResources
	// hasOddLimit: the container has a small CPU or memory limit, or a memory limit that
	// isn't a whole number of MiB.
	hasOddLimit
	// hasLongTag: the image has a colon and enough after it for a version of Windows.
	hasLongTag
	// hasTerminationPolicy: terminationMessagePolicy isn't the default, File.
	hasTerminationPolicy
	// hasWorkingDir: the workingDir is not simply the container's root.
	hasWorkingDir
	// isReadOnly, hasSubPath, hasPropagation: a mount is read-only, and its volume none
	// that only the kubelet writes to; has a subPath or subPathExpr; has a
	// mountPropagation or recursiveReadOnly.
	isReadOnly
	hasSubPath
	hasPropagation
	// mayOverlap: two mounts of a container may be in each other's way, or it has
	// volumeDevices.
	mayOverlap
	// hasOddPath: a mountPath is refused, or isn't made of plain names.
	hasOddPath
	// maybeOnHost: a mountPath could be one of a directory that nodes have.
	maybeOnHost
	// namesNoVolume: a mount names no volume of the pod.
	namesNoVolume
)

// traits are those of the pod itself.
func (p pod) traits() traits {
	var t traits
	s := p.spec
	if !p.linuxOnlyPod(func(string) bool { return false }) || s.SecurityContext != nil && s.SecurityContext.RunAsNonRoot != nil {
		t |= hasLinuxFields
	}
	if p.osName() != corev1.Windows || !s.HostNetwork || s.Resources != nil || s.RuntimeClassName != nil ||
		s.DNSPolicy != "" || s.DNSConfig != nil || len(s.HostAliases) > 0 ||
		s.Hostname != "" || s.Subdomain != "" || s.HostnameOverride != nil || s.SetHostnameAsFQDN != nil {
		t |= isUnusual
	}
	if m := p.meta; m != nil {
		if _, ok := m.Labels[corev1.LabelOSStable]; ok || len(m.Annotations) > 0 {
			t |= isUnusual
		}
	}
	// Compared in the condition, the value would be looked up again for each of its bytes.
	system := s.NodeSelector[corev1.LabelOSStable]
	if s.Affinity != nil || len(s.NodeSelector) != 1 || system != string(corev1.Windows) {
		t |= selectsNodes
	}
	if name := p.windows().RunAsUserName; name == nil {
		t |= hasOwnOptions
	} else if isLocalSystem(*name) {
		t |= runsAsSystem
	}
	return t
}

// volumeTraits are those of a volume.
func volumeTraits(v *corev1.Volume) traits {
	var t traits
	if h := v.HostPath; h != nil && !isUsual(h) {
		t |= isOddVolume | textTraits(h.Path)
	}
	if v.EmptyDir != nil && v.EmptyDir.Medium != "" || v.Image != nil {
		t |= isOddVolume
	}
	return t
}

// isUsual reports whether a hostPath is simply a directory with a plain path on a drive.
func isUsual(h *corev1.HostPathVolumeSource) bool {
	if t := h.Type; t != nil && *t != corev1.HostPathUnset && *t != corev1.HostPathDirectory && *t != corev1.HostPathDirectoryOrCreate {
		return false
	}
	return isOnDrive(h.Path) && isPlain(h.Path[len(`C:\`):]) && !isSocket(h)
}

// traits are those of windowsOptions.
func (o options) traits() traits {
	var t traits
	if o.GMSACredentialSpec != nil || o.GMSACredentialSpecName != nil {
		t |= hasGMSA
	}
	if o.fault != nil || o.group {
		t |= hasUncommonAccount
	}
	return t
}

// containerTraits are those of a container itself.
func containerTraits(c container) traits {
	var t traits
	if len(c.Ports) > 0 {
		t |= hasPorts
	}
	if c.Lifecycle != nil || isOddProbe(c.LivenessProbe) || isOddProbe(c.ReadinessProbe) || isOddProbe(c.StartupProbe) {
		t |= hasOddHandlers
	}
	if len(c.Resources.Limits)+len(c.Resources.Requests) > 0 {
		t |= resourceTraits(&c.Resources)
	}
	if s := c.SecurityContext; s != nil {
		if s.WindowsOptions != nil {
			t |= hasOwnOptions
		}
		if *s != (corev1.SecurityContext{WindowsOptions: s.WindowsOptions}) {
			t |= hasLinuxFields
		}
	}
	if c.TerminationMessagePolicy != "" && c.TerminationMessagePolicy != corev1.TerminationMessageReadFile {
		t |= hasTerminationPolicy
	}
	if c.WorkingDir != cmdline.CmdToken {
		t |= hasWorkingDir | textTraits(c.WorkingDir)
	}
	if strings.IndexByte(c.Image, '{') >= 0 || strings.IndexByte(c.Image, '$') >= 0 {
		t |= hasBraces
	}
	if colon := strings.IndexByte(c.Image, ':'); colon >= 0 && len(c.Image)-colon > len("1809") {
		t |= hasLongTag
	}
	return t
}

// isOddProbe reports whether a probe runs a command or names a host.
func isOddProbe(p *corev1.Probe) bool {
	return p != nil && (p.Exec != nil || p.HTTPGet != nil && p.HTTPGet.Host != "" || p.TCPSocket != nil && p.TCPSocket.Host != "")
}

// resourceTraits are those of a container that has requests or limits.
func resourceTraits(r *corev1.ResourceRequirements) traits {
	var t traits
	other := len(r.Limits) + len(r.Requests)
	if limit, ok := r.Limits[corev1.ResourceCPU]; ok {
		other--
		if limit.MilliValue() <= smallCPU {
			t |= hasOddLimit
		}
	}
	if limit, ok := r.Limits[corev1.ResourceMemory]; ok {
		other--
		if bytes := limit.Value(); bytes <= smallMemory || bytes%mebibyte != 0 {
			t |= hasOddLimit
		}
	}
	if _, ok := r.Requests[corev1.ResourceCPU]; ok {
		other--
	}
	if _, ok := r.Requests[corev1.ResourceMemory]; ok {
		other--
	}
	if other > 0 || len(r.Limits) == 0 {
		t |= hasOddResources
	}
	return t
}

// mountTraits are those of a mount of a volume, which is nil where there is none, by one
// look at its path; and its path, if it is plain, without its drive and the separator
// after it.
func mountTraits(m *corev1.VolumeMount, volume *corev1.Volume) (t traits, rel string) {
	if volume == nil || m.Name == "" {
		t |= namesNoVolume
	} else if m.ReadOnly && !keptByKubelet(volume) {
		t |= isReadOnly
	}
	if m.SubPath != "" || m.SubPathExpr != "" {
		t |= hasSubPath
	}
	if m.RecursiveReadOnly != nil || m.MountPropagation != nil {
		t |= hasPropagation
	}
	rel = m.MountPath
	if isOnDrive(rel) {
		rel = rel[len(`C:`):]
	}
	if len(rel) > 1 && winpath.IsSeparator(rel[0]) {
		rel = rel[1:]
	}
	if !isPlain(rel) {
		return t | hasOddPath | maybeOnHost, ""
	}
	switch rel[0] | 0x20 {
	case 'h', 'k', 'p', 'u', 'v', 'w': // C:\hpc and nodes.Directories
		t |= maybeOnHost
	}
	return t, rel
}

// isPlain reports whether a path is made of names of ASCII letters, digits and
// blanks, and of dots, hyphens and underscores that no name starts with. The last
// name may be empty.
func isPlain(path string) bool {
	for i := 0; i < len(path); i++ {
		if classOf[path[i]]&startsName == 0 {
			return false
		}
		for i < len(path) && classOf[path[i]]&(startsName|inName) != 0 {
			i++
		}
		if i < len(path) && classOf[path[i]]&separator == 0 {
			return false
		}
	}
	return path != ""
}
