// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestKinds checks the same pod in every kind that contains one.
func TestKinds(t *testing.T) {
	var pod struct{ Spec json.RawMessage }
	for _, test := range []struct{ apiVersion, kind, around string }{
		{"v1", "Pod", `"spec":POD`},
		{"v1", "PodTemplate", `"template":{"spec":POD}`},
		{"v1", "ReplicationController", `"spec":{"template":{"spec":POD}}`},
		{"apps/v1", "DaemonSet", `"spec":{"template":{"spec":POD}}`},
		{"apps/v1", "Deployment", `"spec":{"template":{"spec":POD}}`},
		{"apps/v1", "ReplicaSet", `"spec":{"template":{"spec":POD}}`},
		{"apps/v1", "StatefulSet", `"spec":{"template":{"spec":POD}}`},
		{"batch/v1", "Job", `"spec":{"template":{"spec":POD}}`},
		{"batch/v1", "CronJob", `"spec":{"jobTemplate":{"spec":{"template":{"spec":POD}}}}`},
	} {
		for text, allowed := range map[string]bool{goodPod: true, badPod: false, linuxPod: true} {
			if err := json.Unmarshal([]byte(text), &pod); err != nil {
				t.Fatal(err)
			}
			object := `{"apiVersion":"` + test.apiVersion + `","kind":"` + test.kind + `",` + strings.ReplaceAll(test.around, "POD", string(pod.Spec)) + `}`
			answer := ask(t, newWebhook(), reviewOf(t, admissionv1.AdmissionRequest{Kind: kindOf(test.apiVersion, test.kind), Operation: admissionv1.Create, Object: raw(object)}))
			if answer.Allowed != allowed {
				t.Errorf("%s: allowed %t: %+v", object, answer.Allowed, answer)
			}
		}
	}
}

func kindOf(apiVersion, kind string) metav1.GroupVersionKind {
	group, version, found := strings.Cut(apiVersion, "/")
	if !found {
		group, version = "", apiVersion
	}
	return metav1.GroupVersionKind{Group: group, Version: version, Kind: kind}
}

// TestMalformed denies requests that an API server doesn't send.
func TestMalformed(t *testing.T) {
	for name, request := range map[string]admissionv1.AdmissionRequest{
		"no object":                {Kind: podKind, Operation: admissionv1.Create},
		"null":                     {Kind: podKind, Operation: admissionv1.Create, Object: raw("null")},
		"another kind":             {Kind: podKind, Operation: admissionv1.Create, Object: raw(`{"apiVersion":"apps/v1","kind":"DaemonSet"}`)},
		"no kind":                  {Kind: podKind, Operation: admissionv1.Create, Object: raw(`{"spec":{}}`)},
		"wrong types":              {Kind: podKind, Operation: admissionv1.Create, Object: raw(`{"apiVersion":"v1","kind":"Pod","spec":{"containers":7}}`)},
		"update without an object": {Kind: podKind, Operation: admissionv1.Update, OldObject: raw(goodPod)},
		"update without an old":    {Kind: podKind, Operation: admissionv1.Update, Object: raw(goodPod)},
		"update of another kind":   {Kind: podKind, Operation: admissionv1.Update, Object: raw(goodPod), OldObject: raw(`{"apiVersion":"batch/v1","kind":"Job"}`)},
	} {
		answer := ask(t, newWebhook(), reviewOf(t, request))
		if answer.Allowed || answer.Result == nil || answer.Result.Code != http.StatusBadRequest || answer.Result.Message == "" {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

// TestPassed allows requests that have nothing to check, with a warning.
func TestPassed(t *testing.T) {
	for name, request := range map[string]admissionv1.AdmissionRequest{
		"DELETE":  {Kind: podKind, Operation: admissionv1.Delete, OldObject: raw(badPod)},
		"CONNECT": {Kind: kindOf("v1", "PodExecOptions"), SubResource: "exec", Operation: admissionv1.Connect, Object: raw(`{"apiVersion":"v1","kind":"PodExecOptions"}`)},
		"scale":   {Kind: kindOf("autoscaling/v1", "Scale"), SubResource: "scale", Operation: admissionv1.Update, Object: raw(`{"apiVersion":"autoscaling/v1","kind":"Scale"}`)},
		"binding": {Kind: kindOf("v1", "Binding"), SubResource: "binding", Operation: admissionv1.Create, Object: raw(`{"apiVersion":"v1","kind":"Binding"}`)},
	} {
		answer := ask(t, newWebhook(), reviewOf(t, request))
		if !answer.Allowed || len(answer.Warnings) != 1 {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

// TestUpdate denies only new errors.
func TestUpdate(t *testing.T) {
	badMount := strings.Replace(badPod, `"workingDir"`, `"volumeMounts":[{"name":"none","mountPath":"C:"}],"workingDir"`, 1)
	warned := strings.Replace(goodPod, `"dnsPolicy":"Default"`, `"dnsPolicy":"ClusterFirstWithHostNet"`, 1)
	for name, test := range map[string]struct {
		old, object string
		allowed     bool
		warnings    int
	}{
		"good to good":               {goodPod, goodPod, true, 0},
		"good to bad":                {goodPod, badPod, false, 0},
		"bad to good":                {badPod, goodPod, true, 0},
		"bad stays bad":              {badPod, badPod, true, 1},
		"bad with another label":     {badPod, strings.Replace(badPod, `"name":"agent"}`, `"name":"agent","labels":{"a":"b"}}`, 1), true, 1},
		"bad gets worse":             {badPod, badMount, false, 1},
		"worse gets better":          {badMount, badPod, true, 1},
		"the same error once more":   {badMount, strings.Replace(badMount, `"containers":[`, `"initContainers":[{"name":"first","image":"registry.example.com/agent:1.4","command":["powershell.exe","-File","agent.ps1"],"volumeMounts":[{"name":"none","mountPath":"C:"}],"workingDir":"%CONTAINER_SANDBOX_MOUNT_POINT%"}],"containers":[`, 1), false, 3},
		"bad behind a new one":       {badPod, strings.Replace(badPod, `"containers":[`, `"containers":[{"name":"first","image":"registry.example.com/agent:1.4","command":["powershell.exe","-File","agent.ps1"],"workingDir":"%CONTAINER_SANDBOX_MOUNT_POINT%"},`, 1), true, 1},
		"good gets a warning":        {goodPod, warned, true, 1},
		"an old warning is not news": {warned, warned, true, 0},
		"becomes HostProcess":        {linuxPod, badPod, false, 0},
	} {
		answer := ask(t, newWebhook(), reviewOf(t, admissionv1.AdmissionRequest{Kind: podKind, Operation: admissionv1.Update, Object: raw(test.object), OldObject: raw(test.old)}))
		if answer.Allowed != test.allowed || len(answer.Warnings) != test.warnings {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

// TestMoved distinguishes moved errors from new ones.
func TestMoved(t *testing.T) {
	container := func(name, mounts string) string {
		return `{"name":"` + name + `","image":"registry.example.com/agent:1.4","command":["powershell.exe","-File","agent.ps1"],"volumeMounts":[` + mounts + `],"workingDir":"%CONTAINER_SANDBOX_MOUNT_POINT%"}`
	}
	const none, data = `{"name":"none","mountPath":"/data"}`, `{"name":"data","mountPath":"/good"}`
	podOf := func(containers ...string) string {
		pod := strings.Replace(goodPod, `"containers":[`, `"volumes":[{"name":"data","emptyDir":{}}],"containers":[`, 1)
		return strings.Replace(pod, `"containers":[`, `"containers":[`+strings.Join(containers, ",")+`,`, 1)
	}
	a, b, clean := container("a", none), container("b", none), container("c", data)
	for name, test := range map[string]struct {
		old, object string
		allowed     bool
		warnings    int
	}{
		"behind a new container":     {podOf(a), podOf(clean, a), true, 1},
		"behind a new mount":         {podOf(a), podOf(container("a", data+","+none)), true, 1},
		"swapped":                    {podOf(a, b), podOf(b, a), true, 2},
		"in another container":       {podOf(a, clean), podOf(container("a", data), container("c", none)), false, 0},
		"once more in the container": {podOf(a), podOf(container("a", none+","+strings.Replace(none, "data", "more", 1))), false, 1},
	} {
		answer := ask(t, newWebhook(), reviewOf(t, admissionv1.AdmissionRequest{Kind: podKind, Operation: admissionv1.Update, Object: raw(test.object), OldObject: raw(test.old)}))
		if answer.Allowed != test.allowed || len(answer.Warnings) != test.warnings {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

// TestManyErrors limits the errors and warnings in the answer to a hostile request.
func TestManyErrors(t *testing.T) {
	containers := strings.Repeat(`{"name":"agent","image":"registry.example.com/agent:1.4","command":["powershell.exe","-File","agent.ps1"],"securityContext":{"privileged":true},"volumeMounts":[{"name":"none","mountPath":"C:"},{"name":"none","mountPath":"C:/Windows"}]},`, 800)
	pod := strings.Replace(badPod, `"containers":[`, `"containers":[`+containers, 1)
	answer := ask(t, newWebhook(), createOf(t, pod))
	if answer.Allowed || len(answer.Result.Details.Causes) != maxTold || len(answer.Warnings) != maxTold+1 || len(answer.Result.Message) > 64<<10 {
		t.Errorf("%d causes, %d warnings, a message of %d bytes", len(answer.Result.Details.Causes), len(answer.Warnings), len(answer.Result.Message))
	}
	if !strings.Contains(answer.Result.Message, " more") || !strings.Contains(answer.Warnings[maxTold], " more") {
		t.Error("it isn't told that there are more")
	}
}

// TestEphemeralContainers is what kubectl debug asks for: the pod with one more
// container, as an update of a subresource.
func TestEphemeralContainers(t *testing.T) {
	with := func(container string) string {
		return strings.Replace(goodPod, `"containers":[`, `"ephemeralContainers":[`+container+`],"containers":[`, 1)
	}
	for container, allowed := range map[string]bool{
		`{"name":"debugger","image":"registry.example.com/debug:1","command":["powershell.exe","-File","agent.ps1"]}`:                                                            true,
		`{"name":"debugger","image":"registry.example.com/debug:1","command":["powershell.exe","-File","agent.ps1"],"securityContext":{"windowsOptions":{"hostProcess":false}}}`: false,
	} {
		answer := ask(t, newWebhook(), reviewOf(t, admissionv1.AdmissionRequest{
			Kind: podKind, SubResource: "ephemeralcontainers", Operation: admissionv1.Update, Object: raw(with(container)), OldObject: raw(goodPod),
		}))
		if answer.Allowed != allowed {
			t.Errorf("%s: %+v", container, answer)
		}
	}
}
