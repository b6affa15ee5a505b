// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

// Account is an account that a HostProcess container can run as: a
// [ServiceAccount] or a [LocalGroup]. Both are strings that can be compared and
// used in a switch and as map keys. No other type is an Account, unless it embeds
// one. A nil Account names no account. A pointer to an account is an Account too;
// [Value] dereferences it.
type Account interface {
	// RunAsUserName returns the text to set as
	// securityContext.windowsOptions.runAsUserName.
	RunAsUserName() string

	// Validate returns nil if a node can run a container as the account, and
	// a *[ParseError] otherwise. It returns nil exactly when
	// Parse(RunAsUserName()) returns this value.
	Validate() error

	// SID returns the security identifier that the account has on every
	// Windows host, as in "S-1-5-18", or "" if it has no well-known one.
	SID() string

	// Privilege returns how much power over the host the account gives.
	Privilege() Privilege

	// Description describes in one sentence what a process that runs as the
	// account may do on the host.
	Description() string

	sealed()
}

// Value returns the [ServiceAccount] or [LocalGroup] that account is or points
// to. It returns nil if there is none: for nil, for a nil pointer, whose methods
// panic, and for a type that embeds an Account, whose methods may return anything.
//
// Functions that take an Account from a caller call Value first. They can then
// compare the account and use it in a type switch, and it doesn't change when the
// caller's variable does.
func Value(account Account) Account {
	switch account := account.(type) {
	case ServiceAccount, LocalGroup:
		return account
	case *ServiceAccount:
		if account != nil {
			return *account
		}
	case *LocalGroup:
		if account != nil {
			return *account
		}
	}
	return nil
}
