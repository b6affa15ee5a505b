/*
 * Copyright The hostprocess-go Authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * bcryptprimitives.dll for wine 8, which has none. A Go program for Windows
 * needs this one function before it can start; the random bytes come from
 * SystemFunction036 of advapi32 (RtlGenRandom).
 */
#include <stddef.h>

__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *buffer, unsigned long length);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *buffer, size_t length)
{
	return SystemFunction036(buffer, (unsigned long)length);
}
