// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// commandTokenCopy: the token of a service account expires.
var commandTokenCopy = rule[commandCheck]{
	Rule: Rule{
		ID:    "command-token-copy",
		Title: "a copy of the service account's token expires",
		Doc: `The kubelet renews the token of a pod's service account in the mounted file, usually every hour. It doesn't renew copies: a script that copies the token to the node, or writes it into a kubeconfig, works until that token expires or its pod is deleted. By default, the API server lets a pod's token live for a year; with --service-account-extend-token-expiration off, as on AKS, for an hour. Whatever depends on the copy on the node then fails, long after the pod has started. Network plugins on AKS failed this way when their clusters' tokens became short-lived, because of a script setkubeconfigpath.ps1 that many manifests still run.

Write a kubeconfig that refers to the mounted file with tokenFile instead: client-go rereads the file.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/Azure/AKS/issues/4679",
			"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/core/serviceaccount/storage/token.go#L281-L289",
			"https://github.com/Azure/azure-container-networking/pull/3248",
			"https://github.com/kubernetes/website/blob/d7bb076e582878bcd29f984cf6e36e926eac59ba/content/en/docs/reference/access-authn-authz/service-accounts-admin.md",
		},
		Fix: "write a kubeconfig that refers to the token's file with tokenFile, or let the program read the mounted files",
	},
	about: hasKube,
	check: func(_ pod, _ container, c command) []problem {
		// The meaning of the arguments of the image's own program isn't known.
		if c.Len() == 0 || isImageExe(c.Word(0)) {
			return nil
		}
		i, copier := c.copiesToken()
		if copier == "" {
			return nil
		}
		return []problem{{
			field:   c.field(i),
			message: fmt.Sprintf("has %s, which copies the service account's token: the copy isn't renewed, and expires after an hour or a year, or with its pod", quoted(copier)),
		}}
	},
}

// copiesToken returns the index of the word that names the token, and the command that
// copies it.
func (c command) copiesToken() (int, string) {
	searched := false
	for i := range c.Len() {
		word := c.Word(i)
		if at := cmdline.IndexFold(word, "setkubeconfigpath"); at >= 0 {
			return i, word[at : at+len("setkubeconfigpath")]
		}
		if searched || !namesToken(word) {
			continue
		}
		if verb := c.copyVerb(); verb != "" {
			return i, verb
		}
		searched = true
	}
	return 0, ""
}

// copyVerb returns the command of the line that copies or writes a file, or "".
func (c command) copyVerb() string {
	for _, verb := range [...]string{
		"copy-item", "copy", "cp", "cpi", "xcopy", "robocopy", "move-item", "mv",
		"set-content", "add-content", "out-file", "writealltext", "set-credentials",
	} {
		if c.HasAnyWord(verb) {
			return verb
		}
	}
	return ""
}

// namesToken reports whether a text has the path of the token, or of the directory
// that it is in.
func namesToken(text string) bool {
	const dir = "kubernetes.io"
	for {
		i := cmdline.IndexFold(text, dir)
		if i < 0 {
			return false
		}
		text = text[i+len(dir):]
		rest := strings.TrimLeft(text, `\/`)
		if len(rest) == len(text) || !cmdline.HasPrefixFold(rest, "serviceaccount") {
			continue
		}
		file := strings.TrimLeft(rest[len("serviceaccount"):], `\/`)
		if !cmdline.HasPrefixFold(file, "ca.crt") && !cmdline.HasPrefixFold(file, "namespace") {
			return true
		}
	}
}
