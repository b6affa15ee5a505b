// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

// expressions are the rules of the policy, each with an expression that is true if the
// rule reports nothing. They are errors, and two rules about annotations with which the
// shim gives a pod more than the allowed accounts.
var expressions = map[validate.RuleID]string{
	"empty-dir-huge-pages":    "variables.volumes.all(v, !v.?emptyDir.?medium.orValue(\"\").startsWith(\"HugePages\"))",
	"host-path-type":          "variables.volumes.all(v, v.?hostPath.?type.orValue(\"\") != \"BlockDevice\")",
	"inherit-user-annotation": annotation("object", inheritUser) + ".lowerAscii() != \"true\"",
	"mount-path-bare-drive":   eachMount("m.mountPath.lowerAscii() != \"c:\""),
	"mount-path-nul":          eachMount("!m.mountPath.contains(" + celString("\x00") + ")"),
	"named-pipe-mount": "variables.volumes.all(v, !v.?hostPath.?path.orValue(\"\").startsWith(" + celString("\\\\.\\pipe\\") + ") || !(" +
		some("c.?volumeMounts.orValue([]).exists(m, m.name == v.name)") + "))",
	"os-label":                        "object.metadata.?labels[?\"kubernetes.io/os\"].orValue(\"windows\") == \"windows\"",
	"pod-resources-refused":           "has(object.spec.os) || (" + noPodResource("requests") + " && " + noPodResource("limits") + ")",
	"recursive-read-only-unsupported": eachMount("m.?recursiveReadOnly.orValue(\"\") != \"Enabled\" || !m.?readOnly.orValue(false)"),
	"rootfs-location-annotation":      annotation("object", rootfsLocation) + " == \"\"",
	"run-as-user-name-missing":        each("!" + hostProcess + " || " + account + ".hasValue()"),
	"sub-path-backslash": eachMount("!m.?subPath.orValue(\"\").matches(" + celString(windowsPath) + ") && " +
		"!m.?subPathExpr.orValue(\"\").matches(" + celString(windowsPath) + ")"),
	"supplemental-groups-policy": "has(object.spec.os) || object.spec.?securityContext.?supplementalGroupsPolicy.orValue(\"\") != \"Strict\"",
	"volume-devices-unsupported": each("c.?volumeDevices.orValue([]).size() == 0"),
}

// windowsPath matches paths that are absolute, or leave the volume, to a kubelet on
// Windows.
const windowsPath = `^\\|^[A-Za-z]:[\\/]|(^|[\\/])\.\.([\\/]|$)`

// noPodResource returns an expression that is true if the pod sets no resource for the
// whole pod that a kubelet would reject. It uses dyn because the type checker of policies
// doesn't know quantities, and older Kubernetes versions don't know resources of a pod.
func noPodResource(part string) string {
	return "dyn(object).spec.?resources.?" + part + ".orValue({}).all(name, !(name in [\"cpu\", \"memory\"] || name.startsWith(\"hugepages-\")))"
}

// byAccounts are the rules that the list of allowed accounts covers: it contains none of
// the names that they report.
var byAccounts = []validate.RuleID{
	"account-container-user", "account-domain-spelling", "account-impossible", "account-local-prefix",
	"account-missing-domain", "account-needs-password", "account-number", "account-unknown-service",
}

// ownGaps are the rules that the policy lacks for reasons that don't follow from the
// catalogue.
var ownGaps = map[validate.RuleID]string{
	"command-encoded-script":     "CEL would have to parse command lines like PowerShell, and decode base64",
	"command-file-arguments":     readsLines,
	"command-newline":            readsLines,
	"command-posix-path":         readsLines,
	"command-program":            readsLines,
	"command-slash-path":         readsLines,
	"daemon-set-surge-ports":     "it is about a workload, not about a pod",
	"huge-pages":                 "it is about quantities, which the type checker of policies doesn't know",
	"os-selection-contradictory": "CEL would have to match node affinity like the scheduler",
	"port-duplicate":             "the API server rejects such a pod anyway",
	"run-as-user-hangs":          "it is about Kubernetes 1.28 and older, which doesn't have such policies",
}

const readsLines = "CEL would have to parse command lines like cmd, with its quotes"

// whyNot returns why the policy doesn't have a rule, or "" for a rule that it should
// have.
func whyNot(r validate.Rule) string {
	own, isOwn := ownGaps[r.ID]
	switch {
	case isOwn:
		return own
	case strings.HasPrefix(string(r.ID), "namespace-"):
		return "it is about a namespace, not about a pod"
	case strings.HasPrefix(string(r.ID), "node-"):
		return "it is about a node, which a policy can't see"
	case r.Severity() != validate.SeverityError:
		return "such a pod runs, and the policy denies errors only"
	case r.Outcome == validate.OutcomeRejected:
		return "the API server itself rejects such a pod, before it evaluates policies"
	case !r.AppliesTo(validate.Target{}):
		return "it is about nodes without the bind filter, and the policy assumes nodes with it"
	}
	return ""
}

// Gap is a rule that the policy doesn't have. The zero Gap names no rule.
type Gap struct {
	// Rule is the ID of the rule.
	Rule validate.RuleID
	// Why is the reason.
	Why string
}

// has reports whether a policy contains the rule.
func has(id validate.RuleID) bool {
	_, expressed := expressions[id]
	return expressed || slices.Contains(byAccounts, id)
}

// Expressed returns the rules that a policy contains, sorted.
func Expressed() []validate.RuleID {
	var all []validate.RuleID
	for _, r := range validate.Rules() {
		if has(r.ID) {
			all = append(all, r.ID)
		}
	}
	return all
}

// NotExpressed returns all other rules, sorted, each with the reason.
func NotExpressed() []Gap {
	var all []Gap
	for _, r := range validate.Rules() {
		if !has(r.ID) {
			all = append(all, Gap{r.ID, whyNot(r)})
		}
	}
	return all
}
