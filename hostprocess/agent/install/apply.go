// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hostprocess-go/sdk/internal/quote"
)

// Result lists what Apply or Remove did. The zero Result is that of a run without
// files.
type Result struct {
	// Files are the files of the plan, in the order in which they are put in place, and
	// then those that are no longer in the plan.
	Files []FileResult

	// InUse lists files that were moved aside and can't be deleted yet, because a process
	// runs them or has them open. The next Apply or Remove tries again.
	InUse []string
}

// Changed reports whether any file of the plan was changed.
func (r Result) Changed() bool {
	return slices.ContainsFunc(r.Files, func(f FileResult) bool { return f.Action != ActionUnchanged && f.Action != ActionKept })
}

// FileResult is the result for one file. The zero FileResult isn't used.
type FileResult struct {
	Path   string // on the node
	Action Action // what was done with the file
}

// Action is what was done with a file. The zero Action isn't used.
type Action string

const (
	// ActionUnchanged is a file that already had the right content.
	ActionUnchanged Action = "unchanged"
	// ActionInstalled is a file that didn't exist.
	ActionInstalled Action = "installed"
	// ActionReplaced is a file that had different content.
	ActionReplaced Action = "replaced"
	// ActionRemoved is a file that was installed, and was deleted.
	ActionRemoved Action = "removed"
	// ActionRestored is a file that was restored to its content before the first Apply.
	ActionRestored Action = "restored"
	// ActionKept is an installed file that was changed by something else since. It is
	// no longer in the plan, and is kept.
	ActionKept Action = "kept"
)

// Apply installs the files of the plan on the node, and removes the files of an earlier
// plan with the same state file that this plan doesn't have. If it returns an error, it
// has restored the files, unless the error says that it couldn't; then the next Apply
// or Remove does that first.
//
// The error is a *PlanError if the plan is invalid. Only one Apply or Remove uses a
// state file at a time; others wait for it until ctx ends.
func (p Plan) Apply(ctx context.Context) (Result, error) {
	if len(p.Files) == 0 {
		return Result{}, &PlanError{[]Mistake{{"Files", "", "is empty", "add files, or call Remove to remove them"}}}
	}
	return p.run(ctx, p.Files, host())
}

// Remove removes what Apply has installed: the files that still have their installed
// content, and the directories that Apply created for them, if they are empty. It
// restores the files that were kept for File.Restore. It uses only Dirs and State of
// the plan. Like Apply, it does everything or nothing.
func (p Plan) Remove(ctx context.Context) (Result, error) { return p.run(ctx, nil, host()) }

// run makes files what is installed.
func (p Plan) run(ctx context.Context, files []File, t *tree) (Result, error) {
	plan, err := p.check(files)
	if err != nil {
		return Result{}, err
	}
	if err := t.open(plan.dirs, len(files) > 0); err != nil {
		return Result{}, err
	}
	defer t.close()
	if _, _, err := t.root("open", plan.state); errors.Is(err, fs.ErrNotExist) {
		return Result{}, nil // Remove, and there is no directory that was installed to
	}
	unlock, err := wait(ctx, plan.state)
	if err != nil {
		return Result{}, err
	}
	defer unlock()

	r := run{store: store{tree: t, path: plan.state}}
	if r.now, err = r.load(); err != nil {
		return Result{}, err
	}
	if err := r.undo(); err != nil {
		return Result{}, err
	}
	if err := r.plan(plan.files); err != nil {
		return Result{}, err
	}
	if err := r.execute(ctx, plan.files); err != nil {
		return Result{}, err
	}
	if err := r.clean(); err != nil {
		return Result{}, err
	}
	return r.result, nil
}

var errLocked = errors.New("another process uses the same state file")

// wait waits for the lock of a state file.
func wait(ctx context.Context, state string) (unlock func(), err error) {
	for {
		unlock, err = lock(state)
		if !errors.Is(err, errLocked) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w: %w", state, err, context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// run is one Apply or Remove.
type run struct {
	store
	now    *state // what is on the node
	next   state  // what shall be
	change change // between the two
	result Result
}

// plan determines what to do, and changes nothing.
func (r *run) plan(files []file) error {
	if err := r.apart(files); err != nil {
		return err
	}
	r.next = state{Version: stateVersion, Dirs: slices.Clone(r.now.Dirs), Old: slices.Clone(r.now.Old)}
	for _, f := range files {
		action, err := r.planFile(f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.field, err)
		}
		r.result.Files = append(r.result.Files, FileResult{f.path, action})
	}
	// In the reverse order, so that those with Last go first.
	for _, rec := range slices.Backward(r.now.Files) {
		if slices.ContainsFunc(files, func(f file) bool { return same(f.path, rec.Path) }) {
			continue
		}
		action, err := r.planRemoval(rec)
		if err != nil {
			return err
		}
		r.result.Files = append(r.result.Files, FileResult{rec.Path, action})
	}
	r.next.Dirs = append(r.next.Dirs, r.change.Dirs...)
	return nil
}

// apart rejects paths that links make the same file.
func (r *run) apart(files []file) error {
	type place struct {
		file
		name string
		dir  fs.FileInfo
	}
	var mistakes rules
	var places []place
	for _, f := range append([]file{{field: "State", path: r.path}}, files...) {
		root, rel, err := r.root("stat", f.path)
		if err != nil {
			return err
		}
		dir, err := root.Stat(filepath.Dir(rel))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it will be made, and then it has no second name
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.field, whole("stat", f.path, err))
		}
		_, name := split(f.path)
		for _, other := range places {
			if same(name, other.name) && os.SameFile(dir, other.dir) {
				mistakes.add(f.field, f.path, "is the same file as "+quote.Text(other.path)+", because a directory has two names", "leave one of them out")
			}
		}
		places = append(places, place{f, name, dir})
	}
	return mistakes.err()
}

// planFile plans to install a file.
func (r *run) planFile(f file) (Action, error) {
	want, err := f.SHA256, error(nil)
	if want == "" {
		want, err = f.hash()
	}
	have := ""
	if err == nil {
		have, err = r.hash(f.path)
	}
	if err != nil {
		return "", err
	}
	before := r.now.record(f.path)
	rec := record{Path: f.path, SHA256: want}
	if before != nil {
		rec.Original = before.Original
	}
	action := ActionUnchanged
	switch {
	case have != want:
		action = ActionInstalled
		m := move{Path: f.path, SHA256: want}
		if have != "" {
			action = ActionReplaced
			if m.Aside, err = r.free(f.path, oldEnding); err != nil {
				return "", err
			}
			if before == nil && f.Restore {
				rec.Original = m.Aside
			} else {
				r.next.Old = append(r.next.Old, m.Aside)
			}
		}
		if m.New, err = r.free(f.path, newEnding); err != nil {
			return "", err
		}
		r.change.Moves = append(r.change.Moves, m)
		if err := r.planDirs(f.path); err != nil {
			return "", err
		}
	case before == nil:
		return action, nil // it belongs to someone else, and Remove keeps it
	}
	if !f.Restore && rec.Original != "" {
		r.next.Old = append(r.next.Old, rec.Original)
		rec.Original = ""
	}
	r.next.Files = append(r.next.Files, rec)
	return action, nil
}

// planDirs plans to create the directories that path needs.
func (r *run) planDirs(path string) error {
	var missing []string
	for dir, _ := split(path); below(dir, r.dirs) != ""; dir, _ = split(dir) {
		found, err := r.exists(dir)
		if err != nil {
			return err
		}
		if found || slices.ContainsFunc(r.change.Dirs, func(d string) bool { return same(d, dir) }) {
			break
		}
		missing = append(missing, dir)
	}
	slices.Reverse(missing)
	r.change.Dirs = append(r.change.Dirs, missing...)
	return nil
}

// planRemoval plans to remove an installed file.
func (r *run) planRemoval(rec record) (Action, error) {
	have, err := r.hash(rec.Path)
	if err != nil && !errors.Is(err, errNotRegular) {
		return "", err
	}
	if err != nil || have != "" && have != rec.SHA256 {
		r.next.Files = append(r.next.Files, rec)
		return ActionKept, nil
	}
	m := move{Path: rec.Path}
	if have != "" {
		if m.Aside, err = r.free(rec.Path, oldEnding); err != nil {
			return "", err
		}
		r.next.Old = append(r.next.Old, m.Aside)
	}
	action := ActionRemoved
	if rec.Original != "" {
		if m.SHA256, err = r.hash(rec.Original); err != nil {
			return "", err
		}
	}
	if m.SHA256 != "" {
		action, m.New, m.Original = ActionRestored, rec.Original, true
	}
	if m.New != "" || m.Aside != "" {
		r.change.Moves = append(r.change.Moves, m)
	}
	return action, nil
}

// hash returns the hash of the content of f.
func (f file) hash() (string, error) {
	content, _, err := f.open()
	if err != nil {
		return "", err
	}
	defer content.Close()
	return hash(content, io.Discard)
}

// execute carries out the plan, or nothing.
func (r *run) execute(ctx context.Context, files []file) error {
	if len(r.change.Moves) > 0 {
		r.now.Change = &r.change
		if err := r.save(r.now); err != nil {
			return errors.Join(err, r.undo())
		}
		if err := r.do(ctx, files); err != nil {
			return errors.Join(err, r.undo())
		}
	}
	if err := r.save(&r.next); err != nil {
		return errors.Join(err, r.undo())
	}
	r.now = &r.next
	return nil
}

func (r *run) do(ctx context.Context, files []file) error {
	for _, dir := range r.change.Dirs {
		if err := r.mkdir(dir); err != nil {
			return err
		}
	}
	for _, f := range files {
		i := slices.IndexFunc(r.change.Moves, func(m move) bool { return m.Path == f.path })
		if i < 0 {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := r.stage(f, r.change.Moves[i]); err != nil {
			return fmt.Errorf("%s: %w", f.field, err)
		}
	}
	for _, m := range r.change.Moves {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := r.place(m); err != nil {
			return err
		}
	}
	return nil
}

// stage copies the content of a file to a temporary name in the directory of its target,
// and verifies it.
func (r *run) stage(f file, m move) error {
	content, perm, err := f.open()
	if err != nil {
		return err
	}
	defer content.Close()
	return r.create(m.New, perm, func(w io.Writer) error {
		sum, err := hash(content, w)
		if err == nil && sum != m.SHA256 {
			err = fmt.Errorf("%s has the SHA-256 hash %s, and not %s", quote.Text(f.from()), sum, m.SHA256)
		}
		return err
	})
}

// place carries out a move.
func (r *run) place(m move) error {
	var err error
	switch {
	case m.New == "":
		err = r.rename(m.Path, m.Aside)
	case m.Aside != "":
		err = r.setAside(m.Path, m.Aside)
	}
	if err == nil && m.New != "" {
		err = r.rename(m.New, m.Path)
	}
	if err == nil {
		err = r.sync(m.Path)
	}
	return err
}

// setAside keeps the file at path under another name. Where a file in use can be
// replaced, path stays what it is until then.
func (r *run) setAside(path, aside string) error {
	if !r.aside && r.link(path, aside) == nil {
		return nil
	}
	return r.rename(path, aside)
}

// undo undoes the change under way, however far it has come. It may be killed and begin
// again.
func (r *run) undo() error {
	if r.now.Change == nil {
		return nil
	}
	var errs []error
	for _, m := range slices.Backward(r.now.Change.Moves) {
		errs = append(errs, r.undoMove(m))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("not everything could be put back, the next run tries again: %w", err)
	}
	r.now.Dirs = append(r.now.Dirs, r.removeDirs(r.now.Change.Dirs)...)
	r.now.Change = nil
	return r.save(r.now)
}

func (r *run) undoMove(m move) error {
	aside, err := r.exists(m.Aside)
	if err != nil {
		return err
	}
	unused, err := r.exists(m.New)
	if err != nil {
		return err
	}
	have, err := r.hash(m.Path)
	if err != nil && !errors.Is(err, errNotRegular) {
		return err
	}
	placed := m.New != "" && !unused && have == m.SHA256
	if placed && (aside || m.Aside == "") {
		// While aside is there, path must not go away on systems that can replace it.
		if aside {
			err = r.setAside(m.Path, m.New)
		} else {
			err = r.rename(m.Path, m.New)
		}
	}
	if err == nil && aside {
		err = r.rename(m.Aside, m.Path)
		if err == nil {
			err = r.remove(m.Aside) // a second name for the same file, which rename leaves
		}
	}
	if err == nil && m.New != "" && !m.Original {
		r.discard(r.now, m.New)
	}
	return errors.Join(err, r.sync(m.Path))
}

// discard deletes a file, or records it if that isn't possible yet.
func (r *run) discard(st *state, path string) {
	if r.remove(path) != nil && !slices.Contains(st.Old, path) {
		st.Old = append(st.Old, path)
	}
}

// clean deletes files that are no longer needed.
func (r *run) clean() error {
	old := r.now.Old
	r.now.Old = nil
	for _, path := range old {
		r.discard(r.now, path)
	}
	r.now.Dirs = r.removeDirs(r.now.Dirs)
	r.result.InUse = r.now.Old
	return r.save(r.now)
}

// removeDirs removes directories that Apply has made, if they are empty, and returns
// those that are needed, or couldn't be removed yet.
func (r *run) removeDirs(dirs []string) (left []string) {
	for _, dir := range slices.Backward(dirs) {
		in := func(path string) bool { return inside(path, dir) }
		needed := slices.ContainsFunc(r.now.Old, in) || slices.ContainsFunc(left, in) ||
			slices.ContainsFunc(r.now.Files, func(rec record) bool { return in(rec.Path) })
		// With the files of others in it, the directory is theirs from now on.
		if needed {
			left = append(left, dir)
		} else if err := r.remove(dir); err != nil && !errors.Is(err, fs.ErrExist) {
			left = append(left, dir)
		}
	}
	slices.Reverse(left)
	return left
}
