// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// text is a text in a container that its program gets: a word of a command line, or the
// value of a variable.
type text struct {
	string
	// line and word are its place, if it is a word.
	line command
	word int
	// env is the index of the variable, or noIndex.
	env int
}

// texts ranges over the texts of a container.
func (c container) texts(yield func(text) bool) {
	for line := range c.commands {
		for i := range line.Len() {
			if !yield(text{line.Word(i), line, i, noIndex}) {
				return
			}
		}
	}
	for i := range c.Env {
		if !yield(text{string: c.Env[i].Value, env: i}) {
			return
		}
	}
}

// problem returns a problem of the text.
func (t text) problem(message, fix string) problem {
	if t.env != noIndex {
		return problem{list: "env", index: t.env, field: "value", message: message, fix: fix}
	}
	return problem{field: join(t.line.at, t.line.field(t.word)), message: message, fix: fix}
}
