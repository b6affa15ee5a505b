$ErrorActionPreference = 'Stop'
$name = 'Agent (metrics)'
function Find-Rule {
  try { Get-NetFirewallRule -Name $name -ErrorAction Stop } catch {
    if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*') { throw }
  }
}
$wanted = @{
  Enabled = 'True'
  Direction = 'Inbound'
  Action = 'Allow'
  Profile = 'Domain', 'Private'
  Protocol = 'TCP'
  LocalPort = '80', '5000-5020', '9182'
  RemoteAddress = '10.0.0.0/255.0.0.0', '172.16.0.0/255.240.0.0', '192.0.2.1', '192.168.1.1', '192.168.16.0/255.255.240.0', 'LocalSubnet', 'fd00::/8', 'fe80::1'
  Program = 'C:\Program Files\it''s\agent.exe'
  Service = 'W32Time'
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
