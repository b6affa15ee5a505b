// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// localSystemUnneeded: a container that only waits needs no rights.
var localSystemUnneeded = rule[containerCheck]{
	Rule: Rule{
		ID:    "local-system-unneeded",
		Title: `a container that only waits doesn't need NT AUTHORITY\SYSTEM`,
		Doc: `The container runs as NT AUTHORITY\SYSTEM and only waits: it is a pause container after init containers that did the work, or it sleeps until someone uses kubectl exec. Whoever gets into it, through kubectl exec or a bug in the program, controls the node's operating system.

The account that a program needs can't be seen from the pod, and most HostProcess programs need a powerful one. So the rule reports only containers whose command lines are all known to need no rights. Give such a container its own account, and keep the pod's for the others.

If the container is meant as a shell with all rights on the node, suppress this rule, and delete the pod after use.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			docSource,
			kepSource,
			"https://github.com/MicrosoftDocs/win32/blob/0180b6dbcaa133e58745702bf0ebefa871ee151b/desktop-src/Services/localsystem-account.md",
		},
		Fix: `set the container's securityContext.windowsOptions.runAsUserName to 'NT AUTHORITY\Local Service'`,
	},
	about: hasOwnOptions | runsAsSystem,
	check: func(p pod, c container) []problem {
		name := p.runAsUserName(c)
		if name == nil || !isLocalSystem(*name) || !p.hostProcess(c) || !c.onlyWaits() {
			return nil
		}
		return []problem{{
			field:   "securityContext.windowsOptions.runAsUserName",
			message: `is NT AUTHORITY\SYSTEM, but the container only waits: whoever gets into it controls the node`,
		}}
	},
}

// onlyWaits reports whether everything that the container runs is known to need no
// rights on the host.
func (c container) onlyWaits() bool {
	if len(c.Command) == 0 && (len(c.Args) > 0 || imageName(c.Image) != "pause") {
		return false // it runs the image's entrypoint
	}
	for line := range c.commands {
		if !line.onlyWaits() {
			return false
		}
	}
	return true
}

func (c command) onlyWaits() bool {
	if c.Len() == 0 {
		return false
	}
	for i := range c.Len() {
		if strings.ContainsAny(c.Word(i), cmdline.Metacharacters+"\n") {
			return false
		}
	}
	switch name := programName(c.Word(0)); {
	case waits(name):
		return true
	case name == "cmd":
		return c.Len() > 2 && strings.EqualFold(c.Word(1), "/c") && waits(programName(c.Word(2)))
	case name == "powershell":
		for i := 1; i < c.Len(); i++ {
			if strings.ContainsFunc(c.Word(i), notSleeping) || !sleeps(c.Word(i)) {
				return false
			}
		}
		return c.Len() > 1
	}
	return false
}

// waits reports whether a program only waits, or prints something harmless.
func waits(program string) bool {
	switch program {
	case "pause", "ping", "timeout", "hostname", "echo", "ver":
		return true
	}
	return false
}

// sleeps reports whether a part of a PowerShell script has only words of a loop that
// sleeps.
func sleeps(script string) bool {
	for word := range strings.FieldsFuncSeq(script, notLetter) {
		switch strings.ToLower(word) {
		case "command", "c", "noprofile", "while", "true", "start", "sleep", "seconds", "s":
		default:
			return false
		}
	}
	return true
}

func notLetter(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }

// notSleeping reports whether a character has no place in such a script.
func notSleeping(r rune) bool {
	return notLetter(r) && (r < '0' || r > '9') && !strings.ContainsRune("-(){}$; ", r)
}

// programName is the name of the program that a command line starts with,
// without its directory and its .exe, in lower case.
func programName(word string) string {
	word = word[strings.LastIndexAny(word, `/\`)+1:]
	word, _, _ = strings.Cut(word, " ")
	return strings.TrimSuffix(strings.ToLower(word), ".exe")
}

// imageName is the last part of an image's name, without tag and digest.
func imageName(image string) string {
	image = image[strings.LastIndexByte(image, '/')+1:]
	if end := strings.IndexAny(image, ":@"); end >= 0 {
		image = image[:end]
	}
	return image
}
