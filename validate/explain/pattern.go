// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

// pattern is an error text to look for: parts that follow each other in one message,
// with anything between them. Parts are compared letter by letter, ignoring case,
// except for
//
//   - a space: any number of spaces, tabs and line ends, because YAML folds lines;
//   - a quote: the same with backslashes in front, as logs escape it, and ' also
//     doubled, as YAML escapes it;
//   - an asterisk: one or more characters of a word, such as a name or a path.
type pattern []string

// maxGap is the maximum distance between two parts. The message of an event has at
// most 1024 bytes; that of a log can contain a command line.
const maxGap = 4096

// match returns the end of the match that starts at a place in a text.
func (p pattern) match(text string, at int) (end int, ok bool) {
	end, ok = matchPart(text, at, p[0])
	for i := 1; ok && i < len(p); i++ {
		end, ok = findPart(text, end, p[i])
	}
	return end, ok
}

// findPart finds a part in the rest of a message, and returns its end.
func findPart(text string, from int, part string) (end int, ok bool) {
	head := lower(part[0])
	for at := from; at < len(text) && at-from <= maxGap; at++ {
		if lower(text[at]) == head {
			if end, ok := matchPart(text, at, part); ok {
				return end, true
			}
		}
		if endsMessage(text, at) {
			break
		}
	}
	return 0, false
}

// endsMessage reports whether a message ends at a place: by a line end that is not
// followed by the indentation of a folded line.
func endsMessage(text string, at int) bool {
	return text[at] == '\n' && (at+1 == len(text) || !isSpace(text[at+1]))
}

// matchPart returns the end of a part that starts at a place in a text.
func matchPart(text string, at int, part string) (end int, ok bool) {
	for i := 0; i < len(part); i++ {
		next := at
		switch c := part[i]; c {
		case ' ':
			for next < len(text) && isSpace(text[next]) {
				next++
			}
		case '*':
			for next < len(text) && isWord(text[next]) {
				next++
			}
		case '"', '\'':
			for next < len(text) && text[next] == '\\' {
				next++
			}
			if next == len(text) || text[next] != c {
				return 0, false
			}
			next++
			if c == '\'' && next < len(text) && text[next] == c {
				next++
			}
		default:
			if at < len(text) && lower(text[at]) == lower(c) {
				next++
			}
		}
		if next == at {
			return 0, false
		}
		at = next
	}
	return at, true
}

// startsWord reports whether a word may start at a place in a text. A letter after a
// backslash isn't part of a word: logs write a line end as \n.
func startsWord(text string, at int) bool {
	return isLetter(text[at]) && (at == 0 || !isLetter(text[at-1]) || at > 1 && text[at-2] == '\\')
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
func isWord(c byte) bool   { return c > ' ' && c != '"' && c != '\\' }
func isLetter(c byte) bool { return 'a' <= lower(c) && lower(c) <= 'z' }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}
