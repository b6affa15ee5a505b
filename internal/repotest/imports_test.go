// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"slices"
	"strings"
	"testing"
)

// arrows lists what the packages in and below a folder may import besides the
// standard library: other folders of this module, and other modules. The first
// match counts.
var arrows = []struct {
	folder string
	may    []string
}{
	{".", nil},
	{"accounts", []string{"internal/quote", "internal/winpath"}},
	{"volumes", []string{"internal/cmdline", "internal/quote", "internal/winpath"}},
	{"validate/explain", []string{"validate"}},
	{"validate/fleet", []string{"volumes", "validate", "internal/cmdline", "internal/nodes", "internal/quote", "internal/winpath", "internal/workload", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}},
	{"validate/policy", []string{"accounts", "validate", "internal/quote", "k8s.io/api", "k8s.io/apimachinery"}},
	{"validate/privileges", []string{"accounts", "validate", "internal/workload", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}},
	{"validate/survey", []string{"volumes", "validate", "internal/kubelet", "internal/quote", "k8s.io/api", "k8s.io/apimachinery"}},
	{"validate", []string{"accounts", "volumes", "internal/cmdline", "internal/kubelet", "internal/mounts", "internal/nodes", "internal/quote", "internal/winpath", "k8s.io/api", "k8s.io/apimachinery"}},
	{"hostprocess/agent/install", []string{"volumes", "internal/quote"}},             // for small programs
	{"hostprocess/agent", []string{"volumes", "internal/quote", "internal/winpath"}}, // for small programs
	{"hostprocess/csinode", []string{"accounts", "hostprocess", "internal/cmdline", "internal/quote", "internal/winpath", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}},
	{"hostprocess/firewall", []string{"accounts", "hostprocess", "internal/cmdline", "internal/dnslabel", "internal/hostpath", "internal/quote", "k8s.io/api", "k8s.io/apimachinery"}},
	{"hostprocess/task", []string{"accounts", "hostprocess", "validate/explain", "internal/quote", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}},
	{"hostprocess", []string{"accounts", "volumes", "validate", "hostprocess", "internal/cmdline", "internal/dnslabel", "internal/hostpath", "internal/quote", "internal/winpath", "internal/workload", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}},
	{"examples", []string{"accounts", "volumes", "validate", "hostprocess", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils", "sigs.k8s.io/yaml"}},
	{"internal/cmdline", []string{"internal/winpath"}},
	{"internal/dnslabel", []string{"k8s.io/apimachinery"}},
	{"internal/hostpath", []string{"volumes"}},
	{"internal/kubelet", nil},
	{"internal/quote", nil},
	{"internal/mounts", []string{"volumes", "internal/quote", "internal/winpath"}},
	{"internal/nodes", []string{"k8s.io/api", "k8s.io/apimachinery"}},
	{"internal/probes", []string{"accounts", "volumes", "validate", "hostprocess", "internal/cmdline", "internal/quote", "internal/winpath", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}},
	{"internal/winpath", nil},
	{"internal/workload", []string{"validate", "k8s.io/api", "k8s.io/apimachinery"}},
	{"internal/recorded", nil}, // a helper of tests
	{"internal/podgen", []string{"accounts", "volumes", "validate", "hostprocess", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/utils"}}, // a helper of tests
	{"internal/reports", []string{"validate", "k8s.io/api", "k8s.io/apimachinery", "sigs.k8s.io/yaml"}},                                  // tests alone
	{"internal/repotest", []string{"k8s.io/api", "k8s.io/apimachinery"}},                                                                 // a helper of tests
}

// unwelcome lists packages of the standard library, each with all below it, that the
// library doesn't use: the reason, and the folders that are exempt.
var unwelcome = []struct {
	imported, why string
	except        []string
}{
	{"path/filepath", "its answers change with the host; Windows paths are internal/winpath's", []string{"hostprocess/agent", "hostprocess/agent/install"}},
	{"runtime", "answers change with the host", []string{"hostprocess/agent", "hostprocess/agent/install"}},
	{"os", "the library knows what it is given, not the machine it runs on", []string{"hostprocess/agent", "hostprocess/agent/install"}},
	{"os/exec", "the library starts no program", nil},
	{"net", "the library opens no connection", nil},
	{"log", "the library returns errors", nil},
	{"flag", "the library has no flags", nil},
	{"math/rand", "the same input gives the same answer", nil},
	{"plugin", "the library loads no code", nil},
	{"unsafe", "nothing here needs it", nil},
	{"C", "nothing here needs it", nil},
}

// shipped lists the folders whose code users link.
var shipped = []string{"accounts", "volumes", "validate", "hostprocess", "internal/cmdline", "internal/dnslabel", "internal/hostpath", "internal/kubelet", "internal/mounts", "internal/nodes", "internal/probes", "internal/quote", "internal/winpath", "internal/workload"}

func TestImportArrows(t *testing.T) {
	for _, system := range []string{"linux", "windows"} {
		t.Setenv("GOOS", system)
		for _, p := range list(t, "./...") {
			checkImports(t, p)
		}
	}
}

func checkImports(t *testing.T, p goPackage) {
	t.Helper()
	in := func(folder string) bool { return within(p.name(), folder) }
	arrow := slices.IndexFunc(arrows, func(a struct {
		folder string
		may    []string
	}) bool {
		return in(a.folder)
	})
	if arrow < 0 {
		t.Errorf("say in arrows what %s may import", p.name())
		return
	}
	may := append([]string{p.name()}, arrows[arrow].may...)
	for _, imported := range p.Imports {
		local := strings.TrimPrefix(imported, modulePath+"/")
		first, _, _ := strings.Cut(local, "/")
		standard := local == imported && !strings.Contains(first, ".")
		if !standard && !slices.ContainsFunc(may, func(folder string) bool { return within(local, folder) }) {
			t.Errorf("%s imports %s; it may import the standard library and %q", p.name(), imported, may)
		}
		for _, rule := range unwelcome {
			if within(imported, rule.imported) && slices.ContainsFunc(shipped, in) && !slices.Contains(rule.except, p.name()) {
				t.Errorf("%s imports %s: %s", p.name(), imported, rule.why)
			}
		}
	}
}
