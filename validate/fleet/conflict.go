// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"strconv"
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

// Conflict is one thing of a node that two workloads claim. The zero Conflict says
// nothing.
type Conflict struct {
	// What is claimed: "port TCP 9182", "directory C:\etc\cni\net.d".
	What string `json:"what"`
	// Severity is that of package validate: an error if a pod doesn't run, a warning if
	// something is not as it was meant or isn't certain, an info if it may be meant so.
	Severity validate.Severity `json:"severity"`
	// Claims are those of the two workloads.
	Claims [2]Claim `json:"claims"`
	// Nodes are the first three of the nodes, by name, that both can be on, and NodeCount
	// is how many there are. They are nil and zero where no nodes were added.
	Nodes     []string `json:"nodes,omitempty"`
	NodeCount int      `json:"nodeCount,omitempty"`
	// Message says what both do, where they meet, and what happens. Its wording may change.
	Message string `json:"message"`
	// Fix says what to do, as a verb phrase.
	Fix string `json:"fix"`
}

// Claim is a field by which a workload claims something of a node. The zero Claim says
// nothing.
type Claim struct {
	// Workload is the kind, the namespace and the name: "DaemonSet monitoring/exporter".
	Workload string `json:"workload"`
	// Field is spelled as the API server spells it, from the object on.
	Field string `json:"field"`
}

// String returns all of it in one line.
func (c Conflict) String() string {
	if c.What == "" {
		return ""
	}
	a, b := c.Claims[0], c.Claims[1]
	return c.Severity.String() + ": " + c.What + ": " + a.Workload + " " + a.Field + " and " + b.Workload + " " + b.Field + ": " + c.Message + " (" + c.Fix + ")"
}

// kind is what a claim can be about, in the order of Conflicts.
type kind uint8

const (
	port kind = iota
	socket
	driver
	path
	group
	firewall
)

// thing is what can be claimed of a node. A port's address isn't a part of it, because
// two addresses can be one.
type thing struct {
	kind kind
	// key is the same for everything that is the same to the node.
	key string
}

// isFile and isDirectory are the details of a claim to a path if it is known what it is.
const (
	isFile      = "file"
	isDirectory = "directory"
)

// allAddresses is the address that stands for all those of the node.
const allAddresses = "0.0.0.0"

// incompatible reports whether two claims to one thing, with these details, exclude each
// other where they meet.
func (k kind) incompatible(a, b string) bool {
	switch k {
	case port:
		return a == b || a == allAddresses || b == allAddresses
	case group, firewall:
		return a != b
	}
	return true
}

// consequence is what becomes of two workloads that meet.
type consequence struct {
	what         string
	outcome      validate.Outcome
	message, fix string
}

// consequenceOf describes what becomes of two claims to a thing, which is shown so, where
// they meet. The sides of the meeting are those of the claims.
func (t thing) consequenceOf(shown string, m meeting, a, b detailed) consequence {
	switch t.kind {
	case port:
		c := consequence{
			what:    "port " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both want it " + m.where + ": the scheduler places only one of them on a node, and a pod that finds no other node stays Pending",
			fix:     "give one of them another port, or let them select different nodes",
		}
		switch {
		case a.fixed && b.fixed:
			c.outcome = validate.OutcomeFails
			c.message = "both want it " + m.where + ": only one of them runs there; the pod of the other stays Pending or, if it has a nodeName, is rejected"
		case a.fixed && m.within[1], b.fixed && m.within[0]:
			c.outcome = validate.OutcomeFails
			c.message = "both want it " + m.where + ", and one of them everywhere: the other finds no other node, and one of the two stays Pending"
		}
		return c
	case socket:
		return consequence{
			what:    "socket " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both listen there " + m.where + ": the one that starts last fails or, if it first deletes the socket that is there, as CSI drivers do, takes it from the other; the kubelet talks to only one of them",
			fix:     "give each plugin a directory of its own, or let them select different nodes",
		}
	case driver:
		return consequence{
			what:    "CSI driver " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both register it " + m.where + ": the kubelet knows only one driver of a name; it refuses the second, and forgets the first when the registration of either goes",
			fix:     "run one of them on a node, or let them select different nodes",
		}
	case group:
		return consequence{
			what:    "local group " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both make it " + m.where + ", and grant it different access (" + a.detail + "; " + b.detail + "): what its members may do depends on which of them ran last, and each gets what the other grants elsewhere",
			fix:     "give each workload a group of its own, or grant the same in both",
		}
	case firewall:
		return consequence{
			what:    "firewall rule " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both make it " + m.where + ", with different scripts: Windows has only one rule of a name, so the second script fails or changes the rule of the first",
			fix:     "give each workload a rule with a name of its own",
		}
	}
	c := consequence{
		what:    "path " + shown,
		outcome: validate.OutcomeDiffers,
		fix:     "set readOnly: true on the mount of the one that only reads, use different paths, or let them select different nodes",
	}
	role := cniRole(t.key)
	switch {
	case a.detail == isFile || b.detail == isFile:
		c.what, role = "file "+shown, 0
	case a.detail == isDirectory || b.detail == isDirectory || role != 0:
		c.what = "directory " + shown
	}
	switch {
	case role == cniConfiguration:
		c.message = "both can write CNI configurations there " + m.where + ": containerd uses the file whose name comes first, whichever was meant"
	case role == cniPrograms:
		c.message = "both can write CNI plugins there " + m.where + ": of two programs with one name, the one that is written last stays"
	case a.detail == isFile || b.detail == isFile:
		c.message = "both can write it " + m.where + ": what the last one writes stays"
	default:
		c.outcome = validate.OutcomeAdvice
		c.message = "both can write there " + m.where + ": of two files with one name, the one that is written last stays"
	}
	return c
}

// severity of an outcome is that of package validate; what isn't certain is a warning at
// most, as a rule is that no source settles.
func severity(outcome validate.Outcome, certain bool) validate.Severity {
	return validate.Rule{Outcome: outcome, Unverified: !certain}.Severity()
}

// on names nodes, of which there are count.
func on(names []string, count int) string {
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = shortened(name)
	}
	if more := count - len(shown); more > 0 {
		return "on " + strings.Join(shown, ", ") + " and " + strconv.Itoa(more) + " more"
	}
	last := len(shown) - 1
	if last == 0 {
		return "on " + shown[0]
	}
	return "on " + strings.Join(shown[:last], ", ") + " and " + shown[last]
}
