// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var topLevel = []string{
	"accounts", "examples", "hostprocess", "internal", "validate", "volumes",
	"LICENSE", "README.md", "doc.go", "go.mod", "go.sum",
}

func TestTopLevel(t *testing.T) {
	for _, name := range files(t) {
		if top, _, _ := strings.Cut(name, "/"); top[0] != '.' && !slices.Contains(topLevel, top) {
			t.Errorf("%s: the top level contains only %q and names that begin with a dot", name, topLevel)
		}
	}
}

const header = "// Copyright The hostprocess-go Authors.\n// SPDX-License-Identifier: Apache-2.0\n"

// forbidden matches texts that no file may contain. The patterns don't match themselves.
var forbidden = map[string]*regexp.Regexp{
	"means something on one machine only":              regexp.MustCompile(`/[w]ork/|/[r]oot/|/tmp/[b]/|\.\./[s]hared`),
	"belongs in the settings of the go command or apt": regexp.MustCompile(`proxy\.[g]olang\.org|sum\.[g]olang\.org|vuln\.[g]o\.dev|registry\.[n]pmjs\.org|deb\.[d]ebian\.org`),
	"leaves something for later, or skips a test":      regexp.MustCompile(`\b[T]ODO\b|\b[F]IXME\b|\b[tbf]\.[S]kip(f|Now)?\(`),
}

func TestText(t *testing.T) {
	for _, name := range files(t) {
		text := read(t, name)
		if path.Ext(name) == ".go" && !strings.HasPrefix(text, header) {
			t.Errorf("%s doesn't begin with:\n%s", name, header)
		}
		for why, pattern := range forbidden {
			for _, found := range pattern.FindAllStringIndex(text, -1) {
				t.Errorf("%s:%d: %q %s", name, 1+strings.Count(text[:found[0]], "\n"), text[found[0]:found[1]], why)
			}
		}
	}
}

// strconv.Quote and %q double the backslashes of Windows paths, so messages show a
// value with internal/quote.
func TestQuotes(t *testing.T) {
	const doubles = "strconv.Quote( %q"
	for _, name := range files(t) {
		inFolder := func(folder string) bool { return within(name, folder) }
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || !slices.ContainsFunc([]string{"accounts", "hostprocess", "validate", "volumes"}, inFolder) {
			continue
		}
		text := read(t, name)
		for _, word := range strings.Fields(doubles) {
			if strings.Contains(text, word) {
				t.Errorf("%s has %s: use quote.Text", name, word)
			}
		}
	}
}

// A file name that ends in an operating system or an architecture restricts the
// file to it. Such a file says so in a //go:build line as well.
func TestFileNames(t *testing.T) {
	t.Setenv("GOOS", "plan9") // no file is built for plan9 and arm
	t.Setenv("GOARCH", "arm")
	for _, p := range list(t, "-e", "./...") {
		for _, name := range p.IgnoredGoFiles {
			if !strings.Contains(read(t, path.Join(p.name(), name)), "\n//go:build ") {
				t.Errorf("%s/%s is compiled for some platforms only because of its name: rename it, or write //go:build if that is meant", p.name(), name)
			}
		}
	}
}

var (
	link         = regexp.MustCompile("https?://[^\\s\"'`<>()\\[\\]{}|\\\\^]+")
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	pinnedRef    = regexp.MustCompile(`^([0-9a-f]{40}|(go|v|kubernetes-)?[0-9]+(\.[0-9]+)+([-+.][0-9A-Za-z.]+)?)$`)
	notInAnchor  = regexp.MustCompile(`[^\p{L}\p{N}_\s-]`)
)

// Links in Go files and documents are https, and name a file of a GitHub
// repository at a tag or commit, so that the content doesn't change. In tests, links are
// values, so only comments count.
func TestLinks(t *testing.T) {
	for _, name := range files(t) {
		text := ""
		switch {
		case inTestdata(name):
		case strings.HasSuffix(name, "_test.go"):
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, group := range file.Comments {
				text += group.Text() + "\n"
			}
		case path.Ext(name) == ".go" || path.Ext(name) == ".md":
			text = read(t, name)
		}
		for _, l := range link.FindAllString(text, -1) {
			if problem := linkProblem(strings.TrimRight(l, ".,;:!?*")); problem != "" {
				t.Errorf("%s: %s: %s", name, l, problem)
			}
		}
	}
}

func linkProblem(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return err.Error()
	}
	if !strings.Contains(u.Hostname(), ".") {
		return "" // the form of an address, such as http://server
	}
	if u.Scheme != "https" {
		return "is not https"
	}
	ref, parts := "", strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case u.Host == "github.com" && len(parts) > 3 && slices.Contains([]string{"blob", "tree", "raw"}, parts[2]):
		ref = parts[3]
	case u.Host == "raw.githubusercontent.com" && len(parts) > 2:
		ref = parts[2]
	}
	if ref != "" && !pinnedRef.MatchString(ref) {
		return "shows " + ref + ", which moves: name a tag or the 40 digits of a commit"
	}
	return ""
}

// Links from one document to another file of the repository lead somewhere.
func TestRelativeLinks(t *testing.T) {
	for _, name := range files(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, match := range markdownLink.FindAllStringSubmatch(read(t, name), -1) {
			target, anchor, anchored := strings.Cut(match[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := path.Join(path.Dir(name), target)
			if target == "" {
				file = name
			}
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s links to %s: %v", name, target, err)
			} else if anchored && !slices.Contains(anchors(read(t, file)), anchor) {
				t.Errorf("%s links to %s, and there is no such heading", name, match[1])
			}
		}
	}
}

// anchors lists those that GitHub gives the headings of a document.
func anchors(document string) (all []string) {
	for line := range strings.Lines(document) {
		if heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' {
			heading = notInAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
			all = append(all, strings.ReplaceAll(heading, " ", "-"))
		}
	}
	return all
}
