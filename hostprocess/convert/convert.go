// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package convert turns a pod into a HostProcess pod: that of a Linux DaemonSet, one
// written by hand, or one from a Helm chart. [Workload] returns the changed object, a
// list of all changes, and a list of what a person must decide.
package convert

import (
	"encoding/json"
	"errors"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/validate"
)

// Result is the result of [Workload] for a workload of type T. The zero Result comes
// with an error.
type Result[T hostprocess.Workload] struct {
	// Object is the workload with a HostProcess pod. It shares nothing with the input.
	Object T
	// Changes are all differences from the input, in the order in which they were made;
	// nil if there are none.
	Changes []Change
	// Open lists what a person must decide; nil if there is nothing: what would be
	// rejected or not start, Linux directories, and the account, if the input names
	// none.
	Open []Decision
}

// Change is one field that [Workload] has changed. The zero Change is empty.
type Change struct {
	// Field is the path within the object, or within the spec if that was passed:
	// "spec.template.spec.containers[0].securityContext.privileged".
	Field string
	// Before and After are the values as JSON; empty if the field wasn't or isn't set.
	Before, After string
	// Why describes what would have happened otherwise.
	Why string
}

// String describes the change and its reason: "removed hostPID: true (it means …)".
func (c Change) String() string {
	change := "changed " + c.Field + ": from " + shown(c.Before) + " to " + shown(c.After)
	switch {
	case c.After == "":
		change = "removed " + c.Field + ": " + shown(c.Before)
	case c.Before == "":
		change = "set " + c.Field + ": " + shown(c.After)
	}
	return change + " (" + c.Why + ")"
}

// shown returns a JSON value for messages: a text with its actual backslashes.
func shown(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return value
	}
	return quote.Text(text)
}

// Decision is something that a person must decide. The zero Decision is empty.
type Decision struct {
	// Field is the path, as in Change.
	Field string
	// Why describes the problem and what to do.
	Why string
}

// Workload turns the pod of a workload into a HostProcess pod for the targets. Without
// targets, it is for a current node; see hostprocess.Pod.For.
//
// It sets missing fields, corrects the spelling of accounts, and removes Linux-only
// fields and mounts of named pipes, which a program opens by name. It also sets
// spec.os, with which the API server rejects remaining Linux-only fields. It keeps what
// was right. It can't convert which program runs, where its files are and what it may
// do: Open contains everything that package validate reports as an error in the result,
// and programs and hostPaths that are Linux files.
//
// The input isn't changed. Converting a result again changes nothing. The rest of the
// workload stays as it is. A nil object and one without a pod are errors.
func Workload[T hostprocess.Workload](object T, targets ...validate.Target) (Result[T], error) {
	var none T
	if object == none {
		return Result[T]{}, errors.New("no pod to convert: the object is nil")
	}
	converted, at := workload.Copy(object)
	if at.Spec == nil {
		return Result[T]{}, errors.New("no pod to convert: the object has no spec.template")
	}
	c := converter{spec: at.Spec, at: at.Prefix}
	c.pod()
	c.linuxOnlyPod()
	c.volumes()
	for field, container := range workload.Containers(c.spec) {
		c.container(field+".", container)
	}
	c.osSelection()
	c.linuxRoots()
	if at.Meta != nil {
		c.annotations(at.Meta)
	}
	for _, f := range workload.Judge(validate.Validator{Targets: targets}, converted) {
		// The last two are files that Windows nodes probably don't have.
		if f.Severity == validate.SeverityError || f.Rule == "linux-host-path" || f.Rule == "command-host-path" {
			c.decide(strings.TrimPrefix(f.Field, c.at), findingText(f))
		}
	}
	return Result[T]{Object: converted, Changes: c.changes, Open: c.open}, nil
}

// linuxRoots adds decisions about hostPaths that exist on every system, with different
// files.
func (c *converter) linuxRoots() {
	for i, v := range c.spec.Volumes {
		if v.HostPath == nil {
			continue
		}
		switch v.HostPath.Path {
		case "/":
			c.decide("volumes"+index(i)+".hostPath.path", `is C:\ on a Windows node: find out which of its files the program needs`)
		case "/etc", "/etc/":
			c.decide("volumes"+index(i)+".hostPath.path", `is C:\etc on a Windows node, which has little of what Linux has there: find out which files the program needs`)
		}
	}
}

// findingText returns the text of a finding without its field.
func findingText(f validate.Finding) string {
	if f.Fix == "" {
		return f.Message
	}
	return f.Message + " (" + f.Fix + ")"
}

// converter changes a spec and records the changes.
type converter struct {
	spec *corev1.PodSpec
	// at is the field of the spec, before the fields of changes and decisions.
	at      string
	changes []Change
	open    []Decision
}

// decide adds a decision, once per field.
func (c *converter) decide(field, why string) {
	field = c.at + field
	for _, d := range c.open {
		if d.Field == field {
			return
		}
	}
	c.open = append(c.open, Decision{field, why})
}

// change sets a field, and records it if the value differs.
func change[T any](c *converter, field string, at *T, after T, why string) {
	if equality.Semantic.DeepEqual(*at, after) {
		return
	}
	c.changed(field, show(*at), show(after), why)
	*at = after
}

func (c *converter) changed(field, before, after, why string) {
	c.changes = append(c.changes, Change{c.at + field, before, after, why})
}

// remove removes the value of a field.
func remove[T any](c *converter, field string, at *T, why string) {
	var none T
	change(c, field, at, none, why)
}

// show returns a value as JSON, or "" for the zero value.
func show[T any](value T) string {
	var none T
	if equality.Semantic.DeepEqual(value, none) {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

const accountField = "securityContext.windowsOptions.runAsUserName"

// pod sets what every HostProcess pod has.
func (c *converter) pod() {
	s := c.spec
	change(c, "hostNetwork", &s.HostNetwork, true, "HostProcess containers use the node's network; without it, the API server rejects the pod")
	if s.SecurityContext == nil {
		s.SecurityContext = &corev1.PodSecurityContext{}
	}
	if s.SecurityContext.WindowsOptions == nil {
		s.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{}
	}
	options := s.SecurityContext.WindowsOptions
	change(c, "securityContext.windowsOptions.hostProcess", &options.HostProcess, ptr.To(true), "set for the pod, it applies to every container, including ones that are added later")
	if options.RunAsUserName == nil && c.someWithoutUser() {
		change(c, accountField, &options.RunAsUserName, ptr.To(string(accounts.LocalService)), "a HostProcess container needs an account to start; this is the least privileged one that every node has")
		c.decide(accountField, "the program's rights aren't known: test whether it works as "+string(accounts.LocalService)+", or set another account")
	}
	c.account(accountField, &options.RunAsUserName)
}

func (c *converter) someWithoutUser() bool {
	for _, container := range workload.Containers(c.spec) {
		if workload.OwnUser(container) == nil {
			return true
		}
	}
	return false
}

// account corrects the spelling of an account.
func (c *converter) account(field string, at **string) {
	if *at == nil {
		return
	}
	account, err := accounts.Parse(**at)
	var wrong *accounts.ParseError
	switch {
	case err == nil:
		change(c, field, at, ptr.To(account.RunAsUserName()), "the same account, in the spelling of this module and the Kubernetes documentation")
	case errors.As(err, &wrong) && certain(wrong.Suggestion):
		change(c, field, at, ptr.To(wrong.Suggestion), "the intended account: the old value "+wrong.Problem())
	default:
		c.decide(field, err.Error())
	}
}

// certain reports whether every node has the account.
func certain(suggestion string) bool {
	account, err := accounts.Parse(suggestion)
	return err == nil && account.SID() != ""
}

// osSelection makes the pod one for Windows, on Windows nodes.
func (c *converter) osSelection() {
	s := c.spec
	const selectors = "the pod runs on Windows nodes only"
	if s.OS == nil || s.OS.Name != corev1.Windows {
		change(c, "os", &s.OS, &corev1.PodOS{Name: corev1.Windows}, "with it, the API server rejects Linux-only fields, and policies recognize a Windows pod")
	}
	found := c.affinityToWindows()
	for _, key := range []string{corev1.LabelOSStable, "beta.kubernetes.io/os"} {
		value, ok := s.NodeSelector[key]
		if ok || key == corev1.LabelOSStable && !found {
			change(c, "nodeSelector["+key+"]", &value, string(corev1.Windows), selectors)
			if s.NodeSelector == nil {
				s.NodeSelector = map[string]string{}
			}
			s.NodeSelector[key] = value
		}
	}
}

// affinityToWindows changes each required term for Linux to one for Windows, and
// reports whether all terms are for Windows.
func (c *converter) affinityToWindows() bool {
	a := c.spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return false
	}
	terms := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	all := len(terms) > 0
	for i := range terms {
		here := false
		for j := range terms[i].MatchExpressions {
			e := &terms[i].MatchExpressions[j]
			if e.Key != corev1.LabelOSStable || e.Operator != corev1.NodeSelectorOpIn {
				continue
			}
			const at = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
			change(c, at+index(i)+".matchExpressions"+index(j)+".values", &e.Values, []string{string(corev1.Windows)}, "the pod runs on Windows nodes only")
			here = true
		}
		all = all && here
	}
	return all
}

// volumes removes the mounts of named pipes.
func (c *converter) volumes() {
	var kept []corev1.Volume
	gone := map[string]string{}
	for i, v := range c.spec.Volumes {
		if v.HostPath == nil || !isPipe(v.HostPath.Path) {
			kept = append(kept, v)
			continue
		}
		gone[v.Name] = v.HostPath.Path
		c.changed("volumes"+index(i), show(v), "", "a named pipe can't be mounted into a HostProcess container, which would not start; the program opens "+v.HostPath.Path+" by name")
	}
	if len(gone) == 0 {
		return
	}
	c.spec.Volumes = kept
	for field, container := range workload.Containers(c.spec) {
		c.pipeMounts(field, container, gone)
	}
}

func (c *converter) pipeMounts(field string, container *corev1.Container, gone map[string]string) {
	var kept []corev1.VolumeMount
	for i, m := range container.VolumeMounts {
		pipe, found := gone[m.Name]
		if !found {
			kept = append(kept, m)
			continue
		}
		c.changed(field+".volumeMounts"+index(i), show(m), "", "its volume is a named pipe")
		if !strings.EqualFold(strings.ReplaceAll(m.MountPath, "/", "\\"), strings.ReplaceAll(pipe, "/", "\\")) {
			c.decide(field+".command", "the program must open the pipe as "+pipe+" instead of "+m.MountPath+", where it was mounted")
		}
	}
	container.VolumeMounts = kept
}
