// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import "github.com/hostprocess-go/sdk/volumes"

// hasPlainEnv says whether no rule about env can have anything to say of the
// container, without a closer look: few variables, none of them one that Windows
// or the runtime sets, each with a value in which there is nothing special, and
// no two names alike. Most containers are like that.
func (c container) hasPlainEnv() bool {
	if len(c.Env) > few {
		return false
	}
	for i := range c.Env {
		e := &c.Env[i]
		if e.Value == "" && e.ValueFrom == nil || len(e.Name) == len("PATH") || len(e.Name) == len(volumes.SandboxVariable) || !plainValue(e.Value) || c.sameVariable(i, nil) >= 0 {
			return false
		}
	}
	return true
}

// plainValue says whether nothing in a value can be a path or a reference to
// the sandbox variable.
func plainValue(value string) bool {
	for i := range len(value) {
		s := specialOf[value[i]]
		if s&(percent|dollar) != 0 || s == separator && pathAt(value, i) == absolute {
			return false
		}
	}
	return true
}
