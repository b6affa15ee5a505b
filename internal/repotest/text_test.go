// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package repotest

import (
	"go/parser"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// forbiddenWords are places that mean something on one machine only, and hosts
// that are the business of whoever configures a go command or a package
// manager. They are put together here so that this file doesn't hold them.
var forbiddenWords = []string{
	"/" + "work/", "/" + "root/", "/tmp/" + "b/", "../" + "shared",
	"proxy." + "golang.org", "sum." + "golang.org", "vuln." + "go.dev",
	"registry." + "npmjs.org", "deb." + "debian.org",
}

func TestForbiddenWords(t *testing.T) {
	for _, name := range allFiles(t) {
		text := read(t, name)
		if !utf8.ValidString(text) {
			continue
		}
		for _, word := range forbiddenWords {
			if at := strings.Index(text, word); at >= 0 {
				t.Errorf("%s:%d says %q", name, 1+strings.Count(text[:at], "\n"), word)
			}
		}
	}
}

// Links in Go files and documents are https, and name a file of a GitHub
// repository at a tag or commit, so that what they prove stays there. What a
// test hands in is no link of ours: there only comments count.
func TestLinks(t *testing.T) {
	for _, name := range allFiles(t) {
		if strings.Contains(name, "/testdata/") {
			continue
		}
		var text string
		switch {
		case strings.HasSuffix(name, "_test.go"):
			text = comments(t, name)
		case path.Ext(name) == ".go" || path.Ext(name) == ".md":
			text = read(t, name)
		}
		for _, link := range links(text) {
			if problem := linkProblem(link); problem != "" {
				t.Errorf("%s: %s: %s", name, link, problem)
			}
		}
	}
}

func comments(t *testing.T, name string) string {
	t.Helper()
	var text strings.Builder
	file := must(parser.ParseFile(fileSet, filepath.Join(root, name), nil, parser.ParseComments))(t)
	for _, group := range file.Comments {
		for _, comment := range group.List {
			text.WriteString(comment.Text + "\n")
		}
	}
	return text.String()
}

// Links from one document to another file of the repository lead somewhere.
func TestRelativeLinks(t *testing.T) {
	for _, name := range allFiles(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, match := range markdownLink.FindAllStringSubmatch(read(t, name), -1) {
			target, heading, anchored := strings.Cut(match[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := path.Join(path.Dir(name), target)
			if target == "" {
				file = name
			}
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s links to %s: %v", name, target, err)
			} else if anchored && !hasHeading(read(t, file), heading) {
				t.Errorf("%s links to %s, and there is no such heading", name, match[1])
			}
		}
	}
}

// hasHeading says whether a document has the heading that GitHub gives an anchor.
func hasHeading(document, anchor string) bool {
	for _, line := range strings.Split(document, "\n") {
		heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		heading = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(heading)), " ", "-")
		if notInAnchor.ReplaceAllString(heading, "") == anchor {
			return true
		}
	}
	return false
}

var notInAnchor = regexp.MustCompile(`[^\p{L}\p{N}_-]`)

func TestHasHeading(t *testing.T) {
	const document = "# One\n\n## What isn't, and why\n\ntext ## three\n"
	for anchor, want := range map[string]bool{"one": true, "what-isnt-and-why": true, "three": false, "text": false} {
		if got := hasHeading(document, anchor); got != want {
			t.Errorf("hasHeading(%q) = %t", anchor, got)
		}
	}
}

func TestLinkProblem(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(string(must(os.ReadFile("testdata/links.txt"))(t))), "\n") {
		verdict, text, _ := strings.Cut(line, " ")
		found := links(text)
		if len(found) != 1 {
			t.Errorf("links(%q) = %q, want one", text, found)
			continue
		}
		if problem := linkProblem(found[0]); (problem == "") != (verdict == "good") {
			t.Errorf("linkProblem(%q) = %q, want it %s", found[0], problem, verdict)
		}
	}
}

var (
	linkPattern  = regexp.MustCompile("https?://[^\\s\"'`<>()\\[\\]{}|\\\\^]+")
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	pinnedRef    = regexp.MustCompile(`^([0-9a-f]{40}|(go|v|kubernetes-)?[0-9]+(\.[0-9]+)+([-+.][0-9A-Za-z.]+)?)$`)
)

func links(text string) []string {
	found := linkPattern.FindAllString(text, -1)
	for i := range found {
		found[i] = strings.TrimRight(found[i], ".,;:!?*")
	}
	return found
}

func linkProblem(link string) string {
	u, err := url.Parse(link)
	switch {
	case err != nil:
		return err.Error()
	case u.Scheme == "http" && !strings.Contains(u.Hostname(), "."):
		return "" // the form of an address, such as http://server
	case u.Scheme != "https":
		return "is not https"
	case !strings.Contains(u.Hostname(), "."):
		return "has no host"
	}
	if ref, ok := gitHubRef(u); ok && !pinnedRef.MatchString(ref) {
		return "shows " + ref + ", which moves: name a tag or the 40 digits of a commit"
	}
	return ""
}

// gitHubRef is the branch, tag or commit at which a link shows a file.
func gitHubRef(u *url.URL) (ref string, ok bool) {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case u.Host == "github.com" && len(parts) > 3 && (parts[2] == "blob" || parts[2] == "tree" || parts[2] == "raw"):
		return parts[3], true
	case u.Host == "raw.githubusercontent.com" && len(parts) > 2:
		return parts[2], true
	}
	return "", false
}
