// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/validate"
)

// Build returns the spec of the pod, or nil and a [*BuildError] with all mistakes. The
// spec belongs to the caller: each call returns a new one. A spec has no annotations,
// so nothing in it changes when a script from a file changes; for a workload that this
// package doesn't build, use [Pod.PodTemplateSpec]. Warnings and advice aren't
// mistakes; get them from package validate for the result. But an account or a
// mountPath that package accounts or volumes rejects is always a mistake, even if
// validate only warns about it: see [Pod.Ignore].
func (p Pod) Build() (*corev1.PodSpec, error) {
	b, err := p.build()
	if err != nil {
		return nil, err
	}
	return &b.spec, nil
}

func (p *Pod) build() (*build, error) {
	b := p.assemble(defaultPolicy)
	b.addFindings(p.validator.PodSpec(&b.spec, nil))
	return b, b.err()
}

// defaultPolicy leaves the restart policy to the API server.
const defaultPolicy = corev1.RestartPolicy("")

// build is one run of Build.
type build struct {
	spec     corev1.PodSpec
	mistakes mistakes
	// edited is the spec before the edits; nil without edits.
	edited *corev1.PodSpec
	pod    *Pod
	nodes  cmdline.Nodes
	// taken maps the names of the volumes to what each volume is; "" for those of a
	// given spec.
	taken map[string]string
	// scripts are the scripts that run from a ConfigMap.
	scripts []scriptFile
}

func (b *build) err() error {
	if len(b.mistakes) == 0 {
		return nil
	}
	return &BuildError{Mistakes: b.mistakes}
}

// wrong adds a mistake in a container.
func (b *build) wrong(container, method, argument string, value any, err error) {
	b.mistakes.in(container, mistake(method, argument, value, err))
}

// assemble builds the spec and collects the mistakes, except for findings.
func (p *Pod) assemble(policy corev1.RestartPolicy) *build {
	b := &build{pod: p, mistakes: slices.Clip(p.mistakes), nodes: nodesOf(p.validator.Targets)}
	if p.account != nil || !p.eachRunsAs() {
		b.mistakes.account(cmp.Or(p.accountMethod, "NewPod"), p.account)
	}
	p.spec.DeepCopyInto(&b.spec)
	if !p.whole {
		b.hostProcess()
	}
	if p.account != nil && !(p.whole && p.accountMethod == "From") {
		b.windowsOptions().RunAsUserName = ptr.To(p.account.RunAsUserName())
	}
	if b.spec.RestartPolicy == "" {
		b.spec.RestartPolicy = policy
	}
	b.reserveVolumes(p)
	b.namedVolumes(p)
	b.spec.InitContainers = b.containers(p.init)
	b.spec.Containers = b.containers(p.containers)
	if len(b.spec.Volumes) == 0 {
		b.spec.Volumes = p.spec.Volumes
	}
	b.mistakes.pod(p)
	b.edit(p)
	return b
}

// hostProcess sets what every HostProcess pod has.
func (b *build) hostProcess() {
	s := &b.spec
	s.HostNetwork = true
	s.OS = &corev1.PodOS{Name: corev1.Windows}
	if s.NodeSelector == nil {
		s.NodeSelector = make(map[string]string, 1)
	}
	s.NodeSelector[corev1.LabelOSStable] = string(corev1.Windows)
	b.windowsOptions().HostProcess = ptr.To(true)
}

// windowsOptions returns those of the pod, and creates them if necessary.
func (b *build) windowsOptions() *corev1.WindowsSecurityContextOptions {
	s := &b.spec
	if s.SecurityContext == nil {
		s.SecurityContext = &corev1.PodSecurityContext{}
	}
	if s.SecurityContext.WindowsOptions == nil {
		s.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{}
	}
	return s.SecurityContext.WindowsOptions
}

// containers copies the containers, and adds their mounts.
func (b *build) containers(list []Container) []corev1.Container {
	if len(list) == 0 {
		return nil
	}
	built := make([]corev1.Container, len(list))
	for i := range list {
		c := &list[i]
		b.mistakes.in(c.spec.Name, c.mistakes...)
		c.spec.DeepCopyInto(&built[i])
		c.runAs(&built[i])
		b.mounts(c, &built[i])
		b.actions(c, &built[i])
	}
	return built
}

// runAs sets the account of the container, if it has one of its own.
func (c *Container) runAs(built *corev1.Container) {
	if !c.accountSet || c.account == nil {
		return
	}
	if built.SecurityContext == nil {
		built.SecurityContext = &corev1.SecurityContext{}
	}
	if built.SecurityContext.WindowsOptions == nil {
		built.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{}
	}
	built.SecurityContext.WindowsOptions.RunAsUserName = ptr.To(c.account.RunAsUserName())
}

// actions sets what the container, its probes and its hooks run.
func (b *build) actions(c *Container, built *corev1.Container) {
	c.forgetScripts(built)
	if !c.command.isZero() {
		if c.command.method != rawCommand && len(built.Args) > 0 {
			b.wrong(built.Name, "WithArgs", "args", built.Args, fmt.Errorf("can't be used with %s: pass the arguments there", c.command.method))
		}
		built.Command = b.run(c.command, built, inContainer)
	}
	for kind, field := range [probeKinds]**corev1.Probe{&built.LivenessProbe, &built.ReadinessProbe, &built.StartupProbe} {
		if p := &c.probes[kind]; !p.handler.isZero() {
			*field = p.spec.DeepCopy()
			(*field).Exec = b.exec(&p.handler, built, inProbe)
		}
	}
	for kind := range c.hooks {
		h := &c.hooks[kind]
		if h.handler.isZero() {
			continue
		}
		if built.Lifecycle == nil {
			built.Lifecycle = &corev1.Lifecycle{}
		}
		action := h.spec.DeepCopy()
		action.Exec = b.exec(&h.handler, built, inHook)
		*[hookKinds]**corev1.LifecycleHandler{&built.Lifecycle.PostStart, &built.Lifecycle.PreStop}[kind] = action
	}
}

// exec returns the command of a probe or a hook, written for the nodes; nil if it has
// none.
func (b *build) exec(h *Handler, built *corev1.Container, in commandField) *corev1.ExecAction {
	if h.command.isZero() {
		return nil
	}
	return &corev1.ExecAction{Command: b.run(h.command, built, in)}
}

// mounts adds the mounts of a container, and their volumes to the pod.
func (b *build) mounts(c *Container, built *corev1.Container) {
	built.VolumeMounts = slices.Grow(built.VolumeMounts, len(c.mounts))
	for i := range c.mounts {
		m := &c.mounts[i]
		if m.volume.isZero() {
			continue
		}
		name := m.volume.name
		if !m.volume.given {
			name = b.volume(c.spec.Name, &m.volume)
		}
		built.VolumeMounts = append(built.VolumeMounts, m.spec)
		built.VolumeMounts[len(built.VolumeMounts)-1].Name = name
	}
}

// namedVolumes adds the volumes whose names were given. They go first, so that
// generated names avoid theirs.
func (b *build) namedVolumes(p *Pod) {
	for c := range p.all() {
		for i := range c.mounts {
			if v := &c.mounts[i].volume; v.given && !v.existing {
				b.volume(c.spec.Name, v)
			}
		}
	}
}

// volume adds a volume, unless the pod already has the same one, and returns its name.
// If two different volumes would get the same generated name, the second gets a number;
// if the name was given, that is a mistake.
func (b *build) volume(container string, v *Volume) string {
	name := v.name
	for n := 2; ; n++ {
		key, taken := b.taken[name]
		switch {
		case !taken:
			b.addVolume(name, v)
			return name
		case key == v.key || key == "" && b.hasVolume(name, v):
			return name
		case v.given:
			b.wrong(container, "WithMount", "volume", name, errors.New("is the name of a different volume: give one of them another name"))
			return name
		}
		name = fmt.Sprintf("%s-%d", v.name, n)
	}
}

func (b *build) addVolume(name string, v *Volume) {
	if b.taken == nil { // a script needs the first volume
		b.taken = map[string]string{}
	}
	b.taken[name] = v.key
	b.spec.Volumes = append(b.spec.Volumes, corev1.Volume{Name: name})
	v.source.DeepCopyInto(&b.spec.Volumes[len(b.spec.Volumes)-1].VolumeSource)
}

// hasVolume reports whether the spec that the pod was started with has the volume.
func (b *build) hasVolume(name string, v *Volume) bool {
	return slices.ContainsFunc(b.spec.Volumes, func(other corev1.Volume) bool {
		return other.Name == name && equality.Semantic.DeepEqual(other.VolumeSource, v.source)
	})
}

// reserveVolumes records the volumes of the spec that the pod was started with, and
// makes room for the others.
func (b *build) reserveVolumes(p *Pod) {
	most := len(b.spec.Volumes)
	for c := range p.all() {
		most += len(c.mounts)
	}
	if most == 0 {
		return
	}
	b.taken = make(map[string]string, most)
	for _, v := range b.spec.Volumes {
		b.taken[v.Name] = ""
	}
	b.spec.Volumes = slices.Grow(b.spec.Volumes, most-len(b.spec.Volumes))
}

// edit calls the functions that change the finished containers and the finished spec.
func (b *build) edit(p *Pod) {
	edits := len(p.edits)
	for c := range p.all() {
		edits += len(c.edits)
	}
	if edits == 0 {
		return
	}
	b.edited = b.spec.DeepCopy()
	editContainers(p.init, b.spec.InitContainers)
	editContainers(p.containers, b.spec.Containers)
	for _, edit := range p.edits {
		edit(&b.spec)
	}
}

func editContainers(list []Container, built []corev1.Container) {
	for i := range list {
		for _, edit := range list[i].edits {
			edit(&built[i])
		}
	}
}

// Equal reports whether two pods build the same: the same spec, scripts, labels and
// annotations, or the same mistakes. Functions passed to Edit are compared by their
// effect.
func (p Pod) Equal(q Pod) bool {
	a, b := p.assemble(defaultPolicy), q.assemble(defaultPolicy)
	return equality.Semantic.DeepEqual(a.spec, b.spec) && a.scriptsSum() == b.scriptsSum() &&
		maps.Equal(p.labels, q.labels) && maps.Equal(p.annotations, q.annotations) && maps.Equal(p.selector, q.selector) &&
		slices.Equal(p.validator.Targets, q.validator.Targets) && p.validator.KubernetesMinor == q.validator.KubernetesMinor && slices.Equal(p.validator.Ignore, q.validator.Ignore) &&
		slices.EqualFunc(a.mistakes, b.mistakes, func(m, n Mistake) bool { return m.Error() == n.Error() })
}

// addFindings adds the findings that prevent the pod from being built, with the method
// that sets the field.
func (b *build) addFindings(findings validate.Findings) {
	// An account or a path that package accounts or volumes rejects is a mistake even
	// if no source settles that it fails on a node. It explains other problems there.
	var refused, failed validate.Findings
	for _, f := range findings {
		switch {
		case f.Unwrap() != nil:
			refused = append(refused, f)
		case f.Severity == validate.SeverityError:
			failed = append(failed, f)
		}
	}
	if len(refused)+len(failed) == 0 {
		return
	}
	var known validate.Findings
	if b.edited != nil {
		known = b.pod.validator.PodSpec(b.edited, nil)
	}
	calls, fields := slices.Clip(b.mistakes), map[string]bool{}
	for _, f := range append(refused, failed...) {
		m := b.attribute(f, f.Element())
		if b.edited != nil && !slices.ContainsFunc(known, func(other validate.Finding) bool { return sameElement(f, other) }) {
			m.Method = "Edit"
		}
		kept := m.Method == "Edit" || m.Method == "From" && m.Container != ""
		if kept && f.Severity != validate.SeverityError || fields[f.Field] || slices.ContainsFunc(calls, func(other Mistake) bool { return sameCall(m, other) }) {
			continue
		}
		fields[f.Field] = true
		b.mistakes = append(b.mistakes, m)
	}
}

// sameElement reports whether two findings are of the same rule in the same element.
func sameElement(f, g validate.Finding) bool {
	return f.Rule == g.Rule && f.Container == g.Container && f.Element() == g.Element()
}

// sameCall reports whether two mistakes are about the same argument of the same call.
func sameCall(m, other Mistake) bool {
	return m.Container == other.Container && m.Method == other.Method && m.Argument == other.Argument
}
