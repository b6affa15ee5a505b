$ErrorActionPreference = 'Stop'
$name = 'windows-exporter'
function Find-Rule {
  try { Get-NetFirewallRule -Name $name -ErrorAction Stop } catch {
    if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*') { throw }
  }
}
if (Find-Rule) { Remove-NetFirewallRule -Name $name -ErrorAction Stop }
exit 0
