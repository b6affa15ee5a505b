// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"slices"
	"testing"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

func TestOnlyWaits(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  bool
	}{
		{nil, false},
		{[]string{"pause.exe"}, true}, {[]string{`C:\x\PING.exe`, "-t"}, true}, {[]string{"agent.exe"}, false},
		{[]string{"pause", "a\nb"}, false}, {[]string{"ping", "x & y"}, false},
		{[]string{"cmd", "/c", "pause"}, true}, {[]string{"cmd", "/C", "ping -t localhost"}, true},
		{[]string{"cmd"}, false}, {[]string{"cmd", "/c"}, false}, {[]string{"cmd", "/k", "pause"}, false}, {[]string{"cmd", "/c", "agent"}, false},
		{[]string{"powershell"}, false}, {[]string{"powershell", "-c", "sleep 10"}, true},
		{[]string{"powershell", "-Command", "while ($true) { Start-Sleep -Seconds 3600 }"}, true},
		{[]string{"powershell", "-Command", "Start-Process agent"}, false}, {[]string{"powershell", "sleep[1]"}, false}, {[]string{"powershell", "sleep", "a/b"}, false},
	} {
		if line := (command{Line: cmdline.Line{Command: test.words}}); line.onlyWaits() != test.want {
			t.Errorf("%q: %t", test.words, !test.want)
		}
	}
	for r := range rune(0x80) {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if notLetter(r) == letter {
			t.Errorf("notLetter(%q) is %t", r, letter)
		}
		sleeping := letter || '0' <= r && r <= '9' || slices.Contains([]rune("-(){}$; "), r)
		if notSleeping(r) == sleeping {
			t.Errorf("notSleeping(%q) is %t", r, sleeping)
		}
	}
	eachIs(t, "imageName", imageName, map[string]string{"pause": "pause", "registry.example.com:5000/x/pause:3.10": "pause", "pause@sha256:0": "pause", ":x": "", "": ""})
}

func TestIsLocalSystem(t *testing.T) {
	eachIs(t, "isLocalSystem", isLocalSystem, map[string]bool{`NT AUTHORITY\SYSTEM`: true, `nt authority\system`: true, `NT AUTHORITY\SYSTEN`: false, `NT AUTHORITY\Local Service`: false, "": false})
}
