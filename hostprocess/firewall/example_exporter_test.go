// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package firewall_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/firewall"
)

var exporter = hostprocess.NewContainer("windows-exporter", "ghcr.io/prometheus-community/windows-exporter:0.31.3").
	WithCommand(hostprocess.ImageProgram("windows_exporter.exe"))

// The init container of windows_exporter's manifest adds one more rule each time that a
// pod starts. This one adds a rule once, and reviewers can read its script in the
// manifest.
func Example() {
	rule := firewall.NewRule("windows-exporter").WithPorts(corev1.ProtocolTCP, 9182)
	pod := hostprocess.NewPod(accounts.LocalSystem, exporter).
		WithInitContainers(rule.Container())
	spec, err := pod.Build()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(spec.InitContainers[0].Name)
	fmt.Println(spec.InitContainers[0].Env[0].Value)
	// Output:
	// firewall-rule-windows-exporter
	// $ErrorActionPreference = 'Stop'
	// $name = 'windows-exporter'
	// function Find-Rule {
	//   try { Get-NetFirewallRule -Name $name -ErrorAction Stop } catch {
	//     if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*') { throw }
	//   }
	// }
	// $wanted = @{
	//   Enabled = 'True'
	//   Direction = 'Inbound'
	//   Action = 'Allow'
	//   Profile = 'Any'
	//   Protocol = 'TCP'
	//   LocalPort = '9182'
	//   RemoteAddress = 'Any'
	//   Program = 'Any'
	//   Service = 'Any'
	// }
	// $rule = Find-Rule
	// if (-not $rule) {
	//   New-NetFirewallRule -Name $name -DisplayName $name @wanted -ErrorAction Stop | Out-Null
	//   exit 0
	// }
	// $port = $rule | Get-NetFirewallPortFilter -ErrorAction Stop
	// $actual = @{
	//   Enabled = $rule.Enabled
	//   Direction = $rule.Direction
	//   Action = $rule.Action
	//   Profile = $rule.Profile -split ', '
	//   Protocol = $port.Protocol
	//   LocalPort = $port.LocalPort
	//   RemoteAddress = ($rule | Get-NetFirewallAddressFilter -ErrorAction Stop).RemoteAddress
	//   Program = ($rule | Get-NetFirewallApplicationFilter -ErrorAction Stop).Program
	//   Service = ($rule | Get-NetFirewallServiceFilter -ErrorAction Stop).Service
	// }
	// $differs = $wanted.Keys | Where-Object { "$$($wanted[$_] | Sort-Object)" -ne "$$($actual[$_] | Sort-Object)" }
	// if ($differs) { Set-NetFirewallRule -Name $name @wanted -ErrorAction Stop }
	// exit 0
}
