// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bufio"
	"bytes"
	"fmt"
)

// scanner finds where values of JSON end, and in which line they start. It
// leaves it to who decodes them to say whether they are right. It is much faster
// than a json.Decoder, which would look at each byte three times before it is
// decoded.
type scanner struct {
	in   *bufio.Reader
	line int // of the next byte, from 1
}

// take appends the next byte to text.
func (s *scanner) take(text *[]byte) error {
	c, err := s.in.ReadByte()
	if err != nil {
		return err
	}
	if c == '\n' {
		s.line++
	}
	*text = append(*text, c)
	return nil
}

// peek appends white space to text, if that is not nil, and returns the byte
// after it without reading it.
func (s *scanner) peek(text *[]byte) (byte, error) {
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case '\n':
			s.line++
		case ' ', '\t', '\r':
		default:
			return c, s.in.UnreadByte()
		}
		if text != nil {
			*text = append(*text, c)
		}
	}
}

// separator reads what separates documents of YAML, with a comment behind it, and
// says whether there was one.
func (s *scanner) separator() bool {
	if start, _ := s.in.Peek(4); !separates(start) {
		return false
	}
	_, _ = s.in.Discard(3) // which was seen
	for {
		start, _ := s.in.Peek(1) // what is wrong will be found again
		switch {
		case len(start) == 1 && (start[0] == ' ' || start[0] == '\t'):
			_, _ = s.in.Discard(1)
		case len(start) == 1 && start[0] == '#':
			for c := byte(0); c != '\n'; {
				var err error
				if c, err = s.in.ReadByte(); err != nil {
					return true
				}
			}
			s.line++
			return true
		default:
			return true
		}
	}
}

// value appends the next value to text; or a single byte where there is none. It
// looks at what is in the reader's buffer, over and over until the value ends.
func (s *scanner) value(text *[]byte) error {
	start := len(*text)
	var v extent
	for {
		if _, err := s.in.Peek(1); err != nil {
			if v.isWord && v.depth == 0 && len(*text) > start {
				return nil
			}
			return err
		}
		chunk, _ := s.in.Peek(s.in.Buffered())
		n, done := v.scan(chunk)
		*text = append(*text, chunk[:n]...)
		s.line += bytes.Count(chunk[:n], []byte("\n"))
		if _, err := s.in.Discard(n); err != nil {
			return err
		}
		if done {
			return nil
		}
		if len(*text)-start > MaxObject {
			return fmt.Errorf("an object of more than %d MiB, the rest of the file isn't read", MaxObject>>20)
		}
	}
}

// extent is how far a value was looked at.
type extent struct {
	started, inString, escaped, isWord bool
	depth                              int
}

// scan looks at a chunk of a value: how much of it belongs to the value, and
// whether the value ends there.
func (v *extent) scan(chunk []byte) (n int, done bool) {
	for i := 0; i < len(chunk); i++ {
		c := chunk[i]
		switch {
		case v.escaped:
			v.escaped = false
		case v.inString:
			switch c {
			case '\\':
				v.escaped = true
			case '"':
				v.inString = false
				if v.depth == 0 {
					return i + 1, true
				}
			}
		case v.isWord && v.depth == 0 && ends[c]:
			return i, true
		case c == '"':
			v.inString = true
		case c == '{' || c == '[':
			v.depth++
		case c == '}' || c == ']':
			if v.depth--; v.depth <= 0 {
				return i + 1, true
			}
		case v.depth == 0 && !v.started && ends[c]:
			return i + 1, true
		case v.depth == 0:
			v.isWord = true
		}
		v.started = true
	}
	return len(chunk), false
}

// ends are the bytes that end a number, true, false or null.
var ends = [256]bool{',': true, ':': true, '{': true, '}': true, '[': true, ']': true, '"': true, ' ': true, '\t': true, '\r': true, '\n': true}
