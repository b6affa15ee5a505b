// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/validate"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func newReviewer() *reviewer {
	return &reviewer{judge: newJudge(validate.Validator{}), metrics: &metrics{}, log: quiet}
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

// post sends a body, and returns the status and the body of the answer.
func post(handler http.Handler, body, contentType string) (int, string) {
	request := httptest.NewRequest(http.MethodPost, "/validate", strings.NewReader(body))
	request.Header.Set("Content-Type", contentType)
	answer := httptest.NewRecorder()
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
	r := newReviewer()
	good := ask(t, r, createOf(t, goodPod))
	if diff := cmp.Diff(&admissionv1.AdmissionResponse{UID: "7d0b8c9e-0000-4000-8000-000000000001", Allowed: true}, good); diff != "" {
		t.Errorf("a good pod (-want +got):\n%s", diff)
	}
	bad := ask(t, r, createOf(t, badPod))
	if bad.Allowed || bad.UID != good.UID || bad.Result.Code != http.StatusUnprocessableEntity {
		t.Errorf("a bad pod: %+v", bad)
	}
	want := []metav1.StatusCause{{Type: metav1.CauseTypeFieldValueInvalid, Field: "spec.hostNetwork"}}
	got := bad.Result.Details.Causes
	got[0].Message = ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
}

// TestNoReview sends what is no review of this version. The answer is never one
// that could be taken for consent.
func TestNoReview(t *testing.T) {
	good := createOf(t, goodPod)
	for name, test := range map[string]struct {
		body, contentType string
		status            int
	}{
		"no content type":     {good, "", http.StatusUnsupportedMediaType},
		"YAML":                {good, "application/yaml", http.StatusUnsupportedMediaType},
		"broken content type": {good, ";;;", http.StatusUnsupportedMediaType},
		"empty":               {"", "application/json", http.StatusBadRequest},
		"null":                {"null", "application/json", http.StatusBadRequest},
		"no JSON":             {"hello", "application/json", http.StatusBadRequest},
		"cut off":             {good[:len(good)/2], "application/json", http.StatusBadRequest},
		"two":                 {good + good, "application/json", http.StatusBadRequest},
		"a list":              {"[" + good + "]", "application/json", http.StatusBadRequest},
		"v1beta1":             {strings.Replace(good, "admission.k8s.io/v1", "admission.k8s.io/v1beta1", 1), "application/json", http.StatusBadRequest},
		"another kind":        {goodPod, "application/json", http.StatusBadRequest},
		"no request":          {`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`, "application/json", http.StatusBadRequest},
		"no uid":              {`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"operation":"CREATE"}}`, "application/json", http.StatusBadRequest},
		"one byte too much":   {good + strings.Repeat(" ", maxBody+1-len(good)), "application/json", http.StatusRequestEntityTooLarge},
		"deep":                {strings.Repeat("[", 100_000), "application/json", http.StatusBadRequest},
	} {
		code, body := post(newReviewer(), test.body, test.contentType)
		if code != test.status || len(body) < 10 || strings.Contains(body, `"allowed"`) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	if code, _ := post(newReviewer(), good+strings.Repeat(" ", maxBody-len(good)), "application/json; charset=utf-8"); code != http.StatusOK {
		t.Errorf("a body of just the largest size: %d", code)
	}
	answer := httptest.NewRecorder()
	newReviewer().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/validate", nil))
	if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != http.MethodPost {
		t.Errorf("GET: %d", answer.Code)
	}
}

func TestDryRun(t *testing.T) {
	r := newReviewer()
	yes := true
	review := reviewOf(t, admissionv1.AdmissionRequest{Kind: podKind, Operation: admissionv1.Create, Object: raw(badPod), DryRun: &yes})
	if ask(t, r, review).Allowed {
		t.Error("a dry run is answered differently")
	}
	ask(t, r, createOf(t, goodPod))
	post(r, "hello", "application/json")
	text := httptest.NewRecorder()
	r.metrics.ServeHTTP(text, nil)
	want := `# HELP hostprocess_webhook_certificate_loads_total How often the files of the certificate were new, by result.
# TYPE hostprocess_webhook_certificate_loads_total counter
# HELP hostprocess_webhook_refused_requests_total Requests that were no AdmissionReview, by HTTP status.
# TYPE hostprocess_webhook_refused_requests_total counter
hostprocess_webhook_refused_requests_total{status="400"} 1
# HELP hostprocess_webhook_reviews_total AdmissionReviews that were answered.
# TYPE hostprocess_webhook_reviews_total counter
hostprocess_webhook_reviews_total{allowed="false",dry_run="true"} 1
hostprocess_webhook_reviews_total{allowed="true",dry_run="false"} 1
`
	if diff := cmp.Diff(want, text.Body.String()); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

func FuzzReview(f *testing.F) {
	f.Add([]byte(createOf(f, goodPod)))                                                                  // allowed
	f.Add([]byte(createOf(f, badPod)))                                                                   // denied
	f.Add([]byte(strings.Replace(createOf(f, goodPod), "v1", "v1beta1", 1)))                             // wrong version
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1"}}`)) // nothing to judge
	r := newReviewer()
	f.Fuzz(func(t *testing.T, body []byte) {
		code, answer := post(r, string(body), "application/json")
		if code != http.StatusOK {
			return
		}
		var review admissionv1.AdmissionReview
		if err := json.NewDecoder(bytes.NewReader([]byte(answer))).Decode(&review); err != nil || review.Response == nil || review.Response.UID == "" {
			t.Fatalf("%s: %v", answer, err)
		}
	})
}

func BenchmarkReview(b *testing.B) {
	r, review := newReviewer(), createOf(b, goodPod)
	b.ReportAllocs()
	for b.Loop() {
		if code, _ := post(r, review, "application/json"); code != http.StatusOK {
			b.Fatal(code)
		}
	}
}
