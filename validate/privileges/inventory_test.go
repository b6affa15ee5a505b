// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package privileges_test

import (
	gocmp "cmp"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

// agent is a HostProcess pod with an image.
func agent(image string) corev1.PodSpec {
	return corev1.PodSpec{
		HostNetwork: true,
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`),
		}},
		Containers: []corev1.Container{{Name: "agent", Image: image}},
	}
}

// named is the metadata of an object, with a controller if its kind isn't empty.
func named(name, apiVersion, kind, owner string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{Namespace: "agents", Name: name}
	if kind != "" {
		m.OwnerReferences = []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: owner, Controller: ptr.To(true)}}
	}
	return m
}

// cluster returns related objects of a cluster, in some order.
func cluster() []runtime.Object {
	template := corev1.PodTemplateSpec{Spec: agent("agent:2")}
	all := []runtime.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "agents", Labels: map[string]string{"pod-security.kubernetes.io/enforce": "privileged"}}},
		&appsv1.Deployment{ObjectMeta: named("web", "", "", ""), Spec: appsv1.DeploymentSpec{Template: template}},
		&appsv1.ReplicaSet{ObjectMeta: named("web-2", "apps/v1", "Deployment", "web"), Spec: appsv1.ReplicaSetSpec{Template: template}},
		&appsv1.ReplicaSet{ObjectMeta: named("web-1", "apps/v1", "Deployment", "web"), Spec: appsv1.ReplicaSetSpec{Template: corev1.PodTemplateSpec{Spec: agent("agent:1")}}},
		&appsv1.DaemonSet{ObjectMeta: named("agent", "operator.example.com/v1", "Installation", "default"), Spec: appsv1.DaemonSetSpec{Template: template}},
		&corev1.Pod{ObjectMeta: named("alone", "", "", ""), Spec: agent("alone")},
		&corev1.Pod{ObjectMeta: named("linux", "", "", "")},
	}
	for i := range 3 {
		all = append(all,
			&corev1.Pod{ObjectMeta: named(fmt.Sprint("web-2-", i), "apps/v1", "ReplicaSet", "web-2"), Spec: agent("agent:2")},
			&corev1.Pod{ObjectMeta: named(fmt.Sprint("web-1-", i), "apps/v1", "ReplicaSet", "web-1"), Spec: agent("agent:1")},
			&corev1.Pod{ObjectMeta: named(fmt.Sprint("other-", i), "apps/v1", "DaemonSet", "other"), Spec: agent("other")},
		)
	}
	return all
}

// lines writes workloads as KIND NAME PODS IMAGE OWNER.
func lines(workloads []privileges.Workload) (all []string) {
	for _, w := range workloads {
		line := fmt.Sprintf("%s %s/%s %d %s", w.Kind, w.Namespace, w.Name, w.Pods, w.Containers[0].Image)
		if w.Owner != nil {
			line += " of " + w.Owner.Kind + " " + w.Owner.Name
		}
		all = append(all, line)
	}
	return all
}

// add adds objects to an inventory, in a source.
func add(t *testing.T, source string, objects ...runtime.Object) *privileges.Inventory {
	t.Helper()
	i := &privileges.Inventory{}
	for _, o := range objects {
		if err := i.Add(o, source); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

// TestInventory: equal pods of a workload are listed once, and different ones separately.
func TestInventory(t *testing.T) {
	want := []string{
		"DaemonSet agents/agent 0 agent:2 of Installation default",
		"Pod agents/other-0 3 other of DaemonSet other",
		"Deployment agents/web 3 agent:2",
		"Pod agents/web-1-0 3 agent:1 of ReplicaSet web-1",
		"Pod agents/alone 1 alone",
	}
	forward := cluster()
	backward := cluster()
	slices.Reverse(backward)
	var results [][]privileges.Workload
	for _, objects := range [][]runtime.Object{forward, backward} {
		i := add(t, "cluster", objects...)
		got := i.Workloads()
		if diff := cmp.Diff(want, lines(got)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(got, i.Workloads()); diff != "" {
			t.Errorf("asked again (-before +now)\n%s", diff)
		}
		results = append(results, got)
	}
	if diff := cmp.Diff(results[0], results[1]); diff != "" {
		t.Errorf("in another order (-forward +backward)\n%s", diff)
	}
	for _, w := range results[0] {
		if w.Enforce != "privileged" || w.ServiceAccount != "default" || w.Source != "cluster" || len(w.Rules) == 0 {
			t.Errorf("%+v", w)
		}
	}
}

// TestKinds: each kind that holds a pod is known by its name and group, and its account by the
// path from the object.
func TestKinds(t *testing.T) {
	template := corev1.PodTemplateSpec{Spec: agent("agent")}
	meta := named("a", "", "", "")
	type row struct{ Group, Kind, Field string }
	var got []row
	for _, o := range []runtime.Object{
		&corev1.Pod{ObjectMeta: meta, Spec: template.Spec},
		&corev1.PodTemplate{ObjectMeta: meta, Template: template},
		&corev1.ReplicationController{ObjectMeta: meta, Spec: corev1.ReplicationControllerSpec{Template: &template}},
		&appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Template: template}},
		&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Template: template}},
		&appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Template: template}},
		&appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Template: template}},
		&batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{Template: template}},
		&batchv1.CronJob{ObjectMeta: meta, Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template}}}},
	} {
		for _, w := range add(t, "", o).Workloads() {
			got = append(got, row{w.Group, w.Kind, w.Containers[0].AccountField})
		}
	}
	custom := func(fldPath *field.Path) {
		var i privileges.Inventory
		i.AddTemplate(schema.GroupKind{Group: "argoproj.io", Kind: "Rollout"}, meta, &template, fldPath, "")
		for _, w := range i.Workloads() {
			got = append(got, row{w.Group, w.Kind, w.Containers[0].AccountField})
		}
	}
	custom(field.NewPath("spec", "template"))
	custom(nil)
	const at = "spec.securityContext.windowsOptions.runAsUserName"
	want := []row{
		{"", "Pod", at}, {"", "PodTemplate", "template." + at}, {"", "ReplicationController", "spec.template." + at},
		{"apps", "DaemonSet", "spec.template." + at}, {"apps", "Deployment", "spec.template." + at},
		{"apps", "ReplicaSet", "spec.template." + at}, {"apps", "StatefulSet", "spec.template." + at},
		{"batch", "Job", "spec.template." + at}, {"batch", "CronJob", "spec.jobTemplate.spec.template." + at},
		{"argoproj.io", "Rollout", "spec.template." + at}, {"argoproj.io", "Rollout", at},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestInventorySkips: objects without a HostProcess container are left out, and an object
// of another kind is an error.
func TestInventorySkips(t *testing.T) {
	linux := corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{}}}}
	i := add(t, "", &corev1.Pod{}, &appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Template: linux}}, &corev1.ReplicationController{}, &corev1.Namespace{})
	i.AddTemplate(schema.GroupKind{}, metav1.ObjectMeta{}, &linux, nil, "")
	i.AddTemplate(schema.GroupKind{}, metav1.ObjectMeta{}, nil, nil, "")
	for _, o := range []runtime.Object{nil, &corev1.Service{}, (*corev1.Pod)(nil), (*corev1.Namespace)(nil), (*appsv1.DaemonSet)(nil)} {
		var kind *validate.KindError
		if err := i.Add(o, ""); !errors.As(err, &kind) {
			t.Errorf("%T: %v", o, err)
		}
	}
	if got := i.Workloads(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestOwners: an owner counts if it was added, has the same group, kind, namespace and name,
// and isn't owned by what it owns.
func TestOwners(t *testing.T) {
	pod := func(m metav1.ObjectMeta) *corev1.Pod { return &corev1.Pod{ObjectMeta: m, Spec: agent("agent")} }
	set := func(m metav1.ObjectMeta) *appsv1.ReplicaSet {
		return &appsv1.ReplicaSet{ObjectMeta: m, Spec: appsv1.ReplicaSetSpec{Template: corev1.PodTemplateSpec{Spec: agent("agent")}}}
	}
	elsewhere := named("a-1", "apps/v1", "ReplicaSet", "a")
	elsewhere.Namespace = "other"
	notController := named("a-1", "apps/v1", "ReplicaSet", "a")
	notController.OwnerReferences[0].Controller = nil
	chain := []runtime.Object{set(named("s0", "", "", ""))}
	for i := range 20 {
		chain = append(chain, set(named(fmt.Sprint("s", i+1), "apps/v1", "ReplicaSet", fmt.Sprint("s", i))))
	}
	for name, c := range map[string]struct {
		objects []runtime.Object
		want    []string
	}{
		"its own":       {[]runtime.Object{set(named("a", "", "", "")), pod(named("a-1", "apps/v1", "ReplicaSet", "a"))}, []string{"ReplicaSet agents/a 1 agent"}},
		"other version": {[]runtime.Object{set(named("a", "", "", "")), pod(named("a-1", "apps/v1beta1", "ReplicaSet", "a"))}, []string{"ReplicaSet agents/a 1 agent"}},
		"not added":     {[]runtime.Object{set(named("a-1", "apps/v1", "Deployment", "a"))}, []string{"ReplicaSet agents/a-1 0 agent of Deployment a"}},
		"other group": {[]runtime.Object{set(named("a", "", "", "")), pod(named("a-1", "example.com/v1", "ReplicaSet", "a"))},
			[]string{"ReplicaSet agents/a 0 agent", "Pod agents/a-1 1 agent of ReplicaSet a"}},
		"unreadable group": {[]runtime.Object{set(named("a", "", "", "")), pod(named("a-1", "a/b/c", "ReplicaSet", "a"))},
			[]string{"Pod agents/a-1 1 agent of ReplicaSet a", "ReplicaSet agents/a 0 agent"}},
		"other namespace": {[]runtime.Object{set(named("a", "", "", "")), pod(elsewhere)},
			[]string{"ReplicaSet agents/a 0 agent", "Pod other/a-1 1 agent of ReplicaSet a"}},
		"not a controller": {[]runtime.Object{set(named("a", "", "", "")), pod(notController)},
			[]string{"Pod agents/a-1 1 agent", "ReplicaSet agents/a 0 agent"}},
		"itself": {[]runtime.Object{set(named("a", "apps/v1", "ReplicaSet", "a"))}, []string{"ReplicaSet agents/a 0 agent of ReplicaSet a"}},
		"each other": {[]runtime.Object{set(named("a", "apps/v1", "ReplicaSet", "b")), set(named("b", "apps/v1", "ReplicaSet", "a")), pod(named("a-1", "apps/v1", "ReplicaSet", "a"))},
			[]string{"ReplicaSet agents/a 0 agent of ReplicaSet b", "Pod agents/a-1 1 agent of ReplicaSet a", "ReplicaSet agents/b 0 agent of ReplicaSet a"}},
	} {
		if diff := cmp.Diff(c.want, lines(add(t, "", c.objects...).Workloads())); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if got := add(t, "", chain...).Workloads(); len(got) == 0 || len(got) > len(chain) || got[0].Name != "s0" {
		t.Errorf("a long chain of owners: %d of %d", len(got), len(chain))
	}
}

// TestNameless: a workload without a kind and a name owns nothing.
func TestNameless(t *testing.T) {
	i := add(t, "", cluster()...)
	want := len(i.Workloads()) + 1
	i.AddTemplate(schema.GroupKind{}, metav1.ObjectMeta{}, &corev1.PodTemplateSpec{Spec: agent("nameless")}, nil, "")
	if got := i.Workloads(); len(got) != want {
		t.Errorf("%q", lines(got))
	}
}

// TestSameName: an object with an owner and one without don't replace each other, even
// if they have the same name.
func TestSameName(t *testing.T) {
	set := func(m metav1.ObjectMeta, image string) *appsv1.ReplicaSet {
		return &appsv1.ReplicaSet{ObjectMeta: m, Spec: appsv1.ReplicaSetSpec{Template: corev1.PodTemplateSpec{Spec: agent(image)}}}
	}
	objects := []runtime.Object{
		&appsv1.Deployment{ObjectMeta: named("d", "", "", ""), Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: agent("1")}}},
		set(named("a", "apps/v1", "Deployment", "d"), "1"), set(named("a", "", "", ""), "2"), set(named("a", "", "", ""), "1"),
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "x-"}, Spec: agent("1")}, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "x-"}, Spec: agent("1")},
	}
	want := []string{"Pod /x-* 1 1", "Pod /x-* 1 1", "Deployment agents/d 0 1", "ReplicaSet agents/a 0 1", "ReplicaSet agents/a 0 2"}
	for range 2 {
		got := lines(add(t, "", objects...).Workloads())
		slices.Sort(got[3:])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		slices.Reverse(objects)
	}
}

// TestPodsThatDiffer: a pod differs from its workload by each property that a report
// shows, but not by other properties, or by those that the API server adds.
func TestPodsThatDiffer(t *testing.T) {
	spec := func() corev1.PodSpec {
		s := agent("agent")
		s.Volumes = []corev1.Volume{
			{Name: "data", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: `C:\data`}}},
			{Name: "token", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}}}}}},
		}
		s.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}, {Name: "token", MountPath: "/token"}}
		return s
	}
	for name, c := range map[string]struct {
		change  func(p *corev1.Pod)
		differs bool
	}{
		"nothing":         {func(*corev1.Pod) {}, false},
		"node":            {func(p *corev1.Pod) { p.Spec.NodeName = "node" }, false},
		"labels":          {func(p *corev1.Pod) { p.Labels = map[string]string{"a": "b"} }, false},
		"command":         {func(p *corev1.Pod) { p.Spec.Containers[0].Command = []string{"agent.exe"} }, false},
		"service account": {func(p *corev1.Pod) { p.Spec.ServiceAccountName = "default" }, false},
		"expiry": {func(p *corev1.Pod) {
			p.Spec.Volumes[1].Projected.Sources[0].ServiceAccountToken.ExpirationSeconds = ptr.To[int64](3600)
		}, false},
		"automounted token": {func(p *corev1.Pod) {
			p.UID = "1"
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "kube-api-access-abcde", VolumeSource: p.Spec.Volumes[1].VolumeSource})
			p.Spec.Containers[0].VolumeMounts = append(p.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "kube-api-access-abcde", MountPath: automounted.MountPath})
		}, false},
		"where the account is set": {func(p *corev1.Pod) {
			p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{WindowsOptions: p.Spec.SecurityContext.WindowsOptions}
		}, false},
		"account":               {func(p *corev1.Pod) { p.Spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To("Users") }, true},
		"other service account": {func(p *corev1.Pod) { p.Spec.ServiceAccountName = "other" }, true},
		"image":                 {func(p *corev1.Pod) { p.Spec.Containers[0].Image = "other" }, true},
		"name":                  {func(p *corev1.Pod) { p.Spec.Containers[0].Name = "other" }, true},
		"role":                  {func(p *corev1.Pod) { p.Spec.InitContainers, p.Spec.Containers = p.Spec.Containers, nil }, true},
		"path":                  {func(p *corev1.Pod) { p.Spec.Volumes[0].HostPath.Path = `C:\` }, true},
		"type":                  {func(p *corev1.Pod) { p.Spec.Volumes[0].HostPath.Type = ptr.To(corev1.HostPathDirectory) }, true},
		"mount path":            {func(p *corev1.Pod) { p.Spec.Containers[0].VolumeMounts[0].MountPath = "/other" }, true},
		"read only":             {func(p *corev1.Pod) { p.Spec.Containers[0].VolumeMounts[0].ReadOnly = true }, true},
		"subpath":               {func(p *corev1.Pod) { p.Spec.Containers[0].VolumeMounts[0].SubPath = "a" }, true},
		"audience": {func(p *corev1.Pod) {
			p.Spec.Volumes[1].Projected.Sources[0].ServiceAccountToken.Audience = "vault"
		}, true},
		"secret": {func(p *corev1.Pod) {
			p.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{}}}
		}, true},
		"ephemeral container": {func(p *corev1.Pod) {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}}
		}, true},
	} {
		set := &appsv1.DaemonSet{ObjectMeta: named("a", "", "", ""), Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: spec()}}}
		pod := &corev1.Pod{ObjectMeta: named("a-1", "apps/v1", "DaemonSet", "a"), Spec: spec()}
		c.change(pod)
		got := add(t, "", pod, set).Workloads()
		if differs := len(got) == 2; differs != c.differs || len(got) == 0 || got[0].Kind != "DaemonSet" {
			t.Errorf("%s: %v", name, lines(got))
		}
	}
}

// TestLivePod: a new pod gets a token from the API server, but an existing pod without one
// has none.
func TestLivePod(t *testing.T) {
	for uid, ofPod := range map[types.UID][]privileges.Credential{"": {automounted}, "1": nil} {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a", UID: uid}, Spec: agent("agent")}
		set := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "b", UID: uid}, Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: agent("agent")}}}
		got := map[string][]privileges.Credential{}
		for _, w := range add(t, "", pod, set).Workloads() {
			got[w.Kind] = w.Containers[0].Credentials
		}
		want := map[string][]privileges.Credential{"Pod": ofPod, "DaemonSet": {automounted}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with the uid %q (-want +got)\n%s", uid, diff)
		}
	}
}

// TestOrder: pods are listed after their workload, whatever their names, and a group of
// equal pods is listed under the name that is first in alphabetical order.
func TestOrder(t *testing.T) {
	set := func(name string) *appsv1.DaemonSet {
		return &appsv1.DaemonSet{ObjectMeta: named(name, "", "", ""), Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: agent("1")}}}
	}
	pod := func(name, image, owner string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: named(name, "apps/v1", "DaemonSet", owner), Spec: agent(image)}
	}
	objects := []runtime.Object{
		pod("b", "2", "m"), pod("c", "2", "m"), pod("a", "2", "m"), pod("z", "3", "m"), pod("x", "3", "m"), pod("d", "4", "k"), set("m"), set("k"),
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "agents"}, Spec: agent("5")},
	}
	want := []string{
		"DaemonSet agents/k 0 1", "Pod agents/d 1 4 of DaemonSet k",
		"DaemonSet agents/m 0 1", "Pod agents/a 3 2 of DaemonSet m", "Pod agents/x 2 3 of DaemonSet m",
		"Pod agents/ 1 5",
	}
	for range 2 {
		if diff := cmp.Diff(want, lines(add(t, "", objects...).Workloads())); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		slices.Reverse(objects)
	}
}

// TestSources: equal pods with the same name are listed once, with the source that is
// first in alphabetical order.
func TestSources(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: named("a", "apps/v1", "DaemonSet", "a"), Spec: agent("1")}
	for _, sources := range [][]string{{"a.yaml", "b.yaml"}, {"b.yaml", "a.yaml"}} {
		var i privileges.Inventory
		for _, source := range sources {
			if err := i.Add(pod, source); err != nil {
				t.Fatal(err)
			}
		}
		if got := i.Workloads(); len(got) != 1 || got[0].Source != "a.yaml" || got[0].Pods != 2 {
			t.Errorf("%q: %+v", sources, got)
		}
	}
}

func TestEnforce(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: named("a", "", "", ""), Spec: agent("agent")}
	for name, c := range map[string]struct {
		labels map[string]string
		want   string
	}{
		"agents": {map[string]string{"pod-security.kubernetes.io/enforce": "baseline"}, "baseline"},
		"other":  {map[string]string{"pod-security.kubernetes.io/enforce": "baseline"}, privileges.EnforceUnknown},
	} {
		for _, objects := range [][]runtime.Object{
			{pod, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: c.labels}}},
			{&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: c.labels}}, pod},
		} {
			if got := add(t, "", objects...).Workloads()[0].Enforce; got != c.want {
				t.Errorf("%s %v: %q", name, c.labels, got)
			}
		}
	}
	for label, want := range map[string]string{"warn": privileges.EnforceNone, "enforce": "odd", "enforce-version": privileges.EnforceNone} {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "agents", Labels: map[string]string{"pod-security.kubernetes.io/" + label: "odd"}}}
		if got := add(t, "", ns, pod).Workloads()[0].Enforce; got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
}

func TestServiceAccount(t *testing.T) {
	for _, c := range [][3]string{{"", "", "default"}, {"a", "", "a"}, {"", "b", "b"}, {"a", "b", "a"}} {
		spec := agent("agent")
		spec.ServiceAccountName, spec.DeprecatedServiceAccount = c[0], c[1]
		if got := add(t, "", &corev1.Pod{Spec: spec}).Workloads()[0].ServiceAccount; got != c[2] {
			t.Errorf("%q: %q", c, got)
		}
	}
}

// TestRules: the rules of a workload and of its pods are listed once, and are ignored by the
// annotations of the object, of its template, or of all pods that are alike.
func TestRules(t *testing.T) {
	ignore := map[string]string{validate.IgnoreAnnotation: "os-missing, no-such-rule"}
	set := func() *appsv1.DaemonSet {
		return &appsv1.DaemonSet{ObjectMeta: named("a", "", "", ""), Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: agent("agent")}}}
	}
	pod := func(name string, annotations map[string]string) *corev1.Pod {
		p := &corev1.Pod{ObjectMeta: named(name, "apps/v1", "DaemonSet", "a"), Spec: agent("agent")}
		p.Annotations = annotations
		return p
	}
	object, template := set(), set()
	object.Annotations, template.Spec.Template.Annotations = ignore, ignore
	odd := pod("a-2", nil)
	odd.Spec.HostNetwork = false
	for name, c := range map[string]struct {
		objects      []runtime.Object
		ignored, odd bool
	}{
		"no annotation":             {[]runtime.Object{set()}, false, false},
		"of the object":             {[]runtime.Object{object}, true, false},
		"of the template":           {[]runtime.Object{template}, true, false},
		"of the object alone":       {[]runtime.Object{object, pod("a-1", nil)}, true, false},
		"of a pod alone":            {[]runtime.Object{set(), pod("a-1", ignore)}, false, false},
		"of all pods":               {[]runtime.Object{pod("a-1", ignore), pod("a-2", ignore)}, true, false},
		"of one pod":                {[]runtime.Object{pod("a-1", ignore), pod("a-2", nil)}, false, false},
		"of the last pod":           {[]runtime.Object{pod("a-2", nil), pod("a-1", ignore)}, false, false},
		"a rule of a pod":           {[]runtime.Object{object, odd}, true, true},
		"a rule of one of two pods": {[]runtime.Object{pod("a-1", nil), odd}, false, true},
	} {
		got := add(t, "", c.objects...).Workloads()
		if len(got) != 1 {
			t.Errorf("%s: %v", name, lines(got))
			continue
		}
		rules := got[0].Rules
		if !slices.IsSortedFunc(rules, func(a, b privileges.BrokenRule) int { return gocmp.Compare(a.Severity, b.Severity) }) {
			t.Errorf("%s: %v isn't sorted", name, rules)
		}
		at := slices.IndexFunc(rules, func(r privileges.BrokenRule) bool { return r.Rule == "os-missing" })
		if at < 0 || rules[at].Ignored != c.ignored {
			t.Errorf("%s: %v", name, rules)
		}
		seen := map[validate.RuleID]bool{}
		for _, r := range rules {
			if seen[r.Rule] {
				t.Errorf("%s: %s twice", name, r.Rule)
			}
			seen[r.Rule] = true
		}
		if seen["host-network"] != c.odd {
			t.Errorf("%s: %v", name, rules)
		}
	}
}

// TestTargets: a workload is validated for the current Targets of the Validator.
func TestTargets(t *testing.T) {
	old, err := validate.ParseTarget("1.6")
	if err != nil {
		t.Fatal(err)
	}
	spec := agent("agent")
	spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To("agents")
	var i privileges.Inventory
	for name, targets := range map[string][]validate.Target{"new": nil, "old": {old}} {
		i.Validator.Targets = targets
		if err := i.Add(&corev1.Pod{ObjectMeta: named(name, "", "", ""), Spec: spec}, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range i.Workloads() {
		isOld := slices.ContainsFunc(w.Rules, func(r privileges.BrokenRule) bool { return r.Rule == "account-local-group" })
		if isOld != (w.Name == "old") {
			t.Errorf("%s: %v", w.Name, w.Rules)
		}
	}
}

// TestManyContainers: there is no limit for the size of a pod.
func TestManyContainers(t *testing.T) {
	const n = 10_000
	spec := agent("agent")
	for i := range n {
		name := fmt.Sprint("v", i)
		spec.Volumes = append(spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: name}}})
		spec.InitContainers = append(spec.InitContainers, corev1.Container{Name: name, VolumeMounts: []corev1.VolumeMount{{Name: name, MountPath: name}}})
	}
	got := privileges.Of(&spec)
	if len(got) != n+1 || got[n-1].HostPaths[0].Path != "v9999" {
		t.Errorf("%d containers", len(got))
	}
}
