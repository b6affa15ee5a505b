// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// Capabilities is a set of things that only some nodes can do for HostProcess
// pods. The zero Capabilities is the empty set.
type Capabilities uint8

const (
	// CapabilityHostProcess: HostProcess pods run at all. All others need it.
	CapabilityHostProcess Capabilities = 1 << iota
	// CapabilityLocalGroups: runAsUserName may be a local group of the node. See
	// volumes.Runtime.LocalGroups.
	CapabilityLocalGroups
	// CapabilityInClusterConfig: the function of that name in client-go works unchanged.
	// See volumes.Mode.InClusterConfig. So does every other program that expects a
	// mount at its mountPath: it is what mode Bind alone can do.
	CapabilityInClusterConfig
	// CapabilityReadOnlyMounts: a mount with readOnly can't be written to. See
	// volumes.Runtime.EnforcesReadOnly.
	CapabilityReadOnlyMounts
	// CapabilityPortForward: kubectl port-forward reaches the pod. See
	// volumes.Runtime.PortForward.
	CapabilityPortForward
	// CapabilityEnvTokens: %CONTAINER_SANDBOX_MOUNT_POINT% is replaced in the values of
	// environment variables too. See volumes.Runtime.ExpandsEnvValues.
	CapabilityEnvTokens

	all = CapabilityHostProcess | CapabilityLocalGroups | CapabilityInClusterConfig | CapabilityReadOnlyMounts | CapabilityPortForward | CapabilityEnvTokens
)

// names are the words for each capability, in order.
var names = [...]string{"host-process", "local-groups", "in-cluster-config", "read-only-mounts", "port-forward", "env-tokens"}

// Has reports whether all of wanted are in the set.
func (c Capabilities) Has(wanted Capabilities) bool { return c&wanted == wanted }

// String lists the words for what is in the set, such as
// "host-process,local-groups"; nothing for the empty set.
func (c Capabilities) String() string {
	var words []string
	for i, name := range names {
		if c.Has(1 << i) {
			words = append(words, name)
		}
	}
	return strings.Join(words, ",")
}

// ParseCapabilities is the reverse of String; spaces around words don't count.
// Any other word is an error that lists those there are.
func ParseCapabilities(text string) (Capabilities, error) {
	var set Capabilities
next:
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		for i, name := range names {
			if word == name {
				set |= 1 << i
				continue next
			}
		}
		return 0, fmt.Errorf("capability %s: write some of %s, separated by commas", quote.Text(word), all)
	}
	return set, nil
}

// MarshalText writes the set as String does.
func (c Capabilities) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseCapabilities reads.
func (c *Capabilities) UnmarshalText(text []byte) error {
	set, err := ParseCapabilities(string(text))
	if err == nil {
		*c = set
	}
	return err
}
