// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // for the scheme
	"k8s.io/kubernetes/pkg/generated/openapi"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/conformance/vap"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/validate/policy"
)

// allowed are the accounts of the policy that is compared: all that are tried,
// so that nothing but the rules denies a pod.
var allowed = []accounts.Account{
	accounts.LocalSystem, accounts.LocalService, accounts.NetworkService, accounts.Administrators, accounts.LocalGroup("hpc-agents"),
}

// TestPolicyAgrees compares the API server's own evaluation of the policy with the
// library, for the same pods. The policy denies a pod for a rule exactly if the library
// reports the rule.
func TestPolicyAgrees(t *testing.T) {
	made, _, err := policy.Options{Accounts: allowed}.Build()
	if err != nil {
		t.Fatal(err)
	}
	evaluator := newPolicyEvaluator(t, made)
	const pods = 10_000
	denied, count := 0, map[validate.RuleID]int{}
	for number := range uint64(pods) {
		pod := policyPod(rand.New(rand.NewPCG(*seedFlag, number)))
		want, got := denials(pod), evaluator.denies(t, pod, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			data, _ := json.Marshal(pod)
			t.Fatalf("seed %d, pod %d (-library +policy):\n%s\n%s", *seedFlag, number, diff, data)
		}
		if len(got) > 0 {
			denied++
		}
		for _, id := range got {
			count[id]++
		}
	}
	t.Logf("%d pods, %d denied: %v", pods, denied, count)
	for _, id := range policy.Expressed() {
		if !strings.HasPrefix(string(id), "account-") && count[id] == 0 {
			t.Errorf("no pod broke %s", id)
		}
	}
	if count[runsAsOther] == 0 || denied == pods {
		t.Errorf("%d denied, %d by their account", denied, count[runsAsOther])
	}
}

// runsAsOther is a denial because of the account, whichever rule reports it.
const runsAsOther validate.RuleID = "account"

// denials returns the rules for which the policy must deny a pod, by the library.
func denials(pod *corev1.Pod) []validate.RuleID {
	if !validate.IsHostProcess(&pod.Spec) {
		return nil
	}
	var ids []validate.RuleID
	expressed := policy.Expressed()
	for _, f := range (validate.Validator{}).Pod(pod) {
		if slices.Contains(expressed, f.Rule) && !strings.HasPrefix(string(f.Rule), "account-") {
			ids = append(ids, f.Rule)
		}
	}
	if runsAsAnother(pod) {
		ids = append(ids, runsAsOther)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// runsAsAnother reports whether a container runs as an account that isn't allowed,
// by package accounts.
func runsAsAnother(pod *corev1.Pod) bool {
	for _, c := range allContainers(&pod.Spec) {
		name := pod.Spec.SecurityContext.WindowsOptions.RunAsUserName
		if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil && c.SecurityContext.WindowsOptions.RunAsUserName != nil {
			name = c.SecurityContext.WindowsOptions.RunAsUserName
		}
		if name == nil || *name == "" {
			continue
		}
		account, err := accounts.Parse(*name)
		if group, ok := account.(accounts.LocalGroup); ok {
			account = accounts.LocalGroup(strings.ToLower(string(group)))
		}
		if err != nil || !slices.ContainsFunc(allowed, func(a accounts.Account) bool {
			return a == account || strings.EqualFold(a.RunAsUserName(), account.RunAsUserName())
		}) {
			return true
		}
	}
	return false
}

func allContainers(spec *corev1.PodSpec) []corev1.Container {
	all := slices.Concat(spec.InitContainers, spec.Containers)
	for _, c := range spec.EphemeralContainers {
		all = append(all, corev1.Container(c.EphemeralContainerCommon))
	}
	return all
}

// policyEvaluator is a policy, and the namespace that pods are created in.
type policyEvaluator struct {
	vap.Evaluator
	namespace string
}

func newPolicyEvaluator(t testing.TB, policy *admissionregistrationv1.ValidatingAdmissionPolicy) policyEvaluator {
	t.Helper()
	evaluator, err := vap.New(policy)
	if err != nil {
		t.Fatal(err)
	}
	return policyEvaluator{evaluator, "agents"}
}

// denies returns the rules for which the policy denies a pod.
func (e policyEvaluator) denies(t testing.TB, pod, old *corev1.Pod) (ids []validate.RuleID) {
	t.Helper()
	messages, err := e.Denies(t.Context(), e.namespace, pod, old)
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range messages {
		ids = append(ids, deniedRule(message))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// deniedRule is the rule at the end of a validation's message.
func deniedRule(message string) validate.RuleID {
	if _, rest, ok := strings.Cut(message, " ["); ok && strings.HasSuffix(rest, "]") {
		return validate.RuleID(strings.TrimSuffix(rest, "]"))
	}
	if strings.Contains(message, "may only run as") {
		return runsAsOther
	}
	return validate.RuleID(message)
}

// Annotations of a pod that the shim obeys where it gets them.
const (
	inheritUserKey    = "microsoft.com/hostprocess-inherit-user"
	rootfsLocationKey = "microsoft.com/hostprocess-rootfs-location"
)

// policyPod makes a valid HostProcess pod and then changes a few of its fields. Rules
// check only some of them.
func policyPod(r *rand.Rand) *corev1.Pod {
	one := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	account := func() *string {
		return ptr.To(one(`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\Local Service`, `NT AUTHORITY\localservice`, `NT AUTHORITY\NetworkService`, `NT AUTHORITY\network service`,
			`NT AUTHORITY\System`, "Administrators", "ADMINISTRATORS", "hpc-agents", `nt authority\system`, "SYSTEM", "ContainerUser", `DOMAIN\bob`, "12", "other-group",
			`NT AUTHORITY\TrustedInstaller`, `BUILTIN\Administrators`, "gmsa$", `.\bob`, "Administrator"))
	}
	seldom := func() bool { return r.IntN(8) == 0 }
	options := func() *corev1.WindowsSecurityContextOptions {
		o := &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true)}
		if !seldom() {
			o.RunAsUserName = ptr.To(`NT AUTHORITY\Local Service`)
		}
		if seldom() {
			o.RunAsUserName = account()
		}
		return o
	}
	spec := corev1.PodSpec{HostNetwork: true, SecurityContext: &corev1.PodSecurityContext{WindowsOptions: options()}}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "agent", Namespace: "agents"}}
	if r.IntN(2) == 0 {
		spec.OS = &corev1.PodOS{Name: corev1.Windows}
	}
	if seldom() {
		pod.Labels = map[string]string{one("kubernetes.io/os", "app"): one("windows", "linux", "")}
	}
	if seldom() {
		pod.Annotations = map[string]string{one(inheritUserKey, rootfsLocationKey, "app"): one("true", "TRUE", "True", "false", "1", "", `C:\rf\`)}
	}
	if seldom() {
		spec.SecurityContext.RunAsNonRoot = ptr.To(r.IntN(2) == 0)
	}
	if spec.OS == nil && seldom() {
		spec.SecurityContext.SupplementalGroupsPolicy = ptr.To(corev1.SupplementalGroupsPolicy(one("Strict", "Merge")))
	}
	if spec.OS == nil && seldom() {
		list := corev1.ResourceList{corev1.ResourceName(one("cpu", "memory", "hugepages-2Mi", "example.com/other")): resource.MustParse("1")}
		spec.Resources = &corev1.ResourceRequirements{Limits: list}
		if r.IntN(2) == 0 {
			spec.Resources = &corev1.ResourceRequirements{Requests: list}
		}
	}
	for _, name := range []string{"data", "more"}[:r.IntN(3)] {
		v := corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
		if seldom() {
			v.EmptyDir.Medium = corev1.StorageMedium(one("Memory", "HugePages", "HugePages-2Mi"))
		} else if seldom() {
			v.VolumeSource = corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: one(`\\.\pipe\agent`, `\\.\PIPE\agent`, "//./pipe/agent", `C:\data`, "")}}
			if seldom() {
				v.HostPath.Type = ptr.To(corev1.HostPathType(one("", "Socket", "CharDevice", "BlockDevice", "Directory", "DirectoryOrCreate", "socket")))
			}
		}
		spec.Volumes = append(spec.Volumes, v)
	}
	container := func(name string) corev1.Container {
		c := corev1.Container{Name: name, Image: "registry.example.com/agent:1.4"}
		if seldom() {
			c.SecurityContext = &corev1.SecurityContext{WindowsOptions: options()}
			if seldom() {
				c.SecurityContext.WindowsOptions = nil
			}
			if seldom() {
				c.SecurityContext.RunAsNonRoot = ptr.To(r.IntN(2) == 0)
			}
		}
		for i, v := range spec.Volumes {
			m := corev1.VolumeMount{Name: v.Name, MountPath: fmt.Sprintf("/data/%d", i)}
			if seldom() {
				m.MountPath = one("C:", "c:", "D:", "/", `C:\`, "c:/", "/a\x00b", "C:\x00", "/C:", "C:data", " C:", `C:\.`, "", ".")
			}
			if seldom() {
				m.SubPath = one("a", "a/b", `a\b`, `\a`, `C:\a`, "C:/a", `a\..\..`, `..\a`, "a..b", `a\..`, "c:a", `\`)
			} else if seldom() {
				m.SubPathExpr = one("a", `\a`, `C:\a`, `a\..\b`, "$(A)", `$(A)\..`)
			}
			if seldom() {
				m.ReadOnly = r.IntN(4) > 0
				m.RecursiveReadOnly = ptr.To(corev1.RecursiveReadOnlyMode(one("Enabled", "Disabled", "IfPossible")))
			}
			if r.IntN(3) > 0 {
				c.VolumeMounts = append(c.VolumeMounts, m)
			}
		}
		if r.IntN(30) == 0 {
			c.VolumeDevices = []corev1.VolumeDevice{{Name: "disk", DevicePath: "/disk"}}
		}
		return c
	}
	spec.Containers = []corev1.Container{container("agent")}
	if r.IntN(3) == 0 {
		spec.Containers = append(spec.Containers, container("proxy"))
	}
	if r.IntN(3) == 0 {
		spec.InitContainers = []corev1.Container{container("setup")}
	}
	if seldom() {
		spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(container("debugger"))}}
	}
	if r.IntN(20) == 0 { // an ordinary pod, which the policy is not about
		for _, c := range slices.Concat(spec.Containers, spec.InitContainers) {
			if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil {
				c.SecurityContext.WindowsOptions.HostProcess = nil
			}
		}
		spec.EphemeralContainers = nil
		spec.SecurityContext.WindowsOptions.HostProcess = nil
	}
	pod.Spec = spec
	return pod
}

// TestPolicyOptions tests which pods the options allow.
func TestPolicyOptions(t *testing.T) {
	made, _, err := policy.Options{
		Accounts:        []accounts.Account{accounts.LocalService},
		Namespaces:      []string{"agents", "other"},
		ServiceAccounts: []string{"agents/agent", "agents/default"},
		Images:          []string{"registry.example.com/agents/", "registry.example.com:5000/tools", "busybox"},
	}.Build()
	if err != nil {
		t.Fatal(err)
	}
	evaluator := newPolicyEvaluator(t, made)
	const image, namespace, serviceAccount = "HostProcess containers are not allowed with this image", "HostProcess pods are not allowed in this namespace", "HostProcess pods are not allowed with this service account"
	pod := func(change func(*corev1.Pod)) *corev1.Pod {
		p := &corev1.Pod{Spec: corev1.PodSpec{
			HostNetwork:     true,
			SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\Local Service`)}},
			Containers:      []corev1.Container{{Name: "agent", Image: "registry.example.com/agents/logs:1.4"}},
		}}
		change(p)
		return p
	}
	for _, ok := range []string{
		"registry.example.com/agents/logs", "registry.example.com/agents/a/b:1", "registry.example.com:5000/tools", "registry.example.com:5000/tools:1", "busybox:1.36",
		"busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "busybox:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	} {
		if got := evaluator.denies(t, pod(func(p *corev1.Pod) { p.Spec.Containers[0].Image = ok }), nil); got != nil {
			t.Errorf("image %s: %v", ok, got)
		}
	}
	for _, bad := range []string{
		"", "registry.example.com/agents", "registry.example.com/agents/", "registry.example.com/agents-evil/logs", "registry.example.com:5000/tools/evil", "registry.example.com:5000/tools-evil",
		"busybox:5000/evil", "busybox:5000/evil/busybox", "evil/busybox", "busybox/evil", "registryXexample.com/agents/logs", "evil.example.com/registry.example.com/agents/logs",
		"registry.example.com/agents/logs:1\n", "busybox\nbusybox",
	} {
		want := []validate.RuleID{image}
		if got := evaluator.denies(t, pod(func(p *corev1.Pod) { p.Spec.Containers[0].Image = bad }), nil); !slices.Equal(got, want) {
			t.Errorf("image %q: %v", bad, got)
		}
	}
	for name, test := range map[string]struct {
		namespace string
		change    func(*corev1.Pod)
		want      []validate.RuleID
	}{
		"right":              {"agents", func(p *corev1.Pod) { p.Spec.ServiceAccountName = "agent" }, nil},
		"namespace":          {"third", func(p *corev1.Pod) { p.Spec.ServiceAccountName = "agent" }, []validate.RuleID{namespace, serviceAccount}},
		"account of another": {"other", func(p *corev1.Pod) { p.Spec.ServiceAccountName = "agent" }, []validate.RuleID{serviceAccount}},
		"service account":    {"agents", func(p *corev1.Pod) { p.Spec.ServiceAccountName = "admin" }, []validate.RuleID{serviceAccount}},
		"more privilege": {"agents", func(p *corev1.Pod) {
			p.Spec.SecurityContext.WindowsOptions.RunAsUserName = ptr.To(`NT AUTHORITY\SYSTEM`)
		}, []validate.RuleID{runsAsOther}},
		"in an init container": {"agents", func(p *corev1.Pod) { p.Spec.InitContainers = []corev1.Container{{Name: "i", Image: "evil"}} }, []validate.RuleID{image}},
		"in a debug container": {"agents", func(p *corev1.Pod) {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "d", Image: "evil"}}}
		}, []validate.RuleID{image}},
		"not a HostProcess pod": {"third", func(p *corev1.Pod) { p.Spec.SecurityContext = nil; p.Spec.Containers[0].Image = "evil" }, nil},
	} {
		e := evaluator
		e.namespace = test.namespace
		if got := e.denies(t, pod(test.change), nil); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	evil := pod(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "evil" })
	labelled := evil.DeepCopy()
	labelled.Labels = map[string]string{"a": "b"}
	if got := evaluator.denies(t, labelled, evil); got != nil {
		t.Errorf("an update of labels: %v", got)
	}
	for key, rule := range map[string]validate.RuleID{inheritUserKey: "inherit-user-annotation", rootfsLocationKey: "rootfs-location-annotation"} {
		plain := pod(func(*corev1.Pod) {})
		annotated := pod(func(p *corev1.Pod) { p.Annotations = map[string]string{key: "true"} })
		labelled := pod(func(p *corev1.Pod) {
			p.Annotations = map[string]string{key: "true", "a": "b"}
			p.Labels = map[string]string{"a": "b"}
		})
		for name, test := range map[string]struct {
			pod, old *corev1.Pod
			want     []validate.RuleID
		}{
			"created with it":                 {annotated, nil, []validate.RuleID{rule}},
			"an update that sets it":          {annotated, plain, []validate.RuleID{rule}},
			"an update that removes it":       {plain, annotated, nil},
			"an update of other annotations":  {labelled, annotated, nil},
			"of a pod that isn't HostProcess": {pod(func(p *corev1.Pod) { p.Spec.SecurityContext = nil; p.Annotations = annotated.Annotations }), nil, nil},
		} {
			if got := evaluator.denies(t, test.pod, test.old); !slices.Equal(got, test.want) {
				t.Errorf("%s: %s: %v, want %v", key, name, got, test.want)
			}
		}
	}
	if got := evaluator.denies(t, evil, pod(func(*corev1.Pod) {})); !slices.Equal(got, []validate.RuleID{image}) {
		t.Errorf("an update of the image: %v", got)
	}
}

// TestPolicyTypes checks the expressions against the fields of a Pod, as
// kube-controller-manager does, which writes errors to the policy's status.
func TestPolicyTypes(t *testing.T) {
	made, _, err := policy.Options{Accounts: allowed, Namespaces: []string{"agents"}, ServiceAccounts: []string{"agents/agent"}, Images: []string{"registry.example.com/agents/"}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{corev1.SchemeGroupVersion})
	mapper.Add(corev1.SchemeGroupVersion.WithKind("Pod"), meta.RESTScopeNamespace)
	checker := &validating.TypeChecker{SchemaResolver: resolver.NewDefinitionsSchemaResolver(openapi.GetOpenAPIDefinitions, legacyscheme.Scheme), RestMapper: mapper}
	for _, w := range checker.Check(made) {
		t.Errorf("%s: %s", w.FieldRef, w.Warning)
	}
	made.Spec.Validations[0].Expression = "object.spec.nonsense"
	if len(checker.Check(made)) == 0 {
		t.Error("nothing is checked")
	}
}

// TestPolicyServer puts the policy into force on a real API server, and creates
// generated pods.
func TestPolicyServer(t *testing.T) {
	s := startServer(t)
	s.namespace(t, "agents", nil)
	made, binding, err := policy.Options{Accounts: allowed}.Build()
	if err != nil {
		t.Fatal(err)
	}
	for path, o := range map[string]any{"validatingadmissionpolicies": made, "validatingadmissionpolicybindings": binding} {
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if code, body, err := s.do(t.Context(), http.MethodPost, "/apis/admissionregistration.k8s.io/v1/"+path, data); err != nil || code != http.StatusCreated {
			t.Fatalf("%d %s %v", code, body, err)
		}
	}
	create := func(pod *corev1.Pod) (int, string) {
		pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
		data, err := json.Marshal(pod)
		if err != nil {
			t.Fatal(err)
		}
		code, body, err := s.do(t.Context(), http.MethodPost, "/api/v1/namespaces/agents/pods"+dryRun, data)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Message string } // of a Status; a Pod has none
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		return code, answer.Message
	}
	// A policy takes effect a moment after it was created.
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		pod := policyPod(rand.New(rand.NewPCG(0, 0)))
		pod.Spec = corev1.PodSpec{
			HostNetwork: true, Containers: []corev1.Container{{Name: "agent", Image: "registry.example.com/agent:1.4"}},
			SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: ptr.To(true)}},
		}
		if _, message := create(pod); strings.Contains(message, made.Name) {
			break
		} else if time.Since(begin) > time.Minute {
			t.Fatalf("the policy isn't in force: %s", message)
		}
	}
	accepted, denied, refused := 0, 0, 0
	for number := range uint64(10_000) {
		pod := policyPod(rand.New(rand.NewPCG(*seedFlag, number)))
		pod.Spec.EphemeralContainers = nil // no pod can be created with them
		code, message := create(pod)
		byPolicy := strings.Contains(message, "ValidatingAdmissionPolicy '"+made.Name+"'")
		want := denials(pod)
		switch {
		case code == http.StatusCreated:
			accepted++
		case byPolicy:
			denied++
		default:
			refused++ // by the API server itself, before the policy
			continue
		}
		if byPolicy != (len(want) > 0) {
			data, _ := json.Marshal(pod)
			t.Errorf("seed %d, pod %d: %s\nlibrary: %v\n%s", *seedFlag, number, message, want, data)
		}
	}
	t.Logf("%d accepted, %d denied by the policy, %d refused before it", accepted, denied, refused)
	if accepted == 0 || denied == 0 {
		t.Error("nothing was compared")
	}
}
