// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/validate"
)

// identity are lines that print the user and the language of Windows.
const identity = `$me = [Security.Principal.WindowsIdentity]::GetCurrent()
$answer['sid'] = $me.User.Value
$answer['name'] = $me.Name
$answer['language'] = [Globalization.CultureInfo]::InstalledUICulture.Name
`

// serviceAccounts runs as each of the three service accounts.
func serviceAccounts() Probe {
	all := []accounts.ServiceAccount{accounts.LocalSystem, accounts.LocalService, accounts.NetworkService}
	name := func(i int) string { return fmt.Sprintf("account-%d", i+1) }
	return Probe{
		Name:    "service-accounts",
		Claim:   "A container can run as each of the three service accounts by its name in package accounts, whatever the language of Windows; to settle that, run the probe on a node in another language than English.",
		Settles: []string{"accounts.ServiceAccount", "accounts.NetworkService"},
		steps: func(n Node) []step {
			var containers []hostprocess.Container
			for i, account := range all {
				containers = append(containers, n.container(name(i), script(identity, "")).WithRunAs(account))
			}
			return []step{{task: n.task(accounts.LocalService, control(), containers...)}}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			for i, account := range all {
				var got struct{ SID, Language string }
				c := answers[0].container(name(i))
				what := account.RunAsUserName()
				if c.refused() {
					j.is(false, what, account.SID(), c.problem())
				} else if j.answer(c, what, account.SID(), &got) {
					if got.SID == "" {
						j.unclear(what, account.SID(), "the answer doesn't include it")
						continue
					}
					j.is(got.SID == account.SID(), what, account.SID(), strings.Join(notEmpty(got.SID, got.Language), ", Windows in "))
				}
			}
		},
	}
}

// accountSpellings runs as correct and incorrect spellings of accounts.
func accountSpellings() Probe {
	names := []string{
		`NT AUTHORITY\system`, `NT AUTHORITY\LocalService`, `NT AUTHORITY\Network Service`, // right
		`nt authority\SYSTEM`, `NTAUTHORITY\SYSTEM`, `SYSTEM`, `LocalService`, `BUILTIN\Users`,
	}
	container := func(i int) string { return fmt.Sprintf("account-%d", i+1) }
	return Probe{
		Name:   "account-spellings",
		Claim:  "A container runs as an account with each spelling that accounts.Parse accepts, and doesn't start with others.",
		Breaks: []validate.RuleID{"account-domain-spelling", "account-missing-domain", "account-local-prefix"},
		steps: func(n Node) []step {
			var containers []hostprocess.Container
			for i, name := range names {
				containers = append(containers, n.container(container(i), script(identity, "")).Edit(func(c *corev1.Container) {
					c.SecurityContext = &corev1.SecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr.To(name)}}
				}))
			}
			return []step{{task: n.task(accounts.LocalService, control(), containers...)}}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			for i, name := range names {
				account, err := accounts.Parse(name)
				c := answers[0].container(container(i))
				prediction := "it doesn't start"
				if err == nil {
					prediction = account.SID()
				}
				var got struct{ SID string }
				switch {
				case c.refused():
					j.is(err != nil, name, prediction, c.problem())
				case !j.answer(c, name, prediction, &got):
				case got.SID == "":
					j.unclear(name, prediction, "the answer doesn't include it")
				default:
					j.is(got.SID == prediction, name, prediction, got.SID)
				}
			}
		},
	}
}

// makesUser describes the change of every container that runs as a local group.
const makesUser = "the runtime creates a user on the node for the container, and removes it with the container"

// localGroup runs as a local group, and looks for its user afterwards.
func localGroup() Probe {
	const (
		name = "group"
		// length is the number of characters of the container's ID in the user's name.
		// Source: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go
		length  = 20
		members = `$answer['member'] = @($me.Groups | ForEach-Object { $_.Value }) -contains '%s'
`
		// users lists the users of the node with such a name.
		users = `$answer['users'] = @(Get-LocalUser | Where-Object { $_.Name -match '^[0-9a-f]{20}$' } | ForEach-Object { $_.Name })`
	)
	group := accounts.Users
	return Probe{
		Name:    "local-group",
		Claim:   "Since containerd 1.7, a container can run as a local group: as a member of the group that is named after the container and removed with it.",
		Breaks:  []validate.RuleID{"account-local-group"},
		Changes: makesUser,
		steps: func(n Node) []step {
			c := n.container(name, script(identity+fmt.Sprintf(members, group.SID()), "")).WithRunAs(group)
			return []step{
				{task: n.task(accounts.LocalService, control(), c)},
				{task: n.task(accounts.LocalService, script(users, ""))},
			}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			const starts = "a container starts as the group Users"
			c := answers[0].container(name)
			can := n.Target.Runtime().LocalGroups()
			if c.refused() {
				j.is(!can, starts, yesNo(can), c.problem())
				return
			}
			var got struct {
				Name   string
				Member *bool
			}
			if !j.answer(c, starts, yesNo(can), &got) {
				return
			}
			j.is(can, starts, yesNo(can), "yes")
			predicted := c.ID[:min(length, len(c.ID))]
			_, user, _ := strings.Cut(got.Name, `\`)
			if user == "" || predicted == "" {
				j.unclear("the user's name", predicted, "the answer or the pod's status doesn't include it")
			} else {
				j.samePath("the user's name", predicted, user)
			}
			j.sameBool("the user is a member of the group", true, got.Member)
			var later struct{ Users *[]string }
			const gone = "the user exists when the pod is gone"
			if !j.answer(answers[1].control(), gone, "no", &later) {
				return
			}
			if later.Users == nil {
				j.unclear(gone, "no", "the answer doesn't include it")
				return
			}
			there := slices.ContainsFunc(*later.Users, func(name string) bool { return strings.EqualFold(name, predicted) })
			j.is(!there, gone, "no", yesNo(there))
		},
	}
}

// administratorsToken checks the rights of a member of Administrators.
func administratorsToken() Probe {
	const (
		name = "administrator"
		// high is the label of a token that User Account Control didn't filter.
		// Source: https://learn.microsoft.com/en-us/windows/win32/secauthz/well-known-sids
		high  = "S-1-16-12288"
		lines = `$answer['enabled'] = ([Security.Principal.WindowsPrincipal]$me).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
$answer['high'] = "$(& "$Env:SystemRoot\System32\whoami.exe" /groups)".Contains('` + high + `')
`
	)
	return Probe{
		Name:    "administrators-token",
		Claim:   "A container that runs as the group Administrators has the rights of an administrator: User Account Control doesn't remove them.",
		Settles: []string{"accounts.Administrators"},
		Needs:   "containerd 1.7 or later",
		Changes: makesUser,
		applies: func(n Node) string {
			if !n.Target.Runtime().LocalGroups() {
				return "containerd 1.6 can't run containers as a local group"
			}
			return ""
		},
		steps: func(n Node) []step {
			return []step{{task: n.task(accounts.LocalService, control(), n.container(name, script(identity+lines, "")).WithRunAs(accounts.Administrators))}}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			const enabled, level = "the group is enabled in the token", "the token has a high integrity level"
			may := accounts.Administrators.Privilege() == accounts.PrivilegeAdministrator
			var got struct{ Enabled, High *bool }
			if j.answer(answers[0].container(name), enabled, yesNo(may), &got) {
				j.sameBool(enabled, may, got.Enabled)
				j.sameBool(level, may, got.High)
			}
		},
	}
}

// terminationMessage writes termination messages as accounts other than LocalSystem.
func terminationMessage() Probe {
	list := []struct {
		name    string
		account accounts.Account
	}{{"local-service", accounts.LocalService}, {"network-service", accounts.NetworkService}, {"users", accounts.Users}}
	const text = "hostprocess-probe"
	return Probe{
		Name:    "termination-message",
		Claim:   "Accounts other than LocalSystem can write the termination message, as task.PowerShell does.",
		Settles: []string{"hostprocess/task.PowerShell"},
		Breaks:  []validate.RuleID{"account-local-group"},
		Changes: makesUser,
		steps: func(n Node) []step {
			var containers []hostprocess.Container
			for _, one := range list {
				containers = append(containers, n.container(one.name, task.PowerShell("'"+text+"'\nexit 0")).WithRunAs(one.account))
			}
			return []step{{task: n.task(accounts.LocalService, control(), containers...)}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			for _, one := range list {
				what := one.account.RunAsUserName() + " writes its message"
				c := answers[0].container(one.name)
				_, group := one.account.(accounts.LocalGroup)
				switch {
				case group && !n.Target.Runtime().LocalGroups():
				case c.ExitCode == nil || *c.ExitCode != 0:
					// With another exit code the message could be the end of the log.
					j.unclear(what, "yes", c.problem())
				default:
					wrote := strings.Contains(c.Output, text)
					j.is(wrote, what, "yes", yesNo(wrote))
				}
			}
		},
	}
}

// pluginDirectories opens the kubelet's directories as LocalService.
func pluginDirectories() Probe {
	const root = `C:\var\lib\kubelet\`
	names := []string{"plugins", "plugins_registry"}
	return Probe{
		Name:    "plugin-directories",
		Claim:   "LocalService can't open the directories that a CSI driver and its registrar share with the kubelet, so package csinode runs them as LocalSystem.",
		Settles: []string{"hostprocess/csinode"},
		Needs:   "a kubelet whose root directory is " + root,
		steps: func(n Node) []step {
			var b strings.Builder
			for _, name := range names {
				b.WriteString("try { [void][IO.Directory]::GetFileSystemEntries('" + root + name + "'); " + assign(name, "'opened'") +
					"} catch [UnauthorizedAccessException] { " + assign(name, "'denied'") + "} catch { " + assign(name, `"$_"`) + "}\n")
			}
			return []step{{task: n.task(accounts.LocalService, script(b.String(), ""))}}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			var got map[string]string
			if !j.answer(answers[0].control(), root, "denied", &got) {
				return
			}
			for _, name := range names {
				switch got[name] {
				case "opened", "denied":
					j.is(got[name] == "denied", root+name, "denied", got[name])
				default:
					j.unclear(root+name, "denied", oneLine(got[name]))
				}
			}
		},
	}
}
