// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

// traits are what the engine sees of a subject at a glance. A rule about something
// rare names the trait that a subject must have in its row (about), and is not
// tried on others. Traits only save time: a check must be right without them, and
// a rule that names none is tried always.
type traits uint64

// Traits of a pod, a container and a mount. Those of a command line are in
// commands.go.
const (
	// hasLinuxFields: a field is set that means something on Linux only.
	hasLinuxFields traits = 1 << iota
	// hasNames: a field about the names that the pod has or looks up is set.
	hasNames
	// selectsNodes: the pod selects nodes by anything else than
	// kubernetes.io/os: windows.
	selectsNodes
	// hasGMSA: windowsOptions have a credential spec.
	hasGMSA
	// hasUncommonAccount: the runAsUserName is none of the service accounts, as
	// the documentation writes them.
	hasUncommonAccount
	// hasHostPath, hasMedium, hasImage: a volume is a hostPath, an emptyDir with a
	// medium, or an image.
	hasHostPath
	hasMedium
	hasImage
	// hasPorts, hasHandlers, hasResources: the container has ports; probes or hooks;
	// requests or limits.
	hasPorts
	hasHandlers
	hasResources
	// hasMemoryLimit: the container has a memory limit.
	hasMemoryLimit
	// hasWorkingDir: the workingDir is not simply the container's root.
	hasWorkingDir
	// isReadOnly, hasSubPath, hasPropagation: a mount is read-only; has a subPath or
	// subPathExpr; has a mountPropagation or recursiveReadOnly.
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
)

// traits are those of the pod itself.
func (p pod) traits() traits {
	var t traits
	if p.isForLinux() {
		t |= hasLinuxFields
	}
	s := p.spec
	if s.DNSPolicy != "" || s.DNSConfig != nil || len(s.HostAliases) > 0 ||
		s.Hostname != "" || s.Subdomain != "" || s.HostnameOverride != nil || s.SetHostnameAsFQDN != nil {
		t |= hasNames
	}
	if s.Affinity != nil || len(s.NodeSelector) != 1 || s.NodeSelector[corev1.LabelOSStable] != string(corev1.Windows) {
		t |= selectsNodes
	}
	return t
}

// volumeTraits are those of a volume.
func volumeTraits(v *corev1.Volume) traits {
	var t traits
	if v.HostPath != nil {
		t |= hasHostPath | textTraits(v.HostPath.Path)
	}
	if v.EmptyDir != nil && v.EmptyDir.Medium != "" {
		t |= hasMedium
	}
	if v.Image != nil {
		t |= hasImage
	}
	return t
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
func (p pod) containerTraits(c container) traits {
	var t traits
	if len(c.Ports) > 0 {
		t |= hasPorts
	}
	if c.LivenessProbe != nil || c.ReadinessProbe != nil || c.StartupProbe != nil || c.Lifecycle != nil {
		t |= hasHandlers
	}
	if len(c.Resources.Limits)+len(c.Resources.Requests) > 0 {
		t |= hasResources
		if _, ok := c.Resources.Limits[corev1.ResourceMemory]; ok {
			t |= hasMemoryLimit
		}
	}
	if c.WorkingDir != cmdline.CmdToken {
		t |= hasWorkingDir | textTraits(c.WorkingDir)
	}
	if strings.IndexByte(c.Image, '{') >= 0 || strings.IndexByte(c.Image, '$') >= 0 {
		t |= hasBraces
	}
	return t
}

// mountTraits are those of a mount, by one look at its path; and its path, if it is
// plain, without its drive and the separator behind it.
func mountTraits(m *corev1.VolumeMount) (t traits, rel string) {
	if m.ReadOnly {
		t |= isReadOnly
	}
	if m.SubPath != "" || m.SubPathExpr != "" {
		t |= hasSubPath
	}
	if m.RecursiveReadOnly != nil || m.MountPropagation != nil {
		t |= hasPropagation
	}
	rel = m.MountPath
	if len(rel) > 2 && cmdline.IsLetter(rel[0]) && rel[1] == ':' && winpath.IsSeparator(rel[2]) {
		rel = rel[2:]
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
	start := true
	for i := range len(path) {
		switch class := classOf[path[i]]; {
		case class&startsName != 0, class&inName != 0 && !start:
			start = false
		case class&separator != 0 && !start:
			start = true
		default:
			return false
		}
	}
	return path != ""
}
