// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/fleet"
	"github.com/hostprocess-go/sdk/validate/privileges"
	"github.com/hostprocess-go/sdk/validate/survey"
)

func html(t *testing.T, r *Report) string {
	t.Helper()
	text, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestZero: the page of a zero Report says that nothing was found.
func TestZero(t *testing.T) {
	page := html(t, &Report{})
	for _, want := range []string{"The input has no Windows nodes", "0 objects with HostProcess pods: 0 errors", "No conflicts found"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, unwanted := range []string{"incomplete</h2>", "<table", "Upgrade", "<details"} {
		if strings.Contains(page, unwanted) {
			t.Errorf("%q is in the page of nothing", unwanted)
		}
	}
}

// TestMore: a long list shows its first rows, whatever their order in the input, and the
// number of the others with the command that prints them.
func TestMore(t *testing.T) {
	page := func(seed uint64) string {
		r := Report{Upgrade: "containerd 2.3.4"}
		for _, i := range rand.New(rand.NewPCG(seed, 1)).Perm(3 * maxRows) {
			name := fmt.Sprintf("object-%03d", i)
			o := input.Object{Kind: "Pod", Namespace: "a", Name: name}
			r.AddProblem(errors.New(name + " is broken"))
			r.AddFinding(lint.Finding{Kind: "Pod", Name: name, Rule: "host-network", Field: "spec", Message: "m", Ignored: i%3 == 0})
			r.AddChanges(o, validate.Changes{New: validate.Findings{{Rule: "host-network", Field: "spec", Message: "m"}}, Cured: validate.Findings{{Rule: "command-newline", Severity: validate.SeverityInfo}}})
		}
		for i := range 3 * maxRows {
			r.Conflicts = append(r.Conflicts, fleet.Conflict{What: fmt.Sprintf("port %d", i)})
		}
		return html(t, &r)
	}
	first := page(1)
	if diff := cmp.Diff(first, page(2)); diff != "" {
		t.Errorf("another page for another order:\n%s", diff)
	}
	for want, count := range map[string]int{
		"and 200 more: <code>kubectl hostprocess lint</code>":                            1,
		"and 200 more: <code>kubectl hostprocess lint --enable-only host-network</code>": 1,
		"and 200 more: <code>kubectl hostprocess diff</code>":                            2,
		"and 200 more: <code>kubectl hostprocess conflicts</code>":                       1,
		"200 errors, 0 warnings, 0 info, 100 ignored by an annotation":                   1,
		"object-099 is broken": 1, "object-100 is broken": 0, `object-150</th><td data-label="Field"`: 0, `object-149</th><td data-label="Field"`: 1,
		`object-000</th><td data-label="Field"`: 2, // changes: as a finding, it is ignored, and comes last
		"<th scope=\"row\"":                     1 + 4*maxRows,
		">ignored</span>":                       0,
		"port 99<":                              1, "port 100<": 0,
	} {
		if n := strings.Count(first, want); n != count {
			t.Errorf("%q is there %d times, want %d", want, n, count)
		}
	}
	if len(first) > 200_000 {
		t.Errorf("%d bytes", len(first))
	}
}

// TestPrivileges: containers are listed by privilege.
func TestPrivileges(t *testing.T) {
	var all privileges.Inventory
	for i, account := range []string{`NT AUTHORITY\SYSTEM`, "agents", "Administrators", `NT AUTHORITY\Local Service`, "System", ""} {
		spec := corev1.PodSpec{
			SecurityContext:     &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: new(true)}},
			InitContainers:      []corev1.Container{{Name: "first", Image: "a@sha256:" + strings.Repeat("0", 64)}},
			Containers:          []corev1.Container{{Name: "agent", Image: "a:1"}},
			EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}},
		}
		if account != "" {
			spec.SecurityContext.WindowsOptions.RunAsUserName = &account
		}
		for j := range maxShort + 3 {
			name := fmt.Sprint("v", j)
			c := &spec.Containers[0]
			spec.Volumes = append(spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\` + name}}})
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: "/" + name, ReadOnly: j == 0})
			c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "s" + name}}})
		}
		if err := all.Add(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "agents", Name: fmt.Sprint("pod-", i)}, Spec: spec}, ""); err != nil {
			t.Fatal(err)
		}
	}
	r := Report{Workloads: all.Workloads()}
	r.AddFinding(lint.Finding{Rule: "host-network"})
	page := html(t, &r)
	var levels []string
	for _, match := range regexp.MustCompile(`<details open id="level-([^"]*)">\n<summary><h3>([^<]*)</h3>`).FindAllStringSubmatch(page, -1) {
		levels = append(levels, match[1]+" "+match[2])
	}
	want := []string{
		"local-system local system: 3 containers", "administrator administrator: 3 containers", "local-service local service: 3 containers",
		"local-group local group: 3 containers", "no-account no account: 6 containers",
	}
	if diff := cmp.Diff(want, levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	for want, count := range map[string]int{
		"of 18 containers run as LocalSystem": 1, "first (init)": 6, "agent (regular)": 6, "debug (ephemeral)": 6, ">pinned by digest: ": 6, ">not pinned: ": 12,
		`read <code>C:\v0</code>`: 6, `write <code>C:\v9</code>`: 6, `C:\v10`: 0, "and 3 more paths": 6, "Secret sv8": 6, "Secret sv9": 0, "and 4 more credentials": 6,
		"No runAsUserName is set": 3, "not set": 3, `<a href="#rule-host-network">host-network</a>`: 18, `#rule-os-missing`: 0, "Pod Security enforces (unknown)": 18,
	} {
		if n := strings.Count(page, want); n != count {
			t.Errorf("%q is there %d times, want %d", want, n, count)
		}
	}
}

// TestHostile: untrusted input is text in one line, and has a limit.
func TestHostile(t *testing.T) {
	for _, hostile := range []string{
		`</style><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `javascript:alert(1)`, "a\u202eb\x00c\nd\x1b[2J", "{{.}}", "\xff\xfe",
		strings.Repeat("x", 4<<20), strings.Repeat("é", maxText), "a" + strings.Repeat("é", maxText),
	} {
		o := input.Object{Kind: hostile, Namespace: hostile, Name: hostile}
		f := validate.Finding{Rule: "host-network", Field: hostile, Message: hostile, Fix: hostile}
		r := Report{Sources: []string{hostile}, Date: hostile, Version: hostile, Containerd: []string{hostile}, LeftOut: []string{hostile}, Upgrade: hostile}
		r.Nodes = &survey.Survey{}
		r.Nodes.Add(windowsNode(hostile))
		r.Unsupported = []survey.Unsupported{{Product: hostile, Versions: hostile, Names: []string{hostile}, Nodes: 1}}
		r.AddProblem(errors.New(hostile))
		r.AddFinding(lint.Finding{File: hostile, Kind: hostile, Name: hostile, Rule: "host-network", Field: hostile, Message: hostile, Fix: hostile})
		r.AddFinding(lint.Finding{Rule: "parse-error", Message: hostile, Ignored: true})
		r.AddChanges(o, validate.Changes{New: validate.Findings{f}, Cured: validate.Findings{f}})
		r.Conflicts = []fleet.Conflict{{What: hostile, Claims: [2]fleet.Claim{{Workload: hostile, Field: hostile}, {Workload: hostile, Field: hostile}}, Message: hostile, Fix: hostile}}
		container := privileges.Container{
			Name: hostile, Role: privileges.Role(hostile), RunAsUserName: hostile, AccountField: hostile, Image: hostile, Less: []string{hostile},
			HostPaths: []privileges.HostPath{{Path: hostile}}, Credentials: []privileges.Credential{{Kind: privileges.CredentialKind(hostile), Name: hostile}, {Kind: privileges.CredentialToken, Audience: hostile}},
		}
		r.Workloads = []privileges.Workload{{Kind: hostile, Namespace: hostile, Name: hostile, Owner: &metav1.OwnerReference{Kind: hostile, Name: hostile}, ServiceAccount: hostile, Enforce: hostile, Containers: []privileges.Container{container}}}
		page := html(t, &r)
		_, body, _ := strings.Cut(page, "<body>")
		for _, wrong := range []string{"<script", "<img", "</style>", "\u202e", "\x00", "\x1b", `="javascript:`, "\uFFFD\uFFFD\uFFFD"} {
			if strings.Contains(body, wrong) {
				t.Errorf("%.50q: %q is in the page", hostile, wrong)
			}
		}
		if len(page) > 200_000 {
			t.Errorf("%.50q: %d bytes", hostile, len(page))
		}
	}
	if got, want := shown("a"+strings.Repeat("é", maxText)), "a"+strings.Repeat("é", maxText/2-1)+" … and 2002 more bytes"; got != want {
		t.Errorf("cut to %q", got)
	}
}

func windowsNode(text string) *corev1.Node {
	n := &corev1.Node{}
	n.Name = text
	n.Status.NodeInfo.OperatingSystem, n.Status.NodeInfo.ContainerRuntimeVersion, n.Status.NodeInfo.KernelVersion = "windows", text, text
	return n
}

// TestCapabilities: each capability has a meaning.
func TestCapabilities(t *testing.T) {
	var all survey.Capabilities
	for _, c := range (view{}).Capabilities() {
		all |= c.Capabilities
	}
	if known := survey.Capabilities(0xff); known.String() != all.String() {
		t.Errorf("the page tells of %s, and nodes of %s", all, known)
	}
}
