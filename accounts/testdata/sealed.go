// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package sealed is type-checked by TestOnlyAccountsCompile. Each line with an
// ERROR comment must fail to compile with an error that matches its pattern,
// and no other line may fail.
package sealed

import "github.com/hostprocess-go/sdk/accounts"

func runAs(accounts.Account) {}

const (
	untyped        = `NT AUTHORITY\SYSTEM`
	typed   string = `NT AUTHORITY\SYSTEM`
)

type otherString string

type otherAccount struct{}

func (otherAccount) RunAsUserName() string         { return untyped }
func (otherAccount) Validate() error               { return nil }
func (otherAccount) SID() string                   { return "" }
func (otherAccount) Privilege() accounts.Privilege { return accounts.PrivilegeUnknown }
func (otherAccount) Description() string           { return "" }
func (otherAccount) sealed()                       {}

func rejected(variable string) {
	runAs("NT AUTHORITY\\SYSTEM")                        // ERROR "cannot use .* as accounts.Account value in argument to runAs: string does not implement accounts.Account"
	runAs(untyped)                                       // ERROR "cannot use untyped .* as accounts.Account value in argument to runAs: string does not implement accounts.Account"
	runAs(typed)                                         // ERROR "cannot use typed .* as accounts.Account value in argument to runAs: string does not implement accounts.Account"
	runAs(variable)                                      // ERROR "cannot use variable .* as accounts.Account value in argument to runAs: string does not implement accounts.Account"
	runAs(otherString(variable))                         // ERROR "cannot use otherString\(variable\) .* as accounts.Account value in argument to runAs: otherString does not implement accounts.Account"
	runAs(otherAccount{})                                // ERROR "cannot use otherAccount\{\} .* as accounts.Account value in argument to runAs: otherAccount does not implement accounts.Account \(unexported method sealed\)"
	var _ accounts.Account = "Users"                     // ERROR "cannot use .* as accounts.Account value in variable declaration: string does not implement accounts.Account"
	_ = []accounts.Account{accounts.Users, "Users"}      // ERROR "cannot use .* as accounts.Account value in array or slice literal: string does not implement accounts.Account"
	_ = accounts.Account(variable)                       // ERROR "cannot convert variable .* to type accounts.Account: string does not implement accounts.Account"
	var _ accounts.ServiceAccount = accounts.Users       // ERROR "cannot use accounts.Users .* as accounts.ServiceAccount value in variable declaration"
	var _ accounts.LocalGroup = accounts.LocalService    // ERROR "cannot use accounts.LocalService .* as accounts.LocalGroup value in variable declaration"
	_ = accounts.PrivilegeUser.AtMost("local system")    // ERROR "cannot use .* as accounts.Privilege value in argument to accounts.PrivilegeUser.AtMost"
	_ = accounts.Administrators == accounts.LocalService // ERROR "mismatched types accounts.LocalGroup and accounts.ServiceAccount"
}

func accepted(variable string) {
	runAs(accounts.LocalService)
	runAs(accounts.HyperVAdministrators)
	runAs(accounts.LocalGroup("hpc-agents"))
	runAs(accounts.LocalGroup(variable))
	runAs(nil)
	if account, err := accounts.Parse(variable); err == nil {
		runAs(account)
		switch account {
		case accounts.LocalSystem, accounts.LocalService, accounts.NetworkService:
		case accounts.Administrators, accounts.LocalGroup("hpc-agents"):
		}
	}
	const name string = string(accounts.LocalSystem) + string(accounts.Users)
	_ = name
}
