// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// quoted returns a text of the pod in quotes, and shortened, for a message.
func quoted[text ~string](of text) string { return quote.Text(clip(string(of))) }

// clip shortens a text for a message.
func clip(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// exact returns a fix that contains complete texts in quotes, so that it can be
// followed literally. It returns "", which means the rule's own fix, if a text is long
// or can't be shown as it is.
func exact(format string, texts ...string) string {
	const most = 400
	shown := make([]any, len(texts))
	for i, text := range texts {
		if len(text) > most || !quote.Plain(text) {
			return ""
		}
		shown[i] = quote.Text(text)
	}
	return fmt.Sprintf(format, shown...)
}
