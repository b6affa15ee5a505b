// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Unsupported is a set of nodes with a release that its project no longer supports. The
// zero Unsupported is empty.
//
// It is about the project's own support: by the maintainers of containerd and Kubernetes,
// and for Windows Server the extended support, which includes security updates. A vendor
// may support its own build for a longer or shorter time.
type Unsupported struct {
	// Product is "containerd", "Kubernetes" (the kubelet) or "Windows Server".
	Product string `json:"product"`
	// Versions are the versions on the nodes: "1.7.20" or "1.7.13 to 1.7.20" for
	// containerd, as they report it, "1.33" for Kubernetes, "2019" for Windows Server.
	Versions string `json:"versions"`
	// Ended is the last day of its support, such as "2025-08-23", or the last month,
	// such as "2026-09", if its project names no day.
	Ended string `json:"ended"`
	// Source is the page with the date, and Read is the day on which it was read.
	Source string `json:"source"`
	Read   string `json:"read"`
	// Nodes is the number of nodes.
	Nodes int `json:"nodes"`
	// Names are the first few of their names, in alphabetical order.
	Names []string `json:"names"`
}

// String returns a sentence without its period: "3 nodes run containerd 1.7.20,
// unsupported since September 2026".
func (u Unsupported) String() string {
	nodes := "1 node runs "
	if u.Nodes != 1 {
		nodes = strconv.Itoa(u.Nodes) + " nodes run "
	}
	since := u.Ended
	if day, err := time.Parse(time.DateOnly, since); err == nil {
		since = day.Format("January 2, 2006")
	} else if month, err := time.Parse(monthOnly, since); err == nil {
		since = month.Format("January 2006")
	}
	return nodes + u.Product + " " + u.Versions + ", unsupported since " + since
}

// monthOnly is the form of a date that has no day.
const monthOnly = "2006-01"

// Unsupported returns the releases on the nodes that aren't supported at a time: those of
// containerd, then of Kubernetes and Windows Server, the oldest first. Nil means that none
// is known. Pass time.Now(), or a later time to see what will be unsupported by then.
//
// Support ends at the end of the day, or of the month, in Unsupported.Ended, in UTC.
// Releases without a date in this module, such as newer ones, and runtimes other than
// containerd are not reported.
func (s *Survey) Unsupported(at time.Time) []Unsupported {
	var all []Unsupported
	for i, u := range s.running {
		r := releases[i]
		if u.nodes == 0 || !r.ended(at) {
			continue
		}
		versions := u.oldest
		if u.newest != u.oldest {
			versions += " to " + u.newest
		}
		all = append(all, Unsupported{r.product, versions, r.end, r.source, datesRead, u.nodes, slices.Clone(u.names)})
	}
	return all
}

// ended reports whether the release isn't supported at a time.
func (r release) ended(at time.Time) bool {
	day, err := time.Parse(time.DateOnly, r.end)
	if err == nil {
		return !at.Before(day.AddDate(0, 0, 1))
	}
	month, err := time.Parse(monthOnly, r.end)
	return err == nil && !at.Before(month.AddDate(0, 1, 0))
}

// running is a set of nodes with a release.
type running struct {
	oldest, newest string
	nodes          int
	names          []string
}

// addReleases counts a node for each of its releases.
func (s *Survey) addReleases(name string, n Node) {
	if s.running == nil {
		s.running = make([]running, len(releases))
	}
	version := strings.TrimPrefix(strings.TrimPrefix(n.Runtime.String(), containerd+"://"), "v")
	minor := "1." + strconv.Itoa(n.KubeletMinor)
	for i := range releases {
		switch r := &releases[i]; {
		case r.product == containerd && isRelease(version, r.name):
			s.running[i].add(name, version)
		case r.product == kubernetes && r.name == minor, r.product == windowsServer && r.build == n.Build.Build:
			s.running[i].add(name, r.name)
		}
	}
}

// add counts a node with a version of the release.
func (u *running) add(name, version string) {
	if u.nodes == 0 || compareVersions(version, u.oldest) < 0 {
		u.oldest = version
	}
	if u.nodes == 0 || compareVersions(version, u.newest) > 0 {
		u.newest = version
	}
	u.nodes++
	u.names, _ = insertName(u.names, name)
}

// isRelease reports whether a version belongs to a release: 1.7.20 and 1.7 belong to 1.7,
// 1.70.1 doesn't.
func isRelease(version, release string) bool {
	rest, ok := strings.CutPrefix(version, release)
	return ok && digits(rest) == 0
}
