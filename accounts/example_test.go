// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"errors"
	"fmt"

	"github.com/hostprocess-go/sdk/accounts"
)

// An operator has an account in its configuration, as people write them.
func ExampleParse() {
	for _, name := range []string{
		`NT AUTHORITY\system`,
		`hpc-agents`,
		`CORP\webapp01$`,
	} {
		account, err := accounts.Parse(name)
		if err != nil {
			fmt.Println("error:", err)
			continue
		}
		fmt.Printf("%T %s\n", account, account.RunAsUserName())
	}
	// Output:
	// accounts.ServiceAccount NT AUTHORITY\SYSTEM
	// accounts.LocalGroup hpc-agents
	// error: account "CORP\webapp01$" needs a password (or is a group with a domain or host in front): the node can't log it on; write "NT AUTHORITY\Local Service", "NT AUTHORITY\NetworkService" or "NT AUTHORITY\SYSTEM", or the name of a local group alone (containerd 1.7 or later)
}

// A linter applies the suggestion if there is one, and uses the reason to classify the
// mistake.
func ExampleParseError() {
	for _, name := range []string{
		`nt authority\system`,
		`BUILTIN\Administrators`,
		`ContainerAdministrator`,
		`svc@corp.example.com`,
	} {
		_, err := accounts.Parse(name)
		var parseErr *accounts.ParseError
		if !errors.As(err, &parseErr) {
			continue
		}
		rejectedBy := "node"
		if parseErr.APIServer() {
			rejectedBy = "API server"
		}
		fmt.Printf("%s: %s, %s, suggestion %q\n", name, parseErr.Reason, rejectedBy, parseErr.Suggestion)
	}
	// Output:
	// nt authority\system: domain-spelling, node, suggestion "NT AUTHORITY\\SYSTEM"
	// BUILTIN\Administrators: local-prefix, node, suggestion "Administrators"
	// ContainerAdministrator: container-user, node, suggestion ""
	// svc@corp.example.com: illegal-character, API server, suggestion ""
}

// The service accounts and the built-in groups are constants, so that a switch
// can name them.
func ExampleAccount() {
	needsContainerd17 := func(account accounts.Account) bool {
		switch account {
		case accounts.LocalSystem, accounts.LocalService, accounts.NetworkService:
			return false
		}
		return true
	}
	for _, account := range []accounts.Account{
		accounts.LocalService,
		accounts.HyperVAdministrators,
		accounts.LocalGroup("hpc-agents"),
	} {
		fmt.Printf("%-26s %-14q %t\n", account.RunAsUserName(), account.SID(), needsContainerd17(account))
	}
	// Output:
	// NT AUTHORITY\Local Service "S-1-5-19"     false
	// Hyper-V Administrators     "S-1-5-32-578" true
	// hpc-agents                 ""             true
}

// A policy allows no account above the two service accounts of low privilege. A
// group that it doesn't know is not let through.
func ExamplePrivilege_AtMost() {
	for _, account := range []accounts.Account{
		accounts.LocalService,
		accounts.BackupOperators,
		accounts.LocalSystem,
		accounts.LocalGroup("hpc-agents"),
	} {
		allowed := account.Privilege().AtMost(accounts.PrivilegeNetworkService)
		fmt.Printf("%t: %s (%s)\n", allowed, account.RunAsUserName(), account.Privilege())
	}
	// Output:
	// true: NT AUTHORITY\Local Service (local service)
	// false: Backup Operators (administrator)
	// false: NT AUTHORITY\SYSTEM (local system)
	// false: hpc-agents (unknown)
}

// A report says what each account may do on the host.
func ExampleServiceAccount_Description() {
	for _, account := range []accounts.Account{accounts.LocalService, accounts.EventLogReaders} {
		fmt.Println(account.RunAsUserName()+":", account.Description())
	}
	// Output:
	// NT AUTHORITY\Local Service: Uses the host as an ordinary user who may impersonate the clients that connect to it, and is anonymous on the network.
	// Event Log Readers: Uses the host as an ordinary user who may read its event logs.
}

// A name that was put together by a program is checked before it is used.
func ExampleLocalGroup() {
	for _, environment := range []string{"prod", "a very long name for an environment of which there are many", "eu:west"} {
		group := accounts.LocalGroup("agents of the environment called " + environment + " for node maintenance")
		var parseErr *accounts.ParseError
		if errors.As(group.Validate(), &parseErr) {
			fmt.Println(parseErr.Problem())
			continue
		}
		fmt.Println("ok")
	}
	// Output:
	// ok
	// has a user or group name of 113 bytes, but the API server accepts at most 104
	// contains ":": the API server rejects names with any of "/\:;|=,+*?<>@[]
}
