// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package nodes

// Directories are directories that every Windows node has and uses, and
// those of the kubelet.
var Directories = [...]string{
	`C:\Windows`,
	`C:\Windows\System32`,
	`C:\Windows\System32\drivers`,
	`C:\Windows\System32\drivers\etc`,
	`C:\Windows\System32\WindowsPowerShell\v1.0`,
	`C:\Windows\SysWOW64`,
	`C:\Windows\Temp`,
	`C:\Program Files`,
	`C:\Program Files (x86)`,
	`C:\ProgramData`,
	`C:\Users`,
	`C:\k`,
	`C:\var\lib\kubelet`,
}
