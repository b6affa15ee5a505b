$ErrorActionPreference = 'Stop'
$name = 'kubeadm'
function Find-Rule {
  try { Get-NetFirewallRule -Name $name -ErrorAction Stop } catch {
    if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*') { throw }
  }
}
$wanted = @{
  Enabled = 'True'
  Direction = 'Inbound'
  Action = 'Allow'
  Profile = 'Any'
  Protocol = 'Any'
  LocalPort = 'Any'
  RemoteAddress = 'Any'
  Program = 'C:\k\kubeadm.exe'
  Service = 'Any'
}
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
