// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"slices"
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

// expressions are the rules that the policy has, each as an expression that is
// true where the rule finds nothing. They are errors, and the two about
// annotations by which a pod gets more from the shim than the allowed accounts.
var expressions = map[validate.RuleID]string{
	"empty-dir-huge-pages":    "variables.volumes.all(v, !v.?emptyDir.?medium.orValue(\"\").startsWith(\"HugePages\"))",
	"inherit-user-annotation": annotation("object", inheritUser) + ".lowerAscii() != \"true\"",
	"mount-path-bare-drive":   eachMount("m.mountPath.lowerAscii() != \"c:\""),
	"mount-path-nul":          eachMount("!m.mountPath.contains(" + quote("\x00") + ")"),
	"named-pipe-mount": "variables.volumes.all(v, !v.?hostPath.?path.orValue(\"\").startsWith(" + quote("\\\\.\\pipe\\") + ") || !(" +
		some("c.?volumeMounts.orValue([]).exists(m, m.name == v.name)") + "))",
	"os-label":                        "object.metadata.?labels[?\"kubernetes.io/os\"].orValue(\"windows\") == \"windows\"",
	"pod-resources-refused":           "has(object.spec.os) || (" + noPodResource("requests") + " && " + noPodResource("limits") + ")",
	"recursive-read-only-unsupported": eachMount("m.?recursiveReadOnly.orValue(\"\") != \"Enabled\" || !m.?readOnly.orValue(false)"),
	"rootfs-location-annotation":      annotation("object", rootfsLocation) + " == \"\"",
	"run-as-non-root":                 "!object.spec.?securityContext.?runAsNonRoot.orValue(false) && " + each("!c.?securityContext.?runAsNonRoot.orValue(false)"),
	"run-as-user-name-missing":        each("!" + hostProcess + " || " + account + ".hasValue()"),
	"supplemental-groups-policy":      "has(object.spec.os) || object.spec.?securityContext.?supplementalGroupsPolicy.orValue(\"\") != \"Strict\"",
	"volume-devices-unsupported":      each("c.?volumeDevices.orValue([]).size() == 0"),
}

// noPodResource says that no resource of the whole pod is set that a kubelet
// would refuse. The type of the object is left aside: the type check of policies
// knows no quantities, and older versions of Kubernetes no resources of a pod.
func noPodResource(part string) string {
	return "dyn(object).spec.?resources.?" + part + ".orValue({}).all(name, !(name in [\"cpu\", \"memory\"] || name.startsWith(\"hugepages-\")))"
}

// byAccounts are the rules that the list of allowed accounts stands for: what
// they find is no name of such an account.
var byAccounts = []validate.RuleID{
	"account-container-user", "account-domain-spelling", "account-impossible", "account-local-prefix",
	"account-missing-domain", "account-needs-password", "account-number", "account-unknown-service",
}

// Gap is a rule that the policy does not have. The zero Gap names no rule.
type Gap struct {
	// Rule is the rule.
	Rule validate.RuleID
	// Why says why not.
	Why string
}

// Expressed returns the rules that a policy has, sorted.
func Expressed() []validate.RuleID {
	all := slices.Clone(byAccounts)
	for id := range expressions {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

// NotExpressed returns all other rules, sorted, each with the reason.
func NotExpressed() []Gap {
	var all []Gap
	for _, group := range gaps {
		for _, id := range group.rules {
			all = append(all, Gap{id, group.why})
		}
	}
	slices.SortFunc(all, func(a, b Gap) int { return strings.Compare(string(a.Rule), string(b.Rule)) })
	return all
}
