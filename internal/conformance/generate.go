// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A generated object is decoded JSON. It is not made of typed structs, because they
// don't distinguish an absent field from an empty one ([] and {} and null), and the
// rules do.
type (
	object = map[string]any
	list   = []any
)

// generator makes objects that hold a HostProcess pod: a pod that the API
// server accepts, and then a few fields of it changed to values at the borders
// of the rules. The same seed makes the same object.
type generator struct {
	*rand.Rand
	// minor is the newest Kubernetes minor whose fields may be used.
	minor int
	// tried, where it isn't nil, counts the values that fields were changed to.
	tried map[trial]int
}

// trial is a value of a border, by its number in a table, and where it was tried:
// in the pod, or in one of its lists of containers.
type trial struct {
	in, field     string
	border, value int
}

// generate makes one of the objects of a seed, for one Kubernetes version.
func generate(seed, number uint64, k kubernetes) object {
	return newGenerator(seed, number, k.source).object(k)
}

func newGenerator(seed, number uint64, minor int) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, number)), minor: minor}
}

func (g *generator) object(k kubernetes) object {
	kind := pick(g, kinds)
	if kind == "StatefulSet" && k.minor < 34 {
		// Before 1.34 the API server does not look at the pod template of a
		// StatefulSet; it refuses the pods that are made of it.
		kind = "Pod"
	}
	spec := g.spec()
	if kind == "Job" || kind == "CronJob" {
		spec["restartPolicy"] = "Never"
	}
	for range pick(g, []int{0, 1, 1, 1, 2, 2, 3, 4, 8}) {
		g.mutate(spec)
	}
	return g.around(kind, spec)
}

// kinds are the kinds that hold a pod; half of the objects are Pods.
var kinds = []string{
	"Pod", "Pod", "Pod", "Pod", "Pod", "Pod", "Pod", "Pod",
	"DaemonSet", "Deployment", "StatefulSet", "ReplicaSet", "Job", "CronJob", "PodTemplate", "ReplicationController",
}

// spec makes a pod that is accepted.
func (g *generator) spec() object {
	spec := object{"hostNetwork": true, "volumes": g.volumes()}
	if g.often() {
		spec["os"] = object{"name": "windows"}
	}
	atPod, atContainers := true, false
	if g.seldom() {
		atPod, atContainers = false, true
	} else if g.seldom() {
		atContainers = true
	}
	if atPod {
		spec["securityContext"] = object{"windowsOptions": object{"hostProcess": true, "runAsUserName": `NT AUTHORITY\SYSTEM`}}
	}
	for i := range 1 + g.IntN(2) {
		spec["containers"] = append(items(spec, "containers"), g.container(fmt.Sprintf("agent-%d", i), spec, atContainers))
	}
	if g.often() {
		spec["initContainers"] = list{g.container("setup", spec, atContainers)}
	}
	if g.seldom() {
		debugger := g.container("debugger", spec, atContainers)
		if g.often() {
			delete(debugger, "ports")
		}
		spec["ephemeralContainers"] = list{debugger}
	}
	return spec
}

func (g *generator) container(name string, spec object, hostProcess bool) object {
	c := object{"name": name, "image": "registry.example.com/agent:1.4"}
	if hostProcess {
		c["securityContext"] = object{"windowsOptions": object{"hostProcess": true, "runAsUserName": "Administrators"}}
	}
	for i := range g.IntN(3) {
		port := 8000 + g.IntN(1000)
		p := object{"name": fmt.Sprintf("p%d", i), "containerPort": port}
		if g.seldom() {
			p["hostPort"] = port
		}
		c["ports"] = append(items(c, "ports"), p)
	}
	for i, v := range items(spec, "volumes") {
		if g.often() {
			c["volumeMounts"] = append(items(c, "volumeMounts"), object{"name": v.(object)["name"], "mountPath": fmt.Sprintf("/data/%d", i)})
		}
	}
	return c
}

func (g *generator) volumes() list {
	sources := list{
		object{"emptyDir": object{}},
		object{"configMap": object{"name": "config"}},
		object{"hostPath": object{"path": `C:\var\log`}},
		object{"secret": object{"secretName": "secret"}},
	}
	var volumes list
	for i := range g.IntN(3) {
		v := clone(pick(g, sources)).(object)
		v["name"] = fmt.Sprintf("v%d", i)
		volumes = append(volumes, v)
	}
	return volumes
}

// around puts a pod into an object of some kind.
func (g *generator) around(kind string, spec object) object {
	labels := object{"app": "agent"}
	template := object{"metadata": object{"labels": labels}, "spec": spec}
	selector := object{"matchLabels": labels}
	o := object{"apiVersion": "apps/v1", "kind": kind, "metadata": object{"name": "agent"}}
	switch kind {
	case "Pod":
		o["apiVersion"], o["spec"] = "v1", spec
	case "PodTemplate":
		o["apiVersion"], o["template"] = "v1", template
	case "ReplicationController":
		o["apiVersion"], o["spec"] = "v1", object{"selector": labels, "template": template}
	case "Job":
		o["apiVersion"], o["spec"] = "batch/v1", object{"template": template}
	case "CronJob":
		o["apiVersion"], o["spec"] = "batch/v1", object{"schedule": "@daily", "jobTemplate": object{"spec": object{"template": template}}}
	case "StatefulSet":
		s := object{"serviceName": "agent", "selector": selector, "template": template}
		if g.seldom() {
			s["volumeClaimTemplates"] = list{object{
				"metadata": object{"name": "claim"},
				"spec":     object{"accessModes": list{"ReadWriteOnce"}, "resources": object{"requests": object{"storage": "1Gi"}}},
			}}
		}
		o["spec"] = s
	default:
		o["spec"] = object{"selector": selector, "template": template}
	}
	if n := pick(g, []int{-1, -1, 0, 1, 2}); n >= 0 && slices.Contains([]string{"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}, kind) {
		o["spec"].(object)["replicas"] = n
	}
	return o
}

// mutate changes one field of a pod to a value at a border.
func (g *generator) mutate(spec object) {
	in, container := g.anyContainer(spec)
	if container == nil {
		g.set("pod", spec, podBorders)
		return
	}
	switch g.IntN(11) {
	case 0, 1, 2:
		g.set("pod", spec, podBorders)
	case 3, 4:
		g.set(in, container, containerBorders)
	case 5:
		g.set(in, container, windowsBorders)
	case 6:
		g.set("pod", spec, windowsBorders)
	case 7, 8:
		mounts := items(container, "volumeMounts")
		if len(mounts) == 0 || g.seldom() {
			mounts = append(mounts, object{"name": "v0", "mountPath": "/other"})
			container["volumeMounts"] = mounts
		}
		g.set(in, pick(g, mounts).(object), mountBorders)
	case 9:
		ports := items(container, "ports")
		if len(ports) == 0 {
			ports = list{object{"containerPort": 80}}
			container["ports"] = ports
		}
		g.set(in, pick(g, ports).(object), portBorders)
	case 10:
		if volumes := items(spec, "volumes"); len(volumes) > 0 {
			g.set("pod", pick(g, volumes).(object), volumeBorders)
		}
	}
}

// containerLists are the lists of containers of a pod.
var containerLists = []string{"initContainers", "containers", "ephemeralContainers"}

// anyContainer is one container of any of the lists; none where all are empty.
func (g *generator) anyContainer(spec object) (in string, container object) {
	var filled []string
	for _, name := range containerLists {
		if len(items(spec, name)) > 0 {
			filled = append(filled, name)
		}
	}
	if len(filled) == 0 {
		return "", nil
	}
	in = pick(g, filled)
	return in, pick(g, items(spec, in)).(object)
}

// set changes one field of part, making the objects on the way to it.
func (g *generator) set(in string, part object, borders []border) {
	row := g.IntN(len(borders))
	b := borders[row]
	if b.since > g.minor {
		return
	}
	names := strings.Split(b.field, ".")
	for _, name := range names[:len(names)-1] {
		next, ok := part[name].(object)
		if !ok {
			next = object{}
			part[name] = next
		}
		part = next
	}
	last, number := names[len(names)-1], g.IntN(len(b.values))
	switch value := b.values[number].(type) {
	case missing:
		delete(part, last)
	case func(*generator) string:
		part[last] = value(g)
	default:
		part[last] = clone(value)
	}
	if g.tried != nil {
		g.tried[trial{in, b.field, row, number}]++
	}
}

func (g *generator) often() bool  { return g.IntN(2) == 0 }
func (g *generator) seldom() bool { return g.IntN(5) == 0 }

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// items returns a list of an object; none where the list is absent or null.
func items(o object, name string) list {
	l, _ := o[name].(list)
	return l
}

// clone copies a value of JSON.
func clone(v any) any {
	switch v := v.(type) {
	case object:
		c := maps.Clone(v)
		for name := range c {
			c[name] = clone(c[name])
		}
		return c
	case list:
		c := slices.Clone(v)
		for i := range c {
			c[i] = clone(c[i])
		}
		return c
	}
	return v
}
