// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// commandTokenCopy: the token of a service account expires.
var commandTokenCopy = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-token-copy",
		Title: "a copy of the service account's token expires",
		Doc: `The kubelet renews the token of a pod's service account in the mounted file, usually every hour; the old one expires. A script that copies it to the node, or writes it into a kubeconfig, works until then. The node that depends on it then fails, long after the pod has started well. Network plugins on AKS stopped so when their cluster's tokens became short-lived, because of a script setkubeconfigpath.ps1 that many manifests still run.

A kubeconfig can name the file instead, with tokenFile, and client-go reads it anew.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/Azure/AKS/issues/4679",
			"https://github.com/Azure/azure-container-networking/pull/3248",
			"https://github.com/kubernetes/website/blob/d7bb076e582878bcd29f984cf6e36e926eac59ba/content/en/docs/reference/access-authn-authz/service-accounts-admin.md",
		},
		Fix: "write a kubeconfig that names the token's file with tokenFile, or let the program read the mounted files",
	},
	check: func(_ pod, _ container, c command) []problem {
		if c.special&program == 0 {
			return nil
		}
		for i := range c.words() {
			if copier := c.copiesToken(i); copier != "" {
				return []problem{{
					field:   c.field(i),
					message: fmt.Sprintf("has %q, which copies the service account's token: the copy expires, usually within an hour", clip(copier)),
				}}
			}
		}
		return nil
	},
}

// copiesToken says by what the line copies the token that its i-th word names,
// or nothing.
func (c command) copiesToken(i int) string {
	word := c.word(i)
	if at := indexFold(word, "setkubeconfigpath"); at >= 0 {
		return word[at : at+len("setkubeconfigpath")]
	}
	if !namesToken(word) {
		return ""
	}
	for _, verb := range [...]string{
		"copy-item", "copy", "cp", "cpi", "xcopy", "robocopy", "move-item", "mv",
		"set-content", "add-content", "out-file", "writealltext", "set-credentials",
	} {
		if c.hasAnyWord(verb) {
			return verb
		}
	}
	return ""
}

// namesToken says whether a text has the path of the token, or of the directory
// that it is in.
func namesToken(text string) bool {
	const dir = "kubernetes.io"
	for {
		i := indexFold(text, dir)
		if i < 0 {
			return false
		}
		text = text[i+len(dir):]
		rest := strings.TrimLeft(text, `\/`)
		if len(rest) == len(text) || !hasPrefixFold(rest, "serviceaccount") {
			continue
		}
		file := strings.TrimLeft(rest[len("serviceaccount"):], `\/`)
		if !hasPrefixFold(file, "ca.crt") && !hasPrefixFold(file, "namespace") {
			return true
		}
	}
}
