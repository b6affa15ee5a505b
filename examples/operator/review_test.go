// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/hostprocess-go/sdk/validate"
)

// newWebhook is what serves /validate, with a namespace agents.
func newWebhook() http.Handler {
	c := fake.NewClientBuilder().WithObjects(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "agents"}}).Build()
	return newBounded(&webhook.Admission{Handler: judge{validate.Validator{}, c, c}})
}

// goodPod is a HostProcess pod without findings, badPod one with an error.
const (
	goodPod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"agent"},"spec":{"hostNetwork":true,"os":{"name":"windows"},` +
		`"nodeSelector":{"kubernetes.io/os":"windows"},"dnsPolicy":"Default",` +
		`"securityContext":{"windowsOptions":{"hostProcess":true,"runAsUserName":"NT AUTHORITY\\Local Service"}},` +
		`"containers":[{"name":"agent","image":"registry.example.com/agent:1.4","command":["powershell.exe","-File","agent.ps1"],"workingDir":"%CONTAINER_SANDBOX_MOUNT_POINT%"}]}}`
	linuxPod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"web","image":"registry.example.com/web:1"}]}}`
)

var badPod = strings.Replace(goodPod, `"hostNetwork":true`, `"hostNetwork":false`, 1)

var podKind = metav1.GroupVersionKind{Version: "v1", Kind: "Pod"}

// reviewOf is a review as an API server sends it.
func reviewOf(t testing.TB, request admissionv1.AdmissionRequest) string {
	t.Helper()
	if request.UID == "" {
		request.UID = "7d0b8c9e-0000-4000-8000-000000000001"
	}
	if request.Namespace == "" {
		request.Namespace = "agents"
	}
	data, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request:  &request,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func createOf(t testing.TB, pod string) string {
	return reviewOf(t, admissionv1.AdmissionRequest{Kind: podKind, Operation: admissionv1.Create, Object: raw(pod)})
}

func raw(object string) runtime.RawExtension { return runtime.RawExtension{Raw: []byte(object)} }

// recorder is a ResponseRecorder with deadlines, as a connection has.
type recorder struct{ *httptest.ResponseRecorder }

func (recorder) SetReadDeadline(time.Time) error { return nil }

// post sends a body, and returns the status and the body of the answer.
func post(handler http.Handler, body, contentType string) (int, string) {
	request := httptest.NewRequest(http.MethodPost, "/validate", strings.NewReader(body))
	request.Header.Set("Content-Type", contentType)
	answer := recorder{httptest.NewRecorder()}
	handler.ServeHTTP(answer, request)
	return answer.Code, answer.Body.String()
}

// ask sends a review that is answered.
func ask(t testing.TB, handler http.Handler, review string) *admissionv1.AdmissionResponse {
	t.Helper()
	code, body := post(handler, review, "application/json")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	var answer admissionv1.AdmissionReview
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.APIVersion != "admission.k8s.io/v1" || answer.Kind != "AdmissionReview" || answer.Request != nil || answer.Response == nil {
		t.Fatalf("not an answer: %s", body)
	}
	return answer.Response
}

func TestAnswer(t *testing.T) {
	w := newWebhook()
	good := ask(t, w, createOf(t, goodPod))
	want := &admissionv1.AdmissionResponse{UID: "7d0b8c9e-0000-4000-8000-000000000001", Allowed: true, Result: &metav1.Status{Code: http.StatusOK}}
	if diff := cmp.Diff(want, good); diff != "" {
		t.Errorf("a good pod (-want +got):\n%s", diff)
	}
	bad := ask(t, w, createOf(t, badPod))
	if bad.Allowed || bad.UID != good.UID || bad.Result.Code != http.StatusUnprocessableEntity {
		t.Errorf("a bad pod: %+v", bad)
	}
	causes := []metav1.StatusCause{{Type: metav1.CauseTypeFieldValueInvalid, Field: "spec.hostNetwork"}}
	got := bad.Result.Details.Causes
	got[0].Message = ""
	if diff := cmp.Diff(causes, got); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
}

// TestNoReview sends what is no review. The answer is never one that could be taken for
// consent.
func TestNoReview(t *testing.T) {
	good := createOf(t, goodPod)
	many := strings.Repeat(`{},`, maxElements)
	for name, test := range map[string]struct {
		body, contentType string
		status            int
	}{
		"no content type":     {good, "", http.StatusOK},
		"YAML":                {good, "application/yaml", http.StatusOK},
		"broken content type": {good, ";;;", http.StatusOK},
		"empty":               {"", "application/json", http.StatusOK},
		"null":                {"null", "application/json", http.StatusOK},
		"no JSON":             {"hello", "application/json", http.StatusOK},
		"cut off":             {good[:len(good)/2], "application/json", http.StatusOK},
		"two":                 {good + good, "application/json", http.StatusOK},
		"a list":              {"[" + good + "]", "application/json", http.StatusOK},
		"another kind":        {goodPod, "application/json", http.StatusOK},
		"no request":          {`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`, "application/json", http.StatusOK},
		"no operation":        {`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1"}}`, "application/json", http.StatusOK},
		"one byte too much":   {good + strings.Repeat(" ", maxBody+1-len(good)), "application/json", http.StatusBadRequest},
		"deep":                {strings.Repeat("[", maxElements), "application/json", http.StatusOK},
		"deeper":              {strings.Repeat("[", maxElements+1), "application/json", http.StatusBadRequest},
		"many and no JSON":    {many, "application/json", http.StatusBadRequest},
		"many in a list":      {"[" + many + "{}]", "application/json", http.StatusBadRequest},
		"many and no object":  {`{"request":{"operation":"UPDATE","object":7,"x":[` + many + `{}]}}`, "application/json", http.StatusBadRequest},
	} {
		code, body := post(newWebhook(), test.body, test.contentType)
		if code != test.status || len(body) < 10 || strings.Contains(body, `"allowed":true`) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	if code, body := post(newWebhook(), good+strings.Repeat(" ", maxBody-1-len(good)), "application/json"); code != http.StatusOK || !strings.Contains(body, `"allowed":true`) {
		t.Errorf("a body of just the largest size: %d %s", code, body)
	}
	answer := recorder{httptest.NewRecorder()}
	newWebhook().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/validate", nil))
	if strings.Contains(answer.Body.String(), `"allowed":true`) {
		t.Errorf("GET: %d %s", answer.Code, answer.Body)
	}
}

// TestDryRun denies a dry run as any other request, and counts it apart.
func TestDryRun(t *testing.T) {
	w, yes := newWebhook(), true
	denied, allowed := reviews.WithLabelValues("false", "true"), reviews.WithLabelValues("true", "false")
	byRule := deniedFindings.WithLabelValues("host-network")
	before := []float64{testutil.ToFloat64(denied), testutil.ToFloat64(allowed), testutil.ToFloat64(byRule)}
	review := reviewOf(t, admissionv1.AdmissionRequest{Kind: podKind, Operation: admissionv1.Create, Object: raw(badPod), DryRun: &yes})
	if ask(t, w, review).Allowed {
		t.Error("a dry run is answered differently")
	}
	ask(t, w, createOf(t, goodPod))
	for i, c := range []float64{testutil.ToFloat64(denied), testutil.ToFloat64(allowed), testutil.ToFloat64(byRule)} {
		if c != before[i]+1 {
			t.Errorf("counter %d: %g after %g", i, c, before[i])
		}
	}
}

// many is a pod with a number of empty containers more, of two elements each.
func many(pod string, n int) string {
	return strings.Replace(pod, `"containers":[`, `"containers":[`+strings.Repeat(`{},`, n), 1)
}

// TestOversized refuses an object with too many elements to be judged, unless it is deleted
// or its spec stays as it is, and judges what is just small enough.
func TestOversized(t *testing.T) {
	large := many(goodPod, maxElements)
	labelled := func(pod string) string {
		return strings.Replace(pod, `"name":"agent"}`, `"name":"agent","labels":{"a":"b"}}`, 1)
	}
	workload := func(kind, replicas, pod string) string {
		spec := pod[strings.Index(pod, `"spec":`) : len(pod)-1]
		switch kind {
		case "Deployment":
			return `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"agent"},"spec":{"replicas":` + replicas + `,"template":{` + spec + `}}}`
		case "CronJob":
			return `{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"agent"},"spec":{"schedule":"` + replicas + `","jobTemplate":{"spec":{"template":{` + spec + `}}}}}`
		}
		return `{"apiVersion":"v1","kind":"PodTemplate","metadata":{"name":"` + replicas + `"},"template":{` + spec + `}}`
	}
	for name, test := range map[string]struct {
		operation   admissionv1.Operation
		kind        metav1.GroupVersionKind
		old, object string
		allowed     bool
	}{
		"created":                       {admissionv1.Create, podKind, "", large, false},
		"created, as an old one":        {admissionv1.Create, podKind, large, large, false},
		"neither":                       {admissionv1.Update, podKind, large, "", false},
		"labelled":                      {admissionv1.Update, podKind, large, labelled(large), true},
		"grown":                         {admissionv1.Update, podKind, goodPod, large, false},
		"changed":                       {admissionv1.Update, podKind, large, many(badPod, maxElements), false},
		"becomes HostProcess":           {admissionv1.Update, podKind, many(linuxPod, maxElements), large, false},
		"deleted":                       {admissionv1.Delete, podKind, large, "", true},
		"a deployment is labelled":      {admissionv1.Update, kindOf("apps/v1", "Deployment"), workload("Deployment", "1", large), labelled(workload("Deployment", "1", large)), true},
		"a deployment is changed":       {admissionv1.Update, kindOf("apps/v1", "Deployment"), workload("Deployment", "1", large), workload("Deployment", "1", many(badPod, maxElements)), false},
		"a cron job is labelled":        {admissionv1.Update, kindOf("batch/v1", "CronJob"), workload("CronJob", "1", large), labelled(workload("CronJob", "1", large)), true},
		"a cron job is changed":         {admissionv1.Update, kindOf("batch/v1", "CronJob"), workload("CronJob", "1", large), workload("CronJob", "1", many(badPod, maxElements)), false},
		"a template has another name":   {admissionv1.Update, kindOf("v1", "PodTemplate"), workload("PodTemplate", "a", large), workload("PodTemplate", "b", large), true},
		"a template is changed":         {admissionv1.Update, kindOf("v1", "PodTemplate"), workload("PodTemplate", "a", large), workload("PodTemplate", "a", many(badPod, maxElements)), false},
		"just small enough together":    {admissionv1.Update, podKind, many(goodPod, maxElements/2-100), goodPod, true},
		"just small enough, and is bad": {admissionv1.Update, podKind, many(goodPod, maxElements/2-100), badPod, false},
	} {
		request := admissionv1.AdmissionRequest{Kind: test.kind, Operation: test.operation}
		if test.old != "" {
			request.OldObject = raw(test.old)
		}
		if test.object != "" {
			request.Object = raw(test.object)
		}
		answer := ask(t, newWebhook(), reviewOf(t, request))
		if answer.Allowed != test.allowed || answer.UID == "" {
			t.Errorf("%s: allowed %t: %+v", name, answer.Allowed, answer.Result)
		}
	}
}

func FuzzReview(f *testing.F) {
	f.Add([]byte(createOf(f, goodPod)))                                                                  // allowed
	f.Add([]byte(createOf(f, badPod)))                                                                   // denied
	f.Add([]byte(strings.Replace(createOf(f, goodPod), "v1", "v1beta1", 1)))                             // wrong version
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1"}}`)) // nothing to judge
	w := newWebhook()
	f.Fuzz(func(t *testing.T, body []byte) {
		code, answer := post(w, string(body), "application/json")
		if code != http.StatusOK {
			return
		}
		var review admissionv1.AdmissionReview
		if err := json.Unmarshal([]byte(answer), &review); err != nil || review.Response == nil || review.Response.Allowed && review.Response.UID == "" {
			t.Fatalf("%s: %v", answer, err)
		}
	})
}

func BenchmarkReview(b *testing.B) {
	w, review := newWebhook(), createOf(b, goodPod)
	b.ReportAllocs()
	for b.Loop() {
		if code, _ := post(w, review, "application/json"); code != http.StatusOK {
			b.Fatal(code)
		}
	}
}
