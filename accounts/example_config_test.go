// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"encoding/json"
	"fmt"

	"github.com/hostprocess-go/sdk/accounts"
)

// settings are what an operator reads from its configuration.
type settings struct {
	Image string
	RunAs string
}

// account returns the account that the agent runs as: that of the settings, or
// the least privileged one that every node has. It is never the operating system.
func (s settings) account() (accounts.Account, error) {
	if s.RunAs == "" {
		return accounts.LocalService, nil
	}
	account, err := accounts.Parse(s.RunAs)
	if err != nil {
		return nil, fmt.Errorf("runAs: %w", err)
	}
	if account.SID() == accounts.LocalSystem.SID() {
		return nil, fmt.Errorf("runAs: %s is more than an agent needs; write a local group of the node", account.RunAsUserName())
	}
	return account, nil
}

// An operator takes the account from its configuration.
func Example_configuration() {
	for _, text := range []string{
		`{"image": "registry.example.com/agent:1.4"}`,
		`{"image": "registry.example.com/agent:1.4", "runAs": "hpc-agents"}`,
		`{"image": "registry.example.com/agent:1.4", "runAs": "NT AUTHORITY\\System"}`,
		`{"image": "registry.example.com/agent:1.4", "runAs": "ContainerAdministrator"}`,
	} {
		var s settings
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			fmt.Println(err)
			return
		}
		account, err := s.account()
		if err != nil {
			fmt.Println("error:", err)
			continue
		}
		fmt.Printf("%s, %s\n", account.RunAsUserName(), account.Privilege())
	}
	// Output:
	// NT AUTHORITY\Local Service, local service
	// hpc-agents, unknown
	// error: runAs: NT AUTHORITY\SYSTEM is more than an agent needs; write a local group of the node
	// error: runAs: account "ContainerAdministrator" exists only in ordinary containers, not on the host: the node can't log it on; write "NT AUTHORITY\Local Service", "NT AUTHORITY\NetworkService" or "NT AUTHORITY\SYSTEM", or the name of a local group alone (containerd 1.7 or later)
}
