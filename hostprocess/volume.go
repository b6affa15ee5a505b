// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Volume is the source of the files of a mount. It is an immutable value. Pass it to
// [Container.WithMount], which also adds the volume to the pod: once, even if several
// containers mount it. A volume without a name gets one that depends only on its
// source. The zero Volume is a mistake.
type Volume struct {
	_ [0]func()

	// kind and id determine the generated name.
	kind, id string
	name     string
	// given is true if the caller chose the name.
	given bool
	// plain is true if id distinguishes the volume from all others of its kind.
	plain    bool
	existing bool
	// key identifies the volume, computed together with the name.
	key string
	// source is never changed, and neither is what it points to.
	source   corev1.VolumeSource
	mistakes mistakes
}

// ConfigMap has one file for each key of a ConfigMap.
//
// Equivalent of a volume with configMap.
func ConfigMap(name string) Volume {
	v := Volume{kind: "configmap", id: name, plain: true}
	v.mistakes.add("ConfigMap", "name", name, subdomain(name))
	v.source.ConfigMap = &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}
	return v
}

// Secret has one file for each key of a Secret. The files are on the node's disk.
//
// Equivalent of a volume with secret.
func Secret(name string) Volume {
	v := Volume{kind: "secret", id: name, plain: true}
	v.mistakes.add("Secret", "name", name, subdomain(name))
	v.source.Secret = &corev1.SecretVolumeSource{SecretName: name}
	return v
}

// HostPath is a file or directory of the node, such as C:\ProgramData\agent. A
// HostProcess container sees the node's files anyway; a mount shows them at another
// path. A named pipe can't be mounted: open it by name.
//
// Equivalent of a volume with hostPath.
func HostPath(path string) Volume {
	v := Volume{kind: "host", id: path}
	v.mistakes.add("HostPath", "path", path, hostPath(path))
	v.source.HostPath = &corev1.HostPathVolumeSource{Path: path}
	return v
}

// hostPath returns an error if a path of the node can't be mounted.
func hostPath(path string) error {
	slashes := strings.ToLower(strings.ReplaceAll(path, "\\", "/"))
	switch {
	case path == "":
		return errors.New("is empty: write a path of the node")
	case strings.ContainsRune(path, 0):
		return errors.New("contains a zero byte, which no path can have")
	case strings.HasPrefix(slashes, "//./pipe/"):
		return errors.New("is a named pipe, which a HostProcess container can't mount: it would not start; let the program open the pipe by name, without a mount")
	case strings.HasPrefix(slashes, "//"):
		return errors.New("is a device or a network share, which can't be mounted: write a drive and a directory")
	case slices.Contains(strings.Split(slashes, "/"), ".."):
		return errors.New("contains \"..\", which the API server rejects: write the path without it")
	}
	return nil
}

// EmptyDir is a directory that exists as long as the pod, with the name of its volume.
// Containers that mount the same name share it.
//
// Equivalent of a volume with emptyDir.
func EmptyDir(name string) Volume {
	return named("EmptyDir", name, corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}})
}

// NewVolume is any Kubernetes volume, with its name in the pod: a persistentVolumeClaim
// or csi, a ConfigMap with only some of its keys, an emptyDir with a sizeLimit. The
// names and paths of a configMap, csi, downwardAPI, hostPath, persistentVolumeClaim,
// projected or secret source are checked; the rest is left to package validate and the
// API server.
//
// Equivalent of a volume with that name and source.
func NewVolume(name string, source corev1.VolumeSource) Volume {
	v := named("NewVolume", name, *source.DeepCopy())
	v.mistakes.source(&v.source)
	return v
}

// ExistingVolume is a volume that the pod already has under this name: a volume of the
// spec passed to [From] or [Update], one added by [Pod.Edit], one that another
// container mounts, or a claim of a StatefulSet.
func ExistingVolume(name string) Volume {
	v := named("ExistingVolume", name, corev1.VolumeSource{})
	v.existing = true
	return v
}

// named returns a volume whose name was chosen.
func named(function, name string, source corev1.VolumeSource) Volume {
	v := Volume{kind: function, id: name, name: name, given: true, source: source}
	v.mistakes.add(function, "name", name, label(name))
	return v
}

// OfType sets what must exist at the path of a [HostPath], or is created there, such as
// corev1.HostPathDirectoryOrCreate. Sockets and devices are mistakes, because they
// can't be mounted on Windows; so is a volume that isn't a HostPath.
//
// Equivalent of setting hostPath.type.
func (v Volume) OfType(kind corev1.HostPathType) Volume {
	v.mistakes.add("OfType", "kind", string(kind), hostPathType(kind))
	if v.source.HostPath == nil {
		v.mistakes.add("OfType", "volume", v.kind, errors.New("is not a HostPath: only a HostPath has a type"))
		return v
	}
	v.source.HostPath = &corev1.HostPathVolumeSource{Path: v.source.HostPath.Path, Type: &kind}
	return v
}

// hostPathType checks that a path of a Windows node can have the type.
func hostPathType(kind corev1.HostPathType) error {
	return oneOf(kind, corev1.HostPathUnset, corev1.HostPathDirectoryOrCreate,
		corev1.HostPathDirectory, corev1.HostPathFileOrCreate, corev1.HostPathFile)
}

func (v Volume) isZero() bool { return v.kind == "" }
