// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes

import "strings"

// Runtime is the container runtime of a node, as the node reports it. Runtimes are
// comparable. The zero Runtime is unknown: its mode is ModeUnknown, and it has no
// features.
//
// Its methods return what depends on the version of containerd, which includes a shim for
// HostProcess containers. If a distribution ships another shim than the one released with
// its containerd, the version of that shim counts, which a node doesn't report.
type Runtime struct {
	text string // as reported
	version
}

// version is a version of containerd, or zero for any other runtime.
type version struct {
	major, minor, patch uint32
	stage               stage
	pre                 uint32 // number of the pre-release
}

type stage uint8

const (
	alpha stage = iota
	beta
	rc
	release
)

var stageNames = [...]string{alpha: "alpha", beta: "beta", rc: "rc"}

// ParseRuntime parses status.nodeInfo.containerRuntimeVersion of a node, such as
// "containerd://1.7.13+azure". Anything but a name, "://" and a version is an error. The
// version of containerd must have two or three numbers, with an optional v in front and
// optional text after them. Only containerd's own suffixes alpha, beta and rc mark a
// pre-release: a distribution's 1.7.0-k3s1 isn't older than 1.7.0.
//
// Runtimes other than containerd are accepted; none can run HostProcess pods.
func ParseRuntime(containerRuntimeVersion string) (Runtime, error) {
	fail := func(problem string) (Runtime, error) {
		return Runtime{}, parseError("container runtime version", containerRuntimeVersion, problem)
	}
	if containerRuntimeVersion == "" {
		return fail("is empty; the node hasn't reported it yet")
	}
	name, text, ok := strings.Cut(containerRuntimeVersion, "://")
	if !ok || name == "" || text == "" || !printable(containerRuntimeVersion) {
		return fail("write it like containerd://1.7.13")
	}
	r := Runtime{text: containerRuntimeVersion}
	if name != "containerd" {
		return r, nil
	}
	if r.version, ok = parseVersion(text); !ok {
		return fail("has no valid version; write it like containerd://1.7.13")
	}
	return r, nil
}

// String returns the text that was given to ParseRuntime.
func (r Runtime) String() string { return r.text }

// SupportsHostProcess reports whether the runtime can run HostProcess pods:
// containerd since 1.6. No other runtime can.
//
// Source: https://github.com/kubernetes/enhancements/blob/0e2bafdd9edd0e9096b9b8255020d38b7b50b2b4/keps/sig-windows/1981-windows-privileged-container-support/README.md
func (r Runtime) SupportsHostProcess() bool { return r.atLeast(1, 6, 0, alpha, 0) }

// Mode returns the mode in which a node with this runtime and this build of Windows runs
// HostProcess containers.
//
// containerd 1.6 uses Symlink16 on every build. Later versions use Bind if the build has
// the bind filter, and SymlinkHPC if not. The mode is ModeUnknown if the build, or its
// support for the bind filter, isn't known, and for other runtimes and containerd before
// 1.6, which can't run HostProcess pods.
//
// The shim looks for the file bindfltapi.dll on the node; from outside, only the build is
// visible. If you know more about the node, use another Mode instead.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go
func (r Runtime) Mode(build WindowsBuild) Mode {
	switch {
	case r.is(1, 6):
		return ModeSymlink16
	case !r.atLeast(1, 7, 0, alpha, 0):
		return ModeUnknown
	}
	switch build.bindFilter() {
	case yes:
		return ModeBind
	case no:
		return ModeSymlinkHPC
	}
	return ModeUnknown
}

// LocalGroups reports whether runAsUserName can be a local group of the node: since
// containerd 1.7.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.10.0-rc.0/internal/jobcontainers/logon.go
func (r Runtime) LocalGroups() bool { return r.atLeast(1, 7, 0, alpha, 0) }

// NumberedGroups reports whether the name of a local group can be a number below 0 or
// above 2147483647: with containerd 1.7.27 to 1.7.31, 2.0.4 to 2.0.8, 2.1.0 to 2.1.7,
// 2.2.0 to 2.2.3 and 2.3.0. Earlier versions take such a number for the ID of a Linux
// user, as all versions do with the numbers between; later ones reject it.
//
// Sources:
// https://github.com/containerd/containerd/blob/v1.7.26/oci/spec_opts.go#L614-L619
// https://github.com/containerd/containerd/blob/v1.7.31/oci/spec_opts.go#L629-L634
// https://github.com/containerd/containerd/blob/v1.7.32/oci/spec_opts.go#L626-L645
func (r Runtime) NumberedGroups() bool {
	for _, some := range [...]struct{ major, minor, first, last uint32 }{
		{1, 7, 27, 31}, {2, 0, 4, 8}, {2, 1, 0, 7}, {2, 2, 0, 3}, {2, 3, 0, 0},
	} {
		if r.is(some.major, some.minor) {
			return some.first <= r.patch && r.patch <= some.last && r.stage == release
		}
	}
	return false
}

// ExpandsEnvValues reports whether the runtime replaces the sandbox variable in the values
// of environment variables, in addition to the command line and the working directory:
// since containerd 1.6.7.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.9.4/internal/jobcontainers/jobcontainer.go
func (r Runtime) ExpandsEnvValues() bool { return r.atLeast(1, 6, 7, alpha, 0) }

// EnforcesReadOnly reports whether readOnly is enforced for mounts: only in mode Bind, and
// since containerd 1.7.0-beta.3. Even there, the path under the root is writable.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.10.0-rc.2/internal/jobcontainers/mounts.go
func (r Runtime) EnforcesReadOnly(m Mode) bool { return m == ModeBind && r.atLeast(1, 7, 0, beta, 3) }

// PortForward reports whether kubectl port-forward works for a HostProcess pod: since
// containerd 1.7.16 and 2.0.0-rc.1.
//
// Source: https://github.com/containerd/containerd/blob/v1.7.16/pkg/cri/server/sandbox_portforward_windows.go
func (r Runtime) PortForward() bool {
	return r.is(1, 7) && r.atLeast(1, 7, 16, alpha, 0) || r.atLeast(2, 0, 0, rc, 1)
}

// KeepsOutput reports whether the last output of a process always reaches the log of its
// container: since containerd 2.0. Before, the shim closes its ends of the pipes as soon as
// the process exits, and loses what it hasn't read by then.
//
// Sources:
// https://github.com/microsoft/hcsshim/blob/v0.11.7/internal/exec/exec.go#L275-L287
// https://github.com/microsoft/hcsshim/commit/5eb1952569fae966877a8c0828a9b82a17aca2d1
func (r Runtime) KeepsOutput() bool { return r.atLeast(2, 0, 0, release, 0) }

// defaultsToHPC reports whether the default working directory of a container is C:\hpc
// instead of C:\: since containerd 1.7.19 and 2.0.0-rc.1, and by mistake in 1.6.34.
//
// Source: https://github.com/containerd/containerd/blob/v1.7.19/pkg/cri/server/container_create_windows.go
func (r Runtime) defaultsToHPC() bool {
	switch {
	case r.is(1, 6):
		return r.patch == 34
	case r.is(1, 7):
		return r.patch >= 19
	}
	return r.atLeast(2, 0, 0, rc, 1)
}

// is reports whether v is a version of the given minor.
func (v version) is(major, minor uint32) bool { return v.major == major && v.minor == minor }

// atLeast reports whether v is the given version or a later one.
func (v version) atLeast(major, minor, patch uint32, s stage, pre uint32) bool {
	a := [...]uint32{v.major, v.minor, v.patch, uint32(v.stage), v.pre}
	b := [...]uint32{major, minor, patch, uint32(s), pre}
	for i := range a {
		if a[i] != b[i] {
			return a[i] > b[i]
		}
	}
	return true
}

// parseVersion parses 1.7.13, v2.1, 1.7.0-rc.2-12-g0123abc, 1.6.20~ds1 and so on.
func parseVersion(s string) (version, bool) {
	v := version{stage: release}
	if s[0] == 'v' {
		s = s[1:]
	}
	var ok bool
	if v.major, s, ok = number(s); !ok || !strings.HasPrefix(s, ".") {
		return version{}, false
	}
	if v.minor, s, ok = number(s[1:]); !ok {
		return version{}, false
	}
	if n, rest, ok := number(strings.TrimPrefix(s, ".")); ok && s[0] == '.' {
		v.patch, s = n, rest
	}
	if s != "" && !strings.Contains("-+~.", s[:1]) {
		return version{}, false
	}
	v.stage, v.pre = preRelease(s)
	return v, true
}

// preRelease parses -beta.3, ~rc1 and so on; anything else is a release.
func preRelease(s string) (stage, uint32) {
	if s == "" || s[0] != '-' && s[0] != '~' {
		return release, 0
	}
	for i, name := range stageNames {
		rest, ok := strings.CutPrefix(s[1:], name)
		if !ok {
			continue
		}
		if rest == "" {
			return stage(i), 0
		}
		if n, _, ok := number(strings.TrimPrefix(rest, ".")); ok {
			return stage(i), n
		}
	}
	return release, 0
}

// number parses the digits at the start of s, at most nine.
func number(s string) (n uint32, rest string, ok bool) {
	i := 0
	for i < len(s) && i < 10 && '0' <= s[i] && s[i] <= '9' {
		n = n*10 + uint32(s[i]-'0')
		i++
	}
	return n, s[i:], 0 < i && i < 10
}

// printable reports whether s has only visible ASCII characters.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
