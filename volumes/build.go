// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import (
	"strconv"
	"strings"
)

// WindowsBuild is the build of Windows on a node. It is comparable; the zero
// WindowsBuild is unknown.
type WindowsBuild struct {
	Build    uint32 // such as 17763 (Server 2019), 20348 (Server 2022), 26100 (Server 2025)
	Revision uint32 // number of the cumulative update, 0 if unknown
}

// serverBuilds are the builds of the long-term releases that can run HostProcess pods.
//
// Sources:
// https://github.com/microsoft/hcsshim/blob/v0.13.0/osversion/windowsbuilds.go
// https://learn.microsoft.com/windows/release-health/windows-server-release-info
var serverBuilds = [...]struct {
	name  string
	build uint32
}{
	{"Windows Server 2019", 17763},
	{"Windows Server 2022", 20348},
	{"Windows Server 2025", 26100},
}

// ParseWindowsBuild parses any of the forms in which a node reports its Windows:
//
//   - status.nodeInfo.kernelVersion: "10.0.20348.2849", with the revision
//   - the label node.kubernetes.io/windows-build: "10.0.20348"
//   - status.nodeInfo.osImage: "Windows Server 2022 Datacenter"
//   - the number alone: "20348" or "20348.2849"
//
// Prefer the kernelVersion, which has the most detail. Any other text is an error, such
// as the kernel of a Linux node or a Windows whose name doesn't determine its build.
func ParseWindowsBuild(s string) (WindowsBuild, error) {
	for _, server := range serverBuilds {
		if rest, ok := strings.CutPrefix(s, server.name); ok && (rest == "" || rest[0] == ' ') {
			return WindowsBuild{Build: server.build}, nil
		}
	}
	text := strings.TrimPrefix(s, "10.0.")
	build, rest, ok := number(text)
	w := WindowsBuild{Build: build}
	if ok && strings.HasPrefix(rest, ".") {
		w.Revision, rest, ok = number(rest[1:])
	}
	if !ok || rest != "" || w.Build < firstBuild {
		return WindowsBuild{}, parseError("Windows build", s, `write it like "10.0.20348.2849", "20348" or "Windows Server 2022"`)
	}
	return w, nil
}

// firstBuild is the first Windows with version 10.0.
const firstBuild = 10240

// String returns the build as a kernelVersion: "10.0.20348.2849", or
// "10.0.20348" if the revision is unknown. The zero WindowsBuild is "".
func (w WindowsBuild) String() string {
	if w == (WindowsBuild{}) {
		return ""
	}
	s := "10.0." + strconv.FormatUint(uint64(w.Build), 10)
	if w.Revision == 0 {
		return s
	}
	return s + "." + strconv.FormatUint(uint64(w.Revision), 10)
}

const (
	server2019 = 17763
	// july2022 is the revision of Server 2019 with the update KB5015811 of 12 July
	// 2022.
	july2022 = 3165
	// version2004 is the first build with the bind filter, according to the
	// runtime's authors.
	version2004 = 19041
)

type answer uint8

const (
	unsure answer = iota
	yes
	no
)

// bindFilter reports whether the build has the bind filter that mode Bind needs.
func (w WindowsBuild) bindFilter() answer {
	switch {
	case w.Build >= version2004:
		return yes
	case w.Build == server2019 && w.Revision >= july2022:
		return yes
	case w.Build == server2019:
		return no
	}
	return unsure
}
