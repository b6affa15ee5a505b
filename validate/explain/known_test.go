// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"slices"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/validate"
)

// known are the texts that were found in the sources of Kubernetes, containerd
// and hcsshim, and in public reports, one by one, with a rule that finds the mistake
// earlier. The rule is empty if the mistake isn't in the pod.
var known = []struct {
	text string
	rule validate.RuleID
}{
	// Sources: a row for each message.
	{"If pod contains any hostProcess containers then all containers must be HostProcess containers", "host-process-mixed"},
	{"pod hostProcess value must be identical if both are specified, was true", "host-process-mismatch"},
	{"pod hostProcess value must be identical if both are specified, was false", "host-process-mismatch"},
	{"hostNetwork must be true if pod contains any hostProcess containers", "host-network"},
	{"hostProcess containers are disallowed by cluster policy", ""},
	{"pod must not contain both HostProcess and non-HostProcess containers", "host-process-mixed"},
	{"hostNetwork is required if Pod contains HostProcess containers", "host-network"},
	{"pod must not contain any HostProcess containers if Pod's WindowsOptions.HostProcess is set to false", "host-process-mismatch"},
	{"pod contains HostProcess containers but feature 'WindowsHostProcessContainers' is not enabled", ""},
	{"pod spec and all containers inside must have the HostProcess field set to be valid", "host-process-container-level"},
	{"cannot create a normal process isolated container if the pod sandbox is a job container", "host-process-mixed"},
	{"cannot create a normal process isolated container if the pod sandbox is a job container running on host", "host-process-mixed"},
	{"named pipe mounts not supported for job containers - interact with the pipe directly", "named-pipe-mount"},
	{"destination path can not be C drive", "mount-path-bare-drive"},
	{"failed to create user process token: failed to logon user: The user name or password is incorrect.", "account-local-group"},
	{"failed to create user process token: failed to logon user: Access is denied.", "account-local-group"},
	{"failed to create user process token: empty user string passed", "run-as-user-name-missing"},
	{"failed to create user process token: empty username or group name passed", "run-as-user-name-missing"},
	{`failed to get application name from commandline "agent.exe": failed to find executable "agent.exe"`, "command-program"},
	{"pod must not set securityContext.windowsOptions.hostProcess=true", "namespace-pod-security-enforce"},
	{`container "agent" must not set securityContext.windowsOptions.hostProcess=true`, "namespace-pod-security-enforce"},
	{`containers "agent", "proxy" must not set securityContext.windowsOptions.hostProcess=true`, "namespace-pod-security-enforce"},
	{"WCOW Pod task should never issue exec", "port-forward"},
	{"UVM does not support HostProcess containers", "runtime-class"},

	// Public reports, unchanged.
	{"violates PodSecurity \"baseline:latest\": hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)", "namespace-pod-security-enforce"},
	{"cannot be set for a windows pod", "linux-only-field"},
	{`chown c:\var\lib\kubelet\pods\1\volumes\token: not supported by windows`, "run-as-user-hangs"},
	{`User "system:node:win-1" cannot get resource "nodes"`, "env-kubeconfig"},
	{"failed to get application name from commandline", "command-program"},
	{"failed to create user process token: failed to logon user: Access is denied", "account-domain-spelling"},
	{"Only one usage of each socket address (protocol/network address/port) is normally permitted.", "daemon-set-surge-ports"},
	{"failed to bind target \"a\" to root \"b\" for job object: Do not attach the filter to the volume at this time.", ""},
	{"open /var/run/secrets/kubernetes.io/serviceaccount/token: The system cannot find the path specified.", "command-service-account"},
	{"no match for platform in manifest", "image-windows-build"},
	{"job container mount destination exists and will be shadowed", "mount-over-host-directory"},

	{"'bin' is not recognized as an internal or external command", "command-relative-path"},
	{"'--config.file' is not recognized as an internal or external command", "command-program"},
	{`failed to get application name from commandline "powershell.exe": failed to find executable "powershell.exe"`, "env-path-replaced"},
	{"spec.containers[1].ports[0].hostPort: Duplicate value: \"TCP//9182\"", "port-duplicate"},
	{"The application has failed to start because its side-by-side configuration is incorrect", ""},
	{"bindfilter.ApplyFileBinding: Access is denied", ""},
	{"hostPath type check failed: /var/run/docker.sock is not a socket file", "linux-host-path"},
	{"error SubPath `/logs` must not be an absolute path", "mount-sub-path"},
	{"unable to provision SubPath `../logs`: must not contain '..'", "mount-sub-path"},
	{"UnmountVolume.TearDown failed for volume test-config : remove config: The process cannot access the file because it is being used by another process.", "sub-path-several"},
	{"unmounted volumes=[kube-api-access-x7k2p]", "run-as-user-hangs"},
	{"The container could not be located when the pod was deleted.  The container used to be Running", ""},
	{"The container could not be located when the pod was terminated", ""},
	{"listen unix kubelet.sock: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.", ""},
	{"listen tcp4 0.0.0.0:52379: bind: An attempt was made to access a socket in a way forbidden by its access permissions.", ""},
	{"listen tcp: lookup %HOST_IP%: no such host", "command-variable"},
	{"error getting ClusterInformation: connection is unauthorized: Unauthorized", "command-token-copy"},
	{"invalid USER value \"-1\": uid out of range", "account-number"},
	{"cpu affinity update is not supported for job containers: not implemented", ""},
	{"Still connecting to unix:///csi/csi.sock", "socket-path-without-drive"},
	{"Start-Process : This command cannot be run due to the error: Class not registered.", "command-start-process-extension"},
	{"The container operating system does not match the host operating system.", ""},
	{"The paging file is too small for this operation to complete.", ""},
	{"the file contains a virus or potentially unwanted software.", ""},

	// Windows' reason in other forms, which isn't interpreted.
	{"failed to logon user: winapi error #1326", "account-local-group"},
	{"failed to logon user: winapi error #5", "account-local-group"},
	{"failed to logon user: (0x52e)", "account-local-group"},
	{"failed to logon user: 0x80070005", "account-local-group"},
	{"failed to logon user: Zugriff verweigert", "account-local-group"},
	{"failed to logon user", "account-local-group"},
}

// TestKnown: each text is explained, alone and in its usual wrappings, by a single cause.
func TestKnown(t *testing.T) {
	for _, k := range known {
		for _, text := range []string{
			k.text,
			strings.ToUpper(k.text),
			strings.ToLower(k.text),
			"Error: failed to create containerd task: failed to create shim task: " + k.text + ": unknown",
			`Error: failed to start containerd task "` + id + `": ` + k.text + ": unknown",
			"  Warning  Failed  12s (x5 over 74s)  kubelet  Error: " + k.text + "\r\n",
			`E0302 10:11:12.000000    4321 pod_workers.go:1301] "Error syncing pod, skipping" err="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(k.text) + `" pod="agents/agent"`,
			`Error creating: Pod "agent-x7k2p" is invalid: spec: Invalid value: "null": ` + k.text,
		} {
			causes := Explain(text)
			if len(causes) != 1 {
				t.Errorf("%s\nmeans %q", text, matches(causes))
				continue
			}
			if rules := causes[0].Rules; k.rule == "" && len(rules) > 0 || k.rule != "" && !slices.Contains(rules, k.rule) {
				t.Errorf("%s\nhas the rules %q, want %q", text, rules, k.rule)
			}
		}
	}
}

// TestDenied: no other logon failure is explained as a denied access.
func TestDenied(t *testing.T) {
	denied := Explain("failed to logon user: Access is denied.")[0].Cause
	for _, k := range known {
		if causes := Explain(k.text); strings.HasPrefix(k.text, "failed to logon user") && causes[0].Cause == denied {
			t.Errorf("%s\nis taken for a denied access", k.text)
		}
	}
}

// TestCutOff: a truncated event is never explained by a cause that the whole text doesn't
// have.
func TestCutOff(t *testing.T) {
	for _, k := range known {
		whole := Explain(k.text)[0].Rules
		for end := range len(k.text) {
			for _, cause := range Explain(k.text[:end]) {
				for _, rule := range whole {
					if !slices.Contains(cause.Rules, rule) && len(cause.Rules) > 0 {
						t.Errorf("%s\nmeans %q, but the whole %q", k.text[:end], cause.Rules, whole)
					}
				}
			}
		}
	}
}
