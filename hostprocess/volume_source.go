// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// source checks for one source, with names and paths that the API server accepts, for
// the kinds that HostProcess pods use.
func (ms *mistakes) source(s *corev1.VolumeSource) {
	if n := fieldsSet(*s); n != 1 {
		ms.newVolume("", nil, fmt.Errorf("sets %d kinds of volume: set one", n))
	}
	if s.HostPath != nil {
		ms.newVolume("hostPath.path", s.HostPath.Path, hostPath(s.HostPath.Path))
		if s.HostPath.Type != nil {
			ms.newVolume("hostPath.type", string(*s.HostPath.Type), hostPathType(*s.HostPath.Type))
		}
	}
	if s.ConfigMap != nil {
		ms.newVolume("configMap.name", s.ConfigMap.Name, subdomain(s.ConfigMap.Name))
		ms.items("configMap", s.ConfigMap.Items)
	}
	if s.Secret != nil {
		ms.newVolume("secret.secretName", s.Secret.SecretName, subdomain(s.Secret.SecretName))
		ms.items("secret", s.Secret.Items)
	}
	if s.EmptyDir != nil && s.EmptyDir.SizeLimit != nil && s.EmptyDir.SizeLimit.Sign() < 0 {
		ms.newVolume("emptyDir.sizeLimit", s.EmptyDir.SizeLimit.String(), errors.New("is negative"))
	}
	if s.PersistentVolumeClaim != nil {
		ms.newVolume("persistentVolumeClaim.claimName", s.PersistentVolumeClaim.ClaimName, subdomain(s.PersistentVolumeClaim.ClaimName))
	}
	if s.CSI != nil {
		ms.csi(s.CSI)
	}
	if s.DownwardAPI != nil {
		ms.downwardAPI("downwardAPI", s.DownwardAPI.Items)
	}
	if s.Projected != nil {
		ms.projected(s.Projected.Sources)
	}
}

// newVolume adds the mistake of a field of the source.
func (ms *mistakes) newVolume(field string, value any, err error) {
	ms.add("NewVolume", strings.TrimSuffix("source."+field, "."), value, err)
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// fieldsSet counts the fields of a struct of pointers that aren't nil.
func fieldsSet(pointers any) (n int) {
	v := reflect.ValueOf(pointers)
	for i := range v.NumField() {
		if !v.Field(i).IsNil() {
			n++
		}
	}
	return n
}

func (ms *mistakes) items(at string, items []corev1.KeyToPath) {
	for i, item := range items {
		ms.newVolume(at+".items"+index(i)+".key", item.Key, dataKey(item.Key))
		ms.newVolume(at+".items"+index(i)+".path", item.Path, filePath(item.Path))
	}
}

func (ms *mistakes) csi(s *corev1.CSIVolumeSource) {
	err := subdomain(strings.ToLower(s.Driver))
	if len(s.Driver) > validation.DNS1123LabelMaxLength {
		err = errors.New("is longer than 63 characters")
	}
	ms.newVolume("csi.driver", s.Driver, err)
	for _, key := range slices.Sorted(maps.Keys(s.VolumeAttributes)) {
		ms.newVolume("csi.volumeAttributes", key, nil)
		ms.newVolume("csi.volumeAttributes["+key+"]", s.VolumeAttributes[key], nil)
	}
	if s.NodePublishSecretRef != nil {
		ms.newVolume("csi.nodePublishSecretRef.name", s.NodePublishSecretRef.Name, subdomain(s.NodePublishSecretRef.Name))
	}
}

func (ms *mistakes) downwardAPI(at string, items []corev1.DownwardAPIVolumeFile) {
	for i, item := range items {
		ms.newVolume(at+".items"+index(i)+".path", item.Path, filePath(item.Path))
		switch {
		case (item.FieldRef == nil) == (item.ResourceFieldRef == nil):
			ms.newVolume(at+".items"+index(i), nil, errors.New("must set either fieldRef or resourceFieldRef"))
		case item.FieldRef != nil:
			ms.newVolume(at+".items"+index(i)+".fieldRef.fieldPath", item.FieldRef.FieldPath, fieldPath(item.FieldRef.FieldPath,
				"metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"))
		}
	}
}

func (ms *mistakes) projected(sources []corev1.VolumeProjection) {
	if len(sources) == 0 {
		ms.newVolume("projected.sources", nil, errors.New("is empty, so the directory would be empty too"))
	}
	taken := map[string]bool{}
	for i, s := range sources {
		at := "projected.sources" + index(i)
		if n := fieldsSet(s); n != 1 {
			ms.newVolume(at, nil, fmt.Errorf("sets %d kinds of source: set one", n))
		}
		if s.ConfigMap != nil {
			ms.newVolume(at+".configMap.name", s.ConfigMap.Name, subdomain(s.ConfigMap.Name))
			ms.items(at+".configMap", s.ConfigMap.Items)
		}
		if s.Secret != nil {
			ms.newVolume(at+".secret.name", s.Secret.Name, subdomain(s.Secret.Name))
			ms.items(at+".secret", s.Secret.Items)
		}
		if s.DownwardAPI != nil {
			ms.downwardAPI(at+".downwardAPI", s.DownwardAPI.Items)
		}
		if t := s.ServiceAccountToken; t != nil {
			ms.newVolume(at+".serviceAccountToken.path", t.Path, filePath(t.Path))
			ms.newVolume(at+".serviceAccountToken.audience", t.Audience, nil)
			const least, most = 10 * 60, 1 << 32
			if t.ExpirationSeconds != nil && (*t.ExpirationSeconds < least || *t.ExpirationSeconds > most) {
				ms.newVolume(at+".serviceAccountToken.expirationSeconds", *t.ExpirationSeconds, fmt.Errorf("is not from %d to %d", least, most))
			}
		}
		for _, path := range projectedPaths(s) {
			if taken[path] {
				ms.newVolume(at, path, errors.New("is the path of two files: give one of them another path"))
			}
			taken[path] = true
		}
	}
}

// projectedPaths are the known paths to which a source writes.
func projectedPaths(s corev1.VolumeProjection) []string {
	var paths []string
	items := func(list []corev1.KeyToPath) {
		for _, item := range list {
			paths = append(paths, item.Path)
		}
	}
	switch {
	case s.ConfigMap != nil:
		items(s.ConfigMap.Items)
	case s.Secret != nil:
		items(s.Secret.Items)
	case s.ServiceAccountToken != nil:
		paths = append(paths, s.ServiceAccountToken.Path)
	case s.DownwardAPI != nil:
		for _, file := range s.DownwardAPI.Items {
			paths = append(paths, file.Path)
		}
	}
	return paths
}

// filePath checks for a valid path of a file in a volume.
func filePath(path string) error {
	switch {
	case path == "":
		return errors.New("is empty: write a path below the mount")
	case strings.HasPrefix(path, "/"), strings.HasPrefix(path, "\\"), strings.Contains(path, ":"):
		return errors.New("is not a path below the mount: write a relative one, without a colon")
	case strings.HasPrefix(path, ".."), slices.Contains(strings.FieldsFunc(path, isSlash), ".."):
		return errors.New("contains \"..\", which leaves the mount")
	case strings.ContainsRune(path, 0):
		return errors.New("contains a zero byte, which a path can't have")
	}
	return nil
}

func isSlash(r rune) bool { return r == '/' || r == '\\' }
