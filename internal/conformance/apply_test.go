// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// appliesWhatIsMeant applies a DaemonSet with a script as an operator does. Applying it
// again changes nothing, not even the owners of fields. A new script changes the
// template, so that the controller replaces the pods.
func appliesWhatIsMeant(t *testing.T, s *server) {
	const namespace = "applied"
	s.namespace(t, namespace, nil)
	apply := func(script string) (set object) {
		pod := hostprocess.NewPod(accounts.LocalService,
			hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
				WithCommand(hostprocess.PowerShellFile("agent-scripts", "agent.ps1", script)).
				WithMount(hostprocess.EmptyDir("scratch"), "/scratch"))
		maps, err := pod.ConfigMaps(namespace)
		if err != nil {
			t.Fatal(err)
		}
		daemonSet, err := pod.DaemonSet(metav1.ObjectMeta{Name: "agent", Namespace: namespace})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []runtime.Object{maps[0], daemonSet} {
			fields, err := hostprocess.Unstructured(o)
			if err != nil {
				t.Fatal(err)
			}
			set = s.apply(t, fields.Object, "&force=true")
		}
		return set
	}

	first := apply("Start-Sleep 1")
	before := s.podUIDs(t, namespace, nil)
	again := apply("Start-Sleep 1")
	owned := func(set object) any { // by us: the controller writes the status meanwhile
		for _, entry := range set["metadata"].(object)["managedFields"].(list) {
			if entry.(object)["operation"] == "Apply" {
				return entry
			}
		}
		t.Fatal("there is no Apply among its managed fields")
		return nil
	}
	if diff := cmp.Diff(owned(first), owned(again)); diff != "" {
		t.Errorf("applied once more, other fields are owned (-once +twice):\n%s", diff)
	}
	if diff := cmp.Diff(first["spec"], again["spec"]); diff != "" {
		t.Errorf("applied once more, it is another (-once +twice):\n%s", diff)
	}
	if first["metadata"].(object)["generation"] != again["metadata"].(object)["generation"] {
		t.Error("applied once more, it has another generation")
	}
	for _, unset := range []string{"f:status", "f:resources", "f:creationTimestamp"} {
		if text := fmt.Sprint(owned(first)); strings.Contains(text, unset) {
			t.Errorf("owns %s, which was not set: %s", unset, text)
		}
	}

	apply("Start-Sleep 2")
	s.podUIDs(t, namespace, before)
}

// podUIDs waits until none of the pods before is left in the namespace, and there are
// others. It deletes terminating pods, as the kubelets would.
func (s *server) podUIDs(t *testing.T, namespace string, before []string) (uids []string) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(100 * time.Millisecond) {
		var pods struct{ Items []object }
		s.get(t, "/api/v1/namespaces/"+namespace+"/pods", &pods)
		uids = nil
		for _, p := range pods.Items {
			meta := p["metadata"].(object)
			uids = append(uids, fmt.Sprint(meta["uid"]))
			if meta["deletionTimestamp"] != nil {
				path := fmt.Sprintf("/api/v1/namespaces/%s/pods/%v?gracePeriodSeconds=0", namespace, meta["name"])
				if code, body, err := s.do(t.Context(), http.MethodDelete, path, nil); err != nil || code != http.StatusOK && code != http.StatusNotFound {
					t.Fatalf("%s: %d %s %v", path, code, body, err)
				}
			}
		}
		if len(uids) > 0 && !slices.ContainsFunc(uids, func(uid string) bool { return slices.Contains(before, uid) }) {
			return uids
		}
	}
	t.Fatalf("pods %v, before %v", uids, before)
	return nil
}
