// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// TestPage checks the page of a small cluster with hostile names.
func TestPage(t *testing.T) {
	file := write(t, cluster(0, 0))
	p := open(t, file)

	requests, problems := p.told()
	if len(requests) != 1 || !strings.HasSuffix(requests[0], "/page.html") {
		t.Errorf("requests %q, want that of the page alone", requests)
	}
	if len(problems) > 0 {
		t.Errorf("the browser says %q", problems)
	}

	headings := ask[[]string](p, `[...document.querySelectorAll("h1, h2")].map(h => h.innerText)`)
	want := []string{"HostProcess report", "This report is incomplete", "Summary", "Nodes", "Findings", "Privileges", "Conflicts", "Upgrade to containerd 2.3.4"}
	if !slices.Equal(headings, want) {
		t.Errorf("headings %q, want %q", headings, want)
	}
	if title := ask[string](p, `document.title`); title != "HostProcess report, 2026-11-30" {
		t.Errorf("title %q", title)
	}
	for selector, count := range map[string]int{
		"#nodes h3[id]":        4, // a mode each
		"#nodes tbody tr":      5,
		"#privileges tbody tr": 5,
		"#conflicts tbody tr":  2,
		"html[lang=en]":        1,
		"script, img, iframe":  0,
		"[style], [onerror]":   0,
		"th:not([scope])":      0,
		"table:not(:has(> thead th[scope=col])), tbody tr:not(:has(> th[scope=row]))": 0,
	} {
		if n := ask[int](p, fmt.Sprintf("document.querySelectorAll(%q).length", selector)); n != count {
			t.Errorf("%d of %s, want %d", n, selector, count)
		}
	}
	text := ask[string](p, `document.body.innerText`)
	for _, shown := range []string{scriptName, longName, `a\u202eb`, "missing.json"} {
		if !strings.Contains(text, shown) {
			t.Errorf("%q isn't shown", shown)
		}
	}
	if strings.Contains(text, "\u202e") {
		t.Error("a character that turns text is in the page")
	}

	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 1280} {
			p.show(width, scheme)
			checkLayout(t, p, fmt.Sprintf("%s, %d pixels", scheme, width))
		}
	}
	p.show(1280, "light")
	light := ask[string](p, `getComputedStyle(document.body).backgroundColor`)
	p.show(1280, "dark")
	if dark := ask[string](p, `getComputedStyle(document.body).backgroundColor`); dark == light {
		t.Errorf("the page is %s in the dark", dark)
	}
}

// checkLayout checks that nothing is beyond the edges or unreadable, and that tables are
// tables for those who don't see them.
func checkLayout(t *testing.T, p *tab, how string) {
	t.Helper()
	if wide := ask[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		t.Errorf("%s: %d pixels wider than the window", how, wide)
	}
	const outside = `[...document.querySelectorAll("body *")].filter(e => !e.closest("thead") || innerWidth > 800).filter(e => {
		const box = e.getBoundingClientRect()
		return box.right > innerWidth + 1 || box.left < 0 || box.width == 0 || box.height == 0
	}).filter(e => e.innerText?.trim()).map(e => e.outerHTML.slice(0, 200))`
	for _, element := range ask[[]string](p, outside) {
		t.Errorf("%s: not to be seen: %s", how, element)
	}
	for _, problem := range ask[[]string](p, faint) {
		t.Errorf("%s: contrast below 4.5: %s", how, problem)
	}
	roles := map[string]int{}
	for _, node := range call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if !node.Ignored && node.Role != nil {
			roles[string(node.Role.Value)]++
		}
	}
	if tables, rows := roles[`"table"`], roles[`"row"`]; tables != ask[int](p, `document.querySelectorAll("table").length`) || rows != ask[int](p, `document.querySelectorAll("tr").length`) {
		t.Errorf("%s: %d tables and %d rows for a screen reader: %v", how, tables, rows, roles)
	}
}

// faint lists the elements with text of their own whose contrast, by the definition of WCAG
// 2, is below that of level AA: https://www.w3.org/TR/WCAG22/#contrast-minimum
const faint = `(() => {
	const parse = color => color.match(/[\d.]+/g).map(Number)
	const light = color => {
		const [r, g, b] = parse(color).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		return 0.2126 * r + 0.7152 * g + 0.0722 * b
	}
	const behind = e => {
		for (; e; e = e.parentElement) {
			const color = getComputedStyle(e).backgroundColor
			if ((parse(color)[3] ?? 1) > 0) return color
		}
		return "rgb(255, 255, 255)"
	}
	const found = []
	for (const e of document.querySelectorAll("body *")) {
		if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue
		const [a, b] = [light(getComputedStyle(e).color), light(behind(e))]
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
		if (contrast < 4.5) found.push(contrast + " " + e.outerHTML.slice(0, 100))
	}
	return found
})()`

// TestLinks: each link leads to a place in the page, to a rule that RULES.md has, or to the
// page with a date.
func TestLinks(t *testing.T) {
	p := open(t, write(t, cluster(20, 30)))
	ids := ask[[]string](p, `[...document.querySelectorAll("[id]")].map(e => e.id)`)
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			t.Errorf("the id %s is there twice", id)
		}
	}
	rules, err := os.ReadFile("../../validate/RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	isRule := regexp.MustCompile(`^https://github\.com/hostprocess-go/sdk/blob/v[0-9.]+/validate/RULES\.md#([a-z0-9-]+)$`)
	isDate := regexp.MustCompile(`^https://(containerd\.io|kubernetes\.io|learn\.microsoft\.com|github\.com)/`)
	kinds := map[string]int{}
	for _, link := range ask[[]string](p, `[...document.querySelectorAll("a")].map(a => a.getAttribute("href"))`) {
		anchor, inside := strings.CutPrefix(link, "#")
		rule := isRule.FindStringSubmatch(link)
		switch {
		case inside && slices.Contains(ids, anchor):
			kinds["inside"]++
		case rule != nil && bytes.Contains(rules, []byte("\n## "+rule[1]+"\n")):
			kinds["rule"]++
		case rule == nil && isDate.MatchString(link):
			kinds["date"]++
		default:
			t.Errorf("a link leads to %q", link)
		}
	}
	if kinds["inside"] < 10 || kinds["rule"] < 10 || kinds["date"] < 2 {
		t.Errorf("links: %v", kinds)
	}
}

// TestPrint: everything is printed, including folded parts.
func TestPrint(t *testing.T) {
	p := open(t, write(t, cluster(20, 30)))
	unfolded := pdf(p)
	compact := strings.NewReplacer(" ", "", "\n", "") // the outline lacks blanks where lines end
	for _, heading := range ask[[]string](p, `[...document.querySelectorAll("h1, h2, h3")].map(h => h.textContent)`) {
		if !strings.Contains(compact.Replace(unfolded.outline), compact.Replace(heading)) {
			t.Errorf("%q isn't in the outline of what is printed:\n%s", heading, unfolded.outline)
		}
	}
	ask[chromedp.Void](p, `document.querySelectorAll("details").forEach(d => d.open = false)`)
	if folded := pdf(p); unfolded.pages < 5 || folded.pages < unfolded.pages {
		t.Errorf("%d pages, and %d if all is folded", unfolded.pages, folded.pages)
	}
}

// printed describes a printed page.
type printed struct {
	pages   int
	outline string
}

var (
	pdfPage  = regexp.MustCompile(`/Type\s*/Page\b[^s]`)
	pdfTitle = regexp.MustCompile(`/Title\s*\((?:[^\\)]|\\.)*\)|/Title\s*<[0-9A-Fa-f]*>`)
)

func pdf(p *tab) printed {
	p.t.Helper()
	file := run(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFOutlineAndTagged()))
	return printed{len(pdfPage.FindAll(file, -1)), string(bytes.Join(pdfTitle.FindAll(file, -1), []byte("\n")))}
}

// TestViolations: the tests above detect everything that a page must not do.
func TestViolations(t *testing.T) {
	text, err := os.ReadFile(write(t, cluster(0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	for _, inserted := range []string{`<script>1</script>`, `<p style="color: red">`, `<img src="image.png">`, `<style>p{}</style>`, `<iframe src="x"></iframe>`} {
		file := filepath.Join(t.TempDir(), "page.html")
		if err := os.WriteFile(file, bytes.Replace(text, []byte("<main>"), []byte("<main>"+inserted), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		p := open(t, file)
		if requests, problems := p.told(); len(problems) == 0 {
			t.Errorf("%s: nothing is said: %q", inserted, requests)
		}
	}
}

// TestLarge opens the page of a large cluster.
func TestLarge(t *testing.T) {
	file := write(t, cluster(10_000, 500))
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	p := open(t, file)
	p.show(1280, "light")
	height := ask[int](p, `document.documentElement.scrollHeight`)
	t.Logf("%d bytes, %d pixels high, shown after %v", info.Size(), height, time.Since(start))
	if _, problems := p.told(); info.Size() > 4<<20 || height < 10_000 || len(problems) > 0 {
		t.Errorf("%d bytes, %d pixels high; the browser says %q", info.Size(), height, problems)
	}
}
