// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package task

import "fmt"

// Meaning returns what an exit code usually means on Windows, or an empty text for one
// that only the program itself can explain. A program is free to end with any code.
//
// If Windows ends a program, or can't start it, the exit code is the NTSTATUS value or
// the exception, which the API of Kubernetes shows as a negative number: 0xC0000135 is
// -1073741515.
//
// Sources:
// https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55 (NTSTATUS)
// https://learn.microsoft.com/en-us/windows/win32/procthread/terminating-a-process (exceptions)
// https://github.com/containerd/containerd/blob/v2.3.4/internal/cri/server/container_status.go (ExitCode)
func Meaning(exitCode int32) string {
	if meaning, ok := meanings[uint32(exitCode)]; ok {
		return meaning
	}
	const severity, failure = 0xF0000000, 0xC0000000 // severity error, neither customer nor reserved
	if uint32(exitCode)&severity == failure {
		return "a Windows NTSTATUS error, which ended the program or kept it from starting"
	}
	return ""
}

// meanings by exit code. Unless another source is given, they are from the list of
// NTSTATUS values.
var meanings = map[uint32]string{
	0: "success",

	// Killed: https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/jobcontainer.go#L613
	1: "the program failed, PowerShell stopped at an error, cmd didn't find the program, or the runtime killed it",
	// STILL_ACTIVE: https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess
	259: "the value that Windows reports for a running process (STILL_ACTIVE); a program must not exit with it",
	// https://learn.microsoft.com/en-us/windows/win32/msi/error-codes
	1603: "if the program was msiexec: a fatal error during the installation",
	1618: "if the program was msiexec: another installation is in progress",
	1641: "if the program was msiexec: success, and a restart of the node has begun",
	3010: "if the program was msiexec: success, and the node must be restarted",
	// MSG_DIR_BAD_COMMAND_OR_FILE: https://stackoverflow.com/questions/23091906/official-ms-reference-for-cmd-exe-errorlevel-9009
	9009: "cmd didn't find a command",

	0x80000003: "a breakpoint or a failed assertion in the program (STATUS_BREAKPOINT)",
	0xC0000005: "the program accessed invalid memory (STATUS_ACCESS_VIOLATION)",
	0xC0000017: "not enough memory (STATUS_NO_MEMORY)",
	0xC000001D: "an instruction that this CPU doesn't support (STATUS_ILLEGAL_INSTRUCTION)",
	0xC0000022: "the account lacks the right to read a file that the program needs, or another right (STATUS_ACCESS_DENIED)",
	0xC000007B: "the program or a DLL is for another CPU architecture, such as 32-bit, or is damaged (STATUS_INVALID_IMAGE_FORMAT)",
	0xC0000094: "a division by zero (STATUS_INTEGER_DIVIDE_BY_ZERO)",
	0xC00000FD: "a stack overflow in the program (STATUS_STACK_OVERFLOW)",
	0xC000012D: "the node had no more memory to commit (STATUS_COMMITMENT_LIMIT)",
	0xC0000135: "a DLL that the program needs was not found (STATUS_DLL_NOT_FOUND)",
	0xC0000138: "a DLL lacks a function that the program needs, so it is another version (STATUS_ORDINAL_NOT_FOUND)",
	0xC0000139: "a DLL lacks a function that the program needs, so it is another version (STATUS_ENTRYPOINT_NOT_FOUND)",
	0xC000013A: "the program was signaled to stop (STATUS_CONTROL_C_EXIT)",
	0xC0000142: "a DLL could not be initialized (STATUS_DLL_INIT_FAILED)",
	0xC0000374: "the program damaged its own heap (STATUS_HEAP_CORRUPTION)",
	0xC0000409: "the program detected a corrupted stack, or called abort (STATUS_STACK_BUFFER_OVERRUN)",
	// https://github.com/dotnet/runtime/blob/v8.0.0/src/coreclr/inc/corexcep.h (EXCEPTION_COMPLUS)
	0xE0434352: "an unhandled .NET exception in the program",
}

// hex formats an exit code as documents list it: NTSTATUS values in hexadecimal.
func hex(exitCode int32) string {
	if exitCode < 0 {
		return fmt.Sprintf("0x%X (%d)", uint32(exitCode), exitCode)
	}
	return fmt.Sprint(exitCode)
}
