// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package mounts finds mounts of one container that get in each other's way.
package mounts

import (
	"slices"

	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// Mount is one mount of a container, as input for ResolveAll. A mount of
// the pod needs its Path only. The zero Mount has no path, which is refused.
type Mount struct {
	Path   string // mountPath
	Origin Origin // who asked for it
}

// Origin is the source of a mount. The zero Origin is OriginDeclared.
type Origin uint8

const (
	// OriginDeclared is a mount of the container's volumeMounts.
	OriginDeclared Origin = iota
	// OriginTerminationLog is the file that the kubelet mounts at the
	// terminationMessagePath of every container.
	OriginTerminationLog
	// OriginServiceAccountToken is the directory with the credentials of the pod's
	// service account, which the API server adds to every container of a pod, if
	// automountServiceAccountToken doesn't say no.
	OriginServiceAccountToken
)

// TerminationLogMount returns the mount that the kubelet adds to every container
// for its termination log. An empty terminationMessagePath means the default,
// volumes.DefaultTerminationLog.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/kuberuntime/kuberuntime_container.go (makeMounts)
func TerminationLogMount(terminationMessagePath string) Mount {
	if terminationMessagePath == "" {
		terminationMessagePath = volumes.DefaultTerminationLog
	}
	return Mount{terminationMessagePath, OriginTerminationLog}
}

// ServiceAccountMount returns the mount of the service account's credentials. Add
// it for a manifest that the API server hasn't completed yet; afterwards it is one
// of the container's volumeMounts.
func ServiceAccountMount() Mount { return Mount{volumes.ServiceAccountDir, OriginServiceAccountToken} }

// Problem is something wrong with a set of mounts. Problems are comparable. The
// zero Problem is none.
type Problem struct {
	// Conflict is the conflict of two mounts, First and Second. If it is ConflictNone,
	// Refused is the reason why First can't be mounted at all, and Second is the same
	// as First.
	Conflict Conflict
	Refused  volumes.Reason

	// First is the mount that keeps its place, or the outer one, and Second the mount
	// that conflicts with it. FirstIndex and SecondIndex are their indexes in the input.
	First, Second           Mount
	FirstIndex, SecondIndex int
}

// String names both mounts and describes the problem, but not its consequence, which
// depends on the mode: see Conflict.
func (p Problem) String() string {
	switch p.Conflict {
	case ConflictSamePlace:
		return p.Second.describe() + " is at the same place as " + p.First.describe()
	case ConflictSameLink:
		return p.Second.describe() + " is at the same path as " + p.First.describe() + ", on another drive"
	case ConflictContains:
		return p.Second.describe() + " is inside " + p.First.describe()
	}
	return (&volumes.PathError{Path: p.First.Path, Reason: p.Refused}).Error()
}

// describe quotes the path and names the origin, unless it is OriginDeclared.
func (m Mount) describe() string {
	switch m.Origin {
	case OriginTerminationLog:
		return "the termination log " + quote.Text(m.Path)
	case OriginServiceAccountToken:
		return "the service account token " + quote.Text(m.Path)
	}
	return quote.Text(m.Path)
}

// ResolveAll resolves all mounts of one container and finds what is wrong with
// them together. It returns one volumes.Location for each mount, in the same order; that
// of a refused mount is the zero volumes.Location. The problems are in the order of the
// mounts: by SecondIndex, then by FirstIndex.
//
// A mount is reported against the first one at its place, and against the innermost
// one around it, not against all. For mode Unknown each mount is a problem.
func ResolveAll(m volumes.Mode, mounts ...Mount) ([]volumes.Location, []Problem) {
	locations := make([]volumes.Location, len(mounts))
	order := make([]int, 0, len(mounts))
	var problems []Problem
	for i, mount := range mounts {
		loc, err := resolve(m, mount)
		if err != nil {
			reason := err.(*volumes.PathError).Reason
			problems = append(problems, Problem{Refused: reason, First: mount, Second: mount, FirstIndex: i, SecondIndex: i})
			continue
		}
		locations[i] = loc
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(i, j int) int { return compare(locations[i], locations[j]) })

	report := func(c Conflict, first, second int) {
		problems = append(problems, Problem{c, "", mounts[first], mounts[second], first, second})
	}
	var around []int // from the outermost to the innermost
	for len(order) > 0 {
		group := withSamePath(locations, order)
		order = order[len(group):]
		for len(around) > 0 && Between(m, locations[around[len(around)-1]], locations[group[0]]) != ConflictContains {
			around = around[:len(around)-1]
		}
		for _, i := range group {
			if len(around) > 0 {
				report(ConflictContains, around[len(around)-1], i)
			}
		}
		reportGroup(m, locations, group, report)
		around = append(around, group[0])
	}
	slices.SortFunc(problems, func(a, b Problem) int {
		if a.SecondIndex != b.SecondIndex {
			return a.SecondIndex - b.SecondIndex
		}
		return a.FirstIndex - b.FirstIndex
	})
	return locations, problems
}

// resolve is Resolve, but for the termination log: to its path the kubelet adds a
// drive even if it is rooted, so that two separators at the start are one.
func resolve(m volumes.Mode, mount Mount) (volumes.Location, error) {
	if mount.Origin != OriginTerminationLog || mount.Path == "" || !winpath.IsSeparator(mount.Path[0]) {
		return m.Resolve(mount.Path)
	}
	return m.Resolve("c:" + mount.Path)
}

// withSamePath returns the start of order, which is sorted, with the same path.
func withSamePath(locations []volumes.Location, order []int) []int {
	n := 1
	for n < len(order) && compare(locations[order[0]], locations[order[n]]) == 0 {
		n++
	}
	return order[:n]
}

// reportGroup reports the conflicts of mounts with the same path under the root:
// each against the first of its drive, or, as the first of its drive, against the
// first of all.
func reportGroup(m volumes.Mode, locations []volumes.Location, group []int, report func(c Conflict, first, second int)) {
	var firsts []int // one of each drive
	for _, i := range group {
		first, conflict := i, ConflictNone
		for _, f := range firsts {
			if c := Between(m, locations[f], locations[i]); conflict == ConflictNone || c == ConflictSamePlace {
				first, conflict = f, c
			}
		}
		if conflict != ConflictNone {
			report(conflict, first, i)
		}
		if conflict != ConflictSamePlace {
			firsts = append(firsts, i)
		}
	}
}

// compare orders locations by their path under the root, so that what is below a
// directory follows it immediately.
func compare(a, b volumes.Location) int {
	order, restA, restB := winpath.AfterCommon(a.Rel(), b.Rel())
	if order != 0 {
		return order
	}
	return len(restA) - len(restB)
}
