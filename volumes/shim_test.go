// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/internal/recorded"
	"github.com/hostprocess-go/sdk/volumes"
)

// modeOf is the mode in which a record was made.
func modeOf(shim recorded.Shim) volumes.Mode {
	switch {
	case shim.Bind:
		return volumes.ModeBind
	case slices.Contains(shim.Versions, "0.9.12"):
		return volumes.ModeSymlink16
	}
	return volumes.ModeSymlinkHPC
}

// tally counts what was compared, what disagreed, and where that is meant.
type tally struct{ compared, disagreed, meant int }

func (c *tally) add(agrees bool) {
	c.compared++
	if !agrees {
		c.disagreed++
	}
}

// compareDir compares the working directory. Two disagreements are meant:
//
//   - without a directory the shim takes the root, but containerd always names one,
//     and WorkingDir knows which;
//   - with the bind filter the shim takes a relative directory as it is, which is
//     then below the shim's own; WorkingDir refuses it.
func compareDir(r recorded.Start, c *tally, runtime volumes.Runtime, mode volumes.Mode) {
	root := mode.Root(recorded.ID)
	got, err := runtime.WorkingDir(mode, root, r.Cwd)
	switch {
	case r.Cwd == "":
		c.meant++
		c.add(r.Dir == root+`\`)
	case err != nil:
		c.meant++
		c.add(mode == volumes.ModeBind && r.Dir == r.Cwd && err.(*volumes.PathError).Reason == volumes.ReasonRelativeDir)
	default:
		c.add(got == r.Dir)
	}
}

// compareEnv compares the values, but for that of PATH, where EnvValue doesn't know
// what is appended, where chance decides between two spellings of a name, and where the
// zero bytes of another value may end the environment.
func compareEnv(r variables, c *tally, runtime volumes.Runtime, mode volumes.Mode) {
	values := map[string]string{}
	spellings := map[string][]string{}
	ends := false
	for _, entry := range r.env {
		name, value, _ := strings.Cut(entry, "=")
		if _, set := runtime.EnvValue(value, ""); set {
			values[name] = value
			spellings[strings.ToLower(name)] = append(spellings[strings.ToLower(name)], name)
		}
		ends = ends || strings.Contains(entry+"\x00", "\x00\x00")
	}
	for folded, names := range spellings {
		value := values[names[0]]
		switch {
		case strings.TrimSpace(folded) == "path", folded == "container_sandbox_mount_point", len(slices.Compact(names)) > 1:
		case ends && !strings.Contains(value, "\x00"):
		default:
			value, _ = runtime.EnvValue(value, mode.Root(recorded.ID))
			c.add(slices.Contains(r.got, names[0]+"="+value))
		}
	}
}

// variables are the environments that were recorded, with a start or alone.
type variables struct {
	recorded.Shim
	env, got []string
}

func recordedVariables(t *testing.T) []variables {
	var all []variables
	for _, r := range recorded.Starts(t) {
		all = append(all, variables{r.Shim, r.Env, r.Got})
	}
	for _, r := range recorded.Environments(t) {
		all = append(all, variables{r.Shim, r.Env, r.Got})
	}
	return all
}

func TestRecordedStarts(t *testing.T) {
	var dirs, env tally
	for _, r := range recorded.Starts(t) {
		for _, version := range r.Versions {
			before := dirs.disagreed
			if compareDir(r, &dirs, mustParseRuntime(t, recorded.Versions[version]), modeOf(r.Shim)); dirs.disagreed > before {
				t.Errorf("hcsshim %s: another directory than recorded: %+v", version, r)
			}
		}
	}
	for _, r := range recordedVariables(t) {
		for _, version := range r.Versions {
			before := env.disagreed
			if compareEnv(r, &env, mustParseRuntime(t, recorded.Versions[version]), modeOf(r.Shim)); env.disagreed > before {
				t.Errorf("hcsshim %s: another environment than recorded: %+v", version, r)
			}
		}
	}
	t.Logf("working directories %+v, variables %+v", dirs, env)
	if dirs.compared < 637 || dirs.compared-dirs.meant < 361 || env.compared < 677 || env.meant > 0 {
		t.Error("fewer than there were are compared, or fewer agree")
	}
}

// Judged as another version's, the records have to disagree: in every directory,
// and in the variables that have a token in them.
func TestRecordedStartsOfOtherVersions(t *testing.T) {
	for _, wrong := range []struct {
		runtime        string
		mode, recorded volumes.Mode
		dirs, env      int // that disagree at least
	}{
		{"containerd://1.6.39", volumes.ModeSymlink16, volumes.ModeBind, 110, 13},
		{"containerd://1.6.39", volumes.ModeSymlink16, volumes.ModeSymlinkHPC, 76, 13},
		{"containerd://2.0.14", volumes.ModeSymlinkHPC, volumes.ModeSymlink16, 79, 12},
		{"containerd://2.0.14", volumes.ModeSymlinkHPC, volumes.ModeBind, 110, 13},
		{"containerd://2.0.14", volumes.ModeBind, volumes.ModeSymlink16, 79, 12},
		{"containerd://2.0.14", volumes.ModeBind, volumes.ModeSymlinkHPC, 76, 13},
		{"containerd://1.6.6", volumes.ModeSymlink16, volumes.ModeSymlink16, 0, 12}, // puts nothing in values
	} {
		runtime := mustParseRuntime(t, wrong.runtime)
		var dirs, env tally
		for _, r := range recorded.Starts(t) {
			if modeOf(r.Shim) == wrong.recorded {
				compareDir(r, &dirs, runtime, wrong.mode)
			}
		}
		for _, r := range recordedVariables(t) {
			if modeOf(r.Shim) == wrong.recorded {
				compareEnv(r, &env, runtime, wrong.mode)
			}
		}
		t.Logf("%s, mode %s, of records of %s: %+v, %+v", runtime, wrong.mode, wrong.recorded, dirs, env)
		if dirs.disagreed < wrong.dirs || env.disagreed < wrong.env {
			t.Errorf("%s, mode %s, of records of %s: %+v, %+v", runtime, wrong.mode, wrong.recorded, dirs, env)
		}
	}
}
