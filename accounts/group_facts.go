// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

// groupFacts are the known facts about a group.
type groupFacts struct {
	sid         string
	privilege   Privilege
	description string
}

// facts returns the known facts about g. The sources are at the constants. Some
// privileges need a further reason:
//
//   - Backup Operators can replace the programs that the system runs, and so
//     become administrators:
//     https://github.com/MicrosoftDocs/windows-itpro-docs/blob/320f52da676220ec9d7057382ff4342e6ef886eb/windows/security/threat-protection/security-policy-settings/restore-files-and-directories.md#vulnerability
//   - Hyper-V Administrators count as administrators, because unrestricted use
//     of Hyper-V includes giving a virtual machine any disk of the host. That is
//     an inference; no source states it.
//   - Power Users had these rights before Windows Vista and have few of them
//     today. They are ranked by the source at the constant.
//   - Groups without any right on the host itself by default count as users.
func (g LocalGroup) facts() groupFacts {
	switch {
	case g.is(Administrators):
		return groupFacts{"S-1-5-32-544", PrivilegeAdministrator,
			"Has full control of the host, as far as User Account Control leaves an administrator's rights in place."}
	case g.is(Users):
		return groupFacts{"S-1-5-32-545", PrivilegeUser,
			"Uses the host as an ordinary user."}
	case g.is(Guests):
		return groupFacts{"S-1-5-32-546", PrivilegeUser,
			"Uses the host as an ordinary user without a lasting profile."}
	case g.is(PowerUsers):
		return groupFacts{"S-1-5-32-547", PrivilegeOperator,
			"Uses the host as an ordinary user who may create users, groups and shares and install programs."}
	case g.is(BackupOperators):
		return groupFacts{"S-1-5-32-551", PrivilegeAdministrator,
			"Reads and replaces any file of the host regardless of its permissions, and so can become an administrator."}
	case g.is(Replicator):
		return groupFacts{"S-1-5-32-552", PrivilegeUser,
			"Uses the host as an ordinary user; the group has rights on domain controllers only."}
	case g.is(RemoteDesktopUsers):
		return groupFacts{"S-1-5-32-555", PrivilegeUser,
			"Uses the host as an ordinary user who may log on over Remote Desktop."}
	case g.is(NetworkConfigurationOperators):
		return groupFacts{"S-1-5-32-556", PrivilegeOperator,
			"Uses the host as an ordinary user who may change its network addresses, gateways and name servers."}
	case g.is(PerformanceMonitorUsers):
		return groupFacts{"S-1-5-32-558", PrivilegeUser,
			"Uses the host as an ordinary user who may read its performance counters."}
	case g.is(PerformanceLogUsers):
		return groupFacts{"S-1-5-32-559", PrivilegeOperator,
			"Uses the host as an ordinary user who may manage its performance counters, logs and alerts."}
	case g.is(DistributedCOMUsers):
		return groupFacts{"S-1-5-32-562", PrivilegeUser,
			"Uses the host as an ordinary user who may launch and use Distributed COM objects."}
	case g.is(IISUsers):
		return groupFacts{"S-1-5-32-568", PrivilegeUser,
			"Uses the host as an ordinary user who may also use what the web server of Windows grants its workers."}
	case g.is(CryptographicOperators):
		return groupFacts{"S-1-5-32-569", PrivilegeOperator,
			"Uses the host as an ordinary user who may perform cryptographic operations and configure IPsec."}
	case g.is(EventLogReaders):
		return groupFacts{"S-1-5-32-573", PrivilegeUser,
			"Uses the host as an ordinary user who may read its event logs."}
	case g.is(CertificateServiceDCOMAccess):
		return groupFacts{"S-1-5-32-574", PrivilegeUser,
			"Uses the host as an ordinary user who may connect to the enterprise's certification authorities."}
	case g.is(HyperVAdministrators):
		return groupFacts{"S-1-5-32-578", PrivilegeAdministrator,
			"Uses all of Hyper-V without restriction, and so can reach what belongs to an administrator."}
	case g.is(AccessControlAssistanceOperators):
		return groupFacts{"S-1-5-32-579", PrivilegeUser,
			"Uses the host as an ordinary user who may query the permissions of its resources."}
	case g.is(RemoteManagementUsers):
		return groupFacts{"S-1-5-32-580", PrivilegeUser,
			"Uses the host as an ordinary user who may use its management interfaces over the network."}
	case g.is(SystemManagedAccountsGroup):
		return groupFacts{"S-1-5-32-581", PrivilegeUser,
			"Uses the host as an ordinary user; the group has no rights of its own."}
	case g.is(StorageReplicaAdministrators):
		return groupFacts{"S-1-5-32-582", PrivilegeOperator,
			"Uses the host as an ordinary user who may use all of Storage Replica without restriction."}
	case g.is(DeviceOwners):
		return groupFacts{"S-1-5-32-583", PrivilegeUser,
			"Uses the host as an ordinary user who may change its time zone."}
	}
	return groupFacts{description: "Uses the host as an ordinary user who may also do what the group was granted on the node."}
}

// is reports whether g is the group with the given ASCII name, ignoring case.
func (g LocalGroup) is(group LocalGroup) bool {
	return equalFold(string(g), string(group))
}
