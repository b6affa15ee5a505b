// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package firewall_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/firewall"
)

var update = flag.Bool("update", false, "write the golden files")

// script is what the first init container of a pod of the rule runs.
func script(t *testing.T, r firewall.Rule) string {
	t.Helper()
	return scriptOf(t, pod(r))
}

func scriptOf(t *testing.T, p hostprocess.Pod) string {
	t.Helper()
	c := build(t, p).InitContainers[0]
	if len(c.Env) != 1 {
		t.Fatalf("the script isn't in the manifest: %v", c)
	}
	return strings.ReplaceAll(c.Env[0].Value, "$$(", "$(")
}

// everything is a rule with every condition.
func everything(name string) firewall.Rule {
	return firewall.NewRule(name).
		WithPorts(corev1.ProtocolTCP, 9182, 80, 9182).
		WithPortRange(corev1.ProtocolTCP, 5000, 5020).
		WithProgram(`C:/Program Files/it's/agent.exe`).
		WithService("W32Time").
		WithProfiles(firewall.ProfilePrivate, firewall.ProfileDomain, firewall.ProfileDomain).
		WithRemoteAddresses("fd00::/8", "10.0.0.0/8", "10.0.0.0/8", "192.168.1.1/32", "fe80::1/128", "172.16.0.0/12", "192.168.16.0/20", "localsubnet", "192.0.2.1")
}

// The scripts, to be read.
func TestScripts(t *testing.T) {
	for file, got := range map[string]string{
		"ports.ps1":      script(t, metrics()),
		"program.ps1":    script(t, firewall.NewRule("kubeadm").WithProgram(`C:\k\kubeadm.exe`)),
		"everything.ps1": script(t, everything("Agent (metrics)")),
		"remove.ps1":     scriptOf(t, metrics().Removal()),
	} {
		path := "testdata/" + file
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got)\n%s\ngo test ./hostprocess/firewall -update writes it", file, diff)
		}
	}
}

// PowerShell reads any name as one string, and the rest of the script doesn't change.
func TestNamesCantInject(t *testing.T) {
	for _, scriptFor := range []func(string) string{
		func(name string) string { return script(t, everything(name)) },
		func(name string) string { return scriptOf(t, firewall.NewRule(name).Removal()) },
	} {
		const plain = "plain"
		wantCode, wantStrings := split(scriptFor(plain))
		for _, name := range []string{"a'b", "$(calc)", "a' 'b", "\u2019 calc #\u2018", "a & calc", "--%", "--%x", "it''s", "\u201a\u201b", "'; calc; '", "\u201c\u201d", "-Force", "#", "%TEMP%", "%"} {
			code, texts := split(scriptFor(name))
			if diff := cmp.Diff(wantCode, code); diff != "" {
				t.Errorf("%q: the code (-want +got)\n%s", name, diff)
			}
			for i, want := range wantStrings {
				if want == plain {
					want = name
				}
				if i >= len(texts) || texts[i] != want {
					t.Errorf("%q: the strings are %q", name, texts)
					break
				}
			}
		}
	}
}

// split returns a script without its strings in single quotes, and those. PowerShell
// treats typographic single quotes like ASCII ones.
func split(script string) (code string, texts []string) {
	const quotes = "'\u2018\u2019\u201a\u201b"
	var b, text strings.Builder
	runes, quoted := []rune(script), false
	for i := 0; i < len(runes); i++ {
		switch is := strings.ContainsRune(quotes, runes[i]); {
		case quoted && is && i+1 < len(runes) && strings.ContainsRune(quotes, runes[i+1]):
			text.WriteRune(runes[i])
			i++
		case is:
			if quoted {
				texts = append(texts, text.String())
				text.Reset()
			}
			quoted = !quoted
			b.WriteByte('\'')
		case quoted:
			text.WriteRune(runes[i])
		default:
			b.WriteRune(runes[i])
		}
	}
	return b.String(), texts
}
