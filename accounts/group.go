// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

// LocalGroup is the name of a local group of the node, without a domain or a
// host in front. The runtime creates a user named after the container's ID, adds it
// to the group, runs the process as that user, and deletes the user when the
// container ends. This requires containerd 1.7 or later; on a node with 1.6 the
// container fails to start:
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go#L112
//
// The constants below are groups that Windows creates itself. Any other group,
// such as LocalGroup("hpc-agents"), must exist on the node before the container
// starts. An init container that runs `net localgroup hpc-agents /add` as
// [LocalSystem] creates it. This package can't check that the group exists: if it
// doesn't, the runtime takes the name for a user, and the logon fails.
//
// A name has at most 104 bytes, although Windows allows 256 characters, because
// the API server accepts no more. The zero value, an empty name, isn't valid.
type LocalGroup string

// The built-in groups of a Windows host, by their names on an English Windows.
// In other languages they have other names but the same SID, so a container for
// such a node must name the group in the node's language. Not every edition of
// Windows has all of them.
const (
	// Administrators, SID S-1-5-32-544, may do anything on the host. With User
	// Account Control on, Windows gives a member who logs on interactively, as
	// the runtime does, a token without these rights first
	// (https://github.com/PowerShell/Win32-OpenSSH/issues/84). That a
	// HostProcess container gets that token is UNVERIFIED (probe
	// administrators-token). [LocalSystem] isn't affected.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#administrators
	Administrators LocalGroup = "Administrators"

	// Users, SID S-1-5-32-545, is every user of the host. The user that is
	// created for a container has these rights in any group.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#users
	Users LocalGroup = "Users"

	// Guests, SID S-1-5-32-546, has about the rights of [Users], and a profile
	// that is deleted when the member logs off.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#guests
	Guests LocalGroup = "Guests"

	// PowerUsers, SID S-1-5-32-547, may create users and groups, share
	// directories and install programs.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/04f13342e9d81fd3afb572a24435cdb62d04c0ad/WindowsServerDocs/identity/ad-ds/manage/understand-security-identifiers.md#well-known-sids
	PowerUsers LocalGroup = "Power Users"

	// BackupOperators, SID S-1-5-32-551, may read and replace any file on the
	// host, including those of the operating system, regardless of permissions.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#backup-operators
	BackupOperators LocalGroup = "Backup Operators"

	// Replicator, SID S-1-5-32-552, is used by the replication of files between
	// domain controllers and has no rights of its own on other hosts.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#replicator
	Replicator LocalGroup = "Replicator"

	// RemoteDesktopUsers, SID S-1-5-32-555, may log on over Remote Desktop.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#remote-desktop-users
	RemoteDesktopUsers LocalGroup = "Remote Desktop Users"

	// NetworkConfigurationOperators, SID S-1-5-32-556, may change the addresses,
	// gateways and name servers of the host and enable or disable its
	// connections.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#network-configuration-operators
	NetworkConfigurationOperators LocalGroup = "Network Configuration Operators"

	// PerformanceMonitorUsers, SID S-1-5-32-558, may read the performance
	// counters of the host.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#performance-monitor-users
	PerformanceMonitorUsers LocalGroup = "Performance Monitor Users"

	// PerformanceLogUsers, SID S-1-5-32-559, may read the performance counters
	// of the host and manage their logs and alerts.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#performance-log-users
	PerformanceLogUsers LocalGroup = "Performance Log Users"

	// DistributedCOMUsers, SID S-1-5-32-562, may launch, activate and use
	// Distributed COM objects on the host.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#distributed-com-users
	DistributedCOMUsers LocalGroup = "Distributed COM Users"

	// IISUsers, SID S-1-5-32-568, is used by the Windows web server. It is the
	// only name in this list that is never translated.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#iis_iusrs
	IISUsers LocalGroup = "IIS_IUSRS"

	// CryptographicOperators, SID S-1-5-32-569, may perform cryptographic
	// operations, such as to configure IPsec in the firewall in Common Criteria
	// mode.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#cryptographic-operators
	CryptographicOperators LocalGroup = "Cryptographic Operators"

	// EventLogReaders, SID S-1-5-32-573, may read the event logs of the host.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#event-log-readers
	EventLogReaders LocalGroup = "Event Log Readers"

	// CertificateServiceDCOMAccess, SID S-1-5-32-574, may connect to the
	// certification authorities of the enterprise.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/04f13342e9d81fd3afb572a24435cdb62d04c0ad/WindowsServerDocs/identity/ad-ds/manage/understand-security-identifiers.md#well-known-sids
	CertificateServiceDCOMAccess LocalGroup = "Certificate Service DCOM Access"

	// HyperVAdministrators, SID S-1-5-32-578, may use all of Hyper-V without
	// restriction.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#hyper-v-administrators
	HyperVAdministrators LocalGroup = "Hyper-V Administrators"

	// AccessControlAssistanceOperators, SID S-1-5-32-579, may remotely query the
	// permissions and authorization attributes of resources on the host.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#access-control-assistance-operators
	AccessControlAssistanceOperators LocalGroup = "Access Control Assistance Operators"

	// RemoteManagementUsers, SID S-1-5-32-580, may use Windows Management
	// Instrumentation over the network, in the namespaces that grant it.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#remote-management-users
	RemoteManagementUsers LocalGroup = "Remote Management Users"

	// SystemManagedAccountsGroup, SID S-1-5-32-581, contains the accounts that
	// Windows manages itself. It has no rights of its own.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#system-managed-accounts
	SystemManagedAccountsGroup LocalGroup = "System Managed Accounts Group"

	// StorageReplicaAdministrators, SID S-1-5-32-582, may use all of Storage
	// Replica without restriction.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#storage-replica-administrators
	StorageReplicaAdministrators LocalGroup = "Storage Replica Administrators"

	// DeviceOwners, SID S-1-5-32-583, has about the rights of [Users]. Windows
	// doesn't use it today.
	// Source: https://github.com/MicrosoftDocs/windowsserverdocs/blob/05b65b687bebfa962605d3a247f2b608d86fb6af/WindowsServerDocs/identity/ad-ds/manage/understand-security-groups.md#device-owners
	DeviceOwners LocalGroup = "Device Owners"
)

// RunAsUserName implements [Account].
func (g LocalGroup) RunAsUserName() string { return string(g) }

// Validate implements [Account].
func (g LocalGroup) Validate() error {
	service, reason := classify(string(g))
	if service != "" {
		reason = ReasonNotCanonical
	}
	if reason != "" {
		return newParseError(string(g), reason)
	}
	return nil
}

// SID implements [Account]. It compares names without regard to case, as Windows
// does, and returns "" for a group that isn't one of this package's constants.
func (g LocalGroup) SID() string { return g.facts().sid }

// Privilege implements [Account]. It compares names without regard to case, as
// Windows does, and returns [PrivilegeUnknown] for a group that isn't one of this
// package's constants.
func (g LocalGroup) Privilege() Privilege { return g.facts().privilege }

// Description implements [Account].
func (g LocalGroup) Description() string { return g.facts().description }

func (LocalGroup) sealed() {}
