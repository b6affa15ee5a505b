// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Job returns a Job with apiVersion and kind, or nil and a [*BuildError]. Its
// pods aren't restarted, unless [Pod.WithRestartPolicy] says OnFailure; the Job
// replaces a failed one. A Job runs on one node that fits; to run once on each,
// use an init container of a DaemonSet.
func (p Pod) Job(meta metav1.ObjectMeta) (*batchv1.Job, error) {
	w := p.object("Job", meta, validation.NameIsDNSSubdomain, corev1.RestartPolicyNever)
	w.once()
	const longest = 63 // the name becomes a label of the pods
	w.shortName(longest)
	return finish(w, &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: w.meta,
		Spec:       batchv1.JobSpec{Template: w.template(nil)},
	})
}

// CronJob returns a CronJob with apiVersion and kind, or nil and a [*BuildError]. The
// schedule is passed on as it is. A run that isn't finished when the next is due delays
// it, because both would use the same node. The pods are those of [Pod.Job]. The time
// zone is that of the control plane, unless spec.timeZone is set on the result.
func (p Pod) CronJob(meta metav1.ObjectMeta, schedule string) (*batchv1.CronJob, error) {
	w := p.object("CronJob", meta, validation.NameIsDNSSubdomain, corev1.RestartPolicyNever)
	w.once()
	const longest = 52 // the controller appends 11 characters for each Job
	w.shortName(longest)
	return finish(w, &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: w.meta,
		Spec: batchv1.CronJobSpec{
			Schedule:          schedule,
			ConcurrencyPolicy: batchv1.ForbidConcurrent,
			JobTemplate:       batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: w.template(nil)}},
		},
	})
}
