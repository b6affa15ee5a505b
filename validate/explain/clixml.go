// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// clixml is the mark that PowerShell writes before objects in XML, and clixmlEnd is the
// end of that XML.
const (
	clixml    = "CLIXML"
	clixmlEnd = "</Objs>"
)

// cutCLIXML returns the start and end of PowerShell's first objects in a text. The mark
// belongs to the text before them.
func cutCLIXML(text string) (start, end int, found bool) {
	start = strings.Index(text, clixml)
	if start < 0 {
		return 0, 0, false
	}
	start += len(clixml)
	end = strings.Index(text[start:], clixmlEnd)
	if end < 0 {
		return start, len(text), true // a log is cut off anywhere
	}
	return start, start + end, true
}

// decoded is the text in the strings of objects, without XML. Its i-th byte is at
// from[i] to from[i+1] in the original.
type decoded struct {
	text string
	from []int
}

// decodeCLIXML reads the S elements, in which PowerShell writes lines of errors, warnings
// and output. Line ends and other characters are written like _x000A_ there.
//
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.6/src/System.Management.Automation/engine/serialization.cs
func decodeCLIXML(xml string) decoded {
	var d decoded
	var text strings.Builder
	endsLine := false
	add := func(s string, at int) {
		endsLine = s == "\n"
		text.WriteString(s)
		for range len(s) {
			d.from = append(d.from, at)
		}
	}
	inside := false
	for at := 0; at < len(xml); {
		if xml[at] == '<' {
			end := strings.IndexByte(xml[at:], '>')
			if end < 0 {
				break
			}
			tag := xml[at : at+end+1]
			if inside && !endsLine {
				add("\n", at) // strings are lines
			}
			inside = tag == "<S>" || strings.HasPrefix(tag, "<S ")
			at += len(tag)
			continue
		}
		if !inside {
			at++
			continue
		}
		s, width := decodeCharacter(xml[at:])
		add(s, at)
		at += width
	}
	d.text, d.from = text.String(), append(d.from, len(xml))
	return d
}

// decodeCharacter returns the character at the start of a text, and its length in bytes.
func decodeCharacter(text string) (string, int) {
	if strings.HasPrefix(text, "_x") && len(text) > 6 && text[6] == '_' {
		if code, err := strconv.ParseUint(text[2:6], 16, 32); err == nil {
			return string(rune(code)), 7
		}
	}
	if text[0] == '&' {
		for _, e := range [...]struct{ name, is string }{{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", `"`}, {"&apos;", "'"}, {"&#39;", "'"}} {
			if strings.HasPrefix(text, e.name) {
				return e.is, len(e.name)
			}
		}
	}
	_, width := utf8.DecodeRuneInString(text)
	return text[:width], width
}
