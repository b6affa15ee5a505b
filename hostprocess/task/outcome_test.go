// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/validate/explain"
)

// fixture is the objects that a cluster has for a task, and the expected outcome.
type fixture struct {
	job    *batchv1.Job
	pods   []corev1.Pod
	events []corev1.Event
	want   task.Result
}

func (f *fixture) outcome() task.Result {
	switch {
	case f.job != nil:
		return task.JobOutcome(f.job, f.pods, f.events...)
	case len(f.pods) > 0:
		return task.Outcome(&f.pods[0], f.events...)
	}
	return task.Outcome(nil)
}

// fixtures are the files of testdata/outcome, by name.
func fixtures(t *testing.T) map[string]*fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/outcome/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*fixture{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := &fixture{}
		for _, text := range strings.Split(string(data), "---\n") {
			if err := f.read([]byte(text)); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		if !strings.HasPrefix(string(data), "# Source: https://") {
			t.Errorf("%s names no source at its top", path)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".yaml")] = f
	}
	return all
}

func (f *fixture) read(data []byte) error {
	var meta metav1.TypeMeta
	if err := yaml.Unmarshal(data, &meta); err != nil {
		return err
	}
	switch meta.Kind {
	case "Job":
		return yaml.UnmarshalStrict(data, &f.job)
	case "Pod":
		f.pods = append(f.pods, corev1.Pod{})
		return yaml.UnmarshalStrict(data, &f.pods[len(f.pods)-1])
	case "Event":
		f.events = append(f.events, corev1.Event{})
		return yaml.UnmarshalStrict(data, &f.events[len(f.events)-1])
	}
	return yaml.UnmarshalStrict(data, &struct {
		Want *task.Result `json:"want"`
	}{&f.want})
}

var states = []task.State{
	task.StateNotScheduled, task.StateNotStarted, task.StateRunning, task.StateSucceeded,
	task.StateFailed, task.StateDeadlineExceeded, task.StateInterrupted,
}

// Every fixture has the outcome that it names, and its name starts with the state.
func TestOutcome(t *testing.T) {
	firstPart := regexp.MustCompile(`[A-Z]`)
	shown := map[task.State]int{}
	for name, f := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			got := f.outcome()
			for i, c := range got.Causes {
				got.Causes[i] = explain.Cause{Matched: c.Matched}
			}
			if diff := cmp.Diff(f.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			state := strings.ToLower(firstPart.ReplaceAllString(string(got.State), "-$0"))[1:]
			if !strings.HasPrefix(name, state) {
				t.Errorf("the state is %s, so the name must start with %s", got.State, state)
			}
			shown[got.State]++
		})
	}
	if got := slices.Sorted(maps.Keys(shown)); !slices.Equal(got, slices.Sorted(slices.Values(states))) {
		t.Errorf("the fixtures show %v", got)
	}
}

// A status can be as large as the API server takes it, and events can be many.
func TestOutcomeHostile(t *testing.T) {
	const many = 5000
	long := strings.Repeat("failed to logon user\xff\x00\n", many)
	ended := &corev1.ContainerStateTerminated{ExitCode: -1 << 31, Reason: long, Message: long}
	status := corev1.ContainerStatus{Name: long, State: corev1.ContainerState{Terminated: ended}}
	pod := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{UID: "p1", DeletionTimestamp: &metav1.Time{}, DeletionGracePeriodSeconds: ptr.To[int64](-1 << 63)},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: long}}},
		Status:     corev1.PodStatus{Phase: "?", ContainerStatuses: slices.Repeat([]corev1.ContainerStatus{status}, many)},
	}
	events := slices.Repeat([]corev1.Event{{InvolvedObject: corev1.ObjectReference{UID: "p1"}, Type: "Warning", Message: "failed to logon user"}}, many)
	for _, phase := range []corev1.PodPhase{"", corev1.PodPending, corev1.PodRunning, corev1.PodFailed, corev1.PodSucceeded} {
		for _, containers := range [][]corev1.ContainerStatus{nil, {{}}, pod.Status.ContainerStatuses} {
			pod.Status.Phase, pod.Status.ContainerStatuses = phase, containers
			got := task.Outcome(&pod, events...)
			if !slices.Contains(states, got.State) || len(got.Causes) > 1 || got.String() == "" {
				t.Errorf("%s, %d containers: %s, %d causes", phase, len(containers), got.State, len(got.Causes))
			}
		}
	}
	if got := task.JobOutcome(&batchv1.Job{}, slices.Repeat([]corev1.Pod{pod}, 10)); got.State != task.StateNotScheduled {
		t.Errorf("pods of others make it %s", got.State)
	}
}

// What is said of an exit code, and that Windows's own are known as such.
func TestMeaning(t *testing.T) {
	for code, want := range map[int32]string{
		0:           "success",
		3:           "",
		-1073741515: "STATUS_DLL_NOT_FOUND",
		-1073741502: "STATUS_DLL_INIT_FAILED",
		-1073741819: "STATUS_ACCESS_VIOLATION",
		-1073741790: "STATUS_ACCESS_DENIED",
		-1073741510: "STATUS_CONTROL_C_EXIT",
		-1073741823: "a Windows NTSTATUS error",
		-532462766:  ".NET",
		9009:        "cmd",
		259:         "STILL_ACTIVE",
		3010:        "restarted",
		-1:          "",
	} {
		got := task.Meaning(code)
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("Meaning(%d) = %q, want something with %q", code, got, want)
		}
	}
}
