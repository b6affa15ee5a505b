// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package convert makes HostProcess pods of other pods: that of a Linux DaemonSet, one
// that somebody wrote by hand, the output of a Helm chart.
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

// Result is what [Workload] made of a workload of type T. The zero Result comes with an
// error.
type Result[T hostprocess.Workload] struct {
	// Object is the workload with a HostProcess pod. It shares nothing with the input.
	Object T
	// Changes are all the differences to the input, in the order in which they
	// were made; nil where it needed none.
	Changes []Change
	// Open is what a person must decide; nil where there is nothing: what would be
	// refused or not start as it is, directories that are those of Linux, and the
	// account, if the input names none.
	Open []Decision
}

// Change is one field that [Workload] has changed. The zero Change says nothing.
type Change struct {
	// Field is the path within the object, or within the spec if that was passed:
	// "spec.template.spec.containers[0].securityContext.privileged".
	Field string
	// Before and After are the values as JSON; empty where the field wasn't or
	// isn't set.
	Before, After string
	// Why says what would have happened otherwise.
	Why string
}

// String says what was changed, and why: "removed hostPID: true (it means …)".
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

// shown is a JSON value for people: a text with the backslashes that it has.
func shown(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return value
	}
	return quote.Text(text)
}

// Decision is something that a person must decide. The zero Decision says
// nothing.
type Decision struct {
	// Field is the path, as in Change.
	Field string
	// Why says what is wrong, and what to do.
	Why string
}

// Workload makes the pod of a workload a HostProcess pod for the targets. With no targets
// it is for a node of today; see hostprocess.Pod.For.
//
// It sets what is missing, writes accounts as a node knows them, takes out what
// means something on Linux only, and the mounts of named pipes, which a program
// opens by their name. spec.os is set in the same step, because from then on the
// API server refuses what is left of Linux. What was right stays as it is. What a
// program is, where its files are and what it is allowed to do can't be converted:
// everything that package validate calls an error in the result is in Open, and so are
// programs and hostPaths that are files of Linux.
//
// The input isn't changed. Converting a result again changes nothing. The workload
// around the pod is left alone. A nil object and one without a pod are errors.
func Workload[T hostprocess.Workload](object T, targets ...validate.Target) (Result[T], error) {
	var none T
	if object == none {
		return Result[T]{}, errors.New("there is no pod to convert: the object is nil")
	}
	converted, at := workload.Copy(object)
	if at.Spec == nil {
		return Result[T]{}, errors.New("there is no pod to convert: the object has no spec.template")
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
		// The last two are files that a Windows node most likely hasn't.
		if f.Severity == validate.SeverityError || f.Rule == "linux-host-path" || f.Rule == "command-host-path" {
			c.decide(strings.TrimPrefix(f.Field, c.at), findingText(f))
		}
	}
	return Result[T]{Object: converted, Changes: c.changes, Open: c.open}, nil
}

// linuxRoots asks about hostPaths that every system has, with other files in them.
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

// findingText is what a finding says without its field.
func findingText(f validate.Finding) string {
	if f.Fix == "" {
		return f.Message
	}
	return f.Message + " (" + f.Fix + ")"
}

// converter changes a spec and keeps a list of what it has changed.
type converter struct {
	spec *corev1.PodSpec
	// at is where the spec is: in front of the fields of changes and decisions.
	at      string
	changes []Change
	open    []Decision
}

// decide adds a decision, once for a field.
func (c *converter) decide(field, why string) {
	field = c.at + field
	for _, d := range c.open {
		if d.Field == field {
			return
		}
	}
	c.open = append(c.open, Decision{field, why})
}

// change sets a field, and reports it if that makes a difference.
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

// remove takes out the value of a field.
func remove[T any](c *converter, field string, at *T, why string) {
	var none T
	change(c, field, at, none, why)
}

// show writes a value as JSON, and nothing for the zero value.
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
	change(c, "hostNetwork", &s.HostNetwork, true, "HostProcess containers use the network of the node; without it the API server refuses the pod")
	if s.SecurityContext == nil {
		s.SecurityContext = &corev1.PodSecurityContext{}
	}
	if s.SecurityContext.WindowsOptions == nil {
		s.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{}
	}
	options := s.SecurityContext.WindowsOptions
	change(c, "securityContext.windowsOptions.hostProcess", &options.HostProcess, ptr.To(true), "said once for the pod, it holds for every container, also for one that is added later")
	if options.RunAsUserName == nil && c.someWithoutUser() {
		change(c, accountField, &options.RunAsUserName, ptr.To(string(accounts.LocalService)), "a HostProcess container needs an account to start; this is the least privileged of those that every node has")
		c.decide(accountField, "nobody has said what the program may do: find out whether it works as "+string(accounts.LocalService)+", or name another account")
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

// account writes a name as a node knows it.
func (c *converter) account(field string, at **string) {
	if *at == nil {
		return
	}
	account, err := accounts.Parse(**at)
	var wrong *accounts.ParseError
	switch {
	case err == nil:
		change(c, field, at, ptr.To(account.RunAsUserName()), "the same account, as this module and the documentation of Kubernetes spell it")
	case errors.As(err, &wrong) && certain(wrong.Suggestion):
		change(c, field, at, ptr.To(wrong.Suggestion), "the account that was meant: as it stood, it "+wrong.Problem())
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
		change(c, "os", &s.OS, &corev1.PodOS{Name: corev1.Windows}, "it lets the API server refuse fields that mean something on Linux only, and is what policies look at")
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

// affinityToWindows makes each required term that asks for Linux ask for Windows,
// and reports whether all terms ask for Windows.
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

// volumes takes out the mounts of named pipes.
func (c *converter) volumes() {
	var kept []corev1.Volume
	gone := map[string]string{}
	for i, v := range c.spec.Volumes {
		if v.HostPath == nil || !isPipe(v.HostPath.Path) {
			kept = append(kept, v)
			continue
		}
		gone[v.Name] = v.HostPath.Path
		c.changed("volumes"+index(i), show(v), "", "a named pipe can't be mounted into a HostProcess container, which would not start; the program opens "+v.HostPath.Path+" by its name")
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
			c.decide(field+".command", "the program must open the pipe as "+pipe+", no more as "+m.MountPath+", where it was mounted")
		}
	}
	container.VolumeMounts = kept
}
