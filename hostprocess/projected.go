// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
)

// Projected puts the files of several volumes into one directory. The parts are
// made with [ConfigMap], [Secret], [DownwardAPI], [ServiceAccountToken] or
// Projected; any other is a mistake.
//
// Equivalent of a volume with projected.
func Projected(parts ...Volume) Volume {
	v := Volume{kind: "projected"}
	source := &corev1.ProjectedVolumeSource{}
	if len(parts) == 0 {
		v.mistakes.add("Projected", "parts", nil, errors.New("there is none: the directory would be empty"))
	}
	for _, part := range parts {
		v.mistakes.join(part.mistakes)
		sources, err := part.projections()
		v.mistakes.add("Projected", "part", part.kind, err)
		source.Sources = append(source.Sources, sources...)
	}
	taken := map[string]bool{}
	for _, path := range projectedPaths(source.Sources) {
		if taken[path] {
			v.mistakes.add("Projected", "path", path, errors.New("is the path of two files: give one of them another"))
		}
		taken[path] = true
	}
	v.source.Projected = source
	return v
}

// projections are the sources that the volume is within a projected one.
func (v Volume) projections() ([]corev1.VolumeProjection, error) {
	source := v.source.DeepCopy()
	switch {
	case source.ConfigMap != nil:
		return []corev1.VolumeProjection{{ConfigMap: &corev1.ConfigMapProjection{
			LocalObjectReference: source.ConfigMap.LocalObjectReference, Items: source.ConfigMap.Items, Optional: source.ConfigMap.Optional,
		}}}, nil
	case source.Secret != nil:
		return []corev1.VolumeProjection{{Secret: &corev1.SecretProjection{
			LocalObjectReference: corev1.LocalObjectReference{Name: source.Secret.SecretName}, Items: source.Secret.Items, Optional: source.Secret.Optional,
		}}}, nil
	case source.DownwardAPI != nil:
		return []corev1.VolumeProjection{{DownwardAPI: &corev1.DownwardAPIProjection{Items: source.DownwardAPI.Items}}}, nil
	case source.Projected != nil:
		return source.Projected.Sources, nil
	}
	return nil, errors.New("can't be part of another volume: use ConfigMap, Secret, DownwardAPI or ServiceAccountToken")
}

// projectedPaths are the paths that sources are known to write to.
func projectedPaths(sources []corev1.VolumeProjection) []string {
	var paths []string
	items := func(list []corev1.KeyToPath) {
		for _, item := range list {
			paths = append(paths, item.Path)
		}
	}
	for _, s := range sources {
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
	}
	return paths
}
