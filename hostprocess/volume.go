// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Volume is where the files of a mount come from. It is an immutable value. Pass
// it to [Container.WithMount], which adds the volume to the pod as well: once,
// however many containers mount the same. If it has no name of its own, one is made
// from what it is, the same each time. The zero Volume is a mistake.
type Volume struct {
	_ [0]func()

	// kind and id are what the name is made of, until it is given.
	kind, id string
	name     string
	// given says that the name was chosen by the caller.
	given bool
	// plain says that id tells the volume apart from all others of its kind.
	plain    bool
	existing bool
	// key is what the volume is, made with the name.
	key string
	// source is never changed in what it points to.
	source   corev1.VolumeSource
	mistakes mistakes
}

// ConfigMap is the files of a ConfigMap, one for each key.
//
// Equivalent of a volume with configMap.
func ConfigMap(name string) Volume {
	v := Volume{kind: "configmap", id: name, plain: true}
	v.mistakes.add("ConfigMap", "name", name, subdomain(name))
	v.source.ConfigMap = &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}
	return v
}

// Secret is the files of a Secret, one for each key. They are on the disk of
// the node.
//
// Equivalent of a volume with secret.
func Secret(name string) Volume {
	v := Volume{kind: "secret", id: name, plain: true}
	v.mistakes.add("Secret", "name", name, subdomain(name))
	v.source.Secret = &corev1.SecretVolumeSource{SecretName: name}
	return v
}

// HostPath is a file or directory of the node, such as C:\ProgramData\agent. A
// HostProcess container sees the node's files anyway; a mount shows them at
// another place. A named pipe can't be mounted: open it by its name.
//
// Equivalent of a volume with hostPath.
func HostPath(path string) Volume {
	v := Volume{kind: "host", id: path}
	v.mistakes.add("HostPath", "path", path, hostPath(path))
	v.source.HostPath = &corev1.HostPathVolumeSource{Path: path}
	return v
}

// hostPath says why a path of the node can't be mounted.
func hostPath(path string) error {
	slashes := strings.ToLower(strings.ReplaceAll(path, "\\", "/"))
	switch {
	case path == "":
		return errors.New("is empty: write a path of the node")
	case strings.ContainsRune(path, 0):
		return errors.New("contains a zero byte, which no path can have")
	case strings.HasPrefix(slashes, "//./pipe/"):
		return errors.New("is a named pipe, which a HostProcess container can't mount: it would not start; the program can open the pipe by its name, without a mount")
	case strings.HasPrefix(slashes, "//"):
		return errors.New("is a device or a server's share, which can't be mounted: write a drive and a directory")
	case slices.Contains(strings.Split(slashes, "/"), ".."):
		return errors.New("contains \"..\", which the API server refuses: write the path without it")
	}
	return nil
}

// EmptyDir is a directory that is there as long as the pod, under the name of
// its volume. Containers that mount it by the same name share it.
//
// Equivalent of a volume with emptyDir.
func EmptyDir(name string) Volume {
	return named("EmptyDir", name, corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}})
}

// NewVolume is any volume that Kubernetes knows, under the name that it has within the
// pod: a persistentVolumeClaim or csi, a ConfigMap of which only some keys are mounted,
// an emptyDir with a sizeLimit. The names and paths of a configMap, csi, downwardAPI,
// hostPath, persistentVolumeClaim, projected or secret are checked; all else in the
// source is left to package validate and the API server.
//
// Equivalent of a volume with that name and source.
func NewVolume(name string, source corev1.VolumeSource) Volume {
	v := named("NewVolume", name, *source.DeepCopy())
	v.mistakes.source(&v.source)
	return v
}

// ExistingVolume is a volume that the pod has under this name: one of the spec that
// [From] or [Update] was passed, one of [Pod.Edit], one that another container mounts,
// or a claim of a StatefulSet.
func ExistingVolume(name string) Volume {
	v := named("ExistingVolume", name, corev1.VolumeSource{})
	v.existing = true
	return v
}

// named is a volume whose name was chosen.
func named(function, name string, source corev1.VolumeSource) Volume {
	v := Volume{kind: function, id: name, name: name, given: true, source: source}
	v.mistakes.add(function, "name", name, label(name))
	return v
}

// OfType says what must be at the path of a [HostPath], or is made there:
// corev1.HostPathDirectoryOrCreate, for example. Sockets and devices are
// mistakes, because Windows has none that could be mounted; so is a volume that
// is no HostPath. If called again, the last call holds.
//
// Equivalent of setting hostPath.type.
func (v Volume) OfType(kind corev1.HostPathType) Volume {
	v.mistakes.add("OfType", "kind", string(kind), hostPathType(kind))
	if v.source.HostPath == nil {
		v.mistakes.add("OfType", "volume", v.kind, errors.New("only a HostPath has a type"))
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
