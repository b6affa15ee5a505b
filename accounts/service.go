// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

import "strings"

// ServiceAccount is one of the three accounts that every Windows host has for
// its own services and that need no password. The constants below are its only
// valid values; the zero value is not one of them.
//
// The names are those of an English Windows. In other languages, Windows displays
// translated names. That such a node accepts the English ones is UNVERIFIED (probe
// service-accounts); the service manager of Windows accepts only these
// (https://github.com/MicrosoftDocs/win32/blob/24c47f429aad90c13fd4c1128de159ee455a954f/desktop-src/Services/localservice-account.md).
//
// Kubernetes documents these three
// (https://github.com/kubernetes/website/blob/23009a516ff325a0d551d0f69de43ceeeac60d65/content/en/docs/tasks/configure-pod-container/create-hostprocess-pod.md).
type ServiceAccount string

const (
	// LocalSystem, SID S-1-5-18, is the operating system itself. It may do
	// anything on the host and acts as the computer on the network. Use it
	// only if nothing less is enough.
	//
	// This spelling is the one that the end-to-end tests of Kubernetes use
	// (https://github.com/kubernetes/kubernetes/blob/v1.37.2/test/e2e/windows/host_process.go#L86).
	// What it may do:
	// https://github.com/MicrosoftDocs/win32/blob/0180b6dbcaa133e58745702bf0ebefa871ee151b/desktop-src/Services/localsystem-account.md
	LocalSystem ServiceAccount = `NT AUTHORITY\SYSTEM`

	// LocalService, SID S-1-5-19, is an ordinary user of the host that may
	// also impersonate the clients that connect to it. On the network it is
	// anonymous. It is the least privileged of the three.
	//
	// This spelling is the one that the end-to-end tests of Kubernetes use
	// (https://github.com/kubernetes/kubernetes/blob/v1.37.2/test/e2e/windows/host_process.go#L85).
	// What it may do:
	// https://github.com/MicrosoftDocs/win32/blob/24c47f429aad90c13fd4c1128de159ee455a954f/desktop-src/Services/localservice-account.md
	LocalService ServiceAccount = `NT AUTHORITY\Local Service`

	// NetworkService, SID S-1-5-20, is like [LocalService], but acts as the
	// computer on the network.
	//
	// This is the spelling in the Kubernetes documentation. That it works is
	// UNVERIFIED (probe service-accounts): no test of Kubernetes or of the
	// runtime starts a container with it. What it may do:
	// https://github.com/MicrosoftDocs/win32/blob/27a9dfa3ef68240fbf09f1c64dff7b2232874ef4/desktop-src/Services/networkservice-account.md
	NetworkService ServiceAccount = `NT AUTHORITY\NetworkService`
)

// ntAuthority is the domain of the service accounts. The runtime compares it
// case-sensitively:
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go#L145
const ntAuthority = "NT AUTHORITY"

// RunAsUserName implements [Account].
func (a ServiceAccount) RunAsUserName() string { return string(a) }

// Validate implements [Account]. It accepts the three constants of this
// package and nothing else.
func (a ServiceAccount) Validate() error {
	switch a {
	case LocalSystem, LocalService, NetworkService:
		return nil
	}
	_, reason := classify(string(a))
	if reason == "" {
		reason = ReasonNotCanonical
	}
	return newParseError(string(a), reason)
}

// SID implements [Account]. It returns "" for a value that isn't valid. Source:
// https://github.com/MicrosoftDocs/windowsserverdocs/blob/04f13342e9d81fd3afb572a24435cdb62d04c0ad/WindowsServerDocs/identity/ad-ds/manage/understand-security-identifiers.md#well-known-sids
func (a ServiceAccount) SID() string {
	switch a {
	case LocalSystem:
		return "S-1-5-18"
	case LocalService:
		return "S-1-5-19"
	case NetworkService:
		return "S-1-5-20"
	}
	return ""
}

// Privilege implements [Account]. It returns [PrivilegeUnknown] for a value
// that isn't valid.
func (a ServiceAccount) Privilege() Privilege {
	switch a {
	case LocalSystem:
		return PrivilegeLocalSystem
	case LocalService:
		return PrivilegeLocalService
	case NetworkService:
		return PrivilegeNetworkService
	}
	return PrivilegeUnknown
}

// Description implements [Account]. The sources are those of the constants.
func (a ServiceAccount) Description() string {
	switch a {
	case LocalSystem:
		return "Has full control of the host as the operating system itself, and acts as the computer on the network."
	case LocalService:
		return "Uses the host as an ordinary user who may impersonate the clients that connect to it, and is anonymous on the network."
	case NetworkService:
		return "Uses the host as an ordinary user who may impersonate the clients that connect to it, and acts as the computer on the network."
	}
	return "Isn't an account that a HostProcess container can run as."
}

func (ServiceAccount) sealed() {}

// serviceAccount returns the account that the node logs on for the user part after
// NT AUTHORITY, or "". Names with and without the space are in use: Windows displays
// "LOCAL SERVICE", its service manager accepts "LocalService".
func serviceAccount(user string) ServiceAccount {
	switch {
	case equalFold(user, "SYSTEM"):
		return LocalSystem
	case equalFold(user, "Local Service"), equalFold(user, "LocalService"):
		return LocalService
	case equalFold(user, "NetworkService"), equalFold(user, "Network Service"):
		return NetworkService
	}
	return ""
}

// meantService returns the account that a person means by a user part, or "". It
// includes the names of LocalSystem that only the service manager accepts.
func meantService(user string) ServiceAccount {
	if equalFold(user, "LocalSystem") || equalFold(user, "Local System") {
		return LocalSystem
	}
	return serviceAccount(user)
}

// equalFold compares s and ascii, ignoring the case of ASCII letters. ascii must be
// ASCII: every other character that folds to an ASCII letter has more bytes.
func equalFold(s, ascii string) bool {
	return len(s) == len(ascii) && strings.EqualFold(s, ascii)
}
