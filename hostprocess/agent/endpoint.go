// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/volumes"
)

// Endpoint is a named pipe or a Unix socket on which a program of a Windows node
// listens. HostProcess containers use those of the node by name, without a mount. Get
// one from ParseEndpoint. Endpoints are comparable; the zero Endpoint is none.
type Endpoint struct {
	path string // \\.\pipe\x or C:\x
}

const pipePrefix = `\\.\pipe\`

// ParseEndpoint parses any spelling of an endpoint of a Windows node:
//
//   - \\.\pipe\x, //./pipe/x, npipe:////./pipe/x, npipe://./pipe/x, npipe:\\.\pipe\x
//   - C:\x, unix:///C:/x, unix://C:\x, unix:C:/x
//   - /x, unix:///x: a path without a drive is on C:, where the kubelet and
//     containerd put it
//
// It returns a *PathError for any other text: a pipe without a name or of another
// machine (PipePath), a relative path (RelativeDir), and every path that Mode.Resolve
// rejects.
//
// On systems other than Windows, pass the endpoint to the dialer unchanged.
func ParseEndpoint(s string) (Endpoint, error) {
	path := strings.ReplaceAll(s, "/", `\`)
	var reason volumes.Reason
	if rest, ok := cutPrefixFold(path, "npipe:"); ok {
		path, reason = pipe(rest)
	} else if rest, ok := cutPrefixFold(path, "unix:"); ok {
		path, reason = socket(strings.TrimPrefix(rest, `\\`))
	} else if _, err := volumes.ModeBind.Resolve(path); reasonOf(err) == volumes.ReasonPipePath {
		path, reason = pipe(path)
	} else {
		path, reason = socket(path)
	}
	if reason != "" {
		return Endpoint{}, refused(s, reason)
	}
	return Endpoint{path}, nil
}

// pipe parses the name of a pipe, with any number of backslashes in front.
func pipe(path string) (string, volumes.Reason) {
	name, ok := cutPrefixFold(strings.TrimLeft(path, `\`), pipePrefix[2:])
	if !ok || name == "" || hasControl(name) {
		return "", volumes.ReasonPipePath
	}
	return pipePrefix + name, ""
}

// socket parses the path of a socket. In a URL, a backslash may precede the drive.
func socket(path string) (string, volumes.Reason) {
	if len(path) > 2 && path[0] == '\\' && path[2] == ':' {
		path = path[1:]
	}
	return absolute(path)
}

// absolute returns path clean and with a drive, C: if it has none.
func absolute(path string) (string, volumes.Reason) {
	loc, err := volumes.ModeBind.Resolve(path)
	if reason := reasonOf(err); reason != "" && reason != volumes.ReasonDriveRoot {
		return "", reason
	}
	if !winpath.IsSeparator(path[0]) && (len(path) < 2 || path[1] != ':') {
		return "", volumes.ReasonRelativeDir
	}
	return loc.Destination(), reasonOf(err)
}

// IsPipe reports whether the endpoint is a named pipe.
func (e Endpoint) IsPipe() bool { return strings.HasPrefix(e.path, pipePrefix) }

// Path returns the path to dial: \\.\pipe\x for a named pipe, C:\x for a Unix socket.
func (e Endpoint) Path() string { return e.path }

// String returns the endpoint as a URL, as in flags and configuration files of
// Kubernetes: npipe:////./pipe/x, unix:///C:/x.
func (e Endpoint) String() string {
	path := strings.ReplaceAll(e.path, `\`, "/")
	switch {
	case path == "":
		return ""
	case e.IsPipe():
		return "npipe://" + path
	}
	return "unix:///" + path
}
