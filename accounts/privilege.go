// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

// Privilege is how much power over the host an account gives to a process, as
// Windows is set up by default. The values are ordered: of two known ones, the
// greater gives more. Compare with [Privilege.AtMost], which never takes an
// unknown privilege for a small one.
//
// The zero value is [PrivilegeUnknown].
type Privilege uint8

const (
	// PrivilegeUnknown is the privilege of a group that this package doesn't
	// know. The user that is created for the container can do what an
	// ordinary user can, and whatever the group was granted on the node.
	PrivilegeUnknown Privilege = iota

	// PrivilegeUser is an ordinary user of the host, perhaps one who may read
	// more, or come in by more ways, than others.
	PrivilegeUser

	// PrivilegeLocalService is that of [LocalService]: what a user can do,
	// and to impersonate clients, which an attacker can use to become one
	// with more rights
	// (https://github.com/MicrosoftDocs/windows-itpro-docs/blob/16e872329016bbe387d1d9ed30cefbb4b4e66690/windows/security/threat-protection/security-policy-settings/impersonate-a-client-after-authentication.md#vulnerability).
	PrivilegeLocalService

	// PrivilegeNetworkService is that of [NetworkService]: what LocalService
	// can do, and to act as the computer on the network.
	PrivilegeNetworkService

	// PrivilegeOperator is a user with one part of an administrator's powers,
	// such as to change the network's configuration. It ranks above the two
	// service accounts because it changes the host for everyone.
	PrivilegeOperator

	// PrivilegeAdministrator is an administrator of the host, or a user who
	// can become one with the rights that the group gives.
	PrivilegeAdministrator

	// PrivilegeLocalSystem is that of [LocalSystem], which has the rights of
	// an administrator and acts as part of the operating system.
	PrivilegeLocalSystem
)

// AtMost reports whether p is known and gives no more power than limit. It
// returns false if either is unknown.
func (p Privilege) AtMost(limit Privilege) bool {
	return p != PrivilegeUnknown && p <= limit
}

// String returns a name for p in lower case, as in "local service", and
// "unknown" for any value that is none of the constants.
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
