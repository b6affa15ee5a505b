// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// containerRoot is what everything else rests on: the mode.
func containerRoot() Probe {
	const (
		variable = "Env:" + cmdline.SandboxVariable
		filter   = `[IO.File]::Exists("$Env:SystemRoot\System32\bindfltapi.dll")`
	)
	return Probe{
		Name:  "container-root",
		Claim: "The mode that volumes.Runtime.Mode derives from the versions of containerd and Windows is that of the node, and the root of a container is where volumes.Mode.Root says.",
		steps: func(n Node) []step {
			return []step{{task: n.task(accounts.LocalService, script(
				assign("root", "$"+variable)+assign("bindFilter", filter)+assign("exists", "[IO.Directory]::Exists($"+variable+")"), ""))}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			var got struct {
				Root       string
				BindFilter *bool
				Exists     *bool
			}
			c := answers[0].container(task.ContainerName)
			predicted := n.mode().Root(c.ID) + `\`
			if !j.answer(c, "the root of the container", predicted, &got) {
				return
			}
			j.samePath("the root of the container", predicted, got.Root)
			j.sameBool("the root exists", true, got.Exists)
			if n.mode() != volumes.ModeSymlink16 {
				j.sameBool("the node has bindfltapi.dll", n.mode() == volumes.ModeBind, got.BindFilter)
			}
		},
	}
}

// marked is a volume that holds a file, marker, with a text in it. It needs no ConfigMap:
// the text is that of an annotation of the pod itself.
func marked(name string) hostprocess.Volume {
	return hostprocess.NewVolume(name, corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{
		Items: []corev1.DownwardAPIVolumeFile{{Path: marker, FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
	}})
}

const marker = "marker"

// at is a path of a mount of a probe, and what it is called in an answer.
type at struct{ key, mountPath string }

// spelled are paths in the ways in which people write them. None has a directory on the
// way to it, because with the bind filter that would stay on the node.
func spelled() []at {
	return []at{
		{"slash", "/hostprocess-probe-a"},
		{"drive", `C:\hostprocess-probe-b`},
		{"lower", "c:/hostprocess-probe-c"},
		{"backslash", `\hostprocess-probe-d`},
		{"relative", "hostprocess-probe-e"},
	}
}

// mountLocations looks for mounts at both places where one can be.
func mountLocations() Probe {
	return Probe{
		Name:   "mount-locations",
		Claim:  "A mount is where volumes.Location.Path says, and below the root of the container, where volumes.Portable looks for it; at its mountPath it is with the bind filter only.",
		Breaks: []validate.RuleID{"env-mount-path"},
		steps: func(n Node) []step {
			var lines strings.Builder
			for _, m := range spelled() {
				loc, _ := n.mode().Resolve(m.mountPath) // a path that can't be resolved has no places
				lines.WriteString("$answer[" + quote.PowerShell(m.key) + "] = @{ " +
					"destination = [IO.File]::Exists(" + quote.PowerShell(loc.Destination()+`\`+marker) + "); " +
					"below = [IO.File]::Exists($Env:" + cmdline.SandboxVariable + " + " + quote.PowerShell(loc.Rel()+`\`+marker) + ") }\n")
			}
			looks := n.container("mounts", script(lines.String(), ""))
			for i, m := range spelled() {
				looks = looks.WithMount(marked("marked-"+strconv.Itoa(i)), m.mountPath)
			}
			return []step{{task: n.task(accounts.LocalService, control(), looks)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			var got map[string]struct{ Destination, Below *bool }
			c := answers[0].container("mounts")
			if !j.answer(c, "where mounts are", "at the places of volumes.Location", &got) {
				return
			}
			for _, m := range spelled() {
				loc, err := n.mode().Resolve(m.mountPath)
				if err != nil {
					j.unclear("a mount at "+m.mountPath, "", err.Error())
					continue
				}
				root := n.mode().Root(c.ID)
				ref, _ := volumes.Portable(m.mountPath) // refuses what Resolve refuses
				j.sameBool(m.mountPath+" is at "+loc.Destination(), loc.Path(root) == loc.Destination(), got[m.key].Destination)
				j.sameBool(m.mountPath+" is at "+ref.Path(root), true, got[m.key].Below)
			}
		},
	}
}
