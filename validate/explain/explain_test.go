// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hostprocess-go/sdk/validate"
)

const id = "6f1d0c3a9b7e4d2f8a5c6b1e0d9f3a7c4b2e8d6f1a0c5b9e7d3f2a8c6b4e1d0f"

// Rules of the causes that can be most mistakes.
const (
	logon       = "account-container-user account-domain-spelling account-impossible account-local-group account-local-prefix account-missing-domain account-needs-password account-unknown-service"
	programs    = "command-builtin command-literal-root command-mount-path command-posix-path command-posix-shell command-program command-pwsh command-relative-path command-sandbox-variable command-script env-path-replaced env-path-spoilt"
	cmdPrograms = "command-extension command-linux-program command-posix-shell command-program command-pwsh command-relative-path command-slash-path env-path-replaced"
)

// examples are texts from events and logs, with the expected explanations and rules.
var examples = []struct {
	text    string
	matched string
	rules   string
}{
	// Of hcsshim.
	{`Error: failed to create containerd task: failed to create shim task: failed to create user process token: failed to logon user: Access is denied.: unknown`,
		"failed to logon user: Access is denied", logon},
	{`Error: failed to start containerd task "` + id + `": failed to create user process token: failed to logon user: The user name or password is incorrect.: unknown`,
		"failed to logon user", logon},
	{`Error: failed to start containerd task "agent": failed to create user process token: failed to logon user: Der Benutzername oder das Kennwort ist falsch.: unknown`,
		"failed to logon user", logon},
	{`StartError (exit code 128): failed to start containerd task "` + id + `": failed to create user process token: empty username or group name passed: unknown`,
		"empty username or group name passed", "run-as-user-name-missing"},
	{`failed to start containerd task "agent": failed to create user process token: empty user string passed: unknown`,
		"empty user string passed", "run-as-user-name-missing"},
	{"failed to start containerd task \"agent\": failed to create user process token: invalid user string `A\\B\\C`: unknown",
		"invalid user string `", "run-as-user-name run-as-user-name-missing"},
	{`failed to start containerd task "agent": failed to create user process token: failed to create local account for container: failed to add user "6f1d0c3a9b7e4d2f8a5c" to the "agents" group: Access is denied.: unknown`,
		"failed to create local account for container", ""},
	{`Error: failed to create containerd task: failed to create shim task: named pipe mounts not supported for job containers - interact with the pipe directly: unknown`,
		"named pipe mounts not supported for job containers", "named-pipe-mount"},
	{`failed to create containerd task: failed to create shim task: failed to setup mount for job container: symlink C:\var\lib\kubelet\pods\1\volumes\kubernetes.io~empty-dir\b C:\C\` + id + `\data: Cannot create a file when that file already exists.: unknown`,
		"", "mount-collision mount-collision-unverified mount-nested mount-over-implicit mount-path-drive-root"},
	{`failed to create containerd task: failed to create shim task: failed to setup mount for job container: symlink C:\a C:\C\1\data: Access is denied.: unknown`,
		"failed to setup mount for job container", "mount-collision mount-collision-unverified mount-nested mount-over-implicit mount-path-characters mount-path-colon mount-path-drive-root"},
	{`failed to create containerd task: failed to create shim task: failed to make directory for job container mount: mkdir C:\a|b: The filename, directory name, or volume label syntax is incorrect.: unknown`,
		"failed to make directory for job container mount", "mount-path-characters mount-path-colon mount-path-device mount-path-drive-relative mount-path-server"},
	{`failed to create containerd task: failed to create shim task: mkdir Q:\: The system cannot find the path specified.: unknown`, "", "mount-path-drive-unverified"},
	{`failed to create shim task: failed to bind target "C:\\data" to root "R:\\" for job object: Do not attach the filter to the volume at this time.: unknown`,
		"", ""},
	{`failed to create shim task: failed to bind target "C:\\data" to root "C:\\source" for job object: The parameter is incorrect.: unknown`,
		"", "mount-below-hpc mount-collision-unverified mount-path-drive-unverified"},
	{`failed to create shim task: invalid OCI spec - a mount must have both source and a destination: {Destination: Type: Source:C:\a}: unknown`,
		"a mount must have both source and a destination", "mount-path-required"},
	{`time="2026-03-02T10:11:12Z" level=warning msg="job container mount destination exists and will be shadowed" container=agent`,
		"job container mount destination exists and will be shadowed", "mount-over-host-directory"},
	{`level=warning msg="failed to setup symlink from C:\\a to containers rootfs at C:\\hpc\\data" error="already exists"`,
		"", ""},
	{`Error: failed to start containerd task "` + id + `": failed to get application name from commandline "/bin/sh -c \"echo hello\"": failed to find executable "/bin/sh -c \"echo hello\"": unknown`,
		"", programs},
	{`Error: failed to start containerd task "agent": failed to get application name from commandline "powershell -Command Write-Output 1`,
		"failed to get application name from commandline", programs},
	{`time="2026-03-02T10:11:12Z" level=error msg="start failed" error="failed to find executable \"npm.exe\""`,
		"failed to find executable", programs},
	{`failed to get application name from commandline "powershell.exe -Command Get-Date": failed to find executable "powershell.exe": unknown`, "", "env-path-replaced"},
	{`error="failed to find executable \"powershell.exe\""`, `failed to find executable \"powershell.exe\"`, "env-path-replaced"},
	{`failed to get application name from commandline "powershell -Command Get-Date": failed to find executable "powershell": unknown`, "", "env-path-replaced"},
	{`failed to find executable "powershell"`, `failed to find executable "powershell"`, "env-path-replaced"},
	{`failed to get application name from commandline "pwsh.exe -Command": failed to find executable "pwsh.exe -Command": unknown`, "", programs},
	{`failed to start containerd task "agent": failed to get application name from commandline "\"C:\\Program Files": no ending quotation mark found in command: unknown`,
		"", "command-program"},
	{`no ending quotation mark found in command`, "no ending quotation mark found in command", "command-program"},
	{`failed to get application name from commandline "C:\\app": found directory instead of executable "C:\\app": unknown`, "", "command-program"},
	{`found directory instead of executable "C:\\app"`, "found directory instead of executable", "command-program"},
	{`Error: failed to start containerd task "agent": failed to start host process: The directory name is invalid.: unknown`,
		"failed to start host process", "command-script working-dir-required working-dir-rerooted"},
	{`Error: failed to create containerd task: failed to create shim task: cannot create a normal process isolated container if the pod sandbox is a job container running on host: unknown`,
		"cannot create a normal process isolated container if the pod sandbox is a job container", "host-process-container-level host-process-mixed"},
	{`failed to create shim task: UVM does not support HostProcess containers: unknown`, "UVM does not support HostProcess containers", "runtime-class"},
	{`error forwarding port 8080 to pod: WCOW Pod task should never issue exec: not implemented`, "WCOW Pod task should never issue exec", "port-forward"},
	{`update container: modify not supported for job containers: unknown`, "modify not supported for job containers", ""},
	{`"Failed to update container resources" err="cpu affinity update is not supported for job containers: not implemented"`, "cpu affinity update is not supported for job containers", ""},
	{`failed to start containerd task: console emulation not supported for job containers: unknown`, "console emulation not supported for job containers", ""},
	{`invalid spec - Windows Container CPU Count: '2', Limit: '5000', and Weight: '0' are mutually exclusive`, "invalid spec - Windows Container CPU Count", ""},

	// Of containerd.
	{`Error: failed to generate container "` + id + `" spec: failed to generate spec: pod spec and all containers inside must have the HostProcess field set to be valid`,
		"pod spec and all containers inside must have the HostProcess field set to be valid", "host-process-container-level host-process-mixed"},
	{`CreateContainer in sandbox "1" for &ContainerMetadata{Name:agent,Attempt:0,} failed: failed to generate container "2" spec: destination path can not be C drive`,
		"destination path can not be C drive", "mount-path-bare-drive"},
	{`Failed to pull image "registry.example.com/agent:1.4": rpc error: code = NotFound desc = failed to pull and unpack image: no match for platform in manifest: not found`,
		"no match for platform in manifest", "image-windows-build"},
	{`hcsshim::ImportLayer failed in Win32: The configuration registry database is corrupt. (0x3f1)`, "configuration registry database is corrupt", ""},

	{`failed to generate container "1" spec: failed to generate spec: invalid USER value "-1": uid out of range`, `invalid USER value "-1": uid out of range`, "account-number"},
	{`hcs::CreateComputeSystem agent: The container operating system does not match the host operating system.`, "container operating system does not match the host operating system", ""},
	{`hcsshim::ImportLayer failed in Win32: Operation did not complete successfully because the file contains a virus or potentially unwanted software. (0xe1)`,
		"contains a virus or potentially unwanted software", ""},

	// Of the kubelet.
	{`Failed to create pod sandbox: pod must not contain both HostProcess and non-HostProcess containers`,
		"pod must not contain both HostProcess and non-HostProcess containers", "host-process-mixed"},
	{`Failed to create pod sandbox: hostNetwork is required if Pod contains HostProcess containers`,
		"hostNetwork is required if Pod contains HostProcess containers", "host-network"},
	{`generateSandboxConfig: pod must not contain any HostProcess containers if Pod's WindowsOptions.HostProcess is set to false`,
		"", "host-process-mismatch"},
	{`pod contains HostProcess containers but feature 'WindowsHostProcessContainers' is not enabled`, "", ""},
	{`Pod "a" is invalid: spec.securityContext.windowsOptions.hostProcess: Forbidden: not allowed when feature gate 'WindowsHostProcessContainers' is not enabled`, "", ""},
	{`pod must not contain Windows hostProcess containers when feature gate 'WindowsHostProcessContainers' is not enabled`, "", ""},
	{`MountVolume.SetUp failed for volume "kube-api-access-x7k2p" : chown c:\var\lib\kubelet\pods\1\volumes\kubernetes.io~projected\kube-api-access-x7k2p\..2026\token: not supported by windows`,
		"", "linux-only-field linux-only-field-ignored run-as-user-hangs"},
	{`Error: failed to resolve recursive read-only mode: volume "data" requested recursive read-only mode, but it is not supported by the runtime`,
		"requested recursive read-only mode, but it is not supported by the runtime", "recursive-read-only-unsupported"},
	{`SupplementalGroupsPolicy=Strict is not supported in this node`, "SupplementalGroupsPolicy=Strict is not supported in this node", "linux-only-field supplemental-groups-policy"},
	{`Warning  SupplementalGroupsPolicyNotSupported  4s  kubelet`, "SupplementalGroupsPolicyNotSupported", "linux-only-field supplemental-groups-policy"},
	{`Pod was rejected: pod-level resources are not supported on Windows`, "pod-level resources are not supported on Windows", "pod-resources pod-resources-refused"},
	{`MapVolume.MapPodDevice failed for volume "pvc-1" : AttachFileDevice not supported for this build.`, "AttachFileDevice not supported for this build", "volume-devices-unsupported"},
	{`MountVolume.SetUp failed for volume "huge" : medium HugePages: hugePages storage requested, but there is no resource request for huge pages`,
		"hugePages storage requested, but there is no resource request for huge pages", "empty-dir-huge-pages"},
	{"Pod was rejected: Failed to admit pod as the `kubernetes.io/os` label doesn't match node label", "", "os-label"},
	{`0/1 failed, reason PodOSSelectorNodeLabelDoesNotMatch`, "PodOSSelectorNodeLabelDoesNotMatch", "os-label"},
	{`Pod was rejected: Failed to admit pod as the OS field doesn't match node OS`, "", "node-os os-selection-contradictory os-selection-missing"},
	{`status: Failed, reason: PodOSNotSupported`, "PodOSNotSupported", "node-os os-selection-contradictory os-selection-missing"},
	{`Error: container's runAsUserName (ContainerAdministrator) which will be regarded as root identity and will break non-root policy (pod: "agent_default(1)", container: agent)`,
		"which will be regarded as root identity and will break non-root policy", "account-container-user run-as-non-root run-as-user-name-missing"},

	{`MountVolume.SetUp failed for volume "proc" : hostPath type check failed: /proc is not a directory`, "hostPath type check failed", "host-path-type linux-host-path"},
	{`Error: container has runAsNonRoot and image will run as root (pod: "agent_default(1)", container: agent)`, "container has runAsNonRoot and image will run as root", "run-as-non-root run-as-user-name-missing"},
	{`0/3 nodes are available: 1 Insufficient hugepages-2Mi, 2 node(s) had untolerated taint(s).`, "Insufficient hugepages-", "huge-pages"},
	{"Error: error SubPath `C:\\logs` must not be an absolute path", "error SubPath `C:\\logs` must not be an absolute path", "mount-sub-path sub-path-backslash"},
	{"Error: unable to provision SubPath `..\\logs`: must not contain '..'", "unable to provision SubPath `", "mount-sub-path sub-path-backslash"},
	{`UnmountVolume.TearDown failed for volume "config" (UniqueName: "1") pod "2" (UID: "2") : remove c:\var\lib\kubelet\pods\2\config: The process cannot access the file because it is being used by another process.`, "", "sub-path-several"},
	{`Unable to attach or mount volumes: unmounted volumes=[kube-api-access-x7k2p config], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`,
		"unmounted volumes=[kube-api-access", "linux-only-field linux-only-field-ignored run-as-user-hangs"},
	{`message: The container could not be located when the pod was deleted.  The container used to be Running`, "container could not be located when the pod was", ""},

	// Of the API server.
	{`Error creating: Pod "agent-x7k2p" is invalid: spec: Invalid value: "null": If pod contains any hostProcess containers then all containers must be HostProcess containers`,
		"If pod contains any hostProcess containers then all containers must be HostProcess containers", "host-process-mixed"},
	{`The Pod "agent" is invalid: spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true`,
		"pod hostProcess value must be identical if both are specified", "host-process-mismatch"},
	{`The DaemonSet "agent" is invalid: spec.template.spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers`,
		"hostNetwork must be true if pod contains any hostProcess containers", "host-network"},
	{`spec.securityContext.windowsOptions.hostProcess: Forbidden: hostProcess containers are disallowed by cluster policy`, "hostProcess containers are disallowed by cluster policy", ""},
	{`The Pod "agent" is invalid: spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod`, "cannot be set for a windows pod", "linux-only-field"},
	{`The Pod "agent" is invalid: spec.resources: Forbidden: may not be set for a windows pod`, "may not be set for a windows pod", "pod-resources"},
	{`spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod`, "windows options cannot be set for a linux pod", "os-linux-pod"},
	{"spec.containers[0].ports[0].hostPort: Invalid value: 9101: must match `containerPort` when `hostNetwork` is true", "must match `containerPort` when `hostNetwork` is true", "host-port"},
	{`Pod "agent-x7k2p" is invalid: spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//9182"`, "hostPort: Duplicate value", "port-duplicate"},
	{"spec.hostNetwork: Forbidden: when `hostUsers` is false", "hostNetwork: Forbidden: when `hostUsers` is false", "host-users"},
	{`spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true`, "hostnameOverride: Forbidden: may not be specified when hostNetwork is true", "hostname-override"},
	{`Warning: would violate PodSecurity "restricted:latest": host namespaces (hostNetwork=true), hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)`,
		"", "namespace-pod-security-enforce namespace-pod-security-warn"},
	{`Error creating: pods "agent-x7k2p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), hostPort (container "agent" uses hostPort 9100), hostProcess (containers "agent", "proxy" must not set securityContext.windowsOptions.hostProcess=true)`,
		"", "namespace-pod-security-enforce"},
	{`Error creating: pods "agent-x7k2p" is forbidden: violates PodSecurity "baseline:latest": hostProcess (pod and containers "a", "b`,
		`violates PodSecurity "baseline:latest": hostProcess (`, "namespace-pod-security-enforce"},
	{`Warning: would violate PodSecurity "baseline:latest": hostProcess (pod and containers "a", "b`,
		`would violate PodSecurity "baseline:latest": hostProcess (`, "namespace-pod-security-enforce namespace-pod-security-warn"},
	{`container "agent" must not set securityContext.windowsOptions.hostProcess=true`, "must not set securityContext.windowsOptions.hostProcess=true", "namespace-pod-security-enforce"},

	// Of programs.
	{`E0302 10:11:12.000000    4321 agent.go:71] nodes "win-1" is forbidden: User "system:node:win-1" cannot get resource "nodes" in API group "" at the cluster scope`,
		`User "system:node:win-1" cannot`, "env-kubeconfig node-kubeconfig"},
	{`panic: open /var/run/secrets/kubernetes.io/serviceaccount/token: The system cannot find the path specified.`,
		"open /var/run/secrets/kubernetes.io/serviceaccount/token: The system cannot find", "command-service-account"},
	{`level=error msg="listen tcp :9182: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted."`,
		"Only one usage of each socket address", "daemon-set-surge-ports deployment-surge-ports"},
	{`listen unix C:\var\lib\kubelet\device-plugins\agent.sock: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.`, "", ""},
	{`listen tcp 0.0.0.0:50051: bind: An attempt was made to access a socket in a way forbidden by its access permissions.`, "listen tcp 0.0.0.0:50051: bind: An attempt was made to access a socket in a way forbidden", ""},
	{`bind: An attempt was made to access a socket in a way forbidden by its access permissions.`, "bind: An attempt was made to access a socket in a way forbidden", ""},
	{"'bin' is not recognized as an internal or external command,\r\noperable program or batch file.", "is not recognized as an internal or external command", cmdPrograms},
	{`ERROR: Input redirection is not supported, exiting the process immediately.`, "Input redirection is not supported, exiting the process immediately", "command-console"},
	{`The argument '.\start.ps1; exit' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the -File parameter.`, "to the -File parameter does not exist", "command-file-arguments command-relative-path"},
	{`#< CLIXML <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">boom_x000D__x000A_</S></Objs>`, "CLIXML", ""},
	{`The application has failed to start because its side-by-side configuration is incorrect.`, "side-by-side configuration is incorrect", ""},
	{`failed to mount: bindfilter.ApplyFileBinding: Access is denied.`, "ApplyFileBinding: Access is denied", ""},
	{`failed to bind target "C:\\snapshots\\1\\Files" to root "C:\\Windows\\SystemTemp\\mount1": Zugriff verweigert`, "", ""},
	{`Start-Process : This command cannot be run due to the error: Class not registered.`, "Start-Process : This command cannot be run due to the error: Class not registered", "command-start-process-extension"},
	{`transport: Error while dialing: dial unix /var/lib/kubelet/plugins/csi.sock: connect: A socket operation was attempted to an unreachable network.`, "", "socket-path-without-drive"},
	{`W0302 10:11:12.000000    9636 connection.go:173] Still connecting to unix:///csi/csi.sock`, "Still connecting to unix:", "socket-path-without-drive"},
	{`E0302 10:11:12.000000    9636 connection.go:132] Lost connection to unix://C:\csi\csi.sock.`, "Lost connection to unix:", "socket-path-without-drive"},
	{`level=fatal msg="listen tcp: lookup %HOST_IP%: no such host"`, "lookup %HOST_IP%: no such host", "command-variable"},
	{`dial tcp: lookup $env:HOST: no such host`, "lookup $env:HOST: no such host", "command-variable"},
	{`error loading config file: yaml: invalid map key: map[interface {}]interface {}{".Values.namespace":interface {}(nil)}`, "invalid map key: map[", ""},
	{`starting the manager: CreateFile C:\hpc\kubeconfig: The system cannot find the file specified.`, `CreateFile C:\hpc\kubeconfig: The system cannot find`, ""},
	{`plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized`, "error getting ClusterInformation: connection is unauthorized", "command-token-copy"},
	{`NewSmbGlobalMapping failed. output: "New-SmbGlobalMapping : The network path was not found.`, "New-SmbGlobalMapping : The network path was not found", ""},
	{`failure in a Windows system call: The paging file is too small for this operation to complete. (0x5af)`, "paging file is too small for this operation", ""},
}

func TestExplain(t *testing.T) {
	for _, example := range examples {
		causes := Explain(example.text)
		if len(causes) != 1 {
			t.Errorf("%s\nhas %d causes: %v", example.text, len(causes), matches(causes))
			continue
		}
		c := causes[0]
		if !strings.Contains(example.text, c.Matched) {
			t.Errorf("%s\nmatched %q, which isn't in it", example.text, c.Matched)
		}
		if example.matched != "" && c.Matched != example.matched {
			t.Errorf("%s\nmatched %q, want %q", example.text, c.Matched, example.matched)
		}
		if rules := strings.Trim(fmt.Sprint(c.Rules), "[]"); rules != example.rules {
			t.Errorf("%s\nrules %s, want %s", example.text, rules, example.rules)
		}
	}
}

// TestExplainsEvery finds entries and patterns that no example shows.
func TestExplainsEvery(t *testing.T) {
	for _, table := range tables {
		for _, e := range table {
			for _, p := range e.texts {
				shown := false
				for _, example := range examples {
					for at := range example.text {
						_, ok := p.match(example.text, at)
						shown = shown || ok
					}
				}
				if !shown {
					t.Errorf("no example has %q", p)
				}
			}
		}
	}
}

// TestExplainWrapped: a text has the same causes in each form that logs and files give it.
func TestExplainWrapped(t *testing.T) {
	asJSON := func(text string) string {
		data, err := json.Marshal(map[string]string{"msg": text})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	wrappings := map[string]func(string) string{
		"in an error":          func(s string) string { return "rpc error: code = Unknown desc = " + s + " (retry 3)" },
		"in JSON":              asJSON,
		"in JSON in JSON":      func(s string) string { return asJSON(asJSON(s)) },
		"quoted":               func(s string) string { return `I0302 10:11:12.000000 "Event" message=` + strconv.Quote(s) },
		"quoted in JSON":       func(s string) string { return asJSON("err=" + strconv.Quote(s)) },
		"after a line in JSON": func(s string) string { return asJSON("first line\n" + s) },
		"folded": func(s string) string {
			return "message: '" + strings.ReplaceAll(strings.ReplaceAll(s, "'", "''"), " ", "\n        ") + "'"
		},
		"in capitals": strings.ToUpper,
		"on Windows":  func(s string) string { return "first\r\n" + s + "\r\nlast\r\n" },
	}
	for _, example := range examples {
		want := understood(Explain(example.text))
		for name, wrap := range wrappings {
			if diff := cmp.Diff(want, understood(Explain(wrap(example.text)))); diff != "" {
				t.Errorf("%s, %s\nmeans something else (-plain +wrapped):\n%s", example.text, name, diff)
			}
		}
	}
}

func TestExplainNothing(t *testing.T) {
	for _, text := range []string{
		"",
		" ",
		"Back-off restarting failed container agent in pod agent_default(1)",
		`Failed to pull image "registry.example.com/agent:1.4": not found`,
		"0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
		"Access is denied.",
		"The user name or password is incorrect.",
		"failed to create containerd task: failed to create shim task: hcs::CreateComputeSystem: The virtual machine could not be started: unknown",
		// Parts of a text that are not of one message.
		"failed to bind target\nDo not attach the filter to the volume at this time",
		"violates PodSecurity \"baseline:latest\": hostPath volumes (volume \"logs\")",
		`User "system:serviceaccount:kube-system:agent" cannot get resource "nodes"`,
		`User "system:node:win-1" created a pod, "other" cannot`,
		"open /var/run/secrets/other: The system cannot find the path specified.",
		// Words that only end or begin like a text.
		"xfailed to logon user",
		"failed to logon",
		// Parts of texts that are too short to be explained.
		"The process cannot access the file because it is being used by another process.",
		"Class not registered",
		"The network path was not found.",
		"dial tcp: lookup agent.svc.cluster.local: no such host",
		"CreateFile C:\\data: The system cannot find the file specified.",
		"unmounted volumes=[data kube-api-access-x7k2p]",
		"dial tcp 10.0.0.1:443: connect: A socket operation was attempted to an unreachable network.",
		"'x' is not recognized as the name of a cmdlet",
	} {
		if causes := Explain(text); causes != nil {
			t.Errorf("%q means %q", text, matches(causes))
		}
	}
}

func TestExplainSeveral(t *testing.T) {
	text := `
Warning  FailedMount  MountVolume.SetUp failed for volume "a" : chown c:\t: not supported by windows
Warning  Failed       Error: failed to start containerd task "agent": failed to create user process token: failed to logon user: Access is denied.: unknown
Warning  Failed       Error: failed to start containerd task "agent": failed to create user process token: failed to logon user: The user name or password is incorrect.: unknown
Warning  Failed       Error: failed to start containerd task "agent": failed to create user process token: failed to logon user: Access is denied.: unknown
`
	want := []string{
		`chown c:\t: not supported by windows`,
		"failed to logon user: Access is denied",
		"failed to logon user",
	}
	if diff := cmp.Diff(want, matches(Explain(text))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExplainNext: nothing is skipped after an explained part.
func TestExplainNext(t *testing.T) {
	want := []string{"failed to logon user", "failed to start host process", "modify not supported for job containers"}
	if diff := cmp.Diff(want, matches(Explain(strings.Join(want, " ")))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A part that ends in a quote, right before the next.
	if got := matches(Explain("invalid user string `failed to logon user`")); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// TestLogon: a failed logon has more than one possible reason.
func TestLogon(t *testing.T) {
	causes := Explain("failed to create user process token: failed to logon user: The user name or password is incorrect.: unknown")
	for _, possible := range []string{"service account", "local group", "password", "LocalSystem"} {
		if !strings.Contains(causes[0].Cause, possible) {
			t.Errorf("the cause doesn't name the possibility %q: %s", possible, causes[0].Cause)
		}
	}
}

// TestTables checks the form of the tables.
func TestTables(t *testing.T) {
	known := map[validate.RuleID]bool{}
	for _, r := range validate.Rules() {
		known[r.ID] = true
	}
	for _, table := range tables {
		for _, e := range table {
			for _, p := range e.texts {
				for _, part := range p {
					if part == "" || strings.ContainsAny(part, "\\<>&\n\t") || strings.Contains(part, "  ") || strings.TrimSpace(part) != part || !isLetter(part[0]) {
						t.Errorf("%q can't be matched in every log", part)
					}
				}
			}
			if e.cause == "" || e.fix == "" || len(e.sources) == 0 {
				t.Errorf("%q has no cause, fix or sources", e.texts)
			}
			if !slices.IsSorted(e.rules) {
				t.Errorf("%q: rules are not sorted: %q", e.texts, e.rules)
			}
			for _, rule := range e.rules {
				if !known[rule] {
					t.Errorf("%q: no rule has the id %q", e.texts, rule)
				}
			}
			for _, source := range e.sources {
				if !strings.HasPrefix(source, "https://") || strings.Contains(source, "/blob/main/") || strings.Contains(source, "/blob/master/") {
					t.Errorf("%q: %s is not pinned", e.texts, source)
				}
			}
		}
	}
}

// TestCausesAreCopies: a caller can't change the tables.
func TestCausesAreCopies(t *testing.T) {
	text := "failed to logon user"
	before := Explain(text)
	changed := Explain(text)
	changed[0].Rules[0], changed[0].Sources[0] = "changed", "changed"
	if diff := cmp.Diff(before, Explain(text)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestNothingAllocatesNothing(t *testing.T) {
	text := strings.Repeat(ordinary, 10)
	if n := testing.AllocsPerRun(10, func() { Explain(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// matches are the matched parts.
func matches(causes []Cause) []string {
	var all []string
	for _, c := range causes {
		all = append(all, c.Matched)
	}
	return all
}

// understood is the causes without how the text was written.
func understood(causes []Cause) []Cause {
	for i := range causes {
		causes[i].Matched = ""
	}
	return causes
}

// ordinary is a line of containerd's log without an error.
const ordinary = `time="2026-03-02T10:11:12.345678900Z" level=info msg="StartContainer for \"6f1d0c3a9b7e4d2f8a5c6b1e0d9f3a7c4b2e8d6f1a0c5b9e7d3f2a8c6b4e1d0f\" returns successfully"` + "\n"

func FuzzExplain(f *testing.F) {
	for _, example := range examples {
		f.Add(example.text) // a text with one cause
	}
	f.Add(strings.Repeat("failed to bind target ", 100))            // heads without the rest
	f.Add("failed" + strings.Repeat(" ", 10_000) + "to logon user") // a long gap
	f.Add("user \\\\\\\"system:node:\\\" cannot")                   // no name
	f.Add("\xff\xfe\x00failed to logon user\x00")                   // not UTF-8
	f.Fuzz(func(t *testing.T, text string) {
		causes := Explain(text)
		seen := map[string]bool{}
		at := 0
		for _, c := range causes {
			place := strings.Index(text[at:], c.Matched)
			if c.Matched == "" || place < 0 {
				t.Fatalf("%q is not in the rest of the text", c.Matched)
			}
			at += place + len(c.Matched)
			if seen[c.Cause] {
				t.Errorf("the same cause twice: %s", c.Cause)
			}
			seen[c.Cause] = true
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	for name, text := range map[string]string{
		"event":            examples[1].text,
		"log of 1 MiB":     strings.Repeat(ordinary, 1<<20/len(ordinary)),
		"heads of 1 MiB":   strings.Repeat("failed to bind target ", 1<<20/len("failed to bind target ")),
		"spaces of 1 MiB":  "failed to" + strings.Repeat(" ", 1<<20),
		"letters of 1 MiB": strings.Repeat("f", 1<<20),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Explain(text)
			}
		})
	}
}
