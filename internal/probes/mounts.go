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

// containerRoot checks the mode, which the other probes depend on.
func containerRoot() Probe {
	const (
		variable = "Env:" + cmdline.SandboxVariable
		filter   = `[IO.File]::Exists("$Env:SystemRoot\System32\bindfltapi.dll")`
	)
	return Probe{
		Name:    "container-root",
		Claim:   "The node has the mode that volumes.Runtime.Mode derives from the versions of containerd and Windows, and the root of a container is at the path that volumes.Mode.Root predicts.",
		Settles: []string{"volumes"},
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
			if got.Root == "" {
				j.unclear("the root of the container", predicted, "the answer doesn't include it")
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

// marker is the file that identifies a volume.
const marker = "marker"

// marked returns a volume with a marker, which contains the name of the pod.
func marked(name string) hostprocess.Volume { return file(name, marker, "metadata.name") }

// file returns a volume with a file that contains a field of the pod.
func file(name, path, field string) hostprocess.Volume {
	return hostprocess.NewVolume(name, corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{
		Items: []corev1.DownwardAPIVolumeFile{{Path: path, FieldRef: &corev1.ObjectFieldSelector{FieldPath: field}}},
	}})
}

// at is a mount path of a probe, and its key in the answer.
type at struct{ key, mountPath string }

// spelled returns mount paths in the usual spellings. They have no parent directory, because
// with the bind filter it would stay on the node.
func spelled() []at {
	return []at{
		{"slash", "/hostprocess-probe-a"},
		{"drive", `C:\hostprocess-probe-b`},
		{"lower", "c:/hostprocess-probe-c"},
		{"backslash", `\hostprocess-probe-d`},
		{"relative", "hostprocess-probe-e"},
	}
}

// mountLocations looks for mounts at both possible places.
func mountLocations() Probe {
	return located(Probe{
		Name:   "mount-locations",
		Claim:  "A mount is at the path that volumes.Location.Path predicts, and below the root of the container, where volumes.Portable finds it; only the bind filter also mounts it at its mountPath.",
		Breaks: []validate.RuleID{"env-mount-path"},
	}, spelled()...)
}

// mountBelowRoot mounts below C:\hpc.
func mountBelowRoot() Probe {
	return located(Probe{
		Name:    "mount-below-root",
		Claim:   `A mount at C:\hpc\x is at the path that volumes.Location.Path predicts: at C:\hpc\x with the bind filter, and at hpc\x below the root of the container on every node.`,
		Settles: []string{"rule:mount-below-hpc"},
		Breaks:  []validate.RuleID{"env-mount-path"},
	}, at{"below", `C:\hpc\hostprocess-probe-below`})
}

// located sets the steps and the judgement of a probe that looks for mounts.
func located(p Probe, mounts ...at) Probe {
	const name = "mounts"
	p.steps = func(n Node) []step {
		var lines strings.Builder
		for _, m := range mounts {
			loc, _ := n.mode().Resolve(m.mountPath) // a path that can't be resolved has no location
			lines.WriteString(assign(m.key, "@{ destination = "+exists(loc.Destination()+`\`+marker)+"; below = [IO.File]::Exists("+below(loc.Rel()+`\`+marker)+") }"))
		}
		c := n.container(name, script(lines.String(), ""))
		for i, m := range mounts {
			c = c.WithMount(marked("marked-"+strconv.Itoa(i)), m.mountPath)
		}
		return []step{{task: n.task(accounts.LocalService, control(), c)}}
	}
	p.judge = func(n Node, answers []Answer, j *judgement) {
		var got map[string]struct{ Destination, Below *bool }
		c := answers[0].container(name)
		if !j.answer(c, "where mounts are", "as volumes.Location predicts", &got) {
			return
		}
		for _, m := range mounts {
			loc, err := n.mode().Resolve(m.mountPath)
			if err != nil {
				j.unclear("a mount at "+m.mountPath, "", err.Error())
				continue
			}
			root := n.mode().Root(c.ID)
			ref, _ := volumes.Portable(m.mountPath) // rejects what Resolve rejects
			j.sameBool(m.mountPath+" is at "+loc.Destination(), loc.Path(root) == loc.Destination(), got[m.key].Destination)
			j.sameBool(m.mountPath+" is at "+ref.Path(root), true, got[m.key].Below)
		}
	}
	return p
}

// exists returns an expression that tests for a file.
func exists(path string) string { return "[IO.File]::Exists(" + quote.PowerShell(path) + ")" }

// below returns an expression for a path below the root of the container.
func below(rel string) string {
	return "($Env:" + cmdline.SandboxVariable + " + " + quote.PowerShell(rel) + ")"
}

// oddMountPaths mounts at paths that aren't valid for a directory.
func oddMountPaths() Probe {
	const server = "hostprocess-probe-server"
	mount := func(name string, rule validate.RuleID, mountPath string) trial {
		return trial{
			name: name, what: "a mount at " + quote.Text(mountPath), rules: []validate.RuleID{rule},
			command: script(assign("found", exists(mountPath+`\`+marker)), ""),
			change: func(c hostprocess.Container) hostprocess.Container {
				// The builder rejects some of them.
				return c.WithMount(marked("marked"), "/hostprocess-probe-plain").
					Edit(func(c *corev1.Container) { c.VolumeMounts[0].MountPath = mountPath })
			},
			worked: found,
		}
	}
	return trials(Probe{
		Name:    "odd-mount-paths",
		Claim:   "A program can't find a volume at a mountPath that isn't a valid Windows directory: one with reserved characters, a colon in a name, two leading separators, a device name, or a drive without a separator.",
		Settles: []string{"rule:mount-path-characters", "rule:mount-path-colon", "rule:mount-path-device", "rule:mount-path-drive-relative", "rule:mount-path-server", "volumes.Mode.Resolve", "volumes"},
		Breaks:  []validate.RuleID{"env-mount-path"},
		Changes: `the node may create C:\` + server + `; the second pod, which runs as LocalSystem, removes it`,
	}, accounts.LocalService, func(Node) []trial {
		return []trial{
			mount("characters", "mount-path-characters", "/hostprocess-probe-a?b"),
			mount("control-character", "mount-path-characters", "/hostprocess-probe-a\x01b"),
			mount("colon", "mount-path-colon", "/hostprocess-probe-a:b"),
			mount("device", "mount-path-device", `\\.\hostprocess-probe`),
			mount("drive-relative", "mount-path-drive-relative", "C:hostprocess-probe-relative"),
			mount("server", "mount-path-server", "//"+server+"/share"),
		}
	}, func(n Node) step {
		return n.cleaner(assign("left", `[IO.Directory]::Exists('C:\`+server+`')`), removeEmpty(`C:\`+server))
	})
}

// found is the worked of a trial that should find the file of a volume.
func found(c Container) (worked, known bool, observation string) {
	var got struct{ Found *bool }
	switch err := c.decode(&got); {
	case !c.answered():
		return false, true, c.problem()
	case err != nil:
		return false, false, err.Error()
	case got.Found == nil:
		return false, false, "the answer doesn't include it"
	case *got.Found:
		return true, true, "the volume exists"
	}
	return false, true, "it runs, but the volume doesn't exist"
}

// removeEmpty returns lines that remove directories from the node if they are empty. The
// innermost comes first.
func removeEmpty(paths ...string) string {
	var b strings.Builder
	for _, path := range paths {
		quoted := quote.PowerShell(path)
		b.WriteString("if ([IO.Directory]::Exists(" + quoted + ")) { [IO.Directory]::Delete(" + quoted + ") }\n")
	}
	return b.String()
}

// wholeDrive mounts over C: in one container.
func wholeDrive() Probe {
	return trials(Probe{
		Name:    "whole-drive",
		Claim:   "A container with a mount at / fails: with the bind filter, it no longer sees Windows or doesn't start; without it, it doesn't start.",
		Settles: []string{"rule:mount-path-drive-unverified"},
		Breaks:  []validate.RuleID{"mount-path-drive-root"},
		Changes: "Windows mounts a small volume over C: for one container; if the mount affected the whole node, you would have to restart the node",
	}, accounts.LocalService, func(Node) []trial {
		return []trial{{
			name: "drive", what: "a mount at /", rules: []validate.RuleID{"mount-path-drive-unverified", "mount-path-drive-root"},
			command: script(assign("found", exists(`C:\`+marker)), ""),
			change: func(c hostprocess.Container) hostprocess.Container {
				return c.WithMount(marked("marked"), "/hostprocess-probe-plain").
					Edit(func(c *corev1.Container) { c.VolumeMounts[0].MountPath = "/" })
			},
			worked: found,
		}}
	})
}

// collidingMounts mounts two volumes at the same place, with two spellings.
func collidingMounts() Probe {
	const first, second = "/hostprocess-probe-same", "/HOSTPROCESS-PROBE-SAME"
	return trials(Probe{
		Name:    "colliding-mounts",
		Claim:   "A container with two mounts at the same place, spelled differently, doesn't see the files of both.",
		Settles: []string{"rule:mount-collision-unverified", "internal/mounts.ConflictSamePlace"},
	}, accounts.LocalService, func(n Node) []trial {
		at := func(file string) string { return "[IO.File]::Exists(" + n.path(first+"/"+file) + ")" }
		return []trial{{
			name: "both", what: "mounts at " + first + " and " + second, rules: []validate.RuleID{"mount-collision-unverified"},
			command: script("$first = "+at("first")+"\n$second = "+at("second")+"\n"+
				assign("first", "$first")+assign("second", "$second")+assign("found", "$first -and $second"), ""),
			change: func(c hostprocess.Container) hostprocess.Container {
				return c.WithMount(file("first", "first", "metadata.name"), first).WithMount(file("second", "second", "metadata.name"), second)
			},
			worked: found,
		}}
	})
}

// nested sets the steps and the judgement of a probe of a mount below another: two
// containers mount the same outer volume, one after the other. inner is the path of the
// inner mount, and file the path of a file in it. A second pod removes the directory left
// on the node, if any.
func nested(p Probe, inner, file, left string, mounts func(hostprocess.Container) hostprocess.Container) Probe {
	const first, second = "first", "second"
	p.steps = func(n Node) []step {
		lines := assign("link", "([IO.File]::GetAttributes("+n.underRoot(inner)+") -band [IO.FileAttributes]::ReparsePoint) -ne 0") +
			assign("inner", "[IO.File]::Exists("+n.path(file)+")")
		looks := func(name string) hostprocess.Container {
			// The answer is in the log: the other container's link might redirect a
			// termination message.
			return mounts(n.container(name, logged(lines)))
		}
		steps := []step{{task: n.task(accounts.LocalService, control(), looks(first), looks(second))}}
		if left != "" {
			steps = append(steps, n.cleaner(assign("left", "[IO.Directory]::Exists("+quote.PowerShell(left)+")"), removeEmpty(left)))
		}
		return steps
	}
	p.judge = func(n Node, answers []Answer, j *judgement) {
		const link, sees = "a link is left in the outer volume", "the inner mount is at its path"
		var got struct{ Link, Inner *bool }
		if j.answer(answers[0].container(first), link, "yes", &got) {
			j.sameBool(link, true, got.Link)
			j.sameBool(sees, true, got.Inner)
		}
		const next = "the next container with the volume starts"
		starts := n.mode() == volumes.ModeBind
		switch c := answers[0].container(second); {
		case c.ExitCode != nil:
			j.is(starts, next, yesNo(starts), c.problem())
		case c.refused():
			j.is(!starts, next, yesNo(starts), c.problem())
		default:
			j.unclear(next, yesNo(starts), c.problem())
		}
	}
	return p
}

// path returns an expression for the path where a program should look for a mount, and
// underRoot for its link below the root.
func (n Node) path(mountPath string) string {
	if loc, err := n.mode().Resolve(mountPath); err == nil && n.mode() == volumes.ModeBind {
		return quote.PowerShell(loc.Destination())
	}
	return n.underRoot(mountPath)
}

func (n Node) underRoot(mountPath string) string {
	loc, _ := n.mode().Resolve(mountPath) // empty for a path that can't be resolved
	return below(loc.Rel())
}

// nestedMounts mounts one volume below another.
func nestedMounts() Probe {
	const outer, inner = "/hostprocess-probe-outer", "/hostprocess-probe-outer/inner"
	return nested(Probe{
		Name:    "nested-mounts",
		Claim:   "A mount below another leaves a link in the outer volume; without the bind filter, the next container with that volume doesn't start.",
		Settles: []string{"rule:mount-nested"},
		Changes: `with the bind filter, the node creates C:\hostprocess-probe-outer; the second pod, which runs as LocalSystem, removes it`,
	}, inner, inner+"/"+marker, `C:\hostprocess-probe-outer`, func(c hostprocess.Container) hostprocess.Container {
		return c.WithMount(hostprocess.EmptyDir("outer"), outer).WithMount(marked("marked"), inner)
	})
}

// mountOverImplicit mounts over the directory of the termination log. The first pod on a
// node creates C:\dev, so nothing new is left.
func mountOverImplicit() Probe {
	return nested(Probe{
		Name:    "mount-over-implicit",
		Claim:   "A volume mounted at /dev gets the link of the termination log; without the bind filter, the next container with that volume doesn't start.",
		Settles: []string{"rule:mount-over-implicit"},
	}, volumes.DefaultTerminationLog, volumes.DefaultTerminationLog, "", func(c hostprocess.Container) hostprocess.Container {
		return c.WithMount(hostprocess.EmptyDir("outer"), "/dev")
	})
}

// readOnlyMounts writes to a volume mounted with readOnly.
func readOnlyMounts() Probe {
	const mountPath = "/hostprocess-probe-read-only"
	return Probe{
		Name:   "read-only-mounts",
		Claim:  "readOnly is enforced if volumes.Runtime.EnforcesReadOnly reports it, and never below the root of the container.",
		Breaks: []validate.RuleID{"read-only-not-enforced"},
		Needs:  "LocalSystem, so that only readOnly can prevent writes; it writes to a volume of the pod",
		steps: func(n Node) []step {
			write := func(key, path string) string {
				return "try { [IO.File]::WriteAllText(" + path + ", 'x'); " + assign(key, "$true") + "} catch { " + assign(key, "$false") + assign(key+"Error", `"$_"`) + "}\n"
			}
			c := n.container("writes", script(write("mounted", n.path(mountPath+"/a"))+write("below", n.underRoot(mountPath+"/b")), "")).
				WithMount(hostprocess.EmptyDir("scratch"), mountPath, hostprocess.ReadOnly())
			return []step{{task: n.task(accounts.LocalSystem, control(), c)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			var got struct{ Mounted, Below *bool }
			const mounted, link = "the mount is writable", "it is writable below the root"
			writable := !n.Target.Runtime().EnforcesReadOnly(n.mode())
			if j.answer(answers[0].container("writes"), mounted, yesNo(writable), &got) {
				j.sameBool(mounted, writable, got.Mounted)
				j.sameBool(link, true, got.Below)
			}
		},
	}
}

// directoriesLeft checks which directories a mount leaves on the node.
// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/mounts.go#L122-L129
func directoriesLeft() Probe {
	const outer, inner = `C:\hostprocess-probe-left`, `C:\hostprocess-probe-left\a`
	return Probe{
		Name:    "directories-left",
		Claim:   "With the bind filter, the node creates the parent directories of a mountPath, but not its last element, and keeps them when the pod is gone; without it, the node creates none.",
		Changes: `with the bind filter, the node creates C:\hostprocess-probe-left; the second pod, which runs as LocalSystem, removes it`,
		steps: func(n Node) []step {
			c := n.container("mounts", control()).WithMount(marked("marked"), "/hostprocess-probe-left/a")
			return []step{
				{task: n.task(accounts.LocalService, control(), c)},
				n.cleaner(assign("outer", "[IO.Directory]::Exists("+quote.PowerShell(outer)+")")+assign("inner", "[IO.Directory]::Exists("+quote.PowerShell(inner)+")"), removeEmpty(inner, outer)),
			}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			var got struct{ Outer, Inner *bool }
			stays := n.mode() == volumes.ModeBind
			const what = outer + " is on the node when the pod is gone"
			if c := answers[0].container("mounts"); !c.answered() {
				j.unclear(what, yesNo(stays), c.problem())
				return
			}
			if j.answer(answers[1].control(), what, yesNo(stays), &got) {
				j.sameBool(what, stays, got.Outer)
				j.sameBool(inner+" is on the node when the pod is gone", false, got.Inner)
			}
		},
	}
}

// pipes mounts a named pipe, and looks for it by name.
func pipes() Probe {
	const pipe, prefix = "containerd-containerd", `\\.\pipe\`
	return Probe{
		Name:   "named-pipes",
		Claim:  "A container that mounts a named pipe doesn't start; without a mount, a container sees the node's pipes by name.",
		Breaks: []validate.RuleID{"named-pipe-mount"},
		Needs:  "containerd with its default pipe, " + prefix + pipe,
		steps: func(n Node) []step {
			sees := script(assign("pipe", "@([IO.Directory]::GetFiles("+quote.PowerShell(prefix)+")) -contains "+quote.PowerShell(prefix+pipe)), "")
			mounts := n.container("mounts", control()).WithMount(marked("pipe"), "/hostprocess-probe-pipe")
			t := n.task(accounts.LocalService, sees, mounts).With(func(p hostprocess.Pod) hostprocess.Pod {
				return p.Edit(func(s *corev1.PodSpec) {
					s.Volumes[0].VolumeSource = corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: prefix + pipe}}
				})
			})
			return []step{{task: t}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			const starts = "a container that mounts " + prefix + pipe + " starts"
			switch c := answers[0].container("mounts"); {
			case c.ExitCode != nil:
				j.is(false, starts, "no", c.problem())
			case c.refused():
				j.is(true, starts, "no", c.problem())
			default:
				j.unclear(starts, "no", c.problem())
			}
			var got struct{ Pipe *bool }
			const sees = "a container sees " + prefix + pipe
			if j.answer(answers[0].control(), sees, "yes", &got) {
				j.sameBool(sees, true, got.Pipe)
			}
		},
	}
}

// imageVolume mounts an image. The whole pod may wait for it, so the control is a separate
// pod.
func imageVolume() Probe {
	const (
		rule      = "image-volume-unverified"
		mountPath = "/hostprocess-probe-image"
		name      = "mounts"
		firstGA   = 36
	)
	return Probe{
		Name:    "image-volume",
		Claim:   "A container can't use an image volume.",
		Settles: []string{ruleMark + rule},
		Needs:   "Kubernetes 1.36 or later, which supports image volumes without a feature gate",
		applies: func(n Node) string {
			if n.Target.KubeletMinor() < firstGA {
				return "before Kubernetes 1.36, image volumes depend on a feature gate"
			}
			return ""
		},
		steps: func(n Node) []step {
			c := n.container(name, script(assign("found", "[IO.Directory]::GetFileSystemEntries("+n.path(mountPath)+").Length -gt 0"), "")).
				WithMount(hostprocess.NewVolume("image", corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: n.image()}}), mountPath)
			return []step{
				{task: n.task(accounts.LocalService, control())},
				{task: n.task(accounts.LocalService, control(), c), mayFail: true},
			}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			const what = "a container sees the files of an image volume"
			a := answers[1]
			c := a.container(name)
			switch {
			case c.Reason == "" && c.ExitCode == nil && !c.Running, c.Reason == unknown, c.Reason == statusUnknown:
				// The node hasn't tried.
				j.unclear(what, "no", strings.Join(notEmpty(c.problem(), a.problem()), ": "))
			case c.ExitCode == nil && !c.Running:
				j.is(true, what, "no", strings.Join(notEmpty(c.problem(), a.problem()), ": "))
			default:
				worked, known, observation := found(c)
				if !known {
					j.unclear(what, "no", observation)
					return
				}
				j.is(!worked, what, "no", observation)
			}
		},
	}
}
