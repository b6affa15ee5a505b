// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// seen describes a visited object.
type seen struct {
	Document, Line        int
	Kind, Namespace, Name string
	HasObject, HasErr     bool
	Unknown               int
}

// read reads a file, a few bytes at a time.
func read(t *testing.T, text string) []seen {
	t.Helper()
	var all []seen
	reader := &Reader{Visit: func(o Object) {
		all = append(all, seen{o.Document, o.Line, o.Kind, o.Namespace, o.Name, o.Object != nil, o.Err != nil, len(o.Unknown)})
	}}
	if err := reader.Stream("f", iotest.OneByteReader(strings.NewReader(text))); err != nil {
		t.Errorf("%q: %v", text, err)
	}
	if reader.Bytes != int64(len(text)) && !strings.Contains(text, "!") {
		t.Errorf("%q: %d bytes were read", text, reader.Bytes)
	}
	return all
}

func pod(name string) string {
	return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"` + name + `","namespace":"ns"}}`
}

func TestStream(t *testing.T) {
	is := func(document, line int, name string) seen {
		return seen{Document: document, Line: line, Kind: "Pod", Namespace: "ns", Name: name, HasObject: true}
	}
	for _, c := range []struct {
		name, text string
		want       []seen
	}{
		{"nothing", "", nil},
		{"comments", "# nothing\n---\n# still nothing\n", nil},
		{"one object", pod("a"), []seen{is(0, 1, "a")}},
		{"a stream", "\n" + pod("a") + "\n\n" + pod("b") + pod("c"), []seen{is(0, 2, "a"), is(1, 4, "b"), is(2, 4, "c")}},
		{"a stream with separators", pod("a") + "\n---\n" + pod("b") + "\n--- # more\n", []seen{is(0, 1, "a"), is(1, 3, "b")}},
		{"a separator at the end", pod("a") + "\n---", []seen{is(0, 1, "a")}},
		{"no separator", pod("a") + "\n-1", []seen{is(0, 1, "a")}},
		{"a list as kubectl prints it", "{\n\"apiVersion\": \"v1\",\n\"items\": [\n" + pod("a") + ",\n\n" + pod("b") + "\n], \"kind\": \"List\"}", []seen{is(0, 4, "a"), is(0, 6, "b")}},
		{"a list of one kind", `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"ns"}},{"metadata":{"name":"b","namespace":"ns"}}]}`, []seen{is(0, 1, "a"), is(0, 1, "b")}},
		{"a list that tells its kind last", "{\"items\":[{\"metadata\":{\"name\":\"a\",\"namespace\":\"ns\"}},\n{\"metadata\":{\"name\":\"b\",\"namespace\":\"ns\"}}],\"kind\":\"PodList\",\"apiVersion\":\"v1\"}", []seen{is(0, 1, "a"), is(0, 2, "b")}},
		{"an empty list", `{"apiVersion":"v1","kind":"List","items":[]}`, nil},
		{"no items", `{"apiVersion":"v1","kind":"PodList","items":null}`, nil},
		{"of another kind", `{"apiVersion":"v1","kind":"Secret2","metadata":{"name":"s","namespace":"ns"}}`, nil},
		{"of another kind, with items that are no objects", `{"items":["a",1,null,[{}]],"apiVersion":"x/v1","kind":"Other","metadata":{"name":"s"}}`, nil},
		{"of another kind, with items", `{"apiVersion":"x/v1","kind":"Other","items":["a",{}],"metadata":{"name":"s"}}`, nil},
		{"items without a kind", `{"items":[{"metadata":{"name":"a"},"spec":{}}]}`, []seen{{0, 1, "", "", "a", false, true, 0}}},
		{"no Kubernetes object", `{"metadata":{"name":"a"}}`, nil},
		{"no kind", `{"metadata":{"name":"a"},"spec":{}}`, []seen{{0, 1, "", "", "a", false, true, 0}}},
		{"no kind in YAML", "metadata:\n  name: a\nspec: {}\n", []seen{{0, 1, "", "", "a", false, true, 0}}},
		{"an item without a kind", `{"apiVersion":"v1","kind":"List","items":[{"metadata":{"name":"a"},"spec":{}},` + pod("b") + `]}`, []seen{{0, 1, "", "", "a", false, true, 0}, is(0, 1, "b")}},
		{"a wrong item", "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"kind\":\n!},\n" + pod("b") + "]}", []seen{{0, 2, "", "", "", false, true, 0}}},
		{"a wrong type", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\n\"spec\":\n{\n\"containers\":\"a\"}}", []seen{{0, 4, "Pod", "", "", false, true, 0}}},
		{"an unknown field", `{"apiVersion":"v1","kind":"Pod","spec":{"x":1,"y":2}}`, []seen{{0, 1, "Pod", "", "", true, false, 2}}},
		{"cut off", pod("a") + "\n{\"apiVersion\":\"v1\",", []seen{is(0, 1, "a"), {1, 2, "", "", "", false, true, 0}}},
		{"cut off in a list", `{"apiVersion":"v1","kind":"List","items":[` + pod("a") + `,{"apiVersion":"v1"`, []seen{is(0, 1, "a"), {0, 1, "", "", "", false, true, 0}}},
		{"cut off in a word", pod("a") + ` {"a":nul`, []seen{is(0, 1, "a"), {1, 1, "", "", "", false, true, 0}}},
		{"something else", pod("a") + "\n!and more", []seen{is(0, 1, "a"), {1, 2, "", "", "", false, true, 0}}},
		{"strings with everything", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"ns","annotations":{"a":"]}\"\\","b":"{["}}}`, []seen{is(0, 1, "a")}},
		{"a template", "{{ if .Values.x }}\nkind: Pod\n", []seen{{0, 1, "", "", "", false, true, 0}}},
		{"YAML", "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ns}\n---\n" + pod("b"), []seen{is(0, 1, "a"), is(1, 5, "b")}},
		{"a list in YAML", "apiVersion: v1\nkind: List\nitems:\n- " + pod("a") + "\n- " + pod("b") + "\n", []seen{is(0, 4, "a"), is(0, 5, "b")}},
		{"a list as kubectl prints it in YAML", "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n    namespace: ns\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b, namespace: ns}\nkind: List\nmetadata:\n  resourceVersion: \"\"\n", []seen{is(0, 3, "a"), is(0, 8, "b")}},
		{"a list in YAML that tells its kind last", "items:\n# more\n- metadata: {name: a, namespace: ns}\nkind: PodList\napiVersion: v1\n", []seen{is(0, 3, "a")}},
		{"items that wait in YAML", "apiVersion: v1\nitems:\n  - metadata: {name: a, namespace: ns}\n  -\n    metadata: {name: b, namespace: ns}\nkind: PodList\n---\n" + pod("c"), []seen{is(0, 3, "a"), is(0, 4, "b"), is(1, 8, "c")}},
		{"a list of one kind in YAML", "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a, namespace: ns}\n", []seen{is(0, 4, "a")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, read(t, c.text)); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLineOf finds fields in each form of the same list.
// TestLastApplied: the copy of an object that kubectl keeps in it isn't another object.
func TestLastApplied(t *testing.T) {
	const template = `"template":{"spec":{"securityContext":{"windowsOptions":{"hostProcess":true}},"containers":[{"name":"a"}]}}`
	got := read(t, `{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"a","annotations":{"kubectl.kubernetes.io/last-applied-configuration":`+
		fmt.Sprintf("%q", `{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","spec":{`+template+`}}`)+`}},"spec":{`+template+`}}`)
	if len(got) != 1 {
		t.Errorf("%d objects: %+v", len(got), got)
	}
}

func TestLineOf(t *testing.T) {
	for _, text := range []string{
		"{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n {\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n \"metadata\":\n {}}, {\n\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n\"spec\": {\"containers\": [\n{\"name\": \"a\",\n\"image\": \"b\"}]}}]}",
		"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}, {\n\napiVersion: v1, kind: Pod,\nspec: {containers: [\n{name: a,\nimage: b}]}}]\n",
	} {
		var lines []int
		reader := &Reader{Visit: func(o Object) {
			if o.Err != nil {
				t.Error(o.Err)
			}
			lines = []int{o.LineOf("spec"), o.LineOf("spec.containers[0].name"), o.LineOf("spec.containers[0].image"), o.LineOf("spec.containers[0].none"), o.LineOf("spec.containers[7].name")}
		}}
		if err := reader.Stream("f", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{6, 7, 8, 7, 6}, lines); diff != "" {
			t.Errorf("lines in\n%s\n(-want +got):\n%s", text, diff)
		}
	}
}

// TestContinue: what continues a list stands before its items, or after them.
func TestContinue(t *testing.T) {
	for text, want := range map[string]string{
		`{"kind":"PodList","apiVersion":"v1","metadata":{"continue":"next"},"items":[]}`:                      "next",
		`{"apiVersion":"a.example.com/v1","items":[{}],"kind":"Agents","metadata":{"continue":"next"}}`:       "next",
		`{"kind":"PodList","apiVersion":"v1","metadata":{"remainingItemCount":1},"items":[` + pod("a") + `]}`: "",
		`{"kind":"PodList","apiVersion":"v1","metadata":1,"items":[]}`:                                        "",
		pod("a"): "",
	} {
		reader := &Reader{Visit: func(Object) {}, Continue: "before"}
		if err := reader.Stream("f", strings.NewReader(text)); err != nil || reader.Continue != want {
			t.Errorf("%s: %q, %v", text, reader.Continue, err)
		}
	}
}

// TestTooLarge: a huge object is refused, a huge list is not.
func TestTooLarge(t *testing.T) {
	huge := io.LimitReader(zeros{}, MaxObject+1<<20)
	for _, start := range []string{`{"a":"`, "a: ", `{"kind":"PodList","items":["`} {
		reader := &Reader{Visit: func(o Object) { t.Errorf("%.20q: visited %+v", start, o.Err) }}
		if err := reader.Stream("f", io.MultiReader(strings.NewReader(start), huge)); err == nil {
			t.Errorf("%q and much more was read", start)
		}
		huge = io.LimitReader(zeros{}, MaxObject+1<<20)
	}
}

// TestManyWait: items that wait for the kind of their list don't fill the memory.
func TestManyWait(t *testing.T) {
	item := `{"metadata":{"name":"` + strings.Repeat("a", 1<<20) + `"}}`
	for _, c := range []struct{ start, item, next, end string }{
		{`{"items":[`, item, ",", `],"kind":"PodList","apiVersion":"v1"}`},
		{"metadata: {}\nitems:\n- ", `metadata: ` + item[len(`{"metadata":`):len(item)-1], "\n- ", "\nkind: PodList\napiVersion: v1\n"},
	} {
		pods, errs := 0, 0
		reader := &Reader{Visit: func(o Object) {
			if o.Err != nil {
				errs++
			} else {
				pods++
			}
		}}
		text := c.start + strings.Repeat(c.item+c.next, 20) + c.item + c.end
		if err := reader.Stream("f", strings.NewReader(text)); err != nil || pods != 15 || errs != 1 {
			t.Errorf("%.10q: %d pods, %d errors, %v", text, pods, errs, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// TestReadError: an error of reading is not the end of a file.
func TestReadError(t *testing.T) {
	failed := errors.New("failed")
	for _, start := range []string{"", `{"a":`, `{"items":[`, "a: b\n", pod("a")} {
		reader := &Reader{Visit: func(Object) {}}
		err := reader.Stream("f", io.MultiReader(strings.NewReader(start), iotest.ErrReader(failed)))
		if !errors.Is(err, failed) {
			t.Errorf("%q: %v", start, err)
		}
	}
}

// dump is a list of pods that is never in memory as a whole.
type dump struct {
	items int
	rest  bytes.Buffer
}

func (d *dump) Read(p []byte) (int, error) {
	for d.rest.Len() < len(p) && d.items > 0 {
		d.items--
		fmt.Fprintf(&d.rest, "        %s", pod(fmt.Sprint("pod-", d.items)))
		if d.items > 0 {
			d.rest.WriteString(",\n")
		} else {
			d.rest.WriteString("],\n\"kind\":\"List\"}")
		}
	}
	return d.rest.Read(p)
}

// TestMemoryIsBounded reads a list that is larger than the memory limit.
func TestMemoryIsBounded(t *testing.T) {
	const items = 100_000
	count, peak := 0, uint64(0)
	reader := &Reader{Visit: func(o Object) {
		if count++; count%20_000 == 0 {
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			peak = max(peak, memory.HeapAlloc)
		}
	}}
	d := &dump{items: items}
	d.rest.WriteString(`{"apiVersion":"v1","items":[`)
	if err := reader.Stream("f", d); err != nil {
		t.Fatal(err)
	}
	if count != items || peak > 8<<20 {
		t.Errorf("%d objects, and %d bytes of heap while reading %d", count, peak, reader.Bytes)
	}
}

// FuzzStream reads anything; it must not fail but for its size, and for what is no
// UTF-8.
func FuzzStream(f *testing.F) {
	f.Add(pod("a") + "\n---\n" + pod("b"))                                                    // a stream
	f.Add(`{"items":[{"metadata":{}}],"kind":"PodList","apiVersion":"v1"}`)                   // the kind comes last
	f.Add("apiVersion: v1\nkind: Pod\nspec: {containers: [{}], x: 1}\n---\n&a [*a]\n---\n{{") // YAML, right and wrong
	f.Add("\xfe\xff\x00k")                                                                    // UTF-16
	f.Fuzz(func(t *testing.T, text string) {
		reader := &Reader{Visit: func(o Object) {
			if o.Line < 1 || o.LineOf("spec.containers[0].image") < 1 {
				t.Errorf("line %d", o.Line)
			}
		}}
		err := reader.Stream("f", strings.NewReader(text))
		foreign := strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") || strings.HasPrefix(text, "\x1f\x8b")
		if foreign != (err != nil) {
			t.Errorf("%.10q: %v", text, err)
		}
	})
}
