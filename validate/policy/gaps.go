// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy

import "github.com/hostprocess-go/sdk/validate"

// gaps are the rules that the policy does not have, by the reason.
var gaps = []struct {
	why   string
	rules []validate.RuleID
}{
	{"the API server refuses such a pod itself, before it asks policies", []validate.RuleID{
		"gmsa-credential-spec", "gmsa-credential-spec-name", "host-network", "host-port", "host-process-mismatch",
		"host-process-mixed", "host-users", "hostname-override", "linux-only-field", "mount-name", "mount-path-duplicate",
		"mount-path-required", "mount-propagation-bidirectional", "mount-recursive-read-only", "mount-sub-path", "os-linux-pod",
		"os-name", "pod-resources", "run-as-user-name",
	}},
	{"such a pod runs; the policy denies errors only", []validate.RuleID{
		"command-builtin", "command-drive-path", "command-extension", "command-host-path", "command-length", "command-literal-root",
		"command-metacharacter", "command-mount-path", "command-posix-shell", "command-pwsh", "command-quotes",
		"command-relative-path", "command-sandbox-value", "command-sandbox-variable", "command-script", "command-service-account",
		"command-token-copy", "command-variable", "deployment-surge-ports", "dns-config-ignored", "dns-policy-cluster-first",
		"dns-policy-host-net", "empty-dir-memory", "env-empty", "env-kubeconfig", "env-literal-root", "env-mount-directory", "env-mount-path",
		"env-name-case", "env-path-replaced", "env-sandbox-overridden", "env-sandbox-variable", "env-token-unexpanded",
		"ephemeral-storage-limit", "exec-variable", "gmsa-ignored", "host-aliases-ignored", "host-path-variable", "host-process-container-level",
		"hostname-ignored", "image-entrypoint", "image-volume-unverified", "linux-only-field-ignored",
		"local-system-unneeded", "memory-limit-ignored", "memory-limit-power-shell", "memory-limit-rounded", "mount-below-hpc",
		"mount-collision-unverified", "mount-nested", "mount-over-host-directory", "mount-over-implicit", "mount-path-characters",
		"mount-path-colon", "mount-path-device", "mount-path-drive-relative", "mount-path-drive-unverified", "mount-path-server",
		"mount-path-untidy", "mount-path-variable", "mount-propagation-ignored", "named-pipe-directory", "os-missing", "os-selection-beta-label",
		"os-selection-missing", "port-forward", "probe-host", "read-only-not-enforced", "requests-only",
		"rootfs-location-backslash", "runtime-class", "stop-signal", "sub-path-goes-stale", "unix-socket-mount", "working-dir-on-host",
		"working-dir-relative", "working-dir-rerooted", "working-dir-unset", "working-dir-variable",
	}},
	{"it is about a namespace, not about a pod", []validate.RuleID{
		"namespace-pod-security-audit", "namespace-pod-security-enforce", "namespace-pod-security-label",
		"namespace-pod-security-warn",
	}},
	{"it is about a node, which a policy can't see", []validate.RuleID{
		"node-architecture", "node-name", "node-os", "node-runtime", "node-selection", "node-state", "node-taint",
	}},
	{"CEL would have to read command lines as cmd does, with its quotes", []validate.RuleID{
		"command-newline", "command-posix-path", "command-program",
	}},
	{"it is about nodes without the bind filter, which the policy does not ask for", []validate.RuleID{
		"account-local-group", "mount-collision", "mount-path-drive-root", "working-dir-required",
	}},
	{"it is about Kubernetes 1.28 and older, which has no such policies", []validate.RuleID{
		"run-as-user-hangs",
	}},
	{"it is about a workload, not about a pod", []validate.RuleID{
		"daemon-set-surge-ports",
	}},
	{"CEL would have to match node affinity as the scheduler does", []validate.RuleID{
		"os-selection-contradictory",
	}},
}
