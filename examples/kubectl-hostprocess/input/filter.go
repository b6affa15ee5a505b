// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"regexp"
)

const needle = "hostprocess"

// skips is how far a search for the needle can skip at a byte, in any case.
var skips = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(len(needle))
	}
	for i := range len(needle) - 1 {
		skip := byte(len(needle) - 1 - i)
		table[needle[i]], table[needle[i]&^0x20] = skip, skip
	}
	return table
}()

// mentions reports whether a text contains the needle, ignoring case.
func mentions(text []byte) bool {
	for end := len(needle) - 1; end < len(text); end += int(skips[text[end]]) {
		if text[end]|0x20 == needle[len(needle)-1] && bytes.EqualFold(text[end+1-len(needle):end+1], []byte(needle)) {
			return true
		}
	}
	return false
}

// escapedLetter matches a letter escaped in JSON or YAML.
var escapedLetter = regexp.MustCompile(`\\(?:[uU](?:0000)?00|x)[4-7]`)

// MayHoldHostProcess reports whether an object may contain a HostProcess pod: its text
// contains the needle or escaped letters. It is called before decoding.
func MayHoldHostProcess(text []byte) bool {
	return mentions(text) || bytes.IndexByte(text, '\\') >= 0 && escapedLetter.Match(text)
}

// inBase64 is hostProcess in the data of a Secret, from each of the three places where it
// may start.
var inBase64 = regexp.MustCompile("aG9zdFByb2Nlc3|hvc3RQcm9jZXNz|ob3N0UHJvY2Vzc")

// MayMatter is MayHoldHostProcess, or a Namespace that Pod Security looks at, or a Secret
// that holds manifests.
func MayMatter(text []byte) bool {
	return MayHoldHostProcess(text) ||
		bytes.Contains(text, []byte("pod-security.kubernetes.io/")) ||
		bytes.Contains(text, []byte("Secret")) && inBase64.Match(text)
}

// fileMentions reports whether a file contains the needle or can't be read.
func fileMentions(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return true
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 64<<10)
	for {
		part, err := in.Peek(in.Size())
		if mentions(part) {
			return true
		}
		if err != nil {
			return err != io.EOF
		}
		_, _ = in.Discard(len(part) - len(needle)) // which was seen
	}
}
