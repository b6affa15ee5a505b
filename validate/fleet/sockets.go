// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/winpath"
	"github.com/hostprocess-go/sdk/internal/workload"
)

// longestWord is the longest text that is checked for a socket or the name of a driver,
// whose own limits are far below.
const longestWord = 1024

// registrationFlag is the flag of node-driver-registrar with the socket of the driver.
const registrationFlag = "kubelet-registration-path"

// hasRegistrar reports whether a container of the pod registers a CSI driver.
func (c *collector) hasRegistrar() bool {
	for _, container := range workload.Containers(c.spec) {
		for _, words := range [...][]string{container.Command, container.Args} {
			for _, word := range words {
				if name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "="); name == registrationFlag {
					return true
				}
			}
		}
	}
	return false
}

// sockets claims the sockets of the kubelet's plugins.
func (c *collector) sockets(field string, container *corev1.Container, registers bool) {
	var env map[string]string // made when it is needed
	named := map[string]bool{}
	for _, list := range [...]struct {
		name  string
		words []string
	}{{"command", container.Command}, {"args", container.Args}} {
		flag := ""
		for i, word := range list.words {
			name, value := flag, word
			flag = ""
			if strings.HasPrefix(word, "-") && len(word) <= longestWord {
				var whole bool
				name, value, whole = strings.Cut(strings.TrimLeft(word, "-"), "=")
				if !whole {
					flag = name
					continue
				}
			}
			if len(value) > longestWord {
				continue
			}
			if strings.Contains(value, "$(") {
				if env == nil {
					env = variables(container.Env)
				}
				for _, reference := range cmdline.References(value) {
					named[reference] = true
				}
				value = cmdline.Expand(value, env)
			}
			at := element(field, list.name, i, "")
			c.socket(strings.ToLower(name), value, at)
			if bare := strings.ReplaceAll(strings.ToLower(name), "-", ""); registers && bare == "drivername" && value != "" && len(value) <= longestWord {
				c.add(driver, value, shortened(value), "", at)
			}
		}
	}
	for i := range container.Env {
		// If a flag refers to a variable, the flag determines its use.
		if e := &container.Env[i]; !named[e.Name] && len(e.Value) <= longestWord {
			c.socket(strings.ToLower(e.Name), e.Value, element(field, "env", i, ".value"))
		}
	}
}

// variables are the values that $(NAME) can stand for. Long ones can't be paths.
func variables(env []corev1.EnvVar) map[string]string {
	values := make(map[string]string, len(env))
	for i := range env {
		if len(env[i].Value) > longestWord {
			continue
		}
		if value := cmdline.Expand(env[i].Value, values); len(value) <= longestWord {
			values[env[i].Name] = value
		}
	}
	return values
}

// socket claims the socket in value if the lower-case name of its flag or variable is one
// for listening or registering.
func (c *collector) socket(name, value, field string) {
	if len(value) > longestWord || !strings.HasSuffix(strings.ToLower(value), ".sock") || strings.ContainsAny(value, " \t\r\n\"';|&") {
		return
	}
	value = strings.TrimPrefix(value, "unix:")
	for strings.HasPrefix(value, "//") {
		value = value[1:]
	}
	if len(value) > 2 && winpath.IsSeparator(value[0]) && value[2] == ':' {
		value = value[1:] // unix:///C:/x, unix://C:\x
	}
	at, ok := cleanPath(value)
	if !ok {
		return
	}
	key := winpath.Key(at)
	switch directory, file := cutLast(key); {
	case file == "kubelet.sock":
		return // the kubelet listens there
	case isClient(name):
		return
	case strings.HasSuffix(directory, `\plugins_registry`), strings.HasSuffix(directory, `\device-plugins`):
	case strings.Contains(directory, `\plugins\`) && isServer(name):
	default:
		return
	}
	c.add(socket, key, at, "", field)
}

// isClient reports whether a flag or a variable is for a socket to connect to:
// --csi-address, ADDRESS.
func isClient(name string) bool {
	return strings.Contains(name, "address") && !strings.Contains(name, "listen")
}

// isServer reports whether a flag or a variable is for a socket to listen on, or to
// register.
func isServer(name string) bool {
	for _, word := range [...]string{"endpoint", "listen", "bind", registrationFlag} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
