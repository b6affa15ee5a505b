// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/validate"
)

// selection are the flags that select findings.
type selection struct {
	failOn, minSeverity string
	disable, enableOnly []string
	file                string
}

func (s *selection) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&s.failOn, "fail-on", "error", "exit with 1 for findings of this `severity` or higher: error, warning, info or none")
	flags.StringVar(&s.minSeverity, "min-severity", "info", "print findings of this `severity` or higher: error, warning or info")
	flags.StringSliceVar(&s.disable, "disable", nil, "disable these `rules`")
	flags.StringSliceVar(&s.enableOnly, "enable-only", nil, "check only these `rules`")
	flags.StringVar(&s.file, "config", "", "read defaults of these flags from this `file` (default: "+configName+" in this folder or a parent, up to the root of the repository)")
	complete(command, "fail-on", "error", "warning", "info", "none")
	complete(command, "min-severity", "error", "warning", "info")
	_ = command.RegisterFlagCompletionFunc("disable", completeRules) // the flags were just added
	_ = command.RegisterFlagCompletionFunc("enable-only", completeRules)
}

// completeRules completes the names of rules.
func completeRules(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var words []cobra.Completion
	for _, rule := range lint.Rules() {
		words = append(words, cobra.CompletionWithDesc(string(rule.ID), rule.Title))
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// configure sets the flags that aren't given from the configuration file.
func (s *selection) configure(command *cobra.Command, n *nodes) (choice lint.Selection, failOn *validate.Severity, err error) {
	if s.file == "" {
		if s.file, err = findConfig("."); err != nil {
			return choice, nil, err
		}
	}
	defaults, err := readConfig(s.file)
	if err != nil {
		return choice, nil, err
	}
	flags := command.Flags()
	for name, values := range defaults {
		value := strings.Join(values, ",")
		if value == "" || flags.Changed(name) || name == "containerd" && n.file != "" {
			continue
		}
		if err := flags.Set(name, value); err != nil {
			return choice, nil, fmt.Errorf("%s: %w", s.file, err)
		}
	}
	if err := choice.Least.UnmarshalText([]byte(s.minSeverity)); err != nil {
		return choice, nil, fmt.Errorf("--min-severity %q: must be error, warning or info", s.minSeverity)
	}
	if s.failOn != "none" {
		failOn = new(validate.Severity)
		if err := failOn.UnmarshalText([]byte(s.failOn)); err != nil {
			return choice, nil, fmt.Errorf("--fail-on %q: must be error, warning, info or none", s.failOn)
		}
	}
	for _, list := range []struct {
		flag  string
		names []string
		to    *[]validate.RuleID
	}{{"--disable", s.disable, &choice.Disabled}, {"--enable-only", s.enableOnly, &choice.Only}} {
		for _, name := range list.names {
			rule, err := lint.RuleOf(validate.RuleID(strings.TrimSpace(name)))
			if err != nil {
				return choice, nil, fmt.Errorf("%s: %w", list.flag, err)
			}
			*list.to = append(*list.to, rule.ID)
		}
	}
	return choice, failOn, nil
}

// configName is the name of the configuration file.
const configName = ".hostprocess.yaml"

// findConfig returns the path of the configuration file in a folder or a parent, up to the
// root of the git repository; empty if there is none.
func findConfig(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(folder, configName)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, err
		}
		parent := filepath.Dir(folder)
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil || parent == folder {
			return "", nil
		}
		folder = parent
	}
}

// readConfig returns the flags' values in a file; none if there is no file. Unknown fields
// are errors.
func readConfig(path string) (map[string][]string, error) {
	if path == "" {
		return nil, nil
	}
	var file struct {
		FailOn      string   `json:"failOn"`
		MinSeverity string   `json:"minSeverity"`
		Disable     []string `json:"disable"`
		EnableOnly  []string `json:"enableOnly"`
		Containerd  []string `json:"containerd"`
		Kubernetes  string   `json:"kubernetes"`
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.UnmarshalStrict(text, &file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return map[string][]string{
		"fail-on": {file.FailOn}, "min-severity": {file.MinSeverity}, "disable": file.Disable, "enable-only": file.EnableOnly,
		"containerd": file.Containerd, "kubernetes": {file.Kubernetes},
	}, nil
}
