// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

// Privilege is how much power over the host an account gives a process, with the
// default settings of Windows. The values are ordered: of two known ones, the greater
// gives more power. Compare them with [Privilege.AtMost], which never treats an
// unknown privilege as a small one.
//
// The zero value is [PrivilegeUnknown].
type Privilege uint8

const (
	// PrivilegeUnknown is the privilege of a group that this package doesn't
	// know. The user created for the container can do what an ordinary user
	// can, and everything that was granted to the group on the node.
	PrivilegeUnknown Privilege = iota

	// PrivilegeUser is that of an ordinary user of the host, who may be able
	// to read more, or to log on in more ways, than others.
	PrivilegeUser

	// PrivilegeLocalService is that of [LocalService]: an ordinary user who may
	// also impersonate clients, which an attacker can use to gain more rights
	// (https://github.com/MicrosoftDocs/windows-itpro-docs/blob/16e872329016bbe387d1d9ed30cefbb4b4e66690/windows/security/threat-protection/security-policy-settings/impersonate-a-client-after-authentication.md#vulnerability).
	PrivilegeLocalService

	// PrivilegeNetworkService is that of [NetworkService], which also acts as
	// the computer on the network.
	PrivilegeNetworkService

	// PrivilegeOperator is that of a user with part of an administrator's
	// powers, such as changing the network configuration. It ranks above the
	// two service accounts because it changes the host for everyone.
	PrivilegeOperator

	// PrivilegeAdministrator is that of an administrator of the host, or of a
	// user who can become one with the group's rights.
	PrivilegeAdministrator

	// PrivilegeLocalSystem is that of [LocalSystem], which has the rights of
	// an administrator and acts as part of the operating system.
	PrivilegeLocalSystem
)

// AtMost reports whether p gives no more power than limit. It returns false if
// either is unknown.
func (p Privilege) AtMost(limit Privilege) bool {
	return p != PrivilegeUnknown && p <= limit
}

// String returns a name for p in lower case, as in "local service", and
// "unknown" for any value that isn't one of the constants.
func (p Privilege) String() string {
	switch p {
	case PrivilegeUser:
		return "user"
	case PrivilegeLocalService:
		return "local service"
	case PrivilegeNetworkService:
		return "network service"
	case PrivilegeOperator:
		return "operator"
	case PrivilegeAdministrator:
		return "administrator"
	case PrivilegeLocalSystem:
		return "local system"
	}
	return "unknown"
}
