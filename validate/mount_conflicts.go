// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"errors"

	"github.com/hostprocess-go/sdk/internal/mounts"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// conflict is two mounts of a container that get in each other's way, and where
// they are on a node with the bind filter.
type conflict struct {
	mounts.Problem
	first, second volumes.Location
}

// conflicts returns the mounts of a container that get in each other's way: those
// it declares, which come first in the indexes, and those that are added to it. A
// refused mountPath is no conflict.
func (p pod) conflicts(c container) []conflict {
	all := make([]mounts.Mount, 0, len(c.VolumeMounts)+2)
	for i := range c.VolumeMounts {
		all = append(all, mounts.Mount{Path: c.VolumeMounts[i].MountPath})
	}
	all = append(all, mounts.TerminationLogMount(c.TerminationMessagePath))
	if p.addsToken(c) {
		all = append(all, mounts.ServiceAccountMount())
	}
	at, problems := mounts.ResolveAll(volumes.ModeBind, all...)
	var conflicts []conflict
	for _, problem := range problems {
		if problem.Conflict != mounts.ConflictNone {
			conflicts = append(conflicts, conflict{problem, at[problem.FirstIndex], at[problem.SecondIndex]})
		}
	}
	return conflicts
}

// mayConflict reports whether any two mounts of a container may conflict, without
// allocating: where all have plain paths, by their texts.
func (p pod) mayConflict(c container, mounts []mount) bool {
	if len(mounts) > few || c.TerminationMessagePath != "" && c.TerminationMessagePath != volumes.DefaultTerminationLog {
		return len(mounts) > 0
	}
	token := p.addsToken(c)
	for i := range mounts {
		rel := mounts[i].rel
		if rel == "" || nested(rel, volumes.DefaultTerminationLog[1:]) || token && nested(rel, volumes.ServiceAccountDir[1:]) {
			return true
		}
		for j := range i {
			if nested(rel, mounts[j].rel) {
				return true
			}
		}
	}
	return false
}

// nested reports whether two plain paths are the same or one is below the other.
// Case and the kind of separators don't count.
func nested(a, b string) bool { return (a[0]^b[0])&^0x20 == 0 && sameStart(a, b) }

func sameStart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < len(b) && !winpath.IsSeparator(b[len(a)]) && !winpath.IsSeparator(a[len(a)-1]) {
		return false
	}
	for i := len(a) - 1; i >= 0; i-- { // paths differ in their last names most often
		if x, y := a[i], b[i]; x|0x20 != y|0x20 && !(winpath.IsSeparator(x) && winpath.IsSeparator(y)) {
			return false
		}
	}
	return true
}

// addsToken reports whether the API server adds a mount with the token of the
// service account to the container. It doesn't where the pod says no, and where
// the container has a mount at exactly that path. The service account itself can
// say no, too, which can't be seen here.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/plugin/pkg/admission/serviceaccount/admission.go#L418
func (p pod) addsToken(c container) bool {
	if auto := p.spec.AutomountServiceAccountToken; c.kind == ephemeralContainer || auto != nil && !*auto {
		return false
	}
	for i := range c.VolumeMounts {
		if c.VolumeMounts[i].MountPath == volumes.ServiceAccountDir {
			return false
		}
	}
	return true
}

// atMount puts a problem where the mount is that conflicts gave an index.
func (c container) atMount(index int, p problem) []problem {
	if index >= len(c.VolumeMounts) {
		p.field = "terminationMessagePath"
	} else {
		p.list, p.index, p.field = "volumeMounts", index, "mountPath"
	}
	return []problem{p}
}

// reasonOf returns the reason why a path is refused, or "" if err has none.
func reasonOf(err error) volumes.Reason {
	if err == nil {
		return ""
	}
	var refused *volumes.PathError
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}
