// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"testing"

	"github.com/hostprocess-go/sdk/hostprocess/agent"
	"github.com/hostprocess-go/sdk/volumes"
)

func TestParseEndpoint(t *testing.T) {
	for _, test := range []struct {
		path, url string
		pipe      bool
		spellings []string
	}{
		{`\\.\pipe\csi`, "npipe:////./pipe/csi", true, []string{
			`\\.\pipe\csi`, "//./pipe/csi", "npipe:////./pipe/csi", "npipe://./pipe/csi", `npipe:\\.\pipe\csi`, `npipe://\\.\pipe\csi`, `NPIPE://\\.\PIPE\csi`,
		}},
		{`\\.\pipe\a\b`, "npipe:////./pipe/a/b", true, []string{`\\.\pipe\a\b`, "npipe:////./pipe/a/b"}},
		{`C:\csi\csi.sock`, "unix:///C:/csi/csi.sock", false, []string{
			`C:\csi\csi.sock`, "C:/csi/csi.sock", "unix:///C:/csi/csi.sock", "unix://C:/csi/csi.sock", `unix://C:\csi\csi.sock`, "unix:C:/csi/csi.sock",
			`unix:///C:\csi\.\x\..\csi.sock`, "/csi/csi.sock", `\csi\csi.sock`, "unix:///csi/csi.sock", "UNIX:/csi/csi.sock",
		}},
		{`D:\x`, "unix:///D:/x", false, []string{"unix:///D:/x"}},
		{`C:\x`, "unix:///C:/x", false, []string{"unix:///x", "unix:/x", "/x"}},
	} {
		for _, s := range append(test.spellings, test.url, test.path) {
			e, err := agent.ParseEndpoint(s)
			if err != nil || e.Path() != test.path || e.String() != test.url || e.IsPipe() != test.pipe {
				t.Errorf("ParseEndpoint(%q) = %q, %q, pipe %t, %v", s, e.Path(), e, e.IsPipe(), err)
			}
		}
	}
	if e := (agent.Endpoint{}); e.Path() != "" || e.String() != "" || e.IsPipe() {
		t.Errorf("the zero Endpoint is %q, %q", e.Path(), e)
	}
}

func TestParseEndpointErrors(t *testing.T) {
	for s, reason := range map[string]volumes.Reason{
		"":                        volumes.ReasonEmptyPath,
		"unix:":                   volumes.ReasonEmptyPath,
		"unix://":                 volumes.ReasonEmptyPath,
		"npipe:":                  volumes.ReasonPipePath,
		"npipe://":                volumes.ReasonPipePath,
		"npipe:////./pipe/":       volumes.ReasonPipePath,
		"npipe:////./pipe":        volumes.ReasonPipePath,
		"npipe:////server/pipe/x": volumes.ReasonPipePath,
		"npipe:///x":              volumes.ReasonPipePath,
		`npipe://C:\x`:            volumes.ReasonPipePath,
		"//./pipe/a\nb":           volumes.ReasonPipePath,
		`\\.\pipe\`:               volumes.ReasonPipePath,
		`\\server\pipe\x`:         volumes.ReasonServerPath,
		`\\.\C:\x`:                volumes.ReasonDevicePath,
		"csi.sock":                volumes.ReasonRelativeDir,
		"unix:csi.sock":           volumes.ReasonRelativeDir,
		"unix://csi/csi.sock":     volumes.ReasonRelativeDir,
		"C:csi.sock":              volumes.ReasonDriveRelative,
		"unix:///C:":              volumes.ReasonBareDrive,
		"unix:///":                volumes.ReasonDriveRoot,
		"unix:///C:/":             volumes.ReasonDriveRoot,
		"unix:////server/share/x": volumes.ReasonServerPath,
		"tcp://127.0.0.1:80":      volumes.ReasonColonInName,
		"unix:///C:/a:b":          volumes.ReasonColonInName,
		"unix:///a\x00b":          volumes.ReasonNULByte,
	} {
		e, err := agent.ParseEndpoint(s)
		wantPathError(t, err, s, reason)
		if e != (agent.Endpoint{}) {
			t.Errorf("%q: %q with an error", s, e)
		}
	}
}

func TestPlacesOfTheNode(t *testing.T) {
	for _, dir := range []string{
		agent.KubeletDir, agent.KubeletPluginsDir, agent.KubeletRegistrationDir,
		agent.KubeletDevicePluginSocket, agent.PodLogsDir, agent.ContainerLogsDir,
	} {
		if loc, err := volumes.ModeBind.Resolve(dir); loc.Destination() != dir || err != nil {
			t.Errorf("%q isn't clean: %q, %v", dir, loc.Destination(), err)
		}
	}
	for _, pipe := range []string{agent.PodResourcesPipe, agent.ContainerdPipe} {
		if e, err := agent.ParseEndpoint(pipe); err != nil || e.Path() != pipe || !e.IsPipe() {
			t.Errorf("%q: %v", pipe, err)
		}
	}
}

func FuzzParseEndpoint(f *testing.F) {
	f.Add(`\\.\pipe\x`)              // a pipe
	f.Add("npipe:////./pipe/x")      // as a URL
	f.Add("unix:///C:/csi/csi.sock") // a socket
	f.Add(`unix://C:\csi\csi.sock`)  // as the kubelet writes it
	f.Add("/csi/csi.sock")           // without a drive
	f.Add("tcp://127.0.0.1:80")      // neither
	f.Fuzz(func(t *testing.T, s string) {
		e, err := agent.ParseEndpoint(s)
		if err != nil {
			return
		}
		for _, spelling := range []string{e.String(), e.Path()} {
			if again, err := agent.ParseEndpoint(spelling); again != e || err != nil {
				t.Fatalf("%q is %q, but %q is %q, %v", s, e.Path(), spelling, again.Path(), err)
			}
		}
	})
}
