// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"fmt"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
)

// sockets connects to a Unix socket that every kubelet listens on: by its path with and
// without a drive, and through a mount. Windows PowerShell doesn't support such sockets, so
// the script calls the Windows API. It sends nothing.
func sockets() Probe {
	const (
		socket    = "/var/lib/kubelet/device-plugins/kubelet.sock"
		mountPath = "/hostprocess-probe.sock"
		variable  = "HOSTPROCESS_PROBE_SOCKET"
		name      = "connects"
		// connect returns a Windows error code, or 0.
		// Source: https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-connect
		connect = `Add-Type -TypeDefinition @'
using System;
using System.Runtime.InteropServices;
using System.Text;
public static class Unix {
    [DllImport("ws2_32.dll")] static extern int WSAStartup(ushort version, byte[] data);
    [DllImport("ws2_32.dll", SetLastError = true)] static extern IntPtr socket(int family, int type, int protocol);
    [DllImport("ws2_32.dll", SetLastError = true)] static extern int connect(IntPtr socket, byte[] address, int length);
    [DllImport("ws2_32.dll")] static extern int closesocket(IntPtr socket);
    public static int Connect(string path) {
        WSAStartup(0x0202, new byte[1024]);
        IntPtr s = socket(1, 1, 0);
        if (s == new IntPtr(-1)) { return Marshal.GetLastWin32Error(); }
        byte[] address = new byte[110];
        address[0] = 1;
        Encoding.UTF8.GetBytes(path, 0, path.Length, address, 2);
        int code = connect(s, address, address.Length) == 0 ? 0 : Marshal.GetLastWin32Error();
        closesocket(s);
        return code;
    }
}
'@
`
	)
	p := trials(Probe{
		Name:    "unix-sockets",
		Claim:   "A program can connect to a Unix socket by its path with the drive, but not by a path without a drive, nor through a mount of the socket.",
		Settles: []string{"rule:socket-path-without-drive", "rule:unix-socket-mount"},
		Needs:   "LocalSystem, the only account with access to the socket; a kubelet that listens on " + socket + ", as it does with the default root directory",
	}, accounts.LocalSystem, func(n Node) []trial {
		connects := func(name, what string, path string, change func(hostprocess.Container) hostprocess.Container) trial {
			return trial{
				name: name, what: what, worked: connected, change: change,
				command: script(connect+"$path = "+path+"\n"+assign("code", "[Unix]::Connect($path)"), ""),
			}
		}
		plain := connects("drive", `C:`+socket, quote.PowerShell(`C:\var\lib\kubelet\device-plugins\kubelet.sock`), nil)
		bare := connects("no-drive", socket, "$Env:"+variable, func(c hostprocess.Container) hostprocess.Container {
			return c.WithEnv(variable, socket)
		})
		bare.rules = []validate.RuleID{"socket-path-without-drive"}
		mounted := connects("mount", "a mount of it", n.path(mountPath), func(c hostprocess.Container) hostprocess.Container {
			return c.WithMount(hostprocess.HostPath(`C:\var\lib\kubelet\device-plugins\kubelet.sock`), mountPath)
		})
		mounted.rules = []validate.RuleID{"unix-socket-mount"}
		return []trial{plain, bare, mounted}
	})
	judge := p.judge
	p.judge = func(n Node, answers []Answer, j *judgement) {
		// If the plain path fails, the others prove nothing.
		if worked, known, observation := connected(answers[0].container("drive")); !worked || !known {
			j.unclear("C:"+socket, "works", observation)
			return
		}
		judge(n, answers, j)
	}
	return p
}

// connected is the worked of a trial that should connect.
func connected(c Container) (worked, known bool, observation string) {
	var got struct{ Code *int }
	if !c.answered() {
		return false, false, c.problem()
	}
	if err := c.decode(&got); err != nil {
		return false, false, err.Error()
	}
	switch {
	case got.Code == nil:
		return false, false, "the answer doesn't include it"
	case *got.Code == 0:
		return true, true, "connected"
	}
	return false, true, fmt.Sprintf("Windows error %d", *got.Code)
}
