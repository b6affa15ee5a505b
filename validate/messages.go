// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"
)

// clip shortens a text for a message.
func clip(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// exact is a fix that holds a text whole, so that it can be followed to the
// letter; nothing, so that the rule's own fix stands, where that would be long.
func exact(format, text string) string {
	const most = 400
	if len(text) > most {
		return ""
	}
	return fmt.Sprintf(format, text)
}
