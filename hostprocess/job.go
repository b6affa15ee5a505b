// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	w := p.workload("Job", meta, validation.NameIsDNSSubdomain, corev1.RestartPolicyNever)
	w.once()
	const longest = 63 // the name becomes a label of the pods
	w.shortName(longest)
	return finish(w, &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: w.meta,
		Spec:       batchv1.JobSpec{Template: w.template(nil)},
	}, "spec.template.spec.")
}

// CronJob returns a CronJob with apiVersion and kind, or nil and a
// [*BuildError]. The schedule is five fields, minute, hour, day of month, month
// and day of week, or @hourly, @daily, @weekly, @monthly or @yearly. A run that
// isn't over when the next is due holds that back, because both would use the
// same node. The pods are those of [Pod.Job]. The time zone is that of the control
// plane, unless spec.timeZone is set on the result.
func (p Pod) CronJob(meta metav1.ObjectMeta, schedule string) (*batchv1.CronJob, error) {
	w := p.workload("CronJob", meta, validation.NameIsDNSSubdomain, corev1.RestartPolicyNever)
	w.once()
	const longest = 52 // the controller appends 11 characters for each Job
	w.shortName(longest)
	w.mistakes.add("CronJob", "schedule", schedule, cron(schedule))
	return finish(w, &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: w.meta,
		Spec: batchv1.CronJobSpec{
			Schedule:          schedule,
			ConcurrencyPolicy: batchv1.ForbidConcurrent,
			JobTemplate:       batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: w.template(nil)}},
		},
	}, "spec.jobTemplate.spec.template.spec.")
}

// cron wants a schedule that the API server can read.
// Source: https://github.com/robfig/cron/blob/v3.0.1/parser.go
func cron(schedule string) error {
	if slices.Contains([]string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}, schedule) {
		return nil
	}
	if strings.Contains(schedule, "TZ=") {
		return errors.New("names a time zone, which the API server refuses there: set spec.timeZone of the CronJob that was built")
	}
	fields := strings.Fields(schedule)
	if len(fields) != len(cronFields) {
		return fmt.Errorf("has %d fields: write five, such as \"0 3 * * *\"", len(fields))
	}
	for i, f := range fields {
		for _, part := range strings.Split(f, ",") {
			if !cronFields[i].holds(part) {
				return fmt.Errorf("has the %s %q: write *, a number from %d to %d, a range 1-5, a step */2, or several of these with commas",
					cronFields[i].name, part, cronFields[i].least, cronFields[i].most)
			}
		}
	}
	return nil
}

// cronField is what one of the five fields can hold.
type cronField struct {
	name        string
	least, most int
	words       string
}

var cronFields = [...]cronField{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day of month", 1, 31, ""},
	{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
	{"day of week", 0, 6, "sunmontuewedthufrisat"},
}

func (f cronField) holds(part string) bool {
	part, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1) {
		return false
	}
	if part == "*" || part == "?" {
		return true
	}
	from, to, ranged := strings.Cut(part, "-")
	first, err := f.number(from)
	if err != nil || !ranged {
		return err == nil
	}
	last, err := f.number(to)
	return err == nil && first <= last
}

// number reads a number of the field, or the first three letters of a name.
func (f cronField) number(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if at := strings.Index(f.words, strings.ToLower(text)); len(text) == 3 && at >= 0 && at%3 == 0 {
		n, err = at/3+f.least, nil
	}
	if err == nil && (n < f.least || n > f.most) {
		err = errors.New("out of range")
	}
	return n, err
}
