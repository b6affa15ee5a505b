// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"log"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// A script whose steps can fail. Reviewers of the manifest find it in the environment of
// the container.
func ExamplePowerShell() {
	logs := hostprocess.NewContainer("logs", hostprocess.BaseImage).
		WithCommand(hostprocess.PowerShell(`New-Item -ItemType Directory -Force -Path C:\app\logs
icacls.exe C:\app\logs /grant 'Users:(OI)(CI)RX'
if ($LASTEXITCODE) { exit $LASTEXITCODE }
Restart-Service app`))
	spec, err := hostprocess.NewPod(accounts.LocalSystem, logs).Build()
	if err != nil {
		log.Fatal(err)
	}
	c := spec.Containers[0]
	fmt.Println(c.Command[len(c.Command)-1])
	fmt.Println(c.Env[0].Name + ":")
	fmt.Println(c.Env[0].Value)
	// Output:
	// $ErrorActionPreference = 'Stop'; & ([ScriptBlock]::Create($env:HOSTPROCESS_SCRIPT)); exit $LASTEXITCODE
	// HOSTPROCESS_SCRIPT:
	// New-Item -ItemType Directory -Force -Path C:\app\logs
	// icacls.exe C:\app\logs /grant 'Users:(OI)(CI)RX'
	// if ($LASTEXITCODE) { exit $LASTEXITCODE }
	// Restart-Service app
}
