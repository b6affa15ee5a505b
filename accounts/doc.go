// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package accounts names the accounts that a Windows HostProcess container can run
// as: the values of securityContext.windowsOptions.runAsUserName that nodes accept.
// Use [LocalService] for least privilege, [LocalSystem] for full control of the host,
// a [LocalGroup] of the node for anything in between, and [Parse] to read a name:
//
//	account, err := accounts.Parse(name)
//
// There are two kinds of accounts. A [ServiceAccount] is one of three accounts that
// every Windows host has and that need no password. A [LocalGroup] is a local group of
// the node: the runtime creates a user in that group, for as long as the container
// runs, and runs the process as that user. Local groups require containerd 1.7 or
// later on the node.
//
// Both implement [Account], and no other type does. So a function with an Account
// parameter can't be called with a string, not even a constant one: a misspelled name
// doesn't compile.
//
// # What a node does with the name
//
// The API server checks only the form of the name. On the node, the shim, which is the
// part of containerd that starts HostProcess containers, first asks Windows for a local
// group with the whole text as its name (containerd 1.7 or later). If there is none, it
// splits the text at the backslash and logs the user on without a password: as a
// service if the part before the backslash is exactly "NT AUTHORITY", in upper case and
// with its space, and interactively otherwise. Windows refuses an interactive logon
// without a password. (The exception is a user of the host without a password, if an
// administrator has turned off the policy "Limit local account use of blank passwords
// to console logon only".)
//
// So users, domain accounts and group managed service accounts (gMSA) don't work, and
// neither does "nt authority\system". A gMSA credential spec is ignored. If containerd
// itself doesn't run as LocalSystem or LocalService, no account works: the logon is
// denied.
//
// Sources: the shim's logon code
// (https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go),
// for containerd 1.6
// (https://github.com/microsoft/hcsshim/blob/v0.9.12/internal/jobcontainers/logon.go),
// the reason why users don't work (https://github.com/microsoft/hcsshim/pull/1286),
// and the API server's rules
// (https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L8845);
// on containerd's own account, the Kubernetes documentation
// (https://github.com/kubernetes/website/blob/23009a516ff325a0d551d0f69de43ceeeac60d65/content/en/docs/tasks/configure-pod-container/create-hostprocess-pod.md#troubleshooting-hostprocess-containers).
// Tests compare this package's model with what the shim's own code asked Windows for, in
// four versions. The policy is on by default
// (https://github.com/MicrosoftDocs/windows-itpro-docs/blob/20ef709c8381cff55b0d0c36049677b7992c1add/windows/security/threat-protection/security-policy-settings/accounts-limit-local-account-use-of-blank-passwords-to-console-logon-only.md#default-values).
//
// # Case
//
// "NT AUTHORITY" must be in upper case. The user part after it is not case-sensitive;
// SYSTEM, System and system are known to work. Windows compares the names of local
// groups without regard to case
// (https://learn.microsoft.com/openspecs/windows_protocols/ms-samr/3e92c4e9-cc54-40bf-9627-994dcee92857),
// so "administrators" is the group Administrators. [Parse] returns the canonical
// constant for a service account, and the name of a group unchanged.
package accounts
