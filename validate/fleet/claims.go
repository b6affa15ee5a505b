// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/nodes"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/internal/workload"
	"github.com/hostprocess-go/sdk/volumes"
)

// collector collects the claims of one workload.
type collector struct {
	fleet  *Fleet
	spec   *corev1.PodSpec
	prefix string
	claim  claim // the workload's own part of each
	// made are the claims so far, so that each is made once.
	made map[made]bool
}

type made struct {
	thing  thing
	detail string
}

func (c *collector) collect() {
	hostPaths := map[string]*corev1.HostPathVolumeSource{}
	for i := range c.spec.Volumes {
		if v := &c.spec.Volumes[i]; v.HostPath != nil {
			hostPaths[v.Name] = v.HostPath
		}
	}
	registers := c.hasRegistrar()
	for field, container := range workload.Containers(c.spec) {
		field = c.prefix + field
		if strings.HasPrefix(field[len(c.prefix):], "containers") || strings.HasPrefix(field[len(c.prefix):], "init") && nodes.IsSidecar(container) {
			c.ports(field, container)
		}
		c.mounts(field, container, hostPaths)
		c.sockets(field, container, registers)
		c.scripts(field, container)
	}
}

// add adds a claim, unless the workload already has the same one.
func (c *collector) add(k kind, key, shown, detail, field string) {
	t := thing{k, key}
	if c.made[made{t, detail}] {
		return
	}
	if c.made == nil {
		c.made = map[made]bool{}
	}
	f := c.fleet
	all := f.claims[t]
	if all == nil {
		if f.claims == nil {
			f.claims = map[thing]*claims{}
		}
		t.key = strings.Clone(key)
		all = &claims{shown: strings.Clone(shown)}
		f.claims[t] = all
	}
	if shown < all.shown {
		all.shown = strings.Clone(shown) // independent of the order
	}
	one := c.claim
	one.field, one.detail = f.texts.add(field), f.texts.add(detail)
	all.list = append(all.list, one)
	c.made[made{t, detail}] = true
}

func element(field, list string, index int, rest string) string {
	return field + "." + list + "[" + strconv.Itoa(index) + "]" + rest
}

// ports claims the ports of the node that the scheduler checks.
func (c *collector) ports(field string, container *corev1.Container) {
	for i := range container.Ports {
		p := &container.Ports[i]
		name := ".hostPort"
		if p.HostPort == 0 {
			if !c.spec.HostNetwork {
				continue
			}
			name = ".containerPort"
		}
		claimed := nodes.PortOf(p)
		if claimed.Number <= 0 {
			continue
		}
		if claimed.HostIP == "" {
			claimed.HostIP = allAddresses
		}
		key := shortened(string(claimed.Protocol)) + " " + strconv.Itoa(int(claimed.Number))
		c.add(port, key, key, claimed.HostIP, element(field, "ports", i, name))
	}
}

// mounts claims the files and directories of the node that a container can write through
// a volume.
func (c *collector) mounts(field string, container *corev1.Container, hostPaths map[string]*corev1.HostPathVolumeSource) {
	for i := range container.VolumeMounts {
		m := &container.VolumeMounts[i]
		source := hostPaths[m.Name]
		if source == nil || m.ReadOnly || m.SubPathExpr != "" {
			continue
		}
		place, detail := source.Path, ""
		switch {
		case m.SubPath != "":
			place += `\` + m.SubPath
		case source.Type == nil:
		case *source.Type == corev1.HostPathFile, *source.Type == corev1.HostPathFileOrCreate:
			detail = isFile
		case *source.Type == corev1.HostPathDirectory, *source.Type == corev1.HostPathDirectoryOrCreate:
			detail = isDirectory
		case *source.Type != corev1.HostPathUnset:
			continue // a socket or a device, which can't be replaced through a mount
		}
		at, ok := cleanPath(place)
		if !ok {
			continue
		}
		if key := winpath.Key(at); detail == isFile || !isShared(key) {
			c.add(path, key, at, detail, element(field, "volumeMounts", i, ""))
		}
	}
}

// longestPath is the longest path that Windows accepts.
const longestPath = 32767

// cleanPath returns a path of the node with its drive, and whether it is valid.
func cleanPath(text string) (string, bool) {
	if len(text) > longestPath {
		return "", false
	}
	at, err := volumes.ModeBind.Resolve(text)
	if err != nil {
		// A drive itself, which Resolve rejects, is shared anyway.
		return "", false
	}
	return at.Destination(), true
}

// isShared reports whether a directory, in the form of winpath.Key, is shared by all, or
// contains one that is.
func isShared(directory string) bool {
	for _, shared := range sharedDirectories {
		if directory == shared || strings.HasPrefix(shared, directory+`\`) {
			return true
		}
	}
	return false
}

// sharedDirectories are the directories that every node has, and those of the kubelet in
// which each plugin and each pod has a name of its own.
var sharedDirectories = func() []string {
	const kubelet = `c:\var\lib\kubelet\`
	shared := []string{kubelet + `plugins`, kubelet + `plugins_registry`, kubelet + `device-plugins`, kubelet + `pods`, `c:\var\log\pods`, `c:\var\log\containers`}
	for _, directory := range nodes.Directories {
		shared = append(shared, winpath.Key(directory))
	}
	return shared
}()

// The uses of a directory.
const (
	cniConfiguration = 1 + iota
	cniPrograms
)

// cniRole recognizes the directories of the container network by their names, in lower
// case, such as C:\etc\cni\net.d, C:\opt\cni\bin and C:\k\azurecni\netconf.
func cniRole(directory string) int {
	above, name := cutLast(directory)
	if !strings.Contains(above, "cni") {
		return 0
	}
	switch name {
	case "net.d", "netconf", "conf", "config":
		return cniConfiguration
	case "bin":
		return cniPrograms
	}
	return 0
}

// cutLast splits a clean, absolute path at its last separator.
func cutLast(path string) (directory, name string) {
	i := strings.LastIndexByte(path, '\\')
	return path[:i], path[i+1:]
}

// quoted returns a text for a message: as it is, unless that could be misread.
func quoted(text string) string {
	if quote.Plain(text) {
		return text
	}
	return quote.Text(text)
}

// shortened is quoted for a text of any length.
func shortened(text string) string {
	const most = 100
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return quoted(text)
}
