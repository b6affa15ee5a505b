// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package config reads the file in which a repository keeps its choices.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// Name is the file's name.
const Name = ".hostprocess.yaml"

// File is what it holds. Flags of the same names win.
type File struct {
	FailOn      string   `json:"failOn,omitempty"`
	MinSeverity string   `json:"minSeverity,omitempty"`
	Disable     []string `json:"disable,omitempty"`
	EnableOnly  []string `json:"enableOnly,omitempty"`
	Containerd  []string `json:"containerd,omitempty"`
	Kubernetes  string   `json:"kubernetes,omitempty"`
}

// Flags returns what the file says of each flag.
func (f File) Flags() map[string][]string {
	return map[string][]string{
		"fail-on": {f.FailOn}, "min-severity": {f.MinSeverity}, "disable": f.Disable, "enable-only": f.EnableOnly,
		"containerd": f.Containerd, "kubernetes": {f.Kubernetes},
	}
}

// Find returns the path of the file in a folder or in one above it, up to the root of
// the git repository; empty if there is none.
func Find(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(folder, Name)
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

// Read reads a file. A field that isn't known is an error.
func Read(path string) (File, error) {
	var f File
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.UnmarshalStrict(text, &f)
	}
	if err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}
