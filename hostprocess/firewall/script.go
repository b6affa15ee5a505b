// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package firewall

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// findRule is the start of both scripts. If the rule doesn't exist, the cmdlet fails
// with an error that only its ID distinguishes from a failure to query the firewall:
// both have the category ObjectNotFound, and so does a missing cmdlet. Every cmdlet
// gets -ErrorAction, because those of a module don't always see $ErrorActionPreference.
//
// Sources:
//   - https://github.com/PowerShell/PowerShell/blob/929903692e550140efb5042ed05d65bfd21ccb5f/src/Microsoft.PowerShell.Commands.Management/cimSupport/cmdletization/cim/QueryJobBase.cs (OnCompleted)
//   - https://github.com/PowerShell/PowerShell/blob/929903692e550140efb5042ed05d65bfd21ccb5f/test/powershell/engine/Cdxml/Cdxml.Tests.ps1 (CmdletizationQuery_NotFound_Id,Get-CimTest)
//   - https://github.com/PowerShell/PowerShell/issues/4568
const findRule = `$ErrorActionPreference = 'Stop'
$name = %
function Find-Rule {
  try { Get-NetFirewallRule -Name $name -ErrorAction Stop } catch {
    if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*') { throw }
  }
}
`

// setUp compares the desired and the actual rule as texts: Windows displays a subnet in
// the form of parseAddress, and profiles in one text. If Windows displays a value in
// another form than it was given, the only effect is that the rule is written again.
// Any is set for what the rule doesn't limit, to remove an earlier limit.
//
// Sources:
//   - https://github.com/MicrosoftDocs/windows-powershell-docs/blob/f113d6bda7df4bf60fb213c320c12678b40ae571/docset/winserver2025-ps/NetSecurity/Set-NetFirewallRule.md
//   - https://github.com/dsccommunity/NetworkingDsc/blob/eaed17c393226962013aeec525db7fe0e68b1778/source/DSCResources/DSC_Firewall/DSC_Firewall.psm1 (Set-TargetResource, Test-RuleProperties)
func (r Rule) setUp() string {
	var b strings.Builder
	b.WriteString(r.findRule())
	b.WriteString(`$wanted = @{
  Enabled = 'True'
  Direction = 'Inbound'
  Action = 'Allow'
`)
	for _, condition := range []struct {
		name string
		list []string
	}{
		{"Profile", r.profileNames()},
		{"Protocol", nonEmpty(string(r.protocol))},
		{"LocalPort", r.portTexts()},
		{"RemoteAddress", slices.Compact(slices.Sorted(slices.Values(r.addresses)))},
		{"Program", nonEmpty(r.program)},
		{"Service", nonEmpty(r.service)},
	} {
		if len(condition.list) == 0 {
			condition.list = []string{"Any"}
		}
		b.WriteString("  " + condition.name + " = ")
		for i, text := range condition.list {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quote.PowerShell(text))
		}
		b.WriteByte('\n')
	}
	b.WriteString(`}
$rule = Find-Rule
if (-not $rule) {
  New-NetFirewallRule -Name $name -DisplayName $name @wanted -ErrorAction Stop | Out-Null
  exit 0
}
$port = $rule | Get-NetFirewallPortFilter -ErrorAction Stop
$actual = @{
  Enabled = $rule.Enabled
  Direction = $rule.Direction
  Action = $rule.Action
  Profile = $rule.Profile -split ', '
  Protocol = $port.Protocol
  LocalPort = $port.LocalPort
  RemoteAddress = ($rule | Get-NetFirewallAddressFilter -ErrorAction Stop).RemoteAddress
  Program = ($rule | Get-NetFirewallApplicationFilter -ErrorAction Stop).Program
  Service = ($rule | Get-NetFirewallServiceFilter -ErrorAction Stop).Service
}
$differs = $wanted.Keys | Where-Object { "$($wanted[$_] | Sort-Object)" -ne "$($actual[$_] | Sort-Object)" }
if ($differs) { Set-NetFirewallRule -Name $name @wanted -ErrorAction Stop }
exit 0
`)
	return b.String()
}

func (r Rule) tearDown() string {
	return r.findRule() + `if (Find-Rule) { Remove-NetFirewallRule -Name $name -ErrorAction Stop }
exit 0
`
}

func (r Rule) findRule() string {
	return strings.Replace(findRule, "%", quote.PowerShell(r.name), 1)
}

// profileNames are the names of the profiles, in the order in which Windows displays
// them.
func (r Rule) profileNames() []string {
	var names []string
	for _, profile := range profiles {
		if slices.Contains(r.profiles, profile) {
			names = append(names, string(profile))
		}
	}
	return names
}

func (r Rule) portTexts() []string {
	ports := slices.Clone(r.ports)
	slices.SortFunc(ports, func(a, b portRange) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
	})
	var texts []string
	for _, port := range slices.Compact(ports) {
		text := strconv.Itoa(int(port.first))
		if port.last != port.first {
			text += "-" + strconv.Itoa(int(port.last))
		}
		texts = append(texts, text)
	}
	return texts
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
