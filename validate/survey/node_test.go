// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/survey"
	"github.com/hostprocess-go/sdk/volumes"
)

// node makes a node as a kubelet reports it. The labels are those every Windows
// node has, and pairs of more.
func node(name, runtime, kernel string, more ...string) *corev1.Node {
	n := &corev1.Node{}
	n.Name = name
	n.Labels = map[string]string{corev1.LabelOSStable: "windows", corev1.LabelHostname: name}
	if build, err := volumes.ParseWindowsBuild(kernel); err == nil {
		n.Labels[corev1.LabelWindowsBuild] = volumes.WindowsBuild{Build: build.Build}.String()
	}
	for i := 0; i+1 < len(more); i += 2 {
		n.Labels[more[i]] = more[i+1]
	}
	n.Status.NodeInfo = corev1.NodeSystemInfo{ContainerRuntimeVersion: runtime, KernelVersion: kernel, OperatingSystem: "windows"}
	return n
}

const (
	everything = survey.CapabilityHostProcess | survey.CapabilityLocalGroups | survey.CapabilityInClusterConfig | survey.CapabilityReadOnlyMounts | survey.CapabilityPortForward | survey.CapabilityEnvTokens
	onSymlinks = survey.CapabilityHostProcess | survey.CapabilityLocalGroups | survey.CapabilityPortForward | survey.CapabilityEnvTokens
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		runtime, kernel string
		mode            volumes.Mode
		can, unknown    survey.Capabilities
		targets         []volumes.Mode
	}{
		{"containerd://1.6.6", "10.0.20348.2849", volumes.ModeSymlink16, survey.CapabilityHostProcess, 0, []volumes.Mode{volumes.ModeSymlink16}},
		{"containerd://1.6.8", "10.0.17763.1000", volumes.ModeSymlink16, survey.CapabilityHostProcess | survey.CapabilityEnvTokens, 0, []volumes.Mode{volumes.ModeSymlink16}},
		{"containerd://1.6.8", "", volumes.ModeSymlink16, survey.CapabilityHostProcess | survey.CapabilityEnvTokens, 0, []volumes.Mode{volumes.ModeSymlink16}},
		{"containerd://1.7.0-beta.1", "10.0.20348.1", volumes.ModeBind, everything &^ (survey.CapabilityReadOnlyMounts | survey.CapabilityPortForward), 0, []volumes.Mode{volumes.ModeBind}},
		{"containerd://1.7.13+azure", "10.0.20348.2849", volumes.ModeBind, everything &^ survey.CapabilityPortForward, 0, []volumes.Mode{volumes.ModeBind}},
		{"containerd://1.7.20", "10.0.17763.6414", volumes.ModeBind, everything, 0, []volumes.Mode{volumes.ModeBind}},
		{"containerd://1.7.20", "10.0.17763.1000", volumes.ModeSymlinkHPC, onSymlinks, 0, []volumes.Mode{volumes.ModeSymlinkHPC}},
		{"containerd://2.1.1", "10.0.26100.1742", volumes.ModeBind, everything, 0, []volumes.Mode{volumes.ModeBind}},

		// As distributions report it.
		{"containerd://1.6.6-k3s1", "10.0.20348.2849", volumes.ModeSymlink16, survey.CapabilityHostProcess, 0, []volumes.Mode{volumes.ModeSymlink16}},
		{"containerd://1.7.17-k3s2", "10.0.20348.2849", volumes.ModeBind, everything, 0, []volumes.Mode{volumes.ModeBind}},
		{"containerd://2.0.5-k3s2.32", "10.0.20348.2849", volumes.ModeBind, everything, 0, []volumes.Mode{volumes.ModeBind}},
		{"containerd://1.6.28+azure", "10.0.17763.7558", volumes.ModeSymlink16, survey.CapabilityHostProcess | survey.CapabilityEnvTokens, 0, []volumes.Mode{volumes.ModeSymlink16}},
		{"containerd://1.7.27-gke.1", "10.0.20348.2849", volumes.ModeBind, everything, 0, []volumes.Mode{volumes.ModeBind}},
		{"containerd://v2.1.1", "10.0.20348.2849", volumes.ModeBind, everything, 0, []volumes.Mode{volumes.ModeBind}},
		{"containerd://1.7.20-1.eks", "10.0.20348.2849", volumes.ModeBind, everything, 0, []volumes.Mode{volumes.ModeBind}},
		{"cri-o://1.30.0", "10.0.20348.2849", volumes.ModeUnknown, 0, 0, nil},

		// The mode depends on the revision, which is unknown.
		{"containerd://1.7.20", "10.0.17763", volumes.ModeUnknown, onSymlinks, survey.CapabilityInClusterConfig | survey.CapabilityReadOnlyMounts, []volumes.Mode{volumes.ModeBind, volumes.ModeSymlinkHPC}},
		// It isn't known whether this build has the bind filter.
		{"containerd://1.7.20", "10.0.18363.1", volumes.ModeUnknown, onSymlinks, survey.CapabilityInClusterConfig | survey.CapabilityReadOnlyMounts, []volumes.Mode{volumes.ModeBind, volumes.ModeSymlinkHPC}},
		// No mode of it would honour readOnly.
		{"containerd://1.7.0-beta.1", "", volumes.ModeUnknown, survey.CapabilityHostProcess | survey.CapabilityLocalGroups | survey.CapabilityEnvTokens, survey.CapabilityInClusterConfig, []volumes.Mode{volumes.ModeBind, volumes.ModeSymlinkHPC}},

		{"docker://20.10.9", "10.0.20348.2849", volumes.ModeUnknown, 0, 0, nil},
		{"containerd://1.5.13", "10.0.20348.2849", volumes.ModeUnknown, 0, 0, nil},
		{"", "10.0.20348.2849", volumes.ModeUnknown, 0, everything, nil},
		{"containerd://next", "10.0.20348.2849", volumes.ModeUnknown, 0, everything, nil},
	} {
		got, ok := survey.Read(node("n", c.runtime, c.kernel))
		if !ok {
			t.Errorf("%s %s isn't read", c.runtime, c.kernel)
		}
		if got.Mode != c.mode || got.Can != c.can || got.Unknown != c.unknown {
			t.Errorf("%s %s: %s, can %s, unknown %s; want %s, can %s, unknown %s", c.runtime, c.kernel, got.Mode, got.Can, got.Unknown, c.mode, c.can, c.unknown)
		}
		if (got.Err != nil) != (c.unknown != 0) {
			t.Errorf("%s %s: unknown is %q, but the error %v", c.runtime, c.kernel, c.unknown, got.Err)
		}
		var modes []volumes.Mode
		for _, target := range got.Targets() {
			modes = append(modes, target.Mode())
			if target.Runtime() != got.Runtime {
				t.Errorf("%s: the target's runtime is %s", c.runtime, target.Runtime())
			}
		}
		if diff := cmp.Diff(c.targets, modes); diff != "" {
			t.Errorf("%s %s: targets (-want +got):\n%s", c.runtime, c.kernel, diff)
		}
	}
}

// TestReadAgreesWithValidate compares the node with the target of package validate, if
// the mode is known.
func TestReadAgreesWithValidate(t *testing.T) {
	for _, runtime := range []string{"containerd://1.6.8", "containerd://1.7.2", "containerd://2.1.1", "docker://20.10.9", "", "containerd://x"} {
		for _, kernel := range []string{"10.0.17763.3164", "10.0.17763.3165", "10.0.20348.2849", "10.0.26100.1", "20348", "Windows Server 2022", "4.18"} {
			n := node("n", runtime, kernel)
			target, err := validate.NodeTarget(n)
			got, _ := survey.Read(n)
			if got.Mode == volumes.ModeUnknown {
				continue
			}
			if err != nil || target.Mode() != got.Mode || target.Runtime() != got.Runtime {
				t.Errorf("%s %s: %s, but the target is %s, %v", runtime, kernel, got.Mode, target, err)
			}
		}
	}
}

// TestReadLooksWhereBuildIs takes away one place after the other.
func TestReadLooksWhereBuildIs(t *testing.T) {
	n := node("n", "containerd://2.1.1", "10.0.20348.2849")
	n.Labels[corev1.LabelWindowsBuild] = "10.0.26100"
	n.Status.NodeInfo.OSImage = "Windows Server 2019 Datacenter"
	want := func(build volumes.WindowsBuild) {
		t.Helper()
		if got, _ := survey.Read(n); got.Build != build {
			t.Errorf("build %s, want %s", got.Build, build)
		}
	}
	want(volumes.WindowsBuild{Build: 20348, Revision: 2849})
	n.Status.NodeInfo.KernelVersion = ""
	want(volumes.WindowsBuild{Build: 26100})
	delete(n.Labels, corev1.LabelWindowsBuild)
	want(volumes.WindowsBuild{Build: 17763})
	n.Status.NodeInfo.OSImage = ""
	want(volumes.WindowsBuild{})
	if got, _ := survey.Read(n); got.Err == nil {
		t.Error("a node without a build has no error")
	}
}

func TestReadPassesOver(t *testing.T) {
	linux := node("linux", "containerd://2.1.1", "6.8.0")
	linux.Status.NodeInfo.OperatingSystem = "linux" // whatever its label says
	byLabel := node("label", "containerd://2.1.1", "10.0.20348.1")
	byLabel.Status.NodeInfo.OperatingSystem = ""
	for _, c := range []struct {
		node *corev1.Node
		want bool
	}{{nil, false}, {&corev1.Node{}, false}, {linux, false}, {byLabel, true}} {
		if _, ok := survey.Read(c.node); ok != c.want {
			t.Errorf("%v is read: %t", c.node, ok)
		}
	}
	if targets := (survey.Node{}).Targets(); targets != nil {
		t.Errorf("the zero Node has targets %v", targets)
	}
}

func TestCapabilities(t *testing.T) {
	for _, c := range []struct {
		text string
		want survey.Capabilities
		ok   bool
	}{
		{"", 0, true},
		{" , ", 0, true},
		{" , local-groups", survey.CapabilityLocalGroups, true},
		{"local-groups", survey.CapabilityLocalGroups, true},
		{" port-forward , env-tokens", survey.CapabilityPortForward | survey.CapabilityEnvTokens, true},
		{everything.String(), everything, true},
		{"local-group", 0, false},
		{"Local-Groups", 0, false},
	} {
		got, err := survey.ParseCapabilities(c.text)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%q is %q, %v", c.text, got, err)
		}
	}
	for set := range everything + 1 {
		var got survey.Capabilities
		text, err := set.MarshalText()
		if err == nil {
			err = got.UnmarshalText(text)
		}
		if err != nil || got != set {
			t.Errorf("%06b is %q, which is %06b, %v", set, text, got, err)
		}
	}
	got := survey.CapabilityLocalGroups
	if err := got.UnmarshalText([]byte("x")); err == nil || got != survey.CapabilityLocalGroups {
		t.Errorf("an error left %q, %v", got, err)
	}
}
