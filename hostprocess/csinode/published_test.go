// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/validate"
)

// published are the node plugins of six projects.
var published = map[string]struct {
	made func() (*appsv1.DaemonSet, error)
	// driver is its name, and container that of its container.
	driver, container string
	// breaks are the rules of severity error or warning that the published plugin breaks
	// (testdata/published), once for each field.
	breaks []validate.RuleID
	// other are the differences from the published one, in addition to always.
	other []difference
}{
	"smb": {
		smb, "smb.csi.k8s.io", "smb",
		[]validate.RuleID{linuxOnly},
		seccomp,
	},
	"azuredisk": {
		azureDisk, "disk.csi.azure.com", "azuredisk",
		[]validate.RuleID{"command-host-path", linuxOnly, linuxOnly, linuxOnly},
		slices.Concat(capabilities, hookOfHost("azuredisk", "azurediskplugin.exe")),
	},
	"azurefile": {
		azureFile, "file.csi.azure.com", "azurefile",
		[]validate.RuleID{linuxOnly, linuxOnly, linuxOnly, linuxOnly},
		slices.Concat(seccomp, capabilities, port("azurefile", "metrics", 29615), []difference{
			{"containers.azurefile.flag.--metrics-address", is("0.0.0.0:29615"), "the quotes are no shell's: the driver gets them, and can't listen on an address with quotes"},
		}),
	},
	"vsphere": {
		vSphere, "csi.vsphere.vmware.com", "vsphere-csi-node",
		[]validate.RuleID{"dns-policy-host-net"},
		slices.Concat(probed("vsphere-csi-node", 9810), []difference{
			{"dnsPolicy", nil, "without effect for HostProcess containers"},
			{`containers.vsphere-csi-node.volumeMounts.C:\csi.*`, nil, seen},
			{`containers.vsphere-csi-node.volumeMounts.C:\var\lib\kubelet.*`, nil, seen},
			{"containers.node-driver-registrar.volumeMounts./csi.*", nil, seen},
			{"containers.node-driver-registrar.volumeMounts./registration.*", nil, seen},
			{"containers.liveness-probe.volumeMounts./csi.*", nil, seen},
			{"volumes.registration-dir.*", nil, "the kubelet makes it when it starts"},
			{"volumes.pods-mount-dir.*", nil, seen},
			{"volumes.plugin-dir.hostPath.path", single, plain},
		}),
	},
	"k2s": {
		k2s, "smb.csi.k8s.io", "smb",
		[]validate.RuleID{linuxOnly},
		seccomp,
	},
	"ebs": {
		ebs, "ebs.csi.aws.com", "ebs-plugin",
		[]validate.RuleID{"command-posix-path", "env-mount-path", "env-mount-path"},
		slices.Concat(probed("ebs-plugin", 9808), hookOfHost("ebs-plugin", "aws-ebs-csi-driver.exe"), []difference{
			{"containers.ebs-plugin.readinessProbe.httpGet.host", is("127.0.0.1"), onlyKubelet},
			{"containers.ebs-plugin.readinessProbe.httpGet.port", is("9808"), notDrivers},
			{"containers.ebs-plugin.readinessProbe.failureThreshold", nil, usual},
			{"containers.ebs-plugin.livenessProbe.periodSeconds", nil, usual},
			{"containers.node-driver-registrar.flag.--http-endpoint", is("127.0.0.1:9809"), onlyKubelet},
			{"containers.node-driver-registrar.livenessProbe.httpGet.host", is("127.0.0.1"), onlyKubelet},
			{"containers.node-driver-registrar.livenessProbe.httpGet.port", is("9809"), "the number says the same"},
			{"containers.node-driver-registrar.ports.9809.protocol", is("TCP"), usual},
			{`containers.node-driver-registrar.volumeMounts.C:\var\lib\kubelet\plugins\ebs.csi.aws.com.*`, nil, "an empty directory over the one with the socket: with the bind filter, the registrar would look for csi.sock in it"},
			{"volumes.probe-dir.*", nil, "the empty directory"},
			{`containers.ebs-plugin.volumeMounts.C:\csi.*`, nil, seen},
			{`containers.ebs-plugin.volumeMounts.C:\var\lib\kubelet.*`, nil, seen},
			{`containers.node-driver-registrar.volumeMounts.C:\csi.*`, nil, seen},
			{`containers.node-driver-registrar.volumeMounts.C:\registration.*`, nil, seen},
			{`containers.liveness-probe.volumeMounts.C:\csi.*`, nil, seen},
			{"volumes.registration-dir.*", nil, "the kubelet makes it when it starts"},
			{"volumes.kubelet-dir.*", nil, seen},
			{"spec.revisionHistoryLimit", nil, usual},
			{"terminationGracePeriodSeconds", nil, usual},
		}),
	},
}

const linuxOnly = "linux-only-field-ignored"

// difference is a field that differs. A star matches anything.
type difference struct {
	field string
	// became returns this package's value for the published value; nil if the field is
	// removed.
	became func(string) string
	why    string
}

const (
	seen        = "a HostProcess container sees the node's files without a mount"
	usual       = "the default of the API server"
	onlyKubelet = "the loopback address, where only the node itself can ask"
	notDrivers  = "livenessprobe listens on it, not the driver; and 9808, its default, is free for one plugin on a node"
	linux       = "for Linux only: the API server refuses it once os.name is windows"
	plain       = "without doubled backslashes, which YAML leaves in unquoted text, and without one at the end"
)

func is(value string) func(string) string { return func(string) string { return value } }

// single replaces doubled backslashes with single ones.
func single(path string) string {
	return strings.TrimSuffix(strings.ReplaceAll(path, `\\`, `\`), `\`)
}

// inImage is the path of a program of the image.
func inImage(program string) string { return `%CONTAINER_SANDBOX_MOUNT_POINT%\` + program }

var (
	seccomp      = []difference{{"securityContext.seccompProfile.type", nil, linux}}
	capabilities = []difference{{"containers.*.securityContext.capabilities.drop.0", nil, linux}}
)

// always are the differences that each plugin may have. New causes most of them.
func always(driver, container string) []difference {
	dir := `C:\var\lib\kubelet\plugins\` + driver
	return []difference{
		{"initContainers.init.*", nil, "it only makes a directory, which the kubelet does for a volume"},
		{"volumes.plugin-dir.name", is("plugin-dir"), "the kubelet makes the directory"},
		{"volumes.plugin-dir.hostPath.path", is(dir), "the kubelet makes the directory"},
		{"volumes.plugin-dir.hostPath.type", is("DirectoryOrCreate"), "the kubelet makes the directory"},
		{"containers." + container + ".volumeMounts./csi.name", is("plugin-dir"), "the kubelet ignores a volume that no container mounts"},
		{"containers." + container + ".volumeMounts./csi.mountPath", is("/csi"), "the kubelet ignores a volume that no container mounts"},
		{"os.name", is("windows"), "the API server checks the pod as one for Windows"},
		{"spec.updateStrategy.rollingUpdate.maxSurge", is("0"), usual},
		{"automountServiceAccountToken", is("true"), usual},
		{"containers.*.imagePullPolicy", nil, usual},
		{"containers.*.env.*.valueFrom.fieldRef.apiVersion", nil, usual},
		{"containers.*.workingDir", is("%CONTAINER_SANDBOX_MOUNT_POINT%"), "the root of the image, where not every runtime starts a program by itself"},
		{"containers.*.program", inImage, "a path, where a name is looked for in several directories"},
		{"containers." + container + ".env.CSI_ENDPOINT.value", single, plain},
		{"containers." + container + ".flag.--endpoint", single, plain},
		{"containers.*.flag.--csi-address", single, plain},
		{"containers.*.flag.--kubelet-registration-path", single, plain},
		{"containers.*.flag.--plugin-registration-path", single, plain},
		{"containers.node-driver-registrar.env.*", nil, "the flags say it, and the registrar reads no variable"},
	}
}

// probed are the differences of a driver with a liveness probe at a port.
func probed(container string, number int) []difference {
	return slices.Concat(port("liveness-probe", "healthz", number), []difference{
		{"containers." + container + ".ports.9808.*", nil, notDrivers},
		{"containers." + container + ".livenessProbe.httpGet.port", is(fmt.Sprint(number)), notDrivers},
		{"containers." + container + ".livenessProbe.httpGet.host", is("127.0.0.1"), onlyKubelet},
		{"containers.liveness-probe.flag.--http-endpoint", is(fmt.Sprintf("127.0.0.1:%d", number)), onlyKubelet},
	})
}

// port are the fields of a port that was not declared.
func port(container, name string, number int) []difference {
	at := fmt.Sprintf("containers.%s.ports.%d.", container, number)
	const why = "the container listens on it: the scheduler keeps others with the same port away from the node"
	return []difference{{at + "name", is(name), why}, {at + "containerPort", is(fmt.Sprint(number)), why}, {at + "protocol", is("TCP"), why}}
}

// hookOfHost is a hook that runs a file of the node instead of one of the image.
func hookOfHost(container, program string) []difference {
	return []difference{{"containers." + container + ".lifecycle.preStop.exec.command.0", is(inImage(program)),
		"with the bind filter, a path that begins with a slash is one of the node, and not there"}}
}

// matches reports whether the difference is about a field and gives it that value.
func (d difference) matches(field, before, after string) bool {
	rest := field
	for i, part := range strings.Split(d.field, "*") {
		at := strings.Index(rest, part)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	if rest != "" && !strings.HasSuffix(d.field, "*") {
		return false
	}
	if d.became == nil {
		return after == ""
	}
	return after == d.became(before)
}

// The plugins differ from the published ones exactly in the listed fields, with the listed
// values.
func TestPublished(t *testing.T) {
	unused := map[string]bool{}
	for _, d := range always("", "*") {
		unused[d.why] = true
	}
	for name, plugin := range published {
		t.Run(name, func(t *testing.T) {
			ours, err := plugin.made()
			if err != nil {
				t.Fatal(err)
			}
			before, after := fields(t, theirs(t, name)), fields(t, ours)
			all := maps.Clone(before)
			maps.Copy(all, after)
			listed := slices.Concat(plugin.other, always(plugin.driver, plugin.container))
			differs := make([]bool, len(listed))
			same := 0
			for _, field := range slices.Sorted(maps.Keys(all)) {
				if before[field] == after[field] {
					same++
					continue
				}
				i := slices.IndexFunc(listed, func(d difference) bool { return d.matches(field, before[field], after[field]) })
				if i < 0 {
					t.Errorf("%s isn't listed, or not like this: %q became %q", field, before[field], after[field])
					continue
				}
				differs[i] = true
				delete(unused, listed[i].why)
			}
			for i, d := range plugin.other {
				if !differs[i] {
					t.Errorf("%s is listed, and doesn't differ", d.field)
				}
			}
			t.Logf("%d of %d fields are the same", same, len(all))
		})
	}
	for why := range unused {
		t.Errorf("no plugin differs because of: %s", why)
	}
}

// fields flattens a DaemonSet into paths and values. The paths of the pod have no prefix.
// Elements of lists are keyed by name, and commands and args by their words instead of
// their indexes.
func fields(t *testing.T, set *appsv1.DaemonSet) map[string]string {
	t.Helper()
	set = set.DeepCopy()
	found := map[string]string{}
	spec := &set.Spec.Template.Spec
	for i := range spec.Containers {
		c := &spec.Containers[i]
		values := map[string]string{}
		for _, v := range c.Env {
			values[v.Name] = v.Value
			if v.ValueFrom != nil {
				values[v.Name] = "$(" + v.Name + ")"
			}
		}
		line := append(c.Command, c.Args...)
		found["containers."+c.Name+".program"] = line[0]
		for _, word := range line[1:] {
			flag, value, set := strings.Cut(cmdline.Expand(word, values), "=")
			if !set {
				value = "(without a value)"
			}
			found["containers."+c.Name+".flag."+flag] = value
		}
		c.Command, c.Args = nil, nil
	}
	pod := *spec
	*spec = corev1.PodSpec{}
	flatten(t, "metadata", set.ObjectMeta, found)
	flatten(t, "spec", set.Spec, found)
	flatten(t, "", pod, found)
	return found
}

// flatten adds what is set in an object, each value at its path.
func flatten(t *testing.T, path string, object any, found map[string]string) {
	t.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	walk(path, value, found)
}

func walk(path string, value any, found map[string]string) {
	at := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for key, v := range value {
			walk(at(key), v, found)
		}
	case []any:
		for i, v := range value {
			key := fmt.Sprint(i)
			if element, ok := v.(map[string]any); ok {
				for _, name := range []string{"mountPath", "containerPort", "name"} {
					if element[name] != nil {
						key = fmt.Sprint(element[name])
						break
					}
				}
			}
			walk(at(key), v, found)
		}
	default:
		found[path] = fmt.Sprint(value)
	}
}

// nodes are targets of every mode, and one with the oldest kubelet.
var nodes = []string{"bind", "1.7.2", "1.7@symlinkHPC", "1.6", "2.0/kubelet-1.26"}

// Package validate has no error and no warning for any of the plugins, on any node, and
// for each of the published ones it has.
func TestClean(t *testing.T) {
	var v validate.Validator
	for _, text := range nodes {
		target, err := validate.ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		v.Targets = append(v.Targets, target)
	}
	for name, plugin := range published {
		made, err := plugin.made()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range serious(t, v, made) {
			t.Errorf("%s: %v", name, f)
		}
		for _, target := range v.Targets {
			for _, f := range serious(t, validate.Validator{Targets: []validate.Target{target}}, made) {
				t.Errorf("%s for %v alone: %v", name, target, f)
			}
		}
		var breaks []validate.RuleID
		for _, f := range serious(t, v, theirs(t, name)) {
			breaks = append(breaks, f.Rule)
		}
		slices.Sort(breaks)
		if !slices.Equal(breaks, plugin.breaks) {
			t.Errorf("the published %s breaks %q, want %q", name, breaks, plugin.breaks)
		}
	}
}

// serious are the findings that are errors and warnings.
func serious(t *testing.T, v validate.Validator, set *appsv1.DaemonSet) validate.Findings {
	t.Helper()
	findings, err := v.Object(set)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(findings, func(f validate.Finding) bool { return f.Severity == validate.SeverityInfo })
}

// theirs returns the DaemonSet that a project has published.
func theirs(t *testing.T, name string) *appsv1.DaemonSet {
	t.Helper()
	text, err := os.ReadFile("testdata/published/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var set appsv1.DaemonSet
	if err := yaml.UnmarshalStrict(text, &set); err != nil {
		t.Fatal(err)
	}
	return &set
}
