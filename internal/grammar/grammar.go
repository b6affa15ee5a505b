// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package grammar

import (
	"bufio"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed package.json package-lock.json parse.js
var files embed.FS

// Parser is a process that parses scripts, one after the other.
type Parser struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// Tree is the syntax tree of a script.
type Tree struct {
	// Shape is a checksum of the kinds of all nodes, and of nothing of the text.
	Shape string
	// Strings are the string literals in single quotes, as they stand in the script,
	// but for [Normalized].
	Strings []string
	// Errors are the places that aren't PowerShell.
	Errors []string
}

// NewParser installs the parser in an empty directory, and starts it. Close ends it.
func NewParser(dir string) (*Parser, error) {
	if err := os.CopyFS(dir, files); err != nil {
		return nil, err
	}
	install := exec.Command("npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s, which comes with Node.js: %w\n%s", install, err, out)
	}
	p := &Parser{process: exec.Command("node", filepath.Join(dir, "parse.js"))}
	p.process.Stderr = os.Stderr
	var err error
	if p.in, err = p.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, p.process.Start()
}

// Close ends the process.
func (p *Parser) Close() error {
	if err := p.in.Close(); err != nil {
		return err
	}
	return p.process.Wait()
}

// Parse parses the [Normalized] script.
func (p *Parser) Parse(script string) (tree Tree, err error) {
	if err := json.NewEncoder(p.in).Encode(Normalized(script)); err != nil {
		return tree, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return tree, err
	}
	return tree, json.Unmarshal(line, &tree)
}

// Normalized returns a script with ASCII quotes and dashes in the place of typographic
// ones, which mean the same to PowerShell: the grammar doesn't know them.
// Source: https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/engine/parser/CharTraits.cs
func Normalized(script string) string { return typographic.Replace(script) }

var typographic = strings.NewReplacer(
	"\u2018", "'", "\u2019", "'", "\u201a", "'", "\u201b", "'",
	"\u201c", `"`, "\u201d", `"`, "\u201e", `"`,
	"\u2013", "-", "\u2014", "-", "\u2015", "-",
)
