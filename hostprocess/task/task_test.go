// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

var ask = metav1.ObjectMeta{Name: "ask", Namespace: "operations"}

// specs are those of the pods that a task makes, alone and in a Job.
func specs(t *testing.T, made task.Task) map[string]*corev1.PodSpec {
	t.Helper()
	pod, err := made.Pod(ask)
	if err != nil {
		t.Fatal(err)
	}
	job, err := made.Job(ask)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*corev1.PodSpec{"Pod": &pod.Spec, "Job": &job.Spec.Template.Spec}
}

// The pod is for one node, whatever its taints, and runs once, for a time, without more
// rights than the account has. The only findings of package validate are about missing
// limits.
func TestPod(t *testing.T) {
	made := task.New("win-3", accounts.LocalService, task.PowerShell("hostname"))
	for kind, spec := range specs(t, made) {
		term := spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
		want := []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: "In", Values: []string{"win-3"}}}}}
		if diff := cmp.Diff(want, term); diff != "" {
			t.Errorf("%s: the affinity (-want +got)\n%s", kind, diff)
		}
		if diff := cmp.Diff([]corev1.Toleration{{Operator: corev1.TolerationOpExists}}, spec.Tolerations); diff != "" {
			t.Errorf("%s: not every taint is tolerated, forever (-want +got)\n%s", kind, diff)
		}
		c := spec.Containers[0]
		got := []any{
			spec.RestartPolicy, *spec.ActiveDeadlineSeconds, *spec.AutomountServiceAccountToken,
			*spec.SecurityContext.WindowsOptions.RunAsUserName, c.Name, c.Image, c.TerminationMessagePolicy, c.TerminationMessagePath,
		}
		if diff := cmp.Diff([]any{
			corev1.RestartPolicyNever, int64(600), false,
			`NT AUTHORITY\Local Service`, task.ContainerName, hostprocess.BaseImage, corev1.TerminationMessageFallbackToLogsOnError, "",
		}, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", kind, diff)
		}
		for _, f := range (validate.Validator{}).PodSpec(spec, nil) {
			if f.Severity != validate.SeverityInfo {
				t.Errorf("%s: %v", kind, f)
			}
		}
	}
}

// The Job doesn't try again, ends after its pod must have, and then goes.
func TestJob(t *testing.T) {
	job, err := task.New("win-3", accounts.LocalService, task.PowerShell("hostname")).
		WithActiveDeadline(time.Minute).WithTimeToLive(0).Job(ask)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{ptr.To[int32](0), ptr.To[int32](0), ptr.To[int64](360), ptr.To[int64](60)},
		[]any{job.Spec.BackoffLimit, job.Spec.TTLSecondsAfterFinished, job.Spec.ActiveDeadlineSeconds, job.Spec.Template.Spec.ActiveDeadlineSeconds}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Each method changes a copy, and what With returns is what is built.
func TestChanges(t *testing.T) {
	base := task.New("win-3", accounts.LocalService, task.PowerShell("hostname"))
	named := func(name string) func(hostprocess.Pod) hostprocess.Pod {
		return func(p hostprocess.Pod) hostprocess.Pod { return p.WithLabels(map[string]string{name: "x"}) }
	}
	base = base.With(named("a")).With(nil)
	b, c := base.With(named("b")).WithImage("registry.example.com/b:1"), base.With(named("c"))
	for want, made := range map[string]task.Task{"a": base, "a b registry.example.com/b:1": b, "a c": c} {
		pod, err := made.Pod(ask)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for key := range pod.Labels {
			got = append(got, key)
		}
		slices.Sort(got)
		if image := pod.Spec.Containers[0].Image; image != hostprocess.BaseImage {
			got = append(got, image)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("has %v, want %s", got, want)
		}
	}
}

// A task can be bound to the node, past the scheduler.
func TestNodeName(t *testing.T) {
	restart := task.New("win-3", accounts.LocalService, task.PowerShell("hostname"))
	restart = restart.With(func(p hostprocess.Pod) hostprocess.Pod { return p.WithNodeName("win-3") })
	for kind, spec := range specs(t, restart) {
		if spec.NodeName != "win-3" {
			t.Errorf("%s: the node is %q", kind, spec.NodeName)
		}
	}
}

// All mistakes are in one error: those of the task, and those of its pod.
func TestMistakes(t *testing.T) {
	good := task.New("win-3", accounts.LocalService, task.PowerShell("hostname"))
	for name, test := range map[string]struct {
		task task.Task
		want []string
	}{
		"none":     {good, nil},
		"zero":     {task.Task{}, []string{"New", "WithActiveDeadline", "NewPod", "WithCommand", "NewContainer"}},
		"node":     {task.New("Win_3", accounts.LocalService, task.PowerShell("hostname")), []string{"New"}},
		"account":  {task.New("win-3", nil, task.PowerShell("hostname")), []string{"NewPod"}},
		"script":   {task.New("win-3", accounts.LocalService, task.PowerShell(" \n")), []string{"PowerShell"}},
		"mark":     {task.New("win-3", accounts.LocalService, task.PowerShell("\ufeffhostname")), []string{"PowerShell"}},
		"NUL":      {task.New("win-3", accounts.LocalService, task.PowerShell("a\x00")), []string{"PowerShell"}},
		"long":     {task.New("win-3", accounts.LocalService, task.PowerShell(strings.Repeat("x", 31900))), []string{"PowerShell"}},
		"deadline": {good.WithActiveDeadline(0), []string{"WithActiveDeadline"}},
		"longest":  {good.WithActiveDeadline(1<<63 - 1), []string{"WithActiveDeadline"}},
		"negative": {good.WithTimeToLive(-time.Second), []string{"WithTimeToLive"}},
		"second":   {good.WithTimeToLive(time.Millisecond), []string{"WithTimeToLive"}},
		"ever":     {good.WithTimeToLive(1 << 32 * time.Second), []string{"WithTimeToLive"}},
		"two":      {good.WithTimeToLive(-1).With(func(p hostprocess.Pod) hostprocess.Pod { return p.WithNodeName("A") }), []string{"WithTimeToLive", "WithNodeName"}},
	} {
		t.Run(name, func(t *testing.T) {
			pod, podErr := test.task.Pod(ask)
			job, jobErr := test.task.Job(ask)
			if (pod == nil) != (podErr != nil) || (job == nil) != (jobErr != nil) {
				t.Error("there must be either an object or an error")
			}
			for _, err := range []error{podErr, jobErr} {
				var methods []string
				var failed *hostprocess.BuildError
				if errors.As(err, &failed) {
					for _, m := range failed.Mistakes {
						methods = append(methods, m.Method)
					}
				}
				if !slices.Equal(methods, test.want) {
					t.Errorf("mistakes in %q, want %q: %v", methods, test.want, err)
				}
			}
		})
	}
}

// The script that runs another one does it as hostprocess.PowerShell does, so that the
// exit codes are the same, and writes to the place of the termination message.
func TestPowerShell(t *testing.T) {
	const script = "Get-Service 'it''s'\nexit 3"
	build := func(command hostprocess.Command) (words []string, script string) {
		t.Helper()
		spec, err := hostprocess.NewPod(accounts.LocalService, hostprocess.NewContainer("c", "image").WithCommand(command)).Build()
		if err != nil {
			t.Fatal(err)
		}
		return spec.Containers[0].Command, spec.Containers[0].Env[0].Value
	}
	plain, _ := build(hostprocess.PowerShell(script))
	words, runner := build(task.PowerShell(script))
	if diff := cmp.Diff(plain, words); diff != "" {
		t.Errorf("the commands differ (-hostprocess +task)\n%s", diff)
	}
	last := len(plain) - 1
	run := strings.Replace(plain[last], "$env:HOSTPROCESS_SCRIPT", "$Env:HOSTPROCESS_TASK", 1)
	for _, want := range []string{
		"$Env:HOSTPROCESS_TASK = " + quote.PowerShell(script) + "\n",
		`& "$PSHOME\powershell.exe" ` + strings.Join(plain[1:last], " ") + " " + quote.PowerShell(run) + " 2>&1 | ForEach-Object {\n",
		"(Join-Path $Env:CONTAINER_SANDBOX_MOUNT_POINT " + strings.ReplaceAll(volumes.DefaultTerminationLog[1:], "/", `\`) + ")",
	} {
		if !strings.Contains(runner, want) {
			t.Errorf("the script lacks %s:\n%s", want, runner)
		}
	}
}
