// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/validate"
)

// silent are the places in which a rule, or one of its fixtures, has no finding, with
// the reason.
var silent = map[string]string{
	"mount-over-implicit ephemeralContainers":                   "the API server mounts no token in ephemeral containers",
	"host-port initContainers":                                  "the API server looks at regular containers only",
	"host-port ephemeralContainers":                             "the API server looks at regular containers only",
	"port-duplicate initContainers":                             "each init container counts for itself",
	"port-duplicate ephemeralContainers":                        "such a container can have no ports",
	"port-forward initContainers":                               "such a container has usually ended",
	"port-forward ephemeralContainers":                          "such a container can have no ports",
	"run-as-user-hangs initContainers":                          "the container that takes its place has another user",
	"run-as-user-hangs ephemeralContainers":                     "the container that takes its place has another user",
	"command-sandbox-variable/fail-no-separator.yaml lifecycle": "the kubelet replaces nothing in a hook",
}

// isSilent reports whether the fixture's rule has no finding in a place.
func (f fixture) isSilent(place string) bool {
	place, _, _ = strings.Cut(place, ".")
	path := strings.TrimPrefix(f.path, "testdata/")
	return silent[string(f.rule)+" "+place] != "" || silent[path+" "+place] != ""
}

// containerField splits a field after its container.
var containerField = regexp.MustCompile(`^(.*?)(initContainers|containers|ephemeralContainers)\[(\d+)\]\.(.+)$`)

// TestRulesSpeakInEveryContainer moves each container with a finding into the other lists
// of containers, where the rule must report the same.
func TestRulesSpeakInEveryContainer(t *testing.T) {
	for _, path := range fixturePaths(t) {
		if f := readFixture(t, path); f.fails {
			for _, want := range f.want {
				f.moveContainer(t, want)
			}
		}
	}
}

func (f fixture) moveContainer(t *testing.T, want string) {
	rule, field, _ := strings.Cut(want, " ")
	parts := containerField.FindStringSubmatch(field)
	if parts == nil || rule != string(f.rule) {
		return
	}
	before, from, rest := parts[1], parts[2], parts[4]
	index, _ := strconv.Atoi(parts[3])
	for _, to := range []string{"initContainers", "containers", "ephemeralContainers"} {
		if f.isSilent(to) {
			continue
		}
		object := f.object.DeepCopyObject()
		spec, err := validate.PodSpecOf(object)
		if err != nil {
			t.Fatal(err)
		}
		c := take(spec, from, index)
		wanted := rule + " " + before + put(spec, to, c) + "." + rest
		findings, err := f.validator.Object(object)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(findings, func(g validate.Finding) bool { return string(g.Rule)+" "+g.Field == wanted }) {
			t.Errorf("%s: moved from %s to %s, %q is not found, but %v", f.path, from, to, wanted, findings)
		}
	}
}

// take removes a container from one of the lists.
func take(spec *corev1.PodSpec, list string, i int) corev1.Container {
	var c corev1.Container
	switch list {
	case "initContainers":
		c = spec.InitContainers[i]
		spec.InitContainers = slices.Delete(spec.InitContainers, i, i+1)
	case "containers":
		c = spec.Containers[i]
		spec.Containers = slices.Delete(spec.Containers, i, i+1)
	case "ephemeralContainers":
		c = corev1.Container(spec.EphemeralContainers[i].EphemeralContainerCommon)
		spec.EphemeralContainers = slices.Delete(spec.EphemeralContainers, i, i+1)
	}
	return c
}

// put adds a container to one of the lists and returns its field. A pod without a regular
// container gets a valid one.
func put(spec *corev1.PodSpec, list string, c corev1.Container) string {
	switch list {
	case "initContainers":
		spec.InitContainers = append(spec.InitContainers, c)
		list += fmt.Sprintf("[%d]", len(spec.InitContainers)-1)
	case "containers":
		spec.Containers = append(spec.Containers, c)
		list += fmt.Sprintf("[%d]", len(spec.Containers)-1)
	case "ephemeralContainers":
		spec.EphemeralContainers = append(spec.EphemeralContainers, corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(c)})
		list += fmt.Sprintf("[%d]", len(spec.EphemeralContainers)-1)
	}
	if len(spec.Containers) == 0 {
		fine := representative().Spec.Containers[1]
		fine.VolumeMounts = nil
		fine.SecurityContext = &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(string(accounts.LocalService)),
		}}
		spec.Containers = []corev1.Container{fine}
	}
	return list
}

// TestRulesSpeakInProbesAndHooks moves each command line with a finding into the exec
// probes and the hooks of its container.
func TestRulesSpeakInProbesAndHooks(t *testing.T) {
	moved := map[validate.RuleID]bool{}
	for _, path := range fixturePaths(t) {
		if f := readFixture(t, path); f.fails {
			for _, want := range f.want {
				f.moveCommand(t, want, moved)
			}
		}
	}
	for _, rule := range validate.Rules() {
		if strings.HasPrefix(string(rule.ID), "command-") && !moved[rule.ID] {
			t.Errorf("%s has no fixture in which a container's own command fails", rule.ID)
		}
	}
}

// commandField splits the field of a word.
var commandField = regexp.MustCompile(`^(command|args)(?:\[(\d+)\])?$`)

func (f fixture) moveCommand(t *testing.T, want string, moved map[validate.RuleID]bool) {
	rule, field, _ := strings.Cut(want, " ")
	parts := containerField.FindStringSubmatch(field)
	if parts == nil || rule != string(f.rule) {
		return
	}
	word := commandField.FindStringSubmatch(parts[4])
	index, _ := strconv.Atoi(parts[3])
	for _, to := range []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"} {
		if f.isSilent(to) {
			continue
		}
		object := f.object.DeepCopyObject()
		spec, err := validate.PodSpecOf(object)
		if err != nil {
			t.Fatal(err)
		}
		c := containerOf(spec, parts[2], index)
		if word == nil || len(c.Command) == 0 {
			return // the entrypoint of the image can't be moved
		}
		moved[f.rule] = true
		at := ""
		if word[2] != "" {
			i, _ := strconv.Atoi(word[2])
			if word[1] == "args" {
				i += len(c.Command)
			}
			at = fmt.Sprintf("[%d]", i)
		}
		exec := &corev1.ExecAction{Command: slices.Concat(c.Command, c.Args)}
		c.Command, c.Args = []string{`%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe`}, nil
		c.LivenessProbe, c.ReadinessProbe, c.StartupProbe, c.Lifecycle = nil, nil, nil, &corev1.Lifecycle{}
		switch to {
		case "livenessProbe":
			c.LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec}}
		case "readinessProbe":
			c.ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec}}
		case "startupProbe":
			c.StartupProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: exec}}
		case "lifecycle.postStart":
			c.Lifecycle.PostStart = &corev1.LifecycleHandler{Exec: exec}
		case "lifecycle.preStop":
			c.Lifecycle.PreStop = &corev1.LifecycleHandler{Exec: exec}
		}
		wanted := fmt.Sprintf("%s %s%s[%d].%s.exec.command%s", rule, parts[1], parts[2], index, to, at)
		findings, err := f.validator.Object(object)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(findings, func(g validate.Finding) bool { return string(g.Rule)+" "+g.Field == wanted }) {
			t.Errorf("%s: moved to %s, %q is not found, but %v", f.path, to, wanted, findings)
		}
	}
}

// containerOf is a container of one of the lists.
func containerOf(spec *corev1.PodSpec, list string, i int) *corev1.Container {
	switch list {
	case "initContainers":
		return &spec.InitContainers[i]
	case "containers":
		return &spec.Containers[i]
	}
	return (*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon)
}
