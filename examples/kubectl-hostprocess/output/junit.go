// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package output

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
)

// junit writes the XML format of CI servers: a suite for each object with findings, and a
// test for each finding, which fails if the finding reaches failOn.
type junit struct {
	to     *bufio.Writer
	failOn *validate.Severity
	suite  suite
}

const junitHead = xml.Header + "<testsuites>\n"

type suite struct {
	XMLName  xml.Name `xml:"testsuite"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Cases    []test   `xml:"testcase"`
}

type test struct {
	Name    string    `xml:"name,attr"`
	Class   string    `xml:"classname,attr"`
	Failure *result   `xml:"failure,omitempty"`
	Error   *result   `xml:"error,omitempty"`
	Skipped *struct{} `xml:"skipped,omitempty"`
	Out     string    `xml:"system-out,omitempty"`
}

type result struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func (j *junit) Finding(f lint.Finding) {
	name := f.File + ": " + subject(f)
	if name != j.suite.Name {
		j.flush()
		j.suite = suite{Name: name}
	}
	t := test{Name: fmt.Sprintf("%s %s", f.Rule, f.Field), Class: f.File}
	message := OneLine(fmt.Sprintf("%s %s", f.Field, f.Text()))
	detail := fmt.Sprintf("%s:%d: %s %s: %s\nFix: %s\n%s", f.File, f.Line, f.Severity, f.Rule, message, OneLine(f.Fix), Link(f.Rule))
	switch {
	case f.Ignored:
		j.suite.Skipped++
		t.Skipped = &struct{}{}
	case j.failOn != nil && f.Severity <= *j.failOn:
		j.suite.Failures++
		t.Failure = &result{message, string(f.Rule), detail}
	default:
		t.Out = detail
	}
	j.suite.Tests++
	j.suite.Cases = append(j.suite.Cases, t)
}

// flush writes a suite; Flush returns the error.
func (j *junit) flush() {
	if j.suite.Tests == 0 {
		return
	}
	text, _ := xml.MarshalIndent(j.suite, "  ", "  ") // never fails for strings and numbers
	_, _ = j.to.Write(bytes.ReplaceAll(text, []byte("&#xA;"), []byte("\n")))
	fmt.Fprintln(j.to)
	j.suite = suite{}
}

func (j *junit) End(problems []error, clean int) error {
	j.flush()
	j.suite = suite{Name: "kubectl hostprocess lint", Tests: 1 + len(problems), Errors: len(problems)}
	j.suite.Cases = append(j.suite.Cases, test{Name: Count(clean, "object") + " without findings", Class: "kubectl-hostprocess"})
	for _, err := range problems {
		message := OneLine(err.Error())
		j.suite.Cases = append(j.suite.Cases, test{Name: message, Class: "kubectl-hostprocess", Error: &result{message, "unreadable", message}})
	}
	j.flush()
	fmt.Fprintln(j.to, "</testsuites>")
	return j.to.Flush()
}
