// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"fmt"
	"log"

	"github.com/hostprocess-go/sdk/volumes"
)

func ExampleMode_Resolve() {
	_, err := volumes.ModeBind.Resolve("D:data")
	fmt.Println(err)
	// Output:
	// path "D:data" is relative to the current directory of a drive, which is undefined here; put a backslash after the drive: D:\data
}

func ExamplePortable() {
	ref, err := volumes.Portable("/etc/my agent")
	if err != nil {
		log.Fatal(err)
	}
	if ref, err = ref.Join("config.yaml"); err != nil {
		log.Fatal(err)
	}
	arg, _ := ref.Arg()
	cmd, _ := ref.Cmd()
	powerShell, _ := ref.PowerShell()
	fmt.Println("in args:      ", "--config="+arg)
	fmt.Println("in a batch:   ", "type", cmd)
	fmt.Println("in PowerShell:", "Get-Content", powerShell)
	// Output:
	// in args:       --config=%CONTAINER_SANDBOX_MOUNT_POINT%\etc\my agent\config.yaml
	// in a batch:    type "%CONTAINER_SANDBOX_MOUNT_POINT%\etc\my agent\config.yaml"
	// in PowerShell: Get-Content "$env:CONTAINER_SANDBOX_MOUNT_POINT\etc\my agent\config.yaml"
}

func ExampleRef_Join() {
	account, err := volumes.Portable(volumes.ServiceAccountDir)
	if err != nil {
		log.Fatal(err)
	}
	token, err := account.Join("token")
	if err != nil {
		log.Fatal(err)
	}
	word, err := token.PowerShell()
	fmt.Println("$token = Get-Content", word, err)
	// Output:
	// $token = Get-Content "$env:CONTAINER_SANDBOX_MOUNT_POINT\var\run\secrets\kubernetes.io\serviceaccount\token" <nil>
}

func ExampleSubstitute() {
	fmt.Println(volumes.Substitute(`%CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe --config %container_sandbox_mount_point%\x`, volumes.ModeBind.Root("")))
	// Output:
	// C:\hpc\agent.exe --config %container_sandbox_mount_point%\x
}

func ExampleRuntime_WorkingDir() {
	const containerID = "8f2c91d0" // shortened
	runtime, err := volumes.ParseRuntime("containerd://1.7.13")
	if err != nil {
		log.Fatal(err)
	}
	for _, dir := range []string{"", `C:\app`, `%CONTAINER_SANDBOX_MOUNT_POINT%\app`, "app"} {
		for _, mode := range []volumes.Mode{volumes.ModeBind, volumes.ModeSymlinkHPC} {
			got, err := runtime.WorkingDir(mode, mode.Root(containerID), dir)
			if err != nil {
				got = "an error"
			}
			fmt.Printf("%q in mode %s is %s\n", dir, mode, got)
		}
	}
	// Output:
	// "" in mode bind is C:\
	// "" in mode symlinkHPC is C:\hpc\8f2c91d0
	// "C:\\app" in mode bind is C:\app
	// "C:\\app" in mode symlinkHPC is C:\hpc\8f2c91d0\app
	// "%CONTAINER_SANDBOX_MOUNT_POINT%\\app" in mode bind is C:\hpc\app
	// "%CONTAINER_SANDBOX_MOUNT_POINT%\\app" in mode symlinkHPC is C:\hpc\8f2c91d0\app
	// "app" in mode bind is an error
	// "app" in mode symlinkHPC is C:\hpc\8f2c91d0\app
}
