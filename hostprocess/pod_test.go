// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// agent is a container without mistakes.
func agent() hostprocess.Container {
	return hostprocess.NewContainer("agent", "registry.example.com/agent:1.4")
}

// pod is a pod without mistakes.
func pod(more ...hostprocess.Container) hostprocess.Pod {
	return hostprocess.NewPod(accounts.LocalService, append([]hostprocess.Container{agent()}, more...)...)
}

func build(t testing.TB, p hostprocess.Pod) *corev1.PodSpec {
	t.Helper()
	spec, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// calls are the mistakes of a build, as "container/method argument".
func calls(t testing.TB, p hostprocess.Pod) []string {
	t.Helper()
	spec, err := p.Build()
	if err == nil {
		t.Fatal("there is no error")
	}
	if spec != nil {
		t.Error("there is a spec beside the error")
	}
	return callsOf(t, err)
}

func callsOf(t testing.TB, err error) []string {
	t.Helper()
	var failed *hostprocess.BuildError
	if !errors.As(err, &failed) {
		t.Fatalf("%T is no BuildError: %v", err, err)
	}
	var list []string
	for _, m := range failed.Mistakes {
		list = append(list, m.Container+"/"+m.Method+" "+m.Argument)
		if m.Err == nil || m.Err.Error() == "" {
			t.Errorf("%s %s says nothing", m.Method, m.Argument)
		}
		if !strings.Contains(err.Error(), m.Error()) {
			t.Errorf("the error doesn't say %q", m.Error())
		}
	}
	return list
}

func TestSpec(t *testing.T) {
	got := build(t, pod())
	want := &corev1.PodSpec{
		AutomountServiceAccountToken: ptr.To(false),
		Containers: []corev1.Container{{
			Name: "agent", Image: "registry.example.com/agent:1.4", WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%",
		}},
		HostNetwork:  true,
		NodeSelector: map[string]string{"kubernetes.io/os": "windows"},
		OS:           &corev1.PodOS{Name: corev1.Windows},
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\Local Service`),
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPodMethods(t *testing.T) {
	got := build(t, pod().
		WithRunAs(accounts.LocalSystem).
		WithInitContainers(hostprocess.NewContainer("first", "image").WithRunAs(accounts.NetworkService)).
		WithNodeSelector(map[string]string{"a": "1", "b": "1"}).
		WithNodeSelector(map[string]string{"b": "2"}).
		WithTolerations(corev1.Toleration{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}).
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists}).
		WithPriorityClass("system-node-critical").
		WithServiceAccount("agent").
		WithTerminationGracePeriod(90*time.Second).
		WithRestartPolicy(corev1.RestartPolicyNever).
		Edit(func(spec *corev1.PodSpec) {
			spec.ActiveDeadlineSeconds, spec.Affinity = ptr.To(int64(5)), &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}
		}))
	want := &corev1.PodSpec{
		ActiveDeadlineSeconds:        ptr.To(int64(5)),
		Affinity:                     &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}},
		AutomountServiceAccountToken: ptr.To(true),
		InitContainers: []corev1.Container{{
			Name: "first", Image: "image", WorkingDir: "%CONTAINER_SANDBOX_MOUNT_POINT%",
			SecurityContext: &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
				RunAsUserName: ptr.To(`NT AUTHORITY\NetworkService`),
			}},
		}},
		Containers:         build(t, pod()).Containers,
		HostNetwork:        true,
		NodeSelector:       map[string]string{"a": "1", "b": "2", "kubernetes.io/os": "windows"},
		OS:                 &corev1.PodOS{Name: corev1.Windows},
		PriorityClassName:  "system-node-critical",
		RestartPolicy:      corev1.RestartPolicyNever,
		ServiceAccountName: "agent",
		SecurityContext: &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
			HostProcess: ptr.To(true), RunAsUserName: ptr.To(`NT AUTHORITY\SYSTEM`),
		}},
		TerminationGracePeriodSeconds: ptr.To(int64(90)),
		Tolerations: []corev1.Toleration{
			{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}, {Operator: corev1.TolerationOpExists},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestZeroValues(t *testing.T) {
	for name, test := range map[string]struct {
		pod  hostprocess.Pod
		want []string
	}{
		"pod":        {hostprocess.Pod{}, []string{"/NewPod account nil", "/NewPod containers nil"}},
		"no account": {hostprocess.NewPod(nil, agent()), []string{"/NewPod account nil"}},
		"container":  {hostprocess.NewPod(accounts.LocalService, hostprocess.Container{}), []string{"/NewContainer name \"\"", "/NewContainer image \"\""}},
		"volume":     {pod(other().WithMount(hostprocess.Volume{}, "/a")), []string{"other/WithMount volume nil"}},
		"probe":      {pod(other().WithLivenessProbe(hostprocess.Handler{})), []string{"other/WithLivenessProbe handler nil"}},
		"hook":       {pod(other().WithPreStop(hostprocess.Handler{})), []string{"other/WithPreStop handler nil"}},
		"command":    {pod(other().WithCommand(hostprocess.Command{})), []string{"other/WithCommand command nil"}},
		"env source": {pod(other().WithEnvValueFrom("A", corev1.EnvVarSource{})), []string{"other/WithEnvValueFrom source nil"}},
		"edit":       {pod().Edit(nil), []string{"/Edit edit nil"}},
		"first volume": {pod(other().WithMount(hostprocess.Volume{}, "/a").WithMount(hostprocess.ConfigMap("tools"), "/tools").
			WithCommand(hostprocess.MountedProgram("/tools", "a.exe"))), []string{"other/WithMount volume nil"}},
		"container's run": {pod(other().WithRunAs(nil)), []string{"other/WithRunAs account nil"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, calls(t, test.pod)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func other() hostprocess.Container { return hostprocess.NewContainer("other", "image") }

// A nil pointer is no account, and a pod keeps the account that a pointer pointed to
// when it was passed.
func TestAccountPointers(t *testing.T) {
	var (
		noGroup   *accounts.LocalGroup
		noService *accounts.ServiceAccount
	)
	for want, make := range map[string]func(accounts.Account) hostprocess.Pod{
		"/NewPod account nil":         func(a accounts.Account) hostprocess.Pod { return hostprocess.NewPod(a, agent()) },
		"/WithRunAs account nil":      func(a accounts.Account) hostprocess.Pod { return pod().WithRunAs(a) },
		"other/WithRunAs account nil": func(a accounts.Account) hostprocess.Pod { return pod(other().WithRunAs(a)) },
	} {
		for _, account := range []accounts.Account{noGroup, noService} {
			if diff := cmp.Diff([]string{want}, calls(t, make(account))); diff != "" {
				t.Errorf("%T (-want +got)\n%s", account, diff)
			}
		}
		group, service := accounts.LocalGroup("agents"), accounts.LocalService
		ofGroup, ofService := make(&group), make(&service)
		wantGroup, wantService := build(t, make(group)), build(t, make(service))
		group, service = "others", accounts.LocalSystem
		if diff := cmp.Diff(wantGroup, build(t, ofGroup)); diff != "" {
			t.Errorf("a pointer to a group (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(wantService, build(t, ofService)); diff != "" {
			t.Errorf("a pointer to a service account (-want +got)\n%s", diff)
		}
		on16 := validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlink16)
		if _, err := make(&group).For(on16).Build(); err == nil {
			t.Error("a pointer to a group hides it from the check of the targets")
		}
	}
}

// No method of a zero Pod panics.
func TestZeroPodMethods(t *testing.T) {
	var p hostprocess.Pod
	p = p.WithContainers(hostprocess.Container{}.WithEnv("A", "1").WithPort("", 1)).WithLabels(map[string]string{"a": "b"}).
		WithNodeSelector(map[string]string{"a": "b"}).For(validate.Target{}).Edit(func(*corev1.PodSpec) {})
	if got := calls(t, p); len(got) == 0 || got[0] != "/NewPod account nil" && !slices.Contains(got, "/NewPod account nil") {
		t.Errorf("mistakes = %q", got)
	}
}

func TestPodMistakes(t *testing.T) {
	for name, test := range map[string]struct {
		pod  hostprocess.Pod
		want string
	}{
		"account":         {pod().WithRunAs(accounts.LocalGroup("a|b")), `/WithRunAs account "a|b"`},
		"label key":       {pod().WithLabels(map[string]string{"a b": ""}), `/WithLabels key "a b"`},
		"label value":     {pod().WithLabels(map[string]string{"a": "b c"}), `/WithLabels value of a "b c"`},
		"annotation":      {pod().WithAnnotations(map[string]string{"a b": ""}), `/WithAnnotations annotations`},
		"selector":        {pod().WithSelector(nil), `/WithSelector labels map[]`},
		"os":              {pod().WithNodeSelector(map[string]string{"kubernetes.io/os": "linux"}), `/WithNodeSelector value of kubernetes.io/os "linux"`},
		"spelled os":      {pod().WithNodeSelector(map[string]string{"kubernetes.io/os": "Windows"}), `/WithNodeSelector value of kubernetes.io/os "Windows"`},
		"priority class":  {pod().WithPriorityClass("A"), `/WithPriorityClass name "A"`},
		"service account": {pod().WithServiceAccount("a_b"), `/WithServiceAccount name "a_b"`},
		"grace period":    {pod().WithTerminationGracePeriod(-time.Second), `/WithTerminationGracePeriod period -1s`},
		"milliseconds":    {pod().WithTerminationGracePeriod(1500 * time.Millisecond), `/WithTerminationGracePeriod period 1.5s`},
		"forever":         {pod().WithTerminationGracePeriod(1 << 62), `/WithTerminationGracePeriod period 1281023h53m38.427387904s`},
		"restart policy":  {pod().WithRestartPolicy("Sometimes"), `/WithRestartPolicy policy "Sometimes"`},
		"rule":            {pod().Ignore("no-such-rule"), `/Ignore rule "no-such-rule"`},
		"same name":       {pod(agent()), `agent/NewContainer name "agent"`},
		"same init name":  {pod().WithInitContainers(agent()), `agent/NewContainer name "agent"`},
		"init probe":      {pod().WithInitContainers(other().WithStartupProbe(hostprocess.TCPSocket(1))), `other/WithStartupProbe receiver`},
		"init hook":       {pod().WithInitContainers(other().WithPostStart(hostprocess.HTTPGet("/", 1))), `other/WithPostStart receiver`},
		"same port":       {pod(other().WithPort("", 80), hostprocess.NewContainer("third", "i").WithPort("", 80)), `third/WithPort ports[0].hostPort`},
		"other files of the same": {pod(other().
			WithMount(configMap("x", corev1.ConfigMapVolumeSource{Items: []corev1.KeyToPath{{Key: "k", Path: "p"}}}), "/a").
			WithMount(configMap("x", corev1.ConfigMapVolumeSource{Items: []corev1.KeyToPath{{Key: "k", Path: "q"}}}), "/b")), `other/WithMount volume "x"`},
		"token without a service account": {pod(other().WithMount(projected("t", tokenOf("t", 3600)), "/t")), `other/WithMount volume "t"`},
		"volume names": {pod(other().
			WithMount(hostprocess.EmptyDir("x"), "/a").
			WithMount(configMap("x", corev1.ConfigMapVolumeSource{}), "/b")), `other/WithMount volume "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{test.want}, calls(t, test.pod)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The longest grace period is the largest int32, in seconds.
func TestLongestGracePeriod(t *testing.T) {
	const longest = (1<<31 - 1) * time.Second
	if got := *build(t, pod().WithTerminationGracePeriod(longest)).TerminationGracePeriodSeconds; got != 1<<31-1 {
		t.Errorf("%d seconds", got)
	}
	want := []string{"/WithTerminationGracePeriod period 596523h14m8s"}
	if diff := cmp.Diff(want, calls(t, pod().WithTerminationGracePeriod(longest+time.Second))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A mistake names its field or argument once, whatever its cause starts with.
func TestMistakeSaysEverythingOnce(t *testing.T) {
	_, account := accounts.Parse("")
	_, mountPath := volumes.ModeBind.Resolve("C:")
	for want, m := range map[string]hostprocess.Mistake{
		`NewPod: account "": is empty, which the API server rejects; `:   {Method: "NewPod", Argument: `account ""`, Err: account},
		`WithMount: mountPath "C:": is a drive without a directory, `:    {Method: "WithMount", Argument: `mountPath "C:"`, Err: mountPath},
		`container "c": WithMount: volumeMounts[1].name: is "x" (y) [z]`: {Container: "c", Method: "WithMount", Argument: "volumeMounts[1].name", Err: validate.Finding{Field: "spec.containers[0].volumeMounts[1].name", Message: `is "x"`, Fix: "y", Rule: "z"}},
		`Job: meta.name: Required value: a`:                              {Method: "Job", Argument: "meta.name", Err: field.Required(field.NewPath("meta", "name"), "a")},
		`A: b: c`:                                                        {Method: "A", Argument: "b", Err: errors.New("c")},
		`A: b`:                                                           {Method: "A", Argument: "b"},
		`: c`:                                                            {Err: errors.New("c")},
	} {
		if got := m.Error(); !strings.HasPrefix(got, want) {
			t.Errorf("says %s\nwant %s", got, want)
		}
	}
}

// Build wraps errors, so that errors.As still finds them.
func TestErrorTypes(t *testing.T) {
	_, err := pod(other().WithMount(hostprocess.ConfigMap("a"), "C:").WithRunAs(accounts.LocalGroup("a|b"))).
		Edit(func(spec *corev1.PodSpec) { spec.HostNetwork = false }).Build()
	var path *volumes.PathError
	if !errors.As(err, &path) || path.Reason != volumes.ReasonBareDrive {
		t.Errorf("path error = %v", path)
	}
	var account *accounts.ParseError
	if !errors.As(err, &account) {
		t.Error("the account's error got lost")
	}
	var failed *hostprocess.BuildError
	if !errors.As(err, &failed) || !slices.ContainsFunc(failed.Mistakes, func(m hostprocess.Mistake) bool {
		var finding validate.Finding
		return errors.As(m, &finding) && finding.Field == "hostNetwork"
	}) {
		t.Errorf("no finding about hostNetwork: %v", err)
	}
}

// An account and a mountPath that are refused are mistakes of the method that they
// were passed to, even where package validate only warns, and once however many rules
// they break. Breaking the rules allows them.
func TestRefusedArguments(t *testing.T) {
	const share = `\\server\share`
	number := accounts.LocalGroup("7")
	for want, test := range map[string]struct {
		pod   hostprocess.Pod
		rules []validate.RuleID
	}{
		`/WithRunAs account "7"`:                     {pod().WithRunAs(number), []validate.RuleID{"account-number"}},
		`/WithRunAs account "ContainerUser"`:         {pod().WithRunAs(accounts.LocalGroup("ContainerUser")), []validate.RuleID{"account-container-user"}},
		`other/WithRunAs account "7"`:                {pod(other().WithRunAs(number)), []validate.RuleID{"account-number"}},
		`other/WithMount mountPath "\\server\share"`: {pod(other().WithMount(hostprocess.Secret("a"), share)), []validate.RuleID{"mount-path-server"}},
		`other/WithMount mountPath "/${A}:b"`:        {pod(other().WithMount(hostprocess.Secret("a"), "/${A}:b")), []validate.RuleID{"mount-path-variable"}},
	} {
		if diff := cmp.Diff([]string{want}, calls(t, test.pod)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		build(t, test.pod.Ignore(test.rules...))
	}
}

// An account whose type doesn't match its name is a mistake, although a node could run
// the pod.
func TestAccountsOfTheWrongType(t *testing.T) {
	for _, account := range []accounts.Account{accounts.LocalGroup(accounts.LocalSystem), accounts.ServiceAccount("agents")} {
		name := `"` + account.RunAsUserName() + `"`
		if diff := cmp.Diff([]string{"/WithRunAs account " + name}, calls(t, pod().WithRunAs(account))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([]string{"other/WithRunAs account " + name}, calls(t, pod(other().WithRunAs(account)))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// Fields of the spec and of edits are allowed if package validate only warns about them;
// arguments of methods are not.
func TestRefusedInASpec(t *testing.T) {
	const share = `\\server\share`
	spec := build(t, pod(other().WithMount(hostprocess.Secret("a"), "/a")))
	spec.Containers[1].VolumeMounts[0].MountPath = share
	build(t, hostprocess.From(spec))
	build(t, pod(other().WithMount(hostprocess.Secret("a"), "/a")).Edit(func(spec *corev1.PodSpec) {
		spec.Containers[1].VolumeMounts[0].MountPath = share
	}))
	more := hostprocess.From(spec).EditContainer("other", func(c hostprocess.Container) hostprocess.Container {
		return c.WithMount(hostprocess.Secret("b"), share+"2").WithRunAs(accounts.LocalGroup("7"))
	})
	want := []string{`other/WithRunAs account "7"`, `other/WithMount mountPath "\\server\share2"`}
	if diff := cmp.Diff(want, calls(t, more)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Arguments and results may be changed after the call.
func TestInputAndOutputAreCopied(t *testing.T) {
	var (
		selector    = map[string]string{"a": "1"}
		tolerations = []corev1.Toleration{{Key: "a", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr.To(int64(1))}}
		words       = []string{"a.exe", "b"}
		attributes  = map[string]string{"a": "1"}
		fields      = files("a", "metadata.name")
		variable    = hostprocess.PodField("metadata.name")
		set         *corev1.Probe
		containers  = []hostprocess.Container{other().WithCommand(hostprocess.RawCommand(words...)).WithArgs(words...).
				WithLivenessProbe(hostprocess.Exec(hostprocess.RawCommand(words...))).
				WithReadinessProbe(hostprocess.HTTPGet("/", 80), func(p *corev1.Probe) { set = p }).
				WithEnvValueFrom("A", variable).
				WithMount(hostprocess.NewVolume("c", corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "driver.example.com", VolumeAttributes: attributes}}), "/c").
				WithMount(hostprocess.NewVolume("d", corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: fields}}), "/d")}
		meta = metav1.ObjectMeta{Name: "a", Labels: map[string]string{"a": "1"}, Annotations: map[string]string{"a": "1"}}
	)
	p := pod(containers...).WithNodeSelector(selector).WithTolerations(tolerations...).
		WithLabels(attributes).WithAnnotations(attributes)
	want := build(t, p)
	object, err := p.Pod(meta)
	if err != nil {
		t.Fatal(err)
	}
	wanted := object.DeepCopy()

	selector["a"], attributes["a"], fields[0].FieldRef.FieldPath, meta.Labels["a"] = "2", "2", "metadata.uid", "2"
	*tolerations[0].TolerationSeconds, words[0], variable.FieldRef.FieldPath, set.HTTPGet.Path = 2, "z.exe", "metadata.uid", "/z"
	containers[0] = hostprocess.Container{}
	if diff := cmp.Diff(wanted, object); diff != "" {
		t.Errorf("the object shares memory with what was passed in\n%s", diff)
	}

	got := build(t, p)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the pod shares memory with what was passed in\n%s", diff)
	}
	scramble(got)
	if diff := cmp.Diff(want, build(t, p)); diff != "" {
		t.Errorf("the pod shares memory with what was built\n%s", diff)
	}
}

// scramble changes what a spec points to.
func scramble(spec *corev1.PodSpec) {
	maps.Copy(spec.NodeSelector, map[string]string{"a": "z"})
	*spec.Tolerations[0].TolerationSeconds = 9
	c := &spec.Containers[1]
	c.Command[0], c.Args[0], c.LivenessProbe.Exec.Command[0] = "y", "y", "y"
	c.ReadinessProbe.HTTPGet.Path, c.Env[0].ValueFrom.FieldRef.FieldPath = "y", "y"
	for i := range spec.Volumes {
		if csi := spec.Volumes[i].CSI; csi != nil {
			csi.VolumeAttributes["a"] = "y"
		}
		if api := spec.Volumes[i].DownwardAPI; api != nil {
			api.Items[0].FieldRef.FieldPath = "y"
		}
	}
	*spec.SecurityContext.WindowsOptions.RunAsUserName = "y"
	*spec.AutomountServiceAccountToken = true
}

// A pod can be used by many goroutines at once; the race detector watches.
func TestConcurrentUse(t *testing.T) {
	base := pod(other().WithEnv("A", "1").WithMount(hostprocess.ConfigMap("a"), "/a")).
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists}).
		WithLabels(map[string]string{"a": "1"}).
		Edit(func(spec *corev1.PodSpec) { spec.SchedulerName = "x" })
	want := build(t, base)
	var group sync.WaitGroup
	for i := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 50 {
				variant := base.WithContainers(hostprocess.NewContainer("c", "i").WithEnv("B", "2")).
					WithTolerations(corev1.Toleration{Key: "x"}).WithNodeSelector(map[string]string{"n": "1"}).
					WithLabels(map[string]string{"a": strings.Repeat("x", i)})
				if _, err := variant.DaemonSet(metav1.ObjectMeta{Name: "a"}); err != nil {
					t.Error(err)
				}
				if spec, err := base.Build(); err != nil || !cmp.Equal(want, spec) {
					t.Errorf("the base was changed: %v", err)
				}
			}
		}()
	}
	group.Wait()
}

func TestEqual(t *testing.T) {
	same := func() hostprocess.Pod {
		return pod(other().WithLimit("cpu", "1").WithMount(hostprocess.ConfigMap("a"), "/a")).WithLabels(map[string]string{"a": "1"})
	}
	if diff := cmp.Diff(same(), pod(other().WithLimit("cpu", "1000m").WithMount(hostprocess.ConfigMap("a"), "/a")).WithLabels(map[string]string{"a": "1"})); diff != "" {
		t.Errorf("equal pods differ\n%s", diff)
	}
	if wrong := same().Edit(nil); !wrong.Equal(same().Edit(nil)) || wrong.Equal(same().WithPriorityClass("A")) {
		t.Error("pods with the same mistakes differ, or pods with different ones don't")
	}
	for name, other := range map[string]hostprocess.Pod{
		"zero":        {},
		"spec":        same().WithPriorityClass("a"),
		"label":       same().WithLabels(map[string]string{"a": "2"}),
		"annotation":  same().WithAnnotations(map[string]string{"a": "2"}),
		"selector":    same().WithSelector(map[string]string{"a": "1"}),
		"target":      same().For(validate.NewTarget(volumes.Runtime{}, volumes.ModeSymlinkHPC)),
		"rule":        same().Ignore("command-posix-path"),
		"mistake":     same().WithLabels(map[string]string{"a": "1"}).Edit(nil),
		"edit":        same().Edit(func(spec *corev1.PodSpec) { spec.SchedulerName = "a" }),
		"container":   same().WithContainers(hostprocess.NewContainer("c", "d")),
		"other image": pod(hostprocess.NewContainer("other", "different")),
	} {
		if cmp.Equal(same(), other) {
			t.Errorf("a pod with another %s is equal", name)
		}
	}
}
