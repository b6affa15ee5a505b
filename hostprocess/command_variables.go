// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/volumes"
)

// references checks that the kubelet knows the variables that the arguments refer to.
func (b *build) references(c Command, built *corev1.Container, in commandField) {
	for i, arg := range c.words[1:] {
		for _, name := range cmdline.References(arg) {
			if err := known(built, name, in); err != nil {
				b.wrong(built.Name, string(c.method), fmt.Sprintf("args[%d]", i), arg, err)
			}
		}
	}
}

// known returns an error if the kubelet doesn't know the value of a variable.
func known(built *corev1.Container, name string, in commandField) error {
	at := slices.IndexFunc(built.Env, func(v corev1.EnvVar) bool { return v.Name == name })
	switch {
	case in == inProbe && (at < 0 || built.Env[at].Value == ""):
		return fmt.Errorf("refers to %s, which isn't set with WithEnv: in a probe the kubelet knows no other variables", quote.Text(name))
	case in == inProbe && cmdline.Protect(built.Env[at].Value) != built.Env[at].Value:
		return fmt.Errorf("refers to %s, whose value contains $$ or $(, which the kubelet doesn't expand or unescape in a probe", quote.Text(name))
	case in != inProbe && at < 0 && len(built.EnvFrom) == 0:
		return fmt.Errorf("refers to %s, which the container doesn't have: set it with WithEnv or WithEnvValueFrom", quote.Text(name))
	}
	return nil
}

// values checks that values set with WithEnv arrive where the arguments refer to them.
// The program was encoded for values without characters that cmd acts on; this encodes
// it again with the known values.
func (b *build) values(c Command, built *corev1.Container, list []string) {
	route := cmdline.Route{Expand: true, Env: map[string]string{}, Root: volumes.ModeBind.Root(""), Shell: true}
	const unknown = "x"
	refers := -1
	for i, arg := range c.words[1:] {
		for _, name := range cmdline.References(arg) {
			route.Env[name] = unknown
			refers = i
		}
	}
	for _, v := range built.Env {
		if v.ValueFrom == nil {
			route.Env[v.Name] = cmdline.Expand(v.Value, route.Env)
		}
	}
	got, err := route.Arguments(list)
	want := []string{cmdline.Substitute(cmdline.Expand(list[0], route.Env), route.Root)}
	for _, arg := range c.words[1:] {
		want = append(want, cmdline.Substitute(cmdline.Expand(arg, route.Env), route.Root))
	}
	if err != nil || !slices.Equal(got, want) {
		b.wrong(built.Name, string(c.method), fmt.Sprintf("args[%d]", refers), c.words[refers+1], errLiveValue)
	}
}

var errLiveValue = errors.New("would not arrive with the values set by WithEnv: nodes with the bind filter run the line in cmd, which acts on quotes, line breaks and & | < > ( ) ^ % in them; let the program read the variable itself")
