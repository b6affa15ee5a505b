// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"strconv"
	"strings"

	"github.com/hostprocess-go/sdk/validate"
)

// Conflict is something on a node that two workloads claim. The zero Conflict is empty.
type Conflict struct {
	// What is the claimed thing: "port TCP 9182", "directory C:\etc\cni\net.d".
	What string `json:"what"`
	// Severity is as in package validate: an error if a pod doesn't run, a warning if
	// something works differently or isn't certain, an info if it may be intended.
	Severity validate.Severity `json:"severity"`
	// Claims are the claims of the two workloads.
	Claims [2]Claim `json:"claims"`
	// Nodes are the first three, by name, of the nodes that both can run on, and
	// NodeCount is their number. They are nil and zero if no nodes were added.
	Nodes     []string `json:"nodes,omitempty"`
	NodeCount int      `json:"nodeCount,omitempty"`
	// Message describes what both do, where, and what happens. Its wording may change.
	Message string `json:"message"`
	// Fix describes what to do, as a verb phrase.
	Fix string `json:"fix"`
}

// Claim is a field with which a workload claims something on a node. The zero Claim is
// empty.
type Claim struct {
	// Workload is the kind, the namespace and the name: "DaemonSet monitoring/exporter".
	Workload string `json:"workload"`
	// Field is spelled as the API server spells it, from the object on.
	Field string `json:"field"`
}

// String returns the conflict in one line.
func (c Conflict) String() string {
	if c.What == "" {
		return ""
	}
	a, b := c.Claims[0], c.Claims[1]
	return c.Severity.String() + ": " + c.What + ": " + a.Workload + " " + a.Field + " and " + b.Workload + " " + b.Field + ": " + c.Message + " (" + c.Fix + ")"
}

// kind is the kind of a claimed thing, in the order of Conflicts.
type kind uint8

const (
	port kind = iota
	socket
	driver
	path
	group
	firewall
)

// thing is a resource that a workload can claim on a node. The address of a port isn't
// part of it, because different addresses can overlap.
type thing struct {
	kind kind
	// key is equal for resources that are the same on the node.
	key string
}

// isFile and isDirectory are the details of a claim to a path whose type is known.
const (
	isFile      = "file"
	isDirectory = "directory"
)

// allAddresses is the address that means all addresses of the node.
const allAddresses = "0.0.0.0"

// incompatible reports whether two claims to the same thing, with these details, exclude
// each other on one node.
func (k kind) incompatible(a, b string) bool {
	switch k {
	case port:
		return a == b || a == allAddresses || b == allAddresses
	case group, firewall:
		return a != b
	}
	return true
}

// consequence describes a conflict of two workloads on one node.
type consequence struct {
	what         string
	outcome      validate.Outcome
	message, fix string
}

// consequenceOf describes what happens to two claims to a thing, displayed as shown, at a
// meeting, whose sides are in the order of the claims.
func (t thing) consequenceOf(shown string, m meeting, a, b detailed) consequence {
	switch t.kind {
	case port:
		c := consequence{
			what:    "port " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both use it " + m.where + ": the scheduler places only one of them on a node, and a pod without another node stays Pending",
			fix:     "give one of them another port, or let them select different nodes",
		}
		switch {
		case a.fixed && b.fixed:
			c.outcome = validate.OutcomeFails
			c.message = "both use it " + m.where + ": only one of them runs there; the other's pod stays Pending or, with a nodeName, is rejected"
		case a.fixed && m.within[1], b.fixed && m.within[0]:
			c.outcome = validate.OutcomeFails
			c.message = "both use it " + m.where + ", and one of them on every node that the other selects: one of the two stays Pending"
		}
		return c
	case socket:
		return consequence{
			what:    "socket " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both listen on it " + m.where + ": the last to start fails or, if it deletes an existing socket, as CSI drivers do, takes it over; the kubelet talks to only one of them",
			fix:     "give each plugin a directory of its own, or let them select different nodes",
		}
	case driver:
		return consequence{
			what:    "CSI driver " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both register it " + m.where + ": the kubelet accepts only one driver of a name, rejects the second, and removes the first when either unregisters",
			fix:     "run only one of them, or let them select different nodes",
		}
	case group:
		return consequence{
			what:    "local group " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both create it " + m.where + " and grant it different access (" + a.detail + "; " + b.detail + "): its members' access depends on which ran last, and each workload also gets the access that the other grants",
			fix:     "give each workload a group of its own, or grant the same in both",
		}
	case firewall:
		return consequence{
			what:    "firewall rule " + shown,
			outcome: validate.OutcomeDiffers,
			message: "both create it " + m.where + " with different scripts: Windows has only one rule of a name, so the second script fails or changes the first one's rule",
			fix:     "give each workload's rule a name of its own",
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
		c.message = "both can write CNI configurations there " + m.where + ": containerd uses the file whose name sorts first"
	case role == cniPrograms:
		c.message = "both can write CNI plugins there " + m.where + ": for programs with the same name, the last writer wins"
	case a.detail == isFile || b.detail == isFile:
		c.message = "both can write it " + m.where + ": the last writer wins"
	default:
		c.outcome = validate.OutcomeAdvice
		c.message = "both can write there " + m.where + ": for files with the same name, the last writer wins"
	}
	return c
}

// severity of an outcome is as in package validate; an uncertain conflict is at most a
// warning, like an unverified rule.
func severity(outcome validate.Outcome, certain bool) validate.Severity {
	return validate.Rule{Outcome: outcome, Unverified: !certain}.Severity()
}

// on lists the first names of count nodes.
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
