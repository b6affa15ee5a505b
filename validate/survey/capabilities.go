// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// Capabilities is a set of features for HostProcess pods that only some nodes have. The
// zero Capabilities is the empty set.
type Capabilities uint8

const (
	// CapabilityHostProcess: the node can run HostProcess pods. All others require it.
	CapabilityHostProcess Capabilities = 1 << iota
	// CapabilityLocalGroups: runAsUserName can be a local group of the node. See
	// volumes.Runtime.LocalGroups.
	CapabilityLocalGroups
	// CapabilityInClusterConfig: client-go's InClusterConfig works unchanged, and so does
	// every other program that expects a mount at its mountPath. Only mode Bind has it.
	// See volumes.Mode.InClusterConfig.
	CapabilityInClusterConfig
	// CapabilityReadOnlyMounts: readOnly mounts are enforced. See
	// volumes.Runtime.EnforcesReadOnly.
	CapabilityReadOnlyMounts
	// CapabilityPortForward: kubectl port-forward reaches the pod. See
	// volumes.Runtime.PortForward.
	CapabilityPortForward
	// CapabilityEnvTokens: %CONTAINER_SANDBOX_MOUNT_POINT% is also replaced in the values
	// of environment variables. See volumes.Runtime.ExpandsEnvValues.
	CapabilityEnvTokens

	all = CapabilityHostProcess | CapabilityLocalGroups | CapabilityInClusterConfig | CapabilityReadOnlyMounts | CapabilityPortForward | CapabilityEnvTokens
)

// names are the words for each capability, in order.
var names = [...]string{"host-process", "local-groups", "in-cluster-config", "read-only-mounts", "port-forward", "env-tokens"}

// Has reports whether the set contains all of wanted.
func (c Capabilities) Has(wanted Capabilities) bool { return c&wanted == wanted }

// String lists the words for the capabilities in the set, such as
// "host-process,local-groups"; it is "" for the empty set.
func (c Capabilities) String() string {
	var words []string
	for i, name := range names {
		if c.Has(1 << i) {
			words = append(words, name)
		}
	}
	return strings.Join(words, ",")
}

// ParseCapabilities is the reverse of String; it ignores spaces around words. The error
// for any other word lists the valid ones.
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

// MarshalText returns the text of String.
func (c Capabilities) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText parses the text with ParseCapabilities.
func (c *Capabilities) UnmarshalText(text []byte) error {
	set, err := ParseCapabilities(string(text))
	if err == nil {
		*c = set
	}
	return err
}
