// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/volumes"
)

// locations are where the mounts of a container are: its own on a node with the
// bind filter, from which the places on other nodes follow, and those that are
// added to it. The location of a refused mountPath is nowhere.
type locations struct {
	few   [few]volumes.Location
	log   volumes.Location
	token volumes.Location
}

// locate fills the locations for a container. It allocates only where there are
// many mounts, or one of them is refused.
func (l *locations) locate(c container) []volumes.Location {
	all := l.few[:0]
	if n := len(c.VolumeMounts); n > few {
		all = make([]volumes.Location, 0, n)
	}
	for i := range c.VolumeMounts {
		at, _ := volumes.Bind.Resolve(c.VolumeMounts[i].MountPath)
		all = append(all, at)
	}
	l.log = locateLog(volumes.TerminationLogMount(c.TerminationMessagePath).Path)
	l.token, _ = volumes.Bind.Resolve(volumes.ServiceAccountDir)
	return all
}

// locateLog is where the termination log is. The kubelet makes more of that path
// than of a mountPath, which ResolveAll knows; the default needs no such care,
// and costs no allocation.
func locateLog(path string) volumes.Location {
	if path == volumes.DefaultTerminationLog {
		log, _ := volumes.Bind.Resolve(path)
		return log
	}
	all, _ := volumes.Bind.ResolveAll(volumes.TerminationLogMount(path))
	return all[0]
}

// conflicts are the mounts of a container that get in each other's way: those it
// declares, which come first in the indexes, and those that are added to it. A
// refused mountPath is no conflict.
func (l *locations) conflicts(p pod, c container, own []volumes.Location) []volumes.Problem {
	if len(own) == 0 || len(own) <= few && !l.crowded(p, c, own) {
		return nil
	}
	return p.allConflicts(c)
}

// allConflicts finds them by a thorough look, which allocates.
func (p pod) allConflicts(c container) []volumes.Problem {
	mounts := make([]volumes.Mount, 0, len(c.VolumeMounts)+2)
	for i := range c.VolumeMounts {
		mounts = append(mounts, volumes.Mount{Path: c.VolumeMounts[i].MountPath})
	}
	mounts = append(mounts, volumes.TerminationLogMount(c.TerminationMessagePath))
	if p.addsToken(c) {
		mounts = append(mounts, volumes.ServiceAccountMount())
	}
	_, problems := volumes.Bind.ResolveAll(mounts...)
	return slices.DeleteFunc(problems, func(p volumes.Problem) bool { return p.Conflict == volumes.NoConflict })
}

// crowded says whether any two mounts of a container conflict, by comparing each
// with each; it allocates nothing.
func (l *locations) crowded(p pod, c container, own []volumes.Location) bool {
	token := p.addsToken(c)
	for i, at := range own {
		if at.Conflict(l.log) != volumes.NoConflict || token && at.Conflict(l.token) != volumes.NoConflict {
			return true
		}
		for _, other := range own[:i] {
			if at.Conflict(other) != volumes.NoConflict {
				return true
			}
		}
	}
	return false
}

// addsToken says whether the API server adds a mount with the token of the
// service account to the container. It doesn't where the pod says no, and where
// the container has a mount at exactly that path. The service account itself can
// say no, too, which can't be seen here.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/serviceaccount/admission.go#L418
func (p pod) addsToken(c container) bool {
	if auto := p.spec.AutomountServiceAccountToken; c.kind == ephemeralContainer || auto != nil && !*auto {
		return false
	}
	return !slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool {
		return m.MountPath == volumes.ServiceAccountDir
	})
}

// mountField is the field of a mount that conflicts gave an index.
func (c container) mountField(index int) string {
	if index >= len(c.VolumeMounts) {
		return "terminationMessagePath"
	}
	return fmt.Sprintf("volumeMounts[%d].mountPath", index)
}

// mounted says whether a container of the pod mounts the volume of that name. Of
// very many volumes each is taken to be mounted, to save time.
func (p pod) mounted(volume string) bool {
	if len(p.spec.Volumes) > few {
		return true
	}
	for c := range p.containers {
		if slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume }) {
			return true
		}
	}
	return false
}

// reasonOf is why a path is refused, or zero where err says nothing of it.
func reasonOf(err error) volumes.Reason {
	var refused *volumes.PathError
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return 0
}
