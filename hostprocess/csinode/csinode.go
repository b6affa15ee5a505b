// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package csinode

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/internal/winpath"
)

const (
	// imageRoot is the directory with the files of an image, on every node.
	imageRoot = cmdline.CmdToken + `\`

	// socketMount is the mountPath of the socket's directory in the driver's container.
	// Nothing uses the mount, but the kubelet skips a volume that no container mounts.
	// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go#L292-L297
	socketMount = "/csi"

	// loopback is the address on which livenessprobe listens: only the node reaches it.
	loopback = "127.0.0.1"

	// longestSocket is the longest path that a socket can have, in bytes.
	// Source: https://github.com/golang/go/blob/go1.26.0/src/syscall/syscall_windows.go (SockaddrUnix.sockaddr)
	longestSocket = 107
)

// Plugin is a CSI node plugin. It is an immutable value: each method returns a changed
// copy. Create one with [New]. The zero Plugin has no name and no containers, which are
// mistakes.
type Plugin struct {
	_ [0]func()

	name       string
	kubeletDir *string // nil for the usual one; never changed
	driver     hostprocess.Container
	registrar  hostprocess.Container
	probe      *probe // never changed
}

// probe is the container with livenessprobe, and the settings of the driver's probe.
type probe struct {
	container hostprocess.Container
	port      int32
	settings  []func(*corev1.Probe)
}

// New returns the node plugin of a CSI driver. The name is that of its CSIDriver
// object, such as smb.csi.k8s.io, which the driver also returns from GetPluginInfo.
//
// The driver is a container with a command. New sets its variable CSI_ENDPOINT to the
// address to listen on, such as
// unix://C:\var\lib\kubelet\plugins\smb.csi.k8s.io\csi.sock. If the driver takes the
// address as an argument, write $(CSI_ENDPOINT) there; see
// [hostprocess.Command.WithVariables]. New also mounts the socket's directory at /csi,
// so that the kubelet creates it.
//
// The registrar is a container with the image of node-driver-registrar, 2.0 or later. New
// sets its command; add more flags with [hostprocess.Container.WithArgs].
func New(name string, driver, registrar hostprocess.Container) Plugin {
	return Plugin{name: name, driver: driver, registrar: registrar}
}

// WithKubeletDir sets the root directory of the kubelet, an absolute path with a drive.
// The default is C:\var\lib\kubelet, like that of the kubelet's flag --root-dir.
func (p Plugin) WithKubeletDir(dir string) Plugin {
	p.kubeletDir = &dir
	return p
}

// WithLivenessProbe makes the kubelet restart the driver when it stops answering. The
// container has the image of livenessprobe, 2.2 or later. Its command is set; add more
// flags with [hostprocess.Container.WithArgs]. It listens on a port of the node's loopback
// address. The port must be free on every node, because all pods on the host's network
// share its ports.
//
// By default, the kubelet first probes after 10 seconds, waits 3 seconds for a
// response, and restarts the driver after 5 failures, as livenessprobe recommends.
// Functions change that. The probe replaces a liveness probe of the driver.
func (p Plugin) WithLivenessProbe(container hostprocess.Container, port int32, settings ...func(*corev1.Probe)) Plugin {
	p.probe = &probe{container, port, slices.Clone(settings)}
	return p
}

// Pod returns the pod. It runs as [accounts.LocalSystem], as the package comment
// explains. Its priority class is system-node-critical, because without it no pod with
// a volume of the driver works on the node. Set everything else with the methods of
// [hostprocess.Pod]. Building the pod also reports the mistakes of the plugin.
func (p Plugin) Pod() hostprocess.Pod {
	at, mistakes := p.paths()
	endpoint := "unix://" + at.socket()

	driver := p.driver.
		WithMistakes(mistakes...).
		WithEnv("CSI_ENDPOINT", endpoint).
		WithMount(hostprocess.NewVolume("plugin-dir", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{
			Path: at.plugin, Type: ptr.To(corev1.HostPathDirectoryOrCreate),
		}}), socketMount)
	registrar := p.registrar.WithCommand(hostprocess.RawCommand(imageRoot+"csi-node-driver-registrar.exe",
		"--csi-address="+endpoint,
		"--kubelet-registration-path="+at.socket(),
		"--plugin-registration-path="+at.registry))
	containers := []hostprocess.Container{driver, registrar}
	if p.probe != nil {
		containers[0] = driver.WithLivenessProbe(hostprocess.HTTPGet("/healthz", p.probe.port), append([]func(*corev1.Probe){asked}, p.probe.settings...)...)
		containers = append(containers, p.probe.container.
			WithPort("healthz", p.probe.port).
			WithCommand(hostprocess.RawCommand(imageRoot+"livenessprobe.exe",
				"--csi-address="+endpoint,
				"--http-endpoint="+loopback+":"+strconv.Itoa(int(p.probe.port)))))
	}
	return hostprocess.NewPod(accounts.LocalSystem, containers...).WithPriorityClass("system-node-critical")
}

// asked sets where and how often the kubelet probes, as livenessprobe recommends.
// Source: https://github.com/kubernetes-csi/livenessprobe/blob/v2.19.0/README.md#usage
func asked(probe *corev1.Probe) {
	probe.HTTPGet.Host = loopback
	probe.InitialDelaySeconds, probe.TimeoutSeconds, probe.FailureThreshold = 10, 3, 5
}

// paths are directories of the node.
type paths struct {
	plugin   string // with the socket of the driver
	registry string // in which the kubelet looks for sockets of registrars
}

func (p paths) socket() string { return p.plugin + `\csi.sock` }

// paths returns the directories, and the mistakes in the name and the kubelet's
// directory. It replaces invalid values with defaults, so that they aren't reported
// again.
func (p Plugin) paths() (paths, []hostprocess.Mistake) {
	var mistakes []hostprocess.Mistake
	wrong := func(method, argument, value string, err error) {
		if err != nil {
			argument += " " + quote.Text(fmt.Sprintf("%.200s", value)) // a value can be huge
			mistakes = append(mistakes, hostprocess.Mistake{Method: method, Argument: argument, Err: err})
		}
	}
	name, dir := p.name, `C:\var\lib\kubelet`
	if err := checkName(name); err != nil {
		wrong("New", "name", name, err)
		name = "driver"
	}
	if p.kubeletDir != nil {
		given, err := kubeletDir(*p.kubeletDir)
		if err == nil {
			dir = given
		}
		wrong("WithKubeletDir", "dir", *p.kubeletDir, err)
	}
	at := paths{plugin: dir + `\plugins\` + name, registry: dir + `\plugins_registry`}
	// The registrar's socket always has a longer path than the driver's.
	if socket := at.registry + "/" + name + "-reg.sock"; len(socket) > longestSocket {
		wrong("New", "name", name, fmt.Errorf("makes the path of a socket too long: %s has %d characters, but Windows accepts %d; shorten the name or the kubelet's directory", quote.Text(socket), len(socket), longestSocket))
	}
	return at, mistakes
}

// checkName checks for a name that the API server accepts for a CSIDriver, and that a
// directory can have.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go (ValidateCSIDriverName)
func checkName(name string) error {
	const longest = 63
	switch {
	case name == "":
		return errors.New("is empty: write the name of the CSI driver, such as smb.csi.k8s.io")
	case len(name) > longest:
		return fmt.Errorf("has %d characters, but the name of a CSI driver has at most %d", len(name), longest)
	}
	if len(validation.IsDNS1123Subdomain(strings.ToLower(name))) > 0 {
		return errors.New("is not the name of a CSI driver: use letters, digits, dashes and dots, and put a letter or digit at both ends and beside each dot, such as smb.csi.k8s.io")
	}
	if word, _, _ := strings.Cut(name, "."); isDevice(strings.ToUpper(word)) {
		return fmt.Errorf("begins with %s, which Windows reserves for a device: begin with another word", word)
	}
	return nil
}

// isDevice reports whether Windows treats a file with that name, in upper case, as a device.
// Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file#naming-conventions
func isDevice(name string) bool {
	switch strings.TrimRight(name, "0123456789") {
	case "CON", "PRN", "AUX", "NUL":
		return len(name) == len("CON")
	case "COM", "LPT":
		return len(name) == len("COM1")
	}
	return false
}

// kubeletDir returns the cleaned path. It must be absolute, and must not need quotes on a
// command line.
func kubeletDir(dir string) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if len(dir) < len(`C:\`) || !strings.Contains(letters, dir[:1]) || dir[1] != ':' || !winpath.IsSeparator(dir[2]) {
		return "", errors.New(`is not an absolute path with a drive: write one, such as C:\var\lib\kubelet`)
	}
	clean := winpath.Clean(dir)
	path := clean[len("C:"):]
	switch {
	case len(clean) > longestSocket:
		return "", fmt.Errorf("has %d characters, but the path of a socket below it has at most %d", len(clean), longestSocket)
	case path == `\`:
		return "", errors.New("is the root of a drive: write a directory below it")
	case strings.Trim(path, letters+`0123456789\._-`) != "":
		return "", errors.New("contains a character that needs quotes on a command line: use letters, digits, dots, dashes and underscores")
	}
	return clean, nil
}
