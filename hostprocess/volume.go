// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/utils/ptr"
)

// Volume is where the files of a mount come from. It is an immutable value. Pass
// it to [Container.WithMount], which adds the volume to the pod as well: once,
// however many containers mount the same. Its name is made from what it is, the
// same each time; [Volume.Named] sets another. The zero Volume is a mistake.
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
	v := Volume{kind: "emptydir", id: name}
	v.source.EmptyDir = &corev1.EmptyDirVolumeSource{}
	return v.named("EmptyDir", name)
}

// PersistentVolumeClaim is the volume of a claim.
//
// Equivalent of a volume with persistentVolumeClaim.
func PersistentVolumeClaim(claim string) Volume {
	v := Volume{kind: "pvc", id: claim, plain: true}
	v.mistakes.add("PersistentVolumeClaim", "claim", claim, subdomain(claim))
	v.source.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}
	return v
}

// CSI is a volume that a CSI driver makes for the pod. The attributes may be
// nil.
//
// Equivalent of a volume with csi.
func CSI(driver string, attributes map[string]string) Volume {
	v := Volume{kind: "csi", id: driver}
	v.mistakes.add("CSI", "driver", driver, csiDriver(driver))
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		v.mistakes.add("CSI", "attribute", key, nil)
		v.mistakes.add("CSI", "value of "+key, attributes[key], nil)
	}
	v.source.CSI = &corev1.CSIVolumeSource{Driver: driver, VolumeAttributes: with(nil, attributes)}
	return v
}

func csiDriver(name string) error {
	if len(name) > validation.DNS1123LabelMaxLength {
		return errors.New("is longer than 63 characters")
	}
	return subdomain(strings.ToLower(name))
}

// DownwardAPI is a directory with one file for each entry: the key is the path
// of the file, the value a field of the pod: metadata.name, metadata.namespace,
// metadata.uid, metadata.labels, metadata.annotations, or one label or
// annotation, as in metadata.labels['app'].
//
// Equivalent of a volume with downwardAPI.
func DownwardAPI(fields map[string]string) Volume {
	v := Volume{kind: "downwardapi"}
	if len(fields) == 0 {
		v.mistakes.add("DownwardAPI", "fields", fields, errors.New("is empty: the directory would be, too"))
	}
	source := &corev1.DownwardAPIVolumeSource{}
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		v.mistakes.add("DownwardAPI", "path", path, filePath(path))
		v.mistakes.add("DownwardAPI", "field", fields[path], fieldPath(fields[path], "metadata.name",
			"metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"))
		source.Items = append(source.Items, corev1.DownwardAPIVolumeFile{
			Path: path, FieldRef: &corev1.ObjectFieldSelector{FieldPath: fields[path]},
		})
	}
	v.source.DownwardAPI = source
	return v
}

// ServiceAccountToken is a directory with one file, the token of the pod's
// service account for an audience. It is renewed in place before it expires. An
// empty audience is the API server's own. The least expiry is 10 minutes. A pod
// without [Pod.WithServiceAccount] can't have it.
//
// Equivalent of a volume with projected and a source of serviceAccountToken.
func ServiceAccountToken(path, audience string, expiry time.Duration) Volume {
	const method = "ServiceAccountToken"
	v := Volume{kind: "token"}
	v.mistakes.add(method, "path", path, filePath(path))
	v.mistakes.add(method, "audience", audience, nil)
	v.mistakes.add(method, "expiry", expiry, wholeSeconds(expiry, 10*time.Minute))
	v.source.Projected = &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{
		ServiceAccountToken: &corev1.ServiceAccountTokenProjection{
			Path: path, Audience: audience, ExpirationSeconds: ptr.To(int64(expiry / time.Second)),
		},
	}}}
	return v
}

// ExistingVolume is a volume that the pod has under this name: one of
// [Pod.WithVolumes] or [Pod.Edit], one that another container mounts, or a claim
// of a StatefulSet.
func ExistingVolume(name string) Volume {
	return Volume{kind: "existing", id: name, existing: true}.named("ExistingVolume", name)
}

// Named sets the name of the volume within the pod, a DNS label. If called
// again, the last call holds.
//
// Equivalent of setting name of a volume.
func (v Volume) Named(name string) Volume {
	return v.named("Named", name)
}

func (v Volume) named(method, name string) Volume {
	v.mistakes.add(method, "name", name, label(name))
	v.name, v.given = name, true
	return v
}

// Optional lets the container start without the ConfigMap or Secret. For any
// other volume it is a mistake.
//
// Equivalent of setting optional of the source.
func (v Volume) Optional() Volume {
	v.source = *v.source.DeepCopy()
	switch {
	case v.source.ConfigMap != nil:
		v.source.ConfigMap.Optional = ptr.To(true)
	case v.source.Secret != nil:
		v.source.Secret.Optional = ptr.To(true)
	default:
		v.mistakes.add("Optional", "volume", v.kind, errors.New("only a ConfigMap and a Secret can be optional"))
	}
	v.plain = false
	return v
}

// WithItem makes a file of one key of a ConfigMap or Secret. Keys that aren't
// named are left out then. For any other volume it is a mistake. If called
// again, the files are added.
//
// Equivalent of appending to items of the source.
func (v Volume) WithItem(key, path string) Volume {
	v.mistakes.add("WithItem", "key", key, dataKey(key))
	v.mistakes.add("WithItem", "path", path, filePath(path))
	v.source = *v.source.DeepCopy()
	item := corev1.KeyToPath{Key: key, Path: path}
	switch {
	case v.source.ConfigMap != nil:
		v.source.ConfigMap.Items = append(v.source.ConfigMap.Items, item)
	case v.source.Secret != nil:
		v.source.Secret.Items = append(v.source.Secret.Items, item)
	default:
		v.mistakes.add("WithItem", "volume", v.kind, errors.New("only a ConfigMap and a Secret have keys"))
	}
	v.plain = false
	return v
}

// WithSizeLimit sets how much an [EmptyDir] may hold: "1Gi". The kubelet evicts the pod
// when there is more in it. For any other volume it is a mistake. If called again, the
// last call holds.
//
// Equivalent of setting emptyDir.sizeLimit.
func (v Volume) WithSizeLimit(quantity string) Volume {
	limit, err := parseQuantity(quantity)
	if err == nil && limit.Sign() < 0 {
		err = errors.New("is less than nothing")
	}
	v.mistakes.add("WithSizeLimit", "quantity", quantity, err)
	if v.source.EmptyDir == nil {
		v.mistakes.add("WithSizeLimit", "volume", v.kind, errors.New("only an EmptyDir has a size"))
		return v
	}
	v.source.EmptyDir = &corev1.EmptyDirVolumeSource{SizeLimit: &limit}
	return v
}

// Edit is the way out for what has no method here: readOnly and nodePublishSecretRef of
// a [CSI] volume, for example. The function is called once, at once, with a source that
// belongs to it. What it did is judged by package validate. A nil function is a
// mistake. If called again, the functions are called in that order.
func (v Volume) Edit(edit func(*corev1.VolumeSource)) Volume {
	if edit == nil {
		v.mistakes.add("Edit", "edit", nil, errors.New("there is no function to call"))
		return v
	}
	source := v.source.DeepCopy()
	edit(source)
	v.source, v.plain = *source.DeepCopy(), false
	return v
}

// OfType says what must be at the path of a [HostPath], or is made there:
// corev1.HostPathDirectoryOrCreate, for example. Sockets and devices are
// mistakes, because Windows has none that could be mounted; so is a volume that
// is no HostPath. If called again, the last call holds.
//
// Equivalent of setting hostPath.type.
func (v Volume) OfType(kind corev1.HostPathType) Volume {
	v.mistakes.add("OfType", "kind", string(kind), oneOf(kind, corev1.HostPathUnset, corev1.HostPathDirectoryOrCreate,
		corev1.HostPathDirectory, corev1.HostPathFileOrCreate, corev1.HostPathFile))
	if v.source.HostPath == nil {
		v.mistakes.add("OfType", "volume", v.kind, errors.New("only a HostPath has a type"))
		return v
	}
	v.source.HostPath = &corev1.HostPathVolumeSource{Path: v.source.HostPath.Path, Type: &kind}
	return v
}

// filePath wants a path of a file within a volume.
func filePath(path string) error {
	switch {
	case path == "":
		return errors.New("is empty: write a path below the mount")
	case strings.HasPrefix(path, "/"), strings.HasPrefix(path, "\\"), strings.Contains(path, ":"):
		return errors.New("is not a path below the mount: write a relative one, without a colon")
	case strings.HasPrefix(path, ".."), slices.Contains(strings.FieldsFunc(path, isSlash), ".."):
		return errors.New("contains \"..\", which leads out of the mount")
	case strings.ContainsRune(path, 0):
		return errors.New("contains a zero byte, which no path can have")
	}
	return nil
}

func isSlash(r rune) bool { return r == '/' || r == '\\' }

func (v Volume) isZero() bool { return v.kind == "" }
