// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package recorded holds what the code of nodes made of the fields of containers, for
// the tests of the packages that model it. Nothing but tests imports it.
//
// The code is that of the kubelet, of containerd and of four versions of hcsshim: 0.9.12
// (containerd 1.6.34 to 1.6.39), 0.11.7 (1.7.19 and later), 0.12.9 (2.0) and 0.15.0 (2.4).
// It ran as Windows programs, with recorders in place of the functions of Windows; that
// of LogonUser lets users with a password log on, and the three service accounts as a
// service. Only the statements that matter ran for the environments, those of Cmd.Start
// and JobContainer.CreateProcess with dedupEnvCase and createEnvBlock, whose block was
// read as Windows reads it; and for the logons below NT AUTHORITY and ten others, those
// of processToken, which answers all the rest as they were recorded.
//
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/exec/exec.go
// https://github.com/containerd/containerd/blob/v2.0.14/internal/cri/opts/spec_windows_opts.go
//
// The records are a choice. Of 2,100 starts, 265 have, for containerd 1.6, for the later
// ones, and for those with the bind filter, once each what was recorded of
//
//   - the program and the other words: empty, blank, tab, line break, quote, backslash
//     (also before a quote and at the end, one and two), each spelling of the tokens, two
//     tokens in a word, %PATH%, $( and $$, what cmd acts on, characters of two to four
//     bytes; of the other words also each two of these;
//   - the directory: empty, each drive, what follows it (nothing, a separator, a name),
//     two separators, each spelling of the tokens, at the start and after it, ".", "..",
//     empty names, colons, and each two of these;
//   - the variables: each name with an empty value, a token and another value, a name
//     twice, and in two spellings, with and without a value.
//
// Of 834 logons, 158 have, for containerd 1.6 and for the later ones, each sequence of
// calls; no backslash, one and two; twice, if it was recorded so often, each of 26 names
// as the whole, as the domain, as the user, at the start and at the end; everything
// below NT AUTHORITY; and each reason for which a node fails. Of 544 mounts, 172 have
// three times, if it was recorded so often, each two of: how the path starts, drives,
// separators, elements such as "..", special names and characters, and where the path
// comes to the root.
package recorded

import (
	"bytes"
	"embed"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// ID is the ID of the container in a record, and MountID that in a Mount. The files
	// have <id> in its place.
	ID      = MountID + MountID + MountID + MountID
	MountID = "0123456789abcdef"
	// OwnPath is the Search of a shim that looks for programs in its own PATH.
	OwnPath = "<shim>"
)

// Versions are the versions of containerd for those of hcsshim that have records.
var Versions = map[string]string{"0.9.12": "containerd://1.6.39", "0.11.7": "containerd://1.7.35", "0.12.9": "containerd://2.0.14", "0.15.0": "containerd://2.4.2"}

// Groups are the local groups of the node that a Logon was recorded on.
var Groups = []string{"hpc-localgroup", "Administrators", "Users", "bob's group"}

// Shim is whose answer a record is.
type Shim struct {
	// Versions are the versions of hcsshim that gave the answer.
	Versions []string `json:"shim"`
	// Bind reports whether the node had the bind filter.
	Bind bool `json:"bind"`
}

// Start is how a process was started.
type Start struct {
	Shim
	Args []string `json:"args"`
	Env  []string `json:"env"`
	Cwd  string   `json:"cwd"`
	Line string   `json:"line"` // what it made of Args
	Dir  string   `json:"dir"`  // what it made of Cwd
	// Got is the resulting Env, sorted, without PATH and the node's variables.
	Got []string `json:"got"`
}

// Environment is the environment that a shim built from variables, including PATH.
type Environment struct {
	Shim
	Env []string `json:"env"`
	// Got is the environment of the process, sorted, without the node's variables
	// KUBECONFIG and SystemRoot. If it is random which of two spellings wins, it has one of
	// them.
	Got []string `json:"got"`
	// Search is where the shim looks for the program, after the working directory and
	// before the directories of Windows: OwnPath, or directories.
	Search string `json:"search"`
}

// Logon is the calls that a shim made for a runAsUserName.
type Logon struct {
	Shim
	User string `json:"user"`
	// Calls are what it asked of Windows. Those of LogonUser have the user, the domain,
	// the password and the type: 2 is interactive, 5 a service.
	Calls []string `json:"calls"`
	Err   string   `json:"err"`
}

// Mount is the path that each program made of a mountPath. Without the bind filter, the
// mount is at the link.
type Mount struct {
	MountPath    string `json:"mountPath"`
	Kubelet      string `json:"kubelet"`      // path that the kubelet gives to containerd
	Dest         string `json:"dest"`         // destination that containerd gives to the shim
	Link16       string `json:"link16"`       // link of containerd 1.6
	LinkFallback string `json:"linkFallback"` // link of 1.7
}

// Starts returns the recorded starts.
func Starts(t testing.TB) []Start { return read[Start](t, "starts", "line", ID) }

// Environments returns the recorded environments.
func Environments(t testing.TB) []Environment {
	return read[Environment](t, "environments", "search", ID)
}

// Logons returns the recorded logons.
func Logons(t testing.TB) []Logon { return read[Logon](t, "logons", "calls", ID) }

// Mounts returns the recorded mounts.
func Mounts(t testing.TB) []Mount { return read[Mount](t, "mounts", "dest", MountID) }

//go:embed testdata/*.jsonl
var files embed.FS

// read returns the records of a file, and those with the key of the files, in the form of
// these ones, that the variable RECORDED lists.
func read[record any](t testing.TB, name, key, id string) []record {
	t.Helper()
	data, err := files.ReadFile("testdata/" + name + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range filepath.SplitList(os.Getenv("RECORDED")) {
		text, err := os.ReadFile(more)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, text...)
	}
	var all []record
	for line := range bytes.Lines(data) {
		if !bytes.Contains(line, []byte(`"`+key+`":`)) {
			continue
		}
		var r record
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(line), "<id>", id)), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}
