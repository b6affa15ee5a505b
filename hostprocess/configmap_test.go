// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
)

// Each object around a pod has a hash of its scripts, so that a workload replaces its
// pods, and Equal returns false, when a script changes.
func TestScriptsArePartOfThePod(t *testing.T) {
	run := func(file hostprocess.Command) hostprocess.Pod {
		return pod(other().WithCommand(file).WithPreStop(hostprocess.Exec(hostprocess.CmdFile("scripts", "stop.cmd", "exit 0")))).
			WithAnnotations(map[string]string{"own": "kept", hostprocess.ScriptsAnnotation: "replaced"})
	}
	first := run(hostprocess.PowerShellFile("scripts", "a.ps1", "exit 1"))
	seen := map[string]string{}
	for name, p := range map[string]hostprocess.Pod{
		"first":          first,
		"text":           run(hostprocess.PowerShellFile("scripts", "a.ps1", "exit 2")),
		"file":           run(hostprocess.PowerShellFile("scripts", "b.ps1", "exit 1")),
		"config map":     run(hostprocess.PowerShellFile("other", "a.ps1", "exit 1")),
		"another script": run(hostprocess.CmdFile("scripts", "a.cmd", "exit 1")),
	} {
		if p.Equal(first) != (name == "first") {
			t.Errorf("%s: Equal is %t", name, p.Equal(first))
		}
		sums := map[string]bool{}
		for kind, annotations := range annotationsOf(t, p) {
			if annotations["own"] != "kept" {
				t.Errorf("%s of %s has the annotations %v", kind, name, annotations)
			}
			sums[annotations[hostprocess.ScriptsAnnotation]] = true
		}
		if len(sums) != 1 {
			t.Errorf("%s: the objects have %v", name, sums)
		}
		for sum := range sums {
			if other := seen[sum]; other != "" || len(sum) != 64 {
				t.Errorf("%s has the checksum %q of %q", name, sum, other)
			}
			seen[sum] = name
		}
	}
	for kind, annotations := range annotationsOf(t, pod(other().WithCommand(hostprocess.PowerShell("exit 1\n")))) {
		if annotations != nil {
			t.Errorf("%s has the annotations %v, without a script in a file", kind, annotations)
		}
	}
	// The checksum is the same in each release, so that upgrading this module doesn't
	// replace pods.
	const want = "f61e83c63c9cb003a9a24d85b67f2cf1ed46745b5566b65c7c7f60537b51abdd"
	if got := annotationsOf(t, first)["Pod"][hostprocess.ScriptsAnnotation]; got != want {
		t.Errorf("the checksum is %s, want %s", got, want)
	}
}

// An Update with another script changes the pods of the workload.
func TestUpdateOfScripts(t *testing.T) {
	withScript := func(script string) func(hostprocess.Pod) hostprocess.Pod {
		return func(p hostprocess.Pod) hostprocess.Pod {
			return p.EditContainer("other", func(c hostprocess.Container) hostprocess.Container {
				return c.WithCommand(hostprocess.PowerShellFile("scripts", "a.ps1", script))
			})
		}
	}
	set, err := withScript("exit 1")(pod(other())).WithAnnotations(map[string]string{"own": "kept"}).DaemonSet(metav1.ObjectMeta{Name: "agent"})
	if err != nil {
		t.Fatal(err)
	}
	before := set.Spec.Template.Annotations
	for script, same := range map[string]bool{"exit 1": true, "exit 2": false} {
		updated, err := hostprocess.Update(set, withScript(script))
		if err != nil {
			t.Fatal(err)
		}
		after := updated.Spec.Template.Annotations
		if after["own"] != "kept" || len(after) != 2 || (after[hostprocess.ScriptsAnnotation] == before[hostprocess.ScriptsAnnotation]) != same {
			t.Errorf("%s: the annotations %v became %v", script, before, after)
		}
	}
}

// annotationsOf returns the annotations of every object that can be built from a pod, by
// its kind.
func annotationsOf(t *testing.T, p hostprocess.Pod) map[string]map[string]string {
	t.Helper()
	meta := metav1.ObjectMeta{Name: "agent"}
	all := map[string]map[string]string{}
	add := func(kind string, annotations func() map[string]string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = annotations()
	}
	object, err := p.Pod(meta)
	add("Pod", func() map[string]string { return object.Annotations }, err)
	template, err := p.PodTemplateSpec()
	add("PodTemplateSpec", func() map[string]string { return template.Annotations }, err)
	daemonSet, err := p.DaemonSet(meta)
	add("DaemonSet", func() map[string]string { return daemonSet.Spec.Template.Annotations }, err)
	deployment, err := p.Deployment(meta, 1)
	add("Deployment", func() map[string]string { return deployment.Spec.Template.Annotations }, err)
	job, err := p.Job(meta)
	add("Job", func() map[string]string { return job.Spec.Template.Annotations }, err)
	cronJob, err := p.CronJob(meta, "@daily")
	add("CronJob", func() map[string]string { return cronJob.Spec.JobTemplate.Spec.Template.Annotations }, err)
	return all
}
