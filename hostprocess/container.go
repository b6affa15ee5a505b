// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// Container describes one container of a HostProcess pod. It is an immutable value:
// each method returns a changed copy. Create one with [NewContainer]. The zero
// Container has no name and no image, which Build reports.
//
// Containers can't be compared with ==; compare pods made of them with
// [Pod.Equal].
type Container struct {
	_ [0]func()

	// spec contains what is the same on every node. What it points to is never changed.
	spec    corev1.Container
	account accounts.Account
	// accountSet is true if an account was set, even nil.
	accountSet bool
	// from is the container as it was in a spec; nil if it is new.
	from        *corev1.Container
	imageMethod string
	mounts      []mount
	command     Command
	probes      [probeKinds]probe
	hooks       [hookKinds]hook
	edits       []func(*corev1.Container)
	mistakes    mistakes
}

// isSidecar reports whether an init container keeps running while the others run.
func (c *Container) isSidecar() bool {
	return c.spec.RestartPolicy != nil && *c.spec.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// imageRoot is the directory of the image's files, on every node: the runtime replaces
// the variable.
const imageRoot = cmdline.CmdToken

// NewContainer returns a container with a name, which is a DNS label, and an image.
// Without a command, it runs the image's entrypoint, in the root directory of the
// image's files.
//
// Equivalent of setting name, image and workingDir of a container.
func NewContainer(name, image string) Container {
	c := Container{spec: corev1.Container{Name: name, Image: image, WorkingDir: imageRoot}}
	const method = "NewContainer"
	if name != "" {
		c.mistakes.add(method, "name", name, label(name))
	}
	return c.image(method, image)
}

// WithImage replaces the image of [NewContainer]. An empty image is a mistake.
//
// Equivalent of setting image.
func (c Container) WithImage(image string) Container {
	return c.image("WithImage", image)
}

func (c Container) image(method, image string) Container {
	var err error
	if strings.TrimSpace(image) != image {
		err = errors.New("has white space around it, which the API server rejects")
	}
	c.mistakes.add(method, "image", image, err)
	c.spec.Image, c.imageMethod = image, method
	return c
}

var errNoImage = errors.New("is empty: write the image to run")

// Edit is the escape hatch for fields without a method, like [Pod.Edit] for the pod.
// Each Build calls the function with the finished container, which it may change in any
// way. A nil function is a mistake. If Edit is called several times, the functions run
// in that order, before those of the pod.
func (c Container) Edit(edit func(*corev1.Container)) Container {
	if edit == nil {
		c.mistakes.add("Edit", "edit", nil, errNoFunction)
		return c
	}
	c.edits = append(slices.Clip(c.edits), edit)
	return c
}

// WithMistakes adds mistakes that Build reports together with its own, with the
// container's name. Use it in functions that return a Container, such as those of
// package firewall: like the methods here, they then don't have to return an error.
func (c Container) WithMistakes(mistakes ...Mistake) Container {
	c.mistakes.join(mistakes)
	return c
}

// WithImagePullPolicy sets when the image is pulled: always, if it isn't present, or
// never.
//
// Equivalent of setting imagePullPolicy.
func (c Container) WithImagePullPolicy(policy corev1.PullPolicy) Container {
	c.mistakes.add("WithImagePullPolicy", "policy", string(policy),
		oneOf(policy, corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever))
	c.spec.ImagePullPolicy = policy
	return c
}

// WithRunAs sets an account for this container, instead of the pod's. A nil account is
// a mistake.
//
// Equivalent of setting securityContext.windowsOptions.runAsUserName.
func (c Container) WithRunAs(account accounts.Account) Container {
	c.account, c.accountSet = accounts.Value(account), true
	return c
}

// WithWorkingDir sets the directory in which the command starts. It can start with
// %CONTAINER_SANDBOX_MOUNT_POINT%, the root directory of the image's files on every
// node. An empty dir leaves it to the image and the runtime.
//
// Equivalent of setting workingDir.
func (c Container) WithWorkingDir(dir string) Container {
	var err error
	if strings.ContainsRune(dir, 0) {
		err = errors.New("contains a zero byte, which a path can't have")
	}
	c.mistakes.add("WithWorkingDir", "dir", dir, err)
	c.spec.WorkingDir = dir
	return c
}

// WithPort declares a TCP port that the container listens on. It is a port of the node:
// ports aren't mapped, so neither two containers of a pod nor two pods on a node can
// have the same one. The name is optional.
//
// Equivalent of appending to ports, with containerPort set. The API server sets
// hostPort to the same number.
func (c Container) WithPort(name string, number int32) Container {
	const method = "WithPort"
	if name != "" {
		c.mistakes.add(method, "name", name, form(validation.IsValidPortName(name)))
	}
	if slices.ContainsFunc(c.spec.Ports, func(p corev1.ContainerPort) bool { return name != "" && p.Name == name }) {
		c.mistakes.add(method, "name", name, errors.New("is the name of another port of this container"))
	}
	c.mistakes.add(method, "number", number, form(validation.IsValidPortNum(int(number))))
	c.spec.Ports = append(slices.Clip(c.spec.Ports), corev1.ContainerPort{Name: name, ContainerPort: number, Protocol: corev1.ProtocolTCP})
	return c
}

// WithRequest sets how much of a resource is reserved for the container:
// WithRequest(corev1.ResourceMemory, "200Mi").
//
// Equivalent of setting an entry of resources.requests.
func (c Container) WithRequest(name corev1.ResourceName, quantity string) Container {
	c.spec.Resources.Requests = c.resource("WithRequest", c.spec.Resources.Requests, name, quantity)
	return c
}

// WithLimit sets how much of a resource the container can use:
// WithLimit(corev1.ResourceCPU, "500m"). The limit applies to all processes of the
// container together. The node rounds memory down to whole MiB, and ignores a limit
// below 1 MiB.
//
// Equivalent of setting an entry of resources.limits.
func (c Container) WithLimit(name corev1.ResourceName, quantity string) Container {
	c.spec.Resources.Limits = c.resource("WithLimit", c.spec.Resources.Limits, name, quantity)
	return c
}

// resource returns a copy of the list with another entry.
func (c *Container) resource(method string, list corev1.ResourceList, name corev1.ResourceName, quantity string) corev1.ResourceList {
	c.mistakes.add(method, "name", string(name), resourceName(name))
	parsed, err := parseQuantity(quantity)
	switch {
	case err != nil:
		c.mistakes.add(method, "quantity", quantity, fmt.Errorf("%w; write for example 500m or 200Mi", err))
	case parsed.Sign() < 0:
		c.mistakes.add(method, "quantity", quantity, errors.New("is negative"))
	case name != corev1.ResourceCPU && parsed.MilliValue()%1000 != 0:
		c.mistakes.add(method, "quantity", quantity, errors.New("is not a whole number: only CPUs can be divided"))
	}
	changed := list.DeepCopy()
	if changed == nil {
		changed = corev1.ResourceList{}
	}
	changed[name] = parsed
	return changed
}

// parseQuantity parses a quantity. It rejects extreme values itself: rounding
// 1e-999999999 would take more time and memory than there is.
func parseQuantity(text string) (resource.Quantity, error) {
	const longest, largest = 100, 30
	digits := strings.TrimLeft(text[strings.LastIndexAny(text, "eE")+1:], "+-0")
	exponent, err := strconv.Atoi(digits)
	if len(text) > longest || strings.ContainsAny(text, "eE") && (err == nil && exponent > largest || errors.Is(err, strconv.ErrRange)) {
		return resource.Quantity{}, errors.New("has more digits than any quantity")
	}
	return resource.ParseQuantity(text)
}

// resourceName checks that Windows nodes can have the resource.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L7871
func resourceName(name corev1.ResourceName) error {
	switch {
	case !extended(name):
		return oneOf(name, corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage)
	case strings.Contains(string(name), corev1.ResourceDefaultNamespacePrefix), strings.HasPrefix(string(name), corev1.DefaultResourceRequestsPrefix):
		return errors.New("is in a domain that is reserved for Kubernetes")
	}
	if err := form(validation.IsQualifiedName(string(name))); err != nil {
		return err
	}
	return form(validation.IsQualifiedName(corev1.DefaultResourceRequestsPrefix + string(name)))
}

// extended reports whether the resource belongs to a device plugin.
func extended(name corev1.ResourceName) bool { return strings.Contains(string(name), "/") }
