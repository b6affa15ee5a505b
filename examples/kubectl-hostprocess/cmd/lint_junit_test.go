// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// junitSchema is what Jenkins checks reports against before it reads them, byte for byte:
// https://github.com/jenkinsci/xunit-plugin/blob/b5a752a2c55da8d16c9b4b4876b422b33a156c5a/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
//
//go:embed testdata/junit-10.xsd
var junitSchema []byte

const junitSchemaSum = "a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6"

// schemaElement is an element of a schema, with what may be in it. The schema's models are
// choices without an order, but for those of elements that lint doesn't write.
type schemaElement struct {
	Name    string `xml:"name,attr"`
	Type    string `xml:"type,attr"`
	Complex struct {
		Mixed      bool              `xml:"mixed,attr"`
		Attributes []schemaAttribute `xml:"attribute"`
		Choice     []schemaRef       `xml:"choice>element"`
		Sequence   []schemaRef       `xml:"sequence>element"`
		Nested     []schemaRef       `xml:"sequence>choice>element"`
	} `xml:"complexType"`
}

type schemaRef struct {
	Ref string `xml:"ref,attr"`
}

type schemaAttribute struct {
	Name string `xml:"name,attr"`
	Type string `xml:"type,attr"`
	Use  string `xml:"use,attr"`
}

// invalidJUnit returns what the schema doesn't allow in a report. There is no validator in
// Go that could be required here, so this one knows what the schema uses.
func invalidJUnit(t *testing.T, report []byte) error {
	t.Helper()
	if sum := fmt.Sprintf("%x", sha256.Sum256(junitSchema)); sum != junitSchemaSum {
		t.Fatalf("the schema was changed: its SHA-256 is %s", sum)
	}
	var schema struct {
		Elements []schemaElement `xml:"element"`
	}
	if err := xml.Unmarshal(junitSchema, &schema); err != nil || len(schema.Elements) < 10 {
		t.Fatalf("%d elements, %v", len(schema.Elements), err)
	}
	decoder := xml.NewDecoder(bytes.NewReader(report))
	var around []*schemaElement
	roots := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && roots == 1 {
			return nil
		} else if err != nil {
			return fmt.Errorf("%d roots: %w", roots, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			i := slices.IndexFunc(schema.Elements, func(e schemaElement) bool { return e.Name == name })
			if i < 0 {
				return fmt.Errorf("there is no <%s>", name)
			}
			element := &schema.Elements[i]
			if len(around) == 0 {
				roots++
			} else if outer := around[len(around)-1]; !slices.Contains(slices.Concat(outer.Complex.Choice, outer.Complex.Sequence, outer.Complex.Nested), schemaRef{name}) {
				return fmt.Errorf("<%s> isn't allowed in <%s>", name, outer.Name)
			}
			if element.Type != "" && element.Type != "xs:string" {
				return fmt.Errorf("<%s> is of the type %s, which isn't known here", name, element.Type)
			}
			if err := invalidAttributes(element, token.Attr); err != nil {
				return err
			}
			around = append(around, element)
		case xml.EndElement:
			around = around[:len(around)-1]
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 && (len(around) == 0 || !around[len(around)-1].Complex.Mixed && around[len(around)-1].Type != "xs:string") {
				return fmt.Errorf("%.50q isn't allowed where it is", token)
			}
		}
	}
}

func invalidAttributes(element *schemaElement, attributes []xml.Attr) error {
	for _, a := range attributes {
		i := slices.IndexFunc(element.Complex.Attributes, func(known schemaAttribute) bool { return known.Name == a.Name.Local })
		if i < 0 || element.Complex.Attributes[i].Type != "xs:string" {
			return fmt.Errorf("<%s> has no attribute %q, or not as a text", element.Name, a.Name.Local)
		}
	}
	for _, known := range element.Complex.Attributes {
		if known.Use == "required" && !slices.ContainsFunc(attributes, func(a xml.Attr) bool { return a.Name.Local == known.Name }) {
			return fmt.Errorf("<%s> lacks the attribute %q", element.Name, known.Name)
		}
	}
	return nil
}

// TestJUnit lints every fixture of every rule, manifests that can't be read, nothing, and
// a cluster that isn't there.
func TestJUnit(t *testing.T) {
	for name, args := range map[string][]string{
		"nothing found": {"-f", "testdata/lint/good.yaml"},
		"every fixture": {"-R", "-f", "../../../validate/testdata", "-f", "testdata/lint", "-f", "testdata/lint/missing.yaml"},
		"none fails":    {"--fail-on", "none", "-f", "testdata/lint/agent.yaml"},
		"no cluster":    {"--kubeconfig", "testdata/lint/missing.yaml"},
	} {
		var stdout, stderr bytes.Buffer
		Run(append([]string{"lint", "-o", "junit"}, args...), strings.NewReader(""), &stdout, &stderr)
		if err := invalidJUnit(t, stdout.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var report struct {
			Suites []struct {
				Tests    int `xml:"tests,attr"`
				Failures int `xml:"failures,attr"`
				Errors   int `xml:"errors,attr"`
				Skipped  int `xml:"skipped,attr"`
				Cases    []struct {
					Failure *string `xml:"failure"`
					Error   *string `xml:"error"`
					Skipped *string `xml:"skipped"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(stdout.Bytes(), &report); err != nil {
			t.Fatal(err)
		}
		all := 0
		for _, s := range report.Suites {
			all += s.Tests
			tests := len(s.Cases)
			for _, c := range s.Cases {
				for set, left := range map[*string]*int{c.Failure: &s.Failures, c.Error: &s.Errors, c.Skipped: &s.Skipped} {
					if set != nil {
						*left--
					}
				}
			}
			if s.Tests != tests || s.Failures != 0 || s.Errors != 0 || s.Skipped != 0 {
				t.Fatalf("%s: a suite of %d tests miscounts: %+v", name, tests, s)
			}
		}
		if want := map[string]int{"every fixture": 500}[name]; all < max(1, want) {
			t.Errorf("%s: only %d tests", name, all)
		}
	}
}

// TestJUnitSchemaRefuses: the check can tell right from wrong.
func TestJUnitSchemaRefuses(t *testing.T) {
	const suite = `<testsuite name="a" tests="1" failures="0" errors="0">`
	for text, want := range map[string]bool{
		`<testsuites></testsuites>`: true,
		`<testsuites>` + suite + `<testcase name="a"><failure type="b" message="c">d</failure></testcase></testsuite></testsuites>`: true,
		``:             false,
		`<testsuites>`: false,
		`<testsuites></testsuites><testsuites></testsuites>`: false,
		`<suites></suites>`:                                                                                              false,
		`<testsuites>text</testsuites>`:                                                                                  false,
		`<testsuites><testcase name="a"/></testsuites>`:                                                                  false,
		`<testsuites>` + suite + `<testcase/></testsuite></testsuites>`:                                                  false,
		`<testsuites><testsuite name="a" tests="1"></testsuite></testsuites>`:                                            false,
		`<testsuites>` + suite + `<testcase name="a" line="1"/></testsuite></testsuites>`:                                false,
		`<testsuites>` + suite + `<testcase name="a"><failed/></testcase></testsuite></testsuites>`:                      false,
		`<testsuites>` + suite + `<testcase name="a"><system-out>&#x1;</system-out></testcase></testsuite></testsuites>`: false,
	} {
		if err := invalidJUnit(t, []byte(text)); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
