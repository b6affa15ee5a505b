// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package firewall

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/dnslabel"
	"github.com/hostprocess-go/sdk/internal/hostpath"
	"github.com/hostprocess-go/sdk/internal/quote"
)

// Rule is a rule of the nodes' Windows firewall that allows connections. It is an
// immutable value: each method returns a changed copy. Create one with [NewRule], and
// pass its [Rule.Container] to [hostprocess.Pod.WithInitContainers].
//
// A rule matches connections that meet all of its conditions: ports of one protocol, a
// program, a service, addresses. It needs one of the first three. If a group policy
// disables local rules (AllowLocalFirewallRules), the rule has no effect.
//
// The zero Rule has no name, which is a mistake. [hostprocess.Pod.Build] of the pod
// with the container reports mistakes.
type Rule struct {
	name      string
	protocol  corev1.Protocol
	ports     []portRange
	program   string
	service   string
	profiles  []Profile
	addresses []string
	image     string
	configMap string
	mistakes  []hostprocess.Mistake
}

// portRange is the ports from first to last, which may be the same.
type portRange struct{ first, last int32 }

// Profile is a kind of network. Windows assigns one to each network of a node, and a
// rule applies to the kinds that it names. The zero Profile is a mistake.
// Source: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-fasp/7704e238-174d-4a5e-b809-5f3787dd8acc
type Profile string

const (
	// ProfileDomain is a network on which the node reaches its domain controller.
	ProfileDomain Profile = "Domain"
	// ProfilePrivate is a network that was declared private.
	ProfilePrivate Profile = "Private"
	// ProfilePublic is any other network.
	ProfilePublic Profile = "Public"
)

var profiles = []Profile{ProfileDomain, ProfilePrivate, ProfilePublic}

// NewRule returns a rule with a name, which identifies the rule in Windows and is
// displayed. It has up to 511 UTF-16 units, and its case doesn't matter. A name that
// Windows can't store is a mistake, and so is one with * ? [ ] or a backtick, which the
// cmdlets would take for a pattern that could match another rule.
//
// A script that adds a rule without -Name gives it a random name. Such rules are
// different, even if Windows displays the same name, and stay as they are.
func NewRule(name string) Rule {
	r := Rule{name: name, image: hostprocess.BaseImage}
	r.wrong("NewRule", "name "+quote.Text(name), nameError(name))
	return r
}

// nameError returns an error if a rule can't have a name.
//
// Sources:
//   - at most 511 characters: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-fasp/8c008258-166d-46d4-9090-f2ffaa01be4b (wszRuleId, which counts the zero at the end)
//   - no | in it: https://learn.microsoft.com/en-us/windows/win32/api/netfw/nf-netfw-inetfwrule-put_name
//   - not All, and patterns: https://github.com/MicrosoftDocs/windows-powershell-docs/blob/f113d6bda7df4bf60fb213c320c12678b40ae571/docset/winserver2025-ps/NetSecurity/New-NetFirewallRule.md#-displayname
//   - @ for a text that is elsewhere: the same, #-group
func nameError(name string) error {
	const longest = 511
	switch {
	case name == "":
		return errors.New("is empty: write a name")
	case !utf8.ValidString(name):
		return errors.New("is not valid UTF-8: the API would change it")
	case cmdline.UTF16Len(name) > longest:
		return fmt.Errorf("is longer than %d characters, the maximum in Windows: shorten it", longest)
	case strings.ContainsFunc(name, isControl):
		return errors.New("contains a line break or another control character: leave it out")
	case strings.Contains(name, "|"):
		return errors.New("contains a |, at which Windows ends the name: leave it out")
	case strings.ContainsAny(name, "*?[]`"):
		return errors.New("contains one of * ? [ ] `, which the cmdlets take for a pattern that could match another rule: leave it out")
	case strings.HasPrefix(name, "@"):
		return errors.New("starts with @, which Windows takes for a reference to a text in a DLL: leave it out")
	case strings.TrimSpace(name) != name:
		return errors.New("has white space around it: leave it out")
	case strings.EqualFold(name, "all"):
		return errors.New("means every rule to Windows: choose another name")
	}
	return nil
}

// WithPorts allows connections to ports of the node, from 1 to 65535. The protocol is
// [corev1.ProtocolTCP] or [corev1.ProtocolUDP]: the same in each call, because a
// Windows rule has only one. Create another Rule for the other.
func (r Rule) WithPorts(protocol corev1.Protocol, ports ...int32) Rule {
	const method = "WithPorts"
	r = r.copied()
	if len(ports) == 0 {
		r.wrong(method, "ports []", errors.New("is empty: write the ports that the program listens on"))
	}
	for _, port := range ports {
		r.wrong(method, fmt.Sprintf("port %d", port), portError(port))
		r.ports = append(r.ports, portRange{port, port})
	}
	return r.withProtocol(method, protocol)
}

// WithPortRange allows connections to the ports from first to last, like
// [Rule.WithPorts].
func (r Rule) WithPortRange(protocol corev1.Protocol, first, last int32) Rule {
	const method = "WithPortRange"
	r = r.copied()
	r.wrong(method, fmt.Sprintf("first %d", first), portError(first))
	err := portError(last)
	if err == nil && last < first {
		err = fmt.Errorf("is less than the first port, %d: write the lower one first", first)
	}
	r.wrong(method, fmt.Sprintf("last %d", last), err)
	r.ports = append(r.ports, portRange{first, last})
	return r.withProtocol(method, protocol)
}

func (r Rule) withProtocol(method string, protocol corev1.Protocol) Rule {
	var err error
	switch {
	case protocol != corev1.ProtocolTCP && protocol != corev1.ProtocolUDP:
		err = errors.New("has no ports in the Windows firewall: use corev1.ProtocolTCP or corev1.ProtocolUDP")
	case r.protocol != "" && r.protocol != protocol:
		err = fmt.Errorf("is the second protocol of the rule, after %s, but a Windows rule has only one: create another Rule", quote.Text(string(r.protocol)))
	}
	r.wrong(method, "protocol "+quote.Text(string(protocol)), err)
	if r.protocol == "" {
		r.protocol = protocol
	}
	return r
}

// portError returns an error if a port number is invalid.
func portError(port int32) error {
	if problems := validation.IsValidPortNum(int(port)); len(problems) > 0 {
		return errors.New(problems[0])
	}
	return nil
}

// WithProgram allows connections to one program only: a file of the node, given by its
// absolute path with the drive.
//
// It can't be a program of the image, because the firewall doesn't see the container's
// file system: the path of the image on the node differs from container to container,
// and depends on the version of containerd. Allow its ports instead.
//
// Source for the longest path, 10,000 UTF-16 units:
// https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-fasp/8c008258-166d-46d4-9090-f2ffaa01be4b (wszLocalApplication)
func (r Rule) WithProgram(path string) Rule {
	const longest = 10000
	r = r.copied()
	resolved, err := hostpath.Resolve(path)
	switch {
	case err != nil:
	case below(resolved, cmdline.BindRoot):
		err = errors.New("is in the container's image, which the firewall doesn't see: use WithPorts")
	case strings.Contains(resolved, "%"):
		err = errors.New("contains a %, which the firewall takes for a variable: write the path without variables")
	case cmdline.UTF16Len(resolved) > longest:
		err = fmt.Errorf("is longer than %d characters, the maximum in Windows", longest)
	}
	r.wrong("WithProgram", "path "+quote.Text(path), err)
	r.program = resolved
	return r
}

// below reports whether a path is a directory, or in it.
func below(path, directory string) bool {
	return len(path) >= len(directory) && strings.EqualFold(path[:len(directory)], directory) &&
		(len(path) == len(directory) || path[len(directory)] == '\\')
}

// WithService allows connections to one Windows service only, given by its short name,
// such as W32Time. Source:
// https://learn.microsoft.com/en-us/windows/win32/api/winsvc/nf-winsvc-createservicew
// (256 characters at most, no slashes)
func (r Rule) WithService(name string) Rule {
	const longest = 256
	r = r.copied()
	var err error
	switch {
	case name == "":
		err = errors.New("is empty: write a name")
	case !utf8.ValidString(name):
		err = errors.New("is not valid UTF-8: the API would change it")
	case cmdline.UTF16Len(name) > longest:
		err = fmt.Errorf("is longer than %d characters, the maximum for a service name", longest)
	case strings.ContainsAny(name, `/\|*?[]`+"`") || strings.ContainsFunc(name, isControl):
		err = errors.New("contains a character that service names can't have: write the short name, as in the output of sc.exe query")
	case strings.EqualFold(name, "any"):
		err = errors.New("means every service to Windows: remove the call of WithService")
	}
	r.wrong("WithService", "name "+quote.Text(name), err)
	r.service = name
	return r
}

// WithProfiles sets the kinds of networks that the rule applies to. By default, it
// applies to all.
func (r Rule) WithProfiles(list ...Profile) Rule {
	const method = "WithProfiles"
	r = r.copied()
	if len(list) == 0 {
		r.wrong(method, "profiles []", errors.New("is empty: remove the call for all profiles"))
	}
	for _, profile := range list {
		if !slices.Contains(profiles, profile) {
			r.wrong(method, "profile "+quote.Text(string(profile)), errors.New("is unknown: use ProfileDomain, ProfilePrivate or ProfilePublic"))
		}
	}
	r.profiles = slices.Clone(list)
	return r
}

// WithRemoteAddresses sets the allowed sources of connections: IP addresses, subnets
// such as 10.0.0.0/8, and LocalSubnet, which is each subnet of the node. By default,
// all sources are allowed.
func (r Rule) WithRemoteAddresses(addresses ...string) Rule {
	const method = "WithRemoteAddresses"
	r = r.copied()
	if len(addresses) == 0 {
		r.wrong(method, "addresses []", errors.New("is empty: remove the call for all addresses"))
	}
	r.addresses = nil
	for _, address := range addresses {
		stored, err := parseAddress(address)
		r.wrong(method, "address "+quote.Text(address), err)
		r.addresses = append(r.addresses, stored)
	}
	return r
}

// localSubnet is each subnet that a node is in.
const localSubnet = "LocalSubnet"

// parseAddress returns an address in the form in which Windows stores it: an IPv4
// subnet with a mask.
// Source: https://github.com/dsccommunity/NetworkingDsc/blob/eaed17c393226962013aeec525db7fe0e68b1778/source/DSCResources/DSC_Firewall/DSC_Firewall.psm1#L1207-L1212
func parseAddress(address string) (string, error) {
	if strings.EqualFold(address, localSubnet) {
		return localSubnet, nil
	}
	ip, prefix, subnet := strings.Cut(address, "/")
	check := validation.IsValidIP
	if subnet {
		check = validation.IsValidCIDR
	}
	if errs := check(nil, address); len(errs) > 0 {
		return address, errors.New(errs[0].Detail)
	}
	bits, _ := strconv.Atoi(prefix)
	v4 := strings.Contains(ip, ".")
	switch {
	case ip == "0.0.0.0" || ip == "::":
		return address, errors.New("is not a single address: remove the call of WithRemoteAddresses for all addresses")
	case !subnet || v4 && bits == 32 || bits == 128:
		return ip, nil
	case v4:
		mask := ^uint32(0) << (32 - bits)
		return fmt.Sprintf("%s/%d.%d.%d.%d", ip, mask>>24, mask>>16&0xff, mask>>8&0xff, mask&0xff), nil
	}
	return address, nil
}

// WithImage sets the image of the containers that create and remove the rule, instead
// of [hostprocess.BaseImage]. The image needs no content: PowerShell is the node's.
func (r Rule) WithImage(image string) Rule {
	r.image = image
	return r
}

// WithConfigMap stores the scripts of the rule in a ConfigMap instead of the pod's
// manifest: [hostprocess.Pod.ConfigMaps] returns it, and it must exist before the pod.
// Use it if scripts may only run from files, or if the script doesn't fit into the
// manifest. Several rules can share a ConfigMap.
func (r Rule) WithConfigMap(name string) Rule {
	r = r.copied()
	if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
		r.wrong("WithConfigMap", "name "+quote.Text(name), errors.New(problems[0]))
	}
	r.configMap = name
	return r
}

// Container returns the init container that creates the rule on the node if it doesn't
// exist, and changes it if it differs, every time that the pod starts. Other properties
// of an existing rule, such as its description, are kept. A rule that already matches
// isn't written.
//
// It runs as [accounts.LocalSystem]: only an administrator may change the firewall
// (https://learn.microsoft.com/en-us/previous-versions/windows/desktop/ics/about-windows-firewall-with-advanced-security),
// and of the accounts that every version of containerd can run a container as, this is
// the only one that is.
func (r Rule) Container() hostprocess.Container {
	const method = "Container"
	if r.protocol == "" && r.program == "" && r.service == "" && r.name != "" {
		r = r.copied()
		r.wrong(method, "rule "+quote.Text(r.name), errors.New("would allow all connections: use WithPorts, WithProgram or WithService"))
	}
	return r.container(method, "firewall-rule", r.setUp())
}

// Removal returns a pod that removes the rule from a node. It does no harm on a node
// without the rule.
//
// Once no pod needs the rule any more, deploy the pod as a DaemonSet, so that every
// node gets one, and delete it as soon as all of its pods are ready. An init container
// removes the rule; the container then waits, as [accounts.LocalService]. If the rule
// can't be removed, the init container fails, and the kubelet retries. A Job isn't
// suitable: it runs on one node, and would wait forever.
func (r Rule) Removal() hostprocess.Pod {
	waits := hostprocess.NewContainer("removed", cmp.Or(r.image, hostprocess.BaseImage)).WithCommand(hostprocess.PowerShell(cmdline.WaitScript))
	return hostprocess.NewPod(accounts.LocalService, waits).
		WithInitContainers(r.container("Removal", "remove-firewall-rule", r.tearDown()))
}

// container returns a container that runs a script. With mistakes it has no command,
// which would cause more mistakes.
func (r Rule) container(method, prefix, script string) hostprocess.Container {
	r = r.copied()
	switch {
	case r.image == "":
		r.wrong(method, "rule nil", errors.New("is the zero Rule, or has no image: use NewRule"))
	case r.configMap == "" && cmdline.UTF16Len(script) > cmdline.LongestScript:
		r.wrong(method, "rule "+quote.Text(r.name), errors.New("has more ports and addresses than fit into an environment variable: use ranges, subnets or WithConfigMap"))
	}
	name := dnslabel.Plain(prefix, r.name, []byte(r.name))
	if len(r.mistakes) > 0 {
		return hostprocess.NewContainer(name, hostprocess.BaseImage).WithMistakes(r.mistakes...)
	}
	command := hostprocess.PowerShell(script)
	if r.configMap != "" {
		command = hostprocess.PowerShellFile(r.configMap, name+".ps1", script)
	}
	return hostprocess.NewContainer(name, r.image).WithRunAs(accounts.LocalSystem).WithCommand(command)
}

// copied returns the rule with lists that can be appended to without affecting other
// rules.
func (r Rule) copied() Rule {
	r.ports, r.mistakes = slices.Clip(r.ports), slices.Clip(r.mistakes)
	return r
}

// wrong adds a mistake to a copied rule, if err isn't nil.
func (r *Rule) wrong(method, argument string, err error) {
	if err != nil {
		r.mistakes = append(r.mistakes, hostprocess.Mistake{Method: method, Argument: argument, Err: err})
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
