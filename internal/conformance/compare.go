// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/validate"
)

// found is one error, in the same form for both sides: the rule and the field.
type found struct {
	rule  validate.RuleID
	field string
}

func (f found) String() string { return fmt.Sprintf("%s %s", f.rule, f.field) }

// disagreement is an error that only one side reports, or that both sides report with
// different types.
type disagreement struct {
	found
	// ours is true if only this module reports it.
	ours bool
	// differs describes the difference if both report it.
	differs string
}

func (d disagreement) String() string {
	if d.differs != "" {
		return fmt.Sprintf("both report %s, but %s", d.found, d.differs)
	}
	if d.ours {
		return fmt.Sprintf("only validate reports %s", d.found)
	}
	return fmt.Sprintf("only the API server reports %s", d.found)
}

// comparison is the errors of both sides for one object.
type comparison struct {
	disagreements []disagreement
	// unknown are errors of the API server that neither table names.
	unknown []cause
	// agreed are the errors that both sides report.
	agreed []found
}

// compare validates an object with this module and compares the errors with those of an
// API server of the same minor.
func compare(o object, data []byte, minor int, a answer) (comparison, error) {
	var c comparison
	typed, err := decode(o["kind"].(string), data)
	if err != nil {
		return c, err
	}
	findings, err := validate.Validator{KubernetesMinor: minor}.Object(typed)
	if err != nil {
		return c, err
	}
	ours := reported(findings)
	if !asksForHostProcess(o) {
		// This module reports nothing about such an object.
		for _, f := range ours {
			c.disagreements = append(c.disagreements, disagreement{found: f, ours: true})
		}
		return c, nil
	}
	var theirs []found
	causes := map[found][]cause{}
	follows := refusedVolumes(a)
	for _, e := range a.Errors {
		switch rule, known := ruleOf(e); {
		case follows[e.Message]:
		case !known:
			c.unknown = append(c.unknown, e)
		case rule != "":
			f := found{rule, e.Field}
			theirs, causes[f] = append(theirs, f), append(causes[f], e)
		}
	}
	theirs = sorted(theirs)
	for _, f := range theirs {
		if slices.Contains(ours, f) {
			c.agreed = append(c.agreed, f)
		} else {
			c.disagreements = append(c.disagreements, disagreement{found: f})
		}
	}
	for _, f := range ours {
		if !slices.Contains(theirs, f) {
			c.disagreements = append(c.disagreements, disagreement{found: f, ours: true})
		}
	}
	for _, e := range findings.ErrorList() {
		f := found{validate.RuleID(e.Origin), e.Field}
		if differs := difference(e, causes[f]); slices.Contains(c.agreed, f) && differs != "" {
			c.disagreements = append(c.disagreements, disagreement{found: f, differs: differs})
		}
	}
	return c, nil
}

// difference returns the property of an error that no error of the API server at the same
// field has: its type, or the value at the start of its message.
func difference(e *field.Error, theirs []cause) string {
	same := slices.DeleteFunc(slices.Clone(theirs), func(c cause) bool { return c.Type != string(e.Type) })
	if len(same) == 0 {
		return "validate as " + string(e.Type)
	}
	// The API server gives a few values as pointers, whose text is that of JSON.
	pointer := reflect.New(reflect.TypeOf(e.BadValue))
	pointer.Elem().Set(reflect.ValueOf(e.BadValue))
	for _, value := range []any{e.BadValue, pointer.Interface()} {
		body := (&field.Error{Type: e.Type, BadValue: value}).ErrorBody()
		if slices.ContainsFunc(same, func(c cause) bool { return strings.HasPrefix(c.Message, body) }) {
			return ""
		}
	}
	return "with another value"
}

// refusedVolumes returns the messages of errors that only follow from others: for the API
// server, a mount of a volume with an invalid name has no volume. The name is taken from
// the error, because the server's indexes differ with the claims of a StatefulSet.
func refusedVolumes(a answer) map[string]bool {
	messages := map[string]bool{}
	for _, e := range a.Errors {
		value, invalid := strings.CutPrefix(e.Message, "Invalid value: ")
		if name, err := strconv.QuotedPrefix(value); invalid && err == nil && volumeName.MatchString(e.Field) {
			messages["Not found: "+name] = true
		}
	}
	return messages
}

var volumeName = regexp.MustCompile(`\bvolumes\[\d+\]\.name$`)

// reported returns the findings of the rules that imitate the API server. Both sides may
// report a field twice for two reasons; once is enough here.
func reported(findings validate.Findings) []found {
	var all []found
	for _, f := range findings {
		if slices.Contains(apiServerRules, f.Rule) {
			all = append(all, found{f.Rule, f.Field})
		}
	}
	return sorted(all)
}

func sorted(all []found) []found {
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(all)
}

// apiServerRules are the rules whose findings an API server must report too.
// Those about namespaces are left to TestPodSecurity.
var apiServerRules = func() (ids []validate.RuleID) {
	for _, rule := range validate.Rules() {
		if rule.Outcome == validate.OutcomeRejected && !strings.HasPrefix(string(rule.ID), "namespace-") {
			ids = append(ids, rule.ID)
		}
	}
	return ids
}()

// asksForHostProcess reports whether v contains hostProcess: true at any depth.
func asksForHostProcess(v any) bool {
	switch v := v.(type) {
	case object:
		for name, value := range v {
			if name == "hostProcess" && value == true || asksForHostProcess(value) {
				return true
			}
		}
	case list:
		return slices.ContainsFunc(v, asksForHostProcess)
	}
	return false
}

// decode returns a typed object from JSON, as client-go does.
func decode(kind string, data []byte) (runtime.Object, error) {
	o, err := newObject(kind)
	if err != nil {
		return nil, err
	}
	return o, json.Unmarshal(data, o)
}

// newObject returns an empty object of a kind that holds a pod.
func newObject(kind string) (runtime.Object, error) {
	switch kind {
	case "Pod":
		return &corev1.Pod{}, nil
	case "PodTemplate":
		return &corev1.PodTemplate{}, nil
	case "ReplicationController":
		return &corev1.ReplicationController{}, nil
	case "DaemonSet":
		return &appsv1.DaemonSet{}, nil
	case "Deployment":
		return &appsv1.Deployment{}, nil
	case "ReplicaSet":
		return &appsv1.ReplicaSet{}, nil
	case "StatefulSet":
		return &appsv1.StatefulSet{}, nil
	case "Job":
		return &batchv1.Job{}, nil
	case "CronJob":
		return &batchv1.CronJob{}, nil
	}
	return nil, fmt.Errorf("kind %q holds no pod", kind)
}

// class is a kind of error of the API server: patterns for its field and its message.
type class struct {
	field, message string
	// rule is the rule that must report it as well. If it is empty, no rule should, and
	// why has the reason.
	rule validate.RuleID
	why  string
}

const (
	inWindowsOptions = `securityContext\.windowsOptions\.`
	inMounts         = `volumeMounts\[\d+\]\.`
)

// compared are the errors about HostProcess and Windows. For each of them there must be a
// finding of the rule at the same field, and vice versa.
var compared = []class{
	{rule: "host-process-mismatch", field: inWindowsOptions + `hostProcess$`, message: "pod hostProcess value must be identical"},
	{rule: "host-process-mixed", field: `spec$`, message: "all containers must be HostProcess containers"},
	{rule: "host-network", field: `\.hostNetwork$`, message: "hostNetwork must be true if pod contains any hostProcess"},
	{rule: "host-users", field: `\.hostNetwork$`, message: "when `hostUsers` is false"},
	{rule: "host-port", field: `\.hostPort$`, message: "must match `containerPort` when `hostNetwork` is true"},
	{rule: "host-port", field: `\.containerPort$`, message: "must match `hostPort` when `hostNetwork` is true"}, // up to 1.27
	{rule: "hostname-override", field: `\.hostnameOverride$`, message: "may not be specified when hostNetwork is true"},
	{rule: "gmsa-credential-spec", field: inWindowsOptions + `gmsaCredentialSpec$`},
	{rule: "gmsa-credential-spec-name", field: inWindowsOptions + `gmsaCredentialSpecName$`},
	{rule: "run-as-user-name", field: inWindowsOptions + `runAsUserName$`},
	{rule: "linux-only-field", message: "cannot be set for a windows pod"},
	{rule: "pod-resources", field: `spec\.resources$`, message: "may not be set for a windows pod"},
	{rule: "os-linux-pod", field: `windowsOptions$`, message: "windows options cannot be set for a linux pod"},
	{rule: "os-name", field: `spec\.os(\.name)?$`},
	{rule: "mount-name", field: inMounts + `name$`, message: "Required value|Not found"},
	{rule: "mount-path-required", field: inMounts + `mountPath$`, message: "Required value"},
	{rule: "mount-path-duplicate", field: inMounts + `mountPath$`, message: "must be unique|must not already exist as a path in volumeDevices"},
	{rule: "mount-sub-path", field: `volumeMounts\.subPath(Expr)?$`},
	{rule: "mount-sub-path", field: inMounts + `subPathExpr$`, message: "mutually exclusive"},
	{rule: "mount-propagation-bidirectional", field: `volumeMounts\.mountPropagation$`},
	{rule: "mount-recursive-read-only", field: `volumeMounts\.recursiveReadOnly$`},
}

// left are the errors of generated objects that no rule is about. The API server reports
// them for any pod, on Windows or not.
var left = []class{
	{field: `spec\.ephemeralContainers$`, message: "cannot be set on create|not allowed in pod template",
		why: "ephemeral containers are added to a running pod by a request of their own, which no object here is"},
	{field: `ephemeralContainers\[\d+\]`, message: "cannot be set for an Ephemeral Container",
		why: "an ephemeral container of any pod lacks these fields"},
	{field: `initContainers\[\d+\]`, message: "may not be set for init containers",
		why: "an init container of any pod lacks these fields"},
	{field: `(runAsUser|runAsGroup|fsGroup|supplementalGroups\[\d+\])$`, message: "must be between",
		why: "the range of an id of Linux"},
	{field: `(appArmorProfile|seccompProfile)\.(type|localhostProfile)$`, why: "the form of a field of Linux"},
	{field: `(fsGroupChangePolicy|supplementalGroupsPolicy|seLinuxChangePolicy|procMount)$`, message: "Unsupported value|Required value|hostUsers",
		why: "the form of a field of Linux"},
	{field: `sysctls\[\d+\]\.name$`, why: "the form of a field of Linux"},
	{field: `securityContext$`, message: "cannot set `allowPrivilegeEscalation`", why: "two fields of Linux that don't go together"},
	{field: `\.Host(PID|IPC)$`, message: "when `hostUsers` is false",
		why: "hostUsers: false is refused for hostNetwork already"},
	{field: `volumeDevices$`, message: "when `hostUsers` is false",
		why: "hostUsers: false is refused for hostNetwork already"},
	{field: `hostnameOverride$`, message: "lowercase RFC 1123|Too long|setHostnameAsFQDN",
		why: "the form of a name; on the host's network any name is refused"},
	{field: `shareProcessNamespace$`, message: "cannot both be enabled", why: "two fields of Linux that don't go together"},
	{field: `\.(hostname|nodeName|runtimeClassName)$`, why: "the form of a name"},
	{field: `ports\[\d+\]\.(containerPort|hostPort)$`, message: "must be between|Required value|Duplicate value", why: "the form of a port of any container"},
	{field: `ports\[\d+\]\.(protocol|name|hostIP)$`, why: "the form of a port of any container"},
	{field: inMounts + `bindMountOptions`, why: "options of mounts on Linux"},
	{field: inMounts + `name$`, message: "must not already exist in volumeDevices", why: "block devices, of any pod"},
	{field: `volumeDevices\[\d+\]\.(name|devicePath)$`, why: "block devices, of any pod"},
	{field: `restartPolicy$`, why: "the restart policy of the kind, or of any container"},
	{field: `spec\.containers$`, message: "Required value", why: "a pod of any kind has a container"},
	{field: `volumes\[\d+\]\.name$`, why: "the form of a name of a volume of any pod"},
	{field: `dnsConfig$`, message: "when `dnsPolicy` is None", why: "DNS of any pod"},
	{field: `spec\.resources`, message: "claims may not be set", why: "resources of any pod; on Windows none may be set"},
}

// matcher is a class with compiled patterns.
type matcher struct {
	class
	field, message *regexp.Regexp
}

var matchers = func() (all []matcher) {
	for _, c := range slices.Concat(compared, left) {
		all = append(all, matcher{c, regexp.MustCompile(c.field), regexp.MustCompile(c.message)})
	}
	return all
}()

// ruleOf returns the rule that must report an error: none for those in left.
func ruleOf(e cause) (rule validate.RuleID, known bool) {
	for _, m := range matchers {
		if m.field.MatchString(e.Field) && m.message.MatchString(e.Message) {
			return m.rule, true
		}
	}
	return "", false
}
