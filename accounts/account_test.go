// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/accounts"
)

func TestServiceAccounts(t *testing.T) {
	tests := []struct {
		account   accounts.ServiceAccount
		name, sid string
		privilege accounts.Privilege
	}{
		{accounts.LocalSystem, `NT AUTHORITY\SYSTEM`, "S-1-5-18", accounts.PrivilegeLocalSystem},
		{accounts.LocalService, `NT AUTHORITY\Local Service`, "S-1-5-19", accounts.PrivilegeLocalService},
		{accounts.NetworkService, `NT AUTHORITY\NetworkService`, "S-1-5-20", accounts.PrivilegeNetworkService},
		{"", "", "", accounts.PrivilegeUnknown},
		{"Users", "Users", "", accounts.PrivilegeUnknown},
	}
	for _, tt := range tests {
		if got := tt.account.RunAsUserName(); got != tt.name {
			t.Errorf("%q: RunAsUserName() = %q", tt.account, got)
		}
		checkFacts(t, tt.account, tt.sid, tt.privilege)
	}
}

// builtinGroups are the constants of type LocalGroup with their SIDs.
var builtinGroups = []struct {
	group     accounts.LocalGroup
	name, sid string
	privilege accounts.Privilege
}{
	{accounts.Administrators, "Administrators", "S-1-5-32-544", accounts.PrivilegeAdministrator},
	{accounts.Users, "Users", "S-1-5-32-545", accounts.PrivilegeUser},
	{accounts.Guests, "Guests", "S-1-5-32-546", accounts.PrivilegeUser},
	{accounts.PowerUsers, "Power Users", "S-1-5-32-547", accounts.PrivilegeOperator},
	{accounts.BackupOperators, "Backup Operators", "S-1-5-32-551", accounts.PrivilegeAdministrator},
	{accounts.Replicator, "Replicator", "S-1-5-32-552", accounts.PrivilegeUser},
	{accounts.RemoteDesktopUsers, "Remote Desktop Users", "S-1-5-32-555", accounts.PrivilegeUser},
	{accounts.NetworkConfigurationOperators, "Network Configuration Operators", "S-1-5-32-556", accounts.PrivilegeOperator},
	{accounts.PerformanceMonitorUsers, "Performance Monitor Users", "S-1-5-32-558", accounts.PrivilegeUser},
	{accounts.PerformanceLogUsers, "Performance Log Users", "S-1-5-32-559", accounts.PrivilegeOperator},
	{accounts.DistributedCOMUsers, "Distributed COM Users", "S-1-5-32-562", accounts.PrivilegeUser},
	{accounts.IISUsers, "IIS_IUSRS", "S-1-5-32-568", accounts.PrivilegeUser},
	{accounts.CryptographicOperators, "Cryptographic Operators", "S-1-5-32-569", accounts.PrivilegeOperator},
	{accounts.EventLogReaders, "Event Log Readers", "S-1-5-32-573", accounts.PrivilegeUser},
	{accounts.CertificateServiceDCOMAccess, "Certificate Service DCOM Access", "S-1-5-32-574", accounts.PrivilegeUser},
	{accounts.HyperVAdministrators, "Hyper-V Administrators", "S-1-5-32-578", accounts.PrivilegeAdministrator},
	{accounts.AccessControlAssistanceOperators, "Access Control Assistance Operators", "S-1-5-32-579", accounts.PrivilegeUser},
	{accounts.RemoteManagementUsers, "Remote Management Users", "S-1-5-32-580", accounts.PrivilegeUser},
	{accounts.SystemManagedAccountsGroup, "System Managed Accounts Group", "S-1-5-32-581", accounts.PrivilegeUser},
	{accounts.StorageReplicaAdministrators, "Storage Replica Administrators", "S-1-5-32-582", accounts.PrivilegeOperator},
	{accounts.DeviceOwners, "Device Owners", "S-1-5-32-583", accounts.PrivilegeUser},
}

func TestBuiltinGroups(t *testing.T) {
	for _, tt := range builtinGroups {
		if got := tt.group.RunAsUserName(); got != tt.name {
			t.Errorf("%q: RunAsUserName() = %q", tt.group, got)
		}
		if got, err := accounts.Parse(tt.name); got != tt.group || err != nil {
			t.Errorf("Parse(%q) = %#v, %v", tt.name, got, err)
		}
		if err := tt.group.Validate(); err != nil {
			t.Errorf("%q isn't valid: %v", tt.group, err)
		}
		checkFacts(t, tt.group, tt.sid, tt.privilege)
		// Windows doesn't care for the case of a group's name.
		checkFacts(t, accounts.LocalGroup(strings.ToLower(tt.name)), tt.sid, tt.privilege)
		checkFacts(t, accounts.LocalGroup(strings.ToUpper(tt.name)), tt.sid, tt.privilege)
	}
}

// TestBuiltinGroupsComplete checks that the table above has every constant of
// group.go, and that the comment of each names its SID and a source at a commit.
func TestBuiltinGroupsComplete(t *testing.T) {
	sids := make(map[string]string)
	for _, tt := range builtinGroups {
		sids[tt.name] = tt.sid
	}
	source := regexp.MustCompile(`https://github\.com/MicrosoftDocs/[a-z-]+/blob/[0-9a-f]{40}/\S+`)
	ast.Inspect(parse(t, token.NewFileSet(), "group.go"), func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		sid, ok := sids[name]
		if !ok {
			t.Errorf("%s isn't in the table", spec.Names[0])
			return true
		}
		if doc := spec.Doc.Text(); !strings.Contains(doc, "SID "+sid+",") || !source.MatchString(doc) {
			t.Errorf("the comment of %s doesn't name %s or a source at a commit:\n%s", spec.Names[0], sid, doc)
		}
		delete(sids, name)
		return true
	})
	if len(sids) > 0 {
		t.Errorf("not in group.go: %v", sids)
	}
}

func TestValue(t *testing.T) {
	service, group, unknown := accounts.LocalService, accounts.LocalGroup("hpc-agents"), accounts.ServiceAccount("x")
	type embedding struct{ accounts.Account }
	type named struct{ accounts.LocalGroup }
	for name, tt := range map[string]struct{ account, want accounts.Account }{
		"nil":                        {nil, nil},
		"service account":            {service, service},
		"group":                      {group, group},
		"pointer to service account": {&service, service},
		"pointer to group":           {&group, group},
		"nil service account":        {(*accounts.ServiceAccount)(nil), nil},
		"nil group":                  {(*accounts.LocalGroup)(nil), nil},
		"not valid":                  {&unknown, unknown}, // for Validate to say
		"embedding nothing":          {embedding{}, nil},
		"embedding an account":       {embedding{service}, nil},
		"embedding a group":          {named{group}, nil},
		"pointer to an embedding":    {&named{group}, nil},
	} {
		if got := accounts.Value(tt.account); got != tt.want {
			t.Errorf("%s: %#v, want %#v", name, got, tt.want)
		}
	}
	got := accounts.Value(&group)
	group = "changed"
	if got != accounts.LocalGroup("hpc-agents") {
		t.Errorf("the value follows the variable: %#v", got)
	}
}

func TestOtherGroups(t *testing.T) {
	for _, group := range []accounts.LocalGroup{"", "hpc-localgroup", "Administratoren", "Administrators ", "Uſers"} {
		checkFacts(t, group, "", accounts.PrivilegeUnknown)
	}
}

func checkFacts(t *testing.T, account accounts.Account, sid string, privilege accounts.Privilege) {
	t.Helper()
	if got := account.SID(); got != sid {
		t.Errorf("%#v: SID() = %q, want %q", account, got, sid)
	}
	if got := account.Privilege(); got != privilege {
		t.Errorf("%#v: Privilege() = %v, want %v", account, got, privilege)
	}
	description := account.Description()
	if !strings.HasSuffix(description, ".") || strings.Contains(description, ". ") || strings.TrimSpace(description) != description {
		t.Errorf("%#v: Description() = %q, want one sentence", account, description)
	}
}

func TestDescriptionsDiffer(t *testing.T) {
	seen := map[string]accounts.Account{}
	all := []accounts.Account{accounts.LocalSystem, accounts.LocalService, accounts.NetworkService, accounts.LocalGroup("other")}
	for _, g := range builtinGroups {
		all = append(all, g.group)
	}
	for _, account := range all {
		if other, ok := seen[account.Description()]; ok {
			t.Errorf("%#v and %#v have the same description", account, other)
		}
		seen[account.Description()] = account
	}
}

func TestPrivilegeOrder(t *testing.T) {
	order := []accounts.Privilege{
		accounts.PrivilegeUser,
		accounts.PrivilegeLocalService,
		accounts.PrivilegeNetworkService,
		accounts.PrivilegeOperator,
		accounts.PrivilegeAdministrator,
		accounts.PrivilegeLocalSystem,
	}
	names := map[string]bool{accounts.PrivilegeUnknown.String(): true}
	for i, p := range order {
		for j, limit := range order {
			if got, want := p.AtMost(limit), i <= j; got != want {
				t.Errorf("(%v).AtMost(%v) = %t, want %t", p, limit, got, want)
			}
		}
		if p.AtMost(accounts.PrivilegeUnknown) || accounts.PrivilegeUnknown.AtMost(p) {
			t.Errorf("%v can be compared with an unknown privilege", p)
		}
		if names[p.String()] {
			t.Errorf("two privileges are called %q", p)
		}
		names[p.String()] = true
	}
	var zero accounts.Privilege
	if zero != accounts.PrivilegeUnknown || zero.AtMost(zero) || zero.String() != "unknown" {
		t.Errorf("the zero privilege is %v", zero)
	}
	if beyond := accounts.PrivilegeLocalSystem + 1; beyond.AtMost(accounts.PrivilegeLocalSystem) || beyond.String() != "unknown" {
		t.Errorf("a privilege beyond the last is %v", beyond)
	}
}
