// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// scripts claims the local group and the firewall rule that a container creates with a
// script in its command line, or in the variable in which package hostprocess stores it.
func (c *collector) scripts(field string, container *corev1.Container) {
	list := ".command"
	if makes(container.Args) {
		list = ".args"
	}
	c.script(slices.Concat(container.Command, container.Args), field+list)
	for i := range container.Env {
		if e := &container.Env[i]; cmdline.IsScriptVariable(e.Name) {
			c.script([]string{e.Value}, element(field, "env", i, ".value"))
		}
	}
}

// In lower case, as cmdline.IndexFold takes them.
const (
	makesGroup = "localgroup" // also New-LocalGroup
	makesRule  = "new-netfirewallrule"
)

// makes reports whether words contain a command that script looks for.
func makes(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		return cmdline.IndexFold(word, makesGroup) >= 0 || cmdline.IndexFold(word, makesRule) >= 0
	})
}

func (c *collector) script(words []string, field string) {
	if !makes(words) {
		return
	}
	text := strings.Join(words, " ")
	tokens := tokenize(text)
	if name, ok := groupOf(tokens); ok {
		c.add(group, strings.ToLower(name), shortened(name), grantsOf(tokens, name), field)
	}
	if name, ok := ruleOf(tokens); ok {
		sum := sha256.Sum256([]byte(text))
		c.add(firewall, strings.ToLower(name), shortened(name), hex.EncodeToString(sum[:8]), field)
	}
}

// tokenize splits a script of cmd or PowerShell into words, without their quotes. A line
// or a statement ends with an empty word.
func tokenize(text string) []string {
	var tokens []string
	var word strings.Builder
	open := false // in a word, even if it is empty so far
	depth := 0    // of brackets in the word, as in that of icacls: agents:(OI)(CI)M
	end := func() {
		if open {
			tokens = append(tokens, word.String())
		}
		word.Reset()
		open, depth = false, 0
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\'', '"':
			// A quote in the middle of a word, such as an apostrophe, is part of it.
			if open && c == '\'' {
				word.WriteByte(c)
				continue
			}
			open = true
			for i++; i < len(text); i++ {
				if text[i] == c {
					if i+1 < len(text) && text[i+1] == c {
						i++ // a doubled quote is one
					} else {
						break
					}
				}
				word.WriteByte(text[i])
			}
		case ' ', '\t':
			end()
		case '\r', '\n', ';', '|', '&', '{', '}', '(', ')':
			switch {
			case c == '(' && open:
				depth++
				word.WriteByte(c)
			case c == ')' && depth > 0:
				depth--
				word.WriteByte(c)
			default:
				end()
				tokens = append(tokens, "")
			}
		default:
			open = true
			word.WriteByte(c)
		}
	}
	end()
	return tokens
}

// assigned returns the text assigned to a PowerShell variable, or the word itself if it
// isn't a variable.
func assigned(tokens []string, word string) (string, bool) {
	if !strings.HasPrefix(word, "$") {
		return word, word != ""
	}
	for i := 0; i+2 < len(tokens); i++ {
		if strings.EqualFold(tokens[i], word) && tokens[i+1] == "=" {
			value := tokens[i+2]
			return value, value != "" && !strings.HasPrefix(value, "$")
		}
	}
	return "", false
}

// groupOf returns the local group that "net localgroup NAME /add" or New-LocalGroup
// creates.
func groupOf(tokens []string) (string, bool) {
	for i := 0; i+2 < len(tokens); i++ {
		if strings.EqualFold(tokens[i], makesGroup) && strings.EqualFold(tokens[i+2], "/add") {
			return assigned(tokens, tokens[i+1])
		}
	}
	return named(tokens, "new-localgroup", true)
}

// ruleOf returns the name of the firewall rule that New-NetFirewallRule creates. Without
// -Name, it generates one.
func ruleOf(tokens []string) (string, bool) { return named(tokens, makesRule, false) }

// named returns the -Name in the first call of a command that has one, or its first
// argument, if that can be the name.
func named(tokens []string, command string, positional bool) (string, bool) {
	called := false // in a statement with the command
	for i, token := range tokens {
		switch {
		case token == "":
			called = false
		case strings.EqualFold(token, command):
			called = true
			if positional && i+1 < len(tokens) && tokens[i+1] != "" && !strings.HasPrefix(tokens[i+1], "-") {
				return assigned(tokens, tokens[i+1])
			}
		case called && strings.EqualFold(token, "-Name") && i+1 < len(tokens):
			return assigned(tokens, tokens[i+1])
		}
	}
	return "", false
}

// grantsOf lists what a script grants a group: with icacls PATH /grant NAME:RIGHTS, and
// with Grant PATH RIGHTS, the function in the scripts of package hostprocess. It is
// shortened, but never the same for two that differ.
func grantsOf(tokens []string, name string) string {
	grants := map[string]string{}
	at := "" // the path that icacls is for, in a statement with it
	for i, token := range tokens {
		rest := tokens[i+1:]
		switch who, rights, ok := strings.Cut(token, ":"); {
		case token == "":
			at = ""
		case token == "Grant" && len(rest) > 1 && rest[0] != "" && rest[1] != "" && strings.Contains(rest[0], ":"):
			grants[strings.ToLower(rest[0])] = rest[1]
		case cmdline.IsNamed(token, "icacls") && len(rest) > 1 && rest[0] != "" && rest[1] != "" && cmdline.HasPrefixFold(rest[1], "/grant"):
			at = strings.ToLower(rest[0])
		case at != "" && ok && strings.EqualFold(who, name):
			grants[at] = rights
		}
	}
	if len(grants) == 0 {
		return "no known access"
	}
	var list []string
	for _, at := range slices.Sorted(maps.Keys(grants)) {
		list = append(list, grants[at]+" on "+at)
	}
	text := strings.Join(list, ", ")
	if short := shortened(text); short != text {
		sum := sha256.Sum256([]byte(text))
		text = short + " [" + hex.EncodeToString(sum[:4]) + "]"
	}
	return text
}
