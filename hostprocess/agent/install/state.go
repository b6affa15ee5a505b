// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// state is the content of the state file.
type state struct {
	Version int      `json:"version"`
	Files   []record `json:"files,omitempty"` // what is installed, in the order of the plan
	Dirs    []string `json:"dirs,omitempty"`  // what was made for them, outer ones first
	Old     []string `json:"old,omitempty"`   // files to delete once they are no longer in use

	// Change is in progress: the next run has to undo it.
	Change *change `json:"change,omitempty"`
}

// record is a file that was installed.
type record struct {
	Path     string `json:"path"`
	SHA256   string `json:"sha256"`
	Original string `json:"original,omitempty"` // what to put back in the end
}

// change is everything that one run does, so that it can be undone.
type change struct {
	Dirs  []string `json:"dirs,omitempty"` // to be made, outer ones first
	Moves []move   `json:"moves,omitempty"`
}

// move sets aside the file at Path, and puts another one there.
type move struct {
	Path     string `json:"path"`
	Aside    string `json:"aside,omitempty"`    // where the file at Path goes; empty if there is none
	New      string `json:"new,omitempty"`      // the file that goes to Path; empty if none does
	SHA256   string `json:"sha256,omitempty"`   // of New
	Original bool   `json:"original,omitempty"` // New is the Original of a record
}

const stateVersion = 1

// store is the state file.
type store struct {
	*tree
	path  string
	saved []byte // what is in the file; nil if there is none
}

// temporary is the path of the state file while it is written.
func (s *store) temporary() string { return s.path + newEnding + "0" }

// load reads the state. A missing file is the empty state.
func (s *store) load() (*state, error) {
	st := &state{Version: stateVersion}
	if found, err := s.exists(s.temporary()); found || err != nil {
		if err = errors.Join(err, s.remove(s.temporary())); err != nil {
			return nil, err
		}
	}
	data, err := s.read(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil
	}
	if err == nil {
		st.Version = 0
		err = json.Unmarshal(data, st)
	}
	if err == nil {
		err = s.check(st)
	}
	if err != nil {
		return nil, fmt.Errorf("state file %s: %w", s.path, err)
	}
	s.saved = data
	return st, nil
}

// check rejects a state that this package can't have written, so that only the files of
// a plan can be touched.
func (s *store) check(st *state) error {
	if st.Version != stateVersion {
		return fmt.Errorf("has version %d, but this program supports version %d: use a program at least as new as the one that wrote it", st.Version, stateVersion)
	}
	paths, moved := slices.Clone(st.Dirs), slices.Clone(st.Old)
	for _, r := range st.Files {
		paths, moved = append(paths, r.Path), append(moved, r.Original)
	}
	if st.Change != nil {
		paths = append(paths, st.Change.Dirs...)
		for _, m := range st.Change.Moves {
			paths, moved = append(paths, m.Path), append(moved, m.Aside, m.New)
		}
	}
	for _, path := range moved {
		if path != "" && !ours(path) {
			return fmt.Errorf("lists %s, which can't be the name of a moved file", path)
		}
		paths = append(paths, path)
	}
	for _, path := range paths {
		if path != "" && below(path, s.dirs) == "" {
			return fmt.Errorf("lists %s, which is in none of Dirs: add its directory to Dirs", path)
		}
	}
	return nil
}

// save writes the state if it has changed, and removes the file if there is nothing to
// record.
func (s *store) save(st *state) error {
	if len(st.Files) == 0 && len(st.Dirs) == 0 && len(st.Old) == 0 && st.Change == nil {
		if s.saved == nil {
			return nil
		}
		if err := s.remove(s.path); err != nil {
			return err
		}
		s.saved = nil
		return s.sync(s.path)
	}
	data, err := json.MarshalIndent(st, "", "\t")
	if err != nil || bytes.Equal(data, s.saved) {
		return err
	}
	err = s.create(s.temporary(), 0o644, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err == nil {
		err = s.rename(s.temporary(), s.path)
	}
	if err != nil {
		return errors.Join(err, s.remove(s.temporary()))
	}
	s.saved = data
	return s.sync(s.path)
}

// record returns what is known about the file at path, or nil.
func (st *state) record(path string) *record {
	i := slices.IndexFunc(st.Files, func(r record) bool { return strings.EqualFold(r.Path, path) })
	if i < 0 {
		return nil
	}
	return &st.Files[i]
}
