// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"

	"github.com/hostprocess-go/sdk/accounts"
)

// celString returns a CEL string literal. CEL has all the escapes that Go writes for
// valid UTF-8, with the same meaning; the result is ASCII.
//
// Source: https://github.com/google/cel-spec/blob/v0.24.0/doc/langdef.md#string-and-bytes-values
func celString(s string) string { return strconv.QuoteToASCII(s) }

// quoteAll returns a CEL list of string literals.
func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = celString(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// each returns an expression that is true if expression is true for every container c.
func each(expression string) string {
	return "variables.containers.all(c, " + expression + ") && " +
		"variables.initContainers.all(c, " + expression + ") && " +
		"variables.ephemeralContainers.all(c, " + expression + ")"
}

// some returns an expression that is true if expression is true for some container c.
func some(expression string) string {
	return "variables.containers.exists(c, " + expression + ") || " +
		"variables.initContainers.exists(c, " + expression + ") || " +
		"variables.ephemeralContainers.exists(c, " + expression + ")"
}

// eachMount returns an expression that is true if expression is true for every mount m
// of every container.
func eachMount(expression string) string {
	return each("c.?volumeMounts.orValue([]).all(m, " + expression + ")")
}

// Parts of expressions.
const (
	podHostProcess = "object.spec.?securityContext.?windowsOptions.?hostProcess"
	ownHostProcess = "c.?securityContext.?windowsOptions.?hostProcess"
	// hostProcess is true if container c is a HostProcess container.
	hostProcess = ownHostProcess + ".or(" + podHostProcess + ").orValue(false)"
	// account is the optional account that container c runs as.
	account = "c.?securityContext.?windowsOptions.?runAsUserName.or(object.spec.?securityContext.?windowsOptions.?runAsUserName)"
)

// Annotations of a pod that the shim obeys if containerd is configured to pass them
// on.
const (
	inheritUser    = "microsoft.com/hostprocess-inherit-user"
	rootfsLocation = "microsoft.com/hostprocess-rootfs-location"
)

// annotation returns an expression for the value of an object's annotation, or "".
func annotation(object, key string) string {
	return object + ".metadata.?annotations[?" + celString(key) + "].orValue(\"\")"
}

// changed returns an expression that is true if an update changes an annotation.
func changed(key string) string {
	return annotation("object", key) + " != " + annotation("oldObject", key)
}

// matchConditions exclude pods that aren't HostProcess pods, and updates that change
// nothing that the policy checks, such as those of labels, finalizers and the status.
func matchConditions() []admissionregistrationv1.MatchCondition {
	own := func(list string) string {
		return "object.spec.?" + list + ".orValue([]).exists(c, " + ownHostProcess + ".orValue(false))"
	}
	return []admissionregistrationv1.MatchCondition{
		{Name: "changes-the-pod", Expression: "request.operation != \"UPDATE\" || object.spec != oldObject.spec || " + changed(inheritUser) + " || " + changed(rootfsLocation)},
		{Name: "is-host-process", Expression: podHostProcess + ".orValue(false) || " + own("containers") + " || " + own("initContainers") + " || " + own("ephemeralContainers")},
	}
}

func variables() []admissionregistrationv1.Variable {
	var all []admissionregistrationv1.Variable
	for _, list := range []string{"containers", "initContainers", "ephemeralContainers", "volumes"} {
		all = append(all, admissionregistrationv1.Variable{Name: list, Expression: "object.spec.?" + list + ".orValue([])"})
	}
	return all
}

func inNamespace(namespaces []string) string {
	return "request.namespace in " + quoteAll(namespaces)
}

// hasServiceAccount treats a pod without a service account like one with default, as
// the API server does.
func hasServiceAccount(names []string) string {
	return "[object.spec.?serviceAccountName.orValue(\"\")].all(s, request.namespace + \"/\" + (s == \"\" ? \"default\" : s) in " + quoteAll(names) + ")"
}

// hasImage checks the image of each container.
func hasImage(images []string) string {
	return each("c.?image.orValue(\"\").matches(" + celString(imagePattern(images)) + ")")
}

// imagePattern matches a whole image, so that no other registry, port or
// repository can begin or end with an allowed one.
func imagePattern(images []string) string {
	patterns := make([]string, len(images))
	for i, image := range images {
		patterns[i] = regexp.QuoteMeta(image)
		if strings.HasSuffix(image, "/") {
			patterns[i] += "[A-Za-z0-9._/-]+"
		}
	}
	const tagAndDigest = "(:[A-Za-z0-9_.-]+)?(@[A-Za-z0-9+._-]+:[0-9A-Fa-f]+)?"
	return "^(" + strings.Join(patterns, "|") + ")" + tagAndDigest + "$"
}

// runsAs accepts a container without an account, which run-as-user-name-missing
// reports. Windows ignores the case of names, but hcsshim compares the domain NT
// AUTHORITY case-sensitively.
//
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go#L136-L146
func runsAs(allowed []accounts.Account) string {
	var services, groups []string
	for _, account := range allowed {
		switch account := account.(type) {
		case accounts.ServiceAccount:
			services = append(services, spellings(account)...)
		case accounts.LocalGroup:
			groups = append(groups, lower(account.RunAsUserName()))
		}
	}
	condition := "u == \"\""
	if len(services) > 0 {
		condition += " || (u.startsWith(" + celString(ntAuthority) + ") && u.lowerAscii() in " + quoteAll(services) + ")"
	}
	if len(groups) > 0 {
		condition += " || u.lowerAscii() in " + quoteAll(groups)
	}
	return each("[" + account + ".orValue(\"\")].all(u, " + condition + ")")
}

const ntAuthority = "NT AUTHORITY\\"

// spellings are the lower-case names of a service account that a node accepts.
func spellings(account accounts.ServiceAccount) []string {
	var all []string
	for _, user := range []string{"SYSTEM", "Local Service", "LocalService", "Network Service", "NetworkService"} {
		if parsed, err := accounts.Parse(ntAuthority + user); err == nil && parsed == accounts.Account(account) {
			all = append(all, lower(ntAuthority+user))
		}
	}
	slices.Sort(all)
	return all
}

// lower changes ASCII letters only, like CEL's lowerAscii.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, s)
}
